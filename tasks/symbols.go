package tasks

import (
	"fmt"
	"math"
)

// NewToyMatch is a delayed match of symbols without noise or fixation: a symbol for one step, silence,
// and at the last step the same symbol or another; only that step is judged. Eight steps and two symbols
// are "toydms", the toy of brainmass's tutorial; "toydms20" and "toydms50" have that many steps and four
// symbols.
func NewToyMatch(steps, symbols int) *Task {
	name := "toydms"
	if steps != 8 || symbols != 2 {
		name = fmt.Sprintf("toydms%d", steps)
	}
	return build(&definition{
		name: name, title: fmt.Sprintf("match of %d symbols over %d steps", symbols, steps),
		source: "tutorial 08 of brainmass 0.1",
		dt:     1, stepwise: true,
		inputs:  channels("symbol", min(max(symbols, 0), mostClasses)),
		outputs: []string{"non-match", "match"}, rule: classRule{},
		conditions: func(*Task) []Condition { return named("non-match", "match") },
		variants: single([]span{
			{"cue", fixed(1), false}, {"delay", fixed(math.Max(0, float64(steps-2))), true}, {"probe", fixed(1), false},
		}, fillToyMatch),
		check: func(*Task) error {
			if steps < 2 || symbols < 2 || symbols > mostClasses {
				return fmt.Errorf("tasks: %s: %d steps and %d symbols; both are to be 2 or more, the symbols at most %d", name, steps, symbols, mostClasses)
			}
			return nil
		},
	}, Timing{})
}

func fillToyMatch(tr *Trial) {
	n := tr.task.Inputs()
	cue, match := tr.choice.below(n), tr.choice.below(2)
	probe := cue
	if match == 0 {
		probe = (cue + 1 + tr.choice.below(n-1)) % n
	}
	tr.hold("cue", cue, 1)
	tr.hold("probe", probe, 1)
	tr.answer("probe", match)
	tr.Condition = tr.task.Conditions()[match]
	tr.onlyAnswers()
}

// onlyAnswers gives weight to the steps of answers alone.
func (tr *Trial) onlyAnswers() {
	for _, a := range tr.Answers {
		for i := a.Start; i < a.Stop; i++ {
			tr.Weights[i] = 1
		}
	}
	tr.weighted = true
}
