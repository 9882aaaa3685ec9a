package engine

import (
	"slices"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// tapRows is how many rows of states, one for each step and lane, taps take at once: their columns stay in the
// nearest cache. leastTapSteps are a matrix that is transposed in registers.
const tapRows, leastTapSteps = 64, 8

// tapSteps is how many of left steps taps take at once; few are not left for themselves.
func (l *tile[T]) tapSteps(left int) int {
	n := max(leastTapSteps, tapRows/l.lanes)
	if left < 2*n {
		return left
	}
	return n
}

// tap is what the taps of a record, a bias first, make of n states that are apart in a slice, [output][lane][state].
// The next call overwrites it. Few outputs would fill few elements of a register, so these are of states and lanes.
func (l *tile[T]) tap(v *Record, states []T, apart, n int) []T {
	rows := n * l.lanes
	l.tapped = cleared(l.tapped, v.N*rows)
	if n == 1 && l.lanes < v.N {
		l.block = room(l.block, l.lanes*v.N)
		l.tapState(v, states, l.block)
		kernel.Transpose(kernel.Matrix[T]{Data: l.tapped, Stride: l.lanes}, kernel.Matrix[T]{Data: l.block, Stride: v.N}, l.lanes, v.N)
		return l.tapped
	}
	for _, t := range v.Taps {
		weights := &l.root.weights[t.Coupling]
		if t.Read < 0 {
			for i, bias := range weights.at(0).transposed.Data[:v.N] {
				kernel.Fill(l.tapped[i*rows:][:rows], bias)
			}
			continue
		}
		columns, lanes := l.columns(t.Read, states, apart, n), weights.together(l.lanes)
		for lane := 0; lane < l.lanes; lane += lanes {
			kernel.AddMatMul(kernel.Matrix[T]{Data: l.tapped[lane*n:], Stride: rows}, columns.From(lane*n), weights.at(lane).dense, lanes*n, l.m.Read[t.Read].N, v.N)
		}
	}
	return l.tapped
}

// tapState sets value, [lane][output], to what the taps of a record make of one state.
func (l *tile[T]) tapState(v *Record, state, value []T) {
	clear(value)
	for _, t := range v.Taps {
		weights := &l.root.weights[t.Coupling]
		if t.Read < 0 {
			for lane := range l.lanes {
				copy(value[lane*v.N:][:v.N], weights.at(0).transposed.Data)
			}
			continue
		}
		n, read, lanes := l.m.Read[t.Read].N, l.read(t.Read, state), weights.together(l.lanes)
		for lane := 0; lane < l.lanes; lane += lanes {
			kernel.AddMatMul(kernel.Matrix[T]{Data: value[lane*v.N:], Stride: v.N}, weights.at(lane).transposed, kernel.Matrix[T]{Data: read[lane*n:], Stride: n}, v.N, n, lanes)
		}
	}
}

// columns are what taps read, number k, of n states, [region][lane][state].
func (l *tile[T]) columns(k int, states []T, apart, n int) kernel.Matrix[T] {
	v := &l.m.Read[k]
	from := states
	if v.Forward == nil {
		from = from[l.lanes*l.m.States[v.State].offset:]
	} else {
		width := l.lanes * v.N
		l.block = room(l.block, n*width)
		for s := range n {
			copy(l.block[s*width:][:width], l.read(k, states[s*apart:]))
		}
		from, apart = l.block, width
	}
	into := kernel.Matrix[T]{Data: room(l.transposed, v.N*n*l.lanes), Stride: n * l.lanes}
	l.transposed = into.Data
	for lane := range l.lanes {
		kernel.Transpose(into.From(lane*n), kernel.Matrix[T]{Data: from[lane*v.N:], Stride: apart}, n, v.N)
	}
	return into
}

// read is what taps read, number k, of a state, in memory that the next one overwrites if it is a program's.
func (l *tile[T]) read(k int, state []T) []T {
	v := &l.m.Read[k]
	if v.Forward == nil {
		return l.state(state, v.State)
	}
	run := l.records[len(l.m.Records)+k]
	l.observed = room(l.observed, l.lanes*v.N)
	run.bind(l, rows[T]{state: state})
	run.frame.BindOutput(0, l.observed)
	run.run(l)
	return l.observed
}

// tapBack adds the adjoint of a record, [lane][N], to that of the state that was read, and to the gradient
// of the weights. Nothing of a masked lane, which need not be finite, gets into what the lanes share.
func (l *tile[T]) tapBack(v *Record, state, adjoint, into []T) {
	if slices.Contains(l.masked, true) {
		l.scrub(adjoint, v.N)
	}
	for _, t := range v.Taps {
		weights := &l.root.weights[t.Coupling]
		if t.Read < 0 {
			for i, sum := range weights.at(0).grad {
				for at := i; at < len(adjoint); at += v.N {
					sum += adjoint[at]
				}
				weights.at(0).grad[i] = sum
			}
			continue
		}
		from := &l.m.Read[t.Read]
		if weights.at(0).grad != nil {
			l.tapGradient(weights, adjoint, l.read(t.Read, state), v.N, from.N)
		}
		back := l.state(into, from.State)
		if from.Forward != nil {
			l.observed = cleared(l.observed, l.lanes*from.N)
			back = l.observed
		}
		lanes := weights.together(l.lanes)
		for lane := 0; lane < l.lanes; lane += lanes {
			kernel.AddMatMul(kernel.Matrix[T]{Data: back[lane*from.N:], Stride: from.N}, weights.at(lane).dense, kernel.Matrix[T]{Data: adjoint[lane*v.N:], Stride: v.N}, from.N, v.N, lanes)
		}
		if from.Forward != nil {
			l.pieceBack(l.recordsBack[len(l.m.Records)+t.Read], state, back, into)
		}
	}
}

// tapGradient adds the products of a record's adjoint and what was read, lane by lane if some are masked or
// have weights of their own.
func (l *tile[T]) tapGradient(weights *coupled[T], adjoint, read []T, to, from int) {
	add := func(lane, lanes int) {
		grad := kernel.Matrix[T]{Data: weights.at(lane).grad, Stride: from}
		kernel.RankK(grad, kernel.Matrix[T]{Data: adjoint[lane*to:], Stride: to}, kernel.Matrix[T]{Data: read[lane*from:], Stride: from}, to, from, lanes)
	}
	if weights.perLane || slices.Contains(l.masked, true) {
		l.eachSet(true, func(lane int) { add(lane, 1) })
		return
	}
	add(0, l.lanes)
}
