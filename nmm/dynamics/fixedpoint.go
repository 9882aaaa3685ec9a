package dynamics

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
)

// Search says where fixed points are looked for. Its zero value is usable.
type Search struct {
	Starts int    // random states that Newton's method starts from; default 400, fewer if there are more than 20 states
	Seed   uint64 // of these
	// Lo and Hi are the ends of the ranges that they are drawn from, one number per state; default the ranges of
	// initial values, widened by half their width on both sides.
	Lo, Hi []float64
}

// FixedPoints are the fixed points of a system, in order of their states.
type FixedPoints struct {
	System string
	States []string
	Units  []string // of the states
	Points []FixedPoint
}

// FixedPoints finds fixed points by Newton's method with the exact Jacobian, from many states: random ones, and ends and
// means of trajectories. Points found more than once are merged, points outside the bounds of the states are left
// out, as are states 50 widths of their range away from it, and lines of points, of which none is better than another. There may be more than it finds, but hardly near
// where it looks.
//
// A state that nothing depends on is held where the system starts, and has no eigenvalue.
func (s *System) FixedPoints(ctx context.Context, search Search) (*FixedPoints, error) {
	flow, err := s.field("")
	if err != nil {
		return nil, err
	}
	starts, err := s.starts(ctx, search)
	if err != nil {
		return nil, err
	}
	found := &FixedPoints{System: s.name, States: s.States(), Units: s.Units()}
	n := newNewton(flow, s.scales())
	for _, x := range starts {
		if err := ctx.Err(); err != nil {
			return found, s.within(err)
		}
		if !n.from(x) || !s.reachable(x) || !flow.rests(x, n.scale) || found.has(x, n.scale) {
			continue
		}
		flow.Jacobian(n.f, n.j, x)
		p, err := newFixedPoint(x, without(n.j, s.silent))
		if err != nil {
			return found, s.within(err)
		}
		found.Points = append(found.Points, p)
	}
	slices.SortFunc(found.Points, func(a, b FixedPoint) int { return slices.Compare(a.State, b.State) })
	return found, nil
}

// merged is how near, relative to the state or to a hundredth of the width of its range, two results of Newton's method are one point.
const merged = 1e-6

func (p *FixedPoints) has(x, scale []float64) bool {
	return slices.ContainsFunc(p.Points, func(q FixedPoint) bool {
		for i, v := range q.State {
			if math.Abs(v-x[i]) > merged*max(math.Abs(v), 0.01*scale[i]) {
				return false
			}
		}
		return true
	})
}

// starts lists where Newton's method starts.
func (s *System) starts(ctx context.Context, search Search) ([][]float64, error) {
	lo, hi := search.Lo, search.Hi
	for _, given := range [][]float64{lo, hi} {
		if _, err := s.checkState(given); err != nil {
			return nil, err
		}
	}
	n := len(s.vars)
	at := func(rng *rand.Rand, wider float64) []float64 {
		x := make([]float64, n)
		for i, v := range s.vars {
			a, b := v.Lo-wider*(v.Hi-v.Lo), v.Hi+wider*(v.Hi-v.Lo)
			if lo != nil {
				a = lo[i]
			}
			if hi != nil {
				b = hi[i]
			}
			x[i] = a + (b-a)*rng.Float64()
		}
		s.clip(x)
		return x
	}
	rng := rand.New(rand.NewPCG(search.Seed, 0))
	list := [][]float64{s.Start()}
	for range cmp.Or(max(search.Starts, 0), 400*20/max(20, n)) {
		list = append(list, at(rng, 0.5))
	}
	return s.trajectories(ctx, list, func() []float64 { return at(rng, 0) })
}

// trajectories adds the ends and means of some trajectories: attractors, and what they go round.
func (s *System) trajectories(ctx context.Context, list [][]float64, start func() []float64) ([][]float64, error) {
	const runs, steps = 8, 400
	for range runs {
		x := start()
		mean := make([]float64, len(x))
		run, err := s.newTrajectory("", x)
		if err != nil {
			return nil, err
		}
		for k := range 2 * steps {
			if err := ctx.Err(); err != nil {
				return nil, s.within(err)
			}
			if run.step(math.Inf(1)) != nil {
				break // it leaves: what there is to find lies elsewhere
			}
			for i, v := range run.x {
				mean[i] += v / steps * float64(k/steps)
			}
		}
		list = append(list, slices.Clone(run.x), mean)
	}
	return slices.DeleteFunc(list, func(x []float64) bool { return !finite(x) }), nil
}

// String prints a table of the points: states, kind, eigenvalues in 1/ms.
func (p *FixedPoints) String() string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\tkind\teigenvalues (1/ms)\n", strings.Join(headings(p.States, p.Units), "\t"))
	for _, q := range p.Points {
		for _, v := range q.State {
			fmt.Fprintf(w, "%s\t", number(v))
		}
		fmt.Fprintf(w, "%s\t%s\n", q.Kind(), eigenvaluesText(q.Eigenvalues))
	}
	w.Flush()
	return b.String()
}

// number prints a state or parameter; what is 0 to rounding is 0.
func number(v float64) string {
	if math.Abs(v) < 1e-12 {
		v = 0
	}
	return fmt.Sprintf("%.4g", v)
}
