package nmm

import (
	"fmt"
	"math"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Every own op and every function of the language, in all mixtures of scalars and
// vectors. Points keep 0.05 away from kinks, where differences mean nothing.
func TestFunctionGradients(t *testing.T) {
	texts := []string{
		"exp(a)", "log(a + 3)", "sqrt(a + 3)", "tanh(a)", "sin(a)", "cos(a)", "sigmoid(a)", "abs(a)",
		"exprel(a)", "linoid(a)", "exprel(3*a)", "linoid(-3*a)",
		"asin(0.9*a)", "acos(0.9*a)", "atan(3*a)", "erf(a)", "erfc(2*a)", "sinh(a)", "cosh(a)", "log1p(a/2)", "softplus(4*a)", "cbrt(a)",
		"sign(a)*b", "atan2(a, b)", "atan2(a - b, c)", "mod(a, 0.44)", "mod(a, b + 3)", "mod(2*a, 0.3*c - 2)",
		"min(a, b)", "max(a, b)", "clip(a, b, c)", "clip(a, -0.4, 0.3)",
		"where(a < b, a*c, sin(b))", "where(a <= b, 2, c)", "where(a > b, c, 1)", "where(a >= 0, a^2, -a)",
		"where(a < b, exp(c), c^2) * a", "where(a^2 < 0.3, b, where(b < c, a, c))",
		"a^2", "a^3", "a^4", "a^5", "a^7", "(a + 3)^-2", "(a + 3)^0.5", "(a + 3)^1.7", "(a + 3)^(-1/3)", "2^a", "(a + 3)^b",
		"a/(b + 3)", "1/(a + 3)", "a*a*b", "a - (b - c)", "-a - b", "-a*b/(c + 3)", "a*b*a/(c + 3)/(c + 3)",
	}
	for _, expression := range texts {
		t.Run(expression, func(t *testing.T) {
			for shape := 0; shape < 8; shape++ { // each of a, b, c a scalar or a vector
				values := vars{}
				for i, name := range []string{"a", "b", "c"} {
					if strings.Contains(expression, name) && !onlyInFunctionName(expression, name) {
						n := 1
						if shape>>i&1 == 1 {
							n = 3
						}
						values[name] = spread(uint64(17*shape+i), i, n)
					}
				}
				checkGradient(t, text(expression), values)
			}
		})
	}
}

// onlyInFunctionName tells whether a letter is no variable of the expression.
func onlyInFunctionName(expression, letter string) bool {
	e, _, err := parseExpression(expression)
	if err != nil {
		panic(err)
	}
	found := false
	e.walk(func(x *expr) { found = found || x.kind == nameExpr && x.text == letter })
	return !found
}

// spread draws from [-1, 1] so that values with different offset differ by 0.05.
func spread(seed uint64, offset, n int) []float64 {
	x := random(seed, n, -9, 9)
	for i := range x {
		x[i] = 0.1*math.Round(x[i]) + 0.05 + 0.02*float64(offset-1)
	}
	return x
}

// A parameter that occurs in nothing but a condition has gradient zero; Gorgonia's
// own comparisons would make Grad fail.
func TestConditionOnly(t *testing.T) {
	for _, values := range []vars{
		{"x": {1, 2, 3}, "limit": {2.5}, "y": {5, 6, 7}},
		{"x": {1, 2, 3}, "limit": {2.5, 1.5, 2.5}, "y": {5}},
		{"x": {1}, "limit": {2.5}, "y": {5}},
	} {
		g := gradient(t, text("where(x < limit, y, 2*y)"), values)
		for _, name := range []string{"x", "limit"} {
			for i, d := range g[name] {
				if d != 0 {
					t.Errorf("d/d%s[%d]: expected 0, found %v", name, i, d)
				}
			}
			if len(g[name]) != len(values[name]) {
				t.Errorf("gradient of %s: expected %d numbers, found %v", name, len(values[name]), g[name])
			}
		}
	}
}

func TestClipDerivativeOnTheBounds(t *testing.T) {
	values := vars{"x": {-0.5, 0, 0.5, 1, 1.5}}
	got := gradient(t, text("clip(x, 0, 1)"), values)["x"]
	want := []float64{0, 1.5, 2, 2.5, 0} // the loss's weights where 0 <= x <= 1
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("expected %v, found %v", want, got)
	}
}

