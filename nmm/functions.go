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
	choice                      // where: the condition's sides match, and the branches do
)

// function is a function of the equation language.
type function struct {
	arity int
	rule  unitRule
	value func(x []float64) float64
	node  func(x []*G.Node) (*G.Node, error)
}

// functions lists what the language knows, beside the functions that a model
// defines. where is treated by the builder, since its first argument is a
// condition.
var functions = map[string]function{
	"exp":     stock(math.Exp, G.Exp),
	"log":     stock(math.Log, G.Log),
	"tanh":    stock(math.Tanh, G.Tanh),
	"sin":     stock(math.Sin, G.Sin),
	"cos":     stock(math.Cos, G.Cos),
	"sqrt":    withRule(halfPower, stock(math.Sqrt, G.Sqrt)),
	"sigmoid": sigmoid.inText(),
	"exprel":  exprel.inText(),
	"linoid":  linoid.inText(),
	"abs":     withRule(oneUnit, stock(math.Abs, absolute)),
	"min": {2, oneUnit, slices.Min[[]float64],
		func(x []*G.Node) (*G.Node, error) { return chooseNode("<", x[0], x[1], x[0], x[1]) }},
	"max": {2, oneUnit, slices.Max[[]float64],
		func(x []*G.Node) (*G.Node, error) { return chooseNode("<", x[0], x[1], x[1], x[0]) }},
	"clip": {3, oneUnit, func(x []float64) float64 { return min(max(x[0], x[1]), x[2]) },
		func(x []*G.Node) (*G.Node, error) { return Clip(x[0], x[1], x[2]) }},
	"where": {arity: 3, rule: choice},
}

func stock(f func(float64) float64, node func(*G.Node) (*G.Node, error)) function {
	return function{1, pureNumbers,
		func(x []float64) float64 { return f(x[0]) },
		func(x []*G.Node) (*G.Node, error) { return node(x[0]) }}
}

func withRule(rule unitRule, f function) function {
	f.rule = rule
	return f
}

// inText makes an own op callable in equations.
func (s *scalarFunction) inText() function { return stock(s.f, s.apply) }

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
