package tasks

import "strconv"

// definition is everything that makes one task different from another: tables of facts, and a
// function that draws a trial once its epochs are laid out.
type definition struct {
	name, title, source string
	dt                  float64 // the step if none is asked for, ms
	stepwise            bool    // lengths are in steps, whatever dt is: symbols, pixels, samples
	inputs, outputs     []string
	loss                Loss
	outputWeights       []float64 // nil: all 1
	noise               float64   // σ in ms^½
	coherence           bool      // has the knob "coherence"
	rule                rule
	variants            []variant // one, or the rules of a mixture

	conditions func(t *Task) []Condition
	shares     func(t *Task) []float64            // of the conditions; nil: equal
	ceiling    func(t *Task, c Condition) float64 // nil: 1
	check      func(t *Task) error                // nil: no further limits
}

// variant is one kind of trial.
type variant struct {
	name   string
	epochs []span
	accept func(Epochs) bool // redraws lengths that leave the answer undefined; nil: all are fine
	fill   func(*Trial)
}

func single(epochs []span, fill func(*Trial)) []variant {
	return []variant{{epochs: epochs, fill: fill}}
}

// knobs lists what With can turn.
func (d *definition) knobs() []string {
	names := []string{}
	if d.noise > 0 {
		names = append(names, "noise")
	}
	if d.coherence {
		names = append(names, "coherence")
	}
	for _, v := range d.variants {
		for _, p := range v.epochs {
			if p.delay && p.length.high > 0 {
				return append(names, "delay")
			}
		}
	}
	return names
}

// mostClasses bounds the symbols of a task and the classes of images: each has a channel.
const mostClasses = 1 << 16

// channels names n channels of a ring.
func channels(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = prefix + strconv.Itoa(i+1)
	}
	return names
}

func concat(lists ...[]string) []string {
	all := []string{}
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
