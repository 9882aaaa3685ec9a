package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// constant is a number in graph g. It belongs to the graph from the start, so that operations on
// constants only can be built too.
func constant(g *G.ExprGraph, v float64) *G.Node { return g.AddNode(G.NewConstant(v)) }

// children lists the operands of a node in order.
func children(n *G.Node) []*G.Node {
	if n.Op() == nil || n.Graph() == nil {
		return nil
	}
	var list []*G.Node
	for it := n.Graph().From(n.ID()); it != nil && it.Next(); {
		list = append(list, it.Node().(*G.Node))
	}
	return list
}

// copyNode rebuilds node n of another graph in graph g. done maps leaves, and what was copied before,
// to nodes of g.
func copyNode(g *G.ExprGraph, n *G.Node, done map[*G.Node]*G.Node) (*G.Node, error) {
	if c, ok := done[n]; ok {
		return c, nil
	}
	c, err := copyOp(g, n, done)
	if err == nil {
		done[n] = c
	}
	return c, err
}

func copyOp(g *G.ExprGraph, n *G.Node, done map[*G.Node]*G.Node) (*G.Node, error) {
	operands := children(n)
	switch {
	case n.Op() == nil:
		return nil, fmt.Errorf("leaf %q has no counterpart", n.Name())
	case len(operands) == 0:
		return copyConstant(g, n)
	}
	list := make([]*G.Node, 0, len(operands))
	for _, child := range operands {
		c, err := copyNode(g, child, done)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return G.ApplyOp(n.Op(), list...)
}

func copyConstant(g *G.ExprGraph, n *G.Node) (*G.Node, error) {
	v, ok := n.Value().Data().(float64)
	if !ok || !n.IsScalar() {
		return nil, fmt.Errorf("constant %v of shape %v cannot be copied", n.Op(), n.Shape())
	}
	return constant(g, v), nil
}

// ancestors returns the nodes that n depends on, itself included, along paths that can be
// differentiated.
func ancestors(n *G.Node) map[*G.Node]bool {
	seen := map[*G.Node]bool{}
	visit(n, seen)
	return seen
}

func visit(n *G.Node, seen map[*G.Node]bool) {
	if seen[n] {
		return
	}
	seen[n] = true
	operands := children(n)
	op, ok := n.Op().(G.SDOp)
	if !ok {
		return
	}
	for i, differentiable := range op.DiffWRT(len(operands)) {
		if differentiable && i < len(operands) {
			visit(operands[i], seen)
		}
	}
}

// group puts n and what it was made of into a Gorgonia node group, unless they have one.
func group(n *G.Node, name string) {
	stack, seen := []*G.Node{n}, map[*G.Node]bool{}
	for len(stack) > 0 {
		last := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[last] {
			continue
		}
		seen[last] = true
		G.WithGroupName(name)(last)
		stack = append(stack, children(last)...)
	}
}
