package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
	G "gorgonia.org/gorgonia"
)

// Train trains a recurrent network on a task: each update is a step of Adam on the task's loss on a
// fresh batch of trials, its lanes. The network has the trained values afterwards, also when the
// training ends early by its context or by an error. Same settings, same bits, at any GOMAXPROCS.
func Train(ctx context.Context, r *layers.Recurrent, task *tasks.Task, settings TaskSettings) (*Trained, error) {
	t, err := newTrainer(ctx, r, task, settings)
	if err != nil {
		return nil, err
	}
	trained, err := t.finish(t.run())
	return trained, errors.Join(err, t.close())
}

// trainer is a training that is going on.
type trainer struct {
	TaskSettings
	ctx     context.Context
	task    *tasks.Task
	ceiling float64

	network *layers.Unrolled
	problem *GraphProblem
	judge   *judge
	batch   *tasks.Batch

	adam  *adamState
	saved checkpoint
	since sum // of the losses since the last evaluation

	start    time.Time
	lastLine time.Time
	results  *tasks.Results
	last     *Evaluation // after the last update, if none was due
}

func newTrainer(ctx context.Context, r *layers.Recurrent, task *tasks.Task, settings TaskSettings) (*trainer, error) {
	settings, err := settings.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := fits(r, task); err != nil {
		return nil, err
	}
	t := &trainer{TaskSettings: settings, ctx: ctx, task: task, ceiling: task.Ceiling(), start: time.Now()}
	run := graph.Run{Precision: t.Precision, MemoryBudget: t.MemoryBudget, NonFinite: graph.MaskLane}
	g := G.NewGraph()
	if t.network, err = r.Rollout(g, task.MaxSteps(), t.Batch, run); err != nil {
		return nil, err
	}
	t.network.Rollout.SetContext(ctx)
	loss, err := t.lossNode()
	if err != nil {
		return nil, err
	}
	if t.problem, err = NewGraphProblem(loss, t.network.Learnables()); err != nil {
		return nil, err
	}
	if t.judge, err = newJudge(ctx, r, task, t.Trials, run); err != nil {
		return nil, errors.Join(err, t.problem.Close())
	}
	t.adam = newAdamState(t.problem.Values())
	if t.Resume != nil {
		if err := t.resume(); err != nil {
			return nil, errors.Join(err, t.close())
		}
	}
	return t, nil
}

func (t *trainer) close() error { return errors.Join(t.problem.Close(), t.judge.close()) }

// run is the loop.
func (t *trainer) run() error {
	grad := make([]float64, len(t.adam.X))
	for t.saved.Update < t.Updates {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		if err := t.update(grad); err != nil {
			return err
		}
		if t.saved.Update%t.Every != 0 {
			continue
		}
		if err := t.evaluate(); err != nil {
			return err
		}
		if t.Target > 0 && updatesTo(t.saved.Curve, t.Target) >= 0 {
			return errEnough
		}
	}
	if t.saved.Update%t.Every == 0 {
		return nil
	}
	last, err := t.evaluation() // not part of what is saved: a longer training would not have made it
	if err != nil {
		return err
	}
	t.last = last
	return t.report(last)
}

// update makes a step on the next batch.
func (t *trainer) update(grad []float64) error {
	if err := t.load(); err != nil {
		return err
	}
	loss, err := t.adam.evaluateOrBackOff(t.value, grad)
	if err != nil {
		return err
	}
	method := t.Method
	if t.Schedule != nil {
		method.Rate *= t.Schedule(t.saved.Update)
	}
	method.step(t.adam, grad)
	t.saved.Update++
	t.since.Total, t.since.Count = t.since.Total+loss, t.since.Count+1
	return nil
}

// load gives the network the trials of the next update, and its noise.
func (t *trainer) load() error {
	first := t.saved.Update * t.Batch
	batch, err := t.task.Batch(tasks.Train, first, t.Batch)
	if err != nil {
		return err
	}
	if err := batch.PadTo(t.network.Steps); err != nil {
		return err
	}
	t.batch = batch
	t.network.SetSeeds(seeds(t.Seed, tasks.Train, first, t.Batch))
	return t.network.SetInput(batch.Inputs, batch.Steps)
}

// value is the loss of the batch with its gradient.
func (t *trainer) value(x, grad []float64) (float64, bool, error) {
	f, err := t.problem.Func(x, grad)
	if err != nil {
		if cause := t.ctx.Err(); cause != nil {
			err = cause
		}
		return f, false, err
	}
	return f, isFinite(f) && allFinite(grad) && !slices.Contains(t.network.Rollout.Masked(), true), nil
}

// evaluate judges the network and takes that into the curve.
func (t *trainer) evaluate() error {
	e, err := t.evaluation()
	if err != nil {
		return err
	}
	t.since = sum{}
	t.saved.Curve = append(t.saved.Curve, *e)
	return t.report(e)
}

// evaluation judges the network on trials that no evaluation before had.
func (t *trainer) evaluation() (*Evaluation, error) {
	results, err := t.judge.results(t.adam.X, t.saved.Update/t.Every*t.Trials, t.Seed)
	if err != nil {
		return nil, err
	}
	t.results = results
	return &Evaluation{
		Update: t.saved.Update, Loss: t.since.Total / math.Max(1, float64(t.since.Count)), Accuracy: results.Accuracy, Ceiling: t.ceiling,
		Seconds: t.seconds(), results: results, state: t.state,
	}, nil
}

func (t *trainer) seconds() float64 { return t.saved.Seconds + time.Since(t.start).Seconds() }

func (t *trainer) report(e *Evaluation) error {
	if t.Log != nil {
		if err := json.NewEncoder(t.Log).Encode(e); err != nil {
			return fmt.Errorf("train: writing the log: %w", err)
		}
	}
	if t.Progress != nil && (time.Since(t.lastLine) >= time.Second || t.saved.Update == t.Updates) {
		t.lastLine = time.Now()
		left := e.Seconds / float64(e.Update) * float64(t.Updates-e.Update)
		fmt.Fprintf(t.Progress, "update %d/%d  loss %.4f  accuracy %.1f %% of %.1f %%  %.1f s, up to %.0f s left\n",
			e.Update, t.Updates, e.Loss, 100*e.Accuracy, 100*e.Ceiling, e.Seconds, math.Ceil(left))
	}
	if t.Callback != nil {
		return t.Callback(e)
	}
	return nil
}
