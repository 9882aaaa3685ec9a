package tasks

import (
	"math"
	"testing"
)

// The interval to produce follows from the inputs: from the end of one pulse to the start of the next.
func TestIntervalsFollowFromInputs(t *testing.T) {
	for _, c := range []struct {
		task   *Task
		gain   float64
		pulses []int // channels
	}{
		{NewReadySetGo(Timing{}, 1), 1, []int{1, 2}},
		{NewReadySetGo(Timing{Dt: 10}, 1.5), 1.5, []int{1, 2}},
		{NewOneTwoThreeGo(Timing{Dt: 25}), 1, []int{1}},
	} {
		for _, tr := range mustBatch(t, c.task, Train, 0, 30).Trials {
			off, gap := -1, 0
			for i := range tr.Steps {
				on := false
				for _, channel := range c.pulses {
					on = on || tr.Inputs[3*i+channel] == 1
				}
				if on && off >= 0 && gap == 0 && i-off > 1 {
					gap = i - off - 1
				}
				if on {
					off = i
				}
			}
			want := c.gain * float64(gap) * c.task.Dt()
			if a := tr.Answers[0]; math.Abs(a.Value-want) > 1e-9 || a.Start != off+1 {
				t.Fatalf("%s: answer %v, expected %g ms from step %d", c.task.Name(), a, want, off+1)
			}
			if n := tr.Steps - tr.Answers[0].Start; float64(n)*c.task.Dt() < 1.5*want {
				t.Errorf("%s: %d steps to produce %g ms", c.task.Name(), n, want)
			}
		}
	}
}

func TestIntervalRule(t *testing.T) {
	const dt = 80 // so long that the crossing has to be found between steps
	task := NewReadySetGo(Timing{Dt: dt}, 1)
	tr := mustBatch(t, task, Train, 0, 1).Trials[0]
	a := tr.Answers[0]
	crossing := func(ms float64) float64 {
		out := make([]float64, tr.Steps)
		for i := a.Start; i < a.Stop; i++ {
			out[i] = float64(i-a.Start) * dt / ms
		}
		score, _ := task.def.rule.judge(tr, out)
		return score
	}
	for _, c := range []struct{ factor, want float64 }{{1, 1}, {0.81, 1}, {0.79, 0}, {1.19, 1}, {1.21, 0}, {5, 0}, {0.01, 0}} {
		if got := crossing(c.factor * a.Value); got != c.want {
			t.Errorf("%g of the interval: score %g", c.factor, got)
		}
	}
}

func TestIntervalsNeverTie(t *testing.T) {
	task := NewIntervalDiscrimination(Timing{Dt: 100}) // few lengths, so ties are common
	for _, tr := range mustBatch(t, task, Train, 0, 300).Trials {
		if tr.Evidence == 0 || tr.epoch("stimulus1").Steps() == tr.epoch("stimulus2").Steps() {
			t.Fatalf("trial %d has no answer", tr.Index)
		}
	}
}

func TestReachingRule(t *testing.T) {
	task := NewReachingDelayedResponse(Timing{})
	b := mustBatch(t, task, Train, 0, 50)
	for _, c := range []struct{ off, want float64 }{{0.09, 1}, {-0.09, 1}, {0.11, 0}, {-0.11, 0}} {
		out := append([]float64(nil), b.Targets...)
		for i := 1; i < len(out); i += 2 {
			out[i] += c.off
		}
		if got := b.Accuracy(out); got != c.want {
			t.Errorf("%g off: accuracy %g", c.off, got)
		}
	}
	for _, tr := range b.Trials {
		if v := seen(tr, "stimulus", 1); math.Abs(v-tr.Answers[0].Value) > 1e-12 {
			t.Errorf("value %g, shown %g", tr.Answers[0].Value, v)
		}
		if e := tr.epoch("delay"); e.Steps() > 0 && seen(tr, "delay", 1) != -0.5 {
			t.Error("the delay shows something else than -0.5")
		}
	}
}

func TestPsychometric(t *testing.T) {
	task := NewRandomDots(Timing{Dt: 50})
	b := mustBatch(t, task, Test, 0, 1000)
	points := b.Results(saying(b, observers["rdm"])).Psychometric(2)
	if len(points) != 9 {
		t.Fatalf("points %v", points)
	}
	trials := 0
	for i, p := range points {
		trials += p.Trials
		want := phi(p.Evidence / 100 * math.Sqrt(1000))
		if math.Abs(p.Fraction-want) > 4*math.Sqrt(want*(1-want)/float64(p.Trials))+3/float64(p.Trials) {
			t.Errorf("point %d: %v, expected %.3f", i, p, want)
		}
	}
	if trials != 1000 {
		t.Errorf("%d trials", trials)
	}
}

func TestMerge(t *testing.T) {
	task := NewRandomDots(Timing{})
	whole := mustBatch(t, task, Test, 0, 100)
	all := whole.Results(saying(whole, observers["rdm"]))
	var parts *Results
	for _, piece := range [][2]int{{0, 30}, {30, 70}} {
		b := mustBatch(t, task, Test, piece[0], piece[1])
		r := b.Results(saying(b, observers["rdm"]))
		if parts == nil {
			parts = r
		} else {
			parts.Merge(r)
		}
	}
	if parts.Trials != 100 || math.Abs(parts.Accuracy-all.Accuracy) > 1e-12 || parts.String() != all.String() {
		t.Errorf("in parts\n%v\nat once\n%v", parts, all)
	}
	// A curriculum's results: coherences of 0 % are in both, the others in one.
	b := mustBatch(t, mustWith(t, task, "coherence", 1.5), Test, 0, 50)
	parts.Merge(b.Results(saying(b, observers["rdm"])))
	trials := 0
	for _, c := range parts.Conditions {
		trials += c.Trials
	}
	if len(parts.Conditions) != 9 || trials != 150 || parts.Trials != 150 {
		t.Errorf("of two difficulties\n%v", parts)
	}
}
