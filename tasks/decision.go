package tasks

import (
	"fmt"
	"math"
)

var choiceAnswers = []string{"fixation", "choice 1", "choice 2"}

// coherences makes the conditions of a list of coherences in per cent, as the knob has turned them.
func coherences(list ...float64) func(*Task) []Condition {
	return func(t *Task) []Condition {
		out := make([]Condition, len(list))
		for i, c := range list {
			c = math.Min(100, c*t.knobs["coherence"])
			out[i] = Condition{fmt.Sprintf("coherence %.4g %%", c), c}
		}
		return out
	}
}

// decide draws a choice and a coherence; the evidence for choice 2 is positive.
func (tr *Trial) decide() (choice int, coherence float64) {
	conditions := tr.task.Conditions()
	choice, tr.Condition = tr.choice.below(2), conditions[tr.choice.below(len(conditions))]
	tr.Evidence = tr.Condition.Value * float64(2*choice-1)
	return choice, tr.Condition.Value
}

// dots shows a coherence in per cent, for choice 0 or 1, on two channels from first: ½ ± coherence/200.
func (tr *Trial) dots(epoch string, first, choice int, coherence float64) {
	tr.ring(epoch, first, 2, float64(choice)*math.Pi, 0.5, coherence/200)
}

// seeing is the ceiling of one pair of channels, ½ ± coherence/200, seen during an epoch.
func seeing(epoch string) func(*Task, Condition) float64 {
	return func(t *Task, c Condition) float64 {
		return discriminate(c.Value/100, t.lasting(epoch), t.sigma())
	}
}

// NewRandomDots is the perceptual decision of random dots, "rdm": which of two opposite directions is the
// stronger? Coherence 0 has no answer but chance.
func NewRandomDots(timing Timing) *Task {
	return build(&definition{
		name: "rdm", title: "perceptual decision of random dots", dt: 100, noise: 1, coherence: true,
		source:  "Britten et al. 1992, doi:10.1523/JNEUROSCI.12-12-04745.1992; timing of neurogym",
		inputs:  concat([]string{"fixation"}, channels("stimulus", 2)),
		outputs: choiceAnswers, rule: classRule{},
		conditions: coherences(0, 6.4, 12.8, 25.6, 51.2),
		variants: single([]span{
			{"fixation", fixed(100), false}, {"stimulus", fixed(2000), false},
			{"delay", fixed(0), true}, {"decision", fixed(100), false},
		}, fillRandomDots),
		ceiling: seeing("stimulus"),
	}, timing)
}

// NewDelayedRandomDots is "rdmdelayed": random dots, and a delay of random length before the answer.
func NewDelayedRandomDots(timing Timing) *Task {
	return build(&definition{
		name: "rdmdelayed", title: "random dots with a delayed response", dt: 100, noise: 1, coherence: true,
		source:  "Inagaki et al. 2019, doi:10.1038/s41586-019-0919-7; timing of neurogym",
		inputs:  concat([]string{"fixation"}, channels("stimulus", 2)),
		outputs: choiceAnswers, rule: classRule{},
		conditions: coherences(0, 6.4, 12.8, 25.6, 51.2),
		variants: single([]span{
			{"stimulus", fixed(1150), false}, {"delay", among(300, 500, 700, 900, 1200, 2000, 3200, 4000), true},
			{"decision", fixed(1500), false},
		}, fillRandomDots),
		ceiling: seeing("stimulus"),
	}, timing)
}

func fillRandomDots(tr *Trial) {
	choice, coherence := tr.decide()
	tr.fixate("decision")
	tr.dots("stimulus", 1, choice, coherence)
	tr.disturb("stimulus", 1, 2)
	tr.answer("decision", 1+choice)
}

// NewContextDecision is the context-dependent decision of Mante, "ctx": two modalities with choices and
// coherences of their own; a context says which of them is asked for. Who ignores it is right in 75 %
// at most. Results are by the coherence of the modality asked for.
func NewContextDecision(timing Timing) *Task {
	return build(&definition{
		name: "ctx", title: "context-dependent decision", dt: 100, noise: 1, coherence: true,
		source:  "Mante et al. 2013, doi:10.1038/nature12742; timing of neurogym",
		inputs:  []string{"fixation", "motion1", "motion2", "colour1", "colour2", "context motion", "context colour"},
		outputs: choiceAnswers, rule: classRule{},
		conditions: coherences(5, 15, 50),
		variants: single([]span{
			{"fixation", fixed(300), false}, {"stimulus", fixed(750), false},
			{"delay", exponential(600, 300, 3000), true}, {"decision", fixed(100), false},
		}, fillContextDecision),
		ceiling: seeing("stimulus"),
	}, timing)
}

func fillContextDecision(tr *Trial) {
	context := tr.choice.below(2)
	distracter := tr.choice.below(2)
	conditions := tr.task.Conditions()
	strength := conditions[tr.choice.below(len(conditions))].Value
	choice, coherence := tr.decide()
	tr.fixate("decision")
	tr.holdSteps(0, tr.epoch("decision").Start, 5+context, 1)
	tr.dots("stimulus", 1+2*context, choice, coherence)
	tr.dots("stimulus", 3-2*context, distracter, strength)
	tr.disturb("stimulus", 1, 4)
	tr.answer("decision", 1+choice)
}

// NewMultisensory is "multisensory": two modalities point the same way; a coherence is shared out between
// them at random, so that both have to be used.
func NewMultisensory(timing Timing) *Task {
	return build(&definition{
		name: "multisensory", title: "multisensory integration", dt: 100, noise: 1, coherence: true,
		source:  "Raposo et al. 2014, doi:10.1038/nn.3865; timing of neurogym",
		inputs:  []string{"fixation", "visual1", "visual2", "auditory1", "auditory2"},
		outputs: choiceAnswers, rule: classRule{},
		conditions: coherences(5, 15, 50),
		variants: single([]span{
			{"fixation", fixed(300), false}, {"stimulus", fixed(750), false}, {"decision", fixed(100), false},
		}, func(tr *Trial) {
			choice, coherence := tr.decide()
			share := tr.choice.unit()
			tr.fixate("decision")
			tr.dots("stimulus", 1, choice, coherence*share)
			tr.dots("stimulus", 3, choice, coherence*(1-share))
			tr.disturb("stimulus", 1, 4)
			tr.answer("decision", 1+choice)
		}),
		ceiling: multisensoryCeiling,
	}, timing)
}

// multisensoryCeiling is that of an observer who adds both modalities, with twice the noise variance of
// one. As the shares are as likely one way as the other, the likelihood ratio is even in the difference of the
// modalities and odd under a change of both signs, so its sign is that of their sum: adding is ideal.
func multisensoryCeiling(t *Task, c Condition) float64 {
	return discriminate(c.Value/100, t.lasting("stimulus")/2, t.sigma())
}
