package tasks

import (
	"fmt"
	"math"
	"runtime"
	"sync"
)

// Batch is a number of trials side by side, padded to the longest. Beyond the length of its trial a
// lane has inputs, targets, classes and weights 0: hold its state there, and the loss ignores it.
type Batch struct {
	Lanes, Steps      int
	Channels, Outputs int
	Inputs            []float64 // [lane, step, channel]
	Targets           []float64 // [lane, step, output]
	Weights           []float64 // [lane, step]; each lane sums to 1
	Classes           []int     // [lane, step]; nil when the task is a regression by nature
	Lengths           []int     // [lane] true number of steps
	Labels            []int     // [lane]
	Trials            []*Trial  // [lane]; their slices are parts of the batch's

	task *Task
}

// Batch draws trials first to first+count-1 of a split. Trial number i is the same in every batch.
func (t *Task) Batch(split Split, first, count int) (*Batch, error) {
	return t.BatchIn(nil, split, first, count)
}

// BatchIn is Batch in the memory of an earlier batch, nil for none, as far as that is enough. The earlier one and
// its trials must not be used any more.
func (t *Task) BatchIn(earlier *Batch, split Split, first, count int) (*Batch, error) {
	if t.err != nil {
		return nil, t.err
	}
	if split > Test || first < 0 || count <= 0 || first > math.MaxInt-count {
		return nil, fmt.Errorf("tasks: %s: no batch of %d trials from number %d of %v", t.def.name, count, first, split)
	}
	if err := t.fits(count, t.MaxSteps()); err != nil {
		return nil, err
	}
	b := &Batch{Lanes: count, Channels: t.Inputs(), Outputs: t.Outputs(), Trials: make([]*Trial, count), task: t}
	if earlier != nil {
		b.Inputs, b.Targets, b.Weights, b.Classes = earlier.Inputs, earlier.Targets, earlier.Weights, earlier.Classes
	}
	for i := range b.Trials {
		b.Trials[i] = t.plan(split, first+i)
		b.Lengths = append(b.Lengths, b.Trials[i].Steps)
		b.Steps = max(b.Steps, b.Trials[i].Steps)
	}
	b.allocate()
	inParallel(count, func(lane int) { b.Trials[lane].fill() })
	for _, tr := range b.Trials {
		b.Labels = append(b.Labels, tr.Label)
	}
	return b, nil
}

// mostNumbers bounds what a batch holds, to 128 GiB: more is a mistyped number, not a batch.
const mostNumbers = 1 << 34

func (t *Task) fits(lanes, steps int) error {
	if each := float64(t.Inputs() + t.Outputs() + 1); float64(lanes)*float64(steps)*each > mostNumbers {
		return fmt.Errorf("tasks: %s: %d trials of %d steps, with %d inputs and %d outputs, are more than a batch can hold", t.def.name, lanes, steps, t.Inputs(), t.Outputs())
	}
	return nil
}

// allocate makes the arrays and lends each trial its part.
func (b *Batch) allocate() {
	n := b.Lanes * b.Steps
	b.Inputs, b.Targets, b.Weights = zeros(b.Inputs, n*b.Channels), zeros(b.Targets, n*b.Outputs), zeros(b.Weights, n)
	if b.task.classes() {
		b.Classes = zeros(b.Classes, n)
	} else {
		b.Classes = nil
	}
	b.lend()
}

// zeros returns n zeros, in x if it has room.
func zeros[E any](x []E, n int) []E {
	if cap(x) < n {
		return make([]E, n)
	}
	clear(x[:n])
	return x[:n]
}

func (b *Batch) lend() {
	for lane, tr := range b.Trials {
		at, end := lane*b.Steps, lane*b.Steps+tr.Steps
		tr.Inputs = b.Inputs[at*b.Channels : end*b.Channels : end*b.Channels]
		tr.Targets = b.Targets[at*b.Outputs : end*b.Outputs : end*b.Outputs]
		tr.Weights = b.Weights[at:end:end]
		if b.Classes != nil {
			tr.Classes = b.Classes[at:end:end]
		}
	}
}

// PadTo lengthens the batch to steps, for a network that is built for one length: Task.MaxSteps holds
// every batch of a task.
func (b *Batch) PadTo(steps int) error {
	if steps < b.Steps {
		return fmt.Errorf("tasks: %s: a batch of %d steps does not fit into %d", b.task.def.name, b.Steps, steps)
	}
	if steps == b.Steps {
		return nil
	}
	if err := b.task.fits(b.Lanes, steps); err != nil {
		return err
	}
	old := append([]*Trial(nil), b.Trials...)
	for i, tr := range old {
		c := *tr
		b.Trials[i] = &c
	}
	b.Steps = steps
	b.Inputs, b.Targets, b.Weights, b.Classes = nil, nil, nil, nil // the old trials hold theirs
	b.allocate()
	for i, tr := range b.Trials {
		copy(tr.Inputs, old[i].Inputs)
		copy(tr.Targets, old[i].Targets)
		copy(tr.Weights, old[i].Weights)
		copy(tr.Classes, old[i].Classes)
	}
	return nil
}

// Task is the task that the batch was drawn from.
func (b *Batch) Task() *Task { return b.task }

// classes says whether the steps of a trial have classes.
func (t *Task) classes() bool { _, yes := t.def.rule.(classRule); return yes }

// inParallel calls f for 0 … n-1, each once, from several goroutines, of which this one is one.
func inParallel(n int, f func(int)) {
	var wait sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), n)
	share := func(w int) {
		for i := w; i < n; i += workers {
			f(i)
		}
	}
	for w := 1; w < workers; w++ {
		wait.Go(func() { share(w) })
	}
	share(0)
	wait.Wait()
}
