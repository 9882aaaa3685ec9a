package tasks

import "math"

// Condition is what trials are grouped by when results are reported: the two answers of a matching
// task, the coherence of random dots, the rule of a mixture.
type Condition struct {
	Name  string
	Value float64 // place on the axis of a psychometric curve; the index where nothing is measured
}

func named(names ...string) []Condition {
	list := make([]Condition, len(names))
	for i, name := range names {
		list[i] = Condition{Name: name, Value: float64(i)}
	}
	return list
}

// Conditions lists the conditions of the task; all are equally likely unless the task says so.
func (t *Task) Conditions() []Condition {
	if t.def.conditions == nil {
		return nil
	}
	return t.def.conditions(t)
}

// CeilingOf is the accuracy of an ideal observer in one condition: 1 where no noise bounds it.
func (t *Task) CeilingOf(c Condition) float64 {
	if t.def.ceiling == nil || t.err != nil {
		return 1
	}
	return t.def.ceiling(t, c)
}

// Ceiling is the accuracy of an ideal observer, who knows the task and sees its noisy inputs:
// the most that any network can reach in the mean over many trials. It is computed for the dt, the
// noise and the difficulty of this task.
func (t *Task) Ceiling() float64 {
	if t.def.ceiling == nil || t.err != nil {
		return 1
	}
	total, weight := 0.0, 0.0
	for i, c := range t.Conditions() {
		w := 1.0
		if t.def.shares != nil {
			w = t.def.shares(t)[i]
		}
		total += w * t.CeilingOf(c)
		weight += w
	}
	return total / weight
}

// phi is the standard normal distribution function.
func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// discriminate is the probability that the larger of two channels is told from the smaller when their
// means differ by difference for ms milliseconds, each with noise of sigma/√dt per step:
// the difference of the sums has mean difference·ms and variance 2σ²·ms.
func discriminate(difference, ms, sigma float64) float64 {
	if difference == 0 || ms == 0 {
		return 0.5
	}
	if sigma == 0 {
		return 1
	}
	return phi(difference * math.Sqrt(ms/2) / sigma)
}

// comparison is the accuracy of comparing two binary items that are told with probabilities p and q: right
// when both are, or neither.
func comparison(p, q float64) float64 { return p*q + (1-p)*(1-q) }
