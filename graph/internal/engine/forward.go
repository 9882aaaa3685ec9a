package engine

import (
	"context"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// span is a segment of the window: absolute steps [from, to), rows counted from base.
type span struct {
	base, from, to int64
}

func (l *tile[T]) spans() int {
	return segments(int(l.start-l.base)+l.set.Steps, l.plan.segment)
}

func (l *tile[T]) span(k int) span {
	base := l.base + int64(k)*int64(l.plan.segment)
	end := l.start + int64(l.set.Steps)
	return span{base, max(base, l.start), min(base+int64(l.plan.segment), end)}
}

// solve runs the lanes through the window, writes their outputs and keeps what the tape wants.
func (l *tile[T]) solve(ctx context.Context, in *Inputs, out *Outputs, tape *tileTape[T]) error {
	rec := l.newRecorder(in.Carry, out.Carry, 0, out.Records)
	l.observe(out)
	keep := l.spine()
	n := l.spans()
	var before span
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
			l.proceed(before, sp)
		}
		if point != nil {
			l.save(point, sp)
		}
		var err error
		if before, err = l.pass(ctx, sp, rec); err != nil {
			return err
		}
	}
	rec.finish(l.next)
	for _, o := range l.observers {
		if means := o.finish(); tape != nil {
			tape.means = append(tape.means, means)
		}
	}
	return nil
}

// pass solves a span whose rows are no tape, unless they are resident: in laps, since rows that are used again and
// again stay in a near cache. It returns the last lap.
func (l *tile[T]) pass(ctx context.Context, sp span, rec *recorder[T]) (span, error) {
	for {
		lap := span{sp.base, sp.from, min(sp.base+int64(l.plan.lap), sp.to)}
		if err := l.segment(ctx, lap, rec); err != nil {
			return lap, err
		}
		if l.leave(lap); lap.to == sp.to {
			return lap, nil
		}
		sp.base, sp.from = lap.to, lap.to
		l.proceed(lap, sp)
	}
}

// row is the state at an absolute step of the present segment.
func (l *tile[T]) row(sp span, t int64) []T {
	n := l.lanes * l.m.width
	return l.x[int(t-sp.base)*n:][:n]
}

func (l *tile[T]) sumRow(sp span, t int64) []T {
	n := l.lanes * l.m.sumWidth
	return l.s[int(t-sp.base)*n:][:n]
}

// spine lists the segments whose starts the first solve keeps.
func (l *tile[T]) spine() map[int]bool {
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
func (l *tile[T]) enter(sp span) {
	now := l.row(sp, sp.from)
	for k := range l.m.States {
		v := &l.m.States[k]
		l.fromCarry(l.state(now, k), v.offset, v.N)
	}
	for _, o := range l.observers {
		o.enter()
	}
	for i := range l.sources {
		src, run := &l.m.Sources[i], &l.sources[i]
		if !src.delayed {
			continue
		}
		now, n := run.columns+int(sp.from-sp.base), l.lanes*src.N
		for d := src.depth; d >= 1; {
			count := min(d, Block)
			for c := range count {
				copy(run.ring[c*n:][:n], l.signal(i, l.pastState(src, d-c)))
			}
			kernel.Transpose(kernel.Matrix[T]{Data: run.past[now-d:], Stride: run.stride}, kernel.Matrix[T]{Data: run.ring, Stride: n}, count, n)
			d -= count
		}
	}
	l.prime(sp)
}

// fromCarry reads n numbers of each lane's incoming carry.
func (l *tile[T]) fromCarry(into []T, at, n int) {
	for lane := range l.lanes {
		kernel.Round(into[lane*n:][:n], l.carry(l.in.Carry, lane)[at:])
	}
}

// leave keeps what the next span starts from: its rows may lie elsewhere.
func (l *tile[T]) leave(sp span) {
	copy(l.next, l.row(sp, sp.to))
	for _, o := range l.observers {
		o.leave()
	}
}

// proceed moves on to the span after the one just solved.
func (l *tile[T]) proceed(before, sp span) {
	shift := int(before.to - before.base)
	copy(l.row(sp, sp.from), l.next)
	for _, o := range l.observers {
		o.proceed()
	}
	for i := range l.sources {
		run := &l.sources[i]
		for at := 0; at < len(run.past); at += run.stride {
			copy(run.past[at:at+run.columns], run.past[at+shift:at+shift+run.columns])
		}
	}
}

// segment solves the steps of a span. rec is nil when a segment is solved again.
func (l *tile[T]) segment(ctx context.Context, sp span, rec *recorder[T]) error {
	for t0 := sp.from; t0 < sp.to; {
		if err := ctx.Err(); err != nil {
			return err
		}
		t1 := min(next(t0, Block), sp.to)
		l.draw(t0, t1, l.m.noiseForward)
		for t := t0; t < t1; {
			part := min(next(t, l.m.part), t1)
			l.aheadSums(sp, t0, t1, t)
			for from := t; t < part; t++ {
				l.oneStep(sp, t0, t)
				if t+1 == part {
					l.remember(sp, from, part)
				}
			}
		}
		for _, o := range l.observers {
			o.see(sp, t0, t1, rec != nil)
		}
		if rec != nil {
			width := l.lanes * l.m.width
			rec.block(l.x[int(t0-sp.base)*width:], width, t0, t1, t0+1)
		}
		if err := l.check(sp, t0, t1, rec); err != nil {
			return err
		}
		t0 = t1
	}
	if rec != nil && l.set.Progress != nil {
		l.set.Progress(int(sp.to-sp.from) * l.lanes)
	}
	return nil
}

// next is the first multiple of n, a power of two, after t, last the last one before it.
func next(t int64, n int) int64 { return (t | int64(n-1)) + 1 }
func last(t int64, n int) int64 { return (t - 1) &^ int64(n-1) }

// oneStep computes the sums at step t and the state after it.
func (l *tile[T]) oneStep(sp span, t0, t int64) {
	state, sums := l.row(sp, t), l.sumRow(sp, t)
	l.inputs(t)
	l.signals(state, t)
	l.shortSums(sums, state, t0, t)
	l.step.bind(l, rows[T]{state: state, sum: sums, series: l.series, t: t})
	l.step.bindStates(l.row(sp, t+1))
	l.step.bindKept(sums)
	l.step.run(l)
}
