package train

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
)

// LBFGS is the limited-memory quasi-Newton method of gonum/optimize with a line search
// that kinks in the loss do not stop, restarted with an empty memory and a little aside
// where it stalls. Bounds are the business of the variables' transforms.
//
// Liu and Nocedal, Math. Program. 45 (1989) 503-528, doi:10.1007/BF01589116.
type LBFGS struct {
	Memory int // steps remembered; default 15
	// Tolerance ends the search when 20 iterations lower the loss by less than
	// this part of it; default 1e-8.
	Tolerance float64
	// FirstStep is the length of the first step tried, along the gradient; default 1.
	// Less saves evaluations where the start is already good.
	FirstStep float64
}

const (
	restartGain = 1e-4 // part of the loss that a restart has to gain to count as progress
	maxStalls   = 3    // restarts without progress that end the search
	sideStep    = 0.03 // of the first step
)

func (l LBFGS) String() string { return "L-BFGS" }

func (l LBFGS) minimize(s *search) error {
	if s.settings.Resume != nil {
		return errors.New("train: L-BFGS has no state to resume; start it from the X of its last report")
	}
	if l.Tolerance == 0 {
		l.Tolerance = 1e-8
	}
	if l.FirstStep == 0 {
		l.FirstStep = 1
	}
	n := len(s.problem.Initial)
	r := &lbfgsRun{s: s, unit: l.FirstStep, start: make([]float64, n), x: make([]float64, n), cacheX: make([]float64, n), cacheGrad: make([]float64, n), cacheF: math.NaN()}
	copy(r.start, s.bestX)
	for stalls := 0; ; {
		before := s.best
		status, err := r.run(l)
		if r.err != nil {
			return r.err
		}
		if err != nil && !isLineSearchFailure(err) {
			return fmt.Errorf("train: L-BFGS: %w", err)
		}
		if !isFinite(s.best) {
			return fmt.Errorf("train: L-BFGS: %w", ErrNotFinite)
		}
		if stalls++; math.IsInf(before, 1) || s.best < before-restartGain*math.Abs(before) {
			stalls = 0
		}
		switch {
		case status != optimize.Failure && status != optimize.FunctionConvergence:
			s.reason = "converged: " + status.String()
			return nil
		case stalls == maxStalls:
			s.reason = "converged: no step lowers the loss further"
			return nil
		}
		if err := r.stepAside(); err != nil {
			return err
		}
	}
}

// stepAside puts the next start a short way down the gradient from the best point,
// whatever the loss there: off a kink, down both sides of which the loss rises.
func (r *lbfgsRun) stepAside() error {
	grad := make([]float64, len(r.start))
	if _, _, err := r.s.evaluate(r.s.bestX, grad); err != nil {
		return err
	}
	k := sideStep * r.unit / math.Max(norm(grad), 1e-300)
	for i, x := range r.s.bestX {
		r.start[i] = x - k*grad[i]
	}
	return nil
}

func isLineSearchFailure(err error) bool {
	var notFinite optimize.ErrFunc
	return errors.Is(err, optimize.ErrLinesearcherFailure) || errors.Is(err, optimize.ErrNonDescentDirection) ||
		errors.Is(err, optimize.ErrNoProgress) || errors.As(err, &notFinite)
}

// lbfgsRun joins gonum's callbacks to a search. gonum asks for value and
// gradient of a point separately; both are computed at the first question. gonum's
// first step has length 1, so it is given variables in a unit of FirstStep.
type lbfgsRun struct {
	s         *search
	unit      float64
	start     []float64 // in the problem's unit, as x
	x         []float64
	cacheX    []float64
	cacheF    float64
	cacheGrad []float64
	err       error
}

func (r *lbfgsRun) run(l LBFGS) (optimize.Status, error) {
	problem := optimize.Problem{
		Func:   func(x []float64) float64 { r.at(x); return r.cacheF },
		Grad:   func(grad, x []float64) { r.at(x); copyScaled(grad, r.cacheGrad, r.unit) },
		Status: func() (optimize.Status, error) { return r.status() },
	}
	settings := &optimize.Settings{
		Converger: &optimize.FunctionConverge{Relative: l.Tolerance, Iterations: 20},
		Recorder:  r,
	}
	start := make([]float64, len(r.x))
	copyScaled(start, r.start, 1/r.unit)
	result, err := optimize.Minimize(problem, start, settings, &optimize.LBFGS{Store: l.Memory, Linesearcher: &weakWolfe{}})
	if result == nil {
		return optimize.Failure, err
	}
	return result.Status, err
}

func (r *lbfgsRun) at(x []float64) {
	if r.err != nil || !math.IsNaN(r.cacheF) && equal(x, r.cacheX) {
		return
	}
	copyScaled(r.x, x, r.unit)
	f, finite, err := r.s.evaluate(r.x, r.cacheGrad)
	if err != nil {
		r.err = err
	}
	if !finite {
		f = math.Inf(1) // the line search steps back from it
		clear(r.cacheGrad)
	}
	copy(r.cacheX, x)
	r.cacheF = f
}

func (r *lbfgsRun) status() (optimize.Status, error) {
	if r.err != nil {
		return optimize.Failure, r.err
	}
	return optimize.NotTerminated, nil
}

// Init is part of optimize.Recorder.
func (r *lbfgsRun) Init() error { return nil }

// Record is part of optimize.Recorder.
func (r *lbfgsRun) Record(loc *optimize.Location, op optimize.Operation, stats *optimize.Stats) error {
	if op != optimize.MajorIteration || stats.MajorIterations <= 1 || r.err != nil {
		return r.err // the first major iteration is the starting point
	}
	x, grad := make([]float64, len(loc.X)), make([]float64, len(loc.X))
	copyScaled(x, loc.X, r.unit)
	copyScaled(grad, loc.Gradient, 1/r.unit)
	r.err = r.s.iterated(loc.F, x, grad)
	return r.err
}

func copyScaled(dst, src []float64, k float64) {
	for i, v := range src {
		dst[i] = k * v
	}
}

func equal(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
