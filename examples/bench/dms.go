package main

import (
	"context"
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
)

// dmsCase is a network of harmonic oscillators that learns the delayed match to sample. Its update is one
// of train.Train: fresh trials, loss and gradient, clipping, Adam. Forward and gradient are of the loss of
// one batch.
var dmsCase = benchCase{
	name: "dms", about: "one update of train.Train: 64 oscillators on fresh trials of the delayed match, batch 64, float32, and update_us",
	usual: []string{"-n=64", "-lanes=64", "-steps=78", "-dtype=float32", "-delay=none", "-integrator=symplecticeuler", "-learned=weights,parameters"},
	model: nmm.HORN, couple: func() *layers.Coupling { return layers.Couple("cortex.y", "cortex.y_in") },
	record: "cortex.x", dt: dmsStep,
	build: delayedMatch, more: measureUpdate, updates: true,
}

// dmsStep is the task's step, ms. A trial has dmsSteps of them, with the delay's usual length.
const dmsStep, dmsSteps, dmsDelay = 40.0, 78, 1000.0

// delayedMatch is the task and the network, and what is wanted of them. Trials of other lengths have
// another delay.
func delayedMatch(j *job, want settingsOf) (*problem, error) {
	task, err := tasks.New("dms", tasks.Timing{Dt: dmsStep, Epochs: map[string]float64{"delay": dmsDelay + dmsStep*float64(want.steps-dmsSteps)}})
	if err != nil {
		return nil, err
	}
	r, err := layers.NewRecurrent(layers.RecurrentSettings{Cell: layers.HORNCell(), Units: j.Regions, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: 1})
	if err != nil {
		return nil, err
	}
	run := graph.Run{MemoryBudget: j.Budget}
	if j.Dtype == "float32" {
		run.Precision = graph.Float32
	}
	if want.kind == update {
		return trainee(j, r, task, run)
	}
	return batchLoss(j, want, r, task, run)
}

// batchLoss is the cross-entropy of a batch.
func batchLoss(j *job, want settingsOf, r *layers.Recurrent, task *tasks.Task, run graph.Run) (*problem, error) {
	batch, err := task.Batch(tasks.Train, 0, j.Lanes)
	if err != nil {
		return nil, err
	}
	if batch.Steps != want.steps {
		return nil, fmt.Errorf("trials of %d steps were wanted, these have %d", want.steps, batch.Steps)
	}
	c := &classifier{problem: new(problem), g: G.NewGraph()}
	u, err := r.Rollout(c.g, want.steps, j.Lanes, run)
	if err != nil {
		return nil, err
	}
	if err := u.SetInput(batch.Inputs, batch.Steps); err != nil {
		return nil, err
	}
	c.roll, c.x = u.Rollout, u.Rollout.Node(u.Rollout.Recorded()[0])
	for _, n := range u.Learnables() {
		c.learned, c.names = append(c.learned, n), append(c.names, n.Name())
	}
	classes, weights := make([]float64, len(batch.Classes)), make([]float64, len(batch.Weights))
	for i, class := range batch.Classes {
		classes[i], weights[i] = float64(class), batch.Weights[i]/float64(j.Lanes)
	}
	logits := c.try(G.Reshape(u.Outputs, tensor.Shape{j.Lanes, want.steps, task.Outputs()}))
	loss := c.try(G.Sum(c.try(train.CrossEntropy(logits, c.value("labels", classes, j.Lanes, want.steps), c.value("weights", weights, j.Lanes, want.steps)))))
	if c.err != nil {
		return nil, c.err
	}
	return c.problem, c.compile(c.g, loss, want.kind)
}

// trainee is a training that goes on for one update whenever it is asked to: its schedule, which is asked
// once in every update, waits.
func trainee(j *job, r *layers.Recurrent, task *tasks.Task, run graph.Run) (*problem, error) {
	ctx, cancel := context.WithCancel(context.Background())
	next, reached := make(chan struct{}), make(chan error)
	settings := train.TaskSettings{
		Updates: math.MaxInt32, Every: math.MaxInt32, Batch: j.Lanes, Trials: 1, Precision: run.Precision, MemoryBudget: run.MemoryBudget,
		Schedule: func(int) float64 {
			reached <- nil
			<-next
			return 1
		},
	}
	go func() {
		defer close(reached)
		if _, err := train.Train(ctx, r, task, settings); ctx.Err() == nil {
			reached <- err
		}
	}()
	p := &problem{
		step: func() error {
			next <- struct{}{}
			return <-reached
		},
		stop: func() {
			cancel()
			close(next)
			for range reached {
			}
		},
	}
	return p, <-reached
}
