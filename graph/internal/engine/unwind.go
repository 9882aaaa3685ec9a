package engine

import "context"

// unwind reverses segments a … a+n−1, the first of which has its start saved, with free further
// checkpoints: see plan.
func (l *tile[T]) unwind(ctx context.Context, tape *tileTape[T], c *cotangent[T], a, n, free int) error {
	for n > 1 && free > 0 {
		k := split(n, free)
		if tape.saved[a+k] == nil {
			if err := l.advance(ctx, tape, a, a+k); err != nil {
				return err
			}
			tape.saved[a+k] = l.newCheckpoint()
			l.save(tape.saved[a+k], l.span(a+k))
		}
		if err := l.unwind(ctx, tape, c, a+k, n-k, free-1); err != nil {
			return err
		}
		l.idle.returnPoint(tape.saved[a+k])
		delete(tape.saved, a+k)
		n = k
	}
	for k := a + n - 1; k >= a; k-- {
		if err := l.advance(ctx, tape, a, k); err != nil {
			return err
		}
		if err := l.segment(ctx, l.span(k), nil); err != nil {
			return err
		}
		if err := l.segmentBack(ctx, l.span(k), c); err != nil {
			return err
		}
	}
	if a == 0 {
		l.begun(c)
	}
	return nil
}

// advance solves from the saved start of segment a up to the start of segment b.
func (l *tile[T]) advance(ctx context.Context, tape *tileTape[T], a, b int) error {
	sp := l.span(a)
	copy(l.row(sp, sp.from), tape.saved[a].state)
	for _, o := range l.observers {
		o.restore(tape.saved[a])
	}
	l.restorePast(tape.saved[a], sp)
	l.prime(sp)
	for k := a; k < b; k++ {
		lap, err := l.pass(ctx, l.span(k), nil)
		if err != nil {
			return err
		}
		l.proceed(lap, l.span(k+1))
	}
	return nil
}

// newCheckpoint has room for as many lanes as any tile has.
func (l *tile[T]) newCheckpoint() *checkpoint[T] {
	size, observed, lanes := 0, 0, l.plan.lanes
	for i := range l.m.Sources {
		size += lanes * l.m.Sources[i].N * l.sources[i].columns
	}
	for _, o := range l.observers {
		observed += lanes * o.width()
	}
	rows := 0
	if l.plan.resident {
		rows = lanes * (l.plan.segment + 1) * l.m.width
	}
	if point := l.idle.point(size, rows); point != nil {
		return point
	}
	point := &checkpoint[T]{state: make([]T, lanes*l.m.width), past: make([]T, size), observed: make([]T, observed)}
	if l.plan.resident {
		point.x = make([]T, rows)
		point.s = make([]T, lanes*l.plan.segment*l.m.sumWidth)
		for _, o := range l.observers {
			point.slow = append(point.slow, make([]T, o.rowsWidth()))
		}
	}
	return point
}

// save stores the start of the present segment.
func (l *tile[T]) save(point *checkpoint[T], sp span) {
	copy(point.state, l.row(sp, sp.from))
	for _, o := range l.observers {
		o.save(point)
	}
	l.eachPast(sp, point, func(saved, past []T) { copy(saved, past) })
}

func (l *tile[T]) restorePast(point *checkpoint[T], sp span) {
	l.eachPast(sp, point, func(saved, past []T) { copy(past, saved) })
}

// eachPast pairs every region's saved past with its columns before the segment's first step.
func (l *tile[T]) eachPast(sp span, point *checkpoint[T], do func(saved, past []T)) {
	at, shift := 0, int(sp.from-sp.base)
	for i := range l.sources {
		run := &l.sources[i]
		for j := 0; j < len(run.past); j += run.stride {
			do(point.past[at:at+run.columns], run.past[j+shift:j+shift+run.columns])
			at += run.columns
		}
	}
}
