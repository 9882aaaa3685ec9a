package tasks

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Results is the accuracy on a number of trials, overall and by condition.
type Results struct {
	Trials     int
	Accuracy   float64
	Ceiling    float64 // of the task: an ideal observer's mean
	Conditions []ConditionResult
	Choices    []Choice // one per trial, in order
}

// ConditionResult is the accuracy in one condition.
type ConditionResult struct {
	Condition
	Trials            int
	Accuracy, Ceiling float64
}

// Choice is what was chosen in one trial, given its signed evidence.
type Choice struct {
	Evidence float64
	Class    int // -1 where the task has no classes
	Score    float64
}

// Accuracy is the fraction of trials that are correct, from outputs [lane, step, output] as the readout
// gives them: before a softmax or logistic. It panics when their number is wrong.
func (b *Batch) Accuracy(outputs []float64) float64 { return b.Results(outputs).Accuracy }

// Results judges each trial and groups them by condition. It panics when the number of outputs is wrong.
func (b *Batch) Results(outputs []float64) *Results {
	b.wantOutputs(outputs)
	r := &Results{Ceiling: b.task.Ceiling()}
	seen := map[string]bool{} // a turned coherence may make two conditions the same
	for _, c := range b.task.Conditions() {
		if seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		r.Conditions = append(r.Conditions, ConditionResult{Condition: c, Ceiling: b.task.CeilingOf(c)})
	}
	width := b.Steps * b.Outputs
	for lane, tr := range b.Trials {
		score, class := b.task.def.rule.judge(tr, outputs[lane*width:lane*width+tr.Steps*b.Outputs])
		r.Choices = append(r.Choices, Choice{tr.Evidence, class, score})
		r.add(tr.Condition.Name, score)
	}
	return r
}

// add takes the score of one more trial in.
func (r *Results) add(condition string, score float64) {
	r.Accuracy, r.Trials = pooled(r.Accuracy, r.Trials, score, 1)
	for i := range r.Conditions {
		if c := &r.Conditions[i]; c.Name == condition {
			c.Accuracy, c.Trials = pooled(c.Accuracy, c.Trials, score, 1)
		}
	}
}

// Merge takes the trials of another batch of the same task in. Conditions that are not there yet, as of a
// task turned to another difficulty, are added.
func (r *Results) Merge(other *Results) {
	r.Accuracy, r.Trials = pooled(r.Accuracy, r.Trials, other.Accuracy, other.Trials)
	for _, c := range other.Conditions {
		at := slices.IndexFunc(r.Conditions, func(mine ConditionResult) bool { return mine.Name == c.Name })
		if at < 0 {
			r.Conditions = append(r.Conditions, c)
			continue
		}
		mine := &r.Conditions[at]
		mine.Accuracy, mine.Trials = pooled(mine.Accuracy, mine.Trials, c.Accuracy, c.Trials)
	}
	r.Choices = append(r.Choices, other.Choices...)
}

// pooled is the mean score of two lots of trials, and their number.
func pooled(a float64, trials int, b float64, more int) (float64, int) {
	if more == 0 {
		return a, trials
	}
	return (a*float64(trials) + b*float64(more)) / float64(trials+more), trials + more
}

// PsychometricPoint is the fraction of trials with one signed evidence in which a class was chosen.
type PsychometricPoint struct {
	Evidence, Fraction float64
	Trials             int
}

// Psychometric is how often a class was chosen at each signed evidence, in rising order.
func (r *Results) Psychometric(class int) []PsychometricPoint {
	chosen, trials := map[float64]int{}, map[float64]int{}
	for _, c := range r.Choices {
		trials[c.Evidence]++
		if c.Class == class {
			chosen[c.Evidence]++
		}
	}
	points := []PsychometricPoint{}
	for e, n := range trials {
		points = append(points, PsychometricPoint{e, float64(chosen[e]) / float64(n), n})
	}
	sort.Slice(points, func(i, j int) bool { return points[i].Evidence < points[j].Evidence })
	return points
}

// String is a table of the conditions.
func (r *Results) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s %7s %9s %9s\n", "condition", "trials", "accuracy", "ceiling")
	for _, c := range r.Conditions {
		fmt.Fprintf(&b, "%-20s %7d %8.1f%% %8.1f%%\n", c.Name, c.Trials, 100*c.Accuracy, 100*c.Ceiling)
	}
	fmt.Fprintf(&b, "%-20s %7d %8.1f%% %8.1f%%\n", "all", r.Trials, 100*r.Accuracy, 100*r.Ceiling)
	return b.String()
}
