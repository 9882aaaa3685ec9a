package nmm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Axis says where the values of a table stand: at Start, Start + Step, …, in Unit.
type Axis struct {
	Start, Step float64
	Unit        string
}

// Table1D makes a table callable in the equations: name(x) is the straight line
// between the values at both sides of x, and the value at the end beyond the ends.
// unit is that of the values. The derivative is the slope of the line, of that to
// the right where two meet, and 0 beyond the ends; the second derivative is 0.
func Table1D(name, unit string, x Axis, values []float64) Item {
	return Item{func(m *Model) error {
		t := &table{axes: []Axis{x}, sizes: []int{len(values), 1}, values: append([]float64(nil), values...)}
		return m.addTable(name, unit, t, t.line(name))
	}}
}

// Table2D makes a table of two arguments callable in the equations: name(x, y) is
// bilinear in the cell around (x, y); an argument beyond an edge counts as on it.
// values.At(i, j) stands at x.Start + i x.Step and y.Start + j y.Step, in unit.
// Derivatives are those of the cell, of the one further up where cells meet, and 0
// beyond the edges; the second derivatives are 0 but for the mixed one.
func Table2D(name, unit string, x, y Axis, values mat.Matrix) Item {
	return Item{func(m *Model) error {
		if values == nil {
			return fmt.Errorf("table %q: expected values, found nil", name)
		}
		dense := mat.DenseCopyOf(values)
		rows, cols := dense.Dims()
		t := &table{axes: []Axis{x, y}, sizes: []int{rows, cols}, values: dense.RawMatrix().Data}
		return m.addTable(name, unit, t, t.surface(name))
	}}
}

// table holds values on a grid, row by row.
type table struct {
	name, unit string
	axes       []Axis
	sizes      []int
	values     []float64
}

// addTable checks a table and enters the function that reads it.
func (m *Model) addTable(name, unit string, t *table, f *goFunction) error {
	if err := m.checkFree(name); err != nil {
		return fmt.Errorf("table %q: %w", name, err)
	}
	if err := t.check(); err != nil {
		return fmt.Errorf("table %q: %w", name, err)
	}
	var units []measure
	for _, a := range t.axes {
		u, err := parseUnit(a.Unit)
		if err != nil {
			return fmt.Errorf("table %q: %w", name, err)
		}
		units = append(units, u)
	}
	u, err := parseUnit(unit)
	if err != nil {
		return fmt.Errorf("table %q: %w", name, err)
	}
	f.enter(m.functions, declared)
	own := m.functions[name]
	own.units = append(units, u)
	m.functions[name] = own
	t.name, t.unit = name, unit
	m.tables = append(m.tables, t)
	return nil
}

func (t *table) check() error {
	for i, a := range t.axes {
		if t.sizes[i] < 2 {
			return fmt.Errorf("expected at least 2 values along axis %d, found %d", i+1, t.sizes[i])
		}
		if !(a.Step > 0) || math.IsInf(a.Step, 0) || math.IsNaN(a.Start) || math.IsInf(a.Start, 0) {
			return fmt.Errorf("expected a finite start and a step > 0 of axis %d, found %g and %g", i+1, a.Start, a.Step)
		}
	}
	for i, v := range t.values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("expected finite values, found %v in row %d, column %d", v, i/t.sizes[1]+1, i%t.sizes[1]+1)
		}
	}
	return nil
}

// cell is a place along an axis: the index of the value before it, how far it is
// on the way to the next one, and how much of that is a step of the argument: 0
// beyond the ends.
type cell struct {
	index           int
	fraction, slope float64
}

// find locates x along axis i.
func (t *table) find(i int, x float64) cell {
	a, last := t.axes[i], float64(t.sizes[i]-1)
	u := (x - a.Start) / a.Step
	switch {
	case u < 0:
		return cell{0, 0, 0}
	case u > last:
		return cell{t.sizes[i] - 2, 1, 0}
	case math.IsNaN(u):
		return cell{0, u, u}
	}
	k := min(math.Floor(u), last-1)
	return cell{int(k), u - k, 1 / a.Step}
}

// line reads a table of one argument.
func (t *table) line(name string) *goFunction {
	ends := func(x float64) (a, b float64, c cell) {
		c = t.find(0, x)
		return t.values[c.index], t.values[c.index+1], c
	}
	id := functionCount.Add(1)
	slope := &goFunction{name: name + "'", id: id, slopes: []string{"0"}, one: func(x float64) float64 {
		a, b, c := ends(x)
		return (b - a) * c.slope
	}}
	return &goFunction{name: name, id: id, slopes: []string{slope.name + "(x)"}, helpers: []*goFunction{slope}, one: func(x float64) float64 {
		a, b, c := ends(x)
		return between(a, b, c.fraction)
	}}
}

// between is a + fraction (b - a), without rounding at both ends.
func between(a, b, fraction float64) float64 { return a*(1-fraction) + b*fraction }

// surface reads a table of two arguments. One prime stands for the derivative with
// respect to x, two for that with respect to y, three for both.
func (t *table) surface(name string) *goFunction {
	id := functionCount.Add(1)
	made := func(suffix string, of func(v [4]float64, x, y cell) float64, slopes ...string) *goFunction {
		return &goFunction{name: name + suffix, id: id, slopes: slopes, two: func(x, y float64) float64 {
			cx, cy := t.find(0, x), t.find(1, y)
			at := cx.index*t.sizes[1] + cy.index
			below, above := t.values[at:at+2], t.values[at+t.sizes[1]:][:2]
			return of([4]float64{below[0], below[1], above[0], above[1]}, cx, cy)
		}}
	}
	call := func(suffix string) string { return name + suffix + "(x, y)" }
	mixed := made("'''", func(v [4]float64, x, y cell) float64 { return (v[3] - v[2] - v[1] + v[0]) * x.slope * y.slope }, "0", "0")
	dx := made("'", func(v [4]float64, x, y cell) float64 { return between(v[2]-v[0], v[3]-v[1], y.fraction) * x.slope }, "0", call("'''"))
	dy := made("''", func(v [4]float64, x, y cell) float64 { return between(v[1]-v[0], v[3]-v[2], x.fraction) * y.slope }, call("'''"), "0")
	value := made("", func(v [4]float64, x, y cell) float64 {
		return between(between(v[0], v[1], y.fraction), between(v[2], v[3], y.fraction), x.fraction)
	}, call("'"), call("''"))
	dx.helpers, dy.helpers, value.helpers = []*goFunction{mixed}, []*goFunction{mixed}, []*goFunction{dx, dy}
	return value
}
