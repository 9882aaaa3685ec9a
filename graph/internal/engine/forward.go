package engine

import (
	"context"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// span is a segment of the window: absolute steps [from, to), rows counted from base.
type span struct {
	base, from, to int64
}

func (l *lane[T]) spans() int {
	return segments(int(l.start-l.base)+l.set.Steps, l.plan.segment)
}

func (l *lane[T]) span(k int) span {
	base := l.base + int64(k)*int64(l.plan.segment)
	end := l.start + int64(l.set.Steps)
	return span{base, max(base, l.start), min(base+int64(l.plan.segment), end)}
}

// solve runs one lane through the window, writes its outputs and keeps what the tape wants.
func (l *lane[T]) solve(ctx context.Context, in *Inputs, out *Outputs, number int, tape *laneTape[T]) error {
	l.begin(in, number)
	w := l.m.CarryWidth()
	l.carryOut = out.Carry[number*w : (number+1)*w]
	rec := l.newRecorder(l.carryIn, l.carryOut, ofLane(out.Records, number, in.Lanes))
	l.observe(out, number, in.Lanes)
	keep := l.spine()
	n := l.spans()
	for k := 0; k < n; k++ {
		sp := l.span(k)
		var point *checkpoint[T]
		if tape != nil && (l.plan.resident || keep[k]) {
			point = l.newCheckpoint()
			tape.saved[k] = point
			l.reside(point)
		}
		if k == 0 {
			l.enter(sp)
		} else {
			l.proceed(sp)
		}
		if point != nil {
			l.save(point, sp)
		}
		if err := l.segment(ctx, sp, rec); err != nil {
			return err
		}
		l.leave(sp)
	}
	rec.finish(l.next)
	for _, o := range l.observers {
		o.finish()
	}
	return nil
}

// row is the state at an absolute step of the present segment.
func (l *lane[T]) row(sp span, t int64) []T {
	at := int(t-sp.base) * l.m.width
	return l.x[at : at+l.m.width]
}

func (l *lane[T]) sumRow(sp span, t int64) []T {
	at := int(t-sp.base) * l.m.sumWidth
	return l.s[at : at+l.m.sumWidth]
}

// spine lists the segments whose starts the first solve keeps.
func (l *lane[T]) spine() map[int]bool {
	keep := map[int]bool{0: true}
	at, n, free := 0, l.spans(), l.plan.slots-1
	for n > 1 && free > 0 {
		k := split(n, free)
		at, n, free = at+k, n-k, free-1
		keep[at] = true
	}
	return keep
}

// enter reads the state and the histories of the incoming carry.
func (l *lane[T]) enter(sp span) {
	convert(l.row(sp, sp.from), l.carryIn[:l.m.width])
	for _, o := range l.observers {
		o.enter()
	}
	for i := range l.sources {
		src, run := &l.m.Sources[i], &l.sources[i]
		if !src.delayed {
			continue
		}
		clear(run.past)
		now := run.columns + int(sp.from-sp.base)
		for d := src.depth; d >= 1; d-- {
			for j, p := range l.signal(i, l.pastState(src, d)) {
				run.past[j*run.stride+now-d] = p
			}
		}
	}
	l.prime(sp)
}

// signal returns source i of the given states.
func (l *lane[T]) signal(i int, state []T) []T {
	src, run := &l.m.Sources[i], &l.sources[i]
	if src.Forward == nil {
		v := &l.m.States[src.State]
		return state[v.offset : v.offset+v.N]
	}
	run.forward.bind(l.m, rows[T]{state: state})
	run.forward.frame.BindOutput(0, run.grad)
	run.forward.frame.Step()
	return run.grad
}

// leave keeps what the next segment starts from: its rows may lie elsewhere.
func (l *lane[T]) leave(sp span) {
	copy(l.next, l.row(sp, sp.to))
	for _, o := range l.observers {
		o.leave()
	}
}

// proceed moves on to the segment after the one just solved.
func (l *lane[T]) proceed(sp span) {
	copy(l.row(sp, sp.from), l.next)
	for _, o := range l.observers {
		o.proceed()
	}
	for i := range l.sources {
		run := &l.sources[i]
		for at := 0; at < len(run.past); at += run.stride {
			copy(run.past[at:at+run.columns], run.past[at+l.plan.segment:at+l.plan.segment+run.columns])
		}
	}
}

// prime fills the rings of short delays from the past.
func (l *lane[T]) prime(sp span) {
	for i := range l.sources {
		run, n := &l.sources[i], l.m.Sources[i].N
		if run.past == nil {
			continue
		}
		for c := int64(1); c < Block; c++ {
			ring := run.ring[int((sp.from-c)&(Block-1))*n:]
			for j := 0; j < n; j++ {
				ring[j] = run.past[j*run.stride+run.columns+int(sp.from-c-sp.base)]
			}
		}
	}
}

// segment solves the steps of a span. rec is nil when a segment is solved again.
func (l *lane[T]) segment(ctx context.Context, sp span, rec *recorder[T]) error {
	for t0 := sp.from; t0 < sp.to; {
		if err := ctx.Err(); err != nil {
			return err
		}
		t1 := min((t0/Block+1)*Block, sp.to)
		l.longSums(sp, t0, int(t1-t0))
		for t := t0; t < t1; t++ {
			l.oneStep(sp, t0, t)
			if rec != nil {
				rec.step(t, l.row(sp, t), l.row(sp, t+1))
			}
			for _, o := range l.observers {
				o.step(t, l.row(sp, t+1), rec != nil)
			}
		}
		l.remember(sp, t0, t1)
		if err := l.check(sp, t0, t1); err != nil {
			return err
		}
		if rec != nil && rec.err != nil {
			return rec.err
		}
		for _, o := range l.observers {
			if err := o.check(t1, rec != nil); err != nil {
				return err
			}
		}
		t0 = t1
	}
	if rec != nil && l.set.Progress != nil {
		l.set.Progress(int(sp.to - sp.from))
	}
	return nil
}

// oneStep computes the sums at step t and the state after it.
func (l *lane[T]) oneStep(sp span, t0, t int64) {
	state, sums := l.row(sp, t), l.sumRow(sp, t)
	l.signals(state, t)
	l.shortSums(sums, t0, t)
	l.inputs(t)
	l.step.bind(l.m, rows[T]{state: state, sum: sums, series: l.series, noise: l.noise})
	after := l.row(sp, t+1)
	for slot, w := range l.step.piece.Out {
		v := &l.m.States[w.Index]
		l.step.frame.BindOutput(slot, after[v.offset:v.offset+v.N])
	}
	l.step.frame.Step()
}

// signals puts every source's value at step t into its ring. A state that is read from the past only
// stays where it is.
func (l *lane[T]) signals(state []T, t int64) {
	for i := range l.sources {
		if src := &l.m.Sources[i]; src.recent || src.Forward != nil {
			copy(l.sources[i].ring[int(t&(Block-1))*src.N:][:src.N], l.signal(i, state))
		}
	}
}

// signalsNow is signals for the sources whose weight gradients need the present value in the ring;
// those of delayed couplings read the past.
func (l *lane[T]) signalsNow(state []T, t int64) {
	for i := range l.sources {
		if n := l.m.Sources[i].N; l.m.Sources[i].now {
			copy(l.sources[i].ring[int(t&(Block-1))*n:][:n], l.signal(i, state))
		}
	}
}

// inputs fills the rows of series and noise for step t.
func (l *lane[T]) inputs(t int64) {
	for i := range l.m.Series {
		v := &l.m.Series[i]
		all := l.inSeries[i].lane(l.number, v.Rows*v.N)
		at := (int(t-l.start) + l.set.Offset) * v.N
		convert(l.series[v.offset:v.offset+v.N], all[at:at+v.N])
	}
	for i := range l.m.Noise {
		v := &l.m.Noise[i]
		row := l.noise[v.offset : v.offset+v.N]
		if v.Samples >= 0 {
			from := &l.m.Series[v.Samples]
			copy(row, l.series[from.offset:from.offset+from.N])
			continue
		}
		Normals(row, l.seed, t, v.Stream)
	}
}

// remember copies a finished block of signals into the node-major past.
func (l *lane[T]) remember(sp span, t0, t1 int64) {
	for i := range l.sources {
		src, run := &l.m.Sources[i], &l.sources[i]
		if run.past == nil {
			continue
		}
		into := run.past[run.columns+int(t0-sp.base):]
		if src.Forward == nil {
			v := &l.m.States[src.State]
			transpose(into, run.stride, l.x[int(t0-sp.base)*l.m.width+v.offset:], l.m.width, src.N, int(t1-t0))
			continue
		}
		transpose(into, run.stride, run.ring[int(t0&(Block-1))*src.N:], src.N, src.N, int(t1-t0))
	}
}

// transpose writes rows of n values as columns of dst.
func transpose[T kernel.Float](dst []T, stride int, rows []T, width, n, count int) {
	for j := 0; j < n; j++ {
		column := dst[j*stride : j*stride+count]
		at := j
		for k := range column {
			column[k] = rows[at]
			at += width
		}
	}
}

// check looks for values that are not finite after steps t0 … t1−1.
func (l *lane[T]) check(sp span, t0, t1 int64) error {
	if finite(l.row(sp, t1)) {
		return nil
	}
	t := t0 + 1
	for finite(l.row(sp, t)) {
		t++
	}
	return diverged(l.m, l.row(sp, t), t, l.number)
}

// diverged names the first value of a row of states that is not finite.
func diverged[T kernel.Float](m *Model, row []T, step int64, lane int) error {
	for k := range m.States {
		v := &m.States[k]
		if values := row[v.offset : v.offset+v.N]; !finite(values) {
			return divergedAt(v.Address, v.Labels, values, step, lane)
		}
	}
	return nil
}

// divergedAt names the first of a variable's values that is not finite; there is one.
func divergedAt[T kernel.Float](variable string, labels []string, values []T, step int64, lane int) *DivergedError {
	j := 0
	for finite(values[j : j+1]) {
		j++
	}
	return &DivergedError{Step: step, Lane: lane, Variable: variable, Region: labels[j], Value: float64(values[j])}
}

func finite[T kernel.Float](row []T) bool {
	for _, x := range row {
		if x-x != 0 {
			return false
		}
	}
	return true
}
