package main

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// job is one line of the result.
type job struct {
	of                    *benchCase
	Case, Delay, Dtype    string
	Regions, Lanes, Steps int
	Integrator, Learned   string
	Budget                int64
	Every                 int
	Noise                 float64
	Network, Set, Record  string

	Repeat, Fresh, Procs int
	Final                bool
	report               io.Writer // of progress; nil: none
}

// String says what is measured, in the words of the flags.
func (j *job) String() string {
	s := fmt.Sprintf("%s -delay %s -dtype %s -n %d -lanes %d -steps %d", j.Case, j.Delay, j.Dtype, j.Regions, j.Lanes, j.Steps)
	if j.Budget > 0 {
		s += fmt.Sprintf(" -budget %d", j.Budget)
	}
	return s
}

// args are the flags that make another process do the same job.
func (j *job) args() []string {
	return []string{"-case", j.Case, "-delay", j.Delay, "-dtype", j.Dtype, "-n", strconv.Itoa(j.Regions),
		"-lanes", strconv.Itoa(j.Lanes), "-steps", strconv.Itoa(j.Steps), "-integrator", j.Integrator,
		"-learned", j.Learned, "-budget", strconv.FormatInt(j.Budget, 10), "-every", strconv.Itoa(j.Every),
		"-noise", strconv.FormatFloat(j.Noise, 'g', -1, 64), "-network", j.Network,
		"-set", j.Set, "-record", j.Record}
}

// progress writes a line now and then for a long run.
func (j *job) progress(steps int) func(done, total int) {
	if j.report == nil || steps < 100_000 {
		return nil
	}
	last := time.Now()
	return func(done, total int) {
		if time.Since(last) > time.Second {
			last = time.Now()
			fmt.Fprintf(j.report, "  %d of %d steps\n", done, total)
		}
	}
}

// settings are the flags. Lists give every combination.
type settings struct {
	job                        // what all have in common
	cases, delays, dtypes      []string
	regionCounts, lanes, steps []int
	json, dot, ask             bool
	profile                    string
	child                      int64 // start of the parent's clock, ns, in a fresh process
}

// jobs lists every combination of the settings for one case.
func (s *settings) jobs(c *benchCase) []*job {
	var list []*job
	for _, delay := range s.delays {
		for _, dtype := range s.dtypes {
			for _, n := range s.regionCounts {
				for _, lanes := range s.lanes {
					for _, steps := range s.steps {
						j := s.job
						j.of, j.Case, j.Delay, j.Dtype, j.Regions, j.Lanes, j.Steps = c, c.name, delay, dtype, n, lanes, steps
						list = append(list, &j)
					}
				}
			}
		}
	}
	return list
}
