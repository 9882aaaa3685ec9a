package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/euryale-ml/euryale/graph"
)

// SweepSettings say what a sweep varies and what it measures.
type SweepSettings struct {
	Address string    // whose value is varied, such as the gain of the long-range coupling
	Values  []float64 // in its unit
	// Prepare, if not nil, is called for every value, with a copy of the network of its own that has the value:
	// to balance the inhibition, for example. Values are prepared side by side. An error makes the value
	// unstable, with the error as the reason.
	Prepare func(ctx context.Context, net *graph.Network, value float64) error

	Signal    string     // recorded variable or observer whose FC is taken, such as "bold"
	Empirical *Empirical // what it is compared with; nil: nothing
	Analysis  Analysis
	Seeds     []uint64  // of the noise: one run each, of whose FC the mean is taken; nil: the run's Seed alone
	Watch     []Watched // recorded variables whose means are reported
	// Score is what the best value has the largest of, among the stable ones; nil: −FCRMSE, without the part of it
	// that is chance where there are several Seeds (or else stronger coupling would lose by its slower fluctuations).
	// The correlation of FC hardly tells neighbouring couplings apart, as the pattern of an FC changes less with the
	// coupling than its level.
	Score func(*SweepPoint) float64

	// Dir, if not empty, gets a file for every value that is done. A sweep of the same settings takes what is
	// there and does the rest; other settings are refused. Note is part of the settings: what Prepare does.
	Dir, Note string
	Progress  io.Writer // if not nil, gets a line for every value
	Parallel  int       // values solved side by side; 0: as many as there are processors
}

// SweepResult is what a sweep found. It prints itself as a table.
type SweepResult struct {
	Address, Unit string
	Analysis      Analysis
	Note          string
	Labels        []string     // of the signal's regions
	Points        []SweepPoint // that are done, in the order of the values
	Best          int          // index of the best stable point; −1: none is stable
}

// Sweep simulates a network at every value of an address, with common random numbers, and compares each with a
// recording. The network itself stays as it is. The run's Record is what Watch needs; its Every and Average hold for
// that. Values that diverge are results, marked as not stable.
//
// A cancelled context ends it with the context's error and the points that are done. The numbers do not depend on
// how many values are solved side by side.
func Sweep(ctx context.Context, net *graph.Network, run graph.Run, settings SweepSettings) (*SweepResult, error) {
	s := &sweep{SweepSettings: settings, run: run}
	unit, err := s.check(net)
	if err != nil {
		return nil, fmt.Errorf("train: sweep: %w", err)
	}
	if err := s.open(net); err != nil {
		return nil, fmt.Errorf("train: sweep: %w", err)
	}
	err = s.each(ctx, net)
	result := &SweepResult{Address: s.Address, Unit: unit, Analysis: s.Analysis, Note: s.Note, Labels: s.labels}
	for _, p := range s.points {
		if p != nil {
			result.Points = append(result.Points, *p)
		}
	}
	result.Best = s.best(result.Points)
	if err != nil {
		return result, fmt.Errorf("train: sweep: %w", err)
	}
	return result, nil
}

// sweep is one at work.
type sweep struct {
	SweepSettings
	run    graph.Run
	points []*SweepPoint
	print  string // fingerprint of the settings
	failed error  // the first value's that could not be prepared

	mutex  sync.Mutex
	labels []string
	done   int
	start  time.Time
}

