package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/tasks"
)

func mustTask(t testing.TB, name string, dt float64) *tasks.Task {
	t.Helper()
	task, err := tasks.New(name, tasks.Timing{Dt: dt})
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func mustNetwork(t testing.TB, model string, task *tasks.Task, units int) *layers.Recurrent {
	t.Helper()
	cell, err := layers.CellByName(model)
	if err != nil {
		t.Fatal(err)
	}
	r, err := layers.NewRecurrent(layers.RecurrentSettings{
		Cell: cell, Units: units, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: 1, LearnInitial: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An oscillator network learns delayed match-to-sample well within the updates of the reference.
func TestHORNLearnsDelayedMatch(t *testing.T) {
	task := mustTask(t, "dms", 40)
	network := mustNetwork(t, "horn", task, 64)
	var log bytes.Buffer
	done, err := Train(context.Background(), network, task, TaskSettings{Updates: 125, Target: 0.99, Precision: graph.Float32, Seed: 1, Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	if to := done.UpdatesTo(0.99); to < 0 || to > 125 || done.Reason != "target reached" {
		t.Errorf("99 %% after %d updates, accuracy %v (%s)", to, done.Accuracy, done.Reason)
	}
	if lines := bytes.Count(log.Bytes(), []byte("\n")); lines != len(done.Curve) {
		t.Errorf("the log has %d lines for %d evaluations", lines, len(done.Curve))
	}
	// the network has what was learned: a new training starts at the target
	again, err := Train(context.Background(), network, task, TaskSettings{Updates: 1, Method: Adam{Rate: 1e-12}})
	if err != nil {
		t.Fatal(err)
	}
	if again.Accuracy < 0.97 {
		t.Errorf("the trained network has an accuracy of %v", again.Accuracy)
	}
}

// short is a training of a network with noise, of few updates.
func short(t *testing.T, settings TaskSettings) *Trained {
	t.Helper()
	task := mustTask(t, "interval", 80)
	cell := layers.RateCell()
	cell.Noise = map[string]float64{"r": 0.01}
	r, err := layers.NewRecurrent(layers.RecurrentSettings{Cell: cell, Units: 12, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	settings.Batch, settings.Trials, settings.Every, settings.Seed = 8, 16, 3, 4
	done, err := Train(context.Background(), r, task, settings)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func same(t *testing.T, what string, a, b *Trained) {
	t.Helper()
	if len(a.Curve) != len(b.Curve) {
		t.Fatalf("%s: %d evaluations, expected %d", what, len(b.Curve), len(a.Curve))
	}
	for i := range a.Curve {
		p, q := a.Curve[i], b.Curve[i]
		if p.Update != q.Update || p.Loss != q.Loss || p.Accuracy != q.Accuracy {
			t.Errorf("%s: update %d: loss %v, accuracy %v; expected %v, %v", what, p.Update, q.Loss, q.Accuracy, p.Loss, p.Accuracy)
		}
	}
}

// A training that was interrupted while it was judged has that evaluation when it goes on.
func TestInterruptedEvaluation(t *testing.T) {
	task := mustTask(t, "gonogo", 100)
	s := TaskSettings{Updates: 4, Batch: 4, Trials: 8, Every: 2}
	whole, err := Train(context.Background(), mustNetwork(t, "horn", task, 4), task, s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	tr, err := newTrainer(ctx, mustNetwork(t, "horn", task, 4), task, s)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.close()
	for range 2 {
		if err := tr.update(make([]float64, len(tr.adam.X))); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := tr.evaluate(); !errors.Is(err, context.Canceled) {
		t.Fatalf("expected an interrupted evaluation, found %v", err)
	}
	if s.Resume, err = tr.state(); err != nil {
		t.Fatal(err)
	}
	resumed, err := Train(context.Background(), mustNetwork(t, "horn", task, 4), task, s)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "resumed", whole, resumed)
}

func TestTrainingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	task := mustTask(t, "gonogo", 100)
	done, err := Train(ctx, mustNetwork(t, "horn", task, 4), task, TaskSettings{Batch: 4, Trials: 8, Every: 1, Callback: func(e *Evaluation) error {
		if e.Update == 2 {
			cancel()
		}
		return nil
	}})
	if !errors.Is(err, context.Canceled) || done == nil || done.Updates != 2 || len(done.Curve) != 2 {
		t.Errorf("error %v, found %+v", err, done)
	}
}

func TestUpdatesTo(t *testing.T) {
	var curve []Evaluation
	for i, a := range []float64{0.5, 0.9, 0.91, 0.7, 0.8, 0.85, 0.9, 0.95} {
		curve = append(curve, Evaluation{Update: 5 * (i + 1), Accuracy: a, Ceiling: 1})
	}
	found := []int{updatesTo(curve, 0.8), updatesTo(curve, 0.85), updatesTo(curve, 0.9), updatesTo(curve, 0.5)}
	if !slices.Equal(found, []int{25, 30, -1, 5}) {
		t.Errorf("expected 25, 30, -1, 5, found %v", found)
	}
}

func TestTrainErrors(t *testing.T) {
	task := mustTask(t, "gonogo", 100)
	r := mustNetwork(t, "horn", task, 4)
	for name, err := range map[string]error{
		"another task's network": trainError(r, mustTask(t, "ctx", 100), TaskSettings{}),
		"a negative batch":       trainError(r, task, TaskSettings{Batch: -1}),
		"a target of NaN":        trainError(r, task, TaskSettings{Target: math.NaN()}),
		"a negative rate":        trainError(r, task, TaskSettings{Method: Adam{Rate: -1}}),
		"a negative penalty":     trainError(r, task, TaskSettings{Penalty: Penalty{WeightL1: -1}}),
		"a bad schedule":         trainError(r, task, TaskSettings{Schedule: func(int) float64 { return math.NaN() }}),
		"a file as directory":    trainError(r, task, TaskSettings{Dir: "doc.go"}),
		"a spoilt checkpoint":    trainError(r, task, TaskSettings{Resume: []byte("{")}),
	} {
		if err == nil {
			t.Errorf("%s: expected an error", name)
		}
	}
}

// A saved training goes on with the settings it was made with.
func TestResumeErrors(t *testing.T) {
	task := mustTask(t, "gonogo", 100)
	r := mustNetwork(t, "horn", task, 4)
	s := TaskSettings{Updates: 1, Batch: 4, Trials: 8}
	done, err := Train(context.Background(), r, task, s)
	if err != nil {
		t.Fatal(err)
	}
	s.Updates, s.Resume = 2, done.State
	if err := trainError(r, task, s); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*TaskSettings){
		"batch: expected 5":      func(s *TaskSettings) { s.Batch = 5 },
		"seed: expected 1":       func(s *TaskSettings) { s.Seed = 1 },
		"curriculum: expected 1": func(s *TaskSettings) { s.Curriculum = []*tasks.Task{task} },
		"numbers":                func(s *TaskSettings) { s.Resume = bytes.Replace(s.Resume, []byte(`"mean":[`), []byte(`"mean":[0,`), 1) },
	} {
		other := s
		change(&other)
		if err := trainError(r, task, other); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("expected an error with %q, found %v", name, err)
		}
	}
}

func trainError(r *layers.Recurrent, task *tasks.Task, s TaskSettings) error {
	_, err := Train(context.Background(), r, task, s)
	return err
}

func TestCosine(t *testing.T) {
	c := Cosine(100, 0.1)
	for update, want := range map[int]float64{0: 1, 50: 0.55, 100: 0.1, 150: 0.1} {
		if got := c(update); math.Abs(got-want) > 1e-15 {
			t.Errorf("update %d: expected %v, found %v", update, want, got)
		}
	}
}

func TestWarmup(t *testing.T) {
	w := Warmup(4, Cosine(100, 0))
	for update, want := range map[int]float64{0: 0.25, 3: Cosine(100, 0)(3), 50: 0.5} {
		if got := w(update); math.Abs(got-want) > 1e-3 {
			t.Errorf("update %d: expected %v, found %v", update, want, got)
		}
	}
}

// Two evaluations in a row without a lower loss halve the rate; a new stage begins anew.
func TestPlateaus(t *testing.T) {
	var curve []Evaluation
	for i, loss := range []float64{3, 2, 2.5, 2, 1, 1.5, 0.9, 4, 5, 3, 3.5, 3.2} {
		curve = append(curve, Evaluation{Loss: loss, Stage: i / 7})
	}
	found := []int{}
	for n := range curve {
		found = append(found, plateaus(curve[:n+1], 2))
	}
	if !slices.Equal(found, []int{0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2}) {
		t.Errorf("found %v", found)
	}
	if plateaus(curve, 0) != 0 {
		t.Error("a patience of 0 halves")
	}
}

// Halvings change the rate of what follows, in a resumed training too.
func TestPlateausHalveTheRate(t *testing.T) {
	s := TaskSettings{Updates: 30, Plateau: 1, Method: Adam{Rate: 0.3}}
	whole := short(t, s)
	for i, e := range whole.Curve {
		if want := 0.3 * math.Pow(0.5, float64(plateaus(whole.Curve[:i], 1))); e.Rate != want {
			t.Errorf("update %d: expected a rate of %v, found %v", e.Update, want, e.Rate)
		}
	}
	if plateaus(whole.Curve, 1) == 0 {
		t.Fatal("the loss fell at every evaluation")
	}
	s.Updates = 19
	s, part := TaskSettings{Updates: 30, Plateau: 1, Method: s.Method}, short(t, s)
	s.Resume = part.State
	same(t, "resumed", whole, short(t, s))
}

// Steps that are far too long are taken back and shortened, until the network is finite again.
func TestStepsThatAreNotFiniteAreTakenBack(t *testing.T) {
	task := mustTask(t, "gonogo", 100)
	cell := layers.HORNCell()
	cell.Learn["omega"] = nmm.Free // oscillators of ω > 2 explode
	r, err := layers.NewRecurrent(layers.RecurrentSettings{Cell: cell, Units: 8, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := newTrainer(context.Background(), r, task, TaskSettings{Updates: 20, Batch: 8, Trials: 8, Method: Adam{Rate: 1e12}})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.close()
	if err := tr.run(); err != nil {
		t.Fatal(err)
	}
	if tr.adam.Scale >= 1 || tr.saved.Update != 20 || !allFinite(tr.adam.X) {
		t.Errorf("after %d updates: part of a step %v, finite %v", tr.saved.Update, tr.adam.Scale, allFinite(tr.adam.X))
	}
}

// A schedule scales the rate of its update: a half of it all the way is half the rate.
func TestScheduleScalesTheRate(t *testing.T) {
	half := short(t, TaskSettings{Updates: 6, Method: Adam{Rate: 0.02}, Schedule: func(int) float64 { return 0.5 }})
	same(t, "half the rate", short(t, TaskSettings{Updates: 6, Method: Adam{Rate: 0.01}}), half)
}
