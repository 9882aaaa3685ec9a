package tasks

import (
	"fmt"
	"math"
	"strings"
)

const (
	yangRing  = 32
	yangWidth = math.Pi / 8 // standard deviation of a bump on the ring
	yangPeak  = 0.8
	yangGrace = 100 // ms after the go before a response counts
)

// yangNoise is their 0.01·√(2/α) with α = dt/100 ms, as σ of our σ/√dt: 0.01·√200 ms^½.
var yangNoise = 0.01 * math.Sqrt(200)

// NewYang is a mixture of the tasks of Yang et al. (2019) with a rule input, all twenty if none are named;
// a rule named twice is drawn twice as often. The inputs are fixation, two rings of 32 (modalities) and
// always twenty rules, so that a network can be trained on other rules later; the outputs are fixation
// and a ring. The trials of a batch differ in rule and in length.
//
// Nat. Neurosci. 22 (2019) 297-306, doi:10.1038/s41593-018-0310-2. Definitions are those of the paper, but
// lengths are drawn per trial, not per batch, and the loss is a divergence, from which anti and its like
// are learned several times sooner; that of the paper is Task.Regression's.
func NewYang(timing Timing, rules ...string) *Task {
	name := "yang"
	if len(rules) > 0 {
		name += ":" + strings.Join(rules, ",")
	} else {
		rules = YangRules()
	}
	chosen, err := findRules(rules)
	t := yangTask(yangLayout{modalities: 2, rules: true}, chosen, &definition{name: name, title: "tasks of Yang et al. with a rule input"}, timing)
	if err != nil {
		t.err = err
	}
	return t
}

// NewOculomotorDelayedResponse is "odr": a saccade, after a delay, to the place that was shown. It is
// Yang's delaygo with one ring and no rule input.
func NewOculomotorDelayedResponse(timing Timing) *Task {
	return saccade("delaygo", &definition{name: "odr", title: "oculomotor delayed response",
		source: "Funahashi et al. 1989, doi:10.1152/jn.1989.61.2.331; timing of Yang et al. 2019"}, timing)
}

// NewAntisaccade is "antiodr": the same with the saccade away from the place that was shown.
func NewAntisaccade(timing Timing) *Task {
	return saccade("delayanti", &definition{name: "antiodr", title: "oculomotor delayed response away from the stimulus",
		source: "Funahashi et al. 1993, doi:10.1038/365753a0; timing of Yang et al. 2019"}, timing)
}

// saccade is one of Yang's rules with one ring and no rule input.
func saccade(rule string, def *definition, timing Timing) *Task {
	chosen, err := findRules([]string{rule})
	if err != nil {
		panic(err) // the name is our own
	}
	return yangTask(yangLayout{modalities: 1}, chosen, def, timing)
}

// findRules gives the places of rules in the table. Unknown ones are an error; the list is never empty.
func findRules(names []string) ([]int, error) {
	chosen := []int{}
	for _, name := range names {
		at := -1
		for i, r := range yangRules {
			if r.name == name {
				at = i
			}
		}
		if at < 0 {
			return []int{0}, fmt.Errorf("tasks: Yang has no rule %q; %s", name, nearest(name, YangRules()))
		}
		chosen = append(chosen, at)
	}
	return chosen, nil
}

// yangLayout says which inputs there are.
type yangLayout struct {
	modalities int
	rules      bool
}

// yangTrial is a trial under one rule.
type yangTrial struct {
	*Trial
	yangLayout
}

func yangTask(layout yangLayout, chosen []int, def *definition, timing Timing) *Task {
	def.dt, def.noise = 20, yangNoise
	def.loss, def.rule = LogisticDivergence, directionRule{}
	def.inputs = []string{"fixation"}
	for m := range layout.modalities {
		def.inputs = append(def.inputs, channels(fmt.Sprintf("modality%d ", m+1), yangRing)...)
	}
	if layout.rules {
		def.inputs = append(def.inputs, YangRules()...)
	}
	def.outputs = concat([]string{"fixation"}, channels("direction", yangRing))
	def.outputWeights = []float64{2}
	drawn := map[string]float64{}
	names := []string{}
	for _, rule := range chosen {
		r := yangRules[rule]
		def.coherence = def.coherence || r.coherent
		if drawn[r.name]++; drawn[r.name] == 1 {
			names = append(names, r.name)
		}
		def.variants = append(def.variants, variant{name: r.name, epochs: r.spans, fill: func(tr *Trial) {
			layout.draw(tr, rule)
		}})
	}
	def.conditions = func(*Task) []Condition { return named(names...) }
	def.shares = func(*Task) []float64 {
		shares := make([]float64, len(names))
		for i, name := range names {
			shares[i] = drawn[name]
		}
		return shares
	}
	def.ceiling = yangCeiling
	return build(def, timing)
}

