package tasks

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// ringSeen is the noiseless activity of the ring of one modality, or of both, in the first step of an
// epoch.
func ringSeen(tr *Trial, epoch string, modalities ...int) []float64 {
	row := tr.Inputs[tr.epoch(epoch).Start*tr.task.Inputs():]
	ring := make([]float64, yangRing)
	for _, m := range modalities {
		for k := range ring {
			ring[k] += row[1+m*yangRing+k]
		}
	}
	return ring
}

type spot struct{ angle, height float64 }

// spots are the bumps on a ring. Near its top the logarithm of a bump is a parabola through any three
// units, which gives its place and height; another bump 4 widths away disturbs the height by 0.3 %.
func spots(ring []float64) []spot {
	found := []spot{}
	for k, v := range ring {
		before, after := ring[(k+yangRing-1)%yangRing], ring[(k+1)%yangRing]
		if v < 0.1 || v <= before || v < after {
			continue
		}
		a, b, c := math.Log(before), math.Log(v), math.Log(after)
		shift := (a - c) / 2 / (a - 2*b + c)
		found = append(found, spot{2 * math.Pi * (float64(k) + shift) / yangRing, math.Exp(b - (a-c)*shift/4)})
	}
	return found
}

func onlySpot(t *testing.T, ring []float64) float64 {
	t.Helper()
	found := spots(ring)
	if len(found) != 1 {
		t.Fatalf("%d stimuli", len(found))
	}
	return found[0].angle
}

func stronger(t *testing.T, tr *Trial, modalities ...int) float64 {
	t.Helper()
	var two []spot
	if _, inTurn := tr.Epochs.Find("stimulus1"); inTurn {
		two = append(spots(ringSeen(tr, "stimulus1", modalities...)), spots(ringSeen(tr, "stimulus2", modalities...))...)
	} else {
		two = spots(ringSeen(tr, "stimulus", modalities...))
	}
	if len(two) != 2 || math.Abs(turn(two[0].angle-two[1].angle)) < math.Pi/2-0.01 {
		t.Fatalf("stimuli %v", two)
	}
	if two[0].height > two[1].height {
		return two[0].angle
	}
	return two[1].angle
}

// ruled gives the answer of a rule from noiseless inputs: whether to respond, and where to.
func ruled(t *testing.T, rule string, tr *Trial) (respond bool, angle float64) {
	t.Helper()
	upper := func(a float64) bool { return math.Mod(a+4*math.Pi, 2*math.Pi) < math.Pi }
	modalities := map[string][]int{"1": {0}, "2": {1}}
	switch {
	case rule == "go" || rule == "reactgo":
		return true, onlySpot(t, ringSeen(tr, "go", 0, 1))
	case rule == "anti" || rule == "reactanti":
		return true, onlySpot(t, ringSeen(tr, "go", 0, 1)) + math.Pi
	case rule == "delaygo":
		return true, onlySpot(t, ringSeen(tr, "stimulus", 0, 1))
	case rule == "delayanti":
		return true, onlySpot(t, ringSeen(tr, "stimulus", 0, 1)) + math.Pi
	case strings.HasPrefix(rule, "multi"):
		return true, stronger(t, tr, 0, 1)
	case strings.Contains(rule, "dm1") || strings.Contains(rule, "dm2"):
		return true, stronger(t, tr, modalities[rule[len(rule)-1:]]...)
	}
	sample, test := onlySpot(t, ringSeen(tr, "sample", 0, 1)), onlySpot(t, ringSeen(tr, "go", 0, 1))
	match := math.Abs(turn(sample-test)) < 0.01
	if strings.HasPrefix(rule, "dmc") {
		match = upper(sample) == upper(test)
	}
	return match != strings.HasSuffix(rule, "nogo"), test
}

func TestYangAnswersFollowFromInputs(t *testing.T) {
	if n := len(YangRules()); n != 20 {
		t.Fatalf("%d rules", n)
	}
	for rule, name := range YangRules() {
		t.Run(name, func(t *testing.T) {
			task := noiseless(t, NewYang(Timing{Dt: 20}, name))
			b := mustBatch(t, task, Train, 0, 60)
			responses := 0
			for _, tr := range b.Trials {
				respond, angle := ruled(t, name, tr)
				a := tr.Answers[0]
				if respond != (a.Class == 1) || respond && math.Abs(turn(angle-a.Value)) > 0.01 {
					t.Fatalf("trial %d: answer %v, from the inputs %v, %.3f", tr.Index, a, respond, angle)
				}
				if respond {
					responses++
				}
				checkRuleInput(t, tr, rule)
				checkFixation(t, tr, name)
			}
			want := [2]int{60, 60}
			if strings.HasSuffix(name, "go") && (strings.HasPrefix(name, "dms") || strings.HasPrefix(name, "dmc")) {
				want = [2]int{12, 48} // of 60 with even chances: 4.6 standard deviations
			}
			if responses < want[0] || responses > want[1] {
				t.Errorf("%d responses of 60", responses)
			}
		})
	}
}

