package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// coupled holds a coupling's weights, and their gradient: one set for all lanes of a tile, with a gradient for
// each bundle, or one each.
type coupled[T kernel.Float] struct {
	perLane bool
	sets    []weightSet[T]
}

// at is the set of a lane of the tile.
func (w *coupled[T]) at(lane int) *weightSet[T] {
	if w.perLane {
		return &w.sets[lane]
	}
	return &w.sets[0]
}

// learns says whether the weights do.
func (w *coupled[T]) learns() bool { return w.sets[0].grads != nil }

// grad is where the gradient of a lane of the tile adds up.
func (w *coupled[T]) grad(lane int) []T {
	if w.perLane {
		return w.sets[lane].grads[0]
	}
	return w.sets[0].grads[lane%len(w.sets[0].grads)]
}

// together is how many of so many lanes one set serves.
func (w *coupled[T]) together(lanes int) int {
	if w.perLane {
		return 1
	}
	return lanes
}

// weightSet holds the weights of a coupling as a matrix and its transpose, or by edges.
type weightSet[T kernel.Float] struct {
	dense, transposed kernel.Matrix[T]
	grads             [][]T // of the matrix, or of all edges
	edges             [classes]edgeWeights[T]
}

func newWeightSet[T kernel.Float](c *Coupling, bundles int) weightSet[T] {
	w := weightSet[T]{}
	n := len(c.I)
	if c.Dense {
		n = c.NTo * c.NFrom
	}
	for k := 0; k < bundles && c.Learned; k++ {
		w.grads = append(w.grads, make([]T, n))
	}
	for k := range w.edges {
		if w.edges[k].edgeSet = &c.sets[k]; c.LaneDelays != nil {
			w.edges[k].edgeSet = &edgeSet{}
		}
	}
	if c.Dense {
		w.dense, w.transposed = kernel.NewMatrix[T](c.NTo, c.NFrom), kernel.NewMatrix[T](c.NFrom, c.NTo)
	}
	return w
}

// loadWeights reads the lanes' weights of coupling k. Those that all lanes share stay from tile to tile.
func (l *tile[T]) loadWeights(k int, v *Value) {
	c, w := &l.m.Couplings[k], &l.weights[k]
	was, sets := w.perLane, 1
	if w.perLane = v.PerLane || c.LaneDelays != nil; w.perLane {
		sets = l.lanes
	}
	for len(w.sets) < sets {
		w.sets = append(w.sets, newWeightSet[T](c, l.plan.bundles))
	}
	for s := range w.sets[:sets] {
		if c.LaneDelays != nil {
			l.loadDelays(k, s)
		}
		if set := &w.sets[s]; w.perLane || was || !l.loaded {
			set.load(c, v.lane(l.numbers[s], c.Weights))
		} else {
			set.clear()
		}
	}
}

// loadDelays sorts the edges of coupling k for a lane that has delays of its own.
func (l *tile[T]) loadDelays(k, lane int) {
	c, w := &l.m.Couplings[k], &l.weights[k].sets[lane]
	for class := range w.edges {
		w.edges[class].fill(c, c.LaneDelays[l.numbers[lane]], class)
	}
}

// loadOffsets finds out where the edges of coupling k read, unless they read where they did.
func (l *tile[T]) loadOffsets(k int) {
	c := &l.m.Couplings[k]
	for i := range l.sums {
		s, run := &l.m.Sums[i], &l.sums[i]
		if s.Coupling != k || s.Source < 0 {
			continue
		}
		columns, stride := 0, Block // of sent, without delays
		if c.delayed {
			columns, stride = l.sources[s.Source].columns, l.sources[s.Source].stride
		}
		for lane := range run.at[:min(l.lanes, len(run.at))] {
			delays := c.Delay
			if c.LaneDelays != nil {
				delays = c.LaneDelays[l.numbers[lane]]
			}
			if at := &run.at[lane]; c.LaneDelays != nil || at.lanes != l.lanes {
				fillOffsets(at, c, l.weights[k].at(lane), delays, l.lanes, columns, stride)
			}
		}
	}
}

func (w *weightSet[T]) clear() {
	for _, grad := range w.grads {
		clear(grad)
	}
}

func (w *weightSet[T]) load(c *Coupling, values []float64) {
	w.clear()
	if !c.Dense {
		for k := range w.edges {
			w.edges[k].load(values)
		}
		return
	}
	if c.full {
		for i := range c.NTo {
			kernel.Round(w.dense.Data[i*w.dense.Stride:][:c.NFrom], values[i*c.NFrom:])
		}
	} else {
		clear(w.dense.Data)
		for e, index := range c.Index {
			w.dense.Data[c.I[e]*w.dense.Stride+c.J[e]] = T(values[index])
		}
	}
	kernel.Transpose(w.transposed, w.dense, c.NTo, c.NFrom)
}

// loadConstant sets a sum to the row sums of the weights.
func (l *tile[T]) loadConstant(i int) {
	s, into := &l.m.Sums[i], l.sums[i].own
	c, w := &l.m.Couplings[s.Coupling], &l.weights[s.Coupling]
	for lane := range l.lanes {
		row := into[lane*c.NTo:][:c.NTo]
		if lane > 0 && !w.perLane {
			copy(row, into[:c.NTo])
			continue
		}
		w.at(lane).rowSums(c, row)
		kernel.MulVS(row, row, T(s.Factor))
	}
}

// rowSums sets dst[i] to Σ_j W_ij, edges in order of j, class by class.
func (w *weightSet[T]) rowSums(c *Coupling, dst []T) {
	for i := range dst {
		dst[i] = 0
		if c.Dense {
			for _, v := range w.dense.Data[i*w.dense.Stride:][:c.NFrom] {
				dst[i] += v
			}
			continue
		}
		for k := range w.edges {
			e := &w.edges[k]
			for block := range e.rows.blocks() {
				from, to := e.rows.of(block, i)
				for _, v := range e.w[from:to] {
					dst[i] += v
				}
			}
		}
	}
}
