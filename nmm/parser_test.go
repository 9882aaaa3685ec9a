package nmm

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
)

func TestExpressionValues(t *testing.T) {
	values := vars{"x": {3}, "y": {0.5}, "τ_E2": {7}}
	for expression, want := range map[string]float64{
		"x + 2*y":                      4,
		"x - y - 1":                    1.5,
		"x - (y - 1)":                  3.5,
		"x/y/2":                        3,
		"x/(y/2)":                      12,
		"x/y*2":                        12,
		"-x^2":                         -9,
		"(-x)^2":                       9,
		"x^-1":                         1.0 / 3,
		"x^2^y":                        math.Pow(3, math.Sqrt2),
		"2^x^2":                        512,
		"-x - -y":                      -2.5,
		"--x":                          3,
		"+x":                           3,
		"2e2 + 1.5E-1*x + .5":          200.95,
		"1[ms]*x/2[mV]":                1.5,
		"pi*x":                         3 * math.Pi,
		"τ_E2":                         7,
		"cos(0)*x":                     3,
		"0*x + 2":                      2,
		"x - x + 1 # nothing else":     1,
		"x +\n y":                      3.5,
		"where(x < 3, 1, 2)*y":         1,
		"where(x <= 3, 1, 2)*y":        0.5,
		"where(x > 3, 1, 2)*y":         1,
		"where(x >= 3, 1, 2)*y":        0.5,
		"where(1 < 2, x, y)":           3,
		"where(2 <= 1, x, y)":          0.5,
		"min(x, y) + 10*max(x, y)":     30.5,
		"clip(x, 0, 1) + clip(-x,0,1)": 1,
		"abs(-x) + abs(2 - 3)":         4,
		"max(2, 3)*x + clip(7, 0, 2)":  11,
		"exp(log(x))":                  3,
		"sqrt(x^2)":                    3,
		"sigmoid(0)*x":                 1.5,
		"linoid(0*x) + exprel(0)*x":    4,
		"asin(y)":                      math.Pi / 6,
		"asin(x) - asin(-x)":           math.Pi,
		"acos(y) + acos(1)":            math.Pi / 3,
		"acos(-x)":                     math.Pi,
		"atan(x^0)":                    math.Pi / 4,
		"erf(y)":                       0.5204998778130465,
		"erfc(x)":                      2.209049699858544e-05,
		"erfc(27 + 0*x)":               5.237048923789256e-319,
		"sinh(y) + cosh(y)":            math.Exp(0.5),
		"log1p(x) + log1p(1e-20)":      math.Log(4),
		"softplus(x)":                  3.0485873515737421,
		"softplus(300*x)":              900,
		"softplus(-30*x)/exp(-90)":     1,
		"cbrt(9*x) + cbrt(-1)":         2,
		"sign(x) + sign(0) - sign(-y)": 2,
		"atan2(x, -x)":                 0.75 * math.Pi,
		"atan2(-y, 0*x)":               -math.Pi / 2,
		"mod(-y, x)":                   2.5,
		"mod(y, -x)":                   -2.5,
		"mod(7*x, 4) + mod(7, 4)":      4,
		"mod(-x, x) + mod(x, x - 3)":   3,
	} {
		if got := evaluate(t, text(expression), values)[0]; !closeTo(got, want, 1e-15, 0) {
			t.Errorf("%s: expected %v, found %v", expression, want, got)
		}
	}
}

// Every node is an instruction of each step: none may be superfluous.
func TestNodesAreFew(t *testing.T) {
	for expression, want := range map[string]string{
		"x":                        "",
		"x/1[ms]":                  "",
		"x + 0":                    "",
		"--x*1":                    "",
		"x*x":                      "square",
		"x^2":                      "square",
		"x*y*x":                    "square,⊙",
		"x^4":                      "square,square",
		"2*3*x/4":                  "⊙",
		"-(2*x)":                   "⊙",
		"y - 2*x":                  "-,⊙",
		"y - (-2)*x":               "+,⊙",
		"-x + y":                   "-",
		"-x - y":                   "+,neg",
		"1 + x + 2 - 3":            "",
		"x - 1 + 3":                "+",
		"x/2":                      "⊙",
		"1/x":                      "inv",
		"x^-2":                     "inv,square",
		"x^0.5":                    "sqrt",
		"exp(2)*x":                 "⊙",
		"where(1 < 2, x, exp(x))":  "",
		"sigmoid(x) + sigmoid(x)":  "+,sigmoid",
		"x*y/(x*y)":                "÷,⊙",
		"tanh(x)*tanh(x)*tanh(x)":  "cube,tanh",
		"clip(x, 0, 1)":            "select<,select<",
		"0*exp(x) + y":             "exp",
		"a0*x - 1 + (1 - x)":       "-,⊙",
		"(x - 1)*(y - 2) - 3*y*2":  "-,-,-,⊙,⊙",
		"x^3 - x^2*y + exp(-x)":    "+,-,cube,exp,neg,square,⊙",
		"where(x < 0, -x, x^2)*-1": "neg,neg,select<,square",
	} {
		g := G.NewGraph()
		if _, err := Expression(expression, leaves(g, vars{"x": {1, 2}, "y": {1, 2}, "a0": {1, 2}})); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(operations(g), ","); got != want {
			t.Errorf("%s: expected %q, found %q", expression, want, got)
		}
	}
}

