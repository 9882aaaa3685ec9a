package nmm

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
)

const modesText = `
	modes i, k = 3
	w[k] = [0.5, g, -2][k]                                  : 1
	A[i,k] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]][i, k]*w[i]    : 1
	mean = sum(k, xi[k])/3                                  : 1
	dxi[k]/dt = (sum(i, A[i,k]*xi[i]^2) - a[k]*xi[k] + xi_in[k] + c_in)/tau : 1
	deta/dt = (mean - xi[2]*sum(i, w[i]) - eta)/tau          : 1`

func modesItems() []Item {
	return []Item{Parameter("g", 1.5, "1", Free, "a weight"), Parameter("a[k]", 0.7, "1", Positive, "decay"), Parameter("tau", 5, "ms", Positive, "time"),
		Port("xi_in[k]", "1"), Port("c_in", "1"), State("xi[k]", -1, 2, "activity"), Bounds("xi[k]", -4, 4), Bounds("xi[3]", -3, 3)}
}

// Modes are what one writes out by hand.
func TestModes(t *testing.T) {
	m, err := Define("Modes", modesText, modesItems()...)
	if err != nil {
		t.Fatal(err)
	}
	byHand, err := Define("Modes", `
		dxi_1/dt = (0.5*xi_1^2 + g*4*xi_2^2 - 14*xi_3^2 - a_1*xi_1 + xi_in_1 + c_in)/tau : 1
		dxi_2/dt = (2*0.5*xi_1^2 + g*5*xi_2^2 - 16*xi_3^2 - a_2*xi_2 + xi_in_2 + c_in)/tau : 1
		dxi_3/dt = (3*0.5*xi_1^2 + g*6*xi_2^2 - 18*xi_3^2 - a_3*xi_3 + xi_in_3 + c_in)/tau : 1
		deta/dt = ((xi_1 + xi_2 + xi_3)/3 - xi_2*(g - 1.5) - eta)/tau : 1`, modesItems2()...)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.stateNames(), byHand.stateNames(); !slices.Equal(got, want) {
		t.Fatalf("expected states %v, found %v", want, got)
	}
	if s := m.States(); s[0].Lo != -1 || s[2].Meaning != "activity" || s[1].Max != 4 || s[2].Max != 3 {
		t.Errorf("found states %+v", s)
	}
	values := typical(m, 3, true)
	for i, s := range m.States() {
		got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, i, n) }, values)
		want := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(byHand, i, n) }, values)
		for k := range want {
			if !closeTo(got[k], want[k], 1e-14, 1e-2) {
				t.Errorf("d%s/dt of region %d: expected %v, found %v", s.Name, k, want[k], got[k])
			}
		}
	}
	checkGradient(t, func(n map[string]*G.Node) (*G.Node, error) {
		e, err := m.Nodes(n)
		if err != nil {
			return nil, err
		}
		total := e.Derivatives[0]
		for _, d := range e.Derivatives[1:] {
			total = G.Must(G.Add(G.Must(G.Square(total)), d))
		}
		return total, nil
	}, values)
}

func modesItems2() []Item {
	var list []Item
	for _, k := range []string{"1", "2", "3"} {
		list = append(list, Parameter("a_"+k, 0.7, "1", Positive, ""), Port("xi_in_"+k, "1"))
	}
	return append(list, Parameter("g", 1.5, "1", Free, ""), Parameter("tau", 5, "ms", Positive, ""), Port("c_in", "1"))
}

// A model with modes goes through a file, and its formulas keep the indices.
func TestModesInFilesAndLaTeX(t *testing.T) {
	m, err := Define("Modes", modesText, modesItems()...)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := m.Set("a_2", 3).WriteJSON(&file); err != nil {
		t.Fatal(err)
	}
	read, err := Read(&file, "modes.json")
	if err != nil || read.String() != m.String() {
		t.Errorf("expected\n%v\nfound\n%v, %v", m, read, err)
	}
	for _, part := range []string{`\frac{d\xi^{(k)}}{dt}`, `\sum_{i} A^{(i,k)} \left(\xi^{(i)}\right)^{2}`, `\left(0.5, g, -2\right)^{(k)}`} {
		if text := string(m.LaTeX()); !strings.Contains(text, part) {
			t.Errorf("expected %s in %s", part, text)
		}
	}
}

