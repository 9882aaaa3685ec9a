package tasks

// NewGoNoGo is "gonogo": one of two stimuli, a delay, and a response to one of them only.
func NewGoNoGo(timing Timing) *Task {
	return build(&definition{
		name: "gonogo", title: "go/no-go", dt: 100,
		source:  "Zhang et al. 2019, doi:10.7554/eLife.43191; timing of neurogym",
		inputs:  []string{"fixation", "no-go", "go"},
		outputs: []string{"fixation", "go"}, rule: classRule{},
		conditions: func(*Task) []Condition { return named("no-go", "go") },
		variants: single([]span{
			{"stimulus", fixed(500), false}, {"delay", fixed(500), true}, {"decision", fixed(500), false},
		}, func(tr *Trial) {
			class := tr.choice.below(2)
			tr.fixate("decision")
			tr.hold("stimulus", 1+class, 1)
			tr.answer("decision", class)
			tr.Condition = tr.task.Conditions()[class]
		}),
	}, timing)
}

// pairs are the stimuli of paired association; those with an even difference go together.
var pairs = [][2]int{{1, 3}, {1, 4}, {2, 3}, {2, 4}}

// NewPairedAssociation is delay paired association, "dpa": two stimuli in turn, and a response if they
// are a pair, (1, 3) or (2, 4).
func NewPairedAssociation(timing Timing) *Task {
	return build(&definition{
		name: "dpa", title: "delay paired association", dt: 100,
		source:  "Zhang et al. 2019, doi:10.7554/eLife.43191; timing of neurogym",
		inputs:  concat([]string{"fixation"}, channels("stimulus", 4)),
		outputs: []string{"fixation", "go"}, rule: classRule{},
		conditions: func(*Task) []Condition { return named("1 then 3", "1 then 4", "2 then 3", "2 then 4") },
		variants: single([]span{
			{"stimulus1", fixed(1000), false}, {"delay1", fixed(1000), true}, {"stimulus2", fixed(1000), false},
			{"delay2", fixed(1000), true}, {"decision", fixed(500), false},
		}, func(tr *Trial) {
			which := tr.choice.below(len(pairs))
			pair, class := pairs[which], 0
			if (pair[1]-pair[0])%2 == 0 {
				class = 1
			}
			tr.fixate("decision")
			tr.hold("stimulus1", pair[0], 1)
			tr.hold("stimulus2", pair[1], 1)
			tr.answer("decision", class)
			tr.Condition = tr.task.Conditions()[which]
		}),
	}, timing)
}
