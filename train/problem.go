package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Problem is a function to minimise and the point to start from.
type Problem struct {
	Initial []float64
	// Func returns the value at x and, unless grad is nil, writes the gradient
	// into grad. A value or gradient that is not finite is stepped back from; an
	// error ends the search.
	Func func(x, grad []float64) (float64, error)
}

// Method is an optimiser with its settings: [Adam] or [LBFGS].
type Method interface {
	String() string
	minimize(s *search) error
}

// Settings of a search.
type Settings struct {
	// Method defaults to LBFGS{}.
	Method Method
	// Iterations at most, of this call; default 100.
	Iterations int
	// Progress, if not nil, gets a line at most once a second, with the time left, and
	// the last.
	Progress io.Writer
	// Callback, if not nil, is called after every iteration; its error ends the
	// search and is returned with what was found. [ErrStop] ends it without one.
	Callback func(Report) error
	// Resume continues a search from the state that [Report.State] or
	// Minimum.State gave, to the same bits. Problem.Initial gives way to it.
	Resume []byte
}

// ErrStop returned by a callback ends the search as if it were complete.
var ErrStop = errors.New("stopped by the callback")

// ErrNotFinite ends a search that starts at, or cannot get away from, values
// that are not finite.
var ErrNotFinite = errors.New("loss or gradient is not finite")

// Report is the state of a search after an iteration.
type Report struct {
	Iteration, Iterations int
	Loss, Best            float64
	GradientNorm          float64
	Skipped               int
	Elapsed               time.Duration
	X                     []float64 // where Loss was taken; read only
	state                 func() ([]byte, error)
}

// State is what Settings.Resume takes. A method that cannot resume returns an error.
func (r Report) State() ([]byte, error) {
	if r.state == nil {
		return nil, errors.New("train: this method has no state to save; start it from X")
	}
	return r.state()
}

func (r Report) String() string {
	return fmt.Sprintf("iteration %d/%d  loss %.6g  best %.6g  |gradient| %.2g  %.1f s",
		r.Iteration, r.Iterations, r.Loss, r.Best, r.GradientNorm, r.Elapsed.Seconds())
}

// Remaining is how long the iterations left would take at the speed so far.
func (r Report) Remaining() time.Duration {
	return time.Duration(float64(r.Elapsed) / float64(max(r.Iteration, 1)) * float64(r.Iterations-r.Iteration))
}

// Minimum is the best point that a search evaluated.
type Minimum struct {
	X    []float64
	Loss float64
	// Iterations of the method and evaluations of the function, of this call.
	Iterations, Evaluations int
	// Skipped counts points that were stepped back from as not finite.
	Skipped int
	Elapsed time.Duration
	// Why the search ended.
	Reason string
	// Losses after each iteration.
	Losses []float64
	// State for Settings.Resume, nil if the method has none.
	State []byte
}

// Minimize searches for the smallest value of a problem's function. The result
// is the best point seen, not the last. When the context is cancelled, or the
// callback or the function returns an error, it is returned together with what was
// found so far.
func Minimize(ctx context.Context, p Problem, settings Settings) (*Minimum, error) {
	if settings.Method == nil {
		settings.Method = LBFGS{}
	}
	if settings.Iterations == 0 {
		settings.Iterations = 100
	}
	if p.Func == nil || len(p.Initial) == 0 && settings.Resume == nil {
		return nil, fmt.Errorf("train: expected a problem with a function and at least one variable, found %d", len(p.Initial))
	}
	if settings.Iterations < 0 {
		return nil, fmt.Errorf("train: expected a positive number of iterations, found %d", settings.Iterations)
	}
	s := &search{ctx: ctx, problem: p, settings: settings, start: time.Now(), best: math.Inf(1)}
	s.bestX = append([]float64{}, p.Initial...)
	err := settings.Method.minimize(s)
	return s.finish(err)
}

// search is what a method works with: it counts, keeps the best, reports and stops.
type search struct {
	ctx         context.Context
	problem     Problem
	settings    Settings
	start       time.Time
	lastLine    time.Time
	iterations  int
	evaluations int
	skipped     int
	best        float64
	bestX       []float64
	losses      []float64
	reason      string
	state       func() ([]byte, error)
	lastReport  Report
}

// errEnough ends a method's loop without an error.
var errEnough = errors.New("enough")

// evaluate calls the function. finite says whether value and gradient are.
func (s *search) evaluate(x, grad []float64) (f float64, finite bool, err error) {
	if err := s.ctx.Err(); err != nil {
		return math.Inf(1), false, err
	}
	s.evaluations++
	f, err = s.callFunc(x, grad)
	if ctxErr := s.ctx.Err(); ctxErr != nil {
		return math.Inf(1), false, ctxErr // err is its consequence, or the value half computed
	}
	if err != nil {
		return math.Inf(1), false, fmt.Errorf("train: evaluation %d: %w", s.evaluations, err)
	}
	if !isFinite(f) || !allFinite(grad) {
		s.skipped++
		return math.Inf(1), false, nil
	}
	if f < s.best {
		s.best = f
		copy(s.bestX, x)
	}
	return f, true, nil
}

// callFunc turns a panic into an error: methods call it from goroutines whose
// panics the caller could not recover.
func (s *search) callFunc(x, grad []float64) (f float64, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return s.problem.Func(x, grad)
}

// iterated reports an iteration that ended at x; its error ends the search.
func (s *search) iterated(f float64, x, grad []float64) error {
	s.iterations++
	s.losses = append(s.losses, f)
	s.lastReport = Report{
		Iteration: s.iterations, Iterations: s.settings.Iterations, Loss: f, Best: s.best,
		GradientNorm: norm(grad), Skipped: s.skipped, Elapsed: time.Since(s.start), X: x, state: s.state,
	}
	if w := s.settings.Progress; w != nil && time.Since(s.lastLine) >= time.Second {
		s.lastLine = time.Now()
		fmt.Fprintf(w, "%v, up to %.0f s left\n", s.lastReport, math.Ceil(s.lastReport.Remaining().Seconds()))
	}
	if s.settings.Callback != nil {
		if err := s.settings.Callback(s.lastReport); err != nil {
			return err
		}
	}
	if s.iterations >= s.settings.Iterations {
		s.reason = "all iterations done"
		return errEnough
	}
	return s.ctx.Err()
}

func (s *search) finish(err error) (*Minimum, error) {
	switch {
	case errors.Is(err, ErrStop):
		s.reason, err = ErrStop.Error(), nil
	case errors.Is(err, errEnough):
		err = nil
	case err != nil:
		s.reason = err.Error()
	}
	if w := s.settings.Progress; w != nil && s.iterations > 0 {
		fmt.Fprintf(w, "%v  (%s)\n", s.lastReport, s.reason)
	}
	m := &Minimum{
		X: s.bestX, Loss: s.best, Iterations: s.iterations, Evaluations: s.evaluations, Skipped: s.skipped,
		Elapsed: time.Since(s.start), Reason: s.reason, Losses: s.losses,
	}
	if s.state != nil {
		state, stateErr := s.state()
		if stateErr != nil && err == nil {
			err = stateErr
		}
		m.State = state
	}
	return m, err
}

func allFinite(list []float64) bool {
	return !slices.ContainsFunc(list, func(v float64) bool { return !isFinite(v) })
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}
