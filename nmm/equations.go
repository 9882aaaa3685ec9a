package nmm

import (
	"fmt"
	"strings"
	"unicode"
)

// parseEquations reads lines of the forms
//
//	dx/dt = expression : unit of x
//	x(t + dt) = expression : unit of x
//	y = expression : unit of y
//	modes i, k = 3
//
// A line without "=" continues the one above if that ends with an operator, a
// comma or an open parenthesis or bracket, or if it is indented deeper.
func parseEquations(model, text string) (*equationReader, error) {
	r := &equationReader{src: &source{model: model, lines: strings.Split(text, "\n")}, modes: map[string]int{}}
	for n := range r.src.lines {
		if err := r.line(n); err != nil {
			return nil, err
		}
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	if len(r.list) == 0 {
		return nil, r.src.errorAt(place{1, 1}, "expected at least one equation, found none")
	}
	return r, nil
}

// equationReader gathers the lines of an equation until the next one begins.
type equationReader struct {
	src     *source
	list    []equation
	modes   map[string]int // how far each index runs
	current []token        // of the equation being gathered
	indent  int            // of its first line
}

// line takes line n, counted from 0.
func (r *equationReader) line(n int) error {
	tokens, err := r.src.tokens(n + 1)
	if err != nil || len(tokens) == 0 {
		return err
	}
	indent := indentation(r.src.lines[n])
	if startsEquation(tokens) {
		err := r.finish()
		r.current, r.indent = tokens, indent
		return err
	}
	if !openEnded(r.current) && (len(r.current) == 0 || indent <= r.indent) {
		return r.src.errorAt(tokens[0].at, `expected an equation "dx/dt = … : unit" or "y = … : unit"; a continued line must be indented deeper`)
	}
	r.current = append(r.current, tokens...)
	return nil
}

// finish parses what has been gathered.
func (r *equationReader) finish() error {
	if len(r.current) == 0 {
		return nil
	}
	if t := r.current; t[0].text == "modes" && t[1].class == 'a' {
		return r.declareModes()
	}
	e, err := r.src.equation(r.current)
	r.list = append(r.list, e)
	return err
}

// startsEquation tells whether a line contains "=", which no expression does.
func startsEquation(line []token) bool {
	for _, t := range line {
		if t.class == '=' {
			return true
		}
	}
	return false
}

// openEnded tells whether tokens cannot be a whole equation yet.
func openEnded(tokens []token) bool {
	if len(tokens) == 0 {
		return false
	}
	open := 0
	for _, t := range tokens {
		switch t.class {
		case '(', '[':
			open++
		case ')', ']':
			open--
		}
	}
	last := tokens[len(tokens)-1]
	return open > 0 && last.class != 'u' || strings.ContainsRune("+-*/^,([=<>lg", last.class)
}

func indentation(line string) int {
	return len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
}

// parserOf reads tokens, of which there is at least one.
func (s *source) parserOf(tokens []token) *parser {
	last := tokens[len(tokens)-1].at.line
	return &parser{src: s, tokens: tokens, end: place{last, len([]rune(s.lines[last-1])) + 1}}
}

// equation parses the tokens of one equation.
func (s *source) equation(tokens []token) (equation, error) {
	p := s.parserOf(tokens)
	e, err := p.left()
	if err != nil {
		return e, err
	}
	if e.right, err = p.expression(); err != nil {
		return e, err
	}
	unit, ok := p.accept("u")
	if !ok {
		return e, p.unexpected(fmt.Sprintf(`an operator or ": unit of %s"`, e.name))
	}
	if p.peek().class != 0 {
		return e, p.unexpected("the end of the equation after its unit")
	}
	e.unit, e.unitAt = unit.text, unit.at
	return e, nil
}

// left reads "dx/dt =", "x(t + dt) =" or "y =".
func (p *parser) left() (equation, error) {
	t, ok := p.accept("a")
	if !ok {
		return equation{}, p.unexpected("a name on the left of =")
	}
	e := equation{name: t.text, at: t.at}
	var err error
	if e.indices, err = p.indices(); err != nil {
		return e, err
	}
	if _, ok := p.accept("("); ok {
		e.next = true
		return e, p.nextStep()
	}
	if _, ok := p.accept("/"); ok {
		below := p.peek()
		if rest, isD := strings.CutPrefix(t.text, "d"); !isD || rest == "" || below.text != "dt" {
			return e, p.src.errorAt(t.at, `expected "dx/dt" or a name on the left of =`)
		}
		p.next()
		e.name, e.derivative = t.text[1:], true
	}
	return e, p.expect('=', `"="`)
}

// nextStep reads "t + dt) =".
func (p *parser) nextStep() error {
	for _, word := range []string{"t", "+", "dt", ")"} {
		if p.peek().text != word {
			return p.unexpected(fmt.Sprintf("%q, as in x(t + dt) = …", word))
		}
		p.next()
	}
	return p.expect('=', `"="`)
}
