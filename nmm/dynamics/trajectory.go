package dynamics

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// The coefficients of Dormand and Prince, J. Comput. Appl. Math. 6 (1980) 19-26, doi:10.1016/0771-050X(80)90013-3: row i
// makes stage i+1 of the stages before it, the last row the next state; tableauError is what the fourth order differs by.
var (
	tableau = [6][6]float64{
		{1.0 / 5},
		{3.0 / 40, 9.0 / 40},
		{44.0 / 45, -56.0 / 15, 32.0 / 9},
		{19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
		{9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
		{35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
	}
	tableauError = [7]float64{71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40}
)

// trajectory solves dx/dt = f(x) with a step that it chooses.
type trajectory struct {
	field func(dx, x []float64)
	clip  func(x []float64) // bounds, after every step; may be nil
	where func(i int) string

	t, h  float64 // ms; h is the step to be tried
	x     []float64
	floor []float64 // sizes of the numbers below which their errors count absolutely
	rel   float64   // tolerated error of a step

	k            [7][]float64 // slopes; k[0] is that at x
	next, before []float64    // before is x at the start of the last step, whose length was last, with slope first
	first        []float64
	last         float64
}

// newTrajectory starts a trajectory of the system.
func (s *System) newTrajectory(parameter string, x []float64) (*trajectory, error) {
	flow, err := s.flow(parameter)
	if err != nil {
		return nil, err
	}
	floor := s.scales()
	floats.Scale(1e-2, floor)
	return newTrajectory(flow.Derivative, x, floor, s.clip, func(i int) string { return "state " + s.states[i] }), nil
}

func newTrajectory(field func(dx, x []float64), x, floor []float64, clip func([]float64), where func(int) string) *trajectory {
	r := &trajectory{field: field, clip: clip, where: where, x: slices.Clone(x), floor: floor, rel: 1e-7}
	for i := range r.k {
		r.k[i] = make([]float64, len(x))
	}
	r.next, r.before, r.first = make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	r.restart()
	return r
}

// restart forgets what is known of the slope at x, which has been changed, and guesses a step: the time in which the flow
// moves a state by a hundredth of its size.
func (r *trajectory) restart() {
	r.field(r.k[0], r.x)
	if r.h > 0 {
		return
	}
	rate := 0.0
	for i, v := range r.k[0] {
		rate = max(rate, math.Abs(v)/(math.Abs(r.x[i])+r.floor[i]))
	}
	r.h = 0.01 / max(rate, 1e-3)
}

// beside is a state a little beside x, by a fraction of the ranges that differs from state to state, so that it is on no line
// or plane of symmetry.
func (s *System) beside(x []float64, fraction float64) []float64 {
	y := slices.Clone(x)
	for i, width := range s.scales() {
		_, golden := math.Modf(float64(i+1) * math.Phi)
		y[i] += fraction * width * (0.5 + golden)
	}
	s.clip(y)
	return y
}

// step makes one step, at most to the time until. It fails where the state leaves the finite numbers.
func (r *trajectory) step(until float64) error {
	for range 60 {
		h := min(r.h, until-r.t)
		if r.lost() >= 0 || r.t+h == r.t {
			break
		}
		change := r.try(h)
		if change <= 1 {
			r.accept(h)
			if next := h * grow(change); h == r.h || next > r.h {
				r.h = next // a step cut short by the end says little of the next one
			}
			if until-r.t < 1e-12*math.Abs(until) {
				r.t = until
			}
			return nil
		}
		r.h = h * grow(change)
	}
	return r.failure()
}

// far is the size beyond which a state has left for infinity.
const far = 1e30

// lost is the first number that has left, −1 if none has.
func (r *trajectory) lost() int {
	return slices.IndexFunc(r.x, func(v float64) bool { return !(math.Abs(v) < far) })
}

func (r *trajectory) failure() error {
	if i := r.lost(); i >= 0 {
		return fmt.Errorf("%s becomes %v after %g ms", r.where(i), r.x[i], r.t)
	}
	return fmt.Errorf("no step is short enough after %g ms: the flow jumps, or leaves for infinity", r.t)
}

// grow is the factor of the next step.
func grow(change float64) float64 {
	if math.IsNaN(change) || math.IsInf(change, 0) {
		return 0.1
	}
	return max(0.2, min(5, 0.9*math.Pow(max(change, 1e-10), -0.2)))
}

// try computes a step of length h and returns its error in units of what is tolerated.
func (r *trajectory) try(h float64) float64 {
	for stage, row := range tableau {
		copy(r.next, r.x)
		for j, a := range row[:stage+1] {
			if a != 0 {
				floats.AddScaled(r.next, h*a, r.k[j])
			}
		}
		r.field(r.k[stage+1], r.next)
	}
	worst := 0.0
	for i := range r.next {
		e := 0.0
		for j, c := range tableauError {
			e += c * r.k[j][i]
		}
		e = math.Abs(h*e) / (r.rel * (r.floor[i] + max(math.Abs(r.x[i]), math.Abs(r.next[i]))))
		if worst = max(worst, e); math.IsNaN(e) {
			return e
		}
	}
	return worst
}

// accept moves to the end of the step, whose slope is the first of the next one.
func (r *trajectory) accept(h float64) {
	copy(r.before, r.x)
	copy(r.first, r.k[0])
	r.x, r.next = r.next, r.x
	r.t, r.last = r.t+h, h
	r.k[0], r.k[6] = r.k[6], r.k[0]
	if r.clip == nil {
		return
	}
	copy(r.next, r.x)
	if r.clip(r.x); !slices.Equal(r.next, r.x) {
		r.field(r.k[0], r.x)
	}
}

// within writes to dst the state at a fraction of the last step, by the cubic of its ends' values and slopes.
func (r *trajectory) within(dst []float64, s float64) {
	a, b := (1+2*s)*(1-s)*(1-s), s*s*(3-2*s)
	c, d := s*(1-s)*(1-s)*r.last, s*s*(s-1)*r.last
	for i := range dst {
		dst[i] = a*r.before[i] + b*r.x[i] + c*r.first[i] + d*r.k[0][i]
	}
}

// run goes on for a time, showing what it passes to see, which may be nil.
func (r *trajectory) run(ctx context.Context, ms float64, see func(*trajectory)) error {
	for end := r.t + ms; r.t < end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.step(end); err != nil {
			return err
		}
		if see != nil {
			see(r)
		}
	}
	return nil
}
