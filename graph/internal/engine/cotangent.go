package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// cotangent reads the gradients of a lane's outputs, step by step.
type cotangent[T kernel.Float] struct {
	l            *lane[T]
	records      [][]float64 // the lane's part, nil for none
	carry        []float64   // likewise
	first, count int
	row          []T
}

func (l *lane[T]) newCotangent(records [][]float64, carry []float64) *cotangent[T] {
	c := &cotangent[T]{l: l, records: records, carry: carry, row: make([]T, l.m.recordWidth)}
	c.first, c.count = l.set.Samples()
	return c
}

// final starts the adjoint at the end of the window, where the given state was reached.
func (c *cotangent[T]) final(state []T) {
	l := c.l
	clear(l.back.lambda)
	if c.carry != nil {
		convert(l.back.lambda, c.carry[:l.m.width])
	}
	c.addRecords(l.start+int64(l.set.Steps), state)
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
	m := c.l.m
	for k, depth := range m.history {
		row := step - c.l.set.Steps + depth
		if row < 0 {
			continue
		}
		v := &m.States[k]
		at := m.HistoryOffset(k) + row*v.N
		into := c.l.back.lambda[v.offset : v.offset+v.N]
		for j, g := range c.carry[at : at+v.N] {
			into[j] += T(g)
		}
	}
}

// addRecords adds the share of the records taken at step t; the first state is the last window's.
func (c *cotangent[T]) addRecords(t int64, state []T) {
	l := c.l
	done := int(t-l.start) + l.set.Offset - l.set.Warmup
	if t == l.start || done <= 0 || (!l.set.Average && done%l.set.Every != 0) {
		return
	}
	for i := range l.m.Records {
		v := &l.m.Records[i]
		grad, divisor := c.sample(i, (done-1)/l.set.Every-c.first)
		if grad == nil {
			continue
		}
		if v.Forward == nil {
			s := &l.m.States[v.State]
			addScaled(l.back.lambda[s.offset:s.offset+s.N], grad, divisor)
			continue
		}
		row := c.row[v.offset : v.offset+v.N]
		clear(row)
		addScaled(row, grad, divisor)
		l.pieceBack(l.recordsBack[i], state, row, l.back.lambda)
	}
}

// addScaled adds grad/divisor.
func addScaled[T kernel.Float](into []T, grad []float64, divisor float64) {
	if divisor == 1 {
		kernel.AddRounded(into, grad)
		return
	}
	for j, g := range grad[:len(into)] {
		into[j] += T(g / divisor)
	}
}

// sample returns the gradient of a record's sample, to be divided among the steps that it is the mean
// of; nil if there is none.
func (c *cotangent[T]) sample(i, sample int) (grad []float64, divisor float64) {
	m, n := c.l.m, c.l.m.Records[i].N
	divisor = 1
	if sample < c.count {
		if c.records[i] == nil {
			return nil, 1
		}
		if c.l.set.Average {
			divisor = float64(c.l.set.Every)
		}
		return c.records[i][sample*n : (sample+1)*n], divisor
	}
	if c.carry == nil || !c.l.set.Average {
		return nil, 1
	}
	return c.carry[m.width+m.historyWidth+m.Records[i].offset:][:n], 1
}

// first finishes at the window's start: the gradient of the incoming carry.
func (l *lane[T]) first(c *cotangent[T]) {
	m, b := l.m, &l.back
	for j, g := range b.lambda {
		b.carry[j] = float64(g)
	}
	l.partialBack(c)
	if c.carry != nil && !b.cut {
		for k, depth := range m.history {
			n, at := m.States[k].N, m.HistoryOffset(k)
			for row := 0; row < (depth-l.set.Steps)*n; row++ {
				b.carry[at+l.set.Steps*n+row] += c.carry[at+row]
			}
		}
	}
	l.pastBack()
	for _, o := range l.observers {
		o.first(b.carry)
	}
}

// partialBack passes on the gradient of partial means.
func (l *lane[T]) partialBack(c *cotangent[T]) {
	if l.set.Offset == 0 {
		return // a new run starts without them
	}
	from := l.m.width + l.m.historyWidth
	into := l.back.carry[from : from+l.m.recordWidth]
	for i := range l.m.Records {
		v := &l.m.Records[i]
		row := into[v.offset : v.offset+v.N]
		if !l.set.Average {
			if c.carry != nil {
				copy(row, c.carry[from+v.offset:])
			}
		} else if grad, divisor := c.sample(i, 0); grad != nil {
			addScaled(row, grad, divisor)
		}
	}
}

// pastBack turns the adjoints of sums that read from before the window into those of its history.
func (l *lane[T]) pastBack() {
	for i := range l.sources {
		src := &l.m.Sources[i]
		if src.depth == 0 {
			continue
		}
		past := make([]T, src.N*src.depth) // [region][step], oldest first
		for k := range l.m.Sums {
			if l.m.Sums[k].Source == i && l.m.Couplings[l.m.Sums[k].Coupling].delayed {
				l.sumPastBack(k, past)
			}
		}
		for back := 1; back <= src.depth; back++ {
			for j := range l.sources[i].grad {
				l.sources[i].grad[j] = past[(j+1)*src.depth-back]
			}
			l.historyBack(i, back)
		}
	}
}

// sumPastBack adds the adjoint of the source's values before the window: over an edge of d steps, the
// value d−c steps before it was read at step c.
func (l *lane[T]) sumPastBack(k int, past []T) {
	s, run := &l.m.Sums[k], &l.sums[k]
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	depth, start := l.m.Sources[s.Source].depth, int(l.start-l.base)
	add := func(set *edgeSet, wT []T) {
		for j := 0; j < c.NFrom; j++ {
			row := past[j*depth : (j+1)*depth]
			for e := set.tRow[j]; e < set.tRow[j+1]; e++ {
				d := int(set.tDelay[e])
				n := min(d, l.set.Steps)
				at := int(set.tOther[e])*run.stride + start
				kernel.Axpy(row[depth-d:depth-d+n], wT[e], run.adjoint[at:at+n])
			}
		}
	}
	add(&c.long, w.long.wT)
	add(&c.short, w.short.wT)
}

// historyBack adds a past signal's adjoint to the gradient of the history it was computed from.
func (l *lane[T]) historyBack(i, back int) {
	m, src := l.m, &l.m.Sources[i]
	into := l.back.previous
	clear(into)
	l.sourceBack(i, l.pastState(src, back), into)
	for _, k := range src.statesIn {
		v := &m.States[k]
		at := m.HistoryOffset(k) + (m.history[k]-back)*v.N
		for j, g := range into[v.offset : v.offset+v.N] {
			l.back.carry[at+j] += float64(g)
		}
	}
}

// pastState is the row of states back steps before the window, as far as a source reads them.
func (l *lane[T]) pastState(src *Source, back int) []T {
	row := l.pastNow
	for _, k := range src.statesIn {
		v := &l.m.States[k]
		at := l.m.HistoryOffset(k) + (l.m.history[k]-back)*v.N
		convert(row[v.offset:v.offset+v.N], l.carryIn[at:at+v.N])
	}
	return row
}
