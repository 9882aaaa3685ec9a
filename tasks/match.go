package tasks

import "math"

var matchAnswers = []string{"fixation", "match", "non-match"}

func matchConditions(*Task) []Condition { return named("match", "non-match") }

// setMatch labels a matching trial; class 1 is match, 2 non-match.
func (tr *Trial) setMatch(match bool) int {
	class := 2
	if match {
		class = 1
	}
	tr.Condition = matchConditions(nil)[class-1]
	tr.Evidence = float64(class)*2 - 3
	return class
}

// NewDelayedMatch is delayed match-to-sample, "dms": is the test at the same one of two opposite places
// as the sample was? Both are shown under noise, so that the sample has to be summed, then held.
func NewDelayedMatch(timing Timing) *Task {
	return build(&definition{
		name: "dms", title: "delayed match to sample", dt: 100, noise: 1,
		source:  "Freedman et al. 2001, doi:10.1126/science.291.5502.312; timing of neurogym",
		inputs:  concat([]string{"fixation"}, channels("stimulus", 2)),
		outputs: matchAnswers, rule: classRule{},
		conditions: matchConditions,
		variants: single([]span{
			{"fixation", fixed(300), false}, {"sample", fixed(500), false}, {"delay", fixed(1000), true},
			{"test", fixed(500), false}, {"decision", fixed(900), false},
		}, fillDelayedMatch),
		ceiling: func(t *Task, _ Condition) float64 {
			sample := discriminate(1, t.lasting("sample"), t.sigma())
			test := discriminate(1, t.lasting("test"), t.sigma())
			return comparison(sample, test)
		},
	}, timing)
}

func fillDelayedMatch(tr *Trial) {
	sample, match := float64(tr.choice.below(2))*math.Pi, tr.choice.coin()
	test := sample
	if !match {
		test += math.Pi
	}
	tr.fixate("decision")
	tr.ring("sample", 1, 2, sample, 0.5, 0.5)
	tr.ring("test", 1, 2, test, 0.5, 0.5)
	tr.disturb("sample", 1, 2)
	tr.disturb("test", 1, 2)
	tr.answer("decision", tr.setMatch(match))
}

// distractedRing is the number of directions shown by the task with distractors.
const distractedRing = 32

// NewDistractedMatch is "dmsdistractor": of three tests exactly one has the sample's direction, the
// others are distractors at random directions. The answer is due during each test.
func NewDistractedMatch(timing Timing) *Task {
	return build(&definition{
		name: "dmsdistractor", title: "delayed match to sample with distractors", dt: 100,
		source:  "Miller et al. 1996, doi:10.1523/JNEUROSCI.16-16-05154.1996; timing of neurogym",
		inputs:  concat([]string{"fixation"}, channels("stimulus", distractedRing)),
		outputs: []string{"fixation", "match"}, rule: classRule{},
		conditions: func(*Task) []Condition { return named("test 1", "test 2", "test 3") },
		variants: single([]span{
			{"fixation", fixed(300), false}, {"sample", fixed(500), false},
			{"delay1", fixed(1000), true}, {"test1", fixed(500), false},
			{"delay2", fixed(1000), true}, {"test2", fixed(500), false},
			{"delay3", fixed(1000), true}, {"test3", fixed(500), false},
		}, fillDistractedMatch),
	}, timing)
}

func fillDistractedMatch(tr *Trial) {
	sample, which := tr.choice.uniform(0, 2*math.Pi), tr.choice.below(3)
	tr.Condition = tr.task.Conditions()[which]
	tr.holdSteps(0, tr.Steps, 0, 1)
	tr.ring("sample", 1, distractedRing, sample, 0, 1)
	for i, test := range []string{"test1", "test2", "test3"} {
		angle, class := sample, 1
		if i != which {
			angle, class = tr.choice.uniform(0, 2*math.Pi), 0
		}
		tr.ring(test, 1, distractedRing, angle, 0, 1)
		tr.answer(test, class)
	}
}

// categoryRing is the number of channels that show an angle whose category is asked for. Two channels,
// as in neurogym, show its cosine only, which is the same on both sides of the boundary.
const categoryRing = 8

// NewCategoryMatch is delayed match-to-category, "dmc": do sample and test lie on the same side of the
// boundary between [0, π) and [π, 2π)? The answer is due during the test. Angles near the boundary
// cannot be told under noise, which the ceiling counts.
func NewCategoryMatch(timing Timing) *Task {
	return build(&definition{
		name: "dmc", title: "delayed match to category", dt: 100, noise: 1,
		source:  "Freedman & Assad 2006, doi:10.1038/nature05078; timing of neurogym",
		inputs:  concat([]string{"fixation"}, channels("stimulus", categoryRing)),
		outputs: matchAnswers, rule: classRule{},
		conditions: matchConditions,
		variants: single([]span{
			{"fixation", fixed(500), false}, {"sample", fixed(650), false},
			{"delay", fixed(1000), true}, {"test", fixed(650), false},
		}, fillCategoryMatch),
		ceiling: func(t *Task, _ Condition) float64 {
			sample := t.categoryKnown(t.lasting("sample"))
			test := t.categoryKnown(t.lasting("test"))
			return comparison(sample, test)
		},
	}, timing)
}

