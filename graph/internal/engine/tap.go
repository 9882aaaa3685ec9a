package engine

import (
	"slices"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// tap sets value, [lane][N], to what the taps of a record, a bias first, make of a state.
func (l *tile[T]) tap(v *Record, state, value []T) {
	clear(value)
	for _, t := range v.Taps {
		w := l.weights[t.Coupling].at(0)
		if t.Read < 0 {
			for lane := range l.lanes {
				copy(value[lane*v.N:][:v.N], w.transposed.Data)
			}
			continue
		}
		n := l.m.Read[t.Read].N
		kernel.AddMatMul(kernel.Matrix[T]{Data: value, Stride: v.N}, w.transposed, kernel.Matrix[T]{Data: l.read(t.Read, state), Stride: n}, v.N, n, l.lanes)
	}
}

// read is what taps read, number k, of a state, in memory that the next one overwrites if it is a program's.
func (l *tile[T]) read(k int, state []T) []T {
	v := &l.m.Read[k]
	if v.Forward == nil {
		return l.state(state, v.State)
	}
	run := l.records[len(l.m.Records)+k]
	l.tapped = cleared(l.tapped, l.lanes*v.N)
	run.bind(l, rows[T]{state: state})
	run.frame.BindOutput(0, l.tapped)
	run.run(l)
	return l.tapped
}

// tapBack adds the adjoint of a record, [lane][N], to that of the state that was read, and to the gradient
// of the weights. Nothing of a masked lane, which need not be finite, gets into what the lanes share.
func (l *tile[T]) tapBack(v *Record, state, adjoint, into []T) {
	if slices.Contains(l.masked, true) {
		l.scrub(adjoint, v.N)
	}
	for _, t := range v.Taps {
		w := l.weights[t.Coupling].at(0)
		if t.Read < 0 {
			for at := adjoint; len(at) > 0; at = at[v.N:] {
				for i, x := range at[:v.N] {
					w.grad[i] += x
				}
			}
			continue
		}
		from := &l.m.Read[t.Read]
		l.tapGradient(w, adjoint, l.read(t.Read, state), v.N, from.N)
		back := l.tapped
		if from.Forward == nil {
			back = l.state(into, from.State)
		} else {
			clear(back)
		}
		kernel.AddMatMul(kernel.Matrix[T]{Data: back, Stride: from.N}, w.dense, kernel.Matrix[T]{Data: adjoint, Stride: v.N}, from.N, v.N, l.lanes)
		if from.Forward != nil {
			l.pieceBack(l.recordsBack[len(l.m.Records)+t.Read], state, back, into)
		}
	}
}

// tapGradient adds the products of a record's adjoint and what was read, lane by lane if some are masked.
func (l *tile[T]) tapGradient(w *weightSet[T], adjoint, read []T, to, from int) {
	grad := kernel.Matrix[T]{Data: w.grad, Stride: from}
	if !slices.Contains(l.masked, true) {
		kernel.RankK(grad, kernel.Matrix[T]{Data: adjoint, Stride: to}, kernel.Matrix[T]{Data: read, Stride: from}, to, from, l.lanes)
		return
	}
	l.eachSet(true, func(lane int) {
		kernel.RankK(grad, kernel.Matrix[T]{Data: adjoint[lane*to:], Stride: to}, kernel.Matrix[T]{Data: read[lane*from:], Stride: from}, to, from, 1)
	})
}
