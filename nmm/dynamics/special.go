package dynamics

import (
	"math"
)

// special finds what happens on a step of length h: where the number of eigenvalues with a positive real part changes.
func (f *follower) special(b *Branch, at, next *place, h float64) {
	near, from := 0.0, at
	size := max(at.largest(), next.largest())
	for range len(at.State) + 1 {
		if from.Unstable() == next.Unstable() {
			return
		}
		here, behind := f.locate(at, next, from, near, h)
		b.Special = append(b.Special, classify(here.place, len(b.Points)-1, critical*size))
		near, from = behind.distance, behind.place
	}
}

// reached is a place at a distance along a step.
type reached struct {
	*place
	distance float64
}

// locate bisects for the first change behind the place from, at the distance near on the step from at to next. It returns the
// last place before the change and the first one behind it. At a branch point itself the corrector has no unique solution:
// then they are as near to it as it lets them be.
func (f *follower) locate(at, next, from *place, near, h float64) (before, behind reached) {
	before, behind = reached{from, near}, reached{next, h}
	for behind.distance-before.distance > f.tolerance {
		p, ok := f.between(at, before.distance, behind.distance)
		switch {
		case !ok:
			return before, behind
		case p.Unstable() == from.Unstable():
			before = p
		default:
			behind = p
		}
	}
	return before, behind
}

// between is a place between two distances on the step from at, in the middle if there is one.
func (f *follower) between(at *place, near, far float64) (reached, bool) {
	for _, share := range []float64{0.5, 0.4, 0.6, 0.25, 0.75, 0.1, 0.9} {
		distance := near + share*(far-near)
		if p, ok := f.correct(at, distance); ok {
			return reached{p, distance}, true
		}
	}
	return reached{}, false
}

// critical is the size, relative to the largest eigenvalue on the step, up to which an eigenvalue at a located point is on the imaginary
// axis.
const critical = 1e-4

// flat is how little the parameter changes along the branch at a fold, located as it is: by less than this part of a step.
const flat = 1e-4

// classify says what the change is by the eigenvalue nearest to the imaginary axis, of which real parts up to zero are 0, and by
// the direction of the branch.
func classify(here *place, after int, zero float64) Special {
	s := Special{After: after, BranchPoint: here.point(), Kind: BranchCrossing}
	nearest := here.nearest()
	switch {
	case math.Abs(real(nearest)) > zero:
		s.Kind = Kink
	case imag(nearest) != 0:
		s.Kind, s.Frequency = Hopf, math.Abs(imag(nearest))/(2*math.Pi)*1000
	case math.Abs(here.tangent[len(here.tangent)-1]) < flat:
		s.Kind = Fold
	}
	return s
}
