package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/euryale-ml/euryale/graph"
)

// settings are the flags. Lists give every combination.
type settings struct {
	cases, delays, dtypes []string
	regions, lanes, steps []int
	integrator, learned   string
	budget                int64
	repeat, every, fresh  int
	json, dot             bool
	profile               string
	child                 int64 // start of the parent's clock, ns, in a fresh process
}

// job is one line of the result.
type job struct {
	Case, Delay, Dtype    string
	Regions, Lanes, Steps int
	Integrator, Learned   string
	Budget                int64
	Every                 int
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
		"-learned", j.Learned, "-budget", strconv.FormatInt(j.Budget, 10), "-every", strconv.Itoa(j.Every)}
}

func parse(args []string, stderr io.Writer) (*settings, error) {
	s := new(settings)
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	names := f.String("case", "all", "`names` of cases, comma separated: "+strings.Join(caseNames(), ", ")+", or all")
	delays := f.String("delay", "both", "`none`, full or both")
	dtypes := f.String("dtype", "float64", "`float32`, float64 or both")
	regions := f.String("n", "84", "`number` of regions; a list like 84,200 gives a line for each")
	lanes := f.String("lanes", "1", "`number` of brains at once, or a list")
	steps := f.String("steps", "1000", "`number` of steps of 0.1 ms, or a list")
	budget := f.String("budget", "0", "`memory` for tape and checkpoints: bytes, or like 64MB; 0 is no limit")
	f.StringVar(&s.integrator, "integrator", graph.Heun.Name, "`name` of the integrator")
	f.StringVar(&s.learned, "learned", "all", "all, none, or a `list` of weights, gain, parameters, init, or addresses")
	f.IntVar(&s.repeat, "repeat", 5, "measurements, of which the smallest counts")
	f.IntVar(&s.every, "every", 1, "steps per recorded sample")
	f.IntVar(&s.fresh, "fresh", 3, "fresh processes for compile_ms and first_gradient_ms; 0 leaves these and peak_bytes null")
	f.BoolVar(&s.json, "json", true, "print JSON lines; -json=false prints a readable line")
	f.BoolVar(&s.dot, "dot", false, "print the step graphs as DOT, populations as clusters, instead of timing")
	f.StringVar(&s.profile, "cpuprofile", "", "write a CPU profile of everything to this `file`")
	f.Int64Var(&s.child, "child", 0, "internal: this is a fresh process, started at that time")
	f.Usage = func() {
		fmt.Fprint(stderr, "bench times networks forward and with gradients; it prints JSON lines, see the package documentation.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("expected flags only, found %q", f.Arg(0))
	}
	if s.repeat < 1 || s.every < 1 || s.fresh < 0 {
		return nil, fmt.Errorf("expected -repeat ≥ 1, -every ≥ 1 and -fresh ≥ 0, found %d, %d and %d", s.repeat, s.every, s.fresh)
	}
	return s, s.read(map[string]string{"case": *names, "delay": *delays, "dtype": *dtypes, "n": *regions, "lanes": *lanes, "steps": *steps, "budget": *budget})
}

// read takes the lists apart.
func (s *settings) read(flags map[string]string) error {
	var errs [8]error
	s.cases, errs[0] = choose("case", flags["case"], "all", caseNames())
	s.delays, errs[1] = choose("delay", flags["delay"], "both", []string{"none", "full"})
	s.dtypes, errs[2] = choose("dtype", flags["dtype"], "both", []string{"float32", "float64"})
	s.regions, errs[3] = counts("n", flags["n"])
	s.lanes, errs[4] = counts("lanes", flags["lanes"])
	s.steps, errs[5] = counts("steps", flags["steps"])
	s.budget, errs[6] = sizeOf(flags["budget"])
	_, errs[7] = graph.IntegratorByName(s.integrator)
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for _, steps := range s.steps {
		if steps < s.every {
			return fmt.Errorf("-steps: expected at least -every = %d, found %d", s.every, steps)
		}
	}
	return nil
}

// choose reads a comma separated list of known words; the word every stands for all of them.
func choose(name, text, every string, known []string) ([]string, error) {
	if text == every {
		return known, nil
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

// jobs lists every combination of the settings.
func (s *settings) jobs() []*job {
	var list []*job
	for _, name := range s.cases {
		for _, delay := range s.delays {
			for _, dtype := range s.dtypes {
				for _, n := range s.regions {
					for _, lanes := range s.lanes {
						for _, steps := range s.steps {
							list = append(list, &job{name, delay, dtype, n, lanes, steps, s.integrator, s.learned, s.budget, s.every})
						}
					}
				}
			}
		}
	}
	return list
}
