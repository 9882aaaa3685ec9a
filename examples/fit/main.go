// Command fit fits a network of Hopf oscillators to resting-state fMRI.
//
// Without flags it fits the first half of the bundled recording (28 regions, TR
// 1.89 s), compares with the second, and writes a picture of the empirical and the
// simulated functional connectivity (FC):
//
//	go run ./examples/fit
//	go run ./examples/fit -bold series.csv -tr 2 -columns 4:31 -json
//	go run ./examples/fit -fc fc.csv -weights weights.csv -lengths lengths.csv
//
// Stage a fits the analytic covariance of the linearised network, stage b goes on
// through the nonlinear stochastic simulation. See network.go for the model.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

// config holds the flags.
type config struct {
	bold, columns, fc, weights, lengths, model, out string
	tr                                              float64
	iterations, refine                              int
	seed                                            uint64
	nonNegative, detrend, json, dot                 bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	f := flag.NewFlagSet("fit", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.bold, "bold", "", "BOLD series, CSV: a line per volume, a column per region, header or none; default the bundled recording")
	f.Float64Var(&c.tr, "tr", 0, "repetition time of -bold, `s`")
	f.StringVar(&c.columns, "columns", "", "columns of -bold that are regions, `A:B` from 1, both included; default all")
	f.StringVar(&c.fc, "fc", "", "fit this FC matrix, CSV, symmetric, in place of a series (no lag, no test half)")
	f.StringVar(&c.weights, "weights", "", "connection weights [to][from], CSV: only these edges exist, each learns a gain of its absolute value")
	f.StringVar(&c.lengths, "lengths", "", "tract lengths of the connections in mm, CSV: delays at 10 m/s, in the simulations (stage a has none)")
	f.StringVar(&c.model, "model", "hopf", "local model")
	f.IntVar(&c.iterations, "iterations", 800, "iterations of stage a (analytic covariance)")
	f.IntVar(&c.refine, "refine", 20, "iterations of stage b (through the simulation); 0 leaves it out")
	f.Uint64Var(&c.seed, "seed", 1, "seed of the starting weights and of the noise")
	f.BoolVar(&c.nonNegative, "nonnegative", false, "no negative weights (fits FC with negative pairs less well)")
	f.BoolVar(&c.detrend, "detrend", false, "subtract a straight line from each region and half before z-scoring")
	f.BoolVar(&c.json, "json", false, "end with one line holding a JSON object of the results")
	f.BoolVar(&c.dot, "dot", false, "write the step graph as network.dot, populations as clusters")
	f.StringVar(&c.out, "out", "out", "write picture, matrices and parameters into this `directory`")
	f.Usage = func() {
		fmt.Fprint(stderr, "fit fits a network of Hopf oscillators to the functional connectivity of a BOLD series.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("expected flags only, found %q", f.Arg(0))
	}
	return c, c.check()
}

// Bounds of the repetition time, s. Below, 120 minutes of samples fill the memory;
// above, no oscillation of the slowest frequency is left to see.
const shortestTR, longestTR = 0.05, 30.0

func (c *config) check() error {
	switch {
	case !strings.EqualFold(c.model, "hopf"):
		return checkModel(c.model)
	case c.bold != "" && c.fc != "":
		return errors.New("expected -bold or -fc, found both")
	case c.bold != "" && !(c.tr > 0):
		return fmt.Errorf("-bold needs its repetition time: expected -tr > 0 s, found %g", c.tr)
	case c.bold != "" && (c.tr < shortestTR || c.tr > longestTR):
		return fmt.Errorf("expected -tr between %g and %g s, found %g (milliseconds?)", shortestTR, longestTR, c.tr)
	case c.fc != "" && c.detrend:
		return errors.New("-detrend needs a series, found -fc")
	case c.out == "":
		return errors.New("-out needs a directory, found nothing")
	case c.bold == "" && (c.tr != 0 || c.columns != ""):
		return errors.New("-tr and -columns belong to -bold")
	case c.lengths != "" && c.weights == "":
		return errors.New("-lengths needs -weights")
	case c.iterations < 1 || c.refine < 0:
		return fmt.Errorf("expected -iterations ≥ 1 and -refine ≥ 0, found %d and %d", c.iterations, c.refine)
	}
	return nil
}

func checkModel(name string) error {
	for _, fast := range []string{"MontbrioPazoRoxin", "JansenRit", "WilsonCowan", "ReducedWongWang"} {
		if strings.EqualFold(name, fast) {
			return fmt.Errorf("-model %s: its activity changes within milliseconds and needs the BOLD observer, which is not there yet; expected hopf", fast)
		}
	}
	return fmt.Errorf("-model %q: expected hopf", name)
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	began := time.Now()
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	d, err := load(c)
	if err != nil {
		return err
	}
	if err := checkDirectory(c.out); err != nil {
		return err
	}
	fmt.Fprintln(stdout, d)
	r, err := fit(ctx, c, d, stderr)
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted before the first iteration: nothing to report")
	}
	if err != nil {
		return err
	}
	r.Seconds = time.Since(began).Seconds()
	fmt.Fprint(stdout, r)
	files, err := r.write(c.out)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s: %s\n", c.out, strings.Join(files, ", "))
	if c.json {
		err = r.writeJSON(stdout)
	}
	if err == nil && r.Cancelled {
		err = fmt.Errorf("interrupted after %d of %d iterations: the results are partial", r.Iterations, c.iterations+c.refine)
	}
	return err
}
