package nmm

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
)

// differentiable are expressions in a, b and c, with every function of the language.
var differentiable = []string{
	"a", "b", "2", "pi*a", "-a*b", "a - (b - a*c)", "a/(b + 3)", "(b + 3)/(a + 4)/a", "a^2*b", "a^-1", "(a + 3)^1.7", "2^a", "(a + 3)^(b + a)", "a^0",
	"exp(a*b)", "log(a + 3)", "log1p(a/2)", "sqrt(a + 3)", "cbrt(a)", "sin(a*b)", "cos(a)", "asin(0.7*a)", "acos(0.7*a)", "atan(a*b)",
	"sinh(a)", "cosh(a)", "tanh(a*b)", "erf(a)", "erfc(a*b)", "sigmoid(a*b)", "softplus(3*a)", "exprel(a*b)", "linoid(2*a)",
	"abs(a)*a", "sign(a)*a*b", "atan2(a, b)", "atan2(b, a)", "mod(a, 0.44)*a", "mod(b, a + 3)*a",
	"min(a, b)*a", "max(a, b)*a", "clip(a*a, b, c)*a", "clip(b, a, a + 0.3)*a", "where(a < b, a*c, sin(a))", "where(b < c, a^2, b)",
}

// diff gives what Gorgonia's gradient does, and can be differentiated again: by Gorgonia, and by diff.
func TestDiff(t *testing.T) {
	values := vars{"a": {0.37, -0.68, 0.91}, "b": {-0.22, 0.41, 0.53}, "c": {0.14, 0.6, -0.3}}
	for _, expression := range differentiable {
		t.Run(expression, func(t *testing.T) {
			expression += " + a*b*c" // with a gradient in each
			want := gradient(t, text(expression), values)["a"]
			first := fmt.Sprintf("diff(%s, a)", expression)
			for i, got := range evaluate(t, text(first), values) {
				got *= 1 + 0.5*float64(i) // the weights of the loss
				if !closeTo(got, want[i], 1e-13, 1e-2) {
					t.Errorf("element %d: Grad %v, diff %v", i, want[i], got)
				}
			}
			checkGradient(t, text(first+" + a*b*c"), values)
			checkGradient(t, text(fmt.Sprintf("diff(diff(%s, b) + %s, a) + a*b*c", expression, first)), values)
		})
	}
}

// A bell of the state x and the parameter p, with its slope and curvature by lines that use lines.
func TestDiffOfLines(t *testing.T) {
	m, err := Define("M", `
		square = z*z                               : 1
		z      = (x - p)/p                         : 1
		bell   = exp(-square)                      : 1
		slope  = diff(bell, x)                     : 1/mV
		bend   = diff(slope, x) + 0*slope*diff(2[mV], x)/1[mV] : 1/mV^2
		mixed  = diff(diff(bell, x), p)            : 1/mV^2
		none   = diff(bell, q_in)                  : 1
		dx/dt  = (slope + bend*1[mV] + mixed*1[mV])*1[mV^2/ms] + none*q_in*1[mV/ms] + q_in*1[mV/ms] : mV`,
		Parameter("p", 2, "mV", Positive, "width"), Port("q_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	values := vars{"x": {1.3, 2.9}, "p": {2}, "q_in": {0.4, 0.2}}
	line := func(name string) build {
		return func(n map[string]*G.Node) (*G.Node, error) {
			e, err := m.Nodes(n)
			if err != nil {
				return nil, err
			}
			return e.Algebraic[name], nil
		}
	}
	slope, bend, mixed := evaluate(t, line("slope"), values), evaluate(t, line("bend"), values), evaluate(t, line("mixed"), values)
	for i, x := range values["x"] {
		const p = 2
		z := (x - p) / p
		bell := math.Exp(-z * z)
		for _, c := range []struct{ got, want float64 }{
			{slope[i], -2 * z / p * bell}, {bend[i], (4*z*z - 2) / (p * p) * bell},
			{mixed[i], bell * (2*z/(p*p) + (2-4*z*z)*x/(p*p*p))},
		} {
			if !closeTo(c.got, c.want, 1e-13, 1e-2) {
				t.Errorf("x = %v: expected %v, found %v", x, c.want, c.got)
			}
		}
	}
	for _, o := range m.Observables() {
		if o.Driven {
			t.Errorf("%s depends on no port", o.Name)
		}
	}
	checkGradient(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, 0, n) }, values)
}

// The derivative of a line is one line: nested products do not double with every line.
func TestDiffStaysSmall(t *testing.T) {
	text := "y0 = x*x : 1\n"
	for i := 1; i < 40; i++ {
		text += fmt.Sprintf("y%d = y%d*y%d*0.5 : 1\n", i, i-1, i-1)
	}
	m, err := Define("M", text+"dx/dt = diff(y39, x)/1[ms] : 1")
	if err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	if _, err := m.Nodes(leaves(g, vars{"x": {0.1, 0.2}})); err != nil {
		t.Fatal(err)
	}
	if n := len(operations(g)); n > 6*40 {
		t.Errorf("expected at most 6 operations per line, found %d", n)
	}
}

func TestDiffErrors(t *testing.T) {
	f := func(x float64) float64 { return x }
	for equation, parts := range map[string][]string{
		"dx/dt = diff(x^2, y)/1[ms] : 1\ny = x : 1":                     {"column 19", "expected the name of a state, a parameter or a port as second argument of diff"},
		"dx/dt = diff(x^2, 2*x)/1[ms] : 1":                              {"column 20", "expected the name of a state"},
		"dx/dt = diff(x^2, z)/1[ms] : 1":                                {"column 19", `unknown name "z"`},
		"dx/dt = diff(x^2)/1[ms] : 1":                                   {"column 9", "function diff: expected 2 arguments, found 1"},
		"dx/dt = diff(x < 1, x)/1[ms] : 1":                              {"column 16", "a condition can only be the first argument of where"},
		"dx/dt = diff(x^3, x)/1[ms] : mV":                               {"expected the right side of dx/dt in mV/ms, found mV^2/ms"},
		"dx/dt = y/1[ms] : 1\ny = diff(x*z, x) : 1\nz = diff(y, x) : 1": {"line 2, column 1", `"y" depends on itself`},
		"dx/dt = diff(stair(x), x)/1[ms] : 1":                           {"column 14", "the derivative of stair is needed and not given"},
		"dx/dt = diff(diff(ramp(x), x), x)/1[ms] : 1":                   {"column 19", "the derivative of ramp' is needed and not given"},
	} {
		_, err := Define("M", equation, Function("stair", f, nil, nil), Function("ramp", f, f, nil))
		wantError(t, err, append(parts, "model M, line")...)
	}
}
