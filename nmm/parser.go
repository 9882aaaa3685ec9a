package nmm

import (
	"fmt"
	"strings"
)

// parser reads the tokens of one equation by recursive descent. From loosest to
// tightest: + and -, * and /, unary -, ^ (to the right), calls and parentheses.
type parser struct {
	src    *source
	tokens []token
	pos    int
	end    place
	depth  int
}

// maxDepth bounds the nesting, so that no text can exhaust the stack.
const maxDepth = 200

// parseExpression reads a text that is one expression.
func parseExpression(text string) (*expr, *source, error) {
	src := &source{lines: strings.Split(text, "\n")}
	p := &parser{src: src}
	for n := range src.lines {
		line, err := src.tokens(n + 1)
		if err != nil {
			return nil, nil, err
		}
		p.tokens = append(p.tokens, line...)
	}
	p.end = place{len(src.lines), len([]rune(src.lines[len(src.lines)-1])) + 1}
	e, err := p.expression()
	if err != nil {
		return nil, nil, err
	}
	if t := p.peek(); t.class != 0 {
		return nil, nil, p.unexpected("an operator or the end")
	}
	return e, src, nil
}

func (p *parser) peek() token {
	if p.pos < len(p.tokens) {
		return p.tokens[p.pos]
	}
	return token{at: p.end}
}

func (p *parser) next() token {
	t := p.peek()
	p.pos++
	return t
}

// accept takes the next token if it is of one of these classes.
func (p *parser) accept(classes string) (token, bool) {
	if t := p.peek(); t.class != 0 && strings.ContainsRune(classes, t.class) {
		return p.next(), true
	}
	return token{}, false
}

func (p *parser) unexpected(expected string) error {
	t := p.peek()
	return p.src.errorAt(t.at, fmt.Sprintf("expected %s, found %s", expected, t.describe()))
}

func (p *parser) expect(class rune, expected string) error {
	if _, ok := p.accept(string(class)); !ok {
		return p.unexpected(expected)
	}
	return nil
}

// binary reads operands joined by operators of one precedence, from the left.
func (p *parser) binary(operators string, kinds map[rune]kind, operand func() (*expr, error)) (*expr, error) {
	left, err := operand()
	if err != nil {
		return nil, err
	}
	for {
		t, ok := p.accept(operators)
		if !ok {
			return left, nil
		}
		right, err := operand()
		if err != nil {
			return nil, err
		}
		left = &expr{kind: kinds[t.class], at: t.at, args: []*expr{left, right}}
	}
}

var (
	sums     = map[rune]kind{'+': sumExpr, '-': differenceExpr}
	products = map[rune]kind{'*': productExpr, '/': ratioExpr}
)

func (p *parser) expression() (*expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.src.errorAt(p.peek().at, fmt.Sprintf("nested more than %d deep", maxDepth))
	}
	defer func() { p.depth-- }()
	return p.binary("+-", sums, p.term)
}

func (p *parser) term() (*expr, error) { return p.binary("*/", products, p.signed) }

func (p *parser) signed() (*expr, error) {
	t, ok := p.accept("+-")
	if !ok {
		return p.power()
	}
	if p.depth++; p.depth > maxDepth {
		return nil, p.src.errorAt(t.at, fmt.Sprintf("nested more than %d deep", maxDepth))
	}
	defer func() { p.depth-- }()
	e, err := p.signed()
	if err != nil || t.class == '+' {
		return e, err
	}
	return &expr{kind: negateExpr, at: t.at, args: []*expr{e}}, nil
}

func (p *parser) power() (*expr, error) {
	base, err := p.primary()
	if err != nil {
		return nil, err
	}
	t, ok := p.accept("^")
	if !ok {
		return base, nil
	}
	if p.depth++; p.depth > maxDepth {
		return nil, p.src.errorAt(t.at, fmt.Sprintf("nested more than %d deep", maxDepth))
	}
	defer func() { p.depth-- }()
	exponent, err := p.signed() // so that x^-1 and x^y^z need no parentheses
	if err != nil {
		return nil, err
	}
	return &expr{kind: powerExpr, at: t.at, args: []*expr{base, exponent}}, nil
}

func (p *parser) primary() (*expr, error) {
	if t, ok := p.accept("n"); ok {
		return &expr{kind: numberExpr, at: t.at, value: t.value, unit: t.unit, text: t.text}, nil
	}
	if t, ok := p.accept("a"); ok {
		return p.named(t)
	}
	if t, ok := p.accept("["); ok {
		return p.list(t)
	}
	if _, ok := p.accept("("); ok {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		return e, p.expect(')', `")"`)
	}
	return nil, p.unexpected("a number, a name or a parenthesis")
}

// named reads what follows a name: indices, and the arguments of a call.
func (p *parser) named(t token) (*expr, error) {
	indices, err := p.indices()
	if err != nil {
		return nil, err
	}
	if _, ok := p.accept("("); ok {
		return p.call(&expr{kind: callExpr, at: t.at, text: t.text, indices: indices})
	}
	return &expr{kind: nameExpr, at: t.at, text: t.text, indices: indices}, nil
}

// indices reads "[k, 2]", if that comes next.
func (p *parser) indices() ([]*expr, error) {
	if _, ok := p.accept("["); !ok {
		return nil, nil
	}
	var list []*expr
	for {
		t, ok := p.accept("an")
		if !ok {
			return nil, p.unexpected("an index: a name or a number")
		}
		list = append(list, &expr{kind: map[rune]kind{'a': nameExpr, 'n': numberExpr}[t.class], at: t.at, text: t.text, value: t.value, unit: t.unit})
		if _, ok := p.accept(","); !ok {
			return list, p.expect(']', `"," or "]"`)
		}
	}
}

// list reads the elements behind "[", and the indices behind the list.
func (p *parser) list(open token) (*expr, error) {
	e := &expr{kind: listExpr, at: open.at}
	for {
		element, err := p.expression()
		if err != nil {
			return nil, err
		}
		e.args = append(e.args, element)
		if _, ok := p.accept(","); ok {
			continue
		}
		if err := p.expect(']', `"," or "]"`); err != nil {
			return nil, err
		}
		e.indices, err = p.indices()
		return e, err
	}
}

// call reads the arguments behind "name(".
func (p *parser) call(e *expr) (*expr, error) {
	for {
		argument, err := p.expression()
		if err != nil {
			return nil, err
		}
		if t, ok := p.accept("<>lg"); ok {
			if argument, err = p.comparison(argument, t); err != nil {
				return nil, err
			}
		}
		e.args = append(e.args, argument)
		if _, ok := p.accept(","); !ok {
			return e, p.expect(')', `"," or ")"`)
		}
	}
}

// comparison reads the right side and turns a > b into b < a.
func (p *parser) comparison(left *expr, relation token) (*expr, error) {
	right, err := p.expression()
	if err != nil {
		return nil, err
	}
	c := &expr{kind: compareExpr, at: relation.at, text: "<", args: []*expr{left, right}}
	if relation.class == '>' || relation.class == 'g' {
		c.args = []*expr{right, left}
	}
	if relation.class == 'l' || relation.class == 'g' {
		c.text = "<="
	}
	return c, nil
}
