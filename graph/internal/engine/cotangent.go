package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// cotangent reads the gradients of the lanes' outputs, step by step.
type cotangent[T kernel.Float] struct {
	l              *tile[T]
	records        [][]float64 // of all lanes of the run, nil for none
	carry          []float64   // likewise
	at             int         // of the carry within that: 0 but for an observer's
	first, perLane int         // index of the window's first sample, and how many each lane has
	row            []T
	share          []float64 // of each step that a sample is the mean of
	from, to       int64     // steps of which the records of taps have been read
	oldest         int       // the first sample of those
}

func (l *tile[T]) newCotangent(records [][]float64, carry []float64, at int) *cotangent[T] {
	c := &cotangent[T]{l: l, records: records, carry: carry, at: at, row: make([]T, l.lanes*l.m.recordWidth), share: make([]float64, l.m.recordWidth)}
	c.first, c.perLane = l.set.Samples()
	return c
}

// carryOf is a lane's part of the carry.
func (c *cotangent[T]) carryOf(lane int) []float64 { return c.l.root.carry(c.carry, lane)[c.at:] }

// fromCarry sets a variable, [lane][n], to the gradient of the n numbers of the carry from at on.
func (c *cotangent[T]) fromCarry(into []T, at, n int) {
	for lane := range c.l.lanes {
		kernel.Round(into[lane*n:][:n], c.carryOf(lane)[at:])
	}
}

// lastState is the gradient of the state in the carry.
func (c *cotangent[T]) lastState() {
	lambda := c.l.back.lambda
	clear(lambda)
	for k := 0; k < len(c.l.m.States) && c.carry != nil; k++ {
		v := &c.l.m.States[k]
		c.fromCarry(c.l.state(lambda, k), v.offset, v.N)
	}
}

// final starts the adjoint at the end of the window, where the given state was reached.
func (c *cotangent[T]) final(state []T) {
	c.lastState()
	c.addRecords(c.l.start+int64(c.l.set.Steps), state)
}

// add completes the adjoint of the state at step t, of which the later steps' part is known.
func (c *cotangent[T]) add(t int64, state []T) {
	l := c.l
	if l.border(t) {
		clear(l.back.lambda)
		l.back.cut = true
		for _, o := range l.observers {
			o.cut()
		}
	}
	c.addRecords(t, state)
	if c.carry != nil && !l.back.cut {
		c.addHistory(int(t - l.start))
	}
}

// addHistory adds what the following window says about states in its past.
func (c *cotangent[T]) addHistory(step int) {
	l, m := c.l, c.l.m
	for k, depth := range m.history {
		row := step - l.set.Steps + depth
		if row < 0 {
			continue
		}
		n := m.States[k].N
		at := m.HistoryOffset(k) + row*n
		into := l.state(l.back.lambda, k)
		for lane := range l.lanes {
			kernel.AddRounded(into[lane*n:][:n], c.carryOf(lane)[at:])
		}
	}
}

// read reads ahead, for steps t0 … t1−1, the gradients of records of taps: they are few numbers a step, those of
// several steps in a line of memory.
func (c *cotangent[T]) read(t0, t1 int64) {
	l := c.l
	if l.set.Average {
		return
	}
	c.from, c.to = t0, t1
	for t0 < t1 {
		if _, ok := c.sampled(t0); ok {
			break
		}
		t0++
	}
	for i := range l.m.Records {
		if t0 < t1 && l.m.Records[i].Taps != nil && c.records[i] != nil {
			c.readTaps(i, t0, t1)
		}
	}
}

// readTaps is read for record i, of which step t0 is a sample.
func (c *cotangent[T]) readTaps(i int, t0, t1 int64) {
	l, v, every := c.l, &c.l.m.Records[i], int64(c.l.set.Every)
	c.oldest, _ = c.sampled(t0)
	count := int((t1 - t0 + every - 1) / every)
	l.back.taps = room(l.back.taps, Block*l.lanes*l.m.recordWidth)
	l.back.tapsOfLane = room(l.back.tapsOfLane, count*v.N)
	for lane := range l.lanes {
		grad := l.back.tapsOfLane
		kernel.Round(grad, c.records[i][(l.root.numbers[lane]*c.perLane+c.oldest)*v.N:][:count*v.N])
		at := Block*l.lanes*v.offset + lane*v.N
		for ; len(grad) > 0; grad = grad[v.N:] {
			into := l.back.taps[at:][:v.N]
			copyFew(into, grad)
			at += l.lanes * v.N
		}
	}
}

// tapRow is what is read ahead of a record for a sample.
func (c *cotangent[T]) tapRow(v *Record, sample int) []T {
	n := c.l.lanes * v.N
	return c.l.back.taps[Block*c.l.lanes*v.offset+(sample-c.oldest)*n:][:n]
}

