package dynamics

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
)

// Image draws the bifurcation diagram: the first state over the parameter, stable fixed points as a full line, unstable ones
// dashed; discs are folds (red), Hopf bifurcations (green) and branch points and kinks (empty).
func (b *Branch) Image() image.Image { return Diagram(b.States[0], []*Branch{b}, nil) }

// Diagram draws branches of one system in one picture, as Image does, of the state of a name, with the extremes that a sweep of
// the same parameter has found as thin lines: see Hysteresis.Image. Either may be missing, but not both. It panics, naming the
// states, if there is none of that name.
func Diagram(state string, branches []*Branch, h *Hysteresis) image.Image {
	var x, y [2]float64
	var title, xName, yName string
	for k, b := range branches {
		i := stateIndex(b.States, state)
		bx, by := b.extent(i)
		if k == 0 {
			x, y, title, xName, yName = bx, by, b.System, b.heading(), heading(state, b.Units[i])
		}
		x, y = union(x, bx), union(y, by)
	}
	if h != nil {
		i := stateIndex(h.States, state)
		hx, hy := h.extent(i)
		if len(branches) == 0 {
			x, y, title, xName, yName = hx, hy, h.System, heading(h.Parameter, h.Unit), heading(state, h.Units[i])
		}
		x, y = union(x, hx), union(y, hy)
	}
	c := newCanvas(title, xName, yName, x, y)
	if h != nil {
		h.draw(c, stateIndex(h.States, state))
	}
	for _, b := range branches {
		b.draw(c, stateIndex(b.States, state))
	}
	return c.img
}

// draw draws the branch and marks its special points.
func (b *Branch) draw(c *canvas, i int) {
	b.drawLines(c, i)
	for _, s := range b.Special {
		ink, full := red, true
		switch s.Kind {
		case Hopf:
			ink = green
		case BranchCrossing, Kink:
			ink, full = black, false
		}
		c.mark(ink, full, s.Value, s.State[i])
	}
}

// drawLines draws runs of points of one stability, each to the first point of the next.
func (b *Branch) drawLines(c *canvas, i int) {
	for k := 0; k < len(b.Points)-1; {
		line, stable := Line{}, b.Points[k].Stable()
		for ; k < len(b.Points); k++ {
			line = append(line, [2]float64{b.Points[k].Value, b.Points[k].State[i]})
			if b.Points[k].Stable() != stable {
				break
			}
		}
		c.line(lineWidth, blue, !stable, line...)
	}
}

// Image draws the sweep: least and greatest values of the first state over the parameter, blue on the way up, red on the way
// down.
func (h *Hysteresis) Image() image.Image { return Diagram(h.States[0], nil, h) }

func (h *Hysteresis) draw(c *canvas, i int) {
	for k, list := range [][]Extremes{h.Up, h.Down} {
		var lo, hi [][2]float64
		for _, e := range list {
			lo, hi = append(lo, [2]float64{e.Value, e.Min[i]}), append(hi, [2]float64{e.Value, e.Max[i]})
		}
		for _, line := range [][][2]float64{lo, hi} {
			c.line(thinLine, []color.Color{blue, red}[k], false, line...)
		}
	}
}

func (h *Hysteresis) extent(i int) (x, y [2]float64) {
	x, y = [2]float64{math.Inf(1), math.Inf(-1)}, [2]float64{math.Inf(1), math.Inf(-1)}
	for _, list := range [][]Extremes{h.Up, h.Down} {
		for _, e := range list {
			x, y = union(x, [2]float64{e.Value, e.Value}), union(y, [2]float64{e.Min[i], e.Max[i]})
		}
	}
	return x, y
}

func union(a, b [2]float64) [2]float64 { return [2]float64{min(a[0], b[0]), max(a[1], b[1])} }

// arrows is about how many arrows there are along each side of a phase plane.
const arrows = 20

// Image draws the phase plane: arrows in the direction of the flow, the nullclines of the first state (blue) and of the second
// (red), fixed points, stable ones full.
func (p *Portrait) Image() image.Image {
	end := func(list []float64) [2]float64 { return [2]float64{list[0], list[len(list)-1]} }
	c := newCanvas(p.System, heading(p.States[0], p.Units[0]), heading(p.States[1], p.Units[1]), end(p.X), end(p.Y))
	p.drawArrows(c)
	for k, lines := range p.Nullclines {
		for _, line := range lines {
			c.line(lineWidth, []color.Color{blue, red}[k], false, line...)
		}
	}
	for _, q := range p.FixedPoints {
		c.mark(black, q.Stable(), q.State[p.axes[0]], q.State[p.axes[1]])
	}
	return c.img
}

func (p *Portrait) drawArrows(c *canvas) {
	every := max(1, len(p.X)/arrows)
	for j := every / 2; j < len(p.Y); j += every {
		for i := every / 2; i < len(p.X); i += every {
			a := c.pixel(p.X[i], p.Y[j])
			tip := c.pixel(p.X[i]+p.DX[j][i], p.Y[j]+p.DY[j][i])
			dx, dy := tip[0]-a[0], tip[1]-a[1]
			length := math.Hypot(dx, dy)
			if length == 0 || math.IsNaN(length) || math.IsInf(length, 0) {
				continue
			}
			const long = 13.0
			dx, dy = dx/length*long, dy/length*long
			b := [2]float64{a[0] + dx, a[1] + dy}
			c.stroke(thinLine, grey, a, b)
			c.fill(grey, [][2]float64{b, {b[0] - 0.4*dx - 0.2*dy, b[1] - 0.4*dy + 0.2*dx}, {b[0] - 0.4*dx + 0.2*dy, b[1] - 0.4*dy - 0.2*dx}})
		}
	}
}

// stateIndex finds a state by name.
func stateIndex(states []string, name string) int {
	i := slices.Index(states, name)
	if i < 0 {
		panic(fmt.Sprintf("dynamics: there is no state %q; there are %v", name, states))
	}
	return i
}
