package nmm

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
)

// vanDerPol is a user's model with everything that a definition can hold.
func vanDerPol(t *testing.T) *Model {
	t.Helper()
	m, err := Define("VanDerPol", `
	# Liénard's form
	drive = mu*(x - x^3/3 - y)   # dimensionless
	      + c                    : 1
	total = drive + 0*c          : 1
	energy = (x^2 + y^2)/2       : 1
	dx/dt = drive / 1[ms]        : 1
	dy/dt = x / mu / tau         : 1`,
		Parameter("mu", 1, "1", Positive, "nonlinearity"),
		Parameter("tau", 1, "ms", Positive, "time scale"),
		State("x", -2, 2, "position"),
		Bounds("y", -10, math.Inf(1)),
		Port("c", "1"),
		Preset("relaxation", map[string]float64{"mu": 8, "tau": 3}),
		Reference("van der Pol (1926)"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDefine(t *testing.T) {
	m := vanDerPol(t)
	values := at(m, nil, vars{"x": {0.5, 2}, "y": {1, -1}, "c": {0.25}})
	for i, want := range [][]float64{{0.5 - 0.125/3 - 1 + 0.25, 2 - 8.0/3 + 1 + 0.25}, {0.5, 2}} {
		got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, i, n) }, values)
		for k := range want {
			if !closeTo(got[k], want[k], 1e-15, 1) {
				t.Errorf("derivative %d of region %d: expected %v, found %v", i, k, want[k], got[k])
			}
		}
	}
	algebraic := func(name string) build {
		return func(n map[string]*G.Node) (*G.Node, error) {
			e, err := m.Nodes(n)
			if err != nil {
				return nil, err
			}
			return e.Algebraic[name], nil
		}
	}
	if got := evaluate(t, algebraic("energy"), values); got[1] != 2.5 {
		t.Errorf("energy of region 2: expected 2.5, found %v", got[1])
	}
	for _, o := range m.Observables() {
		if o.Unit != "1" || o.Driven == (o.Name == "energy") {
			t.Errorf("expected that all observables but energy depend on port c, without unit; found %v", o)
		}
	}
	states := m.States()
	if x, y := states[0], states[1]; x.Lo != -2 || x.Hi != 2 || x.Meaning != "position" || !math.IsInf(x.Max, 1) || y.Min != -10 || !math.IsInf(y.Max, 1) {
		t.Errorf("found states %+v", states)
	}
	if got := m.Ports(); len(got) != 1 || got[0] != (PortInfo{"c", "1"}) {
		t.Errorf("found ports %v", got)
	}
}

// A port that nothing is attached to, a constant 0, costs no node.
func TestUnusedPortLeavesNoTrace(t *testing.T) {
	g := G.NewGraph()
	n := leaves(g, at(MontbrioPazoRoxin(), nil, vars{"r": {1, 2}, "v": {1, 2}}))
	with := operationsOf(t, MontbrioPazoRoxin(), n)
	for _, port := range []string{"r_in", "v_in"} {
		n[port] = G.NewConstant(0.0)
	}
	h := G.NewGraph()
	n = leaves(h, at(MontbrioPazoRoxin(), nil, vars{"r": {1, 2}, "v": {1, 2}}))
	n["r_in"], n["v_in"] = h.AddNode(G.NewConstant(0.0)), G.NewConstant(0.0)
	without := operationsOf(t, MontbrioPazoRoxin(), n)
	if len(without) != len(with)-2 {
		t.Errorf("expected two additions less than %v, found %v", with, without)
	}
}

func operationsOf(t *testing.T, m *Model, n map[string]*G.Node) []string {
	t.Helper()
	e, err := m.Nodes(n)
	if err != nil {
		t.Fatal(err)
	}
	return operations(e.Derivatives[0].Graph())
}

func TestConstantDerivative(t *testing.T) {
	m, err := Define("Clock", "dphase/dt = 2 - 1 : ms", State("phase", 0, 1, ""))
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.Nodes(leaves(G.NewGraph(), vars{"phase": {1, 2}}))
	if err != nil || e.Derivatives[0].Value().Data() != 1.0 {
		t.Errorf("expected the constant 1, found %v, %v", e, err)
	}
}

