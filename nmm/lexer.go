package nmm

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// token is a word of the text. Its class is 'n' for numbers, 'a' for names, 'u'
// for the unit after a colon, 0 at the end, and else the operator itself, with
// 'l' for <= and 'g' for >=.
type token struct {
	class rune
	text  string
	unit  string // of a number like 5[mV]
	value float64
	at    place
}

// describe names the token in an error message.
func (t token) describe() string {
	switch t.class {
	case 0:
		return "the end of the equation"
	case 'u':
		return "\":\""
	}
	return strconv.Quote(t.text)
}

// scanner splits one line into tokens.
type scanner struct {
	src  *source
	line int
	text []rune
	pos  int
}

// tokens splits line number n (from 1) of the source.
func (s *source) tokens(n int) ([]token, error) {
	sc := &scanner{src: s, line: n, text: []rune(s.lines[n-1])}
	var list []token
	for {
		t, err := sc.next()
		if err != nil {
			return nil, err
		}
		if t.class == 0 {
			return list, nil
		}
		list = append(list, t)
	}
}

func (s *scanner) here() place { return place{s.line, s.pos + 1} }

func (s *scanner) peek() rune {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) next() (token, error) {
	for s.pos < len(s.text) && unicode.IsSpace(s.text[s.pos]) {
		s.pos++
	}
	at, r := s.here(), s.peek()
	switch {
	case r == 0 && s.pos >= len(s.text) || r == '#':
		return token{at: at}, nil
	case r == ':':
		return s.unit(at), nil
	case unicode.IsDigit(r) || r == '.':
		return s.number(at)
	case unicode.IsLetter(r) || r == '_':
		text := s.while(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' })
		text += s.while(func(r rune) bool { return r == '\'' }) // a derivative of a function
		return token{class: 'a', text: text, at: at}, nil
	case strings.ContainsRune("+-*/^(),=<>[]", r):
		return s.operator(at), nil
	}
	return token{}, s.src.errorAt(at, fmt.Sprintf("unexpected character %q", r))
}

func (s *scanner) while(accept func(rune) bool) string {
	start := s.pos
	for s.pos < len(s.text) && accept(s.text[s.pos]) {
		s.pos++
	}
	return string(s.text[start:s.pos])
}

// unit reads from a colon to the end of the line or the comment.
func (s *scanner) unit(at place) token {
	s.pos++
	text := s.while(func(r rune) bool { return r != '#' })
	return token{class: 'u', text: strings.TrimSpace(text), at: at}
}

func (s *scanner) operator(at place) token {
	r := s.text[s.pos]
	s.pos++
	if s.peek() == '=' && (r == '<' || r == '>') {
		s.pos++
		return token{class: map[rune]rune{'<': 'l', '>': 'g'}[r], text: string(r) + "=", at: at}
	}
	return token{class: r, text: string(r), at: at}
}

// number reads digits, point and exponent, and the unit in brackets behind them.
func (s *scanner) number(at place) (token, error) {
	start := s.pos
	digits := func(r rune) bool { return '0' <= r && r <= '9' || r == '.' }
	s.while(digits)
	if r := s.peek(); r == 'e' || r == 'E' {
		mark := s.pos
		s.pos++
		if r := s.peek(); r == '+' || r == '-' {
			s.pos++
		}
		if s.while(digits) == "" {
			s.pos = mark // the e begins something else, refused below
		}
	}
	t := token{class: 'n', text: string(s.text[start:s.pos]), at: at}
	var err error
	if t.value, err = strconv.ParseFloat(t.text, 64); err != nil {
		return t, s.src.errorAt(at, fmt.Sprintf("%q is no number", t.text))
	}
	if s.peek() != '[' {
		return t, nil
	}
	s.pos++
	t.unit = s.while(func(r rune) bool { return r != ']' })
	if s.peek() != ']' {
		return t, s.src.errorAt(at, `expected "]" after the unit of a number`)
	}
	s.pos++
	return t, nil
}