// draw makes a trial under a rule: what all rules share, then what the rule says.
func (l yangLayout) draw(tr *Trial, rule int) {
	name, start := yangRules[rule].name, tr.epoch("go").Start
	if l.rules {
		tr.holdSteps(0, tr.Steps, 1+l.modalities*yangRing+rule, 1)
	}
	until := start
	if strings.HasPrefix(name, "react") {
		until = tr.Steps // fixation stays on: the stimulus itself is the go
	}
	tr.holdSteps(0, until, 0, 1)
	for i := range tr.Steps {
		tr.fixationTarget(i, yangPeak)
	}
	yangRules[rule].fill(&yangTrial{tr, l})
	tr.weighYang(start)
	for _, c := range tr.task.Conditions() {
		if c.Name == name {
			tr.Condition = c
		}
	}
	for _, e := range tr.Epochs {
		tr.disturb(e.Name, 0, tr.task.Inputs())
	}
}

// weighYang gives weight 1 from 100 ms to the go and 5 from 100 ms after it.
func (tr *Trial) weighYang(start int) {
	grace := wholeSteps(yangGrace, tr.task.dt)
	for i := grace; i < start; i++ {
		tr.Weights[i] = 1
	}
	for i := min(start+grace, tr.Steps-1); i < tr.Steps; i++ {
		tr.Weights[i] = 5
	}
	tr.weighted = true
}

// fixationTarget writes the targets of a step: fixation, and a ring at rest.
func (tr *Trial) fixationTarget(step int, value float64) {
	row := tr.Targets[step*(1+yangRing) : (step+1)*(1+yangRing)]
	row[0] = value
	for k := range yangRing {
		row[1+k] = targetOff
	}
}

// bump is the activity of unit k when an angle is shown.
func bump(k int, angle float64) float64 {
	off := turn(2*math.Pi*float64(k)/yangRing-angle) / yangWidth
	return yangPeak * math.Exp(-off*off/2)
}

// show adds a stimulus of some strength to a modality during an epoch.
func (y *yangTrial) show(epoch string, modality int, angle, strength float64) {
	e, width := y.epoch(epoch), y.task.Inputs()
	for k := range yangRing {
		value := strength * bump(k, angle)
		for i := e.Start; i < e.Stop; i++ {
			y.Inputs[i*width+1+modality*yangRing+k] += value
		}
	}
}

// respondTo asks for a response towards an angle from the go on.
func (y *yangTrial) respondTo(angle float64) {
	e := y.epoch("go")
	for i := e.Start; i < e.Stop; i++ {
		y.fixationTarget(i, targetOff)
		for k := range yangRing {
			at := i*(1+yangRing) + 1 + k
			y.Targets[at] = math.Max(y.Targets[at], bump(k, angle))
		}
	}
	y.Answers = []Answer{{Start: e.Start, Stop: e.Stop, Class: 1, Value: angle}}
}

// stay asks to keep fixation.
func (y *yangTrial) stay() {
	e := y.epoch("go")
	y.Answers = []Answer{{Start: e.Start, Stop: e.Stop, Class: 0}}
}

func (y *yangTrial) angle() float64 { return y.choice.uniform(0, 2*math.Pi) }

// twoPlaces are two angles at least a quarter turn apart.
func (y *yangTrial) twoPlaces() [2]float64 {
	first := y.angle()
	return [2]float64{first, first + y.choice.uniform(math.Pi/2, 3*math.Pi/2)}
}

// respond is the family of go and anti: one stimulus, in either modality, and a response to it or, half
// turns further, away from it. The stimulus stays on during the response unless there was a delay.
func respond(halfTurns float64) func(*yangTrial) {
	return func(y *yangTrial) {
		angle, modality := y.angle(), y.choice.below(y.modalities)
		if _, found := y.Epochs.Find("stimulus"); found {
			y.show("stimulus", modality, angle, 1)
		}
		if _, found := y.Epochs.Find("delay"); !found {
			y.show("go", modality, angle, 1)
		}
		y.respondTo(angle + halfTurns*math.Pi)
	}
}