func fillCategoryMatch(tr *Trial) {
	category, match := tr.choice.below(2), tr.choice.coin()
	other := category
	if !match {
		other = 1 - category
	}
	tr.fixate("test")
	tr.ring("sample", 1, categoryRing, (float64(category)+tr.choice.unit())*math.Pi, 0.5, 0.5)
	tr.ring("test", 1, categoryRing, (float64(other)+tr.choice.unit())*math.Pi, 0.5, 0.5)
	tr.disturb("sample", 1, categoryRing)
	tr.disturb("test", 1, categoryRing)
	tr.answer("test", tr.setMatch(match))
}

// categoryKnown is the probability that the category of an angle, uniform in its half circle, is told
// from n noisy channels ½+½cos(θ_k-θ) summed over ms. By symmetry the best guess is the sign of
// Σ_k sin θ_k x_k, of mean n/4·sin θ and variance n/2·σ²/ms; the mean over θ is a midpoint sum.
func (t *Task) categoryKnown(ms float64) float64 {
	if t.sigma() == 0 {
		return 1
	}
	n := float64(categoryRing)
	sharpness := n / 4 * math.Sqrt(ms/(n/2)) / t.sigma()
	const points = 2000
	sum := 0.0
	for i := range points {
		sum += phi(sharpness * math.Sin(math.Pi*(float64(i)+0.5)/points))
	}
	return sum / points
}

// dualGrace is how long after the onset of a test its answer is not judged yet, in ms.
const dualGrace = 80

// NewDualMatch is the dual delayed match, "dualdms": two samples at once, each at one of two orientations
// (cos, sin of 0 or π/2); then, twice, a cue says which of them is compared with the test that follows.
// Both are tested, in random order, and both answers count.
func NewDualMatch(timing Timing) *Task {
	return build(&definition{
		name: "dualdms", title: "dual delayed match to sample", dt: 100, noise: 1,
		source:  "Rose et al. 2016, doi:10.1126/science.aah7011; timing of neurogym",
		inputs:  []string{"fixation", "stimulus1 cos", "stimulus1 sin", "stimulus2 cos", "stimulus2 sin", "cue1", "cue2"},
		outputs: matchAnswers, rule: classRule{},
		conditions: func(*Task) []Condition {
			return named("match, match", "match, non-match", "non-match, match", "non-match, non-match")
		},
		variants: single([]span{
			{"fixation", fixed(500), false}, {"sample", fixed(500), false}, {"delay1", fixed(500), true},
			{"cue1", fixed(500), false}, {"test1", fixed(500), false}, {"delay2", fixed(500), true},
			{"cue2", fixed(500), false}, {"test2", fixed(500), false},
		}, fillDualMatch),
		ceiling: func(t *Task, _ Condition) float64 {
			sample := discriminate(1, t.lasting("sample"), t.sigma())
			both := 1.0
			for _, epoch := range []string{"test1", "test2"} {
				test := discriminate(1, t.lasting(epoch), t.sigma())
				both *= comparison(sample, test)
			}
			return both
		},
	}, timing)
}

func fillDualMatch(tr *Trial) {
	tr.holdSteps(0, tr.Steps, 0, 1)
	samples := [2]int{tr.choice.below(2), tr.choice.below(2)}
	for item, orientation := range samples {
		tr.orient("sample", item, orientation)
	}
	asked := tr.choice.below(2)
	condition := 0
	for i, when := range []string{"1", "2"} {
		match, test := tr.choice.coin(), tr.epoch("test"+when)
		orientation, class := samples[asked], 1
		if !match {
			orientation, class = 1-orientation, 2
		}
		tr.hold("cue"+when, 5+asked, 1)
		tr.orient(test.Name, asked, orientation)
		late := min(wholeSteps(dualGrace, tr.task.dt), test.Steps()-1)
		tr.answerFrom(test, test.Start+late, class)
		condition += (class - 1) << (1 - i)
		asked = 1 - asked
	}
	tr.Condition = tr.task.Conditions()[condition]
	for _, epoch := range []string{"sample", "test1", "test2"} {
		tr.disturb(epoch, 1, 4)
	}
}

// orient shows one of two items at orientation 0 or π/2.
func (tr *Trial) orient(epoch string, item, orientation int) {
	tr.hold(epoch, 1+2*item+orientation, 1)
}
