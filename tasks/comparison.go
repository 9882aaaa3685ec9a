package tasks

import "fmt"

// flutters are the pairs of frequencies to compare, in Hz (Romo et al. 1999).
var flutters = [][2]float64{{18, 10}, {22, 14}, {26, 18}, {30, 22}, {34, 26}}

// flutterCode is the input for a frequency of 10 to 34 Hz: ½ to 1.
func flutterCode(hz float64) float64 { return (1 + (hz-10)/24) / 2 }

// NewDelayComparison is the parametric working memory of Romo, "delaycomp": was the first frequency
// higher than the second? Noise lies on both channels, as in neurogym.
func NewDelayComparison(timing Timing) *Task {
	return build(&definition{
		name: "delaycomp", title: "delay comparison of two frequencies", dt: 100, noise: 1,
		source:  "Romo et al. 1999, doi:10.1038/20939; timing of neurogym",
		inputs:  []string{"fixation", "frequency"},
		outputs: []string{"fixation", "first higher", "second higher"}, rule: classRule{},
		conditions: func(*Task) []Condition {
			list := []Condition{}
			for _, f := range flutters {
				list = append(list, Condition{fmt.Sprintf("%g and %g Hz", f[0], f[1]), f[0]})
			}
			return list
		},
		variants: single([]span{
			{"fixation", fixed(500), false}, {"frequency1", fixed(500), false}, {"delay", fixed(1000), true},
			{"frequency2", fixed(500), false}, {"decision", fixed(100), false},
		}, fillDelayComparison),
		ceiling: delayComparisonCeiling,
	}, timing)
}

func fillDelayComparison(tr *Trial) {
	which, class := tr.choice.below(len(flutters)), 1+tr.choice.below(2)
	first, second := flutters[which][0], flutters[which][1]
	if class == 2 {
		first, second = second, first
	}
	tr.fixate("decision")
	tr.hold("frequency1", 1, flutterCode(first))
	tr.hold("frequency2", 1, flutterCode(second))
	tr.disturb("frequency1", 0, 2)
	tr.disturb("frequency2", 0, 2)
	tr.answer("decision", class)
	tr.Condition = tr.task.Conditions()[which]
	tr.Evidence = second - first
}

// delayComparisonCeiling compares two means over their epochs. All pairs differ by 8 Hz and lie at the
// same places along the diagonal, so that knowing them adds nothing to the difference.
func delayComparisonCeiling(t *Task, _ Condition) float64 {
	one, two := t.lasting("frequency1"), t.lasting("frequency2")
	difference := flutterCode(flutters[0][0]) - flutterCode(flutters[0][1])
	// discriminate sums two channels over one time; here each has its own, with variance σ²/one + σ²/two.
	return discriminate(difference, 2*one*two/(one+two), t.sigma())
}

// NewIntervalDiscrimination is "interval": which of two stimuli lasted longer? Trials differ in length.
// Lengths that are equal in whole steps are drawn again, as they have no answer.
func NewIntervalDiscrimination(timing Timing) *Task {
	return build(&definition{
		name: "interval", title: "interval discrimination", dt: 80,
		source:  "Genovesio et al. 2009, doi:10.1016/j.neuron.2009.06.018; timing of neurogym",
		inputs:  []string{"fixation", "stimulus1", "stimulus2"},
		outputs: []string{"fixation", "first longer", "second longer"}, rule: classRule{},
		conditions: func(*Task) []Condition { return named("first longer", "second longer") },
		variants: []variant{{
			epochs: []span{
				{"fixation", fixed(300), false}, {"stimulus1", between(300, 600), false}, {"delay1", between(800, 1500), true},
				{"stimulus2", between(300, 600), false}, {"delay2", fixed(500), true}, {"decision", fixed(300), false},
			},
			accept: func(e Epochs) bool { return difference(e, "stimulus2", "stimulus1") != 0 },
			fill:   fillIntervalDiscrimination,
		}},
		check: checkIntervals,
	}, timing)
}

func difference(e Epochs, a, b string) int {
	first, _ := e.Find(a)
	second, _ := e.Find(b)
	return first.Steps() - second.Steps()
}

func fillIntervalDiscrimination(tr *Trial) {
	longer := difference(tr.Epochs, "stimulus2", "stimulus1")
	class := 1
	if longer > 0 {
		class = 2
	}
	tr.fixate("decision")
	tr.hold("stimulus1", 1, 1)
	tr.hold("stimulus2", 2, 1)
	tr.answer("decision", class)
	tr.Condition = tr.task.Conditions()[class-1]
	tr.Evidence = float64(longer) * tr.task.dt
}

// mostTies is how often both stimuli may last as long before that makes a poor task: trials that tie are
// drawn again.
const mostTies = 0.99

// checkIntervals refuses a dt, or given lengths, with which the two hardly ever differ.
func checkIntervals(t *Task) error {
	chances := []map[int]float64{}
	for _, p := range t.def.variants[0].epochs {
		if p.name == "stimulus1" || p.name == "stimulus2" {
			chances = append(chances, p.length.chances(t.dt))
		}
	}
	tie := 0.0
	for steps, chance := range chances[0] {
		tie += chance * chances[1][steps]
	}
	if tie > mostTies {
		return fmt.Errorf("tasks: interval: both stimuli last as many steps in %.4g %% of trials at dt = %g ms, so neither is longer; give a smaller dt or other lengths", 100*tie, t.dt)
	}
	return nil
}
