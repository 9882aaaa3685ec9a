package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// laneSum adds up the lanes' gradients of values that all lanes share. Lanes are grouped in tiles, a
// number that depends on the number of lanes alone; tiles are added by a fixed tree.
type laneSum struct {
	perTile, lanes int
	shared         [][][]float64 // [tile][value][…], nil for values that are not shared or not wanted
}

const maxTiles = 64

func newLaneSum(in *Inputs, grads *Gradients) *laneSum {
	s := &laneSum{lanes: in.Lanes, perTile: (in.Lanes + maxTiles - 1) / maxTiles}
	s.shared = make([][][]float64, s.tiles())
	values, wanted := in.all(), grads.all()
	for tile := range s.shared {
		s.shared[tile] = make([][]float64, len(values))
		for i, v := range values {
			if wanted[i] != nil && !v.PerLane {
				s.shared[tile][i] = make([]float64, len(wanted[i]))
			}
		}
	}
	return s
}

func (s *laneSum) tiles() int { return (s.lanes + s.perTile - 1) / s.perTile }

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
				for j, y := range s.shared[a+stride][i] {
					x[j] += y
				}
			}
		}
	}
	for i, g := range grads.all() {
		if x := s.shared[0][i]; x != nil {
			copy(g, x)
		}
	}
}

// deliver adds the lane's gradients to where they belong; those of a masked lane are zero.
func (l *lane[T]) deliver(in *Inputs, grads *Gradients, sum *laneSum, number, tile int, masked bool) {
	if grads.Carry != nil {
		w := l.m.CarryWidth()
		row := grads.Carry[number*w : (number+1)*w]
		clear(row)
		if !masked {
			copy(row, l.back.carry)
		}
	}
	values, wanted := in.all(), grads.all()
	place := func(i int) []float64 {
		switch {
		case wanted[i] == nil:
			return nil
		case !values[i].PerLane:
			return sum.shared[tile][i]
		}
		n := len(wanted[i]) / in.Lanes
		row := wanted[i][number*n : (number+1)*n]
		clear(row)
		return row
	}
	for i := range l.m.Params {
		if into := place(i); into != nil && !masked {
			l.addParam(i, into)
		}
	}
	for i := range l.m.Couplings {
		if into := place(len(l.m.Params) + i); into != nil && !masked {
			l.addWeights(i, into)
		}
	}
	for i := range l.m.Series {
		if into := place(len(l.m.Params) + len(l.m.Couplings) + i); into != nil && !masked {
			addTo(into, l.back.gradSeries[i])
		}
	}
}

func addTo[T kernel.Float](into []float64, x []T) {
	for i, v := range x {
		into[i] += float64(v)
	}
}

// addParam adds what every program has accumulated for parameter i.
func (l *lane[T]) addParam(i int, into []float64) {
	value := make([]T, len(into))
	finish := func(r *runner[T]) {
		if r == nil {
			return
		}
		for slot, w := range r.piece.Out {
			if w.Kind == Param && w.Index == i {
				r.frame.Finish(slot, value)
				addTo(into, value)
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
func (l *lane[T]) addWeights(k int, into []float64) {
	c, w := &l.m.Couplings[k], &l.weights[k]
	if c.Dense {
		for e, index := range c.Index {
			into[index] += float64(w.grad[c.I[e]*c.NFrom+c.J[e]])
		}
	} else {
		for e, index := range c.long.weight {
			into[index] += float64(w.long.grad[e])
		}
		for e, index := range c.short.weight {
			into[index] += float64(w.short.grad[e])
		}
	}
	for slot, wire := range l.adjoint.piece.Out {
		if wire.Kind == Sum && l.m.constSum[wire.Index] && l.m.Sums[wire.Index].Coupling == k {
			row := make([]T, c.NTo)
			l.adjoint.frame.Finish(slot, row)
			for e, index := range c.Index {
				into[index] += l.m.Sums[wire.Index].Factor * float64(row[c.I[e]])
			}
		}
	}
}
