package tasks

import (
	"fmt"
	"image/color"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// all are the registered tasks and one mixture, made once: two of them integrate chaos.
var all = func() []*Task {
	list := []*Task{}
	for _, name := range append(Names(), "yang:go,anti,delaygo,dm1,dmsgo,contextdm1") {
		t, err := New(name, Timing{})
		if err != nil {
			panic(err)
		}
		list = append(list, t)
	}
	return list
}()

func forAll(t *testing.T, test func(t *testing.T, task *Task)) {
	for _, task := range all {
		t.Run(task.Name(), func(t *testing.T) { test(t, task) })
	}
}

func mustBatch(t testing.TB, task *Task, split Split, first, count int) *Batch {
	t.Helper()
	b, err := task.Batch(split, first, count)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustWith(t testing.TB, task *Task, knob string, factor float64) *Task {
	t.Helper()
	turned, err := task.With(knob, factor)
	if err != nil {
		t.Fatal(err)
	}
	return turned
}

func noiseless(t testing.TB, task *Task) *Task {
	t.Helper()
	if !slices.Contains(task.Knobs(), "noise") {
		return task
	}
	return mustWith(t, task, "noise", 0)
}

func TestShapesMasksAndPadding(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		b := mustBatch(t, task, Train, 0, 9)
		n := b.Lanes * b.Steps
		if len(b.Inputs) != n*task.Inputs() || len(b.Targets) != n*task.Outputs() || len(b.Weights) != n {
			t.Fatal("arrays of the wrong length")
		}
		if task.Loss() == CrossEntropy && len(b.Classes) != n {
			t.Fatal("no classes")
		}
		if b.Steps != slices.Max(b.Lengths) || b.Steps > task.MaxSteps() {
			t.Errorf("%d steps, lengths %v, at most %d", b.Steps, b.Lengths, task.MaxSteps())
		}
		for lane, tr := range b.Trials {
			checkLane(t, b, lane, tr)
		}
	})
}

func checkLane(t *testing.T, b *Batch, lane int, tr *Trial) {
	t.Helper()
	total := 0.0
	for _, w := range tr.Weights {
		total += w
	}
	if math.Abs(total-1) > 1e-12 { // rounding of at most 784 additions
		t.Errorf("lane %d: weights sum to %v", lane, total)
	}
	for i := b.Lengths[lane]; i < b.Steps; i++ {
		row := (lane*b.Steps + i)
		if b.Weights[row] != 0 || slices.ContainsFunc(b.Inputs[row*b.Channels:(row+1)*b.Channels], func(x float64) bool { return x != 0 }) {
			t.Errorf("lane %d: step %d is beyond the trial and not empty", lane, i)
		}
	}
	at := 0
	for _, e := range tr.Epochs {
		if e.Start != at || e.Stop < e.Start {
			t.Errorf("lane %d: epoch %v after step %d", lane, e, at)
		}
		at = e.Stop
	}
	if at != tr.Steps || len(tr.Answers) == 0 || tr.Condition.Name == "" {
		t.Errorf("lane %d: %d steps in epochs of %d, answers %v, condition %v", lane, at, tr.Steps, tr.Answers, tr.Condition)
	}
	for _, a := range tr.Answers {
		if a.Start >= a.Stop || a.Stop > tr.Steps {
			t.Errorf("lane %d: answer %v in %d steps", lane, a, tr.Steps)
		}
	}
}

// A trial is the same whatever it is drawn with.
func TestTrialsDoNotDependOnTheBatch(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		together := mustBatch(t, task, Validation, 3, 5)
		procs := runtime.GOMAXPROCS(1)
		defer runtime.GOMAXPROCS(procs)
		for i := 4; i >= 0; i-- {
			alone := mustBatch(t, task, Validation, 3+i, 1).Trials[0]
			one := together.Trials[i]
			if !reflect.DeepEqual(one.Inputs, alone.Inputs) || !reflect.DeepEqual(one.Targets, alone.Targets) ||
				!reflect.DeepEqual(one.Weights, alone.Weights) || !reflect.DeepEqual(one.Answers, alone.Answers) {
				t.Errorf("trial %d differs", 3+i)
			}
		}
	})
}