func TestDefinitionErrors(t *testing.T) {
	k := Parameter("k", 1, "1/ms", Free, "")
	for _, c := range []struct {
		equations string
		items     []Item
		parts     []string
	}{
		{"", nil, []string{"model M, line 1, column 1", "expected at least one equation"}},
		{"# only a comment\n", nil, []string{"expected at least one equation"}},
		{"y = 1 : 1", nil, []string{`expected at least one equation "dx/dt = …"`}},
		{"dx/dt = -k*x", []Item{k}, []string{"column 13", `expected an operator or ": unit of x", found the end of the equation`}},
		{"dx/dt -k*x : 1", []Item{k}, []string{"column 1", `expected an equation "dx/dt = … : unit"`}},
		{"dx/dt = -k*x : 1\n- x*k : 1", []Item{k}, []string{"line 2, column 1", "a continued line must be indented deeper"}},
		{"dx/dt = -k*x : 1\n  - x*k : 1", []Item{k}, []string{"line 2, column 3", "expected the end of the equation after its unit"}},
		{"dx/dt = -k*x : 1 = 2", []Item{k}, []string{"unit"}},
		{"dx/dt = -k*(x : 1", []Item{k}, []string{"column 15", `expected ")", found ":"`}},
		{"dx/dy = -k*x : 1", []Item{k}, []string{"column 1", `expected "dx/dt" or a name on the left of =`}},
		{"x/dt = -k*x : 1", []Item{k}, []string{"column 1", `expected "dx/dt"`}},
		{"5 = -k*x : 1", []Item{k}, []string{"column 1", `expected a name on the left of =, found "5"`}},
		{"dx/dt = -k*x : mVolt", []Item{k}, []string{"column 14", `unit "mVolt": unknown symbol "mVolt"`}},
		{"dx/dt = -k*x : 1\ndx/dt = -k*x : 1", []Item{k}, []string{"line 2, column 1", `"x" has an equation already`}},
		{"dexp/dt = -k : 1", []Item{k}, []string{"column 1", "the name belongs to a function of the language"}},
		{"dpi/dt = -k : 1", []Item{k}, []string{"the name belongs to a constant of the language"}},
		{"dx/dt = -k*x + kk : 1", []Item{k}, []string{"column 16", `unknown name "kk"; nearest: k, x`}},
		{"dx/dt = -x : 1", []Item{k}, []string{"column 9", "expected the right side of dx/dt in 1/ms, found 1"}},
		{"dx/dt = -k*x : 1", []Item{Parameter("k", 1, "1/s", Free, "")}, []string{"expected the right side of dx/dt in 1/ms, found 1/s (one dimension, but 1/s is 0.001 1/ms)"}},
		{"dx/dt = -k*x : 1\nr(t + dt) = k*x : 1", []Item{k}, []string{"line 2, column 14", "expected the right side of r(t + dt) in 1 (dimensionless), found 1/ms"}},
		{"dx/dt = -k*x : 1\nr(t + 1) = x : 1", []Item{k}, []string{"line 2, column 7", `expected "dt", as in x(t + dt) = …, found "1"`}},
		{"dx/dt = -k*x : 1\nx(t + dt) = x : 1", []Item{k}, []string{"line 2, column 1", `"x" has an equation already`}},
		{"dx/dt = -k*x : mV\ny = x + k : mV", []Item{k}, []string{"line 2, column 7", "found mV and 1/ms"}},
		{"dx/dt = -k*y : 1\ny = z : 1\nz = y + x : 1", []Item{k}, []string{"line 2, column 1", `"y" depends on itself`}},
		{"dx/dt = -x/1[ms] : 1", []Item{k}, []string{`model M: "k" is declared and occurs in no equation`}},
		{"dx/dt = -k*x : 1", []Item{k, Port("p", "1")}, []string{`"p" is declared and occurs in no equation`}},
		{"dx/dt = -k*x : 1", []Item{k, k}, []string{`parameter "k": the name is taken already`}},
		{"dx/dt = -k*x : 1", []Item{k, Port("x", "1")}, []string{`port "x": the name is taken already`}},
		{"dx/dt = -k*x : 1", []Item{k, Port("a b", "1")}, []string{`port "a b": expected a name of letters, digits and _`}},
		{"dx/dt = -k*x : 1", []Item{Parameter("k", 1, "mVolt", Free, "")}, []string{`parameter "k": unit "mVolt"`}},
		{"dx/dt = -k*x : 1", []Item{Parameter("k", -1, "1/ms", Positive, "")}, []string{`parameter "k": default -1 is outside its domain: expected 0 < value`}},
		{"dx/dt = -k*x : 1", []Item{Parameter("k", 1, "1/ms", Between(2, 1), "")}, []string{`parameter "k": transform between(2, 1)`}},
		{"dx/dt = -k*x : 1", []Item{k, State("y", 0, 1, "")}, []string{`no state "y" has an equation; nearest: x`}},
		{"dx/dt = -k*x : 1", []Item{k, State("x", 1, 0, "")}, []string{`state "x": expected a finite initial range [lo, hi], found [1, 0]`}},
		{"dx/dt = -k*x : 1", []Item{k, Bounds("x", 1, 0)}, []string{`state "x": expected bounds lo <= hi, found [1, 0]`}},
		{"dx/dt = -k*x : 1", []Item{k, Bounds("y", 0, 1)}, []string{`no state "y"`}},
		{"dx/dt = -k*x : 1", []Item{k, Preset("fast", map[string]float64{"kk": 3})}, []string{`preset "fast"`, `unknown parameter "kk"; nearest: k`}},
		{"dx/dt = -k*x : 1", []Item{k, Function("exp", math.Exp, nil, nil)}, []string{`function "exp": the name belongs to a function`}},
		{"dx/dt = -k*x : 1", []Item{k, Function("f", nil, nil, nil)}, []string{`function "f" is nil`}},
		{"dx/dt = -k*x : 1", []Item{k, Function("k", math.Exp, nil, nil)}, []string{`function "k": the name is taken already`}},
		{"dx/dt = -k*x : 1", []Item{Function("k", math.Exp, nil, nil), k}, []string{`parameter "k": the name is taken already`}},
		{"dx/dt = -k*x : 1", []Item{{}}, []string{"an item is empty"}},
		{"dx/dt = -k*x/(1 - 1) : 1", []Item{k}, nil}, // only Nodes finds it
	} {
		_, err := Define("M", c.equations, c.items...)
		if c.parts == nil {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		wantError(t, err, append(c.parts, "nmm: model M")...)
	}
}

func TestErrorTypes(t *testing.T) {
	_, err := Define("M", "dx/dt = x + 1[mVolt] : 1")
	var e *EquationError
	if !errors.As(err, &e) || e.Line != 1 || e.Column != 13 || e.Cause == nil || !errors.Is(err, e.Cause) {
		t.Errorf("expected an EquationError with its cause at column 13, found %#v", e)
	}
}

func TestNodesErrors(t *testing.T) {
	g := G.NewGraph()
	_, err := Linear().Nodes(leaves(g, vars{"x": {1, 2}, "gamma": {1}}))
	wantError(t, err, "nmm: model Linear: expected a node for each of [x gamma x_in], found none for \"x_in\"")
	_, err = Linear().Nodes(leaves(g, vars{"x": {1, 2}, "gamma": {1}, "x_in": {0}, "gama": {1}}))
	wantError(t, err, `a node is given for "gama", which is no state, parameter or port; nearest: gamma`)
	_, err = Linear().Nodes(leaves(g, vars{"x": {1, 2}, "gamma": {1, 2, 3}, "x_in": {0}}))
	wantError(t, err, "model Linear, line 2")
	m, _ := Define("M", "dx/dt = -x/1[ms]/(1 - 1) : 1")
	_, err = m.Nodes(leaves(g, vars{"x": {1, 2}}))
	wantError(t, err, "expected a finite number, found")
}

func TestSet(t *testing.T) {
	m := vanDerPol(t).Set("mu", 2).Set("tau", Q(0.003, "s"))
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	c := m.Clone().Set("mu", []float64{1, 2, 3})
	for i, want := range []string{"[2] [3]", "[1 2 3] [3]"} {
		p := []*Model{m, c}[i].Parameters()
		if got := fmt.Sprint(p[0].Values, p[1].Values); got != want {
			t.Errorf("expected %s, found %s", want, got)
		}
	}
	m.Parameters()[0].Values[0] = 99
	if got := m.Parameters()[0].Values[0]; got != 2 {
		t.Errorf("Parameters gives away its own values: found %v", got)
	}
	if got := vanDerPol(t).Preset("relaxation").Set("tau", 4).Parameters(); got[0].Values[0] != 8 || got[1].Values[0] != 4 {
		t.Errorf("expected mu 8 and tau 4, found %v", got)
	}
}

func TestSettingErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*Model) *Model
		parts  []string
	}{
		{func(m *Model) *Model { return m.Set("my", 1) }, []string{`unknown parameter "my"; nearest: mu, tau`}},
		{func(m *Model) *Model { return m.Set("mu", -1) }, []string{`parameter "mu": value -1 is outside its domain: expected 0 < value, in 1`}},
		{func(m *Model) *Model { return m.Set("mu", math.NaN()) }, []string{"value NaN"}},
		{func(m *Model) *Model { return m.Set("mu", []float64{1, -2}) }, []string{"value -2 of region 2"}},
		{func(m *Model) *Model { return m.Set("mu", []float64{}) }, []string{"expected one value per region, found none"}},
		{func(m *Model) *Model { return m.Set("mu", "1") }, []string{"expected a number, a Quantity or a []float64, found string"}},
		{func(m *Model) *Model { return m.Set("tau", Q(3, "mV")) }, []string{"3 mV cannot be converted to ms"}},
		{func(m *Model) *Model { return m.Set("tau", Q(3, "msec")) }, []string{`unit "msec"`}},
		{func(m *Model) *Model { return m.Preset("relaxed") }, []string{`unknown preset "relaxed"; nearest: relaxation`}},
		{func(m *Model) *Model { return Linear().Preset("relaxed") }, []string{"there are none"}},
		{func(m *Model) *Model { return m.Learn("mu", Between(1, 0), Shared) }, []string{"between(1, 0): expected the lower bound first"}},
		{func(m *Model) *Model { return m.Learn("mu", Free, PerEdge) }, []string{"found per edge"}},
		{func(m *Model) *Model { return m.Learn("mu", Between(2, 3), Shared) }, []string{`learned parameter "mu": value 1 is outside the range of transform between(2, 3)`}},
		{func(m *Model) *Model { return m.Set("first", 1).Set("second", 1) }, []string{`unknown parameter "first"`}},
	} {
		err := c.change(vanDerPol(t)).Err()
		wantError(t, err, append(c.parts, "nmm: model ")...)
		if err != nil && strings.Count(err.Error(), "nmm:") != 1 {
			t.Errorf("expected the package's name once, found: %v", err)
		}
	}
	// the order of Learn and Set does not matter
	if err := vanDerPol(t).Learn("mu", Between(2, 3), PerRegion).Set("mu", 2.5).Err(); err != nil {
		t.Error(err)
	}
}

