package engine

import (
	"context"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// reverseRun is what a tile needs on its way back.
type reverseRun[T kernel.Float] struct {
	lambda, previous []T         // adjoint of the state after and before the present step
	extra            []T         // a row of states
	value            []T         // the gradient of a parameter
	taps             []T         // that of records of taps, at some steps: [record][step][lane][N]
	tapsOfLane       []T         // one lane's of those
	series           []T         // adjoint of the series at the present step
	carry            []float64   // adjoint of the incoming carry, [lane]
	gradSeries       [][]float64 // one of each bundle, or of each lane
	cut              bool        // a horizon lies between here and the end of the window
	before           bool        // whether the gradient of the incoming carry is wanted
}

// reverse differentiates the lanes. Its results stay in the workspace for deliver.
func (l *tile[T]) reverse(ctx context.Context, cot *Outputs, tape *tileTape[T]) error {
	l.beginReverse()
	c := l.newCotangent(cot.Records, cot.Carry, 0)
	for k, o := range l.observers {
		o.beginReverse(k, cot, tape)
	}
	n := l.spans()
	if !l.plan.resident {
		return l.unwind(ctx, tape, c, 0, n, l.plan.slots-1)
	}
	for k := n - 1; k >= 0; k-- {
		point, sp := tape.saved[k], l.span(k)
		l.reside(point)
		l.restorePast(point, sp)
		l.rebuildPast(sp)
		if err := l.segmentBack(ctx, sp, c); err != nil {
			return err
		}
	}
	l.begun(c)
	return nil
}

// reside lets the tile work on the rows of a checkpoint, if it has any.
func (l *tile[T]) reside(point *checkpoint[T]) {
	if !l.plan.resident {
		return
	}
	l.x, l.s = point.x, point.s
	for k, o := range l.observers {
		o.rows = point.slow[k]
	}
}

// makeReverse allocates what only the way back needs.
func (l *tile[T]) makeReverse() {
	b, n := &l.back, l.plan.lanes
	b.lambda, b.previous = make([]T, n*l.m.width), make([]T, n*l.m.width)
	b.extra = make([]T, n*l.m.width)
	b.series = make([]T, n*l.m.seriesWidth)
	b.carry = make([]float64, n*l.m.CarryWidth())
	b.gradSeries = make([][]float64, len(l.m.Series))
	for i := range l.sums {
		s, run := &l.m.Sums[i], &l.sums[i]
		c := &l.m.Couplings[s.Coupling]
		if s.Source < 0 {
			continue
		}
		if !c.Dense { // its products go where they belong
			run.back = make([]T, n*c.NFrom)
		}
		if c.ahead() {
			run.back = make([]T, Block*n*c.NFrom)
		}
		if c.delayed {
			run.adjoint = make([]T, n*c.NTo*run.stride)
		} else if c.Learned && !c.Dense {
			run.sent, run.taken = make([]T, Block*n*c.NFrom), make([]T, Block*n*c.NTo)
		}
	}
}

// clearSeries makes room for the gradients of learned inputs.
func (l *tile[T]) clearSeries() {
	for i := range l.m.Series {
		v := &l.m.Series[i]
		if !v.Learned {
			continue
		}
		n := v.N * v.Rows
		if n *= l.bundles; l.in.Series[i].PerLane {
			n *= l.lanes / l.bundles
		}
		if cap(l.back.gradSeries[i]) < n {
			l.back.gradSeries[i] = make([]float64, n)
		}
		l.back.gradSeries[i] = l.back.gradSeries[i][:n]
		clear(l.back.gradSeries[i])
	}
}

// beginReverse clears the adjoints and runs the prologues on the lanes' parameters.
func (l *tile[T]) beginReverse() {
	b := &l.back
	if b.lambda == nil {
		l.makeReverse()
	}
	clear(b.carry)
	b.cut = false
	b.lambda, b.previous, b.extra = b.lambda[:l.lanes*l.m.width], b.previous[:l.lanes*l.m.width], b.extra[:l.lanes*l.m.width]
	l.resize(l.lanes)
	l.clearSeries()
	for i := range l.sums {
		clear(l.sums[i].adjoint)
		clear(l.sums[i].ring)
	}
	l.adjoint.begin(l)
	for i := range l.sources {
		l.sources[i].adjoint.begin(l)
	}
	for _, r := range l.recordsBack {
		r.begin(l)
	}
}

// segmentBack applies the adjoint of a segment whose rows and signals are in place.
func (l *tile[T]) segmentBack(ctx context.Context, sp span, c *cotangent[T]) error {
	l.makeRoom()
	l.scrubPast()
	if sp.to == l.start+int64(l.set.Steps) {
		c.final(l.row(sp, sp.to))
	}
	for _, o := range l.observers {
		o.segmentBack(sp)
	}
	for t1 := sp.to; t1 > sp.from; {
		if err := ctx.Err(); err != nil {
			return err
		}
		t0 := l.blockStart(t1, sp.from)
		l.draw(t0, t1, l.m.noiseBack)
		c.read(t0, t1)
		for t := t1; t > t0; {
			part := max(last(t, l.m.part), t0)
			l.aheadBacks(sp, t0, t1, t)
			to := t
			for t > part {
				t--
				l.stepBack(sp, t0, t, c)
			}
			l.file(sp, part, to)
		}
		l.weightGradients(sp, t0, t1)
		l.horizon(t0)
		t1 = t0
	}
	return nil
}

// blockStart is the last block or horizon border before t1, not before from.
func (l *tile[T]) blockStart(t1, from int64) int64 {
	t0 := max(last(t1, Block), from)
	if h := int64(l.set.Horizon); h > 0 {
		t0 = max(t0, (t1-1)/h*h)
	}
	return t0
}

// stepBack turns the adjoint of the state after step t into that of the state before it.
func (l *tile[T]) stepBack(sp span, t0, t int64, c *cotangent[T]) {
	b, state := &l.back, l.row(sp, t)
	if t > sp.from {
		kernel.Prefetch(l.row(sp, t-1))
		kernel.Prefetch(l.sumRow(sp, t-1))
	}
	for _, o := range l.observers {
		o.back(t, l.row(sp, t+1))
	}
	l.inputs(t)
	l.signalsNow(state, t)
	l.adjoint.bind(l, rows[T]{state: state, sum: l.sumRow(sp, t), series: l.series, cotangent: b.lambda, t: t})
	l.adjoint.bindAdjoints(b.previous)
	l.adjoint.bindSums(t)
	l.adjoint.run(l)
	l.sourcesBack(state, t0, t)
	l.keepSeries(t)
	b.lambda, b.previous = b.previous, b.lambda
	kernel.Flush(b.lambda, b.lambda)
	c.add(t, state)
}

// keepSeries stores the gradient of learned inputs.
func (l *tile[T]) keepSeries(t int64) {
	for i := range l.m.Series {
		v := &l.m.Series[i]
		if !v.Learned {
			continue
		}
		at := (int(t-l.start) + l.set.Offset) * v.N
		grad := of(l, l.back.series, v.offset, v.N)
		for lane := range l.lanes {
			k := lane
			if !l.in.Series[i].PerLane {
				k = lane % l.bundles
			}
			into := l.back.gradSeries[i][k*v.N*v.Rows:]
			if l.masked[lane] && !l.in.Series[i].PerLane {
				continue
			}
			for j, g := range grad[lane*v.N:][:v.N] {
				into[at+j] += float64(g)
			}
		}
	}
}

// weightGradients adds a block's part of them.
func (l *tile[T]) weightGradients(sp span, t0, t1 int64) {
	n := int(t1 - t0)
	for k := range l.m.Sums {
		s, run := &l.m.Sums[k], &l.sums[k]
		if s.Source < 0 || !l.m.Couplings[s.Coupling].Learned {
			continue
		}
		c := &l.m.Couplings[s.Coupling]
		if run.sent != nil {
			from, to := l.lanes*c.NFrom, l.lanes*c.NTo
			kernel.Transpose(kernel.Matrix[T]{Data: run.sent, Stride: Block}, l.rows(l.sources[s.Source].ring, t0, from), n, from)
			kernel.Transpose(kernel.Matrix[T]{Data: run.taken, Stride: Block}, l.rows(run.ring, t0, to), n, to)
		}
		l.spread(job{task: weightTask, k: k, base: sp.base, t0: t0, n: n}, c.NTo, l.lanes*n*len(c.Index))
	}
}

// border says whether the gradient is cut at step t. The start of a run is no border.
func (l *tile[T]) border(t int64) bool {
	h := int64(l.set.Horizon)
	return h > 0 && t%h == 0 && (t > l.start || l.set.Offset > 0)
}

// horizon drops the adjoints of later sums, if t is on a border.
func (l *tile[T]) horizon(t int64) {
	if !l.border(t) {
		return
	}
	for k := range l.sums {
		clear(l.sums[k].adjoint)
		clear(l.sums[k].ring)
	}
}
