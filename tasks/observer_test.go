package tasks

import (
	"math"
	"slices"
	"testing"
)

// The observers here know the task and read nothing but a trial's inputs and epochs. Without noise they
// have to be right in every trial; with noise, as often as the ceiling says.

type observer func(tr *Trial) []int // a class for each answer

// saying makes outputs that give the observer's answers.
func saying(b *Batch, o observer) []float64 {
	out := make([]float64, len(b.Targets))
	for lane, tr := range b.Trials {
		classes := o(tr)
		for i, a := range tr.Answers {
			for step := a.Start; step < a.Stop; step++ {
				out[(lane*b.Steps+step)*b.Outputs+classes[i]] = 1
			}
		}
	}
	return out
}

// seen is the mean of a channel during an epoch.
func seen(tr *Trial, epoch string, channel int) float64 {
	e := tr.epoch(epoch)
	n, sum := tr.task.Inputs(), 0.0
	for i := e.Start; i < e.Stop; i++ {
		sum += tr.Inputs[i*n+channel]
	}
	return sum / float64(e.Steps())
}

func oneOf(yes bool, a, b int) []int {
	if yes {
		return []int{a}
	}
	return []int{b}
}

func strongest(tr *Trial, epoch string, first, n int) int {
	best := 0
	for k := range n {
		if seen(tr, epoch, first+k) > seen(tr, epoch, first+best) {
			best = k
		}
	}
	return best
}

// angleSeen is the direction of n ring channels.
func angleSeen(tr *Trial, epoch string, first, n int) float64 {
	x, y := 0.0, 0.0
	for k := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
		v := seen(tr, epoch, first+k)
		x, y = x+v*cos, y+v*sin
	}
	return math.Atan2(y, x)
}

var observers = map[string]observer{
	"dms": func(tr *Trial) []int {
		return oneOf(strongest(tr, "sample", 1, 2) == strongest(tr, "test", 1, 2), 1, 2)
	},
	"dmsdistractor": func(tr *Trial) []int {
		answers := []int{}
		for _, test := range []string{"test1", "test2", "test3"} {
			off := turn(angleSeen(tr, test, 1, 32) - angleSeen(tr, "sample", 1, 32))
			answers = append(answers, int(mark(math.Abs(off) < 1e-9)))
		}
		return answers
	},
	"dmc": func(tr *Trial) []int {
		return oneOf((angleSeen(tr, "sample", 1, 8) > 0) == (angleSeen(tr, "test", 1, 8) > 0), 1, 2)
	},
	"dualdms": func(tr *Trial) []int {
		answers := []int{}
		for _, when := range []string{"1", "2"} {
			item := strongest(tr, "cue"+when, 5, 2)
			sample, test := strongest(tr, "sample", 1+2*item, 2), strongest(tr, "test"+when, 1+2*item, 2)
			answers = append(answers, oneOf(sample == test, 1, 2)[0])
		}
		return answers
	},
	"toydms":   sameSymbol,
	"toydms20": sameSymbol,
	"toydms50": sameSymbol,
	"gonogo":   func(tr *Trial) []int { return []int{strongest(tr, "stimulus", 1, 2)} },
	"dpa": func(tr *Trial) []int {
		a, b := strongest(tr, "stimulus1", 1, 4), strongest(tr, "stimulus2", 1, 4)
		return oneOf(b-a == 2, 1, 0)
	},
	"delaycomp": func(tr *Trial) []int {
		return oneOf(seen(tr, "frequency1", 1) > seen(tr, "frequency2", 1), 1, 2)
	},
	"interval": func(tr *Trial) []int {
		steps := [3]float64{}
		for i := range tr.Steps {
			steps[1] += tr.Inputs[3*i+1]
			steps[2] += tr.Inputs[3*i+2]
		}
		return oneOf(steps[1] > steps[2], 1, 2)
	},
	"rdm":        func(tr *Trial) []int { return []int{1 + strongest(tr, "stimulus", 1, 2)} },
	"rdmdelayed": func(tr *Trial) []int { return []int{1 + strongest(tr, "stimulus", 1, 2)} },
	"ctx": func(tr *Trial) []int {
		return []int{1 + strongest(tr, "stimulus", 1+2*strongest(tr, "stimulus", 5, 2), 2)}
	},
	"multisensory": func(tr *Trial) []int {
		first := seen(tr, "stimulus", 1) + seen(tr, "stimulus", 3)
		return oneOf(first > seen(tr, "stimulus", 2)+seen(tr, "stimulus", 4), 1, 2)
	},
	"pulses": func(tr *Trial) []int {
		left, right := 0.0, 0.0
		for i := range tr.Steps {
			left, right = left+tr.Inputs[3*i+1], right+tr.Inputs[3*i+2]
		}
		return oneOf(left > right, 1, 2)
	},
	"reach":     func(tr *Trial) []int { return []int{1 + strongest(tr, "stimulus", 1, 32)} },
	"antireach": func(tr *Trial) []int { return []int{1 + (strongest(tr, "stimulus", 1, 32)+16)%32} },
}

