package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// equations is the right-hand side of one population, built once in a scratch graph and copied from
// there for every evaluation. Gorgonia merges what two evaluations have in common.
type equations struct {
	pop         *population
	actual      map[string]*G.Node // parameters and ports in the graph of the step
	leaf        map[string]*G.Node // their and the states' leaves in the scratch graph
	derivatives []*G.Node
	algebraic   map[string]*G.Node
}

// newEquations builds the scratch graph. symbols has a node for every state, parameter and port in
// the graph of the step; a port that is nil or missing counts as 0.
func newEquations(p *population, symbols map[string]*G.Node) (*equations, error) {
	e := &equations{pop: p, actual: symbols}
	var eq *nmm.Equations
	var err error
	if e.leaf, eq, err = p.scratch(symbols); err != nil {
		return nil, err
	}
	e.derivatives, e.algebraic = eq.Derivatives, eq.Algebraic
	return e, nil
}

// scratch builds the model in a graph of its own, on leaves of the same kind as symbols.
func (p *population) scratch(symbols map[string]*G.Node) (leaves map[string]*G.Node, eq *nmm.Equations, err error) {
	g := G.NewGraph()
	leaves = map[string]*G.Node{}
	for name, node := range symbols {
		if node != nil {
			leaves[name] = likeLeaf(g, name, node)
		}
	}
	nodes := map[string]*G.Node{}
	for name, node := range leaves {
		nodes[name] = node
	}
	for _, port := range p.ports {
		if nodes[port.Name] == nil {
			nodes[port.Name] = constant(g, 0)
		}
	}
	if eq, err = p.model.Nodes(nodes); err != nil {
		return nil, nil, err
	}
	if len(eq.Derivatives) != len(p.states) {
		return nil, nil, fmt.Errorf("model %s has %d states but %d derivatives", p.model.Name(), len(p.states), len(eq.Derivatives))
	}
	return leaves, eq, nil
}

// likeLeaf makes a leaf of the shape of node.
func likeLeaf(g *G.ExprGraph, name string, node *G.Node) *G.Node {
	if node.IsScalar() {
		return G.NewScalar(g, G.Float64, G.WithName(name))
	}
	return G.NewVector(g, G.Float64, G.WithShape(node.Shape()...), G.WithName(name))
}

// mapping pairs the scratch leaves with nodes of the step, the states being x.
func (e *equations) mapping(leaves map[string]*G.Node, x []*G.Node) map[*G.Node]*G.Node {
	pairs := map[*G.Node]*G.Node{}
	for name, leaf := range leaves {
		pairs[leaf] = e.actual[name]
	}
	for i, s := range e.pop.states {
		pairs[leaves[s.Name]] = x[i]
	}
	return pairs
}

// at returns dx/dt at the states x.
func (e *equations) at(g *G.ExprGraph, x []*G.Node) ([]*G.Node, error) {
	pairs := e.mapping(e.leaf, x)
	list := make([]*G.Node, len(e.derivatives))
	for i, d := range e.derivatives {
		var err error
		if list[i], err = copyNode(g, d, pairs); err != nil {
			return nil, fmt.Errorf("d%s/dt: %w", e.pop.states[i].Name, err)
		}
	}
	return list, nil
}

// oneAt returns dx_i/dt at the states x.
func (e *equations) oneAt(g *G.ExprGraph, i int, x []*G.Node) (*G.Node, error) {
	return copyNode(g, e.derivatives[i], e.mapping(e.leaf, x))
}

// algebraicAt returns an algebraic variable at the states x.
func (e *equations) algebraicAt(g *G.ExprGraph, name string, x []*G.Node) (*G.Node, error) {
	return copyNode(g, e.algebraic[name], e.mapping(e.leaf, x))
}

// diagonal returns ∂(dx_i/dt)/∂x_i at the states x, nil where it is identically 0. Gorgonia takes the
// derivative in a scratch graph of its own, because it can differentiate a graph only once.
func (e *equations) diagonal(g *G.ExprGraph, i int, x []*G.Node) (*G.Node, error) {
	leaves, eq, err := e.pop.scratch(e.actual)
	if err != nil {
		return nil, err
	}
	f, xi := eq.Derivatives[i], leaves[e.pop.states[i].Name]
	if !ancestors(f)[xi] {
		return nil, nil
	}
	if !f.IsScalar() {
		if f, err = G.Sum(f); err != nil {
			return nil, err
		}
	}
	grad, err := G.Grad(f, xi)
	if err != nil {
		return nil, fmt.Errorf("∂(d%s/dt)/∂%s: %w", e.pop.states[i].Name, e.pop.states[i].Name, err)
	}
	return copyNode(g, grad[0], e.mapping(leaves, x))
}
