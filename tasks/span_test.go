package tasks

import (
	"slices"
	"testing"
)

// Lengths of epochs in steps, from the table of the reference, floored.
func TestEpochsOfFixedLength(t *testing.T) {
	for _, c := range []struct {
		name  string
		dt    float64
		steps []int
	}{
		{"dms", 100, []int{3, 5, 10, 5, 9}},
		{"dms", 40, []int{7, 12, 25, 12, 22}},
		{"dms", 20, []int{15, 25, 50, 25, 45}},
		{"dmsdistractor", 100, []int{3, 5, 10, 5, 10, 5, 10, 5}},
		{"dmc", 100, []int{5, 6, 10, 6}},
		{"dmc", 50, []int{10, 13, 20, 13}},
		{"dualdms", 40, []int{12, 12, 12, 12, 12, 12, 12, 12}},
		{"toydms", 0, []int{1, 6, 1}},
		{"toydms20", 7, []int{1, 18, 1}},
		{"toydms50", 0, []int{1, 48, 1}},
		{"gonogo", 40, []int{12, 12, 12}},
		{"dpa", 100, []int{10, 10, 10, 10, 5}},
		{"delaycomp", 100, []int{5, 5, 10, 5, 1}},
		{"rdm", 50, []int{2, 40, 0, 2}},
		{"multisensory", 40, []int{7, 18, 2}},
		{"pulses", 10, []int{50, 1, 24, 1, 24, 1, 24, 1, 24, 1, 24, 1, 24, 50}},
		{"reach", 100, []int{5, 5, 0, 5}},
		{"strokes", 0, []int{783, 1}},
		{"lorenz", 0, []int{0, 100}},
	} {
		task, err := New(c.name, Timing{Dt: c.dt})
		if err != nil {
			t.Fatal(err)
		}
		tr := mustBatch(t, task, Train, 0, 1).Trials[0]
		got := []int{}
		for _, e := range tr.Epochs {
			got = append(got, e.Steps())
		}
		if !slices.Equal(got, c.steps) {
			t.Errorf("%s at dt %g: epochs of %v steps, expected %v", c.name, c.dt, got, c.steps)
		}
		if tr.Steps != task.MaxSteps() {
			t.Errorf("%s: %d steps, at most %d", c.name, tr.Steps, task.MaxSteps())
		}
	}
}

// Lengths that are drawn stay in their range, and MaxSteps is reached nearly or quite.
func TestEpochsOfDrawnLength(t *testing.T) {
	for _, c := range []struct {
		name, epoch string
		low, high   float64 // ms
	}{
		{"interval", "stimulus1", 300, 600}, {"interval", "delay1", 800, 1500}, {"ctx", "delay", 300, 3000},
		{"rdmdelayed", "delay", 300, 4000}, {"reaching", "delay", 0, 2000}, {"rsg", "measure", 800, 1500}, {"123go", "interval1", 600, 1000},
		{"odr", "delay", 200, 1600}, {"yang:dm1", "stimulus", 400, 1600}, {"yang:reactgo", "fixation", 500, 2500},
	} {
		task, err := New(c.name, Timing{Dt: 20})
		if err != nil {
			t.Fatal(err)
		}
		shortest, longest := 1<<30, 0
		b := mustBatch(t, noiseless(t, task), Train, 0, 300)
		for _, tr := range b.Trials {
			n := tr.epoch(c.epoch).Steps()
			shortest, longest = min(shortest, n), max(longest, n)
		}
		low, high := int(c.low/20), int(c.high/20)
		if shortest < low || longest > high || shortest > low+(high-low)/8 || longest < high-(high-low)/3 {
			t.Errorf("%s: %s of %d to %d steps, expected %d to %d", c.name, c.epoch, shortest, longest, low, high)
		}
	}
}

func TestGivenEpochs(t *testing.T) {
	task := NewContextDecision(Timing{Dt: 50, Epochs: map[string]float64{"delay": 0, "stimulus": 1500}})
	tr := mustBatch(t, task, Train, 3, 1).Trials[0]
	if tr.epoch("delay").Steps() != 0 || tr.epoch("stimulus").Steps() != 30 {
		t.Errorf("epochs %v", tr.Epochs)
	}
	if NewContextDecision(Timing{}).Ceiling() >= task.Ceiling() {
		t.Error("a longer stimulus does not raise the ceiling")
	}
}

// Weights: nothing in the first 100 ms, 1 then, 5 in the answer.
func TestWeights(t *testing.T) {
	for _, dt := range []float64{20, 40, 100} {
		tr := mustBatch(t, NewDelayedMatch(Timing{Dt: dt}), Train, 0, 1).Trials[0]
		e := tr.epoch("decision")
		unit := tr.Weights[e.Start-1]
		for i, w := range tr.Weights {
			want := unit
			switch {
			case float64(i)*dt < 100:
				want = 0
			case i >= e.Start:
				want = 5 * unit
			}
			if w < want*(1-1e-12) || w > want*(1+1e-12) {
				t.Errorf("dt %g: weight %g at step %d, expected %g", dt, w, i, want)
			}
		}
	}
}
