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
	all := c.LaneDelays
	if all == nil {
		all = [][]int{c.Delay}
	}
	for _, delays := range all {
		for _, d := range delays {
			c.depth = max(c.depth, d)
		}
	}
	c.delayed = c.LaneDelays != nil || c.depth > 0
	switch {
	case c.LaneDelays != nil:
		c.longs, c.shorts = len(c.I), len(c.I)
	case !c.Dense:
		c.long.fill(c, c.Delay, true)
		c.short.fill(c, c.Delay, false)
		c.longs, c.shorts = c.long.n, c.short.n
	}
}

// fill takes the edges of a coupling with given delays, which are long or not.
func (s *edgeSet) fill(c *Coupling, delays []int, long bool) {
	s.n, s.weight, s.delay, s.other = 0, s.weight[:0], s.delay[:0], s.other[:0]
	s.row, s.tRow = cleared(s.row, c.NTo+1), cleared(s.tRow, c.NFrom+1)
	for e, d := range delays {
		if (d >= Block) != long {
			continue
		}
		s.weight = append(s.weight, c.Index[e])
		s.delay = append(s.delay, int32(d))
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
}

// cleared returns n zeros, in x if it has room.
func cleared[E any](x []E, n int) []E {
	if cap(x) < n {
		return make([]E, n)
	}
	clear(x[:n])
	return x[:n]
}

// transpose fills the order by source; edges of one source stay in order of their targets.
func (s *edgeSet) transpose(targets int) {
	s.tEdge, s.tDelay, s.tOther = cleared(s.tEdge, s.n), cleared(s.tDelay, s.n), cleared(s.tOther, s.n)
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
	*edgeSet
	w, wT, grad []T
}

// load reads the weights of the edges and clears their gradient, if they learn.
func (e *edgeWeights[T]) load(values []float64, learned bool) {
	e.w, e.wT = cleared(e.w, e.n), cleared(e.wT, e.n)
	for k, index := range e.weight {
		e.w[k] = T(values[index])
	}
	for k, edge := range e.tEdge {
		e.wT[k] = e.w[edge]
	}
	if learned {
		e.grad = cleared(e.grad, e.n)
	}
}

// offsets are where the edges of a sum read in a tile of so many lanes: over long delays the source's past
// by target and the adjoint by source, over short delays rings from the present step's row on, and the
// source's past for the gradient.
type offsets struct {
	lanes             int
	long, short, back []int32
	ring, ringBack    []int32
}

// fill makes the offsets for given rows of the past and the adjoint.
func (o *offsets) fill(c *Coupling, long, short *edgeSet, lanes, columns, stride int) {
	read := func(at []int32, set *edgeSet) []int32 {
		at = cleared(at, set.n)
		for e := range at {
			at[e] = set.other[e]*int32(stride) + int32(columns) - set.delay[e]
		}
		return at
	}
	o.lanes = lanes
	o.long, o.short, o.back = read(o.long, long), read(o.short, short), cleared(o.back, long.n)
	for e := range o.back {
		o.back[e] = long.tOther[e]*int32(stride) + long.tDelay[e]
	}
	o.ring, o.ringBack = cleared(o.ring, short.n), cleared(o.ringBack, short.n)
	for e := range o.ring {
		o.ring[e] = (Block-1-short.delay[e])*int32(lanes*c.NFrom) + short.other[e]
		o.ringBack[e] = short.tDelay[e]*int32(lanes*c.NTo) + short.tOther[e]
	}
}