func sameSymbol(tr *Trial) []int {
	n := tr.task.Inputs()
	return oneOf(strongest(tr, "cue", 0, n) == strongest(tr, "probe", 0, n), 1, 0)
}

func TestObserversAreRightWithoutNoise(t *testing.T) {
	for name, o := range observers {
		for _, dt := range []float64{0, 50, 10} {
			if name == "pulses" {
				dt = min(dt, 10) // the length of a pulse
			}
			task, err := New(name, Timing{Dt: dt})
			if err != nil {
				t.Fatal(err)
			}
			b := mustBatch(t, noiseless(t, task), Train, 0, 100)
			right, asked := 0.0, 0.0
			for _, tr := range b.Trials {
				if tr.Condition.Name == "coherence 0 %" {
					continue
				}
				asked++
				score, _ := task.def.rule.judge(tr, saying(&Batch{Lanes: 1, Steps: tr.Steps, Outputs: b.Outputs,
					Targets: tr.Targets, Trials: []*Trial{tr}}, o))
				right += score
			}
			if right != asked {
				t.Errorf("%s at dt %g: %g of %g trials right", name, dt, right, asked)
			}
		}
	}
}

// The ceilings of the literature's settings, as in the table of the reference.
func TestCeilings(t *testing.T) {
	for name, want := range map[string]float64{"rdm": .896, "ctx": .944, "delaycomp": .996, "dms": 1, "dualdms": 1, "gonogo": 1, "pulses": 1} {
		task, err := New(name, Timing{Dt: min(50, all[slices.Index(Names(), name)].Dt())}) // 50 ms divides every epoch
		if err != nil {
			t.Fatal(err)
		}
		if got := task.Ceiling(); math.Abs(got-want) > 6e-4 { // the table has three digits, some of them cut
			t.Errorf("%s: ceiling %.4f, expected %.3f", name, got, want)
		}
	}
	conditions := NewRandomDots(Timing{}).Conditions()
	for i, want := range []float64{.5, .978, 1, 1, 1} {
		if got := NewRandomDots(Timing{}).CeilingOf(conditions[i]); math.Abs(got-want) > 6e-4 {
			t.Errorf("rdm, %v: ceiling %.4f, expected %.3f", conditions[i], got, want)
		}
	}
}

