package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// task is a loop over regions, or over (lane, region), that may be split over goroutines.
type task int

const (
	longTask      task = iota // long-delay sums of a block, by target
	shortTask                 // sums of one step, by target
	longBackTask              // long-delay transposed sums of a block, by source
	shortBackTask             // transposed sums of one step, by source
	weightTask                // weight gradients of a block, by target
	pastTask                  // a block of signals into the past, of source k
	adjointTask               // a block of adjoints into their rows, of sum k
)

// job is a task of sum k at step t (or over the block from t0, n steps long).
type job struct {
	task  task
	k     int
	base  int64
	t0, t int64
	n     int
}

// regions is the number of things that a coupling's sums of one step go over, of n regions at one end:
// columns of its matrix, for all lanes at once, or (lane, region).
func (l *tile[T]) regions(c *Coupling, n int) int {
	if c.Dense {
		return n
	}
	return l.lanes * n
}

// longSums computes the parts of the sums of steps t0 … t0+n−1 that come over long delays.
func (l *tile[T]) longSums(sp span, t0 int64, n int) {
	for k := range l.m.Sums {
		if c := &l.m.Couplings[l.m.Sums[k].Coupling]; c.longs > 0 && l.m.Sums[k].Source >= 0 {
			l.spread(job{task: longTask, k: k, base: sp.base, t0: t0, n: n}, l.lanes*c.NTo, l.lanes*c.longs*n)
		}
	}
}

// shortSums completes the sums of step t.
func (l *tile[T]) shortSums(row []T, t0, t int64) {
	l.sumsNow = row
	for k := range l.m.Sums {
		if c := &l.m.Couplings[l.m.Sums[k].Coupling]; l.m.Sums[k].Source >= 0 {
			l.spread(job{task: shortTask, k: k, t0: t0, t: t}, l.regions(c, c.NTo), l.lanes*c.now())
		}
	}
}

// perform runs a job for a part of what it goes over.
func (l *tile[T]) perform(j job, from, to int) {
	switch j.task {
	case pastTask:
		l.filePast(j, from, to)
		return
	case adjointTask:
		l.fileAdjoint(j, from, to)
		return
	}
	c := &l.m.Couplings[l.m.Sums[j.k].Coupling]
	switch {
	case j.task == weightTask:
		l.weightGradient(j, from, to)
	case j.task == shortTask && c.Dense:
		l.denseSum(j, from, to)
	case j.task == shortBackTask && c.Dense:
		l.denseBack(j, from, to)
	case j.task == shortTask || j.task == longTask:
		l.eachLane(j, from, to, c.NTo)
	default:
		l.eachLane(j, from, to, c.NFrom)
	}
}

// eachLane runs a job for the (lane, region) from … to−1, n regions in each lane.
func (l *tile[T]) eachLane(j job, from, to, n int) {
	for from < to {
		lane := from / n
		a, b := from-lane*n, min(to-lane*n, n)
		switch j.task {
		case longTask:
			l.longSum(j, lane, a, b)
		case shortTask:
			l.shortSum(j, lane, a, b)
		case longBackTask:
			l.longBackSum(j, lane, a, b)
		case shortBackTask:
			l.shortBack(j, lane, a, b)
		}
		from = lane*n + b
	}
}

func (l *tile[T]) longSum(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w, src := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane), &l.sources[s.Source]
	past := src.past[lane*c.NFrom*src.stride+int(j.t0-j.base):]
	sumEdges(run.block[lane*c.NTo:], w.long.row[from:to+1], w.long.w, run.offsets(lane).long, past, from, l.lanes*c.NTo, j.n)
}

func (l *tile[T]) longBackSum(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane)
	later := run.adjoint[lane*c.NTo*run.stride+int(j.t0-j.base):]
	sumEdges(run.backBlock[lane*c.NFrom:], w.long.tRow[from:to+1], w.long.wT, run.offsets(lane).back, later, from, l.lanes*c.NFrom, j.n)
}

// sumEdges writes the sums over edges of regions from … into a block [step][n], as many as row
// has, four at once.
func sumEdges[T kernel.Float](block []T, row []int32, w []T, offsets []int32, past []T, from, n, steps int) {
	for ; len(row) > 1; row, from = row[min(4, len(row)-1):], from+4 {
		var acc [4 * Block]T
		some := row[:min(5, len(row))]
		kernel.DelayedRows(kernel.Matrix[T]{Data: acc[:], Stride: Block}, steps, some, w, offsets, past)
		for i := range some[1:] {
			putColumn(block, acc[i*Block:i*Block+steps], from+i, n)
		}
	}
}

// denseSum multiplies by rows from … to−1 of the matrix, all lanes at once if it is theirs.
func (l *tile[T]) denseSum(j job, from, to int) {
	s := &l.m.Sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	y := of(l, l.sumsNow, s.offset, c.NTo)
	x := l.slot(l.sources[s.Source].ring, j.t, l.lanes*c.NFrom)
	for lane, side := 0, l.side(w); lane < l.lanes; lane += side {
		kernel.MatMul(kernel.Matrix[T]{Data: y[lane*c.NTo+from:], Stride: c.NTo},
			w.at(lane).transposed.From(from),
			kernel.Matrix[T]{Data: x[lane*c.NFrom:], Stride: c.NFrom}, to-from, c.NFrom, side)
	}
}