// sampled is the index within the window of the sample that the state at step t belongs to, if it does to any;
// the first state is the last window's.
func (c *cotangent[T]) sampled(t int64) (sample int, ok bool) {
	set := c.l.set
	done := int(t-c.l.start) + set.Offset - set.Warmup
	if t == c.l.start || done <= 0 || (!set.Average && done%set.Every != 0) {
		return 0, false
	}
	return (done-1)/set.Every - c.first, true
}

// addRecords adds the share of the records taken at step t.
func (c *cotangent[T]) addRecords(t int64, state []T) {
	l := c.l
	sample, ok := c.sampled(t)
	for i := range l.m.Records {
		v := &l.m.Records[i]
		switch {
		case !ok || !c.has(i, sample):
		case v.isState():
			c.addSample(l.state(l.back.lambda, v.State), i, sample)
		case v.Taps != nil && c.from <= t && t < c.to:
			l.tapBack(v, state, c.tapRow(v, sample), l.back.lambda)
		default:
			row := of(l, c.row, v.offset, v.N)
			clear(row)
			c.addSample(row, i, sample)
			l.recordBack(i, state, row, l.back.lambda)
		}
	}
}

// recordBack adds what the adjoint of record i of a state says about the state.
func (l *tile[T]) recordBack(i int, state, adjoint, into []T) {
	switch v := &l.m.Records[i]; {
	case v.isState():
		into = l.state(into, v.State)
		kernel.AddVV(into, into, adjoint)
	case v.Taps != nil:
		l.tapBack(v, state, adjoint, into)
	default:
		l.pieceBack(l.recordsBack[i], state, adjoint, into)
	}
}

// has says whether there is a gradient of a record's sample.
func (c *cotangent[T]) has(i, sample int) bool {
	if sample < c.perLane {
		return c.records[i] != nil
	}
	return c.carry != nil && c.l.set.Average
}

// addSample adds each lane's gradient of a record's sample.
func (c *cotangent[T]) addSample(into []T, i, sample int) {
	n := c.l.m.Records[i].N
	for lane := range c.l.lanes {
		grad, divisor := c.sample(lane, i, sample)
		if divisor != 1 {
			kernel.DivVS(c.share[:n], grad, divisor)
			grad = c.share
		}
		kernel.AddRounded(into[lane*n:][:n], grad)
	}
}

// sample returns a lane's gradient of a record's sample, to be divided among the steps that it is the
// mean of. One that the window does not complete is in the carry.
func (c *cotangent[T]) sample(lane, i, sample int) (grad []float64, divisor float64) {
	m, v := c.l.m, &c.l.m.Records[i]
	if sample >= c.perLane {
		return c.carryOf(lane)[m.width+m.historyWidth+v.offset:][:v.N], 1
	}
	divisor = 1
	if c.l.set.Average {
		divisor = float64(c.l.set.Every)
	}
	return c.records[i][(c.l.root.numbers[lane]*c.perLane+sample)*v.N:][:v.N], divisor
}

// begun finishes at the window's start: the gradient of the incoming carry.
func (l *tile[T]) begun(c *cotangent[T]) {
	m, b := l.m, &l.back
	for k := range m.States {
		v := &m.States[k]
		l.toGradient(l.state(b.lambda, k), v.offset, v.N)
	}
	for lane := range l.lanes {
		into := l.carryGradient(lane)
		l.partialBack(c, lane, into)
		if c.carry == nil || b.cut {
			continue
		}
		carry := c.carryOf(lane)
		for k, depth := range m.history {
			n, at := m.States[k].N, m.HistoryOffset(k)
			for row := 0; row < (depth-l.set.Steps)*n; row++ {
				into[at+l.set.Steps*n+row] += carry[at+row]
			}
		}
	}
	l.pastBack()
	for _, o := range l.observers {
		o.begun()
	}
}

// carryGradient is a lane's gradient of the incoming carry.
func (l *tile[T]) carryGradient(lane int) []float64 {
	w := l.m.CarryWidth()
	return l.back.carry[lane*w:][:w]
}

// toGradient adds a variable, [lane][n], to the gradient of n numbers of the incoming carry.
func (l *tile[T]) toGradient(x []T, at, n int) {
	for lane := range l.lanes {
		into := l.carryGradient(lane)[at:]
		kernel.AddWidened(into[:n], x[lane*n:])
	}
}

// partialBack passes on the gradient of partial means.
func (l *tile[T]) partialBack(c *cotangent[T], lane int, carry []float64) {
	if l.set.Offset == 0 {
		return // a new run starts without them
	}
	from := l.m.width + l.m.historyWidth
	for i := range l.m.Records {
		v := &l.m.Records[i]
		row := carry[from+v.offset:][:v.N]
		switch {
		case !l.set.Average && c.carry != nil:
			copy(row, c.carryOf(lane)[from+v.offset:])
		case l.set.Average && c.has(i, 0):
			grad, divisor := c.sample(lane, i, 0)
			kernel.DivVS(c.share[:v.N], grad, divisor)
			kernel.AddVV(row, row, c.share)
		}
	}
}
