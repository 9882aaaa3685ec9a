package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
)

// config holds the flags.
type config struct {
	sc, lengths, scale, fc, bold, columns, censor string
	model, couplings, out                         string
	tr, low, high, minutes, dt, speed, rate       float64
	seed, hidden                                  uint64
	seeds, iterations, rounds, refine, folds      int
	detrend, fic, edges, nulls, json, resume      bool

	values   []float64 // of couplings
	censored []int
}

func (c *config) sweepDir() string { return filepath.Join(c.out, "sweep") }

func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	f := flag.NewFlagSet("restingstate", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.sc, "sc", "", "structural connectivity [to][from]: weights as CSV, or a file with all (.npz, .mat, .h5, .zip, a TVB folder); default testdata/tvb76")
	f.StringVar(&c.lengths, "lengths", "", "tract lengths in mm, CSV, for delays; without them -sc as CSV has none")
	f.StringVar(&c.scale, "scale", "max", "normalisation of the weights: max, row, radius (largest eigenvalue), log (log(1+w), then max) or none")
	f.StringVar(&c.fc, "fc", "", "empirical FC, CSV, symmetric")
	f.StringVar(&c.bold, "bold", "", "empirical BOLD in the place of -fc: a line per volume, a column per region (.csv, .npz, .mat); several subjects separated by commas")
	f.Float64Var(&c.tr, "tr", 0, "repetition time in `s`; required with -bold unless its file tells, default 2 otherwise")
	f.StringVar(&c.columns, "columns", "", "columns of -bold that are regions, `A:B` from 1 or by name; default all")
	f.StringVar(&c.censor, "censor", "", "volumes of -bold to leave out, from 1, separated by commas (one subject)")
	f.BoolVar(&c.detrend, "detrend", false, "subtract each region's straight line, from recordings and simulations")
	f.Float64Var(&c.low, "low", 0, "lower edge of the band that is passed, `Hz`; 0: none")
	f.Float64Var(&c.high, "high", 0, "upper edge, `Hz`; 0: none")
	f.StringVar(&c.model, "model", "ReducedWongWangExcInh", "local model: "+strings.Join(localNames(), ", "))
	f.StringVar(&c.couplings, "couplings", "", "global couplings of the sweep, `from:to:number` or a list with commas; default ten from 1/8 of the coupling at which the balanced network without noise is unstable")
	f.Float64Var(&c.minutes, "minutes", 8, "simulated minutes of each noise seed")
	f.IntVar(&c.seeds, "seeds", 2, "noise seeds of each value of the sweep, averaged")
	f.Float64Var(&c.dt, "dt", 1, "integration step, `ms`")
	f.Float64Var(&c.speed, "speed", 10, "conduction speed, `m/s`")
	f.Uint64Var(&c.seed, "seed", 1, "seed of the noise")
	f.BoolVar(&c.fic, "fic", true, "balance the inhibition (feedback inhibition control) at -rate, for every set of parameters")
	f.Float64Var(&c.rate, "rate", 3, "mean excitatory rate that the inhibition is balanced at, `Hz`")
	f.IntVar(&c.iterations, "iterations", 60, "iterations of L-BFGS in each round of the regional fit")
	f.IntVar(&c.rounds, "rounds", 3, "rounds of the fit; in each the network is balanced, simulated and linearised anew")
	f.BoolVar(&c.edges, "edges", true, "let the gains of all connections learn too, after the regional parameters")
	f.IntVar(&c.refine, "refine", -1, "iterations of the fit through the simulation itself (train.Fit); default 0, or 15 where there is nothing but that")
	f.BoolVar(&c.nulls, "nulls", true, "null models: the same with a shuffled connectome, surrogates of the recording")
	f.IntVar(&c.folds, "folds", 3, "parts for cross-validation, blocks of time of one recording or groups of subjects; 0: none")
	f.Uint64Var(&c.hidden, "hidden", 0, "make the FC by a hidden coupling and hidden regional parameters drawn with this seed, and report how well they are found; default 1 without -fc and -bold")
	f.BoolVar(&c.resume, "resume", false, "take what an interrupted sweep with the same settings has left in -out")
	f.BoolVar(&c.json, "json", false, "end with one line holding a JSON object of the results")
	f.StringVar(&c.out, "out", "out", "`directory` for tables, arrays and pictures")
	f.Usage = func() {
		fmt.Fprint(stderr, "restingstate fits a whole-brain model to the functional connectivity of resting-state fMRI.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("expected flags only, found %q", f.Arg(0))
	}
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return c, c.check(given)
}

