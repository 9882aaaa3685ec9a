package dynamics

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// follower walks along the zeros of f(x, p). It measures states and the parameter, the last number of u, in units of size.
type follower struct {
	system          *System
	flow            *field
	address         string
	parameter       string
	lo, hi, present float64
	step            float64
	points          int
	tolerance       float64

	size     []float64
	f, slope []float64
	j        *mat.Dense
	m        *mat.Dense // [J, ∂f/∂p; tangent], columns times size
	right    *mat.VecDense
	delta    *mat.VecDense
	lu       mat.LU
}

// place is a point of the branch.
type place struct {
	u       []float64 // state, parameter
	tangent []float64 // of length 1, in units of size
	size    []float64 // units at the start of a branch
	FixedPoint
}

func (p *place) value() float64   { return p.u[len(p.u)-1] }
func (p *place) state() []float64 { return p.u[:len(p.u)-1] }

func (p *place) point() BranchPoint { return BranchPoint{Value: p.value(), FixedPoint: p.FixedPoint} }

// towards is the place with the direction in which the parameter changes with the sign of d.
func (p *place) towards(d float64) *place {
	q := *p
	q.tangent = slices.Clone(p.tangent)
	if last := q.tangent[len(q.tangent)-1]; last*d < 0 || last == 0 && d < 0 {
		floats.Scale(-1, q.tangent)
	}
	return &q
}

// newFollower adds memory and units to the settings.
func newFollower(s *System, flow *field, f *follower) *follower {
	n := len(s.states)
	f.system, f.flow, f.address = s, flow, flow.Parameters()[0]
	f.f, f.slope = make([]float64, n), make([]float64, n)
	f.j, f.m = mat.NewDense(n, n, nil), mat.NewDense(n+1, n+1, nil)
	f.right, f.delta = mat.NewVecDense(n+1, nil), mat.NewVecDense(n+1, nil)
	f.size = append(s.scales(), f.hi-f.lo)
	floats.Scale(1e-2, f.size[:n])
	return f
}

// start is the place of the fixed point near a state at the parameter's present value.
func (f *follower) start(x []float64) (*place, error) {
	if err := f.flow.Set(f.address, f.present); err != nil {
		return nil, err
	}
	if !newNewton(f.flow, f.system.scales()).from(x) || !f.system.reachable(x) || !f.flow.rests(x, f.system.scales()) {
		return nil, fmt.Errorf("%w: there is no fixed point near the start at %s = %s", ErrStuck, f.parameter, number(f.present))
	}
	p := &place{u: append(slices.Clone(x), f.present), tangent: make([]float64, len(x)+1)}
	f.grow(p)
	p.size = slices.Clone(f.size)
	f.fill(p.u, p.tangent)
	var svd mat.SVD
	n := len(x)
	if !svd.Factorize(f.m.Slice(0, n, 0, n+1), mat.SVDFull) {
		return nil, fmt.Errorf("the direction of the branch at %s = %s could not be computed", f.parameter, number(f.present))
	}
	var v mat.Dense
	svd.VTo(&v)
	mat.Col(p.tangent, n, &v) // what [J, ∂f/∂p] maps to 0
	return p, f.judge(p)
}

// judge adds the eigenvalues. The Jacobian is that of the last call of fill, at the place.
func (f *follower) judge(p *place) (err error) {
	p.FixedPoint, err = newFixedPoint(p.state(), without(f.j, f.system.silent))
	return err
}

// grow lets the units of the states be as large as the states have been.
func (f *follower) grow(p *place) {
	for i, v := range p.state() {
		f.size[i] = max(f.size[i], math.Abs(v))
	}
}

// rescaled is the place with its direction in units that have grown.
func (f *follower) rescaled(p *place) *place {
	old := slices.Clone(f.size)
	f.grow(p)
	for i := range p.tangent {
		p.tangent[i] *= old[i] / f.size[i]
	}
	floats.Scale(1/floats.Norm(p.tangent, 2), p.tangent)
	return p
}

// fill evaluates the flow at u and the matrix of a step along the branch.
func (f *follower) fill(u, tangent []float64) {
	n := len(f.f)
	if err := f.flow.Set(f.address, u[n]); err != nil { // not finite: the step is no good
		f.f[0] = math.NaN()
		return
	}
	f.flow.Jacobian(f.f, f.j, u[:n])
	f.flow.Slope(f.slope, f.address, u[:n])
	for i := range n {
		for k := range n {
			f.m.Set(i, k, f.j.At(i, k)*f.size[k])
		}
		f.m.Set(i, n, f.slope[i]*f.size[n])
	}
	f.m.SetRow(n, tangent)
}

