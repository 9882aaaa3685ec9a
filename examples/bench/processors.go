package main

import (
	"math"
	"runtime"
	"slices"

	G "gorgonia.org/gorgonia"
)

// processors is how a job takes to more than one goroutine: wall and CPU time per step of all lanes
// at GOMAXPROCS 1 and Procs, by turns, minima.
type processors struct {
	Procs     int     `json:"procs"`
	Wall1     float64 `json:"wall_us_per_step_1"`
	Wall      float64 `json:"wall_us_per_step"`
	CPU1      float64 `json:"cpu_us_per_step_1"`
	CPU       float64 `json:"cpu_us_per_step"`
	SpeedUp   float64 `json:"speed_up"` // Wall1 over Wall
	Identical bool    `json:"identical"`
}

// measureProcessors times the last sample (the gradient, if there is one) and compares results.
func measureProcessors(j *job, r *result, s samples) error {
	last := s[len(s)-1]
	p := &processors{Procs: j.Procs, Wall1: math.Inf(1), Wall: math.Inf(1), CPU1: math.Inf(1), CPU: math.Inf(1)}
	var one, many []uint64
	for k := 0; k < j.Repeat; k++ {
		var err error
		if one, err = last.timeWith(1, &p.Wall1, &p.CPU1); err != nil {
			return err
		}
		if many, err = last.timeWith(j.Procs, &p.Wall, &p.CPU); err != nil {
			return err
		}
	}
	p.SpeedUp, p.Identical = p.Wall1/p.Wall, slices.Equal(one, many)
	r.Processors = p
	return nil
}

// timeWith runs with so many processors, lowers the best times, and returns the result's bits.
func (s *sample) timeWith(procs int, wall, cpu *float64) ([]uint64, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	if err := s.compute(); err != nil { // workers start, caches fill
		return nil, err
	}
	took, err := s.take()
	if err != nil {
		return nil, err
	}
	*wall, *cpu = min(*wall, s.microseconds(took.wall)), min(*cpu, s.microseconds(took.cpu))
	return s.bits(), nil
}

// bits are those of the loss and of every gradient, or of the samples.
func (p *problem) bits() (all []uint64) {
	values := p.grads
	if p.loss == nil {
		values = []G.Value{p.x.Value()}
	} else {
		all = []uint64{math.Float64bits(p.loss.Data().(float64))}
	}
	for _, g := range values {
		for _, x := range g.Data().([]float64) {
			all = append(all, math.Float64bits(x))
		}
	}
	return all
}