// Derivatives at kinks, jumps and where there is none: what the package comment says, never NaN.
func TestDerivativesAtKinks(t *testing.T) {
	for expression, want := range map[string]float64{
		"asin(1 + x)": 0, "asin(x - 1)": 0, "asin(2 + x)": 0, "acos(1 + x)": 0, "acos(x - 7)": 0,
		"cbrt(x)": 0, "cbrt(x)^3": 0, "sign(x)": 0, "sign(x)*x": 0,
		"atan2(x, 0)": 0, "atan2(0, x)": 0, "atan2(x, x)": 0, "atan2(x, 1)": 1, "atan2(x, 1e-200)": 1e200,
		"mod(x, 2)": 1, "mod(x, -2)": 1, "mod(x + 4, 2)": 1, "mod(4, x + 2)": -2, "mod(-4, x + 3)": 2, "mod(1, x)": 0, "mod(x, x)": 1,
		"softplus(x)": 0.5, "softplus(x + 800)": 1, "softplus(x - 800)": 0, "log1p(x)": 1,
		"erf(x + 40)": 0, "erfc(x - 40)": 0, "atan(x + 1e200)": 0,
		"max(x, 0)": 1, "min(x, 0)": 0, "exprel(x)": 0.5, "linoid(x)": 0.5, // of two equal numbers, max is the first and min the second
	} {
		if got := gradient(t, text(expression), vars{"x": {0}})["x"][0]; !closeTo(got, want, 1e-14, 0) {
			t.Errorf("d/dx %s at 0: expected %v, found %v", expression, want, got)
		}
		second := gradient(t, func(n map[string]*G.Node) (*G.Node, error) { return derivativeInto(expression+" + x^3", n) }, vars{"x": {0, 0}})["x"]
		if math.IsNaN(second[0]) {
			t.Errorf("d²/dx² %s at 0 is NaN", expression)
		}
	}
}

func TestAbsoluteAtZero(t *testing.T) {
	if got := gradient(t, text("abs(x)"), vars{"x": {0}})["x"][0]; got != 1 {
		t.Errorf("expected 1, found %v", got)
	}
}

// The gradients of the gradients: the first derivatives as nodes, differentiated.
func TestSecondDerivatives(t *testing.T) {
	for _, f := range []*goFunction{exprel.helpers[0], linoid.helpers[0]} {
		for _, values := range []vars{{"x": {-2, -0.7, 0, 0.4, 3}}, {"x": {0.3}}} {
			checkGradient(t, func(n map[string]*G.Node) (*G.Node, error) {
				return f.apply([]*G.Node{n["x"]})
			}, values)
		}
	}
}

// The whole expression differentiated twice, by rebuilding the gradient in a
// fresh graph as integrators do.
func TestGradientOfGradient(t *testing.T) {
	for _, expression := range []string{"sigmoid(x)*y", "linoid(x)*exprel(y)", "where(x < y, x^3, y^3*x)", "abs(x)*x*y", "clip(x, -0.4, y)*x^2",
		"asin(x/3)*y", "acos(x/3)*y", "atan(x*y)", "erf(x)*y", "erfc(x*y)", "sinh(x)*y", "cosh(x*y)", "log1p(x/4)*y", "softplus(x*y)", "cbrt(x)*y",
		"atan2(x, y)", "atan2(y, x)", "mod(x, 0.73)^2*y", "x*mod(y, x + 4)^2", "sign(x)*x^2*y"} {
		t.Run(expression, func(t *testing.T) {
			checkGradient(t, func(n map[string]*G.Node) (*G.Node, error) {
				return derivativeInto(expression, n)
			}, vars{"x": {-0.9, 0.35, 0.2}, "y": {0.5, 0.8, -0.6}})
		})
	}
}

// derivativeInto makes the nodes of d expression/dx in the graph of n.
func derivativeInto(expression string, n map[string]*G.Node) (*G.Node, error) {
	scratch := G.NewGraph()
	copies := map[string]*G.Node{}
	originals := map[*G.Node]*G.Node{}
	for name, leaf := range n {
		copies[name] = G.NewVector(scratch, G.Float64, G.WithName(name), G.WithShape(leaf.Shape()...))
		originals[copies[name]] = leaf
	}
	y, err := Expression(expression, copies)
	if err != nil {
		return nil, err
	}
	d, err := G.Grad(G.Must(G.Sum(y)), copies["x"])
	if err != nil {
		return nil, err
	}
	return transplant(d[0], n["x"].Graph(), originals)
}

