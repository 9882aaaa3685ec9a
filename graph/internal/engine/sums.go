package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// task is a loop over regions, or over (lane, region), that may be split over goroutines.
type task int

const (
	aheadTask     task = iota // sums that are known ahead, by target
	nowTask                   // sums of one step, by target
	backAheadTask             // transposed sums that are known ahead, by source
	backTask                  // transposed sums of one step, by source
	weightTask                // weight gradients of a block, by target
	pastTask                  // signals into the past, of source k
	adjointTask               // adjoints into their rows, of sum k
	programTask               // a step of the running program, by strips
)

// job is a task of sum k at step t, or for n steps from t on, in the block from t0 on.
type job struct {
	task  task
	k     int
	class int // of delays
	base  int64
	t0, t int64
	n     int
	first bool // of its class in the block
}

// regions is the number of things that a coupling's sums of one step go over, of n regions at one end:
// columns of its matrix, for all lanes at once, or (lane, region).
func (l *tile[T]) regions(c *Coupling, n int) int {
	if c.Dense {
		return n
	}
	return l.lanes * n
}

// aheadSums computes the sums of steps from t on, in the block t0 … t1−1, over the delays of all classes
// whose turn it is.
func (l *tile[T]) aheadSums(sp span, t0, t1, t int64) {
	l.sumRows = l.s[int(t-sp.base)*l.lanes*l.m.sumWidth:]
	for class := range short {
		if n := ahead(class); t == t0 || t&int64(n-1) == 0 {
			l.aheadClass(job{task: aheadTask, class: class, base: sp.base, t0: t0, t: t, n: int(min(next(t, n), t1) - t), first: t == t0})
		}
	}
}

// aheadBacks computes the transposed sums of steps up to t.
func (l *tile[T]) aheadBacks(sp span, t0, t1, t int64) {
	for class := range short {
		if n := ahead(class); t == t1 || t&int64(n-1) == 0 {
			from := max(last(t, n), t0)
			l.aheadClass(job{task: backAheadTask, class: class, base: sp.base, t0: t0, t: from, n: int(t - from), first: t == t1})
		}
	}
}

// aheadClass does a job for all sums that have edges of its class.
func (l *tile[T]) aheadClass(j job) {
	for k := range l.m.Sums {
		c := &l.m.Couplings[l.m.Sums[k].Coupling]
		if l.m.Sums[k].Source < 0 || c.edges[j.class] == 0 {
			continue
		}
		targets := c.NTo
		if j.task == backAheadTask {
			targets = c.NFrom
		}
		j.k = k
		l.spread(j, l.lanes*targets, l.lanes*c.edges[j.class]*j.n)
	}
}

// shortSums completes the sums of step t, before which the state is the given one.
func (l *tile[T]) shortSums(row, state []T, t0, t int64) {
	l.sumRows, l.present = row, state
	for k := range l.m.Sums {
		c := &l.m.Couplings[l.m.Sums[k].Coupling]
		switch work := l.lanes * c.now(); {
		case !l.m.Sums[k].now:
		case c.Dense && !l.splits(work):
			l.denseSum(k, t, 0, c.NTo)
		default:
			l.spread(job{task: nowTask, k: k, t0: t0, t: t}, l.regions(c, c.NTo), work)
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
	case programTask:
		for part := from; part < to; part++ {
			l.running.strips[part].Step(part, len(l.running.strips))
		}
		return
	}
	c := &l.m.Couplings[l.m.Sums[j.k].Coupling]
	switch {
	case j.task == weightTask:
		l.weightGradient(j, from, to)
	case j.task == nowTask && c.Dense:
		l.denseSum(j.k, j.t, from, to)
	case j.task == backTask && c.Dense:
		l.denseBack(j, from, to)
	case j.task == nowTask || j.task == aheadTask:
		l.eachLane(j, from, to, c.NTo)
	default:
		l.eachLane(j, from, to, c.NFrom)
	}
}

// sum is where sum k of the present step is: in its row, or in memory of its own.
func (l *tile[T]) sum(k int) []T {
	s := &l.m.Sums[k]
	if !s.taped {
		return l.sums[k].own
	}
	return of(l, l.sumRows, s.offset, l.m.Couplings[s.Coupling].NTo)
}

// eachLane runs a job for the (lane, region) from … to−1, n regions in each lane.
func (l *tile[T]) eachLane(j job, from, to, n int) {
	for from < to {
		lane := from / n
		a, b := from-lane*n, min(to-lane*n, n)
		switch j.task {
		case aheadTask:
			l.aheadSum(j, lane, a, b)
		case nowTask:
			l.nowSum(j, lane, a, b)
		case backAheadTask:
			l.aheadBack(j, lane, a, b)
		case backTask:
			l.nowBack(j, lane, a, b)
		}
		from = lane*n + b
	}
}

func (l *tile[T]) aheadSum(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w, src := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling].at(lane).edges[j.class], &l.sources[s.Source]
	past := src.past[lane*c.NFrom*src.stride+int(j.t-j.base):]
	sums := addAhead(&j, c, run.ahead[(lane*c.NTo+from)*Block:], &w.rows, from, to, w.w, run.offsets(lane).past[j.class], past)
	if j.class == c.fine {
		into := kernel.Matrix[T]{Data: l.sumRows[l.lanes*s.offset+lane*c.NTo+from:], Stride: l.lanes * l.m.sumWidth}
		kernel.Transpose(into, sums, to-from, j.n)
	}
}

