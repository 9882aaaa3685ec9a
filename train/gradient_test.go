package train

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/tasks"
)

// gradientTasks are all tasks there are, and the forms that have no name: classes as a regression,
// several pixels at a time, a prediction with steps that are shown without being judged.
func gradientTasks(t *testing.T) []*tasks.Task {
	t.Helper()
	// Steps are long, so that trials are short; but a pulse lasts 10 ms, and masses of 100 ms are to remember
	// their start after 784 pixels.
	shorter := map[string]float64{"pulses": 10, "toydms50": 10, "strokes": 1, "pstrokes": 1}
	list := []*tasks.Task{}
	for _, name := range tasks.Names() {
		dt := 40.0
		if ms, given := shorter[name]; given {
			dt = ms
		}
		list = append(list, mustTask(t, name, dt))
	}
	warm, err := tasks.NewPrediction(tasks.LorenzSeries(), tasks.Windows{Steps: 20, Warmup: 10})
	if err != nil {
		t.Fatal(err)
	}
	return append(list, warm, tasks.NewDelayedMatch(tasks.Timing{Dt: 40}).Regression(), tasks.NewStrokes(tasks.ImageSettings{PerStep: 28}))
}

// everythingLearns is a network in which each kind of value learns: weights of the encoder, between the
// units and of the readout, its bias, parameters of the model, initial states.
func everythingLearns(t *testing.T, cell *layers.Cell, task *tasks.Task) *layers.Recurrent {
	t.Helper()
	if cell.Model.Name() == "HORN" {
		for _, name := range []string{"alpha", "omega", "gamma"} {
			cell.Learn[name] = nmm.Positive
		}
	}
	s := layers.RecurrentSettings{Cell: cell, Units: 5, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: 2, LearnInitial: true}
	if cell.MaxStep > 0 {
		s.Substeps = 2 + int(task.Dt()/cell.MaxStep)
	}
	r, err := layers.NewRecurrent(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The gradient of the whole loss of every task, from the drawing of trials to the masked loss, with
// respect to each kind of learned value: for oscillators and for neural masses with several integration
// steps per step of the task.
func TestGradientOfEveryTask(t *testing.T) {
	for _, task := range gradientTasks(t) {
		for _, cell := range []*layers.Cell{layers.HORNCell(), layers.WilsonCowanCell()} {
			t.Run(task.Name()+" "+cell.Model.Name(), func(t *testing.T) {
				names := checkGradient(t, task, everythingLearns(t, cell, task))
				for _, kind := range []string{"encoder/weights", "cortex.", "init:cortex.", "readout/bias"} {
					if !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, kind) }) {
						t.Errorf("no %s among what learns: %v", kind, names)
					}
				}
			})
		}
	}
}

// The same for every cell there is.
func TestGradientOfEveryCell(t *testing.T) {
	task := mustTask(t, "gonogo", 100)
	for _, name := range layers.CellNames() {
		cell, err := layers.CellByName(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { checkGradient(t, task, everythingLearns(t, cell, task)) })
	}
}

// checkGradient returns the names of what learns.
func checkGradient(t *testing.T, task *tasks.Task, r *layers.Recurrent) []string {
	t.Helper()
	tr, err := newTrainer(context.Background(), r, task, TaskSettings{Batch: 3, Trials: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.close()
	if err := tr.load(); err != nil {
		t.Fatal(err)
	}
	x := tr.adam.X
	grad := make([]float64, len(x))
	if _, finite, err := tr.value(x, grad); err != nil || !finite {
		t.Fatalf("%v, finite %v", err, finite)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	names := []string{}
	for _, b := range learnedBlocks(tr.network) {
		names = append(names, b.name)
		checkBlock(t, tr, b, grad, rng)
		grad = grad[b.size:]
		x = x[b.size:]
	}
	if len(x) != 0 {
		t.Errorf("%d numbers learn beside those of %v", len(x), names)
	}
	return names
}

// block is what learns at one address, or one part of the readout.
type block struct {
	name       string
	from, size int
}

func learnedBlocks(u *layers.Unrolled) []block {
	list, from := []block{}, 0
	addresses := u.Rollout.Learned()
	for i, n := range u.Learnables() {
		name := n.Name()
		if i < len(addresses) {
			name = addresses[i].Address
		}
		size := n.Shape().TotalSize()
		list = append(list, block{name, from, size})
		from += size
	}
	return list
}

// checkBlock compares derivatives along random directions in which only one block moves, with grad its
// gradient, so that a block of small gradients counts as much as the others.
func checkBlock(t *testing.T, tr *trainer, b block, grad []float64, rng *rand.Rand) {
	t.Helper()
	size := norm(grad[:b.size])
	if size < 1e-4 {
		t.Errorf("%s: the gradient is %v: too little to be compared", b.name, size)
	}
	y := slices.Clone(tr.adam.X)
	for range 2 {
		d, exact := make([]float64, b.size), 0.0
		for i := range d {
			d[i] = rng.NormFloat64()
			exact += d[i] * grad[i]
		}
		at := func(h float64) float64 {
			for i, v := range d {
				y[b.from+i] = tr.adam.X[b.from+i] + h*v
			}
			f, finite, err := tr.value(y, nil)
			if err != nil || !finite {
				t.Fatalf("%s: %v, finite %v", b.name, err, finite)
			}
			return f
		}
		// Central differences of five points, whose error is h⁴; potentials are 1e4 times as sensitive to
		// the derivatives of their start, so that their h is smaller.
		h := 1e-5 / math.Max(1, size)
		numeric := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
		// A loss is rounded at 1e-16 of its size, near 1: some 1e-16/h in the difference.
		if math.Abs(numeric-exact) > 1e-6*math.Max(math.Abs(exact), size)+1e-15/h {
			t.Errorf("%s: derivative along a direction %v, by differences %v", b.name, exact, numeric)
		}
	}
}
