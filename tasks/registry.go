package tasks

import (
	"fmt"
	"strings"
)

// registered are the tasks that need nothing but a timing, by name.
var registered = []struct {
	name  string
	build func(Timing) *Task
}{
	{"dms", NewDelayedMatch},
	{"dmsdistractor", NewDistractedMatch},
	{"dmc", NewCategoryMatch},
	{"dualdms", NewDualMatch},
	{"toydms", toyMatch(8, 2)},
	{"toydms20", toyMatch(20, 4)},
	{"toydms50", toyMatch(50, 4)},
	{"gonogo", NewGoNoGo},
	{"dpa", NewPairedAssociation},
	{"delaycomp", NewDelayComparison},
	{"interval", NewIntervalDiscrimination},
	{"rdm", NewRandomDots},
	{"rdmdelayed", NewDelayedRandomDots},
	{"ctx", NewContextDecision},
	{"multisensory", NewMultisensory},
	{"pulses", NewPulses},
	{"odr", NewOculomotorDelayedResponse},
	{"antiodr", NewAntisaccade},
	{"reaching", NewReachingDelayedResponse},
	{"reach", NewReach},
	{"antireach", NewAntiReach},
	{"rsg", func(t Timing) *Task { return NewReadySetGo(t, 1) }},
	{"123go", NewOneTwoThreeGo},
	{"strokes", strokesInOrder(RowByRow)},
	{"pstrokes", strokesInOrder(Permuted)},
	{"lorenz", sampled(NewLorenz)},
	{"mackeyglass17", mackeyGlass(17)},
	{"mackeyglass30", mackeyGlass(30)},
	{"yang", func(t Timing) *Task { return NewYang(t) }},
}

func toyMatch(steps, symbols int) func(Timing) *Task {
	return sampled(func() *Task { return NewToyMatch(steps, symbols) })
}

// sampled is a task that comes in samples, so that a timing can only say how long each is held.
func sampled(build func() *Task) func(Timing) *Task {
	return func(timing Timing) *Task { return build().Retimed(timing) }
}

// Names lists the tasks that New knows. Besides them it knows every mixture of Yang's, written
// "yang:go,anti,dm1".
func Names() []string {
	names := make([]string, len(registered))
	for i, r := range registered {
		names[i] = r.name
	}
	return names
}

// New makes a task by name.
func New(name string, timing Timing) (*Task, error) {
	if rules, mixture := strings.CutPrefix(name, "yang:"); mixture {
		t := NewYang(timing, strings.Split(rules, ",")...)
		return t, t.err
	}
	for _, r := range registered {
		if r.name == name {
			t := r.build(timing)
			return t, t.err
		}
	}
	if name == "smnist" || name == "psmnist" {
		return nil, fmt.Errorf("tasks: %s needs files: LoadMNIST and NewImageSequence; without any, take strokes or pstrokes", name)
	}
	return nil, fmt.Errorf("tasks: no task %q; %s", name, nearest(name, Names()))
}
