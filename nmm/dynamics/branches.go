package dynamics

import (
	"context"
	"errors"
	"slices"
)

// places is the number of values of the parameter at which Branches looks for fixed points.
const places = 9

// Branches follows every branch of fixed points that it finds in the parameter's range: those through the fixed points at some
// evenly spaced values of the parameter, each branch once. Start is not used, and the parameter's present value may be
// anywhere. Branches that cannot be followed to an end of the range (ErrStuck) are returned as far as they go, with the errors.
func (s *System) Branches(ctx context.Context, c Continuation) (list []*Branch, err error) {
	present, err := s.Get(c.Parameter)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Set(c.Parameter, present)) }()
	var stuck []error
	for k := range places {
		value := c.From + (c.To-c.From)*float64(k)/(places-1)
		if err := s.Set(c.Parameter, value); err != nil {
			return list, err
		}
		found, err := s.FixedPoints(ctx, Search{})
		if err != nil {
			return list, err
		}
		for _, p := range found.Points {
			if on, err := s.onAny(list, value, p); err != nil || on {
				if err != nil {
					return list, err
				}
				continue
			}
			c.Start = p.State
			b, err := s.Continue(ctx, c)
			if err != nil && !errors.Is(err, ErrStuck) {
				return list, err
			}
			if err != nil {
				stuck = append(stuck, err)
			}
			if len(b.Points) > 1 {
				list = append(list, b)
			}
		}
	}
	return list, errors.Join(stuck...)
}

// onAny says whether a fixed point at the system's present value of the parameter is on a branch.
func (s *System) onAny(list []*Branch, value float64, p FixedPoint) (bool, error) {
	flow, err := s.field("")
	if err != nil {
		return false, err
	}
	n := newNewton(flow, s.scales())
	known := &FixedPoints{Points: []FixedPoint{p}}
	return slices.ContainsFunc(list, func(b *Branch) bool {
		return slices.ContainsFunc(b.At(value), func(q FixedPoint) bool { return n.from(q.State) && known.has(q.State, n.scale) })
	}), nil
}