func TestLearn(t *testing.T) {
	m := vanDerPol(t)
	c := m.Clone().Learn("mu", Exp, PerRegion)
	if p := c.Parameters()[0]; !p.Learned || p.Scope != PerRegion || p.Transform.String() != "exp" {
		t.Errorf("found %+v", p)
	}
	if m.Parameters()[0].Learned {
		t.Error("learning a clone's parameter changed the original")
	}
	var scopes []string
	for s := Shared; s <= PerEdge+1; s++ {
		scopes = append(scopes, s.String())
	}
	if got := strings.Join(scopes, ", "); got != "shared, per region, per lane, per region and lane, per edge, unknown scope" {
		t.Errorf("found %s", got)
	}
}

func TestString(t *testing.T) {
	got := vanDerPol(t).Set("mu", []float64{1, 2}).Learn("mu", Exp, PerRegion).String()
	want := `VanDerPol
  # Liénard's form
  drive = mu*(x - x^3/3 - y)   # dimensionless
        + c                    : 1
  total = drive + 0*c          : 1
  energy = (x^2 + y^2)/2       : 1
  dx/dt = drive / 1[ms]        : 1
  dy/dt = x / mu / tau         : 1
state  unit  initial  bounds       meaning
x      1     [-2, 2]  -            position
y      1     [0, 0]   [-10, +Inf]  
parameter  value              unit  domain    learned          meaning
mu         1 … 2 (2 regions)  1     positive  exp, per region  nonlinearity
tau        1                  ms    positive  -                time scale
port  unit
c     1
observable  unit  depends on ports
drive       1     yes
total       1     yes
energy      1     no
preset      values
relaxation  mu = 8, tau = 3
van der Pol (1926)
`
	if got != want {
		t.Errorf("expected\n%s\nfound\n%s", want, got)
	}
}

func TestNearest(t *testing.T) {
	if got := nearest("Omegga", []string{"a", "omega", "beta", "gamma"}); !strings.HasPrefix(got, "nearest: omega, ") {
		t.Errorf("found %q", got)
	}
	if d := []int{editDistance("", "abc"), editDistance("kitten", "sitting"), editDistance("τ", "t")}; !slices.Equal(d, []int{3, 3, 1}) {
		t.Errorf("expected distances 3, 3, 1, found %v", d)
	}
}