func transplant(n *G.Node, into *G.ExprGraph, done map[*G.Node]*G.Node) (*G.Node, error) {
	if c, ok := done[n]; ok {
		return c, nil
	}
	var children []*G.Node
	for it := n.Graph().From(n.ID()); it.Next(); {
		c, err := transplant(it.Node().(*G.Node), into, done)
		if err != nil {
			return nil, err
		}
		children = append(children, c)
	}
	var err error
	if len(children) == 0 {
		done[n] = into.AddNode(G.NewConstant(n.Value().Data()))
	} else {
		done[n], err = G.ApplyOp(n.Op(), children...)
	}
	return done[n], err
}

func TestUserFunction(t *testing.T) {
	cube := Function("cube", func(x float64) float64 { return x * x * x },
		func(x float64) float64 { return 3 * x * x }, func(x float64) float64 { return 6 * x })
	m, err := Define("Cubic", "dx/dt = k*cube(x) - 2*cube(k/1[1/ms])/1[ms] : 1", Parameter("k", 1, "1/ms", Free, "rate"), cube)
	if err != nil {
		t.Fatal(err)
	}
	checkGradient(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, 0, n) }, vars{"x": {-1, 0.5, 2}, "k": {0.7}})
}

// derivative is the right side of the i-th state.
func derivative(m *Model, i int, n map[string]*G.Node) (*G.Node, error) {
	e, err := m.Nodes(n)
	if err != nil {
		return nil, err
	}
	return e.Derivatives[i], nil
}

func TestMissingDerivative(t *testing.T) {
	f := func(x float64) float64 { return x }
	m, err := Define("Step", "dx/dt = stair(x)/1[ms] : 1", Function("stair", f, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	n := leaves(g, vars{"x": {1, 2}})
	e, err := m.Nodes(n)
	if err != nil {
		t.Fatal(err)
	}
	_, err = G.Grad(loss(t, e.Derivatives[0]), n["x"])
	wantError(t, err, "function stair", "derivative of order 1")
}

// Two models' functions of one name stay two functions in one graph.
func TestFunctionsOfOneName(t *testing.T) {
	define := func(slope float64) *Model {
		m, err := Define("M", "dx/dt = f(x)/1[ms] : 1", Function("f", func(x float64) float64 { return slope * x }, nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	g := G.NewGraph()
	n := leaves(g, vars{"x": {1, 2}})
	one, two := G.Must(derivative(define(1), 0, n)), G.Must(derivative(define(2), 0, n))
	run(t, g)
	if a, b := numbersOf(t, one)[1], numbersOf(t, two)[1]; a != 2 || b != 4 {
		t.Errorf("expected 2 and 4, found %v and %v", a, b)
	}
}

func TestSelectErrors(t *testing.T) {
	g := G.NewGraph()
	n := leaves(g, vars{"a": {1, 2}, "b": {1, 2, 3}, "s": {1}})
	_, err := Select(">", n["a"], n["a"], n["a"], n["a"])
	wantError(t, err, `expected relation < or <=, found ">"`)
	_, err = Select("<", n["a"], n["b"], n["s"], n["s"])
	wantError(t, err, "expected operand 2 of shape (2), found (3)")
	_, err = Select("<", n["a"], nil, n["s"], n["s"])
	wantError(t, err, "operand 2 is nil")
}

// Ops compute on views with gaps and on any shape.
func TestOpOnView(t *testing.T) {
	m := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	column, err := m.Slice(nil, G.S(1))
	if err != nil {
		t.Fatal(err)
	}
	v, err := elementwise{goFunction: sigmoid}.Do(column)
	if err != nil {
		t.Fatal(err)
	}
	got, _, _ := elements(v)
	if len(got) != 2 || got[0] != logistic(2) || got[1] != logistic(5) {
		t.Errorf("expected the sigmoids of 2 and 5, found %v", got)
	}
	if _, err := (elementwise{goFunction: sigmoid}).Do(tensor.New(tensor.WithBacking([]int{1, 2}))); err == nil {
		t.Error("expected an error for integers")
	}
}

// wantError wants an error with all these parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("expected an error with %q, found none", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("expected %q in the error, found: %v", p, err)
		}
	}
}
