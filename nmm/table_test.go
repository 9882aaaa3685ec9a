package nmm

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

var tableRows = mat.NewDense(3, 4, []float64{1, 3, -2, 0, 4, 4.5, 1, 7, -1, 2, 2.5, 6})

// tabled has a table of each kind: x, y in mV and mV/√ms, values in 1/ms; the curve is pure.
func tabled(t *testing.T) *Model {
	t.Helper()
	m, err := Define("Tabled", `
		flux = rate(x, s*y)                   : 1/ms
		bend = diff(diff(flux, x), y)*1[mV]^2 : 1/ms
		dx/dt = (flux*1[ms] + curve(x/1[mV]) + bend*1[ms] + diff(flux, y)*1[mV*ms])*1[mV/ms] : mV
		dy/dt = -y/5[ms]                      : mV`,
		Parameter("s", 1, "1/√ms", Free, "scale"),
		Table2D("rate", "1/ms", Axis{-1, 0.5, "mV"}, Axis{0.25, 2, "mV/√ms"}, tableRows),
		Table1D("curve", "1", Axis{-2, 1, "1"}, []float64{3, 1, 1.5, 0, 4}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTableValues(t *testing.T) {
	m := tabled(t)
	line := func(n map[string]*G.Node) (*G.Node, error) {
		e, err := m.Nodes(n)
		if err != nil {
			return nil, err
		}
		return e.Algebraic["flux"], nil
	}
	inf := math.Inf(1)
	for _, c := range []struct{ x, y, want float64 }{
		{-1, 0.25, 1}, {0, 6.25, 6}, {-0.5, 2.25, 4.5}, // on the grid
		{-0.75, 0.25, 2.5}, {-1, 1.25, 2}, {-0.25, 5.25, (1 + 7 + 2.5 + 6) / 4}, {-0.6, 4.75, 0.2*(0.75*-2) + 0.8*(0.75*1+0.25*7)}, // between
		{-3, 1.25, 2}, {9, 0.25, -1}, {-0.75, -5, 2.5}, {-0.75, 90, 3.5}, {-8, 70, 0}, {4, 7, 6}, {-inf, inf, 0}, {0, -inf, -1}, // beyond
		{math.NaN(), 1, math.NaN()}, {0, math.NaN(), math.NaN()},
	} {
		got := evaluate(t, line, vars{"x": {c.x}, "y": {c.y}, "s": {1}})[0]
		if !closeTo(got, c.want, 1e-15, 1) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("rate(%v, %v): expected %v, found %v", c.x, c.y, c.want, got)
		}
	}
}

// Gradients of every kind of cell, and through diff.
func TestTableGradients(t *testing.T) {
	m := tabled(t)
	checkGradient(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, 0, n) },
		vars{"x": {-0.8, -0.3, -0.1, -4, 3, -0.7, -0.6, 8, -9}, "y": {1, 3, 5.5, 2, 6, 9, -4, 12, -7}, "s": {0.9}})
}

// At the border of cells the upper one counts, on the outermost border the cell, beyond it nothing.
func TestTableSlopesAtBorders(t *testing.T) {
	m := tabled(t)
	slopes := func(x, y float64) [2]float64 {
		g := gradient(t, func(n map[string]*G.Node) (*G.Node, error) {
			e, err := m.Nodes(n)
			if err != nil {
				return nil, err
			}
			return e.Algebraic["flux"], nil
		}, vars{"x": {x}, "y": {y}, "s": {1}})
		return [2]float64{g["x"][0], g["y"][0]}
	}
	for _, c := range []struct {
		x, y float64
		want [2]float64
	}{
		{-0.5, 2.25, [2]float64{(2 - 4.5) / 0.5, (1 - 4.5) / 2}}, {-1, 0.25, [2]float64{6, 1}}, {0, 6.25, [2]float64{-2, 1.75}},
		{-1 - 1e-9, 0.25, [2]float64{0, 1}}, {0, 6.25 + 1e-9, [2]float64{-2, 0}},
	} {
		if got := slopes(c.x, c.y); math.Abs(got[0]-c.want[0])+math.Abs(got[1]-c.want[1]) > 1e-7 {
			t.Errorf("slopes at (%v, %v): expected %v, found %v", c.x, c.y, c.want, got)
		}
	}
}

func TestTableErrors(t *testing.T) {
	axis, values := Axis{0, 1, "mV"}, []float64{1, 2}
	define := func(equations string, items ...Item) error {
		_, err := Define("M", equations, items...)
		return err
	}
	const good = "dx/dt = f(x)*1[mV/ms] : mV"
	for _, c := range []struct {
		item  Item
		parts []string
	}{
		{Table1D("f", "1", axis, nil), []string{`table "f": expected at least 2 values along axis 1, found 0`}},
		{Table1D("f", "1", Axis{0, 0, "mV"}, values), []string{"a step > 0 of axis 1, found 0 and 0"}},
		{Table1D("f", "1", Axis{math.NaN(), 1, "mV"}, values), []string{"found NaN and 1"}},
		{Table1D("f", "1", Axis{0, 1, "mVolt"}, values), []string{`unit "mVolt"`}},
		{Table1D("f", "mVolt", axis, values), []string{`unit "mVolt"`}},
		{Table1D("exp", "1", axis, values), []string{`table "exp": the name belongs to a function`}},
		{Table1D("f", "1", axis, []float64{1, math.Inf(1)}), []string{"expected finite values, found +Inf in row 2, column 1"}},
		{Table2D("f", "1", axis, axis, nil), []string{"expected values, found nil"}},
		{Table2D("f", "1", axis, axis, mat.NewDense(2, 1, nil)), []string{"along axis 2, found 1"}},
		{Table2D("f", "1", axis, axis, tableRows), []string{"line 1, column 9", "function f: expected 2 arguments, found 1"}},
		{Table1D("f", "1", Axis{0, 1, "1"}, values), []string{"line 1, column 11", "expected argument 1 of f in 1 (dimensionless), found mV"}},
		{Table1D("f", "Hz", axis, values), []string{"line 1, column 13", "expected the right side of dx/dt in mV/ms, found Hz*mV/ms"}},
	} {
		wantError(t, define(good, c.item), append(c.parts, "model M")...)
	}
	wantError(t, define(good, Table1D("f", "1", axis, values), Table1D("f", "1", axis, values)), `table "f": the name is taken already`)
	if err := define(good, Table1D("f", "1", axis, values)); err != nil {
		t.Error(err)
	}
}