func TestModesErrors(t *testing.T) {
	for equations, parts := range map[string][]string{
		"modes k = 3\ndx[j]/dt = -x[j]/1[ms] : 1":                             {"line 2, column 4", `unknown index "j", which no line like "modes k = 3" declares; nearest: k`},
		"dx[k]/dt = -x[k]/1[ms] : 1":                                          {"line 1, column 4", `unknown index "k"`, "there are none"},
		"modes k = 3\ndx/dt = -x[k]/1[ms] : 1":                                {"line 2, column 12", `index "k" does not run here: expected it on the left of = or in sum(k, …)`},
		"modes k = 3\ndx[k]/dt = -sum(k, x[k])/1[ms] : 1":                     {"line 2, column 17", `index "k" runs already`},
		"modes k = 3\ndx[k,k]/dt = -x[k,k]/1[ms] : 1":                         {"line 2, column 6", `index "k" runs already`},
		"modes k = 3\ndx[k]/dt = -x/1[ms] : 1":                                {"line 2, column 13", `unknown name "x"; nearest: x_1`},
		"modes k = 3\ndx[k]/dt = -x[4]/1[ms] : 1":                             {"line 2, column 13", `unknown name "x_4"; nearest: x_1`},
		"modes k = 3\ndx[k]/dt = -x[0]/1[ms] : 1":                             {"line 2, column 15", "expected an index of 1, 2, …, found 0"},
		"modes k = 3\ndx[k]/dt = -x[1.5]/1[ms] : 1":                           {"line 2, column 15", "found 1.5"},
		"modes k = 3\ndx[k]/dt = -x[k+1]/1[ms] : 1":                           {"line 2, column 16", `expected "," or "]", found "+"`},
		"modes k = 3\ndx[k]/dt = -x[]/1[ms] : 1":                              {"line 2, column 15", `expected an index: a name or a number, found "]"`},
		"modes k = 3\ndx[k]/dt = -x[k/1[ms] : 1":                              {"line 2, column 16", `expected "," or "]"`},
		"modes k = 3\ndx[k]/dt = [1, 2][k]*x[k]/1[ms] : 1":                    {"line 2, column 19", "the list has no element 3"},
		"modes k = 3\ndx[k]/dt = [1, 2, 3][k, k]*x[k]/1[ms] : 1":              {"line 2, column 25", "the list has no element 1"},
		"modes k = 3\ndx[k]/dt = [[1, 2], 3, 4][k]*x[k]/1[ms] : 1":            {"line 2, column 13", "expected an index behind a list, as in [1, 2, 3][k]"},
		"modes k = 3\ndx[k]/dt = [1, 2, 3]*x[k]/1[ms] : 1":                    {"line 2, column 12", "expected an index behind a list"},
		"modes k = 3\ndx[k]/dt = [1, 2, 3[k]*x[k]/1[ms] : 1":                  {"line 2, column 35", `expected "," or "]", found ":"`},
		"modes k = 3\ndx[k]/dt = sum(2, x[k])/1[ms] : 1":                      {"line 2, column 12", "expected sum(k, term) with an index k"},
		"modes k = 3\ndx[k]/dt = sum(x[k])/1[ms] : 1":                         {"line 2, column 12", "expected sum(k, term) with an index k"},
		"modes k = 3\ndx[k]/dt = x[k]/1[ms] : 1\nx[2] = 1 : 1":                {"line 3, column 1", `"x_2" has an equation already`},
		"modes k = 3\ndx[k]/dt = x[k]*1[mV] : 1":                              {"line 2, column 16", "expected the right side of dx_1/dt in 1/ms, found mV"},
		"modes k, k = 3\ndx[k]/dt = x[k]/1[ms] : 1":                           {"line 1, column 10", `index "k" is declared already`},
		"modes k = 3\nmodes k = 2\ndx[k]/dt = x[k]/1[ms] : 1":                 {"line 2, column 7", `index "k" is declared already`},
		"modes k = 0\ndx[k]/dt = x[k]/1[ms] : 1":                              {"line 1, column 11", "expected the number of modes, from 1 to 100"},
		"modes k = 3.5\ndx[k]/dt = x[k]/1[ms] : 1":                            {"line 1, column 11", "expected the number of modes"},
		"modes k = n\ndx[k]/dt = x[k]/1[ms] : 1":                              {"line 1, column 11", "expected the number of modes"},
		"modes k = 3 : 1\ndx[k]/dt = x[k]/1[ms] : 1":                          {"line 1, column 13", "expected the end of the line"},
		"modes k, = 3\ndx[k]/dt = x[k]/1[ms] : 1":                             {"line 1, column 10", "expected the name of an index"},
		"modes a, b, c = 100\ndx[a]/dt = sum(b, sum(c, x[b]*x[c]))/1[ms] : 1": {"line 2, column", "more than 100000 terms"},
	} {
		_, err := Define("M", equations)
		wantError(t, err, append(parts, "model M, line")...)
	}
	_, err := Define("M", "modes k = 2\ndx[k]/dt = -x[k]/1[ms] : 1", Parameter("a[j]", 1, "1", Free, ""))
	wantError(t, err, `model M`, `unknown index "j"`)
	_, err = Define("M", "modes k = 2\ndx[k]/dt = -x[k]/1[ms] : 1", Parameter("a[k", 1, "1", Free, ""))
	wantError(t, err, `model M: "a[k": expected a name or a name with indices`)
	_, err = Expression("x[k] + 1", leaves(G.NewGraph(), vars{"x": {1, 2}}))
	wantError(t, err, "column 3", `index "k" does not run here`)
}
