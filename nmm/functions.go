package nmm

import (
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
)

// unitRule says what a function does to units.
type unitRule int

const (
	pureNumbers unitRule = iota // arguments and value are dimensionless
	oneUnit                     // all arguments and the value have one unit
	halfPower                   // the value has the square root of the unit
	pureValue                   // all arguments have one unit, the value is dimensionless
	slope                       // diff: the unit of the first argument over that of the second, a name
	declared                    // units are those of the function
	choice                      // where: the condition's sides match, and the branches do
)

// function is a function of the equation language.
type function struct {
	arity int
	rule  unitRule
	value func(x []float64) float64
	node  func(x []*G.Node) (*G.Node, error)
	own   *goFunction // in the place of node

	// slopes are the derivatives with respect to each argument, in the language,
	// where the arguments are called x, y and z. None: it has none.
	slopes []string

	units []measure // of the arguments and then of the value, if they are declared
}

// functions lists what the language knows, beside the functions that a model
// defines. where is treated by the builder, since its first argument is a
// condition, diff by the differ and sum by the expander. Slopes are defined at kinks: see the package comment.
var functions = withOwn(map[string]function{
	"exp":  stock(math.Exp, G.Exp, "exp(x)"),
	"log":  stock(math.Log, G.Log, "1/x"),
	"tanh": stock(math.Tanh, G.Tanh, "1 - tanh(x)^2"),
	"sin":  stock(math.Sin, G.Sin, "cos(x)"),
	"cos":  stock(math.Cos, G.Cos, "-sin(x)"),
	"sqrt": withRule(halfPower, stock(math.Sqrt, G.Sqrt, "1/(2*sqrt(x))")),
	"abs":  withRule(oneUnit, stock(math.Abs, absolute, "where(x < 0, -1, 1)")),
	"min": {arity: 2, rule: oneUnit, value: slices.Min[[]float64],
		node:   func(x []*G.Node) (*G.Node, error) { return chooseNode("<", x[0], x[1], x[0], x[1]) },
		slopes: []string{"where(x < y, 1, 0)", "where(x < y, 0, 1)"}},
	"max": {arity: 2, rule: oneUnit, value: slices.Max[[]float64],
		node:   func(x []*G.Node) (*G.Node, error) { return chooseNode("<", x[0], x[1], x[1], x[0]) },
		slopes: []string{"where(x < y, 0, 1)", "where(x < y, 1, 0)"}},
	"clip": {arity: 3, rule: oneUnit, value: func(x []float64) float64 { return min(max(x[0], x[1]), x[2]) },
		node:   func(x []*G.Node) (*G.Node, error) { return Clip(x[0], x[1], x[2]) },
		slopes: []string{"where(z < max(x, y), 0, where(x < y, 0, 1))", "where(z < max(x, y), 0, where(x < y, 1, 0))", "where(z < max(x, y), 1, 0)"}},
	"where": {arity: 3, rule: choice},
	"diff":  {arity: 2, rule: slope},
	"sum":   {arity: 2},
})

// withOwn enters the functions given in Go with their derivatives.
func withOwn(table map[string]function) map[string]function {
	for _, f := range []*goFunction{exprel, linoid, sigmoid, softplus, log1p, sinh, cosh, asin, acos, atan, erf, erfc, cbrt} {
		f.enter(table, pureNumbers)
	}
	mod.enter(table, oneUnit)
	sign.enter(table, pureValue)
	atan2.enter(table, pureValue)
	return table
}

func stock(f func(float64) float64, node func(*G.Node) (*G.Node, error), slope string) function {
	return function{
		arity: 1, rule: pureNumbers, slopes: []string{slope},
		value: func(x []float64) float64 { return f(x[0]) },
		node:  func(x []*G.Node) (*G.Node, error) { return node(x[0]) },
	}
}

func withRule(rule unitRule, f function) function {
	f.rule = rule
	return f
}

// absolute is |x| with derivative 1 at 0, as a choice: the derivative of
// Gorgonia's Abs, Sign, cannot be differentiated again.
func absolute(x *G.Node) (*G.Node, error) {
	negative, err := G.Neg(x)
	if err != nil {
		return nil, err
	}
	return chooseNode("<", x, constant(x.Graph(), 0), negative, x)
}

// constants of the language.
var constants = map[string]float64{"pi": math.Pi}
