package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// End returns the node, shape (B, n), of a state of the network, or of an observer, after the last
// step: what a readout or a controller between two rollouts looks at.
func (r *Rollout) End(address string) (*G.Node, error) {
	part, n, err := r.part(address)
	if err != nil {
		return nil, err
	}
	return scatter("end "+address, tensor.Shape{r.run.Lanes, n}, r.carry, part)
}

// CarryWith returns the carry with a state replaced by a node of shape (B, n), for the Run.From of a
// rollout that goes on from there: a reset, a clamp, the output of a controller. The delay history
// stays what it was. Several states are replaced one after the other: carry is a result of an earlier
// call, or nil for r.Carry().
func (r *Rollout) CarryWith(carry *G.Node, address string, state *G.Node) (*G.Node, error) {
	if carry == nil {
		carry = r.carry
	}
	part, n, err := r.part(address)
	if err != nil {
		return nil, err
	}
	if want := (tensor.Shape{r.run.Lanes, n}); !r.has(state, want) {
		return nil, fmt.Errorf("graph: state %s: expected a node of shape %v in the rollout's graph, found %v", address, want, shown(state))
	}
	if !r.has(carry, r.carry.Shape()) {
		return nil, fmt.Errorf("graph: carry: expected a node of shape %v in the rollout's graph, found %v", r.carry.Shape(), shown(carry))
	}
	return replace(carry, state, part)
}

// has says whether a node can be joined with the rollout's.
func (r *Rollout) has(n *G.Node, shape tensor.Shape) bool {
	return n != nil && n.Graph() == r.carry.Graph() && slices.Equal(n.Shape(), shape)
}

// shown is a node for an error message: its name and shape.
func shown(n *G.Node) string {
	if n == nil {
		return "nil"
	}
	return fmt.Sprintf("%q of shape %v", n.Name(), n.Shape())
}

// part is where a state lies in the carry.
func (r *Rollout) part(address string) (s span, n int, err error) {
	c := r.compiled
	find := func(model *compiled, base int) bool {
		for k, v := range model.step.states {
			if v.Address == address {
				n = v.N
				s = span{count: n, first: base + model.model.StateOffset(k), total: c.model.CarryWidth(), n: 1, lanes: r.run.Lanes}
				return true
			}
		}
		return false
	}
	if find(c, 0) {
		return s, n, nil
	}
	var names []string
	for k, o := range c.observers {
		if find(o, c.model.ObserverOffset(k)) {
			return s, n, nil
		}
	}
	for _, v := range c.step.states {
		names = append(names, v.Address)
	}
	return s, 0, fmt.Errorf("graph: unknown state %q%s", address, nearest(address, names))
}

// replace overwrites a part of a tensor.
func replace(whole, by *G.Node, part span) (*G.Node, error) {
	o := &op{name: "replace", shape: whole.Shape().Clone(), wrt: []bool{true, true}}
	o.do = func(in [][]float64) ([]float64, error) {
		out := append([]float64(nil), in[0]...)
		part.each(in[1], out, func(p, t []float64) { copy(t, p) })
		return out, nil
	}
	o.symDiff = func(inputs G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		rest := &op{name: "replace gradient", shape: whole.Shape().Clone()}
		rest.do = func(in [][]float64) ([]float64, error) {
			out := append([]float64(nil), in[0]...)
			part.each(out, out, func(_, t []float64) { clear(t) })
			return out, nil
		}
		a, err := rest.apply(grad)
		if err != nil {
			return nil, err
		}
		b, err := scatter("replace", by.Shape(), grad, part)
		return G.Nodes{a, b}, err
	}
	return o.apply(whole, by)
}
