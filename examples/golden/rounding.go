package main

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// How closely can a derivative be had? One that is a small difference of large terms carries the
// rounding of the terms: evaluated in another order it agrees to some 1e-16 of them and to far fewer
// digits of itself, in any float64 program. Derivatives are therefore compared relative to the size of
// their terms,
//
//	|f|₊ = f with every − made a + and every operand its absolute value,
//
// the factor of the standard bound |fl(f) − f| ≤ γ |f|₊ on the rounding of sums and products (Higham,
// Accuracy and Stability of Numerical Algorithms, §3). It is |f| itself where nothing cancels, and
// never less. Functions (sigmoids, exponentials) count with their values.
type sizes struct {
	graph  *G.ExprGraph
	values map[*G.Node]*G.Value // of all but the graph's inputs, read while it runs
	done   map[*G.Node][]float64
}

// newSizes has the values of the nodes under roots kept; to be called before the graph runs.
func newSizes(g *G.ExprGraph, roots G.Nodes) *sizes {
	s := &sizes{graph: g, values: map[*G.Node]*G.Value{}, done: map[*G.Node][]float64{}}
	var keep func(G.Nodes)
	keep = func(nodes G.Nodes) {
		for _, n := range nodes {
			below := s.operands(n)
			if _, seen := s.values[n]; seen || len(below) == 0 {
				continue
			}
			s.values[n] = new(G.Value)
			G.Read(n, s.values[n])
			keep(below)
		}
	}
	keep(roots)
	return s
}

// operands returns a node's operands in order.
func (s *sizes) operands(n *G.Node) G.Nodes {
	var all G.Nodes
	for it := s.graph.From(n.ID()); it.Next(); {
		if c, ok := it.Node().(*G.Node); ok {
			all = append(all, c)
		}
	}
	return all
}

// size returns |n|₊, after the graph has run.
func (s *sizes) size(n *G.Node) ([]float64, error) {
	if x, ok := s.done[n]; ok {
		return x, nil
	}
	out, err := s.value(n)
	if err != nil {
		return nil, err
	}
	if rule := sizeRule(n); rule != nil {
		var terms [][]float64
		for _, c := range s.operands(n) {
			t, err := s.size(c)
			if err != nil {
				return nil, err
			}
			terms = append(terms, t)
		}
		divisor, err := s.value(s.operands(n)[len(terms)-1])
		if err != nil {
			return nil, err
		}
		out = rule(terms, divisor)
	}
	s.done[n] = out
	return out, nil
}

// derivative returns the numbers of a node and their sizes at n nodes, after the graph has run.
func (s *sizes) derivative(node *G.Node, n int) (derivative, error) {
	x, err := s.numbers(node)
	if err != nil {
		return derivative{}, err
	}
	size, err := s.size(node)
	if err != nil {
		return derivative{}, err
	}
	if len(x) < n || len(size) < n {
		return derivative{}, fmt.Errorf("%d values with %d sizes, expected %d", len(x), len(size), n)
	}
	return derivative{x[:n], size[:n]}, nil
}

// value returns the absolute values of a node's numbers.
func (s *sizes) value(n *G.Node) ([]float64, error) {
	x, err := s.numbers(n)
	for i := range x {
		x[i] = math.Abs(x[i])
	}
	return x, err
}

// sizeRule says how the size of a sum, product, quotient or power follows from the sizes of its
// operands and the last one's absolute value; nil for everything else.
func sizeRule(n *G.Node) func(x [][]float64, last []float64) []float64 {
	if n.Op() == nil {
		return nil
	}
	switch n.Op().String() {
	case "+ false", "- false":
		return func(x [][]float64, _ []float64) []float64 { return add(x[0], x[1]) }
	case "⊙ false":
		return func(x [][]float64, _ []float64) []float64 { return times(x[0], x[1]) }
	case "÷ false":
		return func(x [][]float64, b []float64) []float64 {
			return times(times(x[0], inverse(b)), times(x[1], inverse(b)))
		}
	case "square":
		return func(x [][]float64, _ []float64) []float64 { return times(x[0], x[0]) }
	case "cube":
		return func(x [][]float64, _ []float64) []float64 { return times(x[0], times(x[0], x[0])) }
	case "neg":
		return func(x [][]float64, _ []float64) []float64 { return x[0] }
	}
	return nil
}

// numbers returns a copy of a node's numbers.
func (s *sizes) numbers(n *G.Node) ([]float64, error) {
	v := n.Value()
	if kept, ok := s.values[n]; ok {
		v = *kept
	}
	if v == nil {
		return nil, fmt.Errorf("node %v has no value", n)
	}
	return floats(v)
}
