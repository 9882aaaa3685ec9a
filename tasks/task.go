package tasks

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Timing says how long things last. The zero value is the task's own timing.
type Timing struct {
	Dt     float64            // ms per task step
	Epochs map[string]float64 // lengths in ms that replace those of the named epochs
}

// Task draws trials of one kind. It never changes: Seeded, With and Regression return another one.
// So it may be shared by any number of goroutines.
type Task struct {
	def   *definition
	dt    float64
	seed  uint64
	knobs map[string]float64
	err   error

	ceilings *ceilings
}

// Split names one of three sets of trials that share no random number.
type Split uint32

const (
	Train Split = iota
	Validation
	Test
)

func (s Split) String() string {
	if s > Test {
		return fmt.Sprintf("Split(%d)", uint32(s))
	}
	return [...]string{"train", "validation", "test"}[s]
}

// build makes the task of a definition. A mistake in the timing is kept, and returned by Err, Batch
// and Trial, so that typed constructors can be chained.
func build(def *definition, timing Timing) *Task {
	t := &Task{def: def, dt: def.dt, knobs: map[string]float64{"noise": 1, "delay": 1, "coherence": 1}, ceilings: &ceilings{}}
	if timing.Dt != 0 {
		t.dt = timing.Dt
	}
	t.err = t.prepare(timing.Epochs)
	return t
}

// mostSteps bounds a trial: more is a mistyped dt, and would only fill the memory.
const mostSteps = 1 << 20

func (t *Task) prepare(epochs map[string]float64) error {
	if !(t.dt > 0) || math.IsInf(t.dt, 0) {
		return fmt.Errorf("tasks: %s: dt is %g ms, not a positive number", t.def.name, t.dt)
	}
	if err := t.override(epochs); err != nil {
		return err
	}
	for _, v := range t.def.variants {
		if err := t.checkSpans(v.epochs); err != nil {
			return err
		}
	}
	if err := t.checkLength(); err != nil {
		return err
	}
	if t.def.check != nil {
		return t.def.check(t)
	}
	return nil
}

func (t *Task) checkLength() error {
	if n := t.MaxSteps(); n > mostSteps || n <= 0 {
		return fmt.Errorf("tasks: %s: a trial may take %d steps or more at dt = %g ms with its delay × %g; 1 to %d are possible",
			t.def.name, n, t.dt, t.knobs["delay"], mostSteps)
	}
	return nil
}

// override replaces the laws of the named epochs by fixed lengths, in a copy of the definition.
func (t *Task) override(epochs map[string]float64) error {
	if len(epochs) == 0 {
		return nil
	}
	def := *t.def
	def.variants = append([]variant(nil), def.variants...)
	found, names := map[string]bool{}, []string{}
	for i, v := range def.variants {
		spans := append([]span(nil), v.epochs...)
		for j, p := range spans {
			if !slices.Contains(names, p.name) {
				names = append(names, p.name)
			}
			if ms, given := epochs[p.name]; given {
				found[p.name] = true
				spans[j].length = fixed(ms)
				if ms == 0 && !p.delay {
					return fmt.Errorf("tasks: %s: epoch %q is to last 0 ms; only a delay may", def.name, p.name)
				}
			}
		}
		def.variants[i].epochs = spans
	}
	for _, name := range slices.Sorted(maps.Keys(epochs)) {
		if !found[name] {
			return fmt.Errorf("tasks: %s has no epoch %q; %s", def.name, name, nearest(name, names))
		}
		if ms := epochs[name]; !(ms >= 0) || math.IsInf(ms, 0) {
			return fmt.Errorf("tasks: %s: epoch %q is to last %g ms", def.name, name, ms)
		}
	}
	t.def = &def
	return nil
}

// Seeded returns the task with another seed; trials of different seeds are independent.
func (t *Task) Seeded(seed uint64) *Task {
	c := *t
	c.seed = seed
	return &c
}

// Retimed returns the task with another timing, its seed and difficulty kept; where dt is 0, dt too.
func (t *Task) Retimed(timing Timing) *Task {
	if t.err != nil {
		return t
	}
	if timing.Dt == 0 {
		timing.Dt = t.dt
	}
	c := build(t.def, timing)
	c.seed, c.knobs = t.seed, t.knobs
	if c.err == nil {
		c.err = c.checkLength()
	}
	return c
}

