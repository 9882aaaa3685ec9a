package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// seriesElements is how many numbers of all series are read at once. Those of one lane are in a line of memory.
const seriesElements = 1 << 10

// seriesSteps is the number of steps, a power of two, whose inputs are read at once.
func (l *tile[T]) seriesSteps() int {
	n := Block
	for n > 1 && n*l.plan.lanes*l.m.seriesWidth > seriesElements {
		n /= 2
	}
	return n
}

// inputs makes the row of series that of step t.
func (l *tile[T]) inputs(t int64) {
	if len(l.m.Series) == 0 {
		return
	}
	n := int64(l.seriesSteps())
	if from := t &^ (n - 1); !l.seriesRead || from != l.seriesFrom {
		l.seriesRead, l.seriesFrom = true, from
		for i := range l.m.Series {
			l.readSeries(i, max(from, l.start), min(from+n, l.start+int64(l.set.Steps)))
		}
	}
	l.series = l.seriesRow(t)
}

func (l *tile[T]) seriesRow(t int64) []T {
	n := l.lanes * l.m.seriesWidth
	return l.seriesRows[int(t-l.seriesFrom)*n:][:n]
}

// readSeries reads series i of steps t0 … t1−1.
func (l *tile[T]) readSeries(i int, t0, t1 int64) {
	v, in := &l.m.Series[i], &l.in.Series[i]
	at, n := (int(t0-l.start)+l.set.Offset)*v.N, int(t1-t0)
	l.seriesOfLane = room(l.seriesOfLane, n*v.N)
	apart := l.lanes * l.m.seriesWidth
	for lane := range l.lanes {
		if lane == 0 || in.PerLane {
			kernel.Round(l.seriesOfLane, in.lane(l.numbers[lane], v.Rows*v.N)[at:])
		}
		at := int(t0-l.seriesFrom)*apart + l.lanes*v.offset + lane*v.N
		for numbers := l.seriesOfLane; len(numbers) > 0; numbers = numbers[v.N:] {
			into := l.seriesRows[at:][:v.N]
			copyFew(into, numbers)
			at += apart
		}
	}
}

// copyFew copies numbers that are so few, most of the time, that a call would take longer.
func copyFew[T kernel.Float](into, x []T) {
	if len(into) > 8 {
		copy(into, x)
		return
	}
	for k := range into {
		into[k] = x[k]
	}
}

// signals puts every source's value at step t into its ring, but for states that no sum reads there.
func (l *tile[T]) signals(state []T, t int64) {
	for i := range l.sources {
		if src := &l.m.Sources[i]; src.recent || src.Forward != nil {
			l.send(i, t, state)
		}
	}
}

// signalsNow is signals for the sources whose weight gradients need the present value in the ring;
// those of delayed couplings read the past.
func (l *tile[T]) signalsNow(state []T, t int64) {
	for i := range l.sources {
		if src := &l.m.Sources[i]; src.now {
			l.send(i, t, state)
		}
	}
}

// send puts source i's value at step t into its ring.
func (l *tile[T]) send(i int, t int64, state []T) {
	src, ring := &l.m.Sources[i], l.sources[i].ring
	n, value := l.lanes*src.N, l.signal(i, state)
	copy(l.slot(ring, t, n), value)
	if src.echoes {
		l.mirror(ring, t, n)
	}
}

// sending is where source i's value at step t is: in the present row, if it is a state, or in its ring.
func (l *tile[T]) sending(i int, t int64) []T {
	src := &l.m.Sources[i]
	if src.isState() {
		return l.state(l.present, src.From.Index)
	}
	return l.slot(l.sources[i].ring, t, l.lanes*src.N)
}

// signal returns source i of the given states, or of the present row of an input.
func (l *tile[T]) signal(i int, state []T) []T {
	src, run := &l.m.Sources[i], &l.sources[i]
	switch {
	case src.Forward != nil:
	case src.From.Kind == Series:
		return of(l, l.series, l.m.Series[src.From.Index].offset, src.N)
	default:
		return l.state(state, src.From.Index)
	}
	run.forward.bind(l, rows[T]{state: state})
	run.forward.frame.BindOutput(0, run.grad)
	run.forward.run(l)
	return run.grad
}

// sourcesBack carries the adjoints of the sums back to the states that were sent at step t.
func (l *tile[T]) sourcesBack(state []T, t0, t int64) {
	for i := range l.sources {
		if !l.m.Sources[i].isState() {
			clear(l.sources[i].grad)
		}
	}
	for k := range l.m.Sums {
		if c := &l.m.Couplings[l.m.Sums[k].Coupling]; l.m.Sums[k].Source >= 0 && l.m.differentiable(l.m.Sums[k].Source) {
			if c.echoes() {
				l.mirror(l.sums[k].ring, t, l.lanes*c.NTo)
			}
			l.spread(job{task: backTask, k: k, t0: t0, t: t}, l.regions(c, c.NFrom), l.lanes*c.now())
		}
	}
	for i := range l.sources {
		if !l.m.Sources[i].isState() {
			l.sourceBack(i, state, l.back.previous)
		}
	}
}

// sent is where the adjoint of source i at the present step adds up: that of a state, if it is one.
func (l *tile[T]) sent(i int) []T {
	if src := &l.m.Sources[i]; src.isState() {
		return l.state(l.back.previous, src.From.Index)
	}
	return l.sources[i].grad
}

// sourceBack adds to the states' adjoint what a source's adjoint amounts to. That of an input is all that
// there is of the input's: no program reads it.
func (l *tile[T]) sourceBack(i int, state, into []T) {
	src, run := &l.m.Sources[i], &l.sources[i]
	switch {
	case src.Forward != nil:
		l.pieceBack(run.adjoint, state, run.grad, into)
	case src.From.Kind == Series:
		copy(of(l, l.back.series, l.m.Series[src.From.Index].offset, src.N), run.grad)
	default:
		at := l.state(into, src.From.Index)
		kernel.AddVV(at, at, run.grad)
	}
}

// pieceBack adds the adjoint of a small program of states to the adjoint of the states.
func (l *tile[T]) pieceBack(r *runner[T], state, cotangent, into []T) {
	extra := l.back.extra
	r.bind(l, rows[T]{state: state, cotangent: cotangent})
	r.bindStates(extra)
	r.run(l)
	for _, w := range r.piece.Out {
		if w.Kind == State {
			at := l.state(into, w.Index)
			kernel.AddVV(at, at, l.state(extra, w.Index))
		}
	}
}
