package tasks

import (
	"fmt"
	"math"
)

// NewReachingDelayedResponse is "reaching": a value in (0, 1) is shown, and after a delay reported by the
// second output, while the first says when to move.
func NewReachingDelayedResponse(timing Timing) *Task {
	return build(&definition{
		name: "reaching", title: "reaching with a delayed response", dt: 100,
		source: "task and timing of neurogym",
		inputs: []string{"go", "stimulus"}, outputs: []string{"move", "position"},
		loss: MeanSquare, rule: valueRule{output: 1, tolerance: 0.1},
		conditions: delayConditions,
		variants: single([]span{
			{"stimulus", fixed(500), false}, {"delay", among(0, 1000, 2000), true}, {"decision", fixed(500), false},
		}, fillReaching),
	}, timing)
}

func fillReaching(tr *Trial) {
	value, decision := tr.choice.unit(), tr.epoch("decision")
	tr.hold("stimulus", 1, value)
	tr.hold("delay", 1, -0.5)
	tr.hold("decision", 1, -0.5)
	tr.hold("decision", 0, 1)
	for i := range tr.Steps {
		target := [2]float64{-1, -0.5}
		if i >= decision.Start {
			target = [2]float64{1, value}
		}
		copy(tr.Targets[2*i:], target[:])
	}
	tr.Answers = []Answer{{Start: decision.Start, Stop: decision.Stop, Class: -1, Value: value}}
	tr.Evidence = value
	tr.Condition = delayCondition(float64(tr.epoch("delay").Steps()) * tr.task.dt)
}

// delayConditions are the lengths of the delay as they are turned now, in whole steps.
func delayConditions(t *Task) []Condition {
	list := []Condition{}
	for _, p := range t.def.variants[0].epochs {
		if p.name != "delay" {
			continue
		}
		for _, ms := range p.length.values() {
			list = append(list, delayCondition(t.dt*float64(wholeSteps(ms*t.scale(p), t.dt))))
		}
	}
	return list
}

func delayCondition(ms float64) Condition { return Condition{fmt.Sprintf("delay %g ms", ms), ms} }

// directions is the number of places of the reaching and saccade tasks.
const directions = 32

// NewReach is "reach": a response to the place that was shown.
func NewReach(timing Timing) *Task { return reach("reach", "reach to the stimulus", 0, timing) }

// NewAntiReach is "antireach": a response away from the place that was shown.
func NewAntiReach(timing Timing) *Task {
	return reach("antireach", "reach away from the stimulus", directions/2, timing)
}

func reach(name, title string, shift int, timing Timing) *Task {
	return build(&definition{
		name: name, title: title, dt: 100,
		source:  "Munoz & Everling 2004, doi:10.1038/nrn1345; timing of neurogym",
		inputs:  concat([]string{"fixation"}, channels("stimulus", directions)),
		outputs: concat([]string{"fixation"}, channels("direction", directions)), rule: classRule{},
		conditions: func(*Task) []Condition { return named("right", "up", "left", "down") },
		variants: single([]span{
			{"fixation", fixed(500), false}, {"stimulus", fixed(500), false},
			{"delay", fixed(0), true}, {"decision", fixed(500), false},
		}, func(tr *Trial) {
			place := tr.choice.below(directions)
			tr.fixate("decision")
			tr.ring("stimulus", 1, directions, 2*math.Pi*float64(place)/directions, 0.5, 0.5)
			tr.answer("decision", 1+(place+shift)%directions)
			tr.Condition = tr.task.Conditions()[((place+directions/8)%directions)/(directions/4)]
		}),
	}, timing)
}