// denseBack is denseSum with the transposed matrix, added to the sources' adjoints.
func (l *tile[T]) denseBack(j job, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	x := l.slot(run.ring, j.t, l.lanes*c.NTo)
	for lane, side := 0, l.side(w); lane < l.lanes; lane += side {
		kernel.MatMul(kernel.Matrix[T]{Data: run.back[lane*c.NFrom+from:], Stride: c.NFrom},
			w.at(lane).dense.From(from),
			kernel.Matrix[T]{Data: x[lane*c.NTo:], Stride: c.NTo}, to-from, c.NTo, side)
	}
	grad := l.sources[s.Source].grad
	if to-from == c.NFrom {
		kernel.AddVV(grad, grad, run.back[:len(grad)])
		return
	}
	for lane := range l.lanes {
		a, b := lane*c.NFrom+from, lane*c.NFrom+to
		kernel.AddVV(grad[a:b], grad[a:b], run.back[a:b])
	}
}

// side is the number of neighbouring lanes that have the same weights.
func (l *tile[T]) side(w *coupled[T]) int {
	if w.perLane {
		return 1
	}
	return l.lanes
}

func (l *tile[T]) shortSum(j job, lane, from, to int) {
	s := &l.m.Sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane)
	row := of(l, l.sumsNow, s.offset, c.NTo)[lane*c.NTo:][:c.NTo]
	takeRow(row[from:to], l.sums[j.k].block, int(j.t-j.t0)*l.lanes*c.NTo+lane*c.NTo+from)
	if w.short.n == 0 {
		return
	}
	at, other := int(j.t&(Block-1)), w.short.other
	if c.delayed { // from the row of the longest short delay on
		at, other = at+1, l.sums[j.k].offsets(lane).ring
	}
	ring := l.sources[s.Source].ring[(at*l.lanes+lane)*c.NFrom:]
	kernel.SparseRows(row[from:to], w.short.row[from:to+1], w.short.w, other, ring)
}

// putColumn writes the steps of region i into a block [step][n].
func putColumn[T kernel.Float](block, steps []T, i, n int) {
	for _, x := range steps {
		block[i] = x
		i += n
	}
}

// takeRow starts a row with the long-delay parts of one step, 0 if there are none.
func takeRow[T kernel.Float](row, block []T, at int) {
	if block == nil {
		clear(row)
		return
	}
	copy(row, block[at:])
}

// shortBack adds to the sources' adjoints what comes back over short delays at step t.
func (l *tile[T]) shortBack(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane)
	grad := l.sources[s.Source].grad[lane*c.NFrom:][from:to]
	back := run.back[lane*c.NFrom:][from:to]
	takeRow(back, run.backBlock, int(j.t-j.t0)*l.lanes*c.NFrom+lane*c.NFrom+from)
	ring, other := run.ring[(int(j.t&(Block-1))*l.lanes+lane)*c.NTo:], w.short.tOther
	if c.delayed {
		other = run.offsets(lane).ringBack
	}
	if w.short.n > 0 {
		kernel.SparseRows(back, w.short.tRow[from:to+1], w.short.wT, other, ring)
	}
	kernel.AddVV(grad, grad, back)
}

// weightGradient adds the products of adjoints and signals of a block, for targets from … to−1: of one
// lane after the other, or step by step of all lanes, if they share a matrix.
func (l *tile[T]) weightGradient(j job, from, to int) {
	s := &l.m.Sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	for lane, side := 0, l.side(w); lane < l.lanes; lane++ {
		switch {
		case !c.Dense && c.delayed:
			l.delayedGradient(j, lane, from, to)
		case !c.Dense:
			l.edgeGradient(j, lane, from, to)
		case lane%side == 0:
			l.denseGradient(j, lane, side, from, to)
		}
	}
}

func (l *tile[T]) denseGradient(j job, lane, side, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane)
	first, apart := int(j.t0&(Block-1))*l.lanes+lane, l.lanes/side
	kernel.RankK(kernel.Matrix[T]{Data: w.grad[from*c.NFrom:], Stride: c.NFrom},
		kernel.Matrix[T]{Data: run.ring[first*c.NTo+from:], Stride: apart * c.NTo},
		kernel.Matrix[T]{Data: l.sources[s.Source].ring[first*c.NFrom:], Stride: apart * c.NFrom}, to-from, c.NFrom, j.n*side)
}

func (l *tile[T]) delayedGradient(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w, src := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane), &l.sources[s.Source]
	at := int(j.t0 - j.base)
	past, reads := src.past[lane*c.NFrom*src.stride+at:], run.offsets(lane)
	for i := from; i < to; i++ {
		adj := run.adjoint[(lane*c.NTo+i)*run.stride+at:][:j.n]
		a, b := w.long.row[i], w.long.row[i+1]
		kernel.DelayedDots(w.long.grad[a:b], adj, reads.long[a:b], past)
		a, b = w.short.row[i], w.short.row[i+1]
		kernel.DelayedDots(w.short.grad[a:b], adj, reads.short[a:b], past)
	}
}

func (l *tile[T]) edgeGradient(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w, src := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].at(lane), &l.sources[s.Source]
	first := int(j.t0 & (Block - 1))
	for i := from; i < to; i++ {
		for k := first; k < first+j.n; k++ {
			adj, row := run.ring[(k*l.lanes+lane)*c.NTo+i], src.ring[(k*l.lanes+lane)*c.NFrom:]
			a, b := w.short.row[i], w.short.row[i+1]
			grad := w.short.grad[a:b]
			for e, o := range w.short.other[a:b] {
				grad[e] += T(adj * row[o])
			}
		}
	}
}
