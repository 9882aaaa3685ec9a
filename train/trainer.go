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
	trained, err := t.finish(t.interruption(t.run()))
	return trained, errors.Join(err, t.close())
}

// trainer is a training that is going on.
type trainer struct {
	TaskSettings
	ctx     context.Context
	task    *tasks.Task
	ceiling float64
	reads   []layers.Read

	network *layers.Unrolled
	problem *GraphProblem
	judge   *judge
	batch   *tasks.Batch
	penalty float64 // of the batch

	adam   *adamState
	saved  checkpoint
	since  losses // since the last evaluation
	halved int    // times, by the plateaus of the curve

	start    time.Time
	lastLine time.Time
	recorder *recorder
	results  *tasks.Results
	last     *Evaluation // after the last update, if none was due
}

func newTrainer(ctx context.Context, r *layers.Recurrent, task *tasks.Task, settings TaskSettings) (*trainer, error) {
	settings, err := settings.withDefaults(r)
	if err != nil {
		return nil, err
	}
	t := &trainer{TaskSettings: settings, ctx: ctx, task: task, reads: r.Settings().Cell.Reads, start: time.Now()}
	steps := 0
	for _, stage := range append([]*tasks.Task{task}, t.Curriculum...) {
		if err := fits(r, stage); err != nil {
			return nil, err
		}
		steps = max(steps, stage.MaxSteps())
	}
	t.ceiling = task.Ceiling()
	run := graph.Run{Precision: t.Precision, MemoryBudget: t.MemoryBudget, NonFinite: graph.MaskLane}
	if err := t.build(r, steps, run); err != nil {
		return nil, err
	}
	if t.judge, err = newJudge(ctx, r, steps, t.Trials, run); err != nil {
		return nil, errors.Join(err, t.problem.Close())
	}
	t.adam = newAdamState(t.problem.Values())
	err = t.resume()
	if err == nil { // or else files that are in use would be replaced
		err = t.record()
	}
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

// build makes the graph of the loss and its gradient.
func (t *trainer) build(r *layers.Recurrent, steps int, run graph.Run) (err error) {
	if t.Penalty.ofActivity() {
		for _, read := range t.reads {
			run.Record = append(run.Record, "cortex."+read.State)
		}
	}
	if t.network, err = r.Rollout(G.NewGraph(), steps, t.Batch, run); err != nil {
		return err
	}
	t.network.Rollout.SetContext(t.ctx)
	loss, err := t.lossNode()
	if err != nil {
		return err
	}
	if loss, err = t.penalised(loss); err != nil {
		return err
	}
	t.problem, err = NewGraphProblem(loss, t.network.Learnables())
	return err
}

func (t *trainer) close() error {
	return errors.Join(t.problem.Close(), t.judge.close(), t.recorder.close())
}

// run is the loop.
func (t *trainer) run() error {
	if t.unjudged() { // it was resumed
		if err := t.evaluate(); err != nil {
			return err
		}
	}
	if t.enough() {
		return errEnough
	}
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
		if t.enough() {
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

// unjudged says whether an evaluation is due that is not in the curve, because it was interrupted.
func (t *trainer) unjudged() bool {
	n := len(t.saved.Curve)
	return t.saved.Update > 0 && t.saved.Update%t.Every == 0 && (n == 0 || t.saved.Curve[n-1].Update != t.saved.Update)
}

// interruption is the context's error for what it has ended, without the words of the machine that was running.
func (t *trainer) interruption(err error) error {
	if cause := t.ctx.Err(); cause != nil && errors.Is(err, cause) {
		return cause
	}
	return err
}

// enough says whether the target is reached.
func (t *trainer) enough() bool { return t.Target > 0 && updatesTo(t.saved.Curve, t.Target) >= 0 }

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
	if method.Rate, err = t.rate(); err != nil {
		return err
	}
	method.step(t.adam, grad)
	t.saved.Update++
	if !t.LastValues {
		t.saved.Mean = averaged(t.saved.Mean, t.adam.X, t.saved.Update)
	}
	t.since = losses{t.since.Total + loss, t.since.Penalty + t.penalty, t.since.Count + 1}
	return nil
}

// values are those that are judged and kept.
func (t *trainer) values() []float64 {
	if t.saved.Mean == nil {
		return t.adam.X
	}
	return t.saved.Mean
}

// load gives the network the trials of the next update, and its noise.
func (t *trainer) load() error {
	first := t.saved.Update * t.Batch
	batch, err := t.stage().BatchIn(t.batch, tasks.Train, first, t.Batch)
	if err != nil {
		return err
	}
	if err := batch.PadTo(t.network.Steps); err != nil {
		return err
	}
	t.batch = batch
	if err := t.network.SetSeeds(seeds(t.Seed, tasks.Train, first, t.Batch)); err != nil {
		return err
	}
	return t.network.SetInput(batch.Inputs, batch.Steps)
}

// value is the loss of the batch with its gradient.
func (t *trainer) value(x, grad []float64) (float64, bool, error) {
	t.penalty = 0
	f, err := t.problem.Func(x, grad)
	if err != nil {
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
	if err := t.judgeStage(e); err != nil {
		return err
	}
	t.since = losses{}
	t.saved.Curve = append(t.saved.Curve, *e)
	t.halved = plateaus(t.saved.Curve, t.Plateau)
	return t.report(e)
}

// evaluation judges the network on trials that no evaluation before had.
func (t *trainer) evaluation() (*Evaluation, error) {
	results, err := t.judged(t.task)
	if err != nil {
		return nil, err
	}
	rate, err := t.rate()
	if err != nil {
		return nil, err
	}
	t.results = results
	n := math.Max(1, float64(t.since.Count))
	return &Evaluation{
		Update: t.saved.Update, Loss: t.since.Total / n, Penalty: t.since.Penalty / n, Accuracy: results.Accuracy, Ceiling: t.ceiling,
		Seconds: t.seconds(), Rate: rate, Stage: t.saved.Stage, results: results, state: t.state,
	}, nil
}

// judged are the results on the validation trials of the present evaluation.
func (t *trainer) judged(task *tasks.Task) (*tasks.Results, error) {
	return t.judge.results(task, t.values(), t.saved.Update/t.Every*t.Trials, t.Seed)
}

func (t *trainer) seconds() float64 { return t.saved.Seconds + time.Since(t.start).Seconds() }

func (t *trainer) report(e *Evaluation) error {
	if t.Log != nil {
		if err := json.NewEncoder(t.Log).Encode(e); err != nil {
			return fmt.Errorf("train: writing the log: %w", err)
		}
	}
	if err := t.recorder.add(e, t.state); err != nil {
		return err
	}
	if t.Progress != nil && (time.Since(t.lastLine) >= time.Second || t.saved.Update == t.Updates) {
		t.lastLine = time.Now()
		fmt.Fprintln(t.Progress, t.line(e))
	}
	if t.Callback != nil {
		return t.Callback(e)
	}
	return nil
}

// line shows an evaluation and the time that is left if all updates are made.
func (t *trainer) line(e *Evaluation) string {
	stage := ""
	if n := len(t.Curriculum); n > 0 {
		stage = fmt.Sprintf("  stage %d/%d", e.Stage+1, n+1)
	}
	left := e.Seconds / float64(e.Update) * float64(t.Updates-e.Update)
	return fmt.Sprintf("update %d/%d%s  loss %.4f  accuracy %.1f %% of %.1f %%  %.1f s, up to %.0f s left",
		e.Update, t.Updates, stage, e.Loss, 100*e.Accuracy, 100*e.Ceiling, e.Seconds, math.Ceil(left))
}
