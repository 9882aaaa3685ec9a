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
// of the weights.
func (l *tile[T]) tapBack(v *Record, state, adjoint, into []T) {
	l.tapStates(v, state, adjoint, into)
	l.keepReads(v, state, 0)
	l.tapGradients(v, adjoint, l.lanes)
}

// tapStates adds the adjoint of a record, [lane][N], to that of the state that was read. Nothing of a masked
// lane, which need not be finite, gets into what the lanes share.
func (l *tile[T]) tapStates(v *Record, state, adjoint, into []T) {
	if slices.Contains(l.masked, true) {
		l.scrub(adjoint, v.N)
	}
	for _, t := range v.Taps {
		if t.Read < 0 {
			continue
		}
		weights, from := &l.root.weights[t.Coupling], &l.m.Read[t.Read]
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

// keepReads keeps what the learning taps of a record read of a state, as a row of those that tapGradients takes.
func (l *tile[T]) keepReads(v *Record, state []T, row int) {
	for _, t := range v.Taps {
		if t.Read < 0 || !l.root.weights[t.Coupling].learns() {
			continue
		}
		for len(l.back.reads) < len(l.m.Read) {
			l.back.reads = append(l.back.reads, nil)
		}
		n := l.m.Read[t.Read].N
		l.back.reads[t.Read] = room(l.back.reads[t.Read], Block*l.lanes*n)
		into := l.back.reads[t.Read][row*l.lanes*n:][:l.lanes*n]
		copy(into, l.read(t.Read, state))
		l.scrub(into, n)
	}
}

// tapGradients adds the products of a record's adjoints, so many rows [lane][N], and of what was read to the
// gradients of the weights: of those that all lanes share by bundles, else by lanes.
func (l *tile[T]) tapGradients(v *Record, adjoint []T, rows int) {
	for _, t := range v.Taps {
		weights := &l.root.weights[t.Coupling]
		n := l.root.bundles
		if weights.perLane {
			n = l.lanes
		}
		for k := 0; k < n && weights.learns(); k++ {
			if t.Read < 0 {
				addColumns(weights.grad(k), adjoint[k*v.N:], n*v.N)
				continue
			}
			from := l.m.Read[t.Read].N
			kernel.RankK(kernel.Matrix[T]{Data: weights.grad(k), Stride: from}, kernel.Matrix[T]{Data: adjoint[k*v.N:], Stride: n * v.N},
				kernel.Matrix[T]{Data: l.back.reads[t.Read][k*from:], Stride: n * from}, v.N, from, rows/n)
		}
	}
}

// addColumns adds the rows of a matrix, apart from each other, to sums.
func addColumns[T kernel.Float](sums, rows []T, apart int) {
	for i, sum := range sums {
		for at := i; at < len(rows); at += apart {
			sum += rows[at]
		}
		sums[i] = sum
	}
}
