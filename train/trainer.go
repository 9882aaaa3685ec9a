package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
	G "gorgonia.org/gorgonia"
)

// TaskSettings of a training on a task. Zeros are replaced by the values named.
type TaskSettings struct {
	Method   Adam                     // rate 0.01, clipped at norm 1
	Schedule func(update int) float64 // factor of the rate; nil: 1
	Updates  int                      // at most, counted from the beginning; 300
	Batch    int                      // trials per update; 64
	Seed     uint64                   // of the network's noise; the trials' is the task's

	Every  int     // updates between evaluations; 5
	Trials int     // fresh validation trials per evaluation; 512
	Target float64 // accuracy, as a part of the ceiling, at which training stops; 0: none

	Precision    graph.Precision
	MemoryBudget int64

	// Progress, if not nil, gets a line per second at most, and the last. Log gets each evaluation as a
	// line of JSON.
	Progress io.Writer
	Log      io.Writer
	// Callback, if not nil, is called after every evaluation; its error ends the training and is
	// returned with what there is. [ErrStop] ends it without one.
	Callback func(*Evaluation) error
	// Resume continues from what Trained.State or Evaluation.State gave, to the same bits.
	Resume []byte
}

// inARow is how many evaluations in a row have to reach an accuracy for it to count.
const inARow = 3

// Evaluation is the state of a training at an evaluation.
type Evaluation struct {
	Update   int     `json:"update"`
	Loss     float64 `json:"loss"` // mean over the updates since the last evaluation
	Accuracy float64 `json:"accuracy"`
	Ceiling  float64 `json:"ceiling"`
	Seconds  float64 `json:"seconds"` // of training, evaluations included

	results *tasks.Results
	state   func() ([]byte, error)
}

// Results are the accuracies by condition.
func (e *Evaluation) Results() *tasks.Results { return e.results }

// State is what TaskSettings.Resume takes.
func (e *Evaluation) State() ([]byte, error) { return e.state() }

// Trained is what a training has come to.
type Trained struct {
	Updates    int
	Accuracy   float64 // at the last evaluation
	Ceiling    float64
	Parameters int // numbers that learned
	Seconds    float64
	Curve      []Evaluation
	Results    *tasks.Results // of the last evaluation, by condition
	Reason     string         // why it ended
	State      []byte         // for TaskSettings.Resume
}

// UpdatesTo is the first of three evaluations in a row at or above part of the ceiling, or -1.
func (t *Trained) UpdatesTo(part float64) int { return updatesTo(t.Curve, part) }

func updatesTo(curve []Evaluation, part float64) int {
	row := 0
	for i, e := range curve {
		if row++; e.Accuracy < part*e.Ceiling {
			row = 0
		}
		if row == inARow {
			return curve[i-inARow+1].Update
		}
	}
	return -1
}

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

func (s TaskSettings) withDefaults() (TaskSettings, error) {
	if s.Updates < 0 || s.Batch < 0 || s.Every < 0 || s.Trials < 0 || s.Target < 0 {
		return s, fmt.Errorf("train: expected no negative setting, found updates %d, batch %d, every %d, trials %d, target %g", s.Updates, s.Batch, s.Every, s.Trials, s.Target)
	}
	for _, d := range []struct {
		field *int
		value int
	}{{&s.Updates, 300}, {&s.Batch, 64}, {&s.Every, 5}, {&s.Trials, 512}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if s.Method.ClipNorm == 0 {
		s.Method.ClipNorm = 1
	}
	s.Method = s.Method.withDefaults()
	return s, nil
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

// fits says whether the network has the task's inputs and outputs.
func fits(r *layers.Recurrent, task *tasks.Task) error {
	if err := task.Err(); err != nil {
		return err
	}
	s := r.Settings()
	if s.Inputs != task.Inputs() || s.Outputs != task.Outputs() || s.Dt != task.Dt() {
		return fmt.Errorf("train: expected a network for task %s, with %d inputs, %d outputs and a step of %g ms; found %d, %d and %g ms",
			task.Name(), task.Inputs(), task.Outputs(), task.Dt(), s.Inputs, s.Outputs, s.Dt)
	}
	return nil
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

// finish gives the network its values.
func (t *trainer) finish(err error) (*Trained, error) {
	done := &Trained{
		Updates: t.saved.Update, Ceiling: t.ceiling, Parameters: len(t.adam.X), Seconds: t.seconds(), Curve: t.saved.Curve, Results: t.results, Reason: "all updates done",
	}
	if t.last != nil {
		done.Curve = append(done.Curve[:len(done.Curve):len(done.Curve)], *t.last)
	}
	if n := len(done.Curve); n > 0 {
		done.Accuracy = done.Curve[n-1].Accuracy
	}
	switch {
	case errors.Is(err, errEnough):
		done.Reason, err = "target reached", nil
	case errors.Is(err, ErrStop):
		done.Reason, err = ErrStop.Error(), nil
	case err != nil:
		done.Reason = err.Error()
	}
	state, stateErr := t.state()
	done.State = state
	return done, errors.Join(err, stateErr, t.problem.SetValues(t.adam.X), t.network.Keep())
}
