package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// solver is an engine of either precision, with the tape of its last run.
type solver interface {
	forward(ctx context.Context, in *engine.Inputs, out *engine.Outputs, keep bool) (tape, []bool, error)
	reverse(ctx context.Context, in *engine.Inputs, t tape, cot *engine.Outputs, grads *engine.Gradients, without []bool) error
	release(t tape)
	with(s engine.Settings) solver
	settings() engine.Settings
}

// tape is what a forward run leaves for the reverse run.
type tape interface {
	Bytes() int64
	Factor() float64
}

func newSolver(m *engine.Model, p Precision) solver {
	if p == Float32 {
		return typed[float32]{engine.New[float32](m, engine.Settings{})}
	}
	return typed[float64]{engine.New[float64](m, engine.Settings{})}
}

type typed[T kernel.Float] struct{ e *engine.Engine[T] }

func (s typed[T]) with(set engine.Settings) solver { return typed[T]{s.e.With(set)} }
func (s typed[T]) settings() engine.Settings       { return s.e.Settings }

func (s typed[T]) forward(ctx context.Context, in *engine.Inputs, out *engine.Outputs, keep bool) (tape, []bool, error) {
	t, masked, err := s.e.Forward(ctx, in, out, keep)
	if t == nil {
		return nil, masked, err
	}
	return t, masked, err
}

func (s typed[T]) reverse(ctx context.Context, in *engine.Inputs, t tape, cot *engine.Outputs, grads *engine.Gradients, without []bool) error {
	own, ok := t.(*engine.Tape[T])
	if !ok {
		return fmt.Errorf("graph: a tape of %T was given to another precision", t)
	}
	return s.e.Reverse(ctx, in, own, cot, grads, without)
}

// release gives a tape's memory back for the next one.
func (s typed[T]) release(t tape) {
	if own, ok := t.(*engine.Tape[T]); ok {
		s.e.Release(own)
	}
}

// settings of the window of n steps that begins offset steps after the start of the run.
func (r *Run) settings(offset, n int) engine.Settings {
	warmup, recorded := r.steps()
	budget := r.MemoryBudget
	if budget == 0 {
		budget = usualBudget
	}
	return engine.Settings{
		Steps: n, Offset: offset, Warmup: warmup, Every: r.Every, Average: r.Average,
		Horizon: r.Horizon, Budget: budget, Elastic: r.MemoryBudget == 0, MaskLane: r.NonFinite == MaskLane, Tile: r.tile,
		Last: offset+n == warmup+recorded,
	}
}

// sampling is what a window delivers of one recorded variable.
type sampling struct {
	recordInfo
	n, first, count int
	every, warmup   int     // network steps per sample, and before the first sample's
	early           float64 // network steps that the sample's time is before its last one
	observer        int     // counted from 1; 0 for what the network records
}

// samplings lists the recorded variables of a window, those of observers last.
func (c *compiled) samplings(s engine.Settings) []sampling {
	var list []sampling
	first, count := s.Samples()
	for i, info := range c.records {
		list = append(list, sampling{info, c.model.Records[i].N, first, count, s.Every, s.Warmup, c.early(i), 0})
	}
	for k := range c.observers {
		list = append(list, c.observed(k, s)...)
	}
	return list
}

// observed lists what observer k records in a window: samples, or moments, whose time is that of the last
// sample, after the time that all take.
func (c *compiled) observed(k int, s engine.Settings) []sampling {
	o, records := &c.model.Observers[k], c.observers[k].records
	set, n := o.Settings(s), o.Model.Records[0].N
	first, count := set.Samples()
	each := sampling{records[0], n, first, count, set.Every * o.Ratio, s.Warmup, o.Early(), k + 1}
	if !o.Moments {
		return []sampling{each}
	}
	mean, covariance := each, each
	mean.first, mean.count, mean.every = 0, 0, (first+count)*each.every
	if s.Last {
		mean.count = 1
	}
	covariance.recordInfo, covariance.first, covariance.count, covariance.every = records[1], 0, n*mean.count, mean.every
	return []sampling{mean, covariance}
}

// outputSize is the length of a window's packed outputs.
func (c *compiled) outputSize(s engine.Settings, lanes int) int {
	size := lanes * c.model.CarryWidth()
	for _, r := range c.samplings(s) {
		size += lanes * r.count * r.n
	}
	return size
}

// checkSize refuses runs whose results, or the inputs that they need, could not be held.
func (c *compiled) checkSize(run *Run) error {
	warmup, recorded := run.steps()
	lanes, inputs := float64(run.Lanes), 0.0
	results := lanes * float64(c.model.CarryWidth())
	for _, r := range c.samplings(run.settings(0, warmup+recorded)) {
		results += lanes * float64(r.count) * float64(r.n)
	}
	for _, s := range c.model.Series {
		inputs += float64(s.Rows) * float64(s.N)
	}
	if results > maxNumbers || inputs > maxNumbers {
		return fmt.Errorf("graph: %d lanes of %d steps with a record every %d make %.3g numbers of results, from %.3g of inputs; more than %.3g do not fit: record less, or less often, or run fewer lanes",
			run.Lanes, warmup+recorded, run.Every, results, inputs, float64(maxNumbers))
	}
	return nil
}

// outputs views a packed vector, [records, observers' records, carry], as outputs.
func (c *compiled) outputs(s engine.Settings, lanes int, packed []float64) *engine.Outputs {
	out := &engine.Outputs{Observed: make([][][]float64, len(c.observers))}
	for _, r := range c.samplings(s) {
		n := lanes * r.count * r.n
		if r.observer == 0 {
			out.Records = append(out.Records, packed[:n])
		} else {
			out.Observed[r.observer-1] = append(out.Observed[r.observer-1], packed[:n])
		}
		packed = packed[n:]
	}
	out.Carry = packed
	return out
}

// explain adds the time to a report of divergence.
func (r *Run) explain(err error) error {
	d := (*DivergedError)(nil)
	if errors.As(err, &d) {
		return fmt.Errorf("%w (t = %g ms)", err, float64(d.Step)*r.Dt)
	}
	return err
}
