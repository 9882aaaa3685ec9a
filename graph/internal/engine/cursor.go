package engine

import (
	"slices"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// cursor leads from a row to an input or output of a frame.
type cursor[T kernel.Float] struct {
	slot         *[]T // the frame's
	kind         Kind // of row
	at, n, apart int  // place in the row; distance of the steps in a ring
	ring         []T  // of a sum
}

// cursors finds out where inputs and outputs that vary are in the tile's rows.
func (r *runner[T]) cursors(l *tile[T]) {
	r.inputs, r.states, r.kept, r.sums, r.rest = r.inputs[:0], r.states[:0], r.kept[:0], r.sums[:0], r.rest[:0]
	for slot, w := range r.piece.In {
		c := r.input(l, w)
		if c.slot, c.n = r.frame.Input(slot); c.kind != Param {
			r.inputs = append(r.inputs, c)
		}
	}
	for slot, w := range r.piece.Out {
		c := cursor[T]{kind: w.Kind}
		c.slot, c.n = r.frame.Output(slot)
		switch {
		case w.Kind == State:
			c.at = l.m.States[w.Index].offset * l.lanes
			r.states = append(r.states, c)
		case w.Kind == Kept:
			c.at = l.m.Kept[w.Index].offset * l.lanes
			r.kept = append(r.kept, c)
		case w.Kind == Sum && !l.m.constSum[w.Index]:
			c.ring, c.apart = l.sums[w.Index].ring, l.lanes*l.m.Couplings[l.m.Sums[w.Index].Coupling].NTo
			r.sums = append(r.sums, c)
		case w.Kind == Series:
			v := &l.m.Series[w.Index]
			r.frame.BindOutput(slot, of(l, l.back.series, v.offset, v.N))
		}
	}
	r.others(l)
}

// others finds the states that are not among the outputs.
func (r *runner[T]) others(l *tile[T]) {
	for k := range l.m.States {
		v := &l.m.States[k]
		if !slices.Contains(r.piece.Out, Wire{State, k}) {
			r.rest = append(r.rest, cursor[T]{at: v.offset * l.lanes, n: v.N * l.lanes})
		}
	}
}

// input is a cursor of an input that varies; for others its kind is Param.
func (r *runner[T]) input(l *tile[T], w Wire) cursor[T] {
	m := l.m
	switch {
	case w.Kind == State, w.Kind == Cotangent && r.piece == m.Adjoint: // the adjoint of next state k
		return cursor[T]{kind: w.Kind, at: m.States[w.Index].offset * l.lanes}
	case w.Kind == Sum && m.Sums[w.Index].taped:
		return cursor[T]{kind: Sum, at: m.Sums[w.Index].offset * l.lanes}
	case w.Kind == Kept:
		return cursor[T]{kind: Sum, at: m.Kept[w.Index].offset * l.lanes}
	case w.Kind == Series:
		return cursor[T]{kind: Series, at: m.Series[w.Index].offset * l.lanes}
	case w.Kind == Noise && m.Noise[w.Index].Samples >= 0:
		return cursor[T]{kind: Series, at: m.Series[m.Noise[w.Index].Samples].offset * l.lanes}
	case w.Kind == Noise:
		v := &m.Noise[w.Index]
		return cursor[T]{kind: Noise, at: Block * v.offset * l.lanes, apart: v.N * l.lanes}
	case w.Kind == Cotangent: // of the only output of a smaller program
		return cursor[T]{kind: Cotangent}
	}
	return cursor[T]{kind: Param}
}

// rows are the slices that a step's inputs are bound to, t the step whose noise they are.
type rows[T kernel.Float] struct {
	state, sum, series, cotangent []T
	t                             int64
}

// bind joins the inputs that vary to the given rows.
func (r *runner[T]) bind(l *tile[T], in rows[T]) {
	step := int(in.t & (Block - 1))
	for i := range r.inputs {
		c := &r.inputs[i]
		row, at := in.state, c.at+step*c.apart
		switch c.kind {
		case Sum:
			row = in.sum
		case Series:
			row = in.series
		case Noise:
			row = l.noise
		case Cotangent:
			row = in.cotangent
		}
		*c.slot = row[at : at+c.n : at+c.n]
	}
}

// bindStates joins the outputs that are states to a row, bindKept those that are kept to a row of sums.
func (r *runner[T]) bindStates(row []T) { join(r.states, row) }
func (r *runner[T]) bindKept(row []T)   { join(r.kept, row) }

// bindAdjoints joins the outputs that are adjoints of states to a row, in which those of other states become 0.
func (r *runner[T]) bindAdjoints(row []T) {
	join(r.states, row)
	for _, c := range r.rest {
		clear(row[c.at:][:c.n])
	}
}

func join[T kernel.Float](cursors []cursor[T], row []T) {
	for i := range cursors {
		c := &cursors[i]
		*c.slot = row[c.at : c.at+c.n : c.at+c.n]
	}
}

// bindSums joins the adjoints of sums to step t of their rings.
func (r *runner[T]) bindSums(t int64) {
	for i := range r.sums {
		c := &r.sums[i]
		at := int(t&(Block-1)) * c.apart
		*c.slot = c.ring[at : at+c.n : at+c.n]
	}
}
