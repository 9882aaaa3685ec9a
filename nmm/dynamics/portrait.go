package dynamics

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Plane is a plane of two states. Its zero value is the plane of a system of two states, over the ranges of their initial values,
// widened by a tenth.
type Plane struct {
	X, Y           string     // states; default the first two
	XRange, YRange [2]float64 // default as above, and so that fixed points are in it
	Points         int        // along each side; default 101
	// Hold are the values of the other states, one number per state, of which those of X and Y do not count. It must be
	// given if there are other states: what is drawn is then a section, not the flow.
	Hold []float64
}

// Portrait is the flow in a plane: vectors, nullclines, and, if the system has no other states, fixed points.
type Portrait struct {
	System string
	States [2]string   // of the horizontal and the vertical axis
	Units  [2]string   // of these states
	X, Y   []float64   // of the grid
	DX, DY [][]float64 // dx/dt and dy/dt, [y][x]

	// Nullclines are the lines on which the first, and the second, state does not change.
	Nullclines  [2][]Line
	FixedPoints []FixedPoint // states as in System
	axes        [2]int
}

// Line is a line through points (x, y).
type Line [][2]float64

// Portrait draws a plane.
func (s *System) Portrait(ctx context.Context, p Plane) (*Portrait, error) {
	pl, err := s.newPlane(ctx, p)
	if err != nil {
		return nil, err
	}
	r := &Portrait{System: s.name, axes: pl.axes, X: span(pl.XRange, pl.Points), Y: span(pl.YRange, pl.Points)}
	for k, i := range pl.axes {
		r.States[k], r.Units[k] = s.states[i], s.vars[i].Unit
	}
	for _, y := range r.Y {
		if err := ctx.Err(); err != nil {
			return r, s.within(err)
		}
		dx, dy := make([]float64, len(r.X)), make([]float64, len(r.X))
		for i, x := range r.X {
			dx[i], dy[i] = pl.at(x, y)
		}
		r.DX, r.DY = append(r.DX, dx), append(r.DY, dy)
	}
	for k, field := range [][][]float64{r.DX, r.DY} {
		r.Nullclines[k] = pl.zeros(r.X, r.Y, field, k)
	}
	if len(s.states) == 2 {
		r.FixedPoints, err = s.inPlane(ctx, pl)
	}
	return r, err
}

// inPlane lists the fixed points of a system of two states that the plane shows.
func (s *System) inPlane(ctx context.Context, p *plane) ([]FixedPoint, error) {
	lo, hi := make([]float64, 2), make([]float64, 2)
	for k, side := range [2][2]float64{p.XRange, p.YRange} {
		lo[p.axes[k]], hi[p.axes[k]] = side[0], side[1]
	}
	found, err := s.FixedPoints(ctx, Search{Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found.Points, func(q FixedPoint) bool {
		return q.State[0] < lo[0] || q.State[0] > hi[0] || q.State[1] < lo[1] || q.State[1] > hi[1]
	}), nil
}

// plane is a Plane with all its settings.
type plane struct {
	Plane
	axes  [2]int
	field func(dx, x []float64)
	x, dx []float64
}

func (s *System) newPlane(ctx context.Context, p Plane) (*plane, error) {
	flow, err := s.flow("")
	if err != nil {
		return nil, err
	}
	if len(s.states) < 2 {
		return nil, s.errorf("phase plane: it has one state only, %s", s.states[0])
	}
	r := &plane{Plane: p, field: flow.Derivative, dx: make([]float64, len(s.states))}
	r.Points = cmp.Or(p.Points, 101)
	for k, name := range []string{cmp.Or(p.X, s.states[0]), cmp.Or(p.Y, s.states[1])} {
		if r.axes[k], err = s.state(name); err != nil {
			return nil, err
		}
	}
	switch {
	case r.axes[0] == r.axes[1]:
		return nil, s.errorf("phase plane: expected two states, found %s for both", s.states[r.axes[0]])
	case r.Points < 2:
		return nil, s.errorf("phase plane: expected at least 2 points along a side, found %d", r.Points)
	case len(s.states) > 2 && p.Hold == nil:
		return nil, s.errorf("phase plane: it has %d states: Hold must say where the others are", len(s.states))
	}
	if r.x, err = s.checkState(p.Hold); err != nil {
		return nil, err
	}
	return r, s.ranges(ctx, r)
}

// ranges checks the ranges of the plane, or makes usual ones.
func (s *System) ranges(ctx context.Context, p *plane) error {
	var show [][]float64 // states that a usual range has in it
	if p.Hold != nil {
		show = append(show, p.Hold)
	}
	if len(s.states) == 2 && (p.XRange == [2]float64{} || p.YRange == [2]float64{}) {
		found, err := s.FixedPoints(ctx, Search{})
		if err != nil {
			return err
		}
		for _, q := range found.Points {
			show = append(show, q.State)
		}
	}
	for k, side := range []*[2]float64{&p.XRange, &p.YRange} {
		i := p.axes[k]
		if *side == [2]float64{} {
			*side = s.usual(i, show)
		}
		if width := side[1] - side[0]; !(width > 0) || math.IsInf(width, 0) {
			return s.errorf("phase plane: expected a range of %s from a smaller to a larger number, found %v to %v", s.states[i], side[0], side[1])
		}
	}
	return nil
}

// usual is the range of a state's axis: that of its initial values and what is to be seen, widened by a tenth.
func (s *System) usual(i int, show [][]float64) [2]float64 {
	v := s.vars[i]
	lo, hi := v.Lo, v.Hi
	for _, x := range show {
		lo, hi = min(lo, x[i]), max(hi, x[i])
	}
	if lo == hi {
		lo, hi = lo-1, hi+1
	}
	margin := (hi - lo) / 10
	return [2]float64{max(v.Min, lo-margin), min(v.Max, hi+margin)}
}

// span is n points over a range.
func span(r [2]float64, n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = r[0] + (r[1]-r[0])*float64(i)/float64(n-1)
	}
	return list
}

