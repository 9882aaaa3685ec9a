package nmm

import (
	"errors"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
)

// Every kind of mistake, with the whole message: the place, what is wrong, the line and a mark under the column.
func TestMistakes(t *testing.T) {
	const model = `
	# a membrane with an adaptation
	flow  = (E - v)/tau + J*s        : mV/ms
	dv/dt = flow - a/C               : mV
	da/dt = b*(v - E)/tau - a/tau    : nA`
	items := []Item{Parameter("E", -65, "mV", Free, "rest"), Parameter("tau", 10, "ms", Positive, "time constant"), Parameter("J", 2, "mV", Free, "weight"),
		Parameter("b", 0.1, "nA/mV", Free, "adaptation"), Parameter("C", 0.2, "nA*ms/mV", Positive, "capacity"), Port("s", "1/ms"),
		Function("f", func(x float64) float64 { return x }, nil, nil)}
	if _, err := Define("Membrane", model, items...); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown name": {"J*s ", "J*S ", `3, column 26: unknown name "S"; nearest: s, C, E
			flow  = (E - v)/tau + J*S        : mV/ms
			                        ^`},
		"unknown function": {"J*s", "J*tanhh(1)/tau", `3, column 26: unknown function "tanhh"; nearest: tanh, atan, atan2
			flow  = (E - v)/tau + J*tanhh(1)/tau        : mV/ms
			                        ^`},
		"unbalanced bracket": {"(E - v)", "((E - v)", `3, column 36: expected ")", found ":"
			flow  = ((E - v)/tau + J*s        : mV/ms
			                                  ^`},
		"bracket too many": {"(E - v)", "(E - v))", `3, column 17: expected an operator or ": unit of flow", found ")"
			flow  = (E - v))/tau + J*s        : mV/ms
			               ^`},
		"missing operand": {"J*s ", "J* ", `3, column 34: expected a number, a name or a parenthesis, found ":"
			flow  = (E - v)/tau + J*        : mV/ms
			                                ^`},
		"wrong unit in a sum": {"J*s", "J", `3, column 22: expected one unit on both sides of +, found mV/ms and mV
			flow  = (E - v)/tau + J        : mV/ms
			                    ^`},
		"division of units": {"b*(v - E)/tau", "b*(v - E)*tau", `5, column 24: expected one unit on both sides of -, found ms*nA and nA/ms
			da/dt = b*(v - E)*tau - a/tau    : nA
			                      ^`},
		"quotient of the wrong unit": {"flow - a/C", "flow/tau", `4, column 14: expected the right side of dv/dt in mV/ms, found mV/ms^2
			dv/dt = flow/tau               : mV
			            ^`},
		"argument with a unit": {"J*s", "J*exp(v)/tau", `3, column 30: expected the argument of exp in 1 (dimensionless), found mV
			flow  = (E - v)/tau + J*exp(v)/tau        : mV/ms
			                            ^`},
		"unit that is none": {": mV/ms", ": mV/msec", `3, column 35: unit "mV/msec": unknown symbol "msec" (expected one of s min h Hz m L g A C V T S F Ω ohm N J W mol M rad 1, with a prefix if any)
			flow  = (E - v)/tau + J*s        : mV/msec
			                                 ^`},
		"missing unit": {"       : mV/ms", "", `3, column 28: expected an operator or ": unit of flow", found the end of the equation
			flow  = (E - v)/tau + J*s 
			                          ^`},
		"missing derivative": {"da/dt = b*(v - E)/tau - a/tau    : nA", "a = b*(v - E) : nA", `5, column 2: "a" is used as a state, but its line says what it is: expected da/dt = …
			a = b*(v - E) : nA
			^`},
		"missing derivative of a function": {"J*s", "J*s*diff(f(v/E), v)*E", `3, column 33: the derivative of f is needed and not given
			flow  = (E - v)/tau + J*s*diff(f(v/E), v)*E        : mV/ms
			                               ^`},
		"algebraic loop": {"J*s", "J*s*flow/J*tau", `3, column 2: "flow" depends on itself
			flow  = (E - v)/tau + J*s*flow/J*tau        : mV/ms
			^`},
		"duplicate": {"da/dt", "dv/dt", `5, column 2: "v" has an equation already
			dv/dt = b*(v - E)/tau - a/tau    : nA
			^`},
		"name of the language": {"flow  =", "exp   =", `3, column 2: "exp" on the left of =: the name belongs to a function of the language
			exp   = (E - v)/tau + J*s        : mV/ms
			^`},
		"no number": {"J*s", "J*1.2.3/tau", `3, column 26: "1.2.3" is no number
			flow  = (E - v)/tau + J*1.2.3/tau        : mV/ms
			                        ^`},
		"stray character": {"J*s", "J?s", `3, column 25: unexpected character '?'
			flow  = (E - v)/tau + J?s        : mV/ms
			                       ^`},
		"condition": {"J*s", "J*where(v, s, 0)", `3, column 32: expected a condition (a < b) as first argument of where
			flow  = (E - v)/tau + J*where(v, s, 0)        : mV/ms
			                              ^`},
		"no equation": {"dv/dt = flow - a/C", "flow - a/C", `4, column 2: expected an equation "dx/dt = … : unit" or "y = … : unit"; a continued line must be indented deeper
			flow - a/C               : mV
			^`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(model, c.from, c.to, 1)
			_, err := Define("Membrane", text, append([]Item{State("a", 0, 1, "adaptation")}, items...)...)
			var at *EquationError
			if !errors.As(err, &at) {
				t.Fatalf("expected an EquationError, found %v", err)
			}
			want := "nmm: model Membrane, line " + strings.ReplaceAll(c.want, "\n\t\t\t", "\n\t\t")
			if got := at.Error(); got != want {
				t.Errorf("expected\n%s\nfound\n%s", want, got)
			}
		})
	}
}

// A derivative that only the gradient of a run asks for is missed at the place of the call.
func TestMissingDerivativeHasAPlace(t *testing.T) {
	m, err := Define("Stair", "k = 2*p : 1\ndx/dt = (k - stair(x))/1[ms] : 1", Parameter("p", 1, "1", Free, ""),
		Function("stair", func(x float64) float64 { return x }, func(x float64) float64 { return 1 }, nil))
	if err != nil {
		t.Fatal(err)
	}
	n := leaves(G.NewGraph(), vars{"x": {1, 2}, "p": {1}})
	f := G.Must(derivative(m, 0, n))
	slope, err := G.Grad(loss(t, f), n["x"])
	if err != nil {
		t.Fatal(err)
	}
	_, err = G.Grad(loss(t, slope[0]), n["x"])
	wantError(t, err, "model Stair, line 2, column 14: function stair: its derivative of order 2 is needed and not given", "\n\t             ^")
}
