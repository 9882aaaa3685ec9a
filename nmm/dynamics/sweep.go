package dynamics

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// Sweep says how a parameter is moved slowly up and down again while the system runs. Parameter, From and To must be given.
type Sweep struct {
	Parameter string
	From, To  float64
	Values    int     // values of the parameter, ends included; default 51
	Settle    float64 // time at each value before its extremes are taken, ms; default 1000
	Measure   float64 // time in which they are taken, ms; default Settle
	Start     []float64
	// Kick is about how far every state is moved at every value, relative to the width of its range: without it a run stays
	// on a fixed point that has become unstable. Default 1e-4.
	Kick float64
}

// Hysteresis is the result of a sweep. Where Up and Down differ, the system has two attractors.
type Hysteresis struct {
	System, Parameter, Unit string
	States, Units           []string   // names of the states and their units
	Up, Down                []Extremes // both in order of the values, from From to To
}

// Extremes are what the states do at a value of the parameter.
type Extremes struct {
	Value          float64
	Min, Max, Mean []float64
}

// Sweep runs the system at one value of a parameter after the other, from From to To and back, each run starting where the
// one before ended. It has the attractors of the system, cycles and chaos among them, as far as they can be reached so.
// The system's own value stays what it is.
func (s *System) Sweep(ctx context.Context, w Sweep) (*Hysteresis, error) {
	unit, err := s.unit(w.Parameter)
	if err != nil {
		return nil, err
	}
	if w, err = s.sweepDefaults(w); err != nil {
		return nil, err
	}
	h := &Hysteresis{System: s.name, Parameter: w.Parameter, Unit: unit, States: s.States(), Units: s.Units()}
	x := w.Start
	for _, list := range []*[]Extremes{&h.Up, &h.Down} {
		for k := range w.Values {
			if list == &h.Down {
				k = w.Values - 1 - k
			}
			value := w.From + (w.To-w.From)*float64(k)/float64(max(w.Values-1, 1))
			e, end, err := s.extremes(ctx, &w, value, x)
			if err != nil {
				return h, s.errorf("sweep: %s = %s: %w", w.Parameter, number(value), err)
			}
			*list, x = append(*list, e), end
		}
	}
	slices.Reverse(h.Down)
	return h, nil
}

func (s *System) sweepDefaults(w Sweep) (Sweep, error) {
	if !(w.Settle >= 0) || !(w.Measure >= 0) || w.Values < 0 || math.IsInf(w.Settle+w.Measure, 0) {
		return w, s.errorf("sweep in %s: Values, Settle and Measure must not be negative, found %d, %v, %v", w.Parameter, w.Values, w.Settle, w.Measure)
	}
	if span := w.To - w.From; math.IsNaN(span) || math.IsInf(span, 0) {
		return w, s.errorf("sweep in %s: expected finite numbers From and To, found %v and %v", w.Parameter, w.From, w.To)
	}
	if err := s.checkRange(w.Parameter, w.From, w.To); err != nil {
		return w, err
	}
	var err error
	w.Start, err = s.checkState(w.Start)
	w.Values, w.Settle, w.Kick = cmp.Or(w.Values, 51), cmp.Or(w.Settle, 1000), cmp.Or(w.Kick, 1e-4)
	w.Measure = cmp.Or(w.Measure, w.Settle)
	return w, err
}

// extremes runs the system at one value and returns where it ended too.
func (s *System) extremes(ctx context.Context, w *Sweep, value float64, x []float64) (Extremes, []float64, error) {
	flow, err := s.flow(w.Parameter)
	if err != nil {
		return Extremes{}, nil, err
	}
	if err := flow.Set(flow.Parameters()[0], value); err != nil {
		return Extremes{}, nil, err
	}
	run, err := s.newTrajectory(w.Parameter, s.beside(x, w.Kick))
	if err != nil {
		return Extremes{}, nil, err
	}
	if err := run.run(ctx, w.Settle, nil); err != nil {
		return Extremes{}, nil, err
	}
	m := newMeasure(value, run.x)
	if err := run.run(ctx, w.Measure, m.see); err != nil {
		return Extremes{}, nil, err
	}
	for i := range m.Mean {
		m.Mean[i] /= w.Measure
	}
	return m.Extremes, run.x, nil
}

// measure takes extremes and integrals of what a trajectory passes.
type measure struct {
	Extremes
	x []float64
}

func newMeasure(value float64, x []float64) *measure {
	return &measure{Extremes{value, slices.Clone(x), slices.Clone(x), make([]float64, len(x))}, make([]float64, len(x))}
}

// parts are those of a step at which extremes are looked for: steps are about a thirtieth of an oscillation.
const parts = 4

func (m *measure) see(r *trajectory) {
	for k := range parts {
		r.within(m.x, float64(k+1)/parts)
		for i, v := range m.x {
			m.Min[i], m.Max[i] = min(m.Min[i], v), max(m.Max[i], v)
			m.Mean[i] += v * r.last / parts
		}
	}
}

// String prints a table: for every value least and greatest values of the states on the way up, and on the way down where
// they differ.
func (h *Hysteresis) String() string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\t%s\tdown\n", heading(h.Parameter, h.Unit), strings.Join(headings(h.States, h.Units), "\t"))
	sizes := h.sizes()
	for k, up := range h.Up {
		down := ""
		if k < len(h.Down) && h.Two(k) {
			down = strings.Join(h.Down[k].ranges(sizes), ", ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", number(up.Value), strings.Join(up.ranges(sizes), "\t"), down)
	}
	w.Flush()
	return trailing.ReplaceAllString(b.String(), "")
}

// trailing is what a table leaves in front of empty cells.
var trailing = regexp.MustCompile(`(?m) +$`)

// ranges prints what every state does, one number where it rests: where it moves by less than 1e-4 of its size.
func (e Extremes) ranges(sizes []float64) []string {
	var list []string
	for i, size := range sizes {
		text := number(e.Min[i]) + "…" + number(e.Max[i])
		switch {
		case e.Max[i]-e.Min[i] > 1e-4*size:
		case math.Abs(e.Mean[i]) < 1e-6*size:
			text = "0"
		default:
			text = number(e.Mean[i])
		}
		list = append(list, text)
	}
	return list
}

// sizes are the ranges of all that the sweep has seen of the states, or the largest values where that is less.
func (h *Hysteresis) sizes() []float64 {
	list := make([]float64, len(h.States))
	for i := range list {
		_, y := h.extent(i)
		list[i] = max(y[1]-y[0], 1e-3*max(math.Abs(y[0]), math.Abs(y[1])))
	}
	return list
}

// Two says whether the way down had another attractor than the way up at value k: a state's least or greatest value differs by
// more than a fiftieth of all that the sweep has seen of it.
func (h *Hysteresis) Two(k int) bool {
	up, down := h.Up[k], h.Down[k]
	for i, size := range h.sizes() {
		if d := size / 50; math.Abs(up.Min[i]-down.Min[i]) > d || math.Abs(up.Max[i]-down.Max[i]) > d {
			return true
		}
	}
	return false
}
