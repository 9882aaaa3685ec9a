package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// coupled holds a coupling's weights, and their gradient: one set for all lanes of a tile, or one each.
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

// weightSet holds the weights of a coupling as a matrix and its transpose, or by edges.
type weightSet[T kernel.Float] struct {
	dense, transposed, grad []T
	long, short             edgeWeights[T]
}

func newWeightSet[T kernel.Float](c *Coupling) weightSet[T] {
	w := weightSet[T]{}
	if !c.Dense {
		w.long, w.short = newEdgeWeights[T](&c.long, c.Learned), newEdgeWeights[T](&c.short, c.Learned)
		return w
	}
	w.dense, w.transposed = make([]T, c.NTo*c.NFrom), make([]T, c.NTo*c.NFrom)
	if c.Learned {
		w.grad = make([]T, c.NTo*c.NFrom)
	}
	return w
}

// loadWeights reads the lanes' weights of coupling k. Those that all lanes share stay from tile to tile.
func (l *tile[T]) loadWeights(k int, v *Value) {
	c, w := &l.m.Couplings[k], &l.weights[k]
	sets := 1
	if v.PerLane {
		sets = l.lanes
	}
	for len(w.sets) < sets {
		w.sets = append(w.sets, newWeightSet[T](c))
	}
	load := v.PerLane || w.perLane || !l.loaded
	w.perLane = v.PerLane
	for s := range w.sets[:sets] {
		if load {
			w.sets[s].load(c, v.lane(l.first+s, c.Weights))
		}
		w.sets[s].clear()
	}
}

func (w *weightSet[T]) clear() {
	clear(w.grad)
	clear(w.long.grad)
	clear(w.short.grad)
}

func (w *weightSet[T]) load(c *Coupling, values []float64) {
	if !c.Dense {
		w.long.load(&c.long, values)
		w.short.load(&c.short, values)
		return
	}
	clear(w.dense)
	for e, index := range c.Index {
		w.dense[c.I[e]*c.NFrom+c.J[e]] = T(values[index])
	}
	for i := 0; i < c.NTo; i++ {
		for j := 0; j < c.NFrom; j++ {
			w.transposed[j*c.NTo+i] = w.dense[i*c.NFrom+j]
		}
	}
}

// loadConstant sets a sum to the row sums of the weights.
func (l *tile[T]) loadConstant(i int) {
	s, into := &l.m.Sums[i], l.sums[i].constant
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

// rowSums sets dst[i] to Σ_j W_ij, edges in order of j, those with long delays first.
func (w *weightSet[T]) rowSums(c *Coupling, dst []T) {
	for i := range dst {
		dst[i] = 0
		if c.Dense {
			for _, v := range w.dense[i*c.NFrom : (i+1)*c.NFrom] {
				dst[i] += v
			}
			continue
		}
		for _, v := range w.long.w[c.long.row[i]:c.long.row[i+1]] {
			dst[i] += v
		}
		for _, v := range w.short.w[c.short.row[i]:c.short.row[i+1]] {
			dst[i] += v
		}
	}
}