// at is the flow at a point of the plane.
func (p *plane) at(x, y float64) (dx, dy float64) {
	p.x[p.axes[0]], p.x[p.axes[1]] = x, y
	p.field(p.dx, p.x)
	return p.dx[p.axes[0]], p.dx[p.axes[1]]
}

// edge is a side of a cell of the grid: from point (i, j) to the right, or upwards.
type edge struct {
	i, j int
	up   bool
}

// zeros are the lines on which a component of the flow is 0: cell by cell, straight from one side to another, between points
// on the sides that are located on the flow itself.
func (p *plane) zeros(xs, ys []float64, field [][]float64, component int) []Line {
	ends := map[edge][]edge{} // neighbours along the lines
	for j := range len(ys) - 1 {
		for i := range len(xs) - 1 {
			corners := [4]float64{field[j][i], field[j][i+1], field[j+1][i+1], field[j+1][i]}
			sides := [4]edge{{i, j, false}, {i + 1, j, true}, {i, j + 1, false}, {i, j, true}}
			var crossed []edge
			for k, e := range sides {
				if (corners[k] > 0) != (corners[(k+1)%4] > 0) && finite([]float64{corners[k], corners[(k+1)%4]}) {
					crossed = append(crossed, e)
				}
			}
			// Of two lines through a cell, each cuts off a corner whose sign is not that of the middle.
			if len(crossed) == 4 && (corners[0]+corners[1]+corners[2]+corners[3] > 0) != (corners[0] > 0) {
				crossed = []edge{crossed[0], crossed[3], crossed[1], crossed[2]}
			}
			for k := 0; k+1 < len(crossed); k += 2 {
				a, b := crossed[k], crossed[k+1]
				ends[a], ends[b] = append(ends[a], b), append(ends[b], a)
			}
		}
	}
	return chain(ends, func(e edge) [2]float64 { return p.root(xs, ys, e, component) })
}

// root is where the component is 0 on a side, by the rule of false position with Illinois's halving.
func (p *plane) root(xs, ys []float64, e edge, component int) [2]float64 {
	a := [2]float64{xs[e.i], ys[e.j]}
	b := [2]float64{xs[min(e.i+1, len(xs)-1)], a[1]}
	if e.up {
		b = [2]float64{a[0], ys[min(e.j+1, len(ys)-1)]}
	}
	at := func(w float64) ([2]float64, float64) {
		q := [2]float64{a[0] + w*(b[0]-a[0]), a[1] + w*(b[1]-a[1])}
		dx, dy := p.at(q[0], q[1])
		return q, [2]float64{dx, dy}[component]
	}
	lo, hi := 0.0, 1.0
	_, flo := at(lo)
	q, fhi := at(hi)
	for range 50 {
		if fhi == 0 || hi == lo || fhi == flo {
			break
		}
		w := hi - fhi*(hi-lo)/(fhi-flo)
		var f float64
		if q, f = at(w); f*fhi < 0 {
			lo, flo = hi, fhi
		} else {
			flo /= 2
		}
		if hi, fhi = w, f; math.Abs(hi-lo) < 1e-12 || math.Abs(f) < 1e-15 {
			break
		}
	}
	return q
}

// chain makes lines of neighbours.
func chain(ends map[edge][]edge, at func(edge) [2]float64) []Line {
	order := make([]edge, 0, len(ends))
	for e := range ends {
		order = append(order, e)
	}
	slices.SortFunc(order, func(a, b edge) int { // open ends first, then by place
		return cmp.Or(cmp.Compare(len(ends[a]), len(ends[b])), cmp.Compare(a.j, b.j), cmp.Compare(a.i, b.i), compareBool(a.up, b.up))
	})
	var lines []Line
	seen := map[edge]bool{}
	for _, e := range order {
		if seen[e] {
			continue
		}
		line := Line{at(e)}
		first, more := e, true
		for seen[e] = true; more; {
			more = false
			for _, next := range ends[e] {
				if !seen[next] {
					e, more, seen[next] = next, true, true
					line = append(line, at(e))
					break
				}
			}
		}
		if len(ends[first]) == 2 && slices.Contains(ends[e], first) && len(line) > 2 {
			line = append(line, line[0]) // it is closed
		}
		lines = append(lines, line)
	}
	return lines
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