// Seeds, splits and numbers give other trials. Trials with few kinds and no noise repeat by chance, so
// a run of 40 is compared.
func TestSeedsAndSplitsDiffer(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		task = noiseless(t, task) // so that it is not only the noise that differs
		runs := map[string][]float64{}
		for _, seed := range []uint64{0, 1} {
			for _, split := range []Split{Train, Validation, Test} {
				key := fmt.Sprint(seed, split)
				inputs := mustBatch(t, task.Seeded(seed), split, 0, 40).Inputs
				for other, x := range runs {
					if slices.Equal(x, inputs) {
						t.Errorf("%s and %s are the same trials", key, other)
					}
				}
				runs[key] = inputs
			}
		}
	})
}

// perfect outputs are the targets, turned back through the logistic where there is one; for classes they
// are logits.
func perfect(b *Batch) []float64 {
	out := slices.Clone(b.Targets)
	for i, v := range out {
		if l := b.task.Loss(); l == LogisticMeanSquare || l == LogisticDivergence {
			out[i] = math.Log(math.Max(v, 1e-9) / (1 - v))
		}
	}
	return out
}

func TestTargetsAreJudgedCorrect(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		for _, task := range []*Task{task, task.Regression()} {
			b := mustBatch(t, task, Test, 0, 64)
			if a := b.Accuracy(perfect(b)); a != 1 {
				t.Errorf("%v: accuracy of the targets is %g", task.Loss(), a)
			}
			if a := b.Accuracy(make([]float64, len(b.Targets))); a > 0.75 {
				t.Errorf("%v: accuracy of silence is %g", task.Loss(), a)
			}
		}
	})
}

func TestGradientOfTheLoss(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		for _, task := range []*Task{task, task.Regression()} {
			b := mustBatch(t, task, Train, 0, 3)
			s := newStream(1, Train, 0, forNoise)
			out := make([]float64, len(b.Targets))
			for i := range out {
				out[i] = s.normal()
			}
			gradient := make([]float64, len(out))
			if loss := b.Gradient(out, gradient); loss != b.Loss(out) || !(loss > 0) {
				t.Fatalf("loss %g and %g", loss, b.Loss(out))
			}
			for range 4 {
				row := s.below(len(b.Weights))
				for b.Weights[row] == 0 {
					row = s.below(len(b.Weights))
				}
				// The first output may have a weight of its own.
				for _, k := range []int{0, s.below(b.Outputs)} {
					checkSlope(t, b, out, gradient, row*b.Outputs+k)
				}
			}
		}
	})
}

func checkSlope(t *testing.T, b *Batch, out, gradient []float64, i int) {
	t.Helper()
	const h = 1e-5
	x := out[i]
	out[i] = x + h
	up := b.Loss(out)
	out[i] = x - h
	down := b.Loss(out)
	out[i] = x
	// Truncation h²≈1e-10 and cancellation 1e-16/h≈1e-11 of a loss near 1.
	if numeric := (up - down) / (2 * h); math.Abs(numeric-gradient[i]) > 1e-6*math.Abs(gradient[i])+1e-10 {
		t.Errorf("%s, %v: output %d: gradient %g, numeric %g", b.task.Name(), b.task.Loss(), i, gradient[i], numeric)
	}
}

