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

// A class of edges is those whose delays are so long that their sums are known some steps ahead.
const (
	long   = iota // at least Block steps: sums of a whole block at once
	middle        // at least Part steps: sums of a part of a block
	short         // less, down to none: sums of each step by itself
	classes
)

// Part is the number of steps whose sums over middle delays are computed at once. Parts are anchored at
// multiples of Part of the absolute step.
const Part = Block / 2

// class is that of a delay.
func class(delay int) int {
	switch {
	case delay >= Block:
		return long
	case delay >= Part:
		return middle
	}
	return short
}

// prepare splits the edges by class.
func (c *Coupling) prepare() {
	all := c.LaneDelays
	if all == nil {
		all = [][]int{c.Delay}
	}
	for _, delays := range all {
		var n [classes]int
		for _, d := range delays {
			c.depth = max(c.depth, d)
			n[class(d)]++
		}
		for k := range n {
			c.edges[k] = max(c.edges[k], n[k])
		}
	}
	c.delayed = c.LaneDelays != nil || c.depth > 0
	c.full = c.Dense && len(c.Index) == c.NTo*c.NFrom && c.Weights == len(c.Index)
	for e, index := range c.Index {
		c.full = c.full && index == e
	}
	c.row = make([]int32, c.NTo+1)
	for _, i := range c.I {
		c.row[i+1]++
	}
	for i := range c.NTo {
		c.row[i+1] += c.row[i]
	}
	switch {
	case c.Dense:
		c.edges = [classes]int{}
	case c.LaneDelays == nil:
		for k := range c.sets {
			c.sets[k].fill(c, c.Delay, k)
		}
	}
}

// ahead says whether some sums are known before their step.
func (c *Coupling) ahead() bool { return c.edges[long]+c.edges[middle] > 0 }

// echoes says whether a step's sums need the steps just before it.
func (c *Coupling) echoes() bool { return c.delayed && c.edges[short] > 0 }

// fill takes the edges of a coupling with given delays that are of class k.
func (s *edgeSet) fill(c *Coupling, delays []int, k int) {
	s.n, s.weight, s.delay, s.other = 0, s.weight[:0], s.delay[:0], s.other[:0]
	s.row, s.tRow = cleared(s.row, c.NTo+1), cleared(s.tRow, c.NFrom+1)
	for e, d := range delays {
		if class(d) != k {
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

// edgeWeights holds a set of weights in both orders of an edgeSet.
type edgeWeights[T kernel.Float] struct {
	*edgeSet
	w, wT []T
}

// load reads the weights of the edges.
func (e *edgeWeights[T]) load(values []float64) {
	e.w, e.wT = cleared(e.w, e.n), cleared(e.wT, e.n)
	for k, index := range e.weight {
		e.w[k] = T(values[index])
	}
	for k, edge := range e.tEdge {
		e.wT[k] = e.w[edge]
	}
}

// offsets are where the edges of a sum read in a tile of so many lanes.
type offsets struct {
	lanes       int
	all         []int32        // of all edges in the source's past, for gradients
	past, later [short][]int32 // in the source's past, by target, and in the sum's adjoint, by source

	ring, ringBack []int32 // of short delays, in rings of some steps of the source and of the adjoint
}

// fillOffsets makes the offsets for given delays and rows of the past and the adjoint.
func fillOffsets[T kernel.Float](o *offsets, c *Coupling, w *weightSet[T], delays []int, lanes, columns, stride int) {
	o.lanes = lanes
	o.all = cleared(o.all, len(c.I))
	for e, j := range c.J {
		o.all[e] = int32(j*stride + columns - delays[e])
	}
	for k := range o.past {
		set := w.edges[k].edgeSet
		o.past[k], o.later[k] = cleared(o.past[k], set.n), cleared(o.later[k], set.n)
		for e := range o.past[k] {
			o.past[k][e] = set.other[e]*int32(stride) + int32(columns) - set.delay[e]
			o.later[k][e] = set.tOther[e]*int32(stride) + set.tDelay[e]
		}
	}
	o.fillRings(w.edges[short].edgeSet, lanes*c.NFrom, lanes*c.NTo)
}

// fillRings makes the offsets of short delays in rings that have rows of given lengths.
func (o *offsets) fillRings(set *edgeSet, from, to int) {
	o.ring, o.ringBack = cleared(o.ring, set.n), cleared(o.ringBack, set.n)
	for e := range o.ring {
		o.ring[e] = (Part-1-set.delay[e])*int32(from) + set.other[e]
		o.ringBack[e] = set.tDelay[e]*int32(to) + set.tOther[e]
	}
}

// now is the number of products per lane that the sums of one step and their transpose take.
func (c *Coupling) now() int {
	if c.Dense {
		return c.NTo * c.NFrom
	}
	return c.edges[short]
}
