package engine

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomEdges is a coupling with edges sorted by (I, J), delays on both sides of a block, and weights
// in an order of their own.
func randomEdges(r *rand.Rand, to, from int) *Coupling {
	c := &Coupling{NTo: to, NFrom: from}
	for i := 0; i < to; i++ {
		for j := 0; j < from; j++ {
			if r.IntN(3) > 0 {
				c.I, c.J, c.Delay = append(c.I, i), append(c.J, j), append(c.Delay, r.IntN(2*Block+1))
			}
		}
	}
	c.Index, c.Weights = r.Perm(len(c.I)), len(c.I)
	c.prepare()
	return c
}

// edge is one edge of a set: target, source, delay, number of its weight.
type edge struct{ i, j, d, w int }

func (s *edgeSet) byTarget(targets int) []edge {
	var list []edge
	for block := range s.rows.blocks() {
		for i := range targets {
			for e, end := s.rows.of(block, i); e < end; e++ {
				list = append(list, edge{i, int(s.other[e]), int(s.delay[e]), s.weight[e]})
			}
		}
	}
	return list
}

func (s *edgeSet) bySource(sources int) []edge {
	var list []edge
	for block := range s.tRows.blocks() {
		for j := range sources {
			for e, end := s.tRows.of(block, j); e < end; e++ {
				list = append(list, edge{int(s.tOther[e]), j, int(s.tDelay[e]), s.weight[s.tEdge[e]]})
			}
		}
	}
	return list
}

// The order by source is a permutation of the order by target, both are sorted by block, (I, J) and
// (J, I); the classes together are all edges. Those of many regions are in several blocks.
func TestEdgeSets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parted := 0
	for trial := 0; trial < 200; trial++ {
		most := 6
		if trial%50 == 0 {
			most = 200
		}
		c := randomEdges(r, 1+r.IntN(most), 1+r.IntN(most))
		want := map[edge]bool{}
		for e := range c.I {
			want[edge{c.I[e], c.J[e], c.Delay[e], c.Index[e]}] = true
		}
		count := 0
		for k := range c.sets {
			set := &c.sets[k]
			parted += set.rows.blocks() - 1
			byTarget := func(a, b edge) int {
				return cmp.Or(a.j/set.rows.side-b.j/set.rows.side, a.i-b.i, a.j-b.j)
			}
			bySource := func(a, b edge) int {
				return cmp.Or(a.i/set.tRows.side-b.i/set.tRows.side, a.j-b.j, a.i-b.i)
			}
			forward, back := set.byTarget(c.NTo), set.bySource(c.NFrom)
			if len(forward) != set.n || !slices.IsSortedFunc(forward, byTarget) || !slices.IsSortedFunc(back, bySource) {
				t.Fatalf("%d edges in the set, by target %v, by source %v", set.n, forward, back)
			}
			slices.SortFunc(forward, bySource)
			if !slices.Equal(forward, back) {
				t.Fatalf("by target %v, by source %v", forward, back)
			}
			for _, e := range forward {
				if !want[e] || c.class(e.d) != k {
					t.Fatalf("edge %v does not belong here", e)
				}
			}
			count += set.n
		}
		if count != len(c.I) {
			t.Fatalf("%d edges of %d", count, len(c.I))
		}
	}
	if parted == 0 {
		t.Error("no edges in several blocks")
	}
}

// Both orders hold the value of the weight that the edge's Index names.
func TestEdgeWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	c := randomEdges(r, 5, 4)
	values := make([]float64, c.Weights)
	for i := range values {
		values[i] = r.Float64()
	}
	w := edgeWeights[float64]{edgeSet: &c.sets[0]}
	w.load(values)
	for k, e := range c.sets[0].byTarget(c.NTo) {
		if w.w[k] != values[e.w] {
			t.Errorf("edge %v has weight %v, expected %v", e, w.w[k], values[e.w])
		}
	}
	for k, e := range c.sets[0].bySource(c.NFrom) {
		if w.wT[k] != values[e.w] {
			t.Errorf("edge %v has weight %v by source, expected %v", e, w.wT[k], values[e.w])
		}
	}
}
