package tasks

import (
	"fmt"
	"math"
)

// Answer is what a trial asks for in steps Start to Stop-1: a class, or a value.
type Answer struct {
	Start, Stop int
	Class       int
	Value       float64
}

// Trial is one trial of its true length. Inputs are [step, channel], Targets [step, output].
type Trial struct {
	Split           Split
	Index           int
	Steps           int
	Inputs, Targets []float64
	Weights         []float64 // [step], summing to 1
	Classes         []int     // [step]; nil when the task is a regression by nature
	Epochs          Epochs
	Answers         []Answer
	Label           int // class of the last answer
	Condition       Condition
	Evidence        float64 // signed, towards the last class; the abscissa of a psychometric curve

	task          *Task
	kind          int // which variant
	choice, noise *stream
	weighted      bool // the task has set the weights itself
}

// Trial draws one trial, not padded.
func (t *Task) Trial(split Split, index int) (*Trial, error) {
	b, err := t.Batch(split, index, 1)
	if err != nil {
		return nil, err
	}
	return b.Trials[0], nil
}

// plan draws what a trial is made of, up to its length.
func (t *Task) plan(split Split, index int) *Trial {
	tr := &Trial{
		Split: split, Index: index, task: t, Label: -1,
		choice: newStream(t.seed, split, index, forChoice),
		noise:  newStream(t.seed, split, index, forNoise),
	}
	if n := len(t.def.variants); n > 1 {
		tr.kind = tr.choice.below(n)
	}
	v := t.def.variants[tr.kind]
	timing := newStream(t.seed, split, index, forTiming)
	for tr.Epochs = t.layOut(v.epochs, timing); v.accept != nil && !v.accept(tr.Epochs); {
		tr.Epochs = t.layOut(v.epochs, timing)
	}
	tr.Steps = tr.Epochs[len(tr.Epochs)-1].Stop
	return tr
}

// fill draws the rest, into arrays of the trial's length that hold zeros.
func (tr *Trial) fill() {
	tr.task.def.variants[tr.kind].fill(tr)
	if n := len(tr.Answers); n > 0 {
		tr.Label = tr.Answers[n-1].Class
	}
	if !tr.weighted {
		tr.weigh()
	}
	total := 0.0
	for _, w := range tr.Weights {
		total += w
	}
	for i := range tr.Weights {
		tr.Weights[i] /= total
	}
	if tr.Classes != nil {
		tr.spread()
	}
}

// weigh gives the usual weights: none in the first 100 ms, when the state is still arbitrary, 5 where
// an answer is due, 1 elsewhere.
func (tr *Trial) weigh() {
	for i := range tr.Weights {
		tr.Weights[i] = 1
		if float64(i)*tr.task.dt < 100-1e-9 {
			tr.Weights[i] = 0
		}
	}
	for _, a := range tr.Answers {
		for i := a.Start; i < a.Stop; i++ {
			tr.Weights[i] = 5
		}
	}
}

// targetOff and targetOn are the regression targets of a class (Yang et al. 2019): inside the range of
// a logistic, so that no weight has to grow without bound.
const targetOff, targetOn = 0.05, 0.8

// spread writes classes as regression targets.
func (tr *Trial) spread() {
	n := tr.task.Outputs()
	for i, class := range tr.Classes {
		for k := range n {
			tr.Targets[i*n+k] = targetOff
		}
		tr.Targets[i*n+class] = targetOn
	}
}

// epoch finds an epoch that the task is sure to have.
func (tr *Trial) epoch(name string) Epoch {
	e, found := tr.Epochs.Find(name)
	if !found {
		panic(fmt.Sprintf("tasks: %s has no epoch %q", tr.task.def.name, name))
	}
	return e
}

// hold sets a channel during an epoch.
func (tr *Trial) hold(epoch string, channel int, value float64) {
	e := tr.epoch(epoch)
	tr.holdSteps(e.Start, e.Stop, channel, value)
}

func (tr *Trial) holdSteps(start, stop, channel int, value float64) {
	n := tr.task.Inputs()
	for i := start; i < stop; i++ {
		tr.Inputs[i*n+channel] = value
	}
}

// fixate holds channel 0 at 1 until the epoch begins.
func (tr *Trial) fixate(until string) { tr.holdSteps(0, tr.epoch(until).Start, 0, 1) }

// ring shows an angle on n channels from first: base + scale·cos(2πk/n - angle).
func (tr *Trial) ring(epoch string, first, n int, angle, base, scale float64) {
	for k := range n {
		tr.hold(epoch, first+k, base+scale*math.Cos(2*math.Pi*float64(k)/float64(n)-angle))
	}
}

// disturb adds noise of standard deviation σ/√dt to n channels from first, so that what an observer who
// sums over an epoch can know does not depend on dt.
func (tr *Trial) disturb(epoch string, first, n int) {
	sd := tr.task.sigma() / math.Sqrt(tr.task.dt)
	width := tr.task.Inputs()
	e := tr.epoch(epoch)
	for i := e.Start; i < e.Stop; i++ {
		for k := range n {
			tr.Inputs[i*width+first+k] += sd * tr.noise.normal()
		}
	}
}

// answer asks for a class during an epoch.
func (tr *Trial) answer(epoch string, class int) {
	e := tr.epoch(epoch)
	tr.answerFrom(e, e.Start, class)
}

// answerFrom asks for a class during an epoch, and judges it from a later step.
func (tr *Trial) answerFrom(e Epoch, start, class int) {
	for i := e.Start; i < e.Stop; i++ {
		tr.Classes[i] = class
	}
	tr.Answers = append(tr.Answers, Answer{Start: start, Stop: e.Stop, Class: class})
}
