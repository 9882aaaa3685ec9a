package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// slot is step t's part of a ring of n numbers a step.
func (l *tile[T]) slot(ring []T, t int64, n int) []T {
	return ring[int(t&(Block-1))*n:][:n]
}

// rows are a ring's from step t on.
func (l *tile[T]) rows(ring []T, t int64, n int) kernel.Matrix[T] {
	return kernel.Matrix[T]{Data: ring[int(t&(Block-1))*n:], Stride: n}
}

// mirror copies step t's part of a ring to where a ring that echoes has it again.
func (l *tile[T]) mirror(ring []T, t int64, n int) {
	copy(l.slot(ring[Block*n:], t, n), l.slot(ring, t, n))
}

// prime fills the rings of short delays from the past.
func (l *tile[T]) prime(sp span) {
	for i := range l.sources {
		run, n := &l.sources[i], l.lanes*l.m.Sources[i].N
		if !l.m.Sources[i].echoes {
			continue
		}
		for c := int64(1); c < Near; c++ {
			ring := l.slot(run.ring, sp.from-c, n)
			for j := range ring {
				ring[j] = run.past[j*run.stride+run.columns+int(sp.from-c-sp.base)]
			}
			l.mirror(run.ring, sp.from-c, n)
		}
	}
}

// remember copies some steps of signals into the node-major past.
func (l *tile[T]) remember(sp span, t0, t1 int64) {
	for i := range l.sources {
		if n, steps := l.lanes*l.m.Sources[i].N, int(t1-t0); l.sources[i].past != nil {
			l.spread(job{task: pastTask, k: i, base: sp.base, t: t0, n: steps}, n, n*steps)
		}
	}
}

// filePast is remember for the (lane, region) from … to−1.
func (l *tile[T]) filePast(j job, from, to int) {
	src, run := &l.m.Sources[j.k], &l.sources[j.k]
	rows := l.rows(run.ring, j.t, l.lanes*src.N)
	if src.Forward == nil {
		rows.Stride = l.lanes * l.m.width
		rows.Data = l.x[int(j.t-j.base)*rows.Stride+l.lanes*l.m.States[src.From.Index].offset:]
	}
	rows.Data = rows.Data[from:]
	into := run.past[from*run.stride+run.columns+int(j.t-j.base):]
	kernel.Transpose(kernel.Matrix[T]{Data: into, Stride: run.stride}, rows, j.n, to-from)
}

// rebuildPast fills the node-major signals of a segment from its resident states.
func (l *tile[T]) rebuildPast(sp span) {
	any := false
	for i := range l.sources {
		any = any || l.sources[i].past != nil
	}
	if !any {
		return
	}
	for t := sp.from; t < sp.to; t++ {
		l.signals(l.row(sp, t), t)
		if (t+1)%Block == 0 || t+1 == sp.to {
			l.remember(sp, max(t/Block*Block, sp.from), t+1)
		}
	}
}

// file keeps the adjoints of some steps of a block by region, for those of earlier steps.
func (l *tile[T]) file(sp span, t0, t1 int64) {
	l.scrubRings(t0, t1)
	for k := range l.sums {
		if n, steps := l.lanes*l.m.Couplings[l.m.Sums[k].Coupling].NTo, int(t1-t0); l.sums[k].adjoint != nil {
			l.spread(job{task: adjointTask, k: k, base: sp.base, t: t0, n: steps}, n, n*steps)
		}
	}
}

// fileAdjoint files the adjoints of the (lane, region) from … to−1.
func (l *tile[T]) fileAdjoint(j job, from, to int) {
	run, n := &l.sums[j.k], l.lanes*l.m.Couplings[l.m.Sums[j.k].Coupling].NTo
	rows := l.rows(run.ring, j.t, n)
	rows.Data = rows.Data[from:]
	into := run.adjoint[from*run.stride+int(j.t-j.base):]
	kernel.Transpose(kernel.Matrix[T]{Data: into, Stride: run.stride}, rows, j.n, to-from)
}

// makeRoom moves the adjoints that later steps left behind to where the new segment looks for them.
func (l *tile[T]) makeRoom() {
	for k := range l.sums {
		run := &l.sums[k]
		for at := 0; at < len(run.adjoint); at += run.stride {
			row := run.adjoint[at : at+run.stride]
			copy(row[l.plan.segment:], row[:run.stride-l.plan.segment])
		}
	}
}
