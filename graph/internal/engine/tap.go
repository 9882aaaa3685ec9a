package engine

import (
	"slices"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// tapRows is how many rows of states, one for each step and lane, taps take at once: their columns stay in the
// nearest cache. leastTapRows are a matrix that is transposed in registers.
const tapRows, leastTapRows = 64, 8

// tapOrder is where taps have lanes and states: how far those of one output are apart.
type tapOrder struct{ lane, state int }

// tapOrder is that of n states: the rows of a matrix to transpose are the lanes of a state, if there are enough
// and all have the same weights, or the states of a lane.
func (l *tile[T]) tapOrder(v *Record, n int) tapOrder {
	own := func(t Tap) bool { return l.root.weights[t.Coupling].perLane }
	if l.lanes < leastTapRows || slices.ContainsFunc(v.Taps, own) {
		return tapOrder{lane: n, state: 1}
	}
	return tapOrder{lane: 1, state: l.lanes}
}

// tapSteps is how many of left steps taps take at once; few are not left for themselves.
func (l *tile[T]) tapSteps(v *Record, left int) int {
	n := tapRows / l.lanes
	if l.tapOrder(v, left).state == 1 {
		n = max(n, leastTapRows)
	}
	if left < 2*n {
		return left
	}
	return n
}

// tap is what the taps of a record, a bias first, make of n states that are apart in a slice, [output] and lanes and
// states in the given order. The next call overwrites it. Few outputs would fill few elements of a register, so these
// are of states and lanes.
func (l *tile[T]) tap(v *Record, states []T, apart, n int, order tapOrder) []T {
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
		columns, lanes := l.columns(t.Read, states, apart, n, order), weights.together(l.lanes)
		for lane := 0; lane < l.lanes; lane += lanes { // all, or of an order of states
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

// columns are what taps read, number k, of n states, [region] and lanes and states in the given order.
func (l *tile[T]) columns(k int, states []T, apart, n int, order tapOrder) kernel.Matrix[T] {
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
	for s := 0; s < n && order.lane == 1; s++ {
		kernel.Transpose(into.From(s*order.state), kernel.Matrix[T]{Data: from[s*apart:], Stride: v.N}, l.lanes, v.N)
	}
	for lane := 0; lane < l.lanes && order.state == 1; lane++ {
		kernel.Transpose(into.From(lane*order.lane), kernel.Matrix[T]{Data: from[lane*v.N:], Stride: apart}, n, v.N)
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
			l.biasGradient(weights, adjoint, v.N)
			continue
		}
		from := &l.m.Read[t.Read]
		if from.Forward == nil && weights.learns() && !weights.perLane && !slices.Contains(l.masked, true) {
			l.stateBack(weights, adjoint, l.state(state, from.State), l.state(into, from.State), v.N, from.N)
			continue
		}
		if weights.learns() {
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

// stateBack adds the adjoint of a record to those of the state that was read and of the weights.
func (l *tile[T]) stateBack(weights *coupled[T], adjoint, state, into []T, to, from int) {
	for bundle, n := 0, l.root.bundles; bundle < n; bundle++ {
		kernel.ReadBack(kernel.Matrix[T]{Data: into[bundle*from:], Stride: n * from}, kernel.Matrix[T]{Data: weights.grad(bundle), Stride: from},
			kernel.Matrix[T]{Data: state[bundle*from:], Stride: n * from}, weights.at(0).dense, kernel.Matrix[T]{Data: adjoint[bundle*to:], Stride: n * to}, to, from, l.lanes/n)
	}
}

// biasGradient adds the adjoints of n outputs.
func (l *tile[T]) biasGradient(weights *coupled[T], adjoint []T, n int) {
	for bundle := 0; bundle < l.root.bundles && weights.learns(); bundle++ {
		grad := weights.grad(bundle)
		for i, sum := range grad {
			for at := bundle*n + i; at < len(adjoint); at += l.root.bundles * n {
				sum += adjoint[at]
			}
			grad[i] = sum
		}
	}
}

// tapGradient adds the products of a record's adjoint and what was read, lane by lane if some are masked or
// have weights of their own.
func (l *tile[T]) tapGradient(weights *coupled[T], adjoint, read []T, to, from int) {
	add := func(lane, apart, lanes int) {
		grad := kernel.Matrix[T]{Data: weights.grad(lane), Stride: from}
		kernel.RankK(grad, kernel.Matrix[T]{Data: adjoint[lane*to:], Stride: apart * to}, kernel.Matrix[T]{Data: read[lane*from:], Stride: apart * from}, to, from, lanes)
	}
	if weights.perLane || slices.Contains(l.masked, true) {
		l.eachSet(true, func(lane int) { add(lane, 1, 1) })
		return
	}
	for bundle, n := 0, l.root.bundles; bundle < n; bundle++ {
		add(bundle, n, l.lanes/n)
	}
}
