package tasks

import (
	"fmt"
	"math"
)

// rampEnd is where the target of a produced interval stops to count, in units of the interval: past 1, so
// that the output crosses the threshold with a slope and the crossing is well defined.
const rampEnd = 1.2

// produce asks for an interval: the output is to be 0, and from the start of the epoch to rise to 1 over
// ms. It stands for the motor plan whose threshold crossing is the response (Wang et al. 2018,
// doi:10.1038/s41593-017-0028-6); a target of a single 1 at the right step teaches hardly anything.
func (tr *Trial) produce(epoch string, ms float64) {
	e := tr.epoch(epoch)
	tr.Answers = []Answer{{Start: e.Start, Stop: e.Stop, Class: -1, Value: ms}}
	tr.weigh()
	tr.weighted = true
	for i := e.Start; i < e.Stop; i++ {
		ramp := float64(i-e.Start) * tr.task.dt / ms
		tr.Targets[i] = ramp
		if ramp > rampEnd {
			tr.Weights[i] = 0
		}
	}
}

// checkProduction refuses an epoch of production that ends before the interval to produce, which is a multiple
// of an epoch's.
func (t *Task) checkProduction(epoch string, factor float64) error {
	var measured law
	for _, p := range t.def.variants[0].epochs {
		if p.name == epoch {
			measured = p.length
		}
		if p.name != "production" {
			continue
		}
		for _, ms := range []float64{measured.shortest(), measured.high} {
			steps := wholeSteps(ms, t.dt)
			room := wholeSteps(p.length.low, t.dt)
			if p.length.kind == multipleLaw {
				room = floored(p.length.mean * float64(steps))
			}
			if interval := factor * float64(steps); float64(room) < interval+1 {
				return fmt.Errorf("tasks: %s: an interval of %g steps of %g ms is to be produced within %d steps; give a longer production, a smaller dt or a greater gain",
					t.def.name, interval, t.dt, room)
			}
		}
	}
	return nil
}

// quarters names the conditions of an interval drawn from [low, high].
func quarters(low, high float64) func(*Task) []Condition {
	return func(*Task) []Condition {
		list := make([]Condition, 4)
		for i := range list {
			from := low + (high-low)*float64(i)/4
			to := from + (high-low)/4
			list[i] = Condition{fmt.Sprintf("%g – %g ms", from, to), (from + to) / 2}
		}
		return list
	}
}

// NewReadySetGo is "rsg": the time from the end of Ready to the start of Set is to be produced, times a
// gain, from the end of Set. Conditions are quarters of the range of that time.
func NewReadySetGo(timing Timing, gain float64) *Task {
	const low, high = 800, 1500
	return build(&definition{
		name: "rsg", title: fmt.Sprintf("ready, set, go with gain %g", gain), dt: 20,
		source: "Jazayeri & Shadlen 2010, doi:10.1038/nn.2590; timing of neurogym",
		inputs: []string{"fixation", "ready", "set"}, outputs: []string{"ramp"},
		loss: MeanSquare, rule: intervalRule{tolerance: 0.2},
		conditions: quarters(low, high),
		variants: single([]span{
			{"fixation", fixed(100), false}, {"ready", fixed(83), false}, {"measure", between(low, high), false},
			{"set", fixed(83), false}, {"production", times(2*gain, "measure"), false},
		}, func(tr *Trial) {
			ms := float64(tr.epoch("measure").Steps()) * tr.task.dt
			tr.fixate("production")
			tr.hold("ready", 1, 1)
			tr.hold("set", 2, 1)
			tr.produce("production", gain*ms)
			tr.Evidence = gain * ms
			conditions := tr.task.Conditions()
			which := int(4 * (ms - low) / (high - low))
			tr.Condition = conditions[max(0, min(which, len(conditions)-1))]
		}),
		check: func(t *Task) error {
			if !(gain > 0) || math.IsInf(gain, 0) {
				return fmt.Errorf("tasks: rsg: the gain is %g, not a positive number", gain)
			}
			return t.checkProduction("measure", gain)
		},
	}, timing)
}

// beats are the intervals of one-two-three-go, in ms.
var beats = []float64{600, 700, 800, 900, 1000}

// NewOneTwoThreeGo is "123go": two equal intervals between three pulses, and a third to be produced.
func NewOneTwoThreeGo(timing Timing) *Task {
	return build(&definition{
		name: "123go", title: "one, two, three, go", dt: 20,
		source: "Egger et al. 2019, doi:10.1038/s41593-019-0500-6; timing of neurogym",
		inputs: []string{"fixation", "pulse", "target"}, outputs: []string{"ramp"},
		loss: MeanSquare, rule: intervalRule{tolerance: 0.2},
		conditions: beatConditions,
		variants: single([]span{
			{"target", exponential(1000, 500, 1500), false}, {"pulse1", fixed(100), false}, {"interval1", among(beats...), false},
			{"pulse2", fixed(100), false}, {"interval2", times(1, "interval1"), false},
			{"pulse3", fixed(100), false}, {"production", times(2, "interval1"), false},
		}, fillOneTwoThreeGo),
		check: func(t *Task) error { return t.checkProduction("interval1", 1) },
	}, timing)
}

func beatConditions(*Task) []Condition {
	list := make([]Condition, len(beats))
	for i, ms := range beats {
		list[i] = Condition{fmt.Sprintf("%g ms", ms), ms}
	}
	return list
}

func fillOneTwoThreeGo(tr *Trial) {
	ms := float64(tr.epoch("interval1").Steps()) * tr.task.dt
	tr.fixate("production")
	for _, pulse := range []string{"pulse1", "pulse2", "pulse3"} {
		tr.hold(pulse, 1, 1)
	}
	tr.holdSteps(0, tr.Steps, 2, 1)
	tr.produce("production", ms)
	tr.Evidence = ms
	closest := math.Inf(1) // the length is a beat floored to steps
	for _, c := range beatConditions(nil) {
		if off := math.Abs(c.Value - ms); off < closest {
			tr.Condition, closest = c, off
		}
	}
}
