package nmm

import (
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
)

func TestReadingsOfThePast(t *testing.T) {
	m, err := Define("M", `
		modes k = 2
		power = x[1]^2 + c*diff(x[1]*x[2], x[2])*x[1]                           : mV^2
		dx[k]/dt = (x[k](t - d) - x[k])/1[ms] + power(t - d)*r - p(t-2.5[ms])/d : mV
		dp/dt = diff(p*p(t - d), p)/d - exp(t - s)*p/d                          : mV`,
		Parameter("c", 2, "1", Free, ""), Parameter("d", 3, "ms", Positive, ""), Parameter("r", 0.5, "1/mV/ms", Free, ""),
		Parameter("t", 0.5, "1", Free, "no time"), Parameter("s", 0.5, "1", Free, ""))
	if err != nil {
		t.Fatal(err)
	}
	want := []DelayInfo{{"x_1(t - d)", "x_1", "d", 0}, {"x_2(t - d)", "x_2", "d", 0}, {"p(t - 2.5[ms])", "p", "", 2.5}, {"p(t - d)", "p", "d", 0}}
	got := m.Delays()
	slices.SortFunc(got, func(a, b DelayInfo) int { return slices.Index(want, a) - slices.Index(want, b) })
	if !slices.Equal(got, want) {
		t.Errorf("expected %v, found %v", want, got)
	}
	values := vars{"x_1": {0.5, 1}, "x_2": {2, -1}, "p": {0.25, 3}, "c": {2}, "d": {4}, "r": {0.5}, "t": {1}, "s": {1}}
	rhs := func(i int) build {
		return func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, i, n) }
	}
	// power is 3 x_1²
	if got := evaluate(t, rhs(1), values); got[0] != 0.375-0.0625 || got[1] != 1.5-0.75 {
		t.Errorf("without a past: expected that it is the present, found %v", got)
	}
	values["x_1(t - d)"], values["x_2(t - d)"], values["p(t - 2.5[ms])"], values["p(t - d)"] = []float64{1, 2}, []float64{3, 3}, []float64{4, 8}, []float64{16, 32}
	if got := evaluate(t, rhs(0), values); got[0] != 0.5+1.5-1 || got[1] != 1+6-2 {
		t.Errorf("found %v", got)
	}
	if got := evaluate(t, rhs(2), values); got[0] != 4-0.0625 || got[1] != 8-0.75 {
		t.Errorf("found %v", got)
	}
	checkGradient(t, func(n map[string]*G.Node) (*G.Node, error) {
		e, err := m.Nodes(n)
		if err != nil {
			return nil, err
		}
		first := G.Must(G.HadamardProd(e.Derivatives[0], e.Derivatives[1]))
		return G.Must(G.Add(first, e.Derivatives[2])), nil
	}, values)
	if text := string(m.LaTeX()); !strings.Contains(text, `x^{(k)}\left(t - d\right)`) || !strings.Contains(text, `e^{t - s}`) {
		t.Errorf("found %s", text)
	}
	if o := m.Observables(); len(o) != 1 || o[0].Driven {
		t.Errorf("power needs no past, found %v", o)
	}
}

func TestPastErrors(t *testing.T) {
	items := []Item{Parameter("d", 3, "ms", Free, ""), Parameter("e", -3, "ms", Free, ""), Parameter("q", 3, "s", Free, ""), Port("u", "1")}
	for text, parts := range map[string][]string{
		"x(t - q)":            {"column 21", "expected the delay in ms, found s (one dimension"},
		"x(t - d*2)":          {"column 15", "expected x(t - d), the value of x before a time d that is a parameter or a number"},
		"x(t + d)":            {"column 15", "expected x(t - d)"},
		"x(d)":                {"column 15", "expected x(t - d)"},
		"x(t - d, d)":         {"column 15", "expected x(t - d)"},
		"x(s - d)":            {"column 15", "expected x(t - d)"},
		"z(t - d)":            {"column 15", `unknown function "z"`},
		"x(t - z)":            {"column 21", `unknown name "z"`},
		"x(t - e)":            {"column 21", "expected a delay ≥ 0 ms, found -3"},
		"x(t - tau)":          {"column 21", `expected a parameter or a number as the delay, found "tau"`},
		"u(t - d)":            {"column 15", "u has no past: it is no state, and no line made of states and parameters"},
		"d(t - d)/1[ms]":      {"column 15", "d has no past"},
		"driven(t - d)":       {"column 15", "u has no past"},
		"own(t - d)":          {"column 15", "own is made of delayed values already"},
		"x(t - d) + sin(t-d)": {"column 30", `unknown name "t"`},
	} {
		lines := "dx/dt = -x/d+(" + text + " + 0*u)/d - 0*(d + e + q*1[ms/s])/1[ms*ms] : 1\ndriven = x + u : 1\ntau = 3*d : ms"
		if strings.HasPrefix(text, "own") {
			lines += "\nown = own(t - d)*x : 1"
		}
		_, err := Define("M", lines, items...)
		wantError(t, err, parts...)
	}
}