// operations lists the ops of a graph, sorted, without constants.
func operations(g *G.ExprGraph) []string {
	var list []string
	for _, n := range g.AllNodes() {
		if n.Op() != nil && n.Op().Arity() > 0 {
			name, _, _ := strings.Cut(n.Op().String(), " ")
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// Division by parameters is one reciprocal outside the step, and what depends on
// parameters only is kept together.
func TestInvariantsFirst(t *testing.T) {
	m, err := Define("M", "dx/dt = (p*x*2*q + p + x - q)/tau : 1",
		Parameter("p", 1, "1", Free, ""), Parameter("q", 1, "1", Free, ""), Parameter("tau", 1, "ms", Positive, ""))
	if err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	if _, err := m.Nodes(leaves(g, vars{"x": {1, 2}, "p": {1}, "q": {2}, "tau": {3}})); err != nil {
		t.Fatal(err)
	}
	vectors := 0
	for _, n := range g.AllNodes() {
		if n.Op() != nil && n.Op().Arity() > 0 && n.IsVector() {
			vectors++
		}
	}
	// (2pq)·x, + (p-q), + x, · 1/tau
	if vectors != 4 {
		t.Errorf("expected 4 operations on vectors, found %d: %v", vectors, operations(g))
	}
}

func TestSyntaxErrors(t *testing.T) {
	for expression, parts := range map[string][]string{
		"":                              {"column 1", "expected a number, a name or a parenthesis, found the end"},
		"x +":                           {"column 4", "expected a number, a name or a parenthesis"},
		"x + * y":                       {"column 5", `found "*"`},
		"(x + y":                        {"column 7", `expected ")"`},
		"x y":                           {"column 3", `expected an operator or the end, found "y"`},
		"2 x":                           {"column 3", `found "x"`},
		"x ? y":                         {"column 3", `unexpected character '?'`},
		"1.2.3*x":                       {"column 1", `"1.2.3" is no number`},
		"5[mV*x":                        {`expected "]"`},
		"x + z":                         {"column 5", `unknown name "z"; nearest: x, y`},
		"tanhh(x)":                      {"column 1", `unknown function "tanhh"; nearest: tanh`},
		"exp(x, y)":                     {"column 1", "function exp: expected 1 arguments, found 2"},
		"min(x, y, )":                   {"column 11", "expected a number"},
		"exp()":                         {"column 5", "expected a number"},
		"diff(x)":                       {"column 1", "function diff: expected 2 arguments, found 1"},
		"diff(x < 1, x)":                {"column 8", "a condition can only be the first argument of where"},
		"diff(x, 1)":                    {"column 9", "expected the name of a state"},
		"[x, y]":                        {"column 1", "expected an index behind a list"},
		"x(t - y)":                      {"column 1", `unknown function "x"`},
		"where(x, y, 1)":                {"column 7", "expected a condition (a < b) as first argument of where"},
		"where(x < 1, y < 2, 1)":        {"column 16", "a condition can only be the first argument of where"},
		"exp(x < 1)":                    {"column 7", "a condition can only be the first argument of where"},
		"x < 1":                         {"column 3", "expected an operator or the end"},
		"x = 1":                         {"column 3", `found "="`},
		"x +\n  y *":                    {"line 2, column 6"},
		"x/0":                           {"expected a finite number, found +Inf"},
		"log(-1) + x":                   {"column 1", "expected a finite number, found NaN"},
		strings.Repeat("(", 500) + "x":  {"nested more than 200 deep"},
		strings.Repeat("-", 500) + "x":  {"nested more than 200 deep"},
		strings.Repeat("x^", 500) + "x": {"nested more than 200 deep"},
	} {
		_, err := Expression(expression, leaves(G.NewGraph(), vars{"x": {1, 2}, "y": {1}}))
		wantError(t, err, parts...)
	}
}

// The message shows the line and a mark under the column.
func TestErrorPointsAtTheColumn(t *testing.T) {
	_, err := Define("Van der Pol", "\n\tdx/dt = mu*x - ξ*muu : 1\n", Parameter("mu", 1, "1/ms", Free, ""), Parameter("ξ", 1, "1", Free, ""))
	want := "nmm: model Van der Pol, line 2, column 19: unknown name \"muu\"; nearest: mu, x, ξ\n" +
		"\t\tdx/dt = mu*x - ξ*muu : 1\n" +
		"\t\t                 ^"
	if err == nil || err.Error() != want {
		t.Errorf("expected\n%s\nfound\n%v", want, err)
	}
}

func TestExpressionSymbols(t *testing.T) {
	g, h := G.NewGraph(), G.NewGraph()
	_, err := Expression("x", nil)
	wantError(t, err, "expected the node of at least one name")
	_, err = Expression("x", map[string]*G.Node{"x": nil})
	wantError(t, err, `the node of "x" is nil`)
	_, err = Expression("x + y", map[string]*G.Node{"x": leaves(g, vars{"x": {1}})["x"], "y": leaves(h, vars{"y": {1}})["y"]})
	wantError(t, err, `the node of "y" is in another graph`)
	_, err = Expression("x + y", leaves(g, vars{"x": {1, 2}, "y": {1, 2, 3}}))
	wantError(t, err, "column 3")
	n, err := Expression("1", leaves(g, vars{"x": {1, 2}}))
	if err != nil || n.Value().Data() != 1.0 {
		t.Errorf("expected the constant 1, found %v, %v", n, err)
	}
}

func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"x + 2*y^2/3[mV]", "where(x <= y, exp(-x), clip(y, 0, 1))", "-x^-1 - --y", "5[1/√ms", "x\n+y # c", "τ*(", "1e", "x^(1/2)", "diff(x*y^2, x)", "[x, 1[mV]][2]", "sum(k, x[k])", "atan2(y, mod(y, 2))", "diff(diff(exp(-y), y)*x, y)", "diff(x)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if len(expression) > 2000 {
			return
		}
		_, _ = ExpressionUnit(expression, map[string]string{"x": "mV", "y": "1"})
		n, err := Expression(expression, leaves(G.NewGraph(), vars{"x": {1, 2}, "y": {1}}))
		if (n == nil) == (err == nil) {
			t.Errorf("expected a node or an error, found %v, %v", n, err)
		}
	})
}

