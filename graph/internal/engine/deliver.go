package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// laneSum adds up the lanes' gradients of values that all lanes share: those of a bundle of lanes in
// order, some bundles in order too, if there are many, and what is left by a fixed tree.
type laneSum struct {
	bundles, perGroup int
	shared            [][][]float64 // [group][value][…], nil for values that are not shared or not wanted
	memory            []float64     // that they lie in
}

const maxGroups = 64

// newLaneSum makes room for the sums in memory, if that is enough.
func newLaneSum(in *Inputs, grads *Gradients, bundles int, memory []float64) *laneSum {
	s := &laneSum{bundles: bundles, perGroup: segments(bundles, maxGroups)}
	s.shared = make([][][]float64, s.groups())
	values, wanted := in.all(), grads.all()
	count := 0
	for i, v := range values {
		if !v.PerLane {
			count += len(wanted[i])
		}
	}
	s.memory = cleared(memory, s.groups()*count)
	free := s.memory
	for group := range s.shared {
		s.shared[group] = make([][]float64, len(values))
		for i, v := range values {
			if wanted[i] != nil && !v.PerLane {
				n := len(wanted[i])
				s.shared[group][i], free = free[:n:n], free[n:]
			}
		}
	}
	return s
}

func (s *laneSum) groups() int { return segments(s.bundles, s.perGroup) }

// all lists the values in one order, parameters, weights, series.
func (in *Inputs) all() []Value {
	return append(append(append([]Value(nil), in.Params...), in.Weights...), in.Series...)
}

func (g *Gradients) all() [][]float64 {
	return append(append(append([][]float64(nil), g.Params...), g.Weights...), g.Series...)
}

// finish writes the shared gradients.
func (s *laneSum) finish(grads *Gradients) {
	for stride := 1; stride < len(s.shared); stride *= 2 {
		for a := 0; a+stride < len(s.shared); a += 2 * stride {
			for i, x := range s.shared[a] {
				kernel.AddVV(x, x, s.shared[a+stride][i])
			}
		}
	}
	for i, g := range grads.all() {
		if x := s.shared[0][i]; x != nil {
			copy(g, x)
		}
	}
}

// deliver adds the lanes' gradients to where they belong, those of shared values to one sum for each bundle;
// those of a masked lane are zero.
func (l *tile[T]) deliver(grads *Gradients, shared [][][]float64) {
	values, wanted := l.in.all(), grads.all()
	for lane := 0; lane < l.lanes && grads.Carry != nil; lane++ {
		l.deliverCarry(l.carry(grads.Carry, lane), lane)
	}
	for i, v := range values {
		if wanted[i] == nil {
			continue
		}
		if n := len(wanted[i]) / l.in.Lanes; v.PerLane {
			clear(wanted[i][l.first*n:][:l.lanes*n])
			l.gradient(i, func(lane int) []float64 { return wanted[i][l.numbers[lane]*n:][:n] })
		} else {
			l.gradient(i, func(lane int) []float64 { return shared[lane%l.bundles][i] })
		}
	}
}

// deliverNothing sets the gradients of masked lanes to zero.
func (l *tile[T]) deliverNothing(grads *Gradients) {
	wanted := grads.all()
	for i, v := range l.in.all() {
		if n := len(wanted[i]) / l.in.Lanes; v.PerLane {
			clear(wanted[i][l.first*n:][:l.lanes*n])
		}
	}
	for lane := 0; lane < l.lanes && grads.Carry != nil; lane++ {
		clear(l.carry(grads.Carry, lane))
	}
}

func (l *tile[T]) deliverCarry(into []float64, lane int) {
	clear(into)
	if !l.masked[lane] {
		copy(into, l.carryGradient(lane))
	}
}

// gradient adds the gradient of value i in the order of Inputs.all to the places of the lanes.
func (l *tile[T]) gradient(i int, place func(lane int) []float64) {
	if i < len(l.m.Params) {
		l.addParam(i, place)
		return
	}
	if i -= len(l.m.Params); i < len(l.m.Couplings) {
		l.addWeights(i, place)
		return
	}
	i -= len(l.m.Couplings)
	l.eachSet(l.in.Series[i].PerLane, func(lane int) {
		n := l.m.Series[i].N * l.m.Series[i].Rows
		into := place(lane)
		kernel.AddVV(into, into, l.back.gradSeries[i][lane*n:][:n])
	})
}

// eachSet calls do for each lane that is not masked if there is something per lane, for the first one of each
// bundle if all share it.
func (l *tile[T]) eachSet(perLane bool, do func(lane int)) {
	if !perLane {
		for lane := range l.bundles {
			do(lane)
		}
		return
	}
	for lane, masked := range l.masked {
		if !masked {
			do(lane)
		}
	}
}

// addParam adds what every program has accumulated for parameter i.
func (l *tile[T]) addParam(i int, place func(lane int) []float64) {
	n := l.m.Params[i].N
	l.back.value = cleared(l.back.value, l.lanes*n)
	value := l.back.value
	finish := func(r *runner[T]) {
		if r == nil {
			return
		}
		for slot, w := range r.piece.Out {
			if w.Kind == Param && w.Index == i {
				r.frame.Finish(slot, value)
				l.eachSet(true, func(lane int) { kernel.AddWidened(place(lane), value[lane*n:][:n]) })
			}
		}
	}
	finish(l.adjoint)
	for k := range l.sources {
		finish(l.sources[k].adjoint)
	}
	for _, r := range l.recordsBack {
		finish(r)
	}
	for _, o := range l.observers {
		finish(o.sourceBack)
		finish(o.sub.adjoint)
		for _, r := range o.sub.recordsBack {
			finish(r)
		}
	}
}

// addWeights adds the gradient of coupling k's weights, row sums included.
func (l *tile[T]) addWeights(k int, place func(lane int) []float64) {
	c, w := &l.m.Couplings[k], &l.weights[k]
	l.eachSet(w.perLane, func(lane int) { addGradient(c, w.grad(lane), place(lane)) })
	for slot, wire := range l.adjoint.piece.Out {
		if wire.Kind == Sum && l.m.constSum[wire.Index] && l.m.Sums[wire.Index].Coupling == k {
			rows := make([]T, l.lanes*c.NTo)
			l.adjoint.frame.Finish(slot, rows)
			l.eachSet(true, func(lane int) {
				into, row := place(lane), rows[lane*c.NTo:]
				for e, index := range c.Index {
					into[index] += l.m.Sums[wire.Index].Factor * float64(row[c.I[e]])
				}
			})
		}
	}
}

// addGradient adds that of a matrix or of all edges to the gradient of the weights.
func addGradient[T kernel.Float](c *Coupling, grad []T, into []float64) {
	switch {
	case c.full:
		kernel.AddWidened(into, grad)
		return
	case c.Dense:
		for e, index := range c.Index {
			into[index] += float64(grad[c.I[e]*c.NFrom+c.J[e]])
		}
		return
	}
	for e, index := range c.Index {
		into[index] += float64(grad[e])
	}
}