// With returns the task with one difficulty turned: "noise", "delay" and "coherence" are factors of the
// task's own, 1 at first. A trial keeps its number, its stimuli and its answer. Knobs lists those that
// the task has; another name is an error.
func (t *Task) With(knob string, factor float64) (*Task, error) {
	if t.err != nil {
		return nil, t.err
	}
	if !slices.Contains(t.Knobs(), knob) {
		return nil, fmt.Errorf("tasks: %s has no difficulty %q; %s", t.def.name, knob, nearest(knob, t.Knobs()))
	}
	if !(factor >= 0) || math.IsInf(factor, 0) {
		return nil, fmt.Errorf("tasks: %s: %s × %g: the factor is to be 0 or more", t.def.name, knob, factor)
	}
	c := *t
	c.knobs = maps.Clone(t.knobs)
	c.knobs[knob] = factor
	c.ceilings = &ceilings{}
	if err := c.checkLength(); err != nil {
		return nil, err
	}
	return &c, nil
}

// Regression returns the task with the mean square under a logistic as its loss, judged by the same
// rule; classes become targets of 0.05 and 0.8. A task whose loss is a mean square is returned as it is.
func (t *Task) Regression() *Task {
	if t.def.loss == MeanSquare || t.def.loss == LogisticMeanSquare {
		return t
	}
	c, def := *t, *t.def
	def.loss = LogisticMeanSquare
	c.def = &def
	return &c
}

// Err is the first mistake made in building the task.
func (t *Task) Err() error { return t.err }

// Name is the name under which New finds the task.
func (t *Task) Name() string { return t.def.name }

// Inputs is the number of input channels.
func (t *Task) Inputs() int { return len(t.def.inputs) }

// Outputs is the number of outputs: classes, or regressed values.
func (t *Task) Outputs() int { return len(t.def.outputs) }

// InputNames names the input channels.
func (t *Task) InputNames() []string { return append([]string(nil), t.def.inputs...) }

// OutputNames names the outputs.
func (t *Task) OutputNames() []string { return append([]string(nil), t.def.outputs...) }

// Dt is the task step in ms. Inputs are held constant for that long.
func (t *Task) Dt() float64 { return t.dt }

// Seed is the seed of the trials.
func (t *Task) Seed() uint64 { return t.seed }

// Loss is the loss that the targets are made for.
func (t *Task) Loss() Loss { return t.def.loss }

// OutputWeights are the weights of the outputs in a squared loss.
func (t *Task) OutputWeights() []float64 {
	weights := make([]float64, t.Outputs())
	for i := range weights {
		weights[i] = 1
	}
	copy(weights, t.def.outputWeights)
	return weights
}

// Rule says in words when a trial counts as correct.
func (t *Task) Rule() string { return t.def.rule.String() }

// Knobs lists the difficulties that With turns.
func (t *Task) Knobs() []string { return t.def.knobs() }

// Knob is the present factor of a difficulty.
func (t *Task) Knob(name string) float64 { return t.knobs[name] }

// MaxSteps is the greatest length of a trial, in steps.
func (t *Task) MaxSteps() int {
	most := 0
	for _, v := range t.def.variants {
		most = max(most, t.longest(v.epochs))
	}
	return most
}

// tick is the unit of epoch lengths: dt, or one step.
func (t *Task) tick() float64 {
	if t.def.stepwise {
		return 1
	}
	return t.dt
}

// sigma is the noise in ms^½ as it is turned now.
func (t *Task) sigma() float64 { return t.def.noise * t.knobs["noise"] }

// lasting is the length in ms that an epoch has in every trial of a task with one kind of trial, after
// flooring: the time over which an ideal observer sums.
func (t *Task) lasting(epoch string) float64 {
	for _, p := range t.def.variants[0].epochs {
		if p.name == epoch {
			return t.dt * float64(wholeSteps(p.length.low*t.scale(p), t.tick()))
		}
	}
	return 0
}
