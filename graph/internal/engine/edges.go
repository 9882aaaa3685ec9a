package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// edgeSet is a set of edges in two orders: by target for the sums, by source for their transpose.
type edgeSet struct {
	n      int     // edges
	weight []int   // weight number of edge e, by target
	delay  []int32 // by target
	other  []int32 // source of edge e, by target
	row    []int32 // edges of target i are row[i]..row[i+1]
	tEdge  []int32 // by source: position of the edge in the order by target
	tDelay []int32
	tOther []int32 // target of the edge, by source
	tRow   []int32
}

// prepare splits the edges into those whose delay spans a block and the rest.
func (c *Coupling) prepare() {
	for _, d := range c.Delay {
		c.delayed = c.delayed || d > 0
	}
	if c.Dense {
		return
	}
	c.long = newEdgeSet(c, func(d int) bool { return d >= Block })
	c.short = newEdgeSet(c, func(d int) bool { return d < Block })
}

func newEdgeSet(c *Coupling, keep func(delay int) bool) edgeSet {
	s := edgeSet{row: make([]int32, c.NTo+1), tRow: make([]int32, c.NFrom+1)}
	for e := range c.I {
		if !keep(c.Delay[e]) {
			continue
		}
		s.weight = append(s.weight, c.Index[e])
		s.delay = append(s.delay, int32(c.Delay[e]))
		s.other = append(s.other, int32(c.J[e]))
		s.row[c.I[e]+1]++
		s.tRow[c.J[e]+1]++
		s.n++
	}
	for i := 0; i < c.NTo; i++ {
		s.row[i+1] += s.row[i]
	}
	for j := 0; j < c.NFrom; j++ {
		s.tRow[j+1] += s.tRow[j]
	}
	s.transpose(c.NTo)
	return s
}

// transpose fills the order by source; edges of one source stay in order of their targets.
func (s *edgeSet) transpose(targets int) {
	s.tEdge, s.tDelay, s.tOther = make([]int32, s.n), make([]int32, s.n), make([]int32, s.n)
	next := append([]int32(nil), s.tRow...)
	for i := 0; i < targets; i++ {
		for e := s.row[i]; e < s.row[i+1]; e++ {
			j := s.other[e]
			at := next[j]
			next[j]++
			s.tEdge[at], s.tDelay[at], s.tOther[at] = e, s.delay[e], int32(i)
		}
	}
}

// edgeWeights holds a set of weights in both orders of an edgeSet, and their gradient.
type edgeWeights[T kernel.Float] struct {
	w, wT, grad []T
}

func newEdgeWeights[T kernel.Float](s *edgeSet, learned bool) edgeWeights[T] {
	e := edgeWeights[T]{w: make([]T, s.n), wT: make([]T, s.n)}
	if learned {
		e.grad = make([]T, s.n)
	}
	return e
}

// load reads the weights.
func (e *edgeWeights[T]) load(s *edgeSet, values []float64) {
	for k, index := range s.weight {
		e.w[k] = T(values[index])
	}
	for k, edge := range s.tEdge {
		e.wT[k] = e.w[edge]
	}
}
