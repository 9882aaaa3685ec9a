package graph

import (
	"strings"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// keep lists the values of a step that its adjoint reads rather than computes again: elementwise
// functions such as tanh, which take several times as long as storing a number and reading it back. What
// depends on parameters alone is computed once per run anyway.
func (s *stepGraph) keep(adj *adjoint) []stepKept {
	lengths := s.lengths()
	step := map[*G.Node]bool{}
	for _, state := range s.states {
		visit(state.Next, step)
	}
	var list []stepKept
	seen := map[*G.Node]bool{}
	var walk func(n *G.Node)
	walk = func(n *G.Node) {
		if n == nil || seen[n] || shapeOnly(n) {
			return
		}
		seen[n] = true
		if step[n] && vm.Costly(n) {
			if length := lengthOf(n, lengths); length > 0 {
				list = append(list, stepKept{n, length})
				return
			}
		}
		for _, operand := range children(n) {
			walk(operand)
		}
	}
	for _, leaf := range s.leaves() {
		walk(adj.Gradient[leaf])
	}
	return list
}

// shapeOnly says whether a node reads the shape of its operand and not its numbers.
func shapeOnly(n *G.Node) bool {
	return n.Op() != nil && (strings.HasPrefix(n.Op().String(), "SizeOf") || n.Op().String() == "zeros")
}

// stepKept is a value of the step, N numbers long, that the adjoint reads.
type stepKept struct {
	Node *G.Node
	N    int
}

// leaves lists what the step is a function of, in a fixed order.
func (s *stepGraph) leaves() []*G.Node {
	var list []*G.Node
	for _, x := range s.states {
		list = append(list, x.Leaf)
	}
	for _, x := range s.params {
		list = append(list, x.Leaf)
	}
	for _, x := range s.sums {
		list = append(list, x.Leaf)
	}
	for _, x := range s.series {
		list = append(list, x.Leaf)
	}
	return list
}

// lengths has the true lengths of the leaves that are vectors and differ from step to step.
func (s *stepGraph) lengths() map[*G.Node]int {
	n := map[*G.Node]int{}
	for _, x := range s.states {
		n[x.Leaf] = x.N
	}
	for _, x := range s.sums {
		n[x.Leaf] = x.N
	}
	for _, x := range s.series {
		n[x.Leaf] = x.N
	}
	for _, x := range s.noise {
		n[x.Leaf] = x.N
	}
	return n
}

// lengthOf is the length of a node that is computed element by element from leaves of known lengths, 0 if
// it depends on none.
func lengthOf(n *G.Node, lengths map[*G.Node]int) int {
	length := 0
	for leaf := range ancestors(n) {
		length = max(length, lengths[leaf])
	}
	return length
}

// keepValues lets the step write, and its adjoint read, what is kept.
func (c *compiled) keepValues(forward, back *piece, adj *adjoint) {
	for i, k := range c.step.keep(adj) {
		name := k.Node.Op().String()
		c.model.Kept = append(c.model.Kept, engine.KeptVar{N: k.N})
		forward.out(k.Node, name, k.N, vm.PerStep, engine.Kept, i)
		back.in(k.Node, name, k.N, vm.Varying, engine.Kept, i)
	}
}
