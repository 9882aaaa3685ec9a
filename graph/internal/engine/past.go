package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// pastState is the row of states back steps before the window, as far as a source reads them.
func (l *tile[T]) pastState(src *Source, back int) []T {
	for _, k := range src.statesIn {
		n := l.m.States[k].N
		l.fromCarry(l.state(l.pastNow, k), l.m.HistoryOffset(k)+(l.m.history[k]-back)*n, n)
	}
	return l.pastNow
}

// pastBack turns the adjoints of sums that read from before the window into those of its history, and of
// what the signals of that time were computed with.
func (l *tile[T]) pastBack() {
	for i := range l.sources {
		src, grad := &l.m.Sources[i], l.sources[i].grad
		if src.depth == 0 || !l.back.before && !src.learns() {
			continue
		}
		past := make([]T, len(grad)*src.depth) // [lane][region][step], oldest first
		for k := range l.m.Sums {
			if l.m.Sums[k].Source == i && l.m.Couplings[l.m.Sums[k].Coupling].delayed {
				for lane := range l.lanes {
					l.sumPastBack(k, lane, past[lane*src.N*src.depth:])
				}
			}
		}
		for back := 1; back <= src.depth; back++ {
			for j := range grad {
				grad[j] = past[(j+1)*src.depth-back]
			}
			l.historyBack(i, back)
		}
	}
}

// sumPastBack adds the adjoint of a lane's source values before the window: over an edge of d steps, the
// value d−c steps before it was read at step c.
func (l *tile[T]) sumPastBack(k, lane int, past []T) {
	s, run := &l.m.Sums[k], &l.sums[k]
	c, w := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane)
	depth, start := l.m.Sources[s.Source].depth, int(l.start-l.base)
	adjoint := run.adjoint[lane*c.NTo*run.stride:]
	add := func(set *edgeWeights[T]) {
		for j := 0; j < c.NFrom; j++ {
			row := past[j*depth : (j+1)*depth]
			for block := range set.tRows.blocks() {
				for e, end := set.tRows.of(block, j); e < end; e++ {
					d := int(set.tDelay[e])
					n := min(d, l.set.Steps)
					at := int(set.tOther[e])*run.stride + start
					kernel.Axpy(row[depth-d:depth-d+n], set.wT[e], adjoint[at:at+n])
				}
			}
		}
	}
	for k := range w.edges {
		add(&w.edges[k])
	}
}

// historyBack adds a past signal's adjoint to the gradient of the history it was computed from.
func (l *tile[T]) historyBack(i, back int) {
	m, src := l.m, &l.m.Sources[i]
	into := l.back.previous
	clear(into)
	l.sourceBack(i, l.pastState(src, back), into)
	for _, k := range src.statesIn {
		n := m.States[k].N
		l.toGradient(l.state(into, k), m.HistoryOffset(k)+(m.history[k]-back)*n, n)
	}
}
