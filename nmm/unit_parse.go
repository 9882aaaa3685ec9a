package nmm

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// parseUnit reads a unit: symbols joined by *, ·, / or a space, powers like ms^2,
// ms^-1, ms^(1/2), √ms, sqrt(ms), parentheses, and 1 for dimensionless (an empty
// text too).
func parseUnit(text string) (measure, error) {
	p := &unitParser{text: []rune(text)}
	p.space()
	if p.pos == len(p.text) {
		return one, nil
	}
	m, err := p.product()
	if err == nil && p.pos < len(p.text) {
		err = fmt.Errorf("unexpected %q", p.text[p.pos])
	}
	if err != nil {
		return one, fmt.Errorf("unit %q: %w", text, err)
	}
	return m, nil
}

type unitParser struct {
	text  []rune
	pos   int
	depth int
}

func (p *unitParser) peek() rune {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *unitParser) accept(r rune) bool {
	if p.peek() == r && p.pos < len(p.text) {
		p.pos++
		p.space()
		return true
	}
	return false
}

func (p *unitParser) space() {
	for unicode.IsSpace(p.peek()) {
		p.pos++
	}
}

// product reads factors; a space multiplies.
func (p *unitParser) product() (measure, error) {
	m, err := p.factor()
	for err == nil && p.pos < len(p.text) && p.peek() != ')' {
		exponent := fraction{1, 1}
		if p.accept('/') {
			exponent.num = -1
		} else if !p.accept('*') {
			p.accept('·')
		}
		var f measure
		if f, err = p.factor(); err == nil {
			m = m.times(f, exponent)
		}
	}
	return m, err
}

func (p *unitParser) factor() (measure, error) {
	if p.depth++; p.depth > maxDepth {
		return one, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	if p.accept('√') {
		m, err := p.factor()
		return m.power(fraction{1, 2}), err
	}
	m, err := p.atom()
	if err != nil {
		return m, err
	}
	switch {
	case p.accept('²'):
		return m.power(fraction{2, 1}), nil
	case p.accept('³'):
		return m.power(fraction{3, 1}), nil
	case p.accept('^'):
		exponent, err := p.exponent()
		return m.power(exponent), err
	}
	return m, nil
}

func (p *unitParser) atom() (measure, error) {
	if p.accept('(') {
		m, err := p.product()
		if err == nil && !p.accept(')') {
			err = fmt.Errorf(`expected ")"`)
		}
		return m, err
	}
	if p.accept('1') {
		return one, nil
	}
	start := p.pos
	for unicode.IsLetter(p.peek()) {
		p.pos++
	}
	symbol := string(p.text[start:p.pos])
	p.space()
	if symbol == "sqrt" && p.peek() == '(' {
		m, err := p.atom()
		return m.power(fraction{1, 2}), err
	}
	m, ok := symbolMeasure(symbol)
	if !ok {
		return one, fmt.Errorf("unknown symbol %q (expected one of %s, with a prefix if any)", strings.TrimSpace(string(p.text[start:])), symbolList)
	}
	return m, nil
}

// exponent reads 2, -1 or (1/2).
func (p *unitParser) exponent() (fraction, error) {
	if p.accept('(') {
		num, err := p.integer()
		if err != nil {
			return num, err
		}
		den := fraction{1, 1}
		if p.accept('/') {
			if den, err = p.integer(); err != nil {
				return num, err
			}
		}
		if !p.accept(')') || den.num == 0 {
			return num, fmt.Errorf("expected an exponent like (1/2)")
		}
		return newFraction(num.num, den.num), nil
	}
	return p.integer()
}

// integer reads a whole number of up to two digits.
func (p *unitParser) integer() (fraction, error) {
	sign := 1
	if p.accept('-') {
		sign = -1
	}
	start := p.pos
	for unicode.IsDigit(p.peek()) {
		p.pos++
	}
	n, err := strconv.Atoi(string(p.text[start:p.pos]))
	if err != nil || n > 99 {
		return fraction{1, 1}, fmt.Errorf("expected an exponent like 2, -1 or (1/2)")
	}
	p.space()
	return fraction{sign * n, 1}, nil
}

const symbolList = "s min h Hz m L g A C V T S F Ω ohm N J W mol M rad 1"
