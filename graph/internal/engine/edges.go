package engine

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// edgeSet is a set of edges in two orders: by target for the sums, by source for their transpose, and both
// by blocks of what they read.
type edgeSet struct {
	n      int      // edges
	weight []int    // weight number of edge e, by target
	delay  []int32  // by target
	other  []int32  // source of edge e, by target
	rows   edgeRows // of targets
	tEdge  []int32  // by source: position of the edge in the order by target
	tDelay []int32
	tOther []int32  // target of the edge, by source
	tRows  edgeRows // of sources
}

// A class of edges is those whose delays are at least so long that their sums are known for some steps
// ahead: class 0 for a block, each of the others for half as many. The last one is what is left.
const (
	short   = 4 // delays down to none: sums of each step by itself
	classes = short + 1
)

// ahead is the number of steps whose sums over delays of a class are computed at once, from multiples of
// it in absolute steps on.
func ahead(class int) int { return Block >> class }

// Near is above all short delays. In a network that is not large, half of it is too.
const Near = Block >> (short - 2)

// large is a number of sources whose last steps lie on so many lines and pages of memory that it is
// slower to read a few steps of each at once than one step of all again and again.
const large = 500

// class is that of a delay.
func (c *Coupling) class(delay int) int {
	for k := range short {
		if delay >= ahead(k) && (k < short-1 || c.NFrom < large) {
			return k
		}
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
			n[c.class(d)]++
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
	c.coarse = short
	for k := short - 1; k >= 0; k-- {
		if c.edges[k] > 0 {
			c.fine = max(c.fine, k)
			c.coarse = k
		}
	}
}

// ahead says whether some sums are known before their step.
func (c *Coupling) ahead() bool { return c.coarse < short }

// echoes says whether a step's sums need the steps just before it.
func (c *Coupling) echoes() bool { return c.delayed && c.edges[short] > 0 }

// fill takes the edges of a coupling with given delays that are of class k.
func (s *edgeSet) fill(c *Coupling, delays []int, k int) {
	s.layOut(c, delays, k)
	s.weight, s.delay, s.other = cleared(s.weight, s.n), cleared(s.delay, s.n), cleared(s.other, s.n)
	starts := s.rows.starts()
	for e, d := range delays {
		if c.class(d) == k {
			at := s.rows.place(starts, c.I[e], c.J[e])
			s.weight[at], s.delay[at], s.other[at] = c.Index[e], int32(d), int32(c.J[e])
		}
	}
	s.transpose(c.NTo)
}

// layOut counts the edges of class k and finds their rows. Short delays are read from rings, whose steps
// are rows: there is one block of them.
func (s *edgeSet) layOut(c *Coupling, delays []int, k int) {
	depth := 0
	s.n = 0
	for _, d := range delays {
		if c.class(d) == k {
			s.n, depth = s.n+1, max(depth, d)
		}
	}
	from, to := max(c.NFrom, 1), max(c.NTo, 1)
	if k < short {
		steps := depth + ahead(k)
		from, to = side(s.n, c.NTo, c.NFrom, steps), side(s.n, c.NFrom, c.NTo, steps)
	}
	s.rows.begin(c.NTo, c.NFrom, from)
	s.tRows.begin(c.NFrom, c.NTo, to)
	for e, d := range delays {
		if c.class(d) == k {
			s.rows.count(c.I[e], c.J[e])
			s.tRows.count(c.J[e], c.I[e])
		}
	}
	s.rows.counted()
	s.tRows.counted()
}

// room returns n elements, of x if it has as many.
func room[E any](x []E, n int) []E {
	if cap(x) < n {
		return make([]E, n)
	}
	return x[:n]
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
	starts := s.tRows.starts()
	for block := range s.rows.blocks() {
		for i := range targets {
			for e, end := s.rows.of(block, i); e < end; e++ {
				at := s.tRows.place(starts, int(s.other[e]), i)
				s.tEdge[at], s.tDelay[at], s.tOther[at] = e, s.delay[e], int32(i)
			}
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
		o.ring[e] = (Near-1-set.delay[e])*int32(from) + set.other[e]
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
