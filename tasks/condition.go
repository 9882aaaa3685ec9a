package tasks

import (
	"math"
	"sync"
)

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

// ceilings are computed once for a task of given dt and difficulty, when they are first asked for.
type ceilings struct {
	once sync.Once
	by   map[string]float64
	mean float64
}

func (t *Task) computedCeilings() *ceilings {
	c := t.ceilings
	c.once.Do(func() {
		c.by, c.mean = map[string]float64{}, 1
		if t.def.ceiling == nil || t.err != nil {
			return
		}
		conditions := t.Conditions()
		total, weight := 0.0, 0.0
		for i, share := range t.shares() {
			c.by[conditions[i].Name] = t.def.ceiling(t, conditions[i])
			total += share * c.by[conditions[i].Name]
			weight += share
		}
		c.mean = total / weight
	})
	return c
}

// shares are the frequencies of the conditions, up to a factor.
func (t *Task) shares() []float64 {
	if t.def.shares != nil {
		return t.def.shares(t)
	}
	equal := make([]float64, len(t.Conditions()))
	for i := range equal {
		equal[i] = 1
	}
	return equal
}

// CeilingOf is the accuracy of an ideal observer in one condition: 1 where no noise bounds it.
func (t *Task) CeilingOf(c Condition) float64 {
	if ceiling, bounded := t.computedCeilings().by[c.Name]; bounded {
		return ceiling
	}
	return 1
}

// Ceiling is the accuracy of an ideal observer, who knows the task and sees its noisy inputs: the most
// that any network can reach in the mean over many trials. It is computed for the dt, the noise and the
// difficulty of this task.
func (t *Task) Ceiling() float64 { return t.computedCeilings().mean }

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
