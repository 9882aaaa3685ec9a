package nmm

import (
	"fmt"
	"slices"
)

// differ replaces diff(y, x) in syntax trees by the derivative of y with respect to
// x, which is a tree like any other.
type differ struct {
	src       *source
	functions map[string]function // of the model
	symbols   []string            // that can be differentiated by

	// past tells whether a call of that name is a reading of the past.
	past func(name string) bool
	// line returns the derivative of what name stands for, if that is an algebraic
	// line.
	line func(name *expr, x string) (*expr, bool, error)

	made int // terms that were differentiated
}

// expand returns e without diff.
func (d *differ) expand(e *expr) (*expr, error) {
	c, err := e.mapArgs(d.expand)
	if err != nil || e.kind != callExpr || e.text != "diff" {
		return c, err
	}
	if err := d.check(e); err != nil {
		return nil, err
	}
	return d.derivative(c.args[0], e.args[1].text)
}

// check wants two arguments, of which the second is a name.
func (d *differ) check(e *expr) error {
	if _, err := d.src.lookupFunction(e, nil); err != nil {
		return err
	}
	x := e.args[1]
	if x.kind == nameExpr && slices.Contains(d.symbols, x.text) {
		return nil
	}
	return d.src.errorAt(x.at, "expected the name of a state, a parameter or a port as second argument of diff")
}

// maxDerived bounds what is differentiated, because each diff inside diff multiplies it.
const maxDerived = 50_000

// derivative is ∂e/∂x.
func (d *differ) derivative(e *expr, x string) (*expr, error) {
	if d.made++; d.made > maxDerived {
		return nil, d.src.errorAt(e.at, fmt.Sprintf("with all that diff calls for the equations have more than %d terms", maxDerived))
	}
	switch e.kind {
	case numberExpr:
		return e.number(0), nil
	case nameExpr:
		return d.ofName(e, x)
	case callExpr:
		return d.ofCall(e, x)
	}
	slopes := make([]*expr, len(e.args))
	for i, a := range e.args {
		var err error
		if slopes[i], err = d.derivative(a, x); err != nil {
			return nil, err
		}
	}
	switch e.kind {
	case negateExpr:
		return e.times(e.number(-1), slopes[0]), nil
	case sumExpr:
		return e.plus(slopes[0], slopes[1]), nil
	case differenceExpr:
		return e.plus(slopes[0], e.times(e.number(-1), slopes[1])), nil
	case productExpr:
		return e.plus(e.times(slopes[0], e.args[1]), e.times(e.args[0], slopes[1])), nil
	case ratioExpr:
		return e.ratioSlope(slopes[0], slopes[1]), nil
	case powerExpr:
		return e.powerSlope(slopes[0], slopes[1]), nil
	}
	return nil, d.src.errorAt(e.at, "a condition has no derivative")
}

func (d *differ) ofName(e *expr, x string) (*expr, error) {
	if e.text == x {
		return e.number(1), nil
	}
	if slope, ok, err := d.line(e, x); ok || err != nil {
		return slope, err
	}
	return e.number(0), nil
}

// ofCall is the chain rule; where goes into its branches.
func (d *differ) ofCall(e *expr, x string) (*expr, error) {
	if d.past(e.text) {
		return e.number(0), nil // the past is another variable
	}
	f, err := d.src.lookupFunction(e, d.functions)
	if err != nil {
		return nil, err
	}
	if f.rule == choice {
		return d.ofBranches(e, x)
	}
	total := e.number(0)
	for i, a := range e.args {
		inner, err := d.derivative(a, x)
		if err != nil {
			return nil, err
		}
		if inner.is(0) {
			continue
		}
		if len(f.slopes) == 0 {
			return nil, d.src.errorAt(e.at, fmt.Sprintf("the derivative of %s is needed and not given", e.text))
		}
		outer, err := e.slope(f.slopes[i])
		if err != nil {
			return nil, err
		}
		total = e.plus(total, e.times(outer, inner))
	}
	return total, nil
}