// Bounds of the repetition time, s: outside, milliseconds or something else are meant.
const shortestTR, longestTR = 0.05, 30.0

func (c *config) check(given map[string]bool) error {
	if c.fc == "" && c.bold == "" && !given["hidden"] {
		c.hidden = 1
	}
	switch {
	case c.fc != "" && c.bold != "":
		return errors.New("expected -fc or -bold, found both")
	case given["hidden"] && c.hidden == 0:
		return errors.New("-hidden: expected a seed from 1, found 0")
	case c.hidden != 0 && (c.fc != "" || c.bold != ""):
		return errors.New("-hidden makes the FC: it goes without -fc and -bold")
	case c.bold == "" && (c.columns != "" || c.censor != ""):
		return errors.New("-columns and -censor belong to -bold")
	case c.censor != "" && strings.Contains(c.bold, ","):
		return errors.New("-censor is for one recording, found several in -bold")
	case given["tr"] && !(c.tr >= shortestTR && c.tr <= longestTR):
		return fmt.Errorf("expected -tr between %g and %g s, found %g (milliseconds?)", shortestTR, longestTR, c.tr)
	case !(c.minutes >= 1) || c.minutes > 1000:
		return fmt.Errorf("expected -minutes from 1 to 1000, found %g", c.minutes)
	case !(c.dt > 0) || c.dt > 1:
		return fmt.Errorf("expected -dt above 0 and up to 1 ms, found %g", c.dt)
	case !(c.speed > 0):
		return fmt.Errorf("expected -speed above 0 m/s, found %g", c.speed)
	case !(c.rate > 0) || c.rate > 50:
		return fmt.Errorf("expected -rate from 0 to 50 Hz, found %g", c.rate)
	case c.seeds < 1 || c.iterations < 1 || c.rounds < 1 || c.refine < -1 || c.folds < 0 || c.folds == 1:
		return errors.New("expected -seeds, -iterations and -rounds ≥ 1, -refine ≥ 0 and -folds 0 or ≥ 2")
	case c.low < 0 || c.high < 0 || c.high > 0 && c.low >= c.high:
		return fmt.Errorf("expected 0 ≤ -low < -high, found %g and %g Hz", c.low, c.high)
	case c.out == "":
		return errors.New("-out needs a directory, found nothing")
	}
	var err error
	if c.values, err = parseCouplings(c.couplings); err != nil {
		return err
	}
	c.censored, err = parseVolumes(c.censor)
	return err
}

// parseCouplings reads from:to:number, or a list.
func parseCouplings(text string) ([]float64, error) {
	if text == "" {
		return nil, nil
	}
	fail := fmt.Errorf("-couplings %q: expected from:to:number, such as 0.1:1:10, or a rising list with commas, of numbers ≥ 0", text)
	numbers := func(fields []string) (list []float64, ok bool) {
		for _, f := range fields {
			v, err := strconv.ParseFloat(strings.TrimSpace(f), 64)
			if err != nil || !(v >= 0) || math.IsInf(v, 0) {
				return nil, false
			}
			list = append(list, v)
		}
		return list, true
	}
	if fields := strings.Split(text, ":"); len(fields) == 3 {
		v, ok := numbers(fields)
		if !ok || v[2] != math.Trunc(v[2]) || v[2] < 2 || v[2] > 1000 || v[0] >= v[1] {
			return nil, fail
		}
		var list []float64
		for k := range int(v[2]) {
			x := v[0] + (v[1]-v[0])*float64(k)/(v[2]-1)
			short, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
			list = append(list, short)
		}
		return list, nil
	}
	list, ok := numbers(strings.Split(text, ","))
	for k := range list {
		ok = ok && (k == 0 || list[k] > list[k-1])
	}
	if !ok {
		return nil, fail
	}
	return list, nil
}

// parseVolumes reads volumes from 1, as indices from 0.
func parseVolumes(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	var list []int
	for _, field := range strings.Split(text, ",") {
		v, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || v < 1 || len(list) > 0 && v-1 <= list[len(list)-1] {
			return nil, fmt.Errorf("-censor: expected rising numbers of volumes from 1, found %q", field)
		}
		list = append(list, v-1)
	}
	return list, nil
}
