package tasks

import (
	"fmt"
	"strconv"
)

// pulseBins is the number of times at which each side may send a pulse.
const pulseBins = 6

// NewPulses is the accumulation of pulses, "pulses": in each of six bins either side sends a pulse or
// not, with probabilities 0.3 and 0.7; which side sent more? Trials with as many on both sides have no
// answer and are drawn again. Results are by the difference.
func NewPulses(timing Timing) *Task {
	spans := []span{{"fixation", fixed(500), false}}
	for i := range pulseBins {
		n := strconv.Itoa(i + 1)
		spans = append(spans, span{"pulse" + n, fixed(10), false}, span{"gap" + n, fixed(240), false})
	}
	return build(&definition{
		name: "pulses", title: "accumulation of pulses", dt: 10,
		source: "Scott et al. 2015, doi:10.7554/eLife.11308; timing of neurogym",
		inputs: []string{"fixation", "left", "right"}, outputs: []string{"fixation", "left", "right"}, rule: classRule{},
		conditions: pulseConditions, shares: pulseShares,
		variants: single(append(spans, span{"decision", fixed(500), false}), fillPulses),
	}, timing)
}

func pulseConditions(*Task) []Condition {
	list := make([]Condition, pulseBins)
	for i := range list {
		list[i] = Condition{fmt.Sprintf("difference %d", i+1), float64(i + 1)}
	}
	return list
}

// pulseShares are the probabilities of each difference between two binomial counts, given one.
func pulseShares(*Task) []float64 {
	count := func(p float64) []float64 {
		weights := []float64{1}
		for range pulseBins {
			next := make([]float64, len(weights)+1)
			for k, w := range weights {
				next[k] += w * (1 - p)
				next[k+1] += w * p
			}
			weights = next
		}
		return weights
	}
	shares := make([]float64, pulseBins)
	few, many := count(0.3), count(0.7)
	for i, a := range few {
		for j, b := range many {
			if i != j {
				shares[max(i-j, j-i)-1] += a * b
			}
		}
	}
	return shares
}

func fillPulses(tr *Trial) {
	rates := [2]float64{0.3, 0.7}
	if tr.choice.coin() {
		rates[0], rates[1] = rates[1], rates[0]
	}
	sent, counts := tr.drawPulses(rates)
	for counts[0] == counts[1] {
		sent, counts = tr.drawPulses(rates)
	}
	tr.fixate("decision")
	for i, sides := range sent {
		for side, pulse := range sides {
			if pulse {
				tr.hold("pulse"+strconv.Itoa(i+1), 1+side, 1)
			}
		}
	}
	class := 1
	if counts[1] > counts[0] {
		class = 2
	}
	tr.answer("decision", class)
	tr.Evidence = float64(counts[1] - counts[0])
	tr.Condition = pulseConditions(nil)[max(counts[1]-counts[0], counts[0]-counts[1])-1]
}

func (tr *Trial) drawPulses(rates [2]float64) (sent [pulseBins][2]bool, counts [2]int) {
	for i := range sent {
		for side, rate := range rates {
			if sent[i][side] = tr.choice.unit() < rate; sent[i][side] {
				counts[side]++
			}
		}
	}
	return sent, counts
}