// Every condition comes up as often as the task says, and each class of a two-class answer half the time.
func TestBalance(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		const n = 400
		counts := map[string]float64{}
		for _, tr := range mustBatch(t, noiseless(t, task), Train, 0, n).Trials {
			counts[tr.Condition.Name]++
		}
		conditions := task.Conditions()
		if len(counts) > len(conditions) {
			t.Fatalf("conditions %v, expected %v", counts, conditions)
		}
		total := 0.0
		shares := task.shares()
		for _, share := range shares {
			total += share
		}
		for i, c := range conditions {
			p := shares[i] / total
			// Six standard deviations: one false alarm in 10⁸. Quarters of a floored range are not quite equal.
			tolerance := 6*math.Sqrt(p*(1-p)/n) + 1e-9
			if task.Name() == "rsg" {
				tolerance += 0.02
			}
			if got := counts[c.Name] / n; math.Abs(got-p) > tolerance {
				t.Errorf("condition %q in %.3f of trials, expected %.3f", c.Name, got, p)
			}
		}
	})
}

func TestClassesAreBalanced(t *testing.T) {
	for _, name := range []string{"dms", "dmc", "gonogo", "dpa", "delaycomp", "interval", "rdm", "rdmdelayed", "ctx", "multisensory", "pulses", "toydms20"} {
		task, err := New(name, Timing{})
		if err != nil {
			t.Fatal(err)
		}
		const n = 600
		last := 0
		for _, label := range mustBatch(t, task, Train, 0, n).Labels {
			if label == task.Outputs()-1 {
				last++
			}
		}
		if got := float64(last) / n; math.Abs(got-0.5) > 6*math.Sqrt(0.25/n) {
			t.Errorf("%s: the last class in %.3f of trials", name, got)
		}
	}
}

func TestPadTo(t *testing.T) {
	task := NewYang(Timing{}, "go", "dm1")
	b := mustBatch(t, task, Train, 0, 4)
	out := perfect(b)
	loss, first := b.Loss(out), slices.Clone(b.Trials[1].Inputs)
	for _, steps := range []int{b.Steps - 1, -1, 1 << 40} {
		if err := b.PadTo(steps); err == nil {
			t.Errorf("a batch of %d steps has %d now", b.Steps, steps)
		}
	}
	if err := b.PadTo(task.MaxSteps()); err != nil {
		t.Fatal(err)
	}
	if len(b.Inputs) != 4*task.MaxSteps()*task.Inputs() || !slices.Equal(first, b.Trials[1].Inputs) {
		t.Error("trials are not the same after padding")
	}
	if got := b.Loss(perfect(b)); math.Abs(got-loss) > 1e-15 {
		t.Errorf("loss %v after padding, %v before", got, loss)
	}
}

func TestKnobs(t *testing.T) {
	task := NewDelayedMatch(Timing{Dt: 20})
	short := mustWith(t, task, "delay", 0.25)
	a, b := mustBatch(t, task, Train, 7, 1).Trials[0], mustBatch(t, short, Train, 7, 1).Trials[0]
	if a.epoch("delay").Steps() != 50 || b.epoch("delay").Steps() != 12 {
		t.Errorf("delays of %d and %d steps", a.epoch("delay").Steps(), b.epoch("delay").Steps())
	}
	if a.Label != b.Label || a.Condition != b.Condition {
		t.Error("another delay has made another trial")
	}
	if gone := mustWith(t, task, "delay", 0); mustBatch(t, gone, Train, 7, 1).Trials[0].epoch("delay").Steps() != 0 {
		t.Error("a delay of nothing lasts")
	}
	for _, bad := range []struct {
		knob   string
		factor float64
		want   string
	}{{"dellay", 1, "nearest: delay"}, {"coherence", 1, "no difficulty"}, {"noise", -1, "0 or more"}, {"delay", 1e9, "steps"}, {"delay", 1e300, "steps"}, {"noise", math.NaN(), "0 or more"}} {
		if _, err := task.With(bad.knob, bad.factor); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("With(%q, %g): %v", bad.knob, bad.factor, err)
		}
	}
	bright := mustWith(t, NewRandomDots(Timing{}), "coherence", 3)
	if c := bright.Conditions(); math.Abs(c[1].Value-19.2) > 1e-12 || c[4].Value != 100 {
		t.Errorf("coherences %v", c)
	}
	same := mustBatch(t, mustWith(t, bright, "coherence", 100), Train, 0, 50)
	if r := same.Results(perfect(same)); len(r.Conditions) != 2 || r.Conditions[0].Trials+r.Conditions[1].Trials != 50 {
		t.Errorf("conditions that have become the same\n%v", r)
	}
}