func checkRuleInput(t *testing.T, tr *Trial, rule int) {
	t.Helper()
	for i := range tr.Steps {
		for k, v := range tr.Inputs[i*85+65 : i*85+85] {
			if v != mark(k == rule) {
				t.Fatalf("rule input %d is %g at step %d", k, v, i)
			}
		}
	}
}

// Fixation is on until the go, and to the end where the stimulus is the go. The targets of fixation are
// 0.8 until the go and then 0.05 with a response.
func checkFixation(t *testing.T, tr *Trial, name string) {
	t.Helper()
	e := tr.epoch("go")
	for i := range tr.Steps {
		on := i < e.Start || strings.HasPrefix(name, "react")
		if tr.Inputs[i*85] != mark(on) {
			t.Fatalf("fixation %g at step %d, go at %d", tr.Inputs[i*85], i, e.Start)
		}
		want := 0.8
		if i >= e.Start && tr.Answers[0].Class == 1 {
			want = 0.05
		}
		if got := tr.Targets[i*33]; got != want {
			t.Fatalf("target of fixation %g at step %d, expected %g", got, i, want)
		}
	}
}

func TestYangWeights(t *testing.T) {
	task := NewYang(Timing{Dt: 20}, "dm1")
	if w := task.OutputWeights(); len(w) != 33 || w[0] != 2 || w[1] != 1 {
		t.Errorf("output weights %v", w)
	}
	tr := mustBatch(t, task, Train, 0, 1).Trials[0]
	e := tr.epoch("go")
	unit := tr.Weights[5]
	for i, w := range tr.Weights {
		want := unit
		switch {
		case i < 5 || i >= e.Start && i < e.Start+5:
			want = 0
		case i >= e.Start+5:
			want = 5 * unit
		}
		if math.Abs(w-want) > 1e-12 {
			t.Errorf("step %d, go at %d: weight %g, expected %g", i, e.Start, w, want)
		}
	}
}

func TestYangMixture(t *testing.T) {
	task := NewYang(Timing{}, "go", "dm1", "dm1", "dm1")
	counts := map[string]int{}
	for _, tr := range mustBatch(t, task, Train, 0, 400).Trials {
		counts[tr.Condition.Name]++
	}
	if n := counts["dm1"]; n < 260 || n > 340 || len(counts) != 2 { // 300 ± 4.6 standard deviations
		t.Errorf("%v of 400, expected 300 of dm1", counts)
	}
	if n := len(task.Conditions()); n != 2 {
		t.Errorf("%d conditions", n)
	}
	// A lane's outputs are judged by its own length.
	b := mustBatch(t, NewYang(Timing{}), Test, 0, 60)
	if slices.Min(b.Lengths) == slices.Max(b.Lengths) {
		t.Error("all trials of a mixture are as long")
	}
	r := b.Results(perfect(b))
	if r.Accuracy != 1 || len(r.Conditions) != 20 {
		t.Errorf("%v", r)
	}
}

// The loss is 0 for outputs that are the targets and finite, with a gradient, far from them; the paper's
// is that of the regression.
func TestYangLoss(t *testing.T) {
	task := NewYang(Timing{Dt: 50}, "go", "anti")
	b := mustBatch(t, task, Train, 0, 4)
	if loss := b.Loss(perfect(b)); math.Abs(loss) > 1e-12 {
		t.Errorf("loss of the targets is %g", loss)
	}
	out, gradient := make([]float64, len(b.Targets)), make([]float64, len(b.Targets))
	for i := range out {
		out[i] = 1000
	}
	if loss := b.Gradient(out, gradient); !(loss > 100) || math.IsInf(loss, 0) || slices.Max(gradient) == 0 {
		t.Errorf("far off: loss %g, greatest gradient %g", loss, slices.Max(gradient))
	}
	if l := task.Regression().Loss(); l != LogisticMeanSquare {
		t.Errorf("loss of the regression is the %v", l)
	}
}

