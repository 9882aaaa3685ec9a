package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// task is a loop over regions that may be split over goroutines.
type task int

const (
	longTask      task = iota // long-delay sums of a block, by target
	shortTask                 // sums of one step, by target
	longBackTask              // long-delay transposed sums of a block, by source
	shortBackTask             // transposed sums of one step, by source
	weightTask                // weight gradients of a block, by target
)

// job is a task of sum k at step t (or over the block from t0, n steps long).
type job struct {
	task  task
	k     int
	base  int64
	t0, t int64
	n     int
}

// longSums computes the parts of the sums of steps t0 … t0+n−1 that come over long delays.
func (l *lane[T]) longSums(sp span, t0 int64, n int) {
	for k := range l.m.Sums {
		if c := &l.m.Couplings[l.m.Sums[k].Coupling]; c.long.n > 0 && l.m.Sums[k].Source >= 0 {
			l.spread(job{task: longTask, k: k, base: sp.base, t0: t0, n: n}, c.NTo, c.long.n*n)
		}
	}
}

// shortSums completes the sums of step t.
func (l *lane[T]) shortSums(row []T, t0, t int64) {
	l.sumsNow = row
	for k := range l.m.Sums {
		if c := &l.m.Couplings[l.m.Sums[k].Coupling]; l.m.Sums[k].Source >= 0 {
			l.spread(job{task: shortTask, k: k, t0: t0, t: t}, c.NTo, c.short.n+len(l.weights[l.m.Sums[k].Coupling].dense))
		}
	}
}

// perform runs a job for the regions from … to−1.
func (l *lane[T]) perform(j job, from, to int) {
	s := &l.m.Sums[j.k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	run, src := &l.sums[j.k], &l.sources[s.Source]
	switch j.task {
	case longTask:
		sumEdges(run.block, c.long.row[from:to+1], w.long.w, run.longAt, src.past[j.t0-j.base:], from, c.NTo, j.n)
	case shortTask:
		l.shortSum(j, s, from, to)
	case longBackTask:
		sumEdges(run.backBlock, c.long.tRow[from:to+1], w.long.wT, run.longBack, run.adjoint[j.t0-j.base:], from, c.NFrom, j.n)
	case shortBackTask:
		l.shortBack(j, s, from, to)
	case weightTask:
		l.weightGradient(j, s, from, to)
	}
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

func (l *lane[T]) shortSum(j job, s *SumVar, from, to int) {
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	ring, n := l.sources[s.Source].ring, c.NFrom
	row := l.sumsNow[s.offset : s.offset+c.NTo]
	now := ring[int(j.t&(Block-1))*n:][:n]
	if c.Dense {
		wt := kernel.Matrix[T]{Data: w.transposed[from:], Stride: c.NTo}
		kernel.MatMul(kernel.Matrix[T]{Data: row[from:to]}, wt, kernel.Matrix[T]{Data: now}, to-from, n, 1)
		return
	}
	takeRow(row[from:to], l.sums[j.k].block, int(j.t-j.t0)*c.NTo+from)
	if !c.delayed {
		kernel.SparseRows(row[from:to], c.short.row[from:to+1], w.short.w, c.short.other, now)
		return
	}
	for i := from; i < to && c.short.n > 0; i++ {
		acc := row[i]
		a, b := c.short.row[i], c.short.row[i+1]
		other, weight := c.short.other[a:b], w.short.w[a:b]
		for e, d := range c.short.delay[a:b] {
			acc += weight[e] * ring[int((j.t-int64(d))&(Block-1))*n+int(other[e])]
		}
		row[i] = acc
	}
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
func (l *lane[T]) shortBack(j job, s *SumVar, from, to int) {
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	run, n := &l.sums[j.k], c.NTo
	grad := l.sources[s.Source].grad
	now := run.ring[int(j.t&(Block-1))*n:][:n]
	if c.Dense {
		wt := kernel.Matrix[T]{Data: w.dense[from:], Stride: c.NFrom}
		kernel.MatMul(kernel.Matrix[T]{Data: run.back[from:to]}, wt, kernel.Matrix[T]{Data: now}, to-from, n, 1)
		kernel.AddVV(grad[from:to], grad[from:to], run.back[from:to])
		return
	}
	back := run.back[from:to]
	takeRow(back, run.backBlock, int(j.t-j.t0)*c.NFrom+from)
	if !c.delayed {
		kernel.SparseRows(back, c.short.tRow[from:to+1], w.short.wT, c.short.tOther, now)
	}
	for i := from; i < to && c.delayed && c.short.n > 0; i++ {
		acc := run.back[i]
		a, b := c.short.tRow[i], c.short.tRow[i+1]
		other, weight := c.short.tOther[a:b], w.short.wT[a:b]
		for e, d := range c.short.tDelay[a:b] {
			acc += weight[e] * run.ring[int((j.t+int64(d))&(Block-1))*n+int(other[e])]
		}
		run.back[i] = acc
	}
	kernel.AddVV(grad[from:to], grad[from:to], back)
}

// weightGradient adds the products of adjoints and signals of a block.
func (l *lane[T]) weightGradient(j job, s *SumVar, from, to int) {
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	run, src := &l.sums[j.k], &l.sources[s.Source]
	first := int(j.t0 & (Block - 1))
	switch {
	case c.Dense:
		dw := kernel.Matrix[T]{Data: w.grad[from*c.NFrom:], Stride: c.NFrom}
		a := kernel.Matrix[T]{Data: run.ring[first*c.NTo+from:], Stride: c.NTo}
		p := kernel.Matrix[T]{Data: src.ring[first*c.NFrom:], Stride: c.NFrom}
		kernel.RankK(dw, a, p, to-from, c.NFrom, j.n)
	case c.delayed:
		past := src.past[j.t0-j.base:]
		at := int(j.t0 - j.base)
		for i := from; i < to; i++ {
			adj := run.adjoint[i*run.stride+at : i*run.stride+at+j.n]
			a, b := c.long.row[i], c.long.row[i+1]
			kernel.DelayedDots(w.long.grad[a:b], adj, run.longAt[a:b], past)
			a, b = c.short.row[i], c.short.row[i+1]
			kernel.DelayedDots(w.short.grad[a:b], adj, run.shortAt[a:b], past)
		}
	default:
		for i := from; i < to; i++ {
			for k := first; k < first+j.n; k++ {
				adj, row := run.ring[k*c.NTo+i], src.ring[k*c.NFrom:(k+1)*c.NFrom]
				a, b := c.short.row[i], c.short.row[i+1]
				grad := w.short.grad[a:b]
				for e, o := range c.short.other[a:b] {
					grad[e] += adj * row[o]
				}
			}
		}
	}
}
