package train

import (
	"math"

	"gonum.org/v1/gonum/optimize"
)

const (
	decreaseFactor  = 1e-4 // part of the decrease that the first derivative promises
	curvatureFactor = 0.9  // part of the first derivative that may be left
	maxTrials       = 60   // of one line search: bisection down to rounding
)

// weakWolfe is a line search by doubling, interpolation and bisection for the weak Wolfe conditions
//
//	f(t) ≤ f(0) + c₁ t f'(0)        f'(t) ≥ c₂ f'(0)
//
// Unlike the strong condition |f'(t)| ≤ c₂ |f'(0)| of gonum's Bisection, these hold
// in an interval around the minimum of a function with a kink there, such as |x|.
//
// Lewis and Overton, Math. Program. 141 (2013) 135-163,
// doi:10.1007/s10107-012-0514-2, algorithm 2.6.
type weakWolfe struct {
	value, slope        float64 // at t = 0
	step, lowest, upper float64 // lowest: decrease but too steep; upper: no decrease
	upperValue          float64
	trials              int
}

var _ optimize.Linesearcher = (*weakWolfe)(nil)

// Init is part of optimize.Linesearcher.
func (w *weakWolfe) Init(value, derivative, step float64) optimize.Operation {
	*w = weakWolfe{value: value, slope: derivative, step: step, upper: math.Inf(1)}
	return optimize.FuncEvaluation | optimize.GradEvaluation
}

// Iterate is part of optimize.Linesearcher.
func (w *weakWolfe) Iterate(value, derivative float64) (optimize.Operation, float64, error) {
	switch {
	case !(value <= w.value+decreaseFactor*w.step*w.slope):
		w.upper, w.upperValue = w.step, value
	case !(derivative >= curvatureFactor*w.slope):
		w.lowest = w.step
	default:
		return optimize.MajorIteration, w.step, nil
	}
	if w.trials++; w.trials == maxTrials {
		return optimize.NoOperation, w.step, optimize.ErrLinesearcherFailure
	}
	w.step = w.next()
	return optimize.FuncEvaluation | optimize.GradEvaluation, w.step, nil
}

// next doubles until there is an upper end and then halves. As long as no step was
// short enough it goes to the minimum of the parabola through what is known, within
// 0.1 to 0.5 of the last step: a first step far too long costs few evaluations.
func (w *weakWolfe) next() float64 {
	switch {
	case math.IsInf(w.upper, 1):
		return 2 * w.lowest
	case w.lowest == 0:
		parabola := -w.slope * w.upper / (2 * (w.upperValue - w.value - w.slope*w.upper))
		return w.upper * math.Min(math.Max(parabola, 0.1), 0.5)
	}
	return (w.lowest + w.upper) / 2
}