// The knob multiplies the difference of strengths, up to a bound, and leaves all else as it is.
func TestYangCoherence(t *testing.T) {
	if knobs := NewYang(Timing{}, "go").Knobs(); slices.Contains(knobs, "coherence") {
		t.Errorf("go has the difficulties %v", knobs)
	}
	for _, name := range []string{"dm1", "contextdm2", "multidelaydm"} {
		task := noiseless(t, NewYang(Timing{}, name))
		plain, strong := mustBatch(t, task, Train, 0, 40), mustBatch(t, mustWith(t, task, "coherence", 4), Train, 0, 40)
		for lane, tr := range plain.Trials {
			other := strong.Trials[lane]
			if want := math.Copysign(math.Min(mostCoherence, 4*math.Abs(tr.Evidence)), tr.Evidence); math.Abs(other.Evidence-want) > 1e-12 {
				t.Fatalf("%s: evidence %g became %g, expected %g", name, tr.Evidence, other.Evidence, want)
			}
			if tr.Answers[0] != other.Answers[0] {
				t.Fatalf("%s: answer %v became %v", name, tr.Answers[0], other.Answers[0])
			}
		}
	}
	if easy := mustWith(t, mustWith(t, NewYang(Timing{}, "dm1"), "noise", 8), "coherence", 4); easy.Ceiling() <= mustWith(t, NewYang(Timing{}, "dm1"), "noise", 8).Ceiling() {
		t.Errorf("ceiling %g with stronger evidence", easy.Ceiling())
	}
}

// The noise of Yang: 0.01·√(2/α), α = dt/100 ms, on every input.
func TestYangNoise(t *testing.T) {
	task := NewYang(Timing{Dt: 20}, "go")
	noisy, still := mustBatch(t, task, Train, 0, 20), mustBatch(t, mustWith(t, task, "noise", 0), Train, 0, 20)
	sum, count := 0.0, 0.0
	for lane, tr := range noisy.Trials {
		for i, v := range tr.Inputs {
			sum, count = sum+square(v-still.Trials[lane].Inputs[i]), count+1
		}
	}
	want := 0.01 * math.Sqrt(2/0.2)
	if sd := math.Sqrt(sum / count); math.Abs(sd-want) > 5*want/math.Sqrt(2*count) {
		t.Errorf("sd %.5f, expected %.5f", sd, want)
	}
}

// An observer who knows the places and reads both strengths by their bumps reaches the ceiling.
func TestYangCeiling(t *testing.T) {
	for _, c := range []struct {
		name       string
		modalities []int
	}{{"dm2", []int{1}}, {"contextdm1", []int{0}}, {"multidm", []int{0, 1}}} {
		const n = 800
		task := mustWith(t, NewYang(Timing{Dt: 50}, c.name), "noise", 8)
		noisy, still := mustBatch(t, task, Test, 0, n), mustBatch(t, mustWith(t, task, "noise", 0), Test, 0, n)
		right := 0.0
		for lane, tr := range noisy.Trials {
			places := spots(ringSeen(still.Trials[lane], "stimulus", c.modalities...))
			difference := 0.0
			for k := range yangRing {
				template := bump(k, places[0].angle) - bump(k, places[1].angle)
				for _, m := range c.modalities {
					difference += template * seen(tr, "stimulus", 1+m*yangRing+k)
				}
			}
			chosen := places[int(mark(difference < 0))].angle
			right += mark(math.Abs(turn(chosen-tr.Answers[0].Value)) < 0.1)
		}
		ceiling := task.Ceiling()
		if off := math.Abs(right/n - ceiling); off > 4*math.Sqrt(ceiling*(1-ceiling)/n) || ceiling > 0.97 {
			t.Errorf("%s: %.4f right, ceiling %.4f", c.name, right/n, ceiling)
		}
	}
	if c := NewYang(Timing{}).Ceiling(); c < 0.999 || c >= 1 {
		t.Errorf("ceiling of the mixture %.5f", c)
	}
}

func TestDirectionRule(t *testing.T) {
	task := NewOculomotorDelayedResponse(Timing{})
	if task.Inputs() != 33 || task.Outputs() != 33 {
		t.Errorf("%d inputs, %d outputs", task.Inputs(), task.Outputs())
	}
	tr := mustBatch(t, task, Train, 0, 1).Trials[0]
	pointing := func(angle, fixation float64) float64 {
		out := make([]float64, tr.Steps*33)
		last := out[(tr.Steps-1)*33:]
		last[0] = fixation
		for k := range yangRing {
			last[1+k] = 5*bump(k, angle) - 3
		}
		score, _ := task.def.rule.judge(tr, out)
		return score
	}
	target := tr.Answers[0].Value
	for _, c := range []struct{ off, fixation, want float64 }{
		{0, -1, 1}, {0, 1, 0}, {0.19 * math.Pi, -1, 1}, {-0.19 * math.Pi, -1, 1}, {0.21 * math.Pi, -1, 0}, {math.Pi, -1, 0}, {6 * math.Pi, 0, 1},
	} {
		if got := pointing(target+c.off, c.fixation); got != c.want {
			t.Errorf("%.2f rad off with fixation %g: score %g", c.off, c.fixation, got)
		}
	}
	anti := mustBatch(t, NewAntisaccade(Timing{}), Train, 0, 1).Trials[0]
	if off := turn(anti.Answers[0].Value - target - math.Pi); math.Abs(off) > 1e-9 {
		t.Errorf("the antisaccade of the same trial is %g off", off)
	}
}
