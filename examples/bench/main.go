// Command bench times networks: a forward solve, and value and gradient of everything learned.
//
//	go run ./examples/bench
//	go run ./examples/bench -case mpr,hopf -delay both -dtype float32 -n 84 -lanes 1 -steps 1000,100000
//	go run ./examples/bench -case mpr -delay full -budget 1MB -steps 100000 -repeat 7
//	go run ./examples/bench -case noise,lanes,horn,dense1000,sparse20000,sweep,grad1e6,bold10min,boldgradient
//
// Cases, and the flags that each has if others are not given, are listed by -h. peers.py, in this folder,
// runs other simulators on the same work.
//
// It prints one JSON object per line:
//
//	case, n, lanes, dtype     model, regions, brains at once, arithmetic of the solve
//	delay                     none, or full: every pair of regions connected with 2–20 ms
//	integrator, learned       what is learned: all is weights, gain, every model parameter per
//	                          region, and initial states
//	budget, steps             bytes allowed for the tape (0: the usual, see graph.Run); steps of 0.1 ms
//	forward_us_per_step       a rollout, without tape (of horn, and its loss)
//	gradient_us_per_step      value and gradient of all that is learned, forward included
//	compile_ms                from the equations' text to a machine ready to run, in a fresh process
//	first_gradient_ms         from the start of a fresh process to its first gradient, of at most
//	                          1000 steps, wall time; Go's own compiler is not included
//	peak_bytes                peak resident memory of a fresh process that computes one gradient,
//	                          above what it had when its main function started
//	allocs_per_step           allocations that a further step of a gradient run causes
//
// and after these tape_bytes and recomputation of the rollout, ratio, gradient over forward, and
// allocs_per_run, of up to 1000 steps, all of Gorgonia's included. Then what only some cases have:
//
//	noise, ns_per_normal      what a standard normal adds to the time of the same network without
//	edges, forward_ns_per_edge, gradient_ns_per_edge
//	update_us                 value, gradient and a step of Gorgonia's Adam
//	processors                wall and CPU time at GOMAXPROCS 1 and -procs, the speed-up by wall time,
//	                          and whether loss and gradients have the same bits
//	loss, final, gradient_sums
//	                          with -final: last sample of the first lane, sum of each gradient
//
// Times are CPU time (user and system) of this process, the minimum over -repeat; a step is one step
// of all lanes. Every sample of the coupled state is recorded (see -every, -record); the loss is the mean
// of its square. compile_ms and first_gradient_ms are minima over -fresh processes.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

// run is the program.
func run(args []string, stdout, stderr io.Writer) error {
	s, jobs, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if s.child != 0 {
		return jobs[0].answer(s.child, stdout)
	}
	if s.profile != "" {
		f, err := os.Create(s.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, j := range jobs {
		if err := s.do(j, stdout, stderr); err != nil {
			return fmt.Errorf("%s: %w", j, err)
		}
	}
	return nil
}

// do prints what was asked for of one job.
func (s *settings) do(j *job, stdout, stderr io.Writer) error {
	switch {
	case s.dot:
		return j.printDOT(stdout)
	case s.ask:
		return j.serve(os.Stdin, stdout)
	}
	fmt.Fprintf(stderr, "%s …\n", j)
	j.report = stderr
	r, err := measure(j)
	if err != nil {
		return err
	}
	return r.print(stdout, s.json)
}

// printDOT writes the step graph of the job's network.
func (j *job) printDOT(w io.Writer) error {
	net, err := j.network()
	if err != nil {
		return err
	}
	r, err := j.run(j.Steps)
	if err != nil {
		return err
	}
	dot, err := net.DOT(r.Dt, r.Integrator)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, dot)
	return err
}

// print writes the result as one line.
func (r *result) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	_, err := fmt.Fprintln(w, r)
	return err
}