func (l *tile[T]) aheadBack(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling].at(lane).edges[j.class]
	later := run.adjoint[lane*c.NTo*run.stride+int(j.t-j.base):]
	sums := addAhead(&j, c, run.backAhead[(lane*c.NFrom+from)*Block:], &w.tRows, from, to, w.wT, run.offsets(lane).later[j.class], later)
	if n := l.lanes * c.NFrom; j.class == c.fine {
		into := kernel.Matrix[T]{Data: run.back[int(j.t-j.t0)*n+lane*c.NFrom+from:], Stride: n}
		kernel.Transpose(into, sums, to-from, j.n)
	}
}

// addAhead adds the edges of a class to sums that are known ahead, [region][Block], of regions from … to−1,
// and returns those of the job's steps. The first class that has edges starts all sums of a block.
func addAhead[T kernel.Float](j *job, c *Coupling, ahead []T, rows *edgeRows, from, to int, w []T, offsets []int32, src []T) kernel.Matrix[T] {
	if j.first && j.class == c.coarse {
		clear(ahead[:(to-from)*Block])
	}
	sums := kernel.Matrix[T]{Data: ahead[j.t-j.t0:], Stride: Block}
	for block := range rows.blocks() {
		kernel.DelayedRows(sums, j.n, rows.in(block, from, to), w, offsets, src)
	}
	return sums
}

// denseSum multiplies by rows from … to−1 of the matrix of sum k, all lanes at once if it is theirs.
func (l *tile[T]) denseSum(k int, t int64, from, to int) {
	s := &l.m.Sums[k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	y, x := l.sum(k), l.sending(s.Source, t)
	for lane, side := 0, l.side(w); lane < l.lanes; lane += side {
		kernel.MatMul(kernel.Matrix[T]{Data: y[lane*c.NTo+from:], Stride: c.NTo},
			w.at(lane).transposed.From(from),
			kernel.Matrix[T]{Data: x[lane*c.NFrom:], Stride: c.NFrom}, to-from, c.NFrom, side)
	}
}

// denseBack is denseSum with the transposed matrix, added to the source's adjoint.
func (l *tile[T]) denseBack(j job, from, to int) {
	s := &l.m.Sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	x, sent := l.slot(l.sums[j.k].ring, j.t, l.lanes*c.NTo), l.sent(s.Source)
	for lane, side := 0, l.side(w); lane < l.lanes; lane += side {
		kernel.AddMatMul(kernel.Matrix[T]{Data: sent[lane*c.NFrom+from:], Stride: c.NFrom},
			w.at(lane).dense.From(from),
			kernel.Matrix[T]{Data: x[lane*c.NTo:], Stride: c.NTo}, to-from, c.NTo, side)
	}
}

// side is the number of neighbouring lanes that have the same weights.
func (l *tile[T]) side(w *coupled[T]) int {
	if w.perLane {
		return 1
	}
	return l.lanes
}

func (l *tile[T]) nowSum(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling].at(lane).edges[short]
	row := l.sum(j.k)[lane*c.NTo:][from:to]
	if !c.ahead() {
		clear(row)
	}
	width, first, other := l.lanes*c.NFrom, int(j.t&(Block-1)), w.other
	if c.delayed {
		first, other = first+Block-(Near-1), run.offsets(lane).ring
	}
	kernel.SparseRows(row, w.rows.in(0, from, to), w.w, other, l.sources[s.Source].ring[first*width+lane*c.NFrom:])
}