func TestRetimed(t *testing.T) {
	task := mustWith(t, NewDelayedMatch(Timing{Dt: 20}).Seeded(3), "delay", 0.5).Retimed(Timing{Epochs: map[string]float64{"sample": 100}})
	tr := mustBatch(t, task, Train, 0, 1).Trials[0]
	if task.Seed() != 3 || task.Dt() != 20 || tr.epoch("delay").Steps() != 25 || tr.epoch("sample").Steps() != 5 {
		t.Errorf("seed %d, dt %g, epochs %v", task.Seed(), task.Dt(), tr.Epochs)
	}
	slow := NewStrokes(ImageSettings{PerStep: 28}).Retimed(Timing{Dt: 10})
	if slow.Dt() != 10 || slow.MaxSteps() != 28 {
		t.Errorf("strokes of %d steps of %g ms", slow.MaxSteps(), slow.Dt())
	}
	if bad := mustWith(t, NewDelayedMatch(Timing{}), "delay", 1e4).Retimed(Timing{Dt: 1}); bad.Err() == nil {
		t.Errorf("trials of %d steps", bad.MaxSteps())
	}
	if bad := slow.Retimed(Timing{Dt: -1}); bad.Err() == nil || bad.Retimed(Timing{}).Err() == nil {
		t.Error("a bad timing is forgotten")
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		timing Timing
		want   string
	}{
		{"dmz", Timing{}, "nearest: dms"},
		{"psmnist", Timing{}, "take strokes or pstrokes"},
		{"dms", Timing{Dt: 400}, `"fixation" can be as short as 300 ms and would vanish at dt = 400 ms`},
		{"dms", Timing{Dt: -1}, "not a positive number"},
		{"dms", Timing{Dt: math.NaN()}, "not a positive number"},
		{"dms", Timing{Dt: 1e-9}, "are possible"},
		{"dms", Timing{Epochs: map[string]float64{"dellay": 1}}, "nearest: delay"},
		{"dms", Timing{Epochs: map[string]float64{"decision": 0}}, "only a delay may"},
		{"yang", Timing{Epochs: map[string]float64{"dellay": 1}}, "nearest: delay"},
		{"dms", Timing{Epochs: map[string]float64{"delay": -5}}, "-5 ms"},
		{"rdm", Timing{Dt: 120}, `"fixation"`},
		{"interval", Timing{Dt: 300, Epochs: map[string]float64{"stimulus1": 300, "stimulus2": 300}}, "neither is longer"},
		{"interval", Timing{Dt: 300}, "as many steps in 100 % of trials"}, // one step below 600 ms, and 600 ms is never drawn
		{"interval", Timing{Epochs: map[string]float64{"stimulus1": 1e300, "stimulus2": 9e18}}, "are possible"},
		{"rsg", Timing{Epochs: map[string]float64{"production": 1000}}, "within 50 steps; give a longer production"},
		{"123go", Timing{Epochs: map[string]float64{"production": 500}}, "an interval of 30 steps of 20 ms"},
		{"strokes", Timing{Epochs: map[string]float64{"image": 100}}, "an image takes 784 steps; its epochs have 101"},
		{"yang:go,dm7", Timing{}, "nearest: dm1"},
		{"strokes", Timing{Dt: -1}, "not a positive number"},
		{"lorenz", Timing{Epochs: map[string]float64{"prediction": 1e5}}, "a window takes"},
	} {
		task, err := New(c.name, c.timing)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New(%q, %v): %v, expected %q", c.name, c.timing, err, c.want)
			continue
		}
		if task != nil {
			if _, again := task.Batch(Train, 0, 1); again == nil || again.Error() != err.Error() {
				t.Errorf("%s: a batch of a bad task: %v", c.name, again)
			}
			_ = task.String()
		}
	}
	task := NewDelayedMatch(Timing{})
	for _, c := range [][3]int{{int(Test) + 1, 0, 1}, {0, -1, 1}, {0, 0, 0}, {0, 0, -1}, {0, 0, math.MaxInt}, {0, math.MaxInt, 1}, {0, 0, 1 << 40}} {
		if _, err := task.Batch(Split(c[0]), c[1], c[2]); err == nil {
			t.Errorf("batch %v has been drawn", c)
		}
	}
	for _, bad := range []*Task{NewToyMatch(1, 2), NewToyMatch(5, 1), NewToyMatch(8, 1<<40), NewToyMatch(1<<40, 2), NewReadySetGo(Timing{}, -1), NewReadySetGo(Timing{}, 0.01)} {
		if bad.Err() == nil {
			t.Errorf("%s: no error", bad.Name())
		}
	}
}

