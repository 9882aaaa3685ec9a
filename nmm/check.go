package nmm

import (
	"fmt"
	"math"
	"strings"
)

// checker infers the unit of every subexpression and refuses what does not fit.
// It works on the text alone, once, when a model is defined.
type checker struct {
	src       *source
	units     map[string]measure
	functions map[string]function
}

func (c *checker) infer(e *expr) (measure, error) {
	switch e.kind {
	case numberExpr:
		m, err := parseUnit(e.unit)
		if err != nil {
			return m, c.src.wrapAt(e.at, "", err)
		}
		return m, nil
	case nameExpr:
		return c.name(e)
	case callExpr:
		return c.call(e)
	case powerExpr:
		return c.power(e)
	case negateExpr:
		return c.infer(e.args[0])
	}
	left, err := c.infer(e.args[0])
	if err != nil {
		return left, err
	}
	right, err := c.infer(e.args[1])
	if err != nil {
		return right, err
	}
	switch e.kind {
	case productExpr:
		return left.times(right, fraction{1, 1}), nil
	case ratioExpr:
		return left.times(right, fraction{-1, 1}), nil
	}
	operator := map[kind]string{sumExpr: "+", differenceExpr: "-", compareExpr: e.text}[e.kind]
	if !left.same(right) {
		return left, c.src.errorAt(e.at, fmt.Sprintf("expected one unit on both sides of %s, found %s and %s%s", operator, left, right, scaleHint(left, right)))
	}
	return left, nil
}

// scaleHint explains units that differ in nothing but a factor.
func scaleHint(a, b measure) string {
	if !a.sameDimensions(b) {
		return ""
	}
	size := fmt.Sprintf("%.6g %v", a.scale/b.scale, b)
	return fmt.Sprintf(" (one dimension, but %v is %s)", a, strings.TrimSuffix(size, " 1"))
}

func (c *checker) name(e *expr) (measure, error) {
	if _, ok := constants[e.text]; ok {
		return one, nil
	}
	if m, ok := c.units[e.text]; ok {
		return m, nil
	}
	names := make([]string, 0, len(c.units))
	for n := range c.units {
		names = append(names, n)
	}
	return one, c.src.unknownName(e, names)
}

func (c *checker) call(e *expr) (measure, error) {
	if unit, ok, err := c.past(e); ok {
		return unit, err
	}
	f, err := c.src.lookupFunction(e, c.functions)
	if err != nil {
		return one, err
	}
	args := make([]measure, len(e.args))
	for i, a := range e.args {
		if args[i], err = c.infer(a); err != nil {
			return one, err
		}
	}
	switch f.rule {
	case slope:
		return args[0].times(args[1], fraction{-1, 1}), nil
	case declared:
		return f.units[len(args)], c.declared(e, f, args)
	case halfPower:
		return args[0].power(fraction{1, 2}), nil
	case pureNumbers:
		return one, c.expect(e.args[0], args[0], one, "the argument of "+e.text)
	case choice:
		return args[1], c.expect(e.args[2], args[2], args[1], "the second branch of where, as the first,")
	}
	for i, m := range args {
		if err := c.expect(e.args[i], m, args[0], fmt.Sprintf("argument %d of %s", i+1, e.text)); err != nil {
			return one, err
		}
	}
	if f.rule == pureValue {
		return one, nil
	}
	return args[0], nil
}

// declared compares arguments with the units that a function declares.
func (c *checker) declared(e *expr, f function, args []measure) error {
	for i, m := range args {
		if err := c.expect(e.args[i], m, f.units[i], fmt.Sprintf("argument %d of %s", i+1, e.text)); err != nil {
			return err
		}
	}
	return nil
}

// expect refuses an expression whose unit is not the one wanted.
func (c *checker) expect(e *expr, found, wanted measure, what string) error {
	if found.same(wanted) {
		return nil
	}
	text := wanted.String()
	if text == "1" {
		text = "1 (dimensionless)"
	}
	return c.src.errorAt(e.at, fmt.Sprintf("expected %s in %s, found %s%s", what, text, found, scaleHint(found, wanted)))
}

// power wants a rational literal as the exponent of a quantity with a unit.
func (c *checker) power(e *expr) (measure, error) {
	base, err := c.infer(e.args[0])
	if err != nil {
		return base, err
	}
	exponent, err := c.infer(e.args[1])
	if err != nil {
		return base, err
	}
	if err := c.expect(e.args[1], exponent, one, "the exponent"); err != nil {
		return base, err
	}
	if base.same(one) {
		return one, nil
	}
	p, ok := rational(e.args[1])
	if !ok {
		return base, c.src.errorAt(e.args[1].at, fmt.Sprintf("expected a number like 2, -1 or (1/2) as exponent of a quantity in %s", base))
	}
	return base.power(p), nil
}

// rational evaluates an exponent made of numbers only. A decimal counts as the
// fraction with a denominator of at most 100 that it equals.
func rational(e *expr) (fraction, bool) {
	switch e.kind {
	case numberExpr:
		for den := 1; den <= 100 && math.Abs(e.value) < 1000; den++ {
			if num := e.value * float64(den); math.Abs(num-math.Round(num)) < 1e-9 {
				return newFraction(int(math.Round(num)), den), true
			}
		}
	case negateExpr:
		f, ok := rational(e.args[0])
		return fraction{-f.num, f.den}, ok
	case ratioExpr:
		a, okA := rational(e.args[0])
		b, okB := rational(e.args[1])
		if okA && okB && b.num != 0 {
			return a.times(newFraction(b.den, b.num)), true
		}
	}
	return fraction{0, 1}, false
}
