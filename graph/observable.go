package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// observableGraph is the graph of observables of one population: functions of its states and
// parameters that can be recorded. Leaves are named and shaped as in the step graph.
type observableGraph struct {
	g      *G.ExprGraph
	states []stepState // those of the population, Next unset
	params []stepParam // model parameters of the population
	outs   []observableOut
}

type observableOut struct {
	Address string
	Name    string
	N       int
	Labels  []string
	Unit    string
	Out     *G.Node // a vector
}

// observableGraph builds the graph of the observables at addresses, which must belong to one
// population.
func (n *Network) observableGraph(addresses []string) (*observableGraph, error) {
	if len(addresses) == 0 {
		return nil, fmt.Errorf("graph: no observables")
	}
	p, _, err := n.split(addresses[0])
	if err != nil {
		return nil, err
	}
	o := &observableGraph{g: G.NewGraph()}
	nodes, err := o.build(n, p)
	if err != nil {
		return nil, within(err, "population %s", p.name)
	}
	for _, address := range addresses {
		if err := o.addOut(n, p, nodes, address); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// build makes the leaves and the algebraic variables on them. Ports count as 0: what depends on them is
// driven, and not taken from here.
func (o *observableGraph) build(n *Network, p *population) (map[string]*G.Node, error) {
	symbols := map[string]*G.Node{}
	for _, info := range p.states {
		s := stepState{
			Address: p.name + "." + info.Name, Pop: p.index, Name: info.Name, N: p.n(), Labels: p.labels,
			Unit: info.Unit, Min: info.Min, Max: info.Max, Leaf: vector(o.g, p.name+"/"+info.Name, p.n(), p.name),
		}
		o.states = append(o.states, s)
		symbols[info.Name] = s.Leaf
	}
	for _, info := range p.model.Parameters() {
		v := n.values[p.name+"."+info.Name]
		param := stepParam{Address: v.Address}
		if v.perRegion() {
			param.N = v.N
		}
		param.Leaf = leaf(o.g, p.name+"/"+info.Name, param.N, p.name)
		o.params = append(o.params, param)
		symbols[info.Name] = param.Leaf
	}
	for _, port := range p.ports {
		symbols[port.Name] = constant(o.g, 0)
	}
	eq, err := p.model.Nodes(symbols)
	if err != nil {
		return nil, err
	}
	return eq.Algebraic, nil
}

// addOut finds the node of an observable.
func (o *observableGraph) addOut(n *Network, p *population, nodes map[string]*G.Node, address string) error {
	q, name, err := n.split(address)
	if err != nil {
		return err
	}
	if q != p {
		return fmt.Errorf("graph: observables %s and %s.… belong to different populations", address, p.name)
	}
	for _, info := range p.model.Observables() {
		if info.Name != name {
			continue
		}
		out, err := o.widen(nodes[name])
		if err != nil {
			return within(err, "observable %s", address)
		}
		o.outs = append(o.outs, observableOut{address, name, p.n(), p.labels, info.Unit, out})
		return nil
	}
	return fmt.Errorf("graph: unknown observable %q%s", address, nearest(address, n.recordable()))
}

// expressionGraph builds the graph of an expression of a population's states and observables, in which x
// is the variable at address from. driven are those that the step has.
func (n *Network) expressionGraph(p *population, from, text string, driven []stepState) (*observableGraph, error) {
	o := &observableGraph{g: G.NewGraph()}
	symbols, err := o.build(n, p)
	if err != nil {
		return nil, err
	}
	for name := range symbols { // what is not an observable has no address
		if !slices.Contains(n.recordable(), p.name+"."+name) {
			delete(symbols, name)
		}
	}
	for _, s := range driven {
		if s.Pop == p.index {
			s.Leaf = vector(o.g, p.name+"/"+s.Name, p.n(), p.name)
			o.states = append(o.states, s)
		}
	}
	for _, s := range o.states {
		symbols[s.Name] = s.Leaf
	}
	_, variable, err := n.split(from)
	if err != nil {
		return nil, err
	}
	symbols["x"] = symbols[variable]
	out, err := nmm.Expression(text, symbols)
	if err != nil {
		return nil, err
	}
	if out, err = o.widen(out); err != nil {
		return nil, err
	}
	o.outs = append(o.outs, observableOut{Address: text, N: p.n(), Labels: p.labels, Out: out})
	return o, nil
}

// widen makes a vector of an observable that depends on shared parameters only.
func (o *observableGraph) widen(node *G.Node) (*G.Node, error) {
	if node == nil {
		return nil, fmt.Errorf("the model gives no node for it")
	}
	if !node.IsScalar() {
		return node, nil
	}
	return widen(node, o.states[0].Leaf)
}

// differentiate adds the adjoint of all observables of the graph, see function differentiate, with U
// in the order of outs.
func (o *observableGraph) differentiate(wanted []*G.Node) (*adjoint, error) {
	var outputs []*G.Node
	var names []string
	for _, out := range o.outs {
		outputs = append(outputs, out.Out)
		names = append(names, out.Address)
	}
	return differentiate(outputs, names, wanted)
}