func TestTaskPrints(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		text := task.String()
		for _, want := range []string{task.Name(), "inputs", "ceiling"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		tr, err := task.Trial(Train, 0)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(tr.String(), "\n"); lines < 4 {
			t.Errorf("%d lines in\n%s", lines, tr)
		}
		if size := tr.Image().Bounds().Size(); size.X < 100 || size.Y < 50 {
			t.Errorf("a picture of %v", size)
		}
	})
}

// A long trial makes a picture that fits a screen.
func TestPictureOfALongTrial(t *testing.T) {
	tr := mustBatch(t, NewReadySetGo(Timing{Dt: 0.5}, 1), Train, 0, 1).Trials[0]
	picture := tr.Image()
	if x := picture.Bounds().Dx(); x < 600 || x > mostColumns {
		t.Fatalf("a picture of %d columns for %d steps", x, tr.Steps)
	}
	every := 1 + (tr.Steps-1)/mostColumns
	fixation := func(epoch string) color.Color { // two columns into the epoch
		return picture.At(tr.epoch(epoch).Start/every+2, 1)
	}
	if fixation("measure") == fixation("production") {
		t.Error("fixation does not end in the picture")
	}
}

// What is no number is no answer, whichever class would be right.
func TestNaNIsWrong(t *testing.T) {
	forAll(t, func(t *testing.T, task *Task) {
		for _, task := range []*Task{task, task.Regression()} {
			b := mustBatch(t, task, Test, 0, 20)
			out := perfect(b)
			lane := b.Steps * b.Outputs
			for i := range out[:10*lane] {
				out[i] = math.NaN()
			}
			if got := b.Accuracy(out); got != 0.5 {
				t.Errorf("%v: accuracy %g with half of the trials no numbers", task.Loss(), got)
			}
		}
	})
}

// A batch in the memory of another one, longer or shorter, with or without classes, is the batch.
func TestBatchInMemoryOfAnother(t *testing.T) {
	var earlier *Batch
	for k, name := range []string{"rdm", "dms", "odr", "rdm"} {
		task, err := New(name, Timing{Dt: 40})
		if err != nil {
			t.Fatal(err)
		}
		want, err := task.Batch(Train, 10*k, 5-k)
		if err != nil {
			t.Fatal(err)
		}
		if earlier, err = task.BatchIn(earlier, Train, 10*k, 5-k); err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]any{{want.Inputs, earlier.Inputs}, {want.Targets, earlier.Targets}, {want.Weights, earlier.Weights}, {want.Classes, earlier.Classes}, {want.Labels, earlier.Labels}} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				t.Fatalf("%s: expected %v, found %v", name, pair[0], pair[1])
			}
		}
	}
}
