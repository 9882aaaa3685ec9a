package tasks

import (
	"fmt"
	"math"
)

// rule judges one trial by the readout's values [step, output] during its true length: a score of 0 to 1
// and the class that was chosen, -1 where there are none.
type rule interface {
	judge(tr *Trial, outputs []float64) (score float64, choice int)
	String() string
}

var (
	_ rule = classRule{}
	_ rule = valueRule{}
	_ rule = directionRule{}
	_ rule = intervalRule{}
	_ rule = skillRule{}
)

func mark(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

// classRule takes the greatest of the outputs averaged over the answer. A trial with several answers is
// correct when all are.
type classRule struct{}

func (classRule) String() string {
	return "the greatest output, averaged over the answer, is the class; all answers of a trial count"
}

func (classRule) judge(tr *Trial, outputs []float64) (float64, int) {
	right, choice := true, -1
	for _, a := range tr.Answers {
		if choice = greatest(meanOutputs(outputs, tr.task.Outputs(), a)); choice < 0 {
			return 0, -1
		}
		right = right && choice == a.Class
	}
	return mark(right), choice
}

func meanOutputs(outputs []float64, n int, a Answer) []float64 {
	mean := make([]float64, n)
	for i := a.Start; i < a.Stop; i++ {
		for k := range n {
			mean[k] += outputs[i*n+k] / float64(a.Stop-a.Start)
		}
	}
	return mean
}

// greatest is the place of the greatest value; -1 if one is no number, as where a network has diverged.
func greatest(values []float64) int {
	best := 0
	for k, v := range values {
		if math.IsNaN(v) {
			return -1
		}
		if v > values[best] {
			best = k
		}
	}
	return best
}

// valueRule wants one output, averaged over the answer, within a tolerance of the value.
type valueRule struct {
	output    int
	tolerance float64
}

func (r valueRule) String() string {
	return fmt.Sprintf("output %d, averaged over the answer, is less than %g from the value", r.output+1, r.tolerance)
}

func (r valueRule) judge(tr *Trial, outputs []float64) (float64, int) {
	a := tr.Answers[len(tr.Answers)-1]
	got := meanOutputs(outputs, tr.task.Outputs(), a)[r.output]
	return mark(math.Abs(got-a.Value) < r.tolerance), -1
}

// directionRule is that of Yang et al. (2019), at the last step: who should keep fixation has the fixation
// output above 0.5; who should respond has it at 0.5 or below, and the population vector of the ring
// within 0.2 π of the value. Outputs pass the logistic first. Class 0 is fixation, 1 a response.
type directionRule struct{}

func (directionRule) String() string {
	return "at the last step: fixation above 0.5, or else the ring's population vector within 36° of the target"
}

func (directionRule) judge(tr *Trial, outputs []float64) (float64, int) {
	n := tr.task.Outputs()
	last := outputs[(tr.Steps-1)*n : tr.Steps*n]
	a := tr.Answers[len(tr.Answers)-1]
	if logistic(last[0]) > 0.5 {
		return mark(a.Class == 0), 0
	}
	return mark(a.Class == 1 && math.Abs(turn(populationVector(last[1:])-a.Value)) < 0.2*math.Pi), 1
}

func populationVector(ring []float64) float64 {
	x, y := 0.0, 0.0
	for k, v := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(len(ring)))
		x, y = x+logistic(v)*cos, y+logistic(v)*sin
	}
	return math.Atan2(y, x)
}

// turn is an angle in (-π, π].
func turn(angle float64) float64 { return math.Remainder(angle, 2*math.Pi) }

// intervalRule wants output 0 to cross 1, from the start of the answer, after the value in ms, within a
// relative tolerance. The crossing is interpolated between steps; step i of the answer is time i·dt.
type intervalRule struct{ tolerance float64 }

func (r intervalRule) String() string {
	return fmt.Sprintf("the output crosses 1 within %g %% of the interval to produce", 100*r.tolerance)
}

func (r intervalRule) judge(tr *Trial, outputs []float64) (float64, int) {
	n := tr.task.Outputs()
	a := tr.Answers[len(tr.Answers)-1]
	for i := a.Start; i < a.Stop; i++ {
		now := outputs[i*n]
		if now < 1 {
			continue
		}
		at := float64(i - a.Start)
		if i > a.Start {
			before := outputs[(i-1)*n]
			at += (1-before)/(now-before) - 1
		}
		return mark(math.Abs(at*tr.task.dt-a.Value) < r.tolerance*a.Value), -1
	}
	return 0, -1
}

// skillRule is the part of persistence's squared error that the outputs avoid, not below 0: 1 is a perfect
// prediction, 0 one no better than repeating the present. Inputs and targets have the same channels.
type skillRule struct{}

func (skillRule) String() string {
	return "1 - squared error / squared error of persistence, not below 0"
}

func (skillRule) judge(tr *Trial, outputs []float64) (float64, int) {
	a, n := tr.Answers[0], tr.task.Outputs()
	wrong, still := 0.0, 0.0
	for i := a.Start * n; i < a.Stop*n; i++ {
		wrong += square(outputs[i] - tr.Targets[i])
		still += square(tr.Inputs[i] - tr.Targets[i])
	}
	if still == 0 {
		return mark(wrong == 0), -1
	}
	if math.IsNaN(wrong) {
		return 0, -1
	}
	return math.Max(0, 1-wrong/still), -1
}

func square(x float64) float64 { return x * x }
