// Command signals simulates a brain and writes what fMRI, EEG and MEG would show of it.
//
// Without flags it simulates five minutes of 76 regions with the connectome, EEG and MEG gains of
// testdata/tvb76, as a network of Jansen-Rit columns near their alpha rhythm:
//
//	go run ./examples/signals
//	go run ./examples/signals -sc weights.csv -lengths lengths.csv -eeg gain.csv -out mine
//	go run ./examples/signals -sc weights.csv -centres centres.csv      # a sphere for a head
//
// For each of BOLD, EEG and MEG the directory -out gets the signal, its spectrum and its functional
// connectivity, as .npz and .csv with labels and units, and a picture of all three.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"
)

// config holds the flags.
type config struct {
	sc, lengths, centres, normals, axes string
	eeg, eegSensors, meg, megSensors    string
	model, reference, band, out         string
	duration, warmup, tr, keep          float64  // s
	rate, speed                         float64  // Hz, m/s
	coupling, noise, dipole             *float64 // nil: the model's own; nA·m
	eegNoise, megNoise                  float64  // µV, fT
	seed                                uint64
	json                                bool
	low, high                           float64 // Hz, the band
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "signals:", err)
		os.Exit(1)
	}
}

const (
	bundled = "testdata/tvb76"
	usage   = `signals simulates a brain and writes its BOLD, EEG and MEG, with spectra and functional
connectivity (FC), as .npz, .csv and .png.

Matrices are [to][from] and [sensor][region], as CSV. Gains count as V and T per A·m, which is what
boundary element programs write; -dipole says how large a region's dipole is. Channels that see
nothing are left out, and constant parts of EEG and MEG. Without -eeg and -meg,
and with the regions' centres, the head is three spheres with 21 electrodes of the 10-20 system and
100 magnetometers, and dipoles are radial, or along -normals, without which there is no MEG.

`
)

func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	f := flag.NewFlagSet("signals", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.sc, "sc", bundled, "connectome: a `file` of weights (.csv), or folder, .zip, .npz, .mat with all there is")
	f.StringVar(&c.lengths, "lengths", "", "tract lengths in mm, CSV `file`, beside weights in CSV")
	f.StringVar(&c.centres, "centres", "", "centres of the regions in mm, CSV `file` of x, y, z; default the connectome's")
	f.StringVar(&c.normals, "normals", "", "directions of the regions' dipoles, CSV `file` of x, y, z; default the connectome's, or else radial")
	f.StringVar(&c.axes, "axes", "", "directions of x, y, z of -centres: RAS (right, anterior, superior), ALS and so on; default by the hemispheres")
	f.StringVar(&c.eeg, "eeg", "", "EEG gain, CSV `file`, sensors × regions")
	f.StringVar(&c.eegSensors, "eeg-sensors", "", "names of the sensors of -eeg, first column of a CSV `file` with a header")
	f.StringVar(&c.meg, "meg", "", "MEG gain, CSV `file`, sensors × regions")
	f.StringVar(&c.megSensors, "meg-sensors", "", "names of the sensors of -meg, as -eeg-sensors")
	f.StringVar(&c.model, "model", "jansenrit", "model of a region: "+strings.Join(recipeNames(), ", "))
	f.Float64Var(&c.duration, "duration", 300, "simulated time, `s`")
	f.Float64Var(&c.warmup, "warmup", 40, "simulated time before that, `s`: BOLD forgets its start in 30")
	f.Float64Var(&c.tr, "tr", 2, "repetition time of BOLD, `s`")
	f.Float64Var(&c.rate, "rate", 250, "sampling rate of EEG and MEG, `Hz`; samples are means over their time")
	f.Float64Var(&c.keep, "keep", 10, "the last `s` of EEG and MEG are written, 0: all; spectra and FC are of all")
	optional(f, &c.coupling, "coupling", "`strength` of the connections; default the model's")
	optional(f, &c.noise, "noise", "`amplitude` of the noise in the regions; default the model's")
	f.Float64Var(&c.speed, "speed", 7, "conduction speed, `m/s`")
	optional(f, &c.dipole, "dipole", "dipole of a region per unit of its source (mV with jansenrit), `nA·m`; default what makes EEG of the usual size")
	f.Float64Var(&c.eegNoise, "eeg-noise", 0.5, "noise of each EEG sensor, standard deviation of a sample in `µV`")
	f.Float64Var(&c.megNoise, "meg-noise", 30, "noise of each MEG sensor, standard deviation of a sample in `fT`")
	f.StringVar(&c.reference, "reference", "average", "EEG reference: average, none, or the name of a sensor")
	f.StringVar(&c.band, "band", "8:13", "band of the amplitudes whose FC is shown beside that of the signals, `Hz:Hz`")
	f.Uint64Var(&c.seed, "seed", 1, "seed of all noise")
	f.BoolVar(&c.json, "json", false, "end with one line holding a JSON object of the results")
	f.StringVar(&c.out, "out", "out", "write into this `directory`")
	f.Usage = func() {
		fmt.Fprint(stderr, usage)
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

// optional is a flag for a number of at least 0 that another default stands for.
func optional(f *flag.FlagSet, p **float64, name, usage string) {
	f.Func(name, usage, func(text string) error {
		v, err := strconv.ParseFloat(text, 64)
		if err == nil && !(v >= 0 && v <= 1e6) {
			err = errors.New("expected a number from 0 to 1e6")
		}
		*p = &v
		return err
	})
}

// or is the number given, or else the default.
func or(given *float64, byDefault float64) float64 {
	if given != nil {
		return *given
	}
	return byDefault
}

func (c *config) check() error {
	if !slices.Contains(recipeNames(), c.model) {
		return fmt.Errorf("-model %q: expected one of %s", c.model, strings.Join(recipeNames(), ", "))
	}
	for _, f := range []struct {
		name      string
		v, lowest float64
	}{
		{"duration", c.duration, 4}, {"warmup", c.warmup, 0}, {"tr", c.tr, 0.1}, {"rate", c.rate, 50}, {"keep", c.keep, 0},
		{"speed", c.speed, 0.1}, {"eeg-noise", c.eegNoise, 0}, {"meg-noise", c.megNoise, 0},
	} {
		if !(f.v >= f.lowest && f.v <= 1e6) {
			return fmt.Errorf("expected -%s from %g to 1e6, found %g", f.name, f.lowest, f.v)
		}
	}
	if _, err := fmt.Sscanf(c.band, "%g:%g", &c.low, &c.high); err != nil || !(c.low > 0 && c.low < c.high && c.high < c.rate/2) {
		return fmt.Errorf("-band %q: expected LOW:HIGH in Hz, below half of -rate", c.band)
	}
	if samples := int(c.duration / c.tr); samples < 10 {
		return fmt.Errorf("%g s have %d samples of BOLD every %g s: expected at least 10", c.duration, samples, c.tr)
	}
	if c.out == "" {
		return errors.New("-out needs a directory, found nothing")
	}
	return nil
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	began := time.Now()
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	b, err := load(c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.out, 0o777); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	fmt.Fprintln(stdout, b)
	activity, err := simulate(ctx, c, b, stderr)
	if err != nil {
		return err
	}
	r, err := measure(c, b, activity)
	if err != nil {
		return err
	}
	files, err := r.write(c.out)
	if err != nil {
		return err
	}
	r.Seconds = time.Since(began).Seconds()
	fmt.Fprint(stdout, r)
	fmt.Fprintf(stdout, "wrote %s: %s\n", c.out, strings.Join(files, ", "))
	if c.json {
		return r.writeJSON(stdout)
	}
	return nil
}