// check fills in defaults and finds out, before any work, what cannot be.
func (s *sweep) check(net *graph.Network) (unit string, err error) {
	if _, err := net.Get(s.Address); err != nil {
		return "", err
	}
	if len(s.Values) == 0 {
		return "", errors.New("expected values, found none")
	}
	for i, v := range s.Values {
		if !isFinite(v) || slices.Contains(s.Values[:i], v) {
			return "", fmt.Errorf("expected finite values, each once, found %g", v)
		}
	}
	if s.Signal == "" {
		return "", errors.New("no Signal: expected the variable or observer whose FC is taken")
	}
	if s.Seeds == nil {
		s.Seeds = []uint64{s.run.Seed}
	}
	if s.Score == nil {
		s.Score = func(p *SweepPoint) float64 { return -p.FCDistance() }
		if s.Empirical == nil || s.Empirical.FC == nil {
			s.Score = func(p *SweepPoint) float64 { return p.Metastability }
		}
	}
	if s.Parallel == 0 {
		s.Parallel = runtime.GOMAXPROCS(0)
	}
	s.run.Record = nil
	for _, w := range s.Watch {
		s.run.Record = append(s.run.Record, w.Address)
	}
	if slices.Contains(net.Addresses(), s.Signal) && !slices.Contains(s.run.Record, s.Signal) {
		s.run.Record = append(s.run.Record, s.Signal)
	}
	s.run.Lanes, s.run.Seeds, s.run.NonFinite = len(s.Seeds), s.Seeds, graph.StopRun
	s.points, s.start = make([]*SweepPoint, len(s.Values)), time.Now()
	return net.Unit(s.Address)
}

// each solves the values that are not there yet, some side by side.
func (s *sweep) each(ctx context.Context, net *graph.Network) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var team sync.WaitGroup
	next := make(chan int)
	for range min(s.Parallel, len(s.Values)) {
		team.Go(func() {
			for k := range next {
				if err := s.value(ctx, net, k); err != nil {
					cancel(err)
				}
			}
		})
	}
	for k := range s.Values {
		if s.points[k] != nil {
			s.report(k)
			continue
		}
		select {
		case next <- k:
		case <-ctx.Done():
		}
	}
	close(next)
	team.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return s.nothing()
}

// nothing is the error of a sweep in which no value could be prepared: that is no result.
func (s *sweep) nothing() error {
	for _, p := range s.points {
		if p != nil && p.FC != nil {
			return nil
		}
	}
	return s.failed
}

// value does one value.
func (s *sweep) value(ctx context.Context, net *graph.Network, k int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	began := time.Now()
	s.mutex.Lock()
	own, err := net.Clone()
	s.mutex.Unlock()
	if err == nil {
		err = own.Set(s.Address, s.Values[k])
	}
	if err != nil {
		return err
	}
	nan := math.NaN()
	p := &SweepPoint{Value: s.Values[k], Comparison: Comparison{nan, nan, nan, nan, nan, nan, nil}}
	if err := s.solve(ctx, own, p); err != nil {
		return err
	}
	p.Seconds = time.Since(began).Seconds()
	s.points[k] = p
	if err := s.save(p); err != nil {
		return err
	}
	s.report(k)
	return nil
}

// solve prepares and simulates the network. Errors of the value's own are the reason why it is not stable.
func (s *sweep) solve(ctx context.Context, net *graph.Network, p *SweepPoint) error {
	if s.Prepare != nil {
		if err := s.Prepare(ctx, net, p.Value); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s.mutex.Lock()
			s.failed = errors.Join(s.failed, fmt.Errorf("%s = %g: %w", s.Address, p.Value, err))
			s.mutex.Unlock()
			p.Why = err.Error()
			return nil
		}
	}
	result, err := net.Simulate(ctx, s.run)
	var diverged *graph.DivergedError
	switch {
	case errors.As(err, &diverged):
		p.Why = err.Error()
		return nil
	case err != nil:
		return err
	}
	return s.measure(result, p)
}

// best is the index of the stable point with the largest score, −1 if there is none.
func (s *sweep) best(points []SweepPoint) int {
	best, score := -1, math.Inf(-1)
	for i := range points {
		if v := s.Score(&points[i]); points[i].Stable && v > score {
			best, score = i, v
		}
	}
	return best
}

// report writes a line of progress.
func (s *sweep) report(k int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.done++
	if s.Progress == nil {
		return
	}
	p := s.points[k]
	state := "stable"
	if !p.Stable {
		state = p.Why
	}
	left := time.Since(s.start).Seconds() / float64(s.done) * float64(len(s.Values)-s.done)
	fmt.Fprintf(s.Progress, "sweep %d/%d  %s = %.5g  FC r %.3f  RMSE %.3f  %s  (%.1f s, about %.0f s left)\n",
		s.done, len(s.Values), s.Address, p.Value, p.FCCorrelation, p.FCRMSE, state, p.Seconds, left)
}
