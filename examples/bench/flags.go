package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/euryale-ml/euryale/graph"
)

// lists are flags that are read further.
type lists struct {
	cases, delays, dtypes, regions, lanes, steps, budget string
}

// flagSet binds the flags to s and to lists.
func flagSet(s *settings, l *lists, stderr io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&l.cases, "case", "all", "`names` of cases, comma separated, see above; all is "+strings.Join(caseNames()[:networks], ", "))
	f.StringVar(&l.delays, "delay", "both", "`none`, full or both")
	f.StringVar(&l.dtypes, "dtype", "float64", "`float32`, float64 or both")
	f.StringVar(&l.regions, "n", "84", "`number` of regions; a list like 84,200 gives a line for each")
	f.StringVar(&l.lanes, "lanes", "1", "`number` of brains at once, or a list")
	f.StringVar(&l.steps, "steps", "1000", "`number` of steps of 0.1 ms, or a list")
	f.StringVar(&l.budget, "budget", "0", "`memory` for tape and checkpoints: bytes, or like 64MB; 0 is the usual, see graph.Run")
	f.StringVar(&s.Integrator, "integrator", graph.Heun.Name, "`name` of the integrator")
	f.StringVar(&s.Learned, "learned", "all", "all, none, or a `list` of weights, gain, parameters, init, or addresses")
	f.Float64Var(&s.Noise, "noise", 0, "`amplitude` of white noise on every state, unit of the state per √ms")
	f.StringVar(&s.Network, "network", "", "`folder` with weights.csv and perhaps delays.csv, in ms, both [to][from], and init.csv, [region][state]")
	f.StringVar(&s.Record, "record", "", "`addresses` to record, the first for the loss; default the coupled state")
	f.StringVar(&s.Set, "set", "", "a `list` of address=number, set before the run")
	f.IntVar(&s.Repeat, "repeat", 5, "measurements, of which the smallest counts")
	f.IntVar(&s.Every, "every", 1, "steps per recorded sample")
	f.IntVar(&s.Fresh, "fresh", 3, "fresh processes for compile_ms and first_gradient_ms; 0 leaves these and peak_bytes null")
	f.IntVar(&s.Procs, "procs", 2, "processors that case lanes compares with one")
	f.BoolVar(&s.Final, "final", false, "add loss, the last sample and the sum of each gradient")
	f.BoolVar(&s.ask, "ask", false, "measure one job when asked: answer the lines forward, gradient and update on standard input")
	f.BoolVar(&s.json, "json", true, "print JSON lines; -json=false prints a readable line")
	f.BoolVar(&s.dot, "dot", false, "print the step graphs as DOT, populations as clusters, instead of timing")
	f.StringVar(&s.profile, "cpuprofile", "", "write a CPU profile of everything to this `file`")
	f.Int64Var(&s.child, "child", 0, "internal: this is a fresh process, started at that time")
	f.Usage = func() { usage(f, stderr) }
	return f
}

func usage(f *flag.FlagSet, stderr io.Writer) {
	fmt.Fprint(stderr, "bench times networks forward and with gradients; it prints JSON lines, see the package documentation.\n\nCases:\n")
	for i := range cases {
		fmt.Fprintf(stderr, "  %-12s %s\n", cases[i].name, cases[i].about)
		if u := cases[i].usual; len(u) > 0 {
			fmt.Fprintf(stderr, "  %-12s unless given otherwise: %s\n", "", strings.Join(u, " "))
		}
	}
	fmt.Fprint(stderr, "\nFlags:\n")
	f.PrintDefaults()
}

// parse reads the flags and lists the jobs. Every case has its usual flags before those given.
func parse(args []string, stderr io.Writer) (*settings, []*job, error) {
	first, err := parseWith(nil, args, stderr)
	if err != nil {
		return nil, nil, err
	}
	var jobs []*job
	for _, name := range first.cases {
		c := caseNamed(name)
		s, err := parseWith(c.usual, args, io.Discard)
		if err != nil {
			return nil, nil, err
		}
		jobs = append(jobs, s.jobs(c)...)
	}
	if first.ask && len(jobs) != 1 {
		return nil, nil, fmt.Errorf("-ask: expected flags for one job, found %d", len(jobs))
	}
	return first, jobs, nil
}

func parseWith(usual, args []string, stderr io.Writer) (*settings, error) {
	s, l := new(settings), new(lists)
	f := flagSet(s, l, stderr)
	if err := f.Parse(append(slices.Clone(usual), args...)); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("expected flags only, found %q", f.Arg(0))
	}
	if s.Repeat < 1 || s.Every < 1 || s.Fresh < 0 || s.Procs < 1 {
		return nil, fmt.Errorf("expected -repeat ≥ 1, -every ≥ 1, -fresh ≥ 0 and -procs ≥ 1, found %d, %d, %d and %d", s.Repeat, s.Every, s.Fresh, s.Procs)
	}
	if !(s.Noise >= 0 && s.Noise <= math.MaxFloat64) {
		return nil, fmt.Errorf("-noise: expected a number ≥ 0, found %v", s.Noise)
	}
	return s, s.read(l)
}

// read takes the lists apart.
func (s *settings) read(l *lists) error {
	var errs [9]error
	s.cases, errs[0] = choose("case", l.cases, "all", caseNames()[:networks], caseNames())
	s.delays, errs[1] = choose("delay", l.delays, "both", []string{"none", "full"}, []string{"none", "full"})
	s.dtypes, errs[2] = choose("dtype", l.dtypes, "both", []string{"float32", "float64"}, []string{"float32", "float64"})
	s.regionCounts, errs[3] = counts("n", l.regions)
	s.lanes, errs[4] = counts("lanes", l.lanes)
	s.steps, errs[5] = counts("steps", l.steps)
	s.Budget, errs[6] = sizeOf(l.budget)
	_, errs[7] = graph.IntegratorByName(s.Integrator)
	_, errs[8] = assignments(s.Set)
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for _, steps := range s.steps {
		if steps < s.Every {
			return fmt.Errorf("-steps: expected at least -every = %d, found %d", s.Every, steps)
		}
	}
	if s.Network != "" {
		n, err := regionsOf(s.Network)
		s.regionCounts = []int{n}
		return err
	}
	return nil
}

// choose reads a comma separated list of known words; the word every stands for all.
func choose(name, text, every string, all, known []string) ([]string, error) {
	if text == every {
		return all, nil
	}
	list := strings.Split(text, ",")
	for _, w := range list {
		if !slices.Contains(known, w) {
			return nil, fmt.Errorf("-%s: expected %s or %s, found %q", name, strings.Join(known, ", "), every, w)
		}
	}
	return list, nil
}

// counts reads a comma separated list of numbers ≥ 1.
func counts(name, text string) ([]int, error) {
	var list []int
	for _, w := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(w))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-%s: expected whole numbers ≥ 1, found %q", name, w)
		}
		list = append(list, n)
	}
	return list, nil
}

// sizeOf reads a size: 1000, 64KB, 1.5MB, 2GB, in powers of 1024.
func sizeOf(text string) (int64, error) {
	number, unit := strings.TrimSpace(strings.ToUpper(text)), 1.0
	for suffix, size := range map[string]float64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30} {
		if rest, ok := strings.CutSuffix(number, suffix); ok {
			number, unit = strings.TrimSpace(rest), size
			break
		}
	}
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || !(x >= 0) || x*unit > 1<<60 {
		return 0, fmt.Errorf("-budget: expected bytes, or a number with KB, MB or GB, found %q", text)
	}
	return int64(x * unit), nil
}