// An ideal observer reaches the ceiling and no more. Noise is turned up until the ceiling says something.
func TestObserversReachTheCeiling(t *testing.T) {
	for _, c := range []struct {
		name  string
		dt    float64
		noise float64
	}{
		{"rdm", 100, 1}, {"rdm", 20, 1}, {"rdmdelayed", 50, 1}, {"ctx", 40, 1}, {"multisensory", 50, 1.5}, {"delaycomp", 100, 2}, {"dms", 50, 12},
		{"dmc", 50, 1}, {"dmc", 50, 20}, {"dualdms", 100, 20},
	} {
		task, err := New(c.name, Timing{Dt: c.dt})
		if err != nil {
			t.Fatal(err)
		}
		task = mustWith(t, task, "noise", c.noise)
		if slices.Contains(task.Knobs(), "delay") {
			task = mustWith(t, task, "delay", 0.2) // has no part in it
		}
		const n = 3000
		b := mustBatch(t, task, Test, 0, n)
		r := b.Results(saying(b, observers[c.name]))
		// Four standard deviations of the binomial.
		if off := math.Abs(r.Accuracy - r.Ceiling); off > 4*math.Sqrt(r.Ceiling*(1-r.Ceiling)/n)+1e-12 {
			t.Errorf("%s at dt %g, noise × %g: accuracy %.4f, ceiling %.4f", c.name, c.dt, c.noise, r.Accuracy, r.Ceiling)
		}
		if r.Ceiling > 0.9999 {
			t.Errorf("%s: a ceiling of %.5f shows nothing", c.name, r.Ceiling)
		}
		for _, k := range r.Conditions {
			if off := math.Abs(k.Accuracy - k.Ceiling); off > 4*math.Sqrt(k.Ceiling*(1-k.Ceiling)/float64(k.Trials))+3/float64(k.Trials) {
				t.Errorf("%s, %s: accuracy %.4f, ceiling %.4f", c.name, k.Name, k.Accuracy, k.Ceiling)
			}
		}
	}
}

// Bayes' rule for multisensory trials by brute force, summing over shares and coherences, decides as the
// observer who adds both modalities does.
func TestAddingModalitiesIsIdeal(t *testing.T) {
	task := mustWith(t, NewMultisensory(Timing{Dt: 50}), "noise", 1.5)
	precision := task.lasting("stimulus") / (2 * square(task.sigma())) // of a difference of two channels
	for _, tr := range mustBatch(t, task, Test, 0, 300).Trials {
		u := seen(tr, "stimulus", 1) - seen(tr, "stimulus", 2)
		v := seen(tr, "stimulus", 3) - seen(tr, "stimulus", 4)
		likely := func(sign float64) float64 {
			sum := 0.0
			for _, c := range task.Conditions() {
				for i := range 20 {
					d, s := sign*c.Value/100, (float64(i)+0.5)/20
					sum += math.Exp(-precision / 2 * (square(u-d*s) + square(v-d*(1-s))))
				}
			}
			return sum
		}
		if adding := observers["multisensory"](tr)[0]; adding != oneOf(likely(1) > likely(-1), 1, 2)[0] {
			t.Errorf("trial %d: adding chooses %d, Bayes' rule does not", tr.Index, adding)
		}
	}
}

// Who ignores the context is right in three of four trials without noise.
func TestContextIsNeeded(t *testing.T) {
	task := noiseless(t, NewContextDecision(Timing{}))
	const n = 2000
	b := mustBatch(t, task, Test, 0, n)
	deaf := func(tr *Trial) []int {
		first := seen(tr, "stimulus", 1) + seen(tr, "stimulus", 3)
		return oneOf(first > seen(tr, "stimulus", 2)+seen(tr, "stimulus", 4), 1, 2)
	}
	if a := b.Accuracy(saying(b, deaf)); math.Abs(a-0.75) > 0.05 { // five standard deviations
		t.Errorf("accuracy %.3f without the context", a)
	}
}

// The sd of the noise is σ/√dt, and it lies where it should.
func TestNoiseScale(t *testing.T) {
	for _, dt := range []float64{10, 100} {
		task := NewRandomDots(Timing{Dt: dt})
		noisy, still := mustBatch(t, task, Train, 0, 200), mustBatch(t, mustWith(t, task, "noise", 0), Train, 0, 200)
		sum, count := 0.0, 0.0
		for lane, tr := range noisy.Trials {
			e := tr.epoch("stimulus")
			for i := range tr.Steps {
				for k := range 3 {
					off := tr.Inputs[3*i+k] - still.Trials[lane].Inputs[3*i+k]
					if inside := i >= e.Start && i < e.Stop && k > 0; inside {
						sum, count = sum+off*off, count+1
					} else if off != 0 {
						t.Fatalf("noise of %g at step %d, channel %d", off, i, k)
					}
				}
			}
		}
		want := 1 / math.Sqrt(dt)
		if sd := math.Sqrt(sum / count); math.Abs(sd-want) > 5*want/math.Sqrt(2*count) {
			t.Errorf("dt %g: sd %.4f, expected %.4f", dt, sd, want)
		}
	}
}
