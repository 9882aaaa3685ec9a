package dynamics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
)

// Continuation says how a branch of fixed points is followed as one parameter changes. Parameter, From and To must be
// given; the rest has usable defaults.
type Continuation struct {
	Parameter string  // a parameter or a port; of a network an address
	From, To  float64 // ends of its range, in its unit, in either order
	// Start is a state near the branch's point at the parameter's present value, which must lie in the range; default the
	// fixed point there, if FixedPoints finds just one.
	Start []float64

	// Step is the largest step along the branch, in units in which the parameter's range and the largest value that each
	// state has had are 1; default 0.02. Where the branch bends, steps are shorter.
	Step      float64
	Points    int     // at most, in each direction; default 5000
	Tolerance float64 // of the places of special points, in the same units; default 1e-10
}

// ErrStuck is the error of a branch that could not be followed to an end of the range, or from its start. What was found is
// returned with it.
var ErrStuck = errors.New("the branch cannot be followed further")

// Continue follows a branch of fixed points in both directions from the parameter's present value, round folds, by
// pseudo-arclength, and finds its folds, Hopf bifurcations and branch points. The branch ends where the parameter leaves
// its range, where a state leaves its bounds or is 50 widths of its range away from it, or where it comes back to its start; at branch points it goes straight on.
// The parameter's present value stays what it is.
//
// Doedel, Keller and Kernevez, Int. J. Bifurcation Chaos 1 (1991) 493-520, doi:10.1142/S0218127491000397.
func (s *System) Continue(ctx context.Context, c Continuation) (*Branch, error) {
	unit, err := s.unit(c.Parameter)
	if err != nil {
		return nil, err
	}
	f, err := s.newFollower(&c)
	if err != nil {
		return nil, err
	}
	from, err := s.continued(ctx, &c)
	if err != nil {
		return nil, err
	}
	b := &Branch{System: s.name, Parameter: c.Parameter, Unit: unit, States: s.States(), Units: s.Units()}
	start, err := f.start(from)
	if err != nil {
		return b, s.errorf("continuation in %s: %w", c.Parameter, err)
	}
	b.Points = []BranchPoint{start.point()}
	err = f.both(ctx, b, start)
	if (b.Points[len(b.Points)-1].Value-b.Points[0].Value)*(c.To-c.From) < 0 {
		b.reverse()
	}
	if err != nil {
		err = s.errorf("continuation in %s: %w", c.Parameter, err)
	}
	return b, err
}

// both follows the branch from its start in one direction and, unless it is closed, in the other.
func (f *follower) both(ctx context.Context, b *Branch, start *place) error {
	closed, err := f.follow(ctx, b, start.towards(1))
	if closed || err != nil && !errors.Is(err, ErrStuck) {
		return err
	}
	b.reverse() // so that the start is the last point again
	copy(f.size, start.size)
	_, more := f.follow(ctx, b, start.towards(-1))
	return errors.Join(err, more)
}

// newFollower checks the settings and fills in defaults.
func (s *System) newFollower(c *Continuation) (*follower, error) {
	flow, err := s.field(c.Parameter)
	if err != nil {
		return nil, err
	}
	present, err := s.Get(c.Parameter)
	if err != nil {
		return nil, err
	}
	lo, hi := min(c.From, c.To), max(c.From, c.To)
	switch {
	case math.IsNaN(hi-lo) || math.IsInf(hi-lo, 0) || lo == hi:
		return nil, s.errorf("continuation in %s: expected finite numbers From ≠ To, found %v and %v", c.Parameter, c.From, c.To)
	case present < lo || present > hi:
		return nil, s.errorf("continuation in %s: its present value %v is not between %v and %v: Set it first", c.Parameter, present, c.From, c.To)
	case !(c.Step >= 0) || c.Points < 0 || !(c.Tolerance >= 0):
		return nil, s.errorf("continuation in %s: Step, Points and Tolerance must not be negative, found %v, %d, %v", c.Parameter, c.Step, c.Points, c.Tolerance)
	}
	if err := s.checkRange(c.Parameter, c.From, c.To); err != nil {
		return nil, err
	}
	return newFollower(s, flow, &follower{
		parameter: c.Parameter, lo: lo, hi: hi, present: present,
		step: cmp.Or(c.Step, 0.02), points: cmp.Or(c.Points, 5000), tolerance: cmp.Or(c.Tolerance, 1e-10),
	}), nil
}

// continued is the state that a continuation starts from.
func (s *System) continued(ctx context.Context, c *Continuation) ([]float64, error) {
	if c.Start != nil {
		return s.checkState(c.Start)
	}
	found, err := s.FixedPoints(ctx, Search{})
	if err != nil {
		return nil, err
	}
	if n := len(found.Points); n != 1 {
		return nil, s.errorf("continuation in %s: found %d fixed points at its present value, expected one: say in Start which is meant", c.Parameter, n)
	}
	return found.Points[0].State, nil
}

// follow appends to the branch what comes after a place on it. It says whether it came back to where it began.
func (f *follower) follow(ctx context.Context, b *Branch, start *place) (closed bool, err error) {
	at, h := start, f.step/4
	for k := range f.points {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		next, taken, err := f.advance(at, h)
		if err != nil {
			return false, err
		}
		outside := !f.inside(next)
		if outside {
			if next, taken = f.edge(at, taken); next == nil {
				return false, nil
			}
		}
		f.special(b, at, next, taken)
		b.Points = append(b.Points, next.point())
		if closed = k > 2 && f.passes(start, at, taken); closed || outside {
			return closed, nil
		}
		at, h = f.rescaled(next), min(f.step, 1.5*taken)
	}
	return false, fmt.Errorf("%w: %d points have not reached an end of the range", ErrStuck, f.points)
}
