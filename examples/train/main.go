// Command train trains a recurrent network of neural masses on a cognitive task.
//
//	go run ./examples/train                                        # 64 oscillators learn delayed match-to-sample
//	go run ./examples/train -task dpa -model wilsoncowan -units 32
//	go run ./examples/train -list
//
//	go run ./examples/train -task ctx -out DIR                     # curve, picture, TensorBoard, checkpoint
//
// Each update is a step of Adam on the loss of a fresh batch; every five updates the network is judged
// on 512 fresh validation trials. With -json the output is one object per evaluation and a last one
// with the summary, and everything else goes to standard error. Ctrl-C writes a checkpoint and says how
// to go on.
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
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
)

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
	settings, err := c.settings(task, stdout, stderr)
	if err != nil {
		return err
	}
	trained, err := train.Train(ctx, network, task, settings)
	if trained == nil {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return errors.Join(err, c.interrupted(stderr, trained))
	}
	return errors.Join(err, c.report(stdout, task, trained))
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

// usualStep is the task step in ms, unless another is asked for.
const usualStep = 40

// newTask makes the task, with its own step where the usual one is too long.
func (c *config) newTask() (*tasks.Task, error) {
	timing := tasks.Timing{Dt: c.dt}
	if c.dt == 0 {
		timing.Dt = usualStep
	}
	task, err := tasks.New(c.task, timing)
	if err != nil && c.dt == 0 {
		if own, ownErr := tasks.New(c.task, tasks.Timing{}); ownErr == nil {
			task, err = own, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return task.Seeded(c.seed), nil
}

// build makes the task and the network.
func (c *config) build() (*tasks.Task, *layers.Recurrent, error) {
	task, err := c.newTask()
	if err != nil {
		return nil, nil, err
	}
	cell, err := layers.CellByName(c.model)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range strings.FieldsFunc(c.learn, func(r rune) bool { return r == ',' }) {
		cell.Learn[name] = nmm.Free
	}
	settings := layers.RecurrentSettings{Cell: cell, Units: c.units, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: c.seed, MaxDelay: c.delays}
	if c.dale {
		settings.Dale = &layers.Dale{Inhibitory: c.inhibitory}
	}
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