// solve solves the matrix of the last fill for a right side.
func (f *follower) solve() bool {
	f.lu.Factorize(f.m)
	return solve(&f.lu, f.delta, f.right)
}

const (
	correctorSteps = 8
	correctorExact = 1e-10
)

// correct goes h along the tangent and from there, at a right angle to it, back to the branch.
func (f *follower) correct(at *place, h float64) (*place, bool) {
	n := len(f.f)
	p := &place{u: slices.Clone(at.u), tangent: make([]float64, n+1)}
	for i, t := range at.tangent {
		p.u[i] += h * t * f.size[i]
	}
	for range correctorSteps {
		f.fill(p.u, at.tangent)
		if !finite(f.f) {
			return nil, false
		}
		off := h
		for i, t := range at.tangent {
			off -= t * (p.u[i] - at.u[i]) / f.size[i]
		}
		for i, v := range f.f {
			f.right.SetVec(i, -v)
		}
		f.right.SetVec(n, off)
		if !f.solve() {
			return nil, false
		}
		for i := range p.u {
			p.u[i] += f.delta.AtVec(i) * f.size[i]
		}
		if mat.Norm(f.delta, 2) < correctorExact {
			return p, f.direct(p, at.tangent)
		}
	}
	return nil, false
}

// direct adds the direction, which goes on from the one before, and the eigenvalues.
func (f *follower) direct(p *place, before []float64) bool {
	f.fill(p.u, before)
	if !finite(f.f) {
		return false
	}
	f.right.Zero()
	f.right.SetVec(len(f.f), 1)
	if !f.solve() {
		return false
	}
	copy(p.tangent, f.delta.RawVector().Data)
	floats.Scale(1/floats.Norm(p.tangent, 2), p.tangent)
	return f.judge(p) == nil
}

// straight is the least cosine of the angle between the directions at two neighbouring points, unless the step is shorter than
// sharp: then there is a kink between them.
const (
	straight = 0.98
	sharp    = 1e-5
)

// advance makes a step of at most h, shorter ones until the branch bends little on the way. It returns the length too.
func (f *follower) advance(at *place, h float64) (*place, float64, error) {
	for ; h > f.tolerance; h /= 2 {
		next, ok := f.correct(at, h)
		if !ok {
			continue
		}
		if cos := floats.Dot(next.tangent, at.tangent); cos > straight || cos > 0 && h < sharp {
			return next, h, nil
		}
	}
	return nil, 0, fmt.Errorf("%w beyond %s = %s at %s", ErrStuck, f.parameter, number(at.value()), f.system.describe(at.state()))
}

// inside says whether a place is within the parameter's range and the states' bounds.
func (f *follower) inside(p *place) bool {
	return p.value() >= f.lo && p.value() <= f.hi && f.system.reachable(p.state())
}

// edge is the last place inside on a step of length h, and its distance; nil if that is where it began.
func (f *follower) edge(at *place, h float64) (*place, float64) {
	near, far := 0.0, h
	var last *place
	for far-near > f.tolerance {
		middle := (near + far) / 2
		if p, ok := f.correct(at, middle); ok && f.inside(p) {
			near, last = middle, p
		} else {
			far = middle
		}
	}
	if last != nil {
		f.snap(last)
	}
	return last, near
}

// snap puts a place that is at an end of the parameter's range to rounding there exactly.
func (f *follower) snap(p *place) {
	n := len(f.f)
	for _, end := range []float64{f.lo, f.hi} {
		if math.Abs(p.value()-end) > 1e-6*f.size[n] || f.flow.Set(f.address, end) != nil {
			continue
		}
		x := slices.Clone(p.state())
		if newNewton(f.flow, f.size[:n]).from(x) && f.same(x, p.u, 1e-3) {
			p.State, p.u = x, append(slices.Clone(x), end)
		}
	}
}

// same compares the first numbers of two places, in units of their sizes.
func (f *follower) same(a, b []float64, tolerance float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > tolerance*f.size[i] {
			return false
		}
	}
	return true
}

// passes says whether the step of length h from at goes through the start, in the direction in which it was left.
func (f *follower) passes(start, at *place, h float64) bool {
	along, onward := 0.0, 0.0
	for i, t := range at.tangent {
		along, onward = along+t*(start.u[i]-at.u[i])/f.size[i], onward+t*start.tangent[i]
	}
	if onward <= 0 || along < 0 || along >= h {
		return false
	}
	p, ok := f.correct(at, along)
	return ok && f.same(p.u, start.u, merged)
}

// describe prints a state for an error.
func (s *System) describe(x []float64) string {
	text := ""
	for i, v := range x {
		if i > 0 {
			text += ", "
		}
		text += s.states[i] + " = " + number(v)
	}
	return text
}
