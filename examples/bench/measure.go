package main

import (
	"fmt"
	"runtime"
	"time"
)

// result is one line of output.
type result struct {
	Case          string   `json:"case"`
	N             int      `json:"n"`
	Lanes         int      `json:"lanes"`
	Dtype         string   `json:"dtype"`
	Delay         string   `json:"delay"`
	Integrator    string   `json:"integrator"`
	Learned       string   `json:"learned"`
	Budget        int64    `json:"budget"`
	Steps         int      `json:"steps"`
	Forward       float64  `json:"forward_us_per_step"`
	Gradient      *float64 `json:"gradient_us_per_step"` // null if nothing is learned
	Compile       *float64 `json:"compile_ms"`
	FirstGradient *float64 `json:"first_gradient_ms"`
	Peak          *int64   `json:"peak_bytes"`
	Allocs        float64  `json:"allocs_per_step"`
	Tape          int64    `json:"tape_bytes"`
	Recomputation float64  `json:"recomputation"`
	Ratio         *float64 `json:"ratio"`
	AllocsRun     uint64   `json:"allocs_per_run"`
}

// String is the line for people.
func (r *result) String() string {
	s := fmt.Sprintf("%-9s n %d  lanes %d  %s  delay %-4s  steps %d: forward %.2f µs/step", r.Case, r.N, r.Lanes, r.Dtype, r.Delay, r.Steps, r.Forward)
	if r.Gradient != nil {
		s += fmt.Sprintf(", gradient %.2f µs/step (%.2f ×, recomputation %.2f, tape %.1f MB)", *r.Gradient, *r.Ratio, r.Recomputation, float64(r.Tape)/(1<<20))
	}
	if r.Compile != nil {
		s += fmt.Sprintf(", compile %.1f ms, first gradient %.0f ms, peak %.0f MB", *r.Compile, *r.FirstGradient, float64(*r.Peak)/(1<<20))
	}
	return s + fmt.Sprintf(", %.3g allocs/step and %d a run", r.Allocs, r.AllocsRun)
}

// measure does a job: fresh processes first, then forward and gradient by turns, so that another
// load on the machine meets both.
func measure(j *job, repeat, fresh int) (*result, error) {
	r := &result{Case: j.Case, N: j.Regions, Lanes: j.Lanes, Dtype: j.Dtype, Delay: j.Delay,
		Integrator: j.Integrator, Learned: j.Learned, Budget: j.Budget, Steps: j.Steps}
	if err := r.measureFresh(j, fresh); err != nil {
		return nil, err
	}
	forward, err := newSample(j, false)
	if err != nil {
		return nil, err
	}
	defer forward.close()
	samples := []*sample{forward}
	if j.Learned != "none" {
		gradient, err := newSample(j, true)
		if err != nil {
			return nil, err
		}
		defer gradient.close()
		samples = append(samples, gradient)
	}
	for k := 0; k < repeat; k++ {
		for _, s := range samples {
			if err := s.take(); err != nil {
				return nil, err
			}
		}
	}
	last := samples[len(samples)-1]
	r.Forward = forward.perStep()
	if r.Allocs, r.AllocsRun, err = j.allocations(last != forward); err != nil {
		return nil, err
	}
	if last != forward {
		us, ratio := last.perStep(), last.perStep()/r.Forward
		r.Gradient, r.Ratio, r.Tape, r.Recomputation = &us, &ratio, last.roll.TapeBytes(), last.roll.Recomputation()
	}
	return r, last.check()
}

// shortest is the CPU time that one measurement should take at least: shorter runs are repeated.
const shortest = 50 * time.Millisecond

// sample collects measurements of a problem.
type sample struct {
	*problem
	job  *job
	runs int // per measurement
	best time.Duration
}

// newSample builds the problem and warms it up.
func newSample(j *job, gradient bool) (*sample, error) {
	p, err := j.problem(j.Steps, gradient)
	if err != nil {
		return nil, err
	}
	s := &sample{problem: p, job: j, runs: 1}
	if err := s.compute(); err != nil {
		return nil, err
	}
	if err := s.take(); err != nil {
		return nil, err
	}
	s.runs = 1 + int(shortest/max(s.best, 1))
	return s, nil
}

// take measures once more and keeps the smallest CPU time.
func (s *sample) take() error {
	runtime.GC()
	start := cpuTime()
	for k := 0; k < s.runs; k++ {
		if err := s.compute(); err != nil {
			return err
		}
	}
	took := (cpuTime() - start) / time.Duration(s.runs)
	if s.best == 0 || took < s.best {
		s.best = took
	}
	return nil
}

// allocations counts those of a run, Gorgonia's included, and what each further step adds to them: runs
// of up to 1000 steps are compared with runs twice as long.
func (j *job) allocations(gradient bool) (perStep float64, perRun uint64, err error) {
	steps := min(j.Steps, 1000)
	once, err := j.countAllocations(steps, gradient)
	if err != nil {
		return 0, 0, err
	}
	twice, err := j.countAllocations(2*steps, gradient)
	return (float64(twice) - float64(once)) / float64(steps), once, err
}

// countAllocations is the smallest number of allocations of several runs: the runtime adds some of its
// own now and then.
func (j *job) countAllocations(steps int, gradient bool) (least uint64, err error) {
	p, err := j.problem(steps, gradient)
	if err != nil {
		return 0, err
	}
	defer p.close()
	runtime.GC()
	for k := 0; k < 20; k++ {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := p.compute(); err != nil {
			return 0, err
		}
		runtime.ReadMemStats(&after)
		if n := after.Mallocs - before.Mallocs; k == 0 || n < least {
			least = n
		}
	}
	return least, nil
}

// perStep is the best time, µs.
func (s *sample) perStep() float64 { return s.best.Seconds() * 1e6 / float64(s.job.Steps) }
