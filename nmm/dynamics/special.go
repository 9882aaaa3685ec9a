package dynamics

import (
	"fmt"
	"math"
	"math/cmplx"
)

// special finds what happens on a step of length h: where the number of eigenvalues with a positive real part changes.
func (f *follower) special(b *Branch, at, next *place, h float64) error {
	near, from := 0.0, at
	for range len(at.State) + 1 {
		if from.Unstable() == next.Unstable() {
			return nil
		}
		here, behind, err := f.locate(at, next, from, near, h)
		if err != nil {
			return err
		}
		b.Special = append(b.Special, f.classify(here.place, from, behind.place, len(b.Points)-1))
		near, from = behind.distance, behind.place
	}
	return nil
}

// reached is a place at a distance along a step.
type reached struct {
	*place
	distance float64
}

// locate bisects for the first change behind the place from, at the distance near on the step from at to next. It returns the
// last place before the change and the first one behind it.
func (f *follower) locate(at, next, from *place, near, h float64) (before, behind reached, err error) {
	before, behind = reached{from, near}, reached{next, h}
	for behind.distance-before.distance > f.tolerance {
		middle := (before.distance + behind.distance) / 2
		p, ok := f.correct(at, middle)
		if !ok {
			return before, behind, fmt.Errorf("%w: a special point near %s = %s could not be located", ErrStuck, f.parameter, number(at.value()))
		}
		if p.Unstable() == from.Unstable() {
			before = reached{p, middle}
		} else {
			behind = reached{p, middle}
		}
	}
	return before, behind, nil
}

// critical is the size, relative to the largest eigenvalue, up to which an eigenvalue at a located point is on the imaginary
// axis.
const critical = 1e-6

// classify says what the change is by the eigenvalue nearest to the imaginary axis and by the parameter's direction before and
// behind it.
func (f *follower) classify(here, from, behind *place, after int) Special {
	s := Special{After: after, BranchPoint: here.point(), Kind: BranchCrossing}
	nearest, largest := complex(math.Inf(1), 0), 0.0
	for _, v := range here.Eigenvalues {
		if largest = max(largest, cmplx.Abs(v)); math.Abs(real(v)) < math.Abs(real(nearest)) {
			nearest = v
		}
	}
	last := len(here.u) - 1
	switch {
	case math.Abs(real(nearest)) > critical*largest:
		s.Kind = Kink
	case imag(nearest) != 0:
		s.Kind, s.Frequency = Hopf, math.Abs(imag(nearest))/(2*math.Pi)*1000
	case from.tangent[last]*behind.tangent[last] < 0:
		s.Kind = Fold
	}
	return s
}
