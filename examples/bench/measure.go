package main

import (
	"runtime"
	"time"
)

// measure does a job: fresh processes first, then forward, gradient and update by turns, so that
// another load on the machine meets all of them.
func measure(j *job) (*result, error) {
	r := &result{Case: j.Case, N: j.Regions, Lanes: j.Lanes, Dtype: j.Dtype, Delay: j.Delay, Noise: j.Noise,
		Integrator: j.Integrator, Learned: j.Learned, Budget: j.Budget, Steps: j.Steps}
	if err := r.measureFresh(j, j.Fresh); err != nil {
		return nil, err
	}
	all, err := newSamples(j)
	defer all.close()
	if err != nil {
		return nil, err
	}
	for k := 0; k < j.Repeat; k++ {
		for _, s := range all {
			if _, err := s.take(); err != nil {
				return nil, err
			}
		}
	}
	r.Forward = all[0].perStep()
	g := all.find(gradient)
	if r.Allocs, r.AllocsRun, err = j.allocations(g != nil); err != nil {
		return nil, err
	}
	if g != nil {
		us, ratio := g.perStep(), g.perStep()/r.Forward
		r.Gradient, r.Ratio, r.Tape, r.Recomputation = &us, &ratio, g.roll.TapeBytes(), g.roll.Recomputation()
	}
	if j.of.more != nil {
		if err := j.of.more(j, r, all); err != nil {
			return nil, err
		}
	}
	if j.Final {
		if err := r.addValues(j); err != nil {
			return nil, err
		}
	}
	return r, all[len(all)-1].check()
}

// samples are a job's: forward, and gradient and update where there are such.
type samples []*sample

func newSamples(j *job) (all samples, err error) {
	kinds := []kind{forward}
	if j.Learned != "none" {
		kinds = append(kinds, gradient)
		if j.of.updates {
			kinds = append(kinds, update)
		}
	}
	for _, k := range kinds {
		s, err := newSample(j, k)
		if err != nil {
			return all, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (all samples) find(k kind) *sample {
	for _, s := range all {
		if s.kind == k {
			return s
		}
	}
	return nil
}

func (all samples) close() {
	for _, s := range all {
		s.close()
	}
}

// shortest is the CPU time that one measurement should take at least: shorter runs are repeated.
var shortest = 50 * time.Millisecond

// longest is the CPU time of a run that needs no second one to warm up.
const longest = time.Second

// sample collects measurements of a problem.
type sample struct {
	*problem
	kind kind
	job  *job
	runs int           // per measurement
	best time.Duration // CPU time
}

// newSample builds the problem and warms it up.
func newSample(j *job, k kind) (*sample, error) {
	p, err := j.problem(j.Steps, k)
	if err != nil {
		return nil, err
	}
	s := &sample{problem: p, kind: k, job: j, runs: 1}
	first, err := s.take()
	if err == nil && first.cpu < longest {
		s.best = 0
		_, err = s.take()
	}
	s.runs = 1 + int(shortest/max(s.best, 1))
	return s, err
}

// duration of a run.
type duration struct{ cpu, wall time.Duration }

// take measures once more and keeps the smallest CPU time.
func (s *sample) take() (d duration, err error) {
	runtime.GC()
	began, start := time.Now(), cpuTime()
	for k := 0; k < s.runs; k++ {
		if err := s.compute(); err != nil {
			return d, err
		}
	}
	d.cpu, d.wall = (cpuTime()-start)/time.Duration(s.runs), time.Since(began)/time.Duration(s.runs)
	if s.best == 0 || d.cpu < s.best {
		s.best = d.cpu
	}
	return d, nil
}

// perStep is the best time, µs.
func (s *sample) perStep() float64 { return s.microseconds(s.best) }

// microseconds turns the time of a run into µs per step.
func (s *sample) microseconds(run time.Duration) float64 {
	return run.Seconds() * 1e6 / float64(s.job.Steps)
}
