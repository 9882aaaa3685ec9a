package train

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/euryale-ml/euryale/layers"
)

// penalties are large, so that their gradients are not lost beside the loss's.
var penalties = Penalty{ActivityL1: 0.7, ActivityL2: 3, WeightL1: 0.05, WeightL2: 0.1}

// The gradient of loss and penalty, in trials of unequal length, with weights that are free, positive, and
// those of a mask.
func TestPenaltyGradient(t *testing.T) {
	task := mustTask(t, "interval", 100)
	for _, cell := range []*layers.Cell{layers.HORNCell(), layers.WilsonCowanCell(), layers.MontbrioPazoRoxinCell()} {
		tr, err := newTrainer(context.Background(), everythingLearns(t, cell, task), task, TaskSettings{Batch: 3, Trials: 3, Penalty: penalties})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.close()
		if err := tr.load(); err != nil {
			t.Fatal(err)
		}
		grad := make([]float64, len(tr.adam.X))
		if _, finite, err := tr.value(tr.adam.X, grad); err != nil || !finite {
			t.Fatalf("%v, finite %v", err, finite)
		}
		rng := rand.New(rand.NewPCG(5, 6))
		for _, b := range learnedBlocks(tr.network) {
			checkBlock(t, tr, b, grad, rng)
			grad = grad[b.size:]
		}
	}
}

// The penalty is what its definition says, of numbers that are found another way.
func TestPenaltyValue(t *testing.T) {
	task := mustTask(t, "interval", 100)
	r := mustNetwork(t, "horn", task, 5)
	tr, err := newTrainer(context.Background(), r, task, TaskSettings{Batch: 3, Trials: 3, Penalty: penalties})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.close()
	if err := tr.load(); err != nil {
		t.Fatal(err)
	}
	f, _, err := tr.value(tr.adam.X, make([]float64, len(tr.adam.X)))
	if err != nil {
		t.Fatal(err)
	}
	loss := tr.batch.Loss(tr.network.Outputs.Value().Data().([]float64))
	want := 0.0
	count := 0.0
	for _, n := range tr.batch.Lengths {
		count += float64(2 * 5 * n)
	}
	for _, state := range []string{"cortex.x", "cortex.y"} {
		v := tr.network.Rollout.Node(state).Value().Data().([]float64)
		for lane, n := range tr.batch.Lengths {
			for _, r := range v[lane*tr.network.Steps*5:][:n*5] {
				want += (0.7*math.Abs(r) + 3*r*r) / count
			}
		}
	}
	weights := 0
	for _, n := range tr.network.Learnables() {
		if name := n.Name(); len(n.Shape()) == 2 && name != "readout/bias" {
			for _, w := range n.Value().Data().([]float64) {
				want += 0.05*math.Abs(w) + 0.1*w*w
				weights++
			}
		}
	}
	if expected := 5*task.Inputs() + 5*5 + 2*5*task.Outputs(); weights != expected {
		t.Errorf("expected %d weights, found %d", expected, weights)
	}
	if math.Abs(f-loss-want) > 1e-12 || math.Abs(tr.penalty-want) > 1e-12 {
		t.Errorf("expected a penalty of %v, found %v in the loss and %v", want, f-loss, tr.penalty)
	}
}

// Weights and states are smaller where they are penalised.
func TestPenaltyShrinks(t *testing.T) {
	size := func(p Penalty) (weights, activity float64) {
		task := mustTask(t, "gonogo", 100)
		p.ActivityL2 = max(p.ActivityL2, 1e-12) // so that there are nodes of the states
		tr, err := newTrainer(context.Background(), mustNetwork(t, "horn", task, 8), task, TaskSettings{Updates: 20, Batch: 8, Trials: 8, Penalty: p})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.close()
		if err := tr.run(); err != nil {
			t.Fatal(err)
		}
		for _, w := range tr.weights() {
			weights += norm(w.Value().Data().([]float64))
		}
		return weights, norm(tr.network.Rollout.Node("cortex.x").Value().Data().([]float64))
	}
	weights, activity := size(Penalty{})
	if w, _ := size(Penalty{WeightL2: 1}); !(w < 0.9*weights) {
		t.Errorf("weights: %v with a penalty, %v without", w, weights)
	}
	if _, a := size(Penalty{ActivityL2: 1}); !(a < 0.9*activity) {
		t.Errorf("activity: %v with a penalty, %v without", a, activity)
	}
}
