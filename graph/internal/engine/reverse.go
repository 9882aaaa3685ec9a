package engine

import (
	"context"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// reverseRun is what a lane needs on its way back.
type reverseRun[T kernel.Float] struct {
	lambda, previous []T       // adjoint of the state after and before the present step
	extra            []T       // a row of states
	series           []T       // adjoint of the series at the present step
	carry            []float64 // adjoint of the incoming carry
	gradSeries       [][]float64
	cut              bool // a horizon lies between here and the end of the window
}

// reverse differentiates the lane. Its results stay in the workspace for deliver.
func (l *lane[T]) reverse(ctx context.Context, in *Inputs, cot *Outputs, number int, tape *laneTape[T]) error {
	l.begin(in, number)
	l.beginReverse()
	var carry []float64
	if w := l.m.CarryWidth(); cot.Carry != nil {
		carry = cot.Carry[number*w : (number+1)*w]
	}
	c := l.newCotangent(ofLane(cot.Records, number, in.Lanes), carry)
	for k, o := range l.observers {
		o.beginReverse(k, cot, number, in.Lanes)
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
	l.first(c)
	return nil
}

// reside lets the lane work on the rows of a checkpoint, if it has any.
func (l *lane[T]) reside(point *checkpoint[T]) {
	if !l.plan.resident {
		return
	}
	l.x, l.s = point.x, point.s
	for k, o := range l.observers {
		o.rows = point.slow[k]
	}
}

// rebuildPast fills the node-major signals of a segment from its resident states.
func (l *lane[T]) rebuildPast(sp span) {
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

// makeReverse allocates what only the way back needs.
func (l *lane[T]) makeReverse() {
	b := &l.back
	b.lambda, b.previous = make([]T, l.m.width), make([]T, l.m.width)
	b.extra = make([]T, l.m.width)
	b.series = make([]T, l.m.seriesWidth)
	b.carry = make([]float64, l.m.CarryWidth())
	b.gradSeries = make([][]float64, len(l.m.Series))
	for i := range l.m.Series {
		if v := &l.m.Series[i]; v.Learned {
			b.gradSeries[i] = make([]float64, v.N*v.Rows)
		}
	}
	for i := range l.sums {
		s, run := &l.m.Sums[i], &l.sums[i]
		c := &l.m.Couplings[s.Coupling]
		if s.Source < 0 {
			continue
		}
		run.back = make([]T, c.NFrom)
		if c.delayed {
			run.adjoint = make([]T, c.NTo*run.stride)
		}
	}
}

// beginReverse clears the adjoints and runs the prologues on the lane's parameters.
func (l *lane[T]) beginReverse() {
	b := &l.back
	if b.lambda == nil {
		l.makeReverse()
	}
	clear(b.carry)
	b.cut = false
	for i := range b.gradSeries {
		clear(b.gradSeries[i])
	}
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
func (l *lane[T]) segmentBack(ctx context.Context, sp span, c *cotangent[T]) error {
	l.makeRoom()
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
		l.longBack(sp, t0, int(t1-t0))
		for t := t1 - 1; t >= t0; t-- {
			l.stepBack(sp, t0, t, c)
		}
		l.finishBlock(sp, t0, t1)
		l.horizon(t0)
		t1 = t0
	}
	return nil
}

// blockStart is the last block or horizon border before t1, not before from.
func (l *lane[T]) blockStart(t1, from int64) int64 {
	t0 := max((t1-1)/Block*Block, from)
	if h := int64(l.set.Horizon); h > 0 {
		t0 = max(t0, (t1-1)/h*h)
	}
	return t0
}

// makeRoom moves the adjoints that later steps left behind to where the new segment looks for them.
func (l *lane[T]) makeRoom() {
	for k := range l.sums {
		run := &l.sums[k]
		for at := 0; at < len(run.adjoint); at += run.stride {
			row := run.adjoint[at : at+run.stride]
			copy(row[l.plan.segment:], row[:run.stride-l.plan.segment])
		}
	}
}

func (l *lane[T]) longBack(sp span, t0 int64, n int) {
	for k := range l.m.Sums {
		if c := &l.m.Couplings[l.m.Sums[k].Coupling]; c.long.n > 0 && l.m.Sums[k].Source >= 0 {
			l.spread(job{task: longBackTask, k: k, base: sp.base, t0: t0, n: n}, c.NFrom, c.long.n*n)
		}
	}
}

// stepBack turns the adjoint of the state after step t into that of the state before it.
func (l *lane[T]) stepBack(sp span, t0, t int64, c *cotangent[T]) {
	b, state := &l.back, l.row(sp, t)
	for _, o := range l.observers {
		o.back(t, l.row(sp, t+1))
	}
	l.signalsNow(state, t)
	l.inputs(t)
	l.adjoint.bind(l.m, rows[T]{state: state, sum: l.sumRow(sp, t), series: l.series, noise: l.noise, cotangent: b.lambda})
	clear(b.previous)
	for slot, w := range l.adjoint.piece.Out {
		switch {
		case w.Kind == State:
			v := &l.m.States[w.Index]
			l.adjoint.frame.BindOutput(slot, b.previous[v.offset:v.offset+v.N])
		case w.Kind == Sum && !l.m.constSum[w.Index]:
			n := l.m.Couplings[l.m.Sums[w.Index].Coupling].NTo
			l.adjoint.frame.BindOutput(slot, l.sums[w.Index].ring[int(t&(Block-1))*n:][:n])
		case w.Kind == Series:
			v := &l.m.Series[w.Index]
			l.adjoint.frame.BindOutput(slot, b.series[v.offset:v.offset+v.N])
		}
	}
	l.adjoint.frame.Step()
	l.keepSeries(t)
	l.sourcesBack(state, t0, t)
	b.lambda, b.previous = b.previous, b.lambda
	c.add(t, state)
}

// keepSeries stores the gradient of learned inputs.
func (l *lane[T]) keepSeries(t int64) {
	for i := range l.m.Series {
		if v := &l.m.Series[i]; v.Learned {
			row := l.back.gradSeries[i][(int(t-l.start)+l.set.Offset)*v.N:][:v.N]
			for j, g := range l.back.series[v.offset : v.offset+v.N] {
				row[j] = float64(g)
			}
		}
	}
}

// sourcesBack carries the adjoints of the sums back to the states that were sent at step t.
func (l *lane[T]) sourcesBack(state []T, t0, t int64) {
	for i := range l.sources {
		clear(l.sources[i].grad)
	}
	for k := range l.m.Sums {
		if c := &l.m.Couplings[l.m.Sums[k].Coupling]; l.m.Sums[k].Source >= 0 {
			l.spread(job{task: shortBackTask, k: k, t0: t0, t: t}, c.NFrom, c.short.n+len(l.weights[l.m.Sums[k].Coupling].dense))
		}
	}
	for i := range l.sources {
		l.sourceBack(i, state, l.back.previous)
	}
}

// sourceBack adds to the states' adjoint what a source's adjoint amounts to.
func (l *lane[T]) sourceBack(i int, state, into []T) {
	src, run := &l.m.Sources[i], &l.sources[i]
	if src.Forward == nil {
		v := &l.m.States[src.State]
		at := into[v.offset : v.offset+v.N]
		kernel.AddVV(at, at, run.grad)
		return
	}
	l.pieceBack(run.adjoint, state, run.grad, into)
}

// pieceBack adds the adjoint of a small program of states to the adjoint of the states.
func (l *lane[T]) pieceBack(r *runner[T], state, cotangent, into []T) {
	extra := l.back.extra
	r.bind(l.m, rows[T]{state: state, cotangent: cotangent})
	for slot, w := range r.piece.Out {
		if w.Kind == State {
			v := &l.m.States[w.Index]
			r.frame.BindOutput(slot, extra[v.offset:v.offset+v.N])
		}
	}
	r.frame.Step()
	for _, w := range r.piece.Out {
		if w.Kind == State {
			v := &l.m.States[w.Index]
			at := into[v.offset : v.offset+v.N]
			kernel.AddVV(at, at, extra[v.offset:v.offset+v.N])
		}
	}
}

// finishBlock files a block's adjoints by region and adds its part of the weight gradients.
func (l *lane[T]) finishBlock(sp span, t0, t1 int64) {
	for k := range l.m.Sums {
		s, run := &l.m.Sums[k], &l.sums[k]
		if s.Source < 0 {
			continue
		}
		c := &l.m.Couplings[s.Coupling]
		if run.adjoint != nil {
			transpose(run.adjoint[t0-sp.base:], run.stride, run.ring[int(t0&(Block-1))*c.NTo:], c.NTo, c.NTo, int(t1-t0))
		}
		if c.Learned {
			n := int(t1 - t0)
			l.spread(job{task: weightTask, k: k, base: sp.base, t0: t0, n: n}, c.NTo, n*len(c.Index))
		}
	}
}

// border says whether the gradient is cut at step t. The start of a run is no border.
func (l *lane[T]) border(t int64) bool {
	h := int64(l.set.Horizon)
	return h > 0 && t%h == 0 && (t > l.start || l.set.Offset > 0)
}

// horizon drops the adjoints of later sums, if t is on a border.
func (l *lane[T]) horizon(t int64) {
	if !l.border(t) {
		return
	}
	for k := range l.sums {
		clear(l.sums[k].adjoint)
		clear(l.sums[k].ring)
	}
}
