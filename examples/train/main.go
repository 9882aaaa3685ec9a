// Command train trains a recurrent network of neural masses on a cognitive task.
//
//	go run ./examples/train                                        # 64 oscillators learn delayed match-to-sample
//	go run ./examples/train -task dpa -model wilsoncowan -units 32
//	go run ./examples/train -list
//
// Each update is a step of Adam on the loss of a fresh batch; every five updates the network is judged
// on 512 fresh validation trials. With -json the output is one object per evaluation and a last one
// with the summary, and everything else goes to standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"strings"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
)

// config holds the flags.
type config struct {
	task, model, resume, out, dtype string
	connectome, learn               string
	units, updates, batch           int
	rate, target, dt, speed         float64
	seed                            uint64
	json, list, cosine              bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.task, "task", "dms", "`name` of the task, see -list")
	f.StringVar(&c.model, "model", "horn", "`name` of the model, see -list")
	f.IntVar(&c.units, "units", 64, "regions of the network")
	f.IntVar(&c.updates, "updates", 300, "updates at most, counted from the beginning")
	f.IntVar(&c.batch, "batch", 64, "trials per update")
	f.Float64Var(&c.rate, "lr", 0, "rate of Adam; 0: the model's own")
	f.BoolVar(&c.cosine, "cosine", false, "lower the rate to 0 along half a cosine over -updates, for tasks that noise bounds")
	f.Uint64Var(&c.seed, "seed", 1, "seed of the weights, the trials and the noise")
	f.Float64Var(&c.target, "target", 0.99, "part of the ceiling at which training stops, three evaluations in a row; 0: never")
	f.Float64Var(&c.dt, "dt", 40, "task step, `ms`; tasks that come in samples have their own")
	f.StringVar(&c.dtype, "dtype", "float32", "`type` of the solve's numbers, float32 or float64")
	f.StringVar(&c.connectome, "connectome", "", "connections and delays of this connectome of The Virtual Brain, a `folder` or zip, a unit per region")
	f.StringVar(&c.learn, "learn", "", "more parameters of the model that learn, one value per unit, `A,B`")
	f.Float64Var(&c.speed, "speed", 3, "conduction speed of -connectome, `m/s`")
	f.StringVar(&c.resume, "resume", "", "go on from this checkpoint `file`, with the flags it was made with")
	f.BoolVar(&c.json, "json", false, "one JSON object per evaluation, and a last one with the summary")
	f.BoolVar(&c.list, "list", false, "list tasks and models")
	f.StringVar(&c.out, "out", "", "write checkpoint and curve into this `directory`")
	f.Usage = func() {
		fmt.Fprint(stderr, "train trains a recurrent network of neural masses on a cognitive task.\n\n")
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

func (c *config) check() error {
	switch {
	case c.units < 1 || c.updates < 1 || c.batch < 1:
		return fmt.Errorf("expected -units, -updates and -batch above 0, found %d, %d, %d", c.units, c.updates, c.batch)
	case !(c.rate >= 0) || !(c.target >= 0) || c.target > 1 || !(c.dt > 0) || !(c.speed > 0):
		return fmt.Errorf("expected -lr ≥ 0, -target between 0 and 1, -dt > 0, -speed > 0, found %g, %g, %g, %g", c.rate, c.target, c.dt, c.speed)
	case c.dtype != "float32" && c.dtype != "float64":
		return fmt.Errorf("-dtype %q: expected float32 or float64", c.dtype)
	}
	return nil
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if c.list {
		list(stdout)
		return nil
	}
	task, network, err := c.build()
	if err != nil {
		return err
	}
	settings, err := c.settings(stdout, stderr)
	if err != nil {
		return err
	}
	trained, err := train.Train(ctx, network, task, settings)
	if trained == nil {
		return err
	}
	return errors.Join(err, c.save(trained), c.report(stdout, trained))
}

func list(w io.Writer) {
	fmt.Fprintln(w, "tasks:")
	for _, name := range tasks.Names() {
		fmt.Fprintln(w, " ", name)
	}
	fmt.Fprintln(w, "  yang:RULE,RULE,…  of", tasks.YangRules())
	fmt.Fprintln(w, "models:")
	for _, name := range layers.CellNames() {
		fmt.Fprintln(w, " ", name)
	}
}

// build makes the task and the network.
func (c *config) build() (*tasks.Task, *layers.Recurrent, error) {
	timing := tasks.Timing{Dt: c.dt}
	task, err := tasks.New(c.task, timing)
	if err != nil {
		return nil, nil, err
	}
	task = task.Seeded(c.seed)
	cell, err := layers.CellByName(c.model)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range strings.FieldsFunc(c.learn, func(r rune) bool { return r == ',' }) {
		cell.Learn[name] = nmm.Free
	}
	if c.rate == 0 {
		c.rate = cell.Rate
	}
	settings := layers.RecurrentSettings{Cell: cell, Units: c.units, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: c.seed}
	if c.connectome != "" {
		if err := c.constrain(&settings); err != nil {
			return nil, nil, err
		}
	}
	network, err := layers.NewRecurrent(settings)
	return task, network, err
}

// delayStep is the longest integration step in ms where there are delays of a few ms.
const delayStep = 10

// constrain takes connections and delays from the connectome.
func (c *config) constrain(s *layers.RecurrentSettings) error {
	brain, err := datasets.LoadTVB(c.connectome)
	if err != nil {
		return err
	}
	if brain.TractLengths == nil {
		return fmt.Errorf("%s: expected tract lengths, found none", c.connectome)
	}
	c.units = brain.Regions()
	s.Units, s.Mask, s.TractLengths, s.Speed = c.units, brain.Weights, brain.TractLengths, nmm.Q(c.speed, "m/s")
	s.Substeps = int(math.Ceil(s.Dt / delayStep))
	return nil
}

func (c *config) settings(stdout, stderr io.Writer) (train.TaskSettings, error) {
	s := train.TaskSettings{Method: train.Adam{Rate: c.rate}, Updates: c.updates, Batch: c.batch, Seed: c.seed, Target: c.target, Progress: stderr}
	if c.dtype == "float32" {
		s.Precision = graph.Float32
	}
	if c.cosine {
		s.Schedule = train.Cosine(c.updates, 0)
	}
	if c.json {
		s.Log = stdout
	}
	if c.resume != "" {
		var err error
		if s.Resume, err = os.ReadFile(c.resume); err != nil {
			return s, err
		}
	}
	return s, nil
}