// nowBack adds to the sources' adjoints what comes back at step t.
func (l *tile[T]) nowBack(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling].at(lane).edges[short]
	grad := l.sent(s.Source)[lane*c.NFrom:][from:to]
	back := run.back[lane*c.NFrom:][from:to]
	if c.ahead() {
		back = run.back[(int(j.t-j.t0)*l.lanes+lane)*c.NFrom:][from:to]
	} else {
		clear(back)
	}
	if c.edges[short] > 0 {
		other := w.tOther
		if c.delayed {
			other = run.offsets(lane).ringBack
		}
		first := int(j.t&(Block-1)) * l.lanes * c.NTo
		kernel.SparseRows(back, w.tRows.in(0, from, to), w.wT, other, run.ring[first+lane*c.NTo:])
	}
	kernel.AddVV(grad, grad, back)
}

// weightGradient adds the products of adjoints and signals of a block, for targets from … to−1: of one
// lane after the other, or step by step of all lanes, if they share a matrix.
func (l *tile[T]) weightGradient(j job, from, to int) {
	s := &l.m.Sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	n := l.lanes
	if c.Dense && !w.perLane {
		n = l.bundles
	}
	for lane := range n {
		switch {
		case c.Dense:
			l.denseGradient(j, lane, n, from, to)
		case c.delayed:
			l.delayedGradient(j, lane, from, to)
		default:
			l.edgeGradient(j, lane, from, to)
		}
	}
}

// denseGradient is that of every apart-th lane from the given one on.
func (l *tile[T]) denseGradient(j job, lane, apart, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	first := int(j.t0&(Block-1))*l.lanes + lane
	kernel.RankK(kernel.Matrix[T]{Data: w.grad(lane)[from*c.NFrom:], Stride: c.NFrom},
		kernel.Matrix[T]{Data: run.ring[first*c.NTo+from:], Stride: apart * c.NTo},
		kernel.Matrix[T]{Data: l.sources[s.Source].ring[first*c.NFrom:], Stride: apart * c.NFrom}, to-from, c.NFrom, j.n*l.lanes/apart)
}

// productSteps are those of a block whose products are summed before they are added to a weight's gradient.
const productSteps = 16

func (l *tile[T]) delayedGradient(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, grad, src := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].grad(lane), &l.sources[s.Source]
	at := int(j.t0 - j.base)
	past, reads := src.past[lane*c.NFrom*src.stride+at:], run.offsets(lane).all
	for i := from; i < to; i++ {
		adj := run.adjoint[(lane*c.NTo+i)*run.stride+at:][:j.n]
		a, b := c.row[i], c.row[i+1]
		for k := 0; k < j.n; k += productSteps {
			kernel.DelayedDots(grad[a:b], adj[k:min(k+productSteps, j.n)], reads[a:b], past[k:])
		}
	}
}

// edgeGradient is that of edges without delay.
func (l *tile[T]) edgeGradient(j job, lane, from, to int) {
	s, run := &l.m.Sums[j.k], &l.sums[j.k]
	c, grad := &l.m.Couplings[s.Coupling], l.weights[s.Coupling].grad(lane)
	sent, reads := run.sent[lane*c.NFrom*Block:], run.offsets(lane).all
	for i := from; i < to; i++ {
		a, b := c.row[i], c.row[i+1]
		taken := run.taken[(lane*c.NTo+i)*Block:][:j.n]
		for k := 0; k < j.n; k += productSteps {
			kernel.DelayedDots(grad[a:b], taken[k:min(k+productSteps, j.n)], reads[a:b], sent[k:])
		}
	}
}