func (d *differ) ofBranches(e *expr, x string) (*expr, error) {
	a, err := d.derivative(e.args[1], x)
	if err != nil {
		return nil, err
	}
	b, err := d.derivative(e.args[2], x)
	if err != nil {
		return nil, err
	}
	if a.is(0) && b.is(0) {
		return a, nil
	}
	return &expr{kind: callExpr, at: e.at, text: e.text, args: []*expr{e.args[0], a, b}}, nil
}

// slope puts the arguments of the call e into the text of a derivative.
func (e *expr) slope(text string) (*expr, error) {
	tree, _, err := parseExpression(text)
	if err != nil {
		return nil, err
	}
	return e.substitute(tree), nil
}

// substitute is a tree in the names of arguments with those of the call e.
func (e *expr) substitute(tree *expr) *expr {
	if tree.kind == nameExpr {
		if i := slices.Index(argumentNames, tree.text); i >= 0 {
			return e.args[i]
		}
	}
	c := *tree
	c.at, c.args = e.at, nil
	for _, a := range tree.args {
		c.args = append(c.args, e.substitute(a))
	}
	return &c
}

// ratioSlope is (a' - (a/b) b')/b of e = a/b.
func (e *expr) ratioSlope(a, b *expr) *expr {
	above := e.plus(a, e.times(e.number(-1), e.times(e, b)))
	if above.is(0) {
		return above
	}
	return e.join(ratioExpr, above, e.args[1])
}

// powerSlope is p a^(p-1) a' + a^p log(a) p' of e = a^p.
func (e *expr) powerSlope(a, p *expr) *expr {
	base, exponent := e.args[0], e.args[1]
	less := e.join(differenceExpr, exponent, e.number(1))
	if exponent.kind == numberExpr {
		less = e.number(exponent.value - 1)
	}
	moved := e.times(e.times(exponent, e.join(powerExpr, base, less)), a)
	log := &expr{kind: callExpr, at: e.at, text: "log", args: []*expr{base}}
	return e.plus(moved, e.times(e.times(e, log), p))
}

// Trees that stand where e does. Sums and products leave out what is 0 or 1.

func (e *expr) number(v float64) *expr {
	return &expr{kind: numberExpr, at: e.at, value: v, text: fmt.Sprint(v)}
}

func (e *expr) is(v float64) bool { return e.kind == numberExpr && e.value == v }

func (e *expr) join(k kind, a, b *expr) *expr {
	return &expr{kind: k, at: e.at, args: []*expr{a, b}}
}

func (e *expr) plus(a, b *expr) *expr {
	switch {
	case a.is(0):
		return b
	case b.is(0):
		return a
	}
	return e.join(sumExpr, a, b)
}

func (e *expr) times(a, b *expr) *expr {
	switch {
	case a.is(0), b.is(1):
		return a
	case b.is(0), a.is(1):
		return b
	}
	return e.join(productExpr, a, b)
}

// derive replaces diff in all equations. The derivative of an algebraic line is a
// line too, so that it is computed once.
func (m *Model) derive() error {
	d := m.differ()
	for i, e := range m.equations {
		right, err := d.expand(e.right)
		if err != nil {
			return err
		}
		m.equations[i].right = right
	}
	return nil
}

func (m *Model) differ() *differ {
	d := &differ{src: m.src, functions: m.functions, symbols: m.symbolNames()}
	d.past = func(name string) bool { _, ok := m.units[name]; return ok }
	d.line = func(name *expr, x string) (*expr, bool, error) {
		e, ok := m.equationOf(name.text)
		if !ok || e.state() {
			return nil, false, nil
		}
		slope := &expr{kind: nameExpr, at: name.at, text: fmt.Sprintf("diff(%s, %s)", name.text, x)}
		known, ok := m.equationOf(slope.text)
		if !ok {
			right, err := d.expand(e.right)
			if err == nil {
				right, err = d.derivative(right, x)
			}
			if err != nil {
				return nil, true, err
			}
			known = equation{name: slope.text, at: name.at, right: right}
			m.derived = append(m.derived, known)
		}
		if known.right.kind == numberExpr {
			return known.right, true, nil
		}
		return slope, true, nil
	}
	return d
}