func FuzzDefine(f *testing.F) {
	for _, seed := range []string{"dx/dt = -x*p : 1", "dx/dt = y : mV\ny = x/1[ms] :mV/ms", "y = y : 1\ndx/dt = y :", "dx/dt =\n -x*p :1 # c\n\n", "dx/dt = : 1", "x = 1", "dx/dt = p : √ms^(1/",
		"modes i, k = 3\ndx[k]/dt = sum(i, a[i,k]*x[i])*p : 1\na[i,k] = [[1,2,3],[4,5,6],[7,8,9]][i,k] : 1", "modes k = 2\ny[k] = 1 : 1\ndx/dt = diff(y[1]*x, x)*p : 1",
		"dx/dt = p*x(t - d) - p*y(t-2[ms]) : 1\ny = diff(diff(x^x, x), x) : 1", "r(t + dt) = f(x, 1) : 1\ndx/dt = r(t - d)*p : 1", "dx/dt = p*where(x <= 1, atan2(x, f(x, x)), mod(x, 2)) : 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, equations string) {
		if len(equations) > 2000 {
			return
		}
		items := []Item{Parameter("p", 1, "1/ms", Free, ""), Table2D("f", "1", Axis{0, 1, "1"}, Axis{0, 1, "1"}, tableRows)}
		if strings.Contains(equations, "d)") {
			items = append(items, Parameter("d", 1, "ms", Free, ""))
		}
		m, err := Define("Fuzz", equations, items...)
		var at *EquationError
		switch {
		case (m == nil) == (err == nil):
			t.Fatalf("expected a model or an error, found %v, %v", m, err)
		case err != nil && !errors.As(err, &at) && !strings.Contains(err.Error(), "is declared and occurs in no equation") && !strings.Contains(err.Error(), "the name is taken already"):
			t.Fatalf("expected an error with a place, found %v", err)
		case err != nil:
			_ = err.Error()
			return
		}
		_, _ = m.String(), m.LaTeX()
		values := vars{"p": {1}}
		for _, p := range m.Parameters() {
			values[p.Name] = []float64{1}
		}
		for _, s := range m.States() {
			values[s.Name] = []float64{1, 2}
		}
		if e, err := m.Nodes(leaves(G.NewGraph(), values)); err == nil && len(e.Derivatives) != len(m.States()) {
			t.Errorf("expected %d derivatives, found %d", len(m.States()), len(e.Derivatives))
		}
	})
}
