package graph

import (
	"math"
	"slices"
	"strings"
	"unicode"

	G "gorgonia.org/gorgonia"
)

// An observable that depends on a port, such as a firing rate that long-range input raises, is known in a step
// only, where the ports are. Those that a run asks for are part of its step: each stands behind the states, as
// one that nothing depends on, and its next value is that of the equations at the start of the step. So it is
// recorded, averaged, observed, kept and differentiated as states are.

// drivenBy lists the driven observables that a run asks for, by itself or through the network's observers.
func (n *Network) drivenBy(run *Run) []string {
	var list []string
	add := func(address string) {
		if n.isDriven(address) && !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	for _, address := range run.Record {
		add(address)
	}
	for _, r := range run.Readouts {
		for _, t := range r.Terms {
			add(t.State)
		}
	}
	for _, o := range n.observersOf(run) {
		add(o.From)
		for _, name := range words(o.Pre) {
			add(o.pop.name + "." + name)
		}
	}
	return list
}

// words are the names in an expression, and other words perhaps.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// isDriven says whether an address is that of a driven observable.
func (n *Network) isDriven(address string) bool {
	p, name, err := n.split(address)
	if err != nil {
		return false
	}
	for _, o := range p.model.Observables() {
		if o.Name == name {
			return o.Driven
		}
	}
	return false
}

// seeLeaves adds driven observables to the states of a step graph.
func (s *stepGraph) seeLeaves(n *Network, driven []string) error {
	s.driven = len(driven)
	for _, address := range driven {
		p, name, err := n.split(address)
		if err != nil {
			return err
		}
		for _, o := range p.model.Observables() {
			if o.Name == name {
				s.states = append(s.states, stepState{
					Address: address, Pop: p.index, Name: name, N: p.n(), Labels: p.labels, Unit: o.Unit,
					Leaf: vector(s.g, p.name+"/"+name+" before", p.n(), p.name), Min: math.Inf(-1), Max: math.Inf(1),
				})
			}
		}
	}
	return nil
}

// early is how many steps before its sample a record was taken: a driven observable is that of the step's start.
func (c *compiled) early(record int) float64 {
	r := &c.model.Records[record]
	if r.Forward == nil && r.Taps == nil && r.State >= len(c.step.states)-c.step.driven {
		return 1
	}
	return 0
}

// see returns the value of a driven observable at the start of a step.
func (s *system) see(name string) (*G.Node, error) {
	node, err := s.rhs.algebraicAt(s.g, name, s.x)
	if err != nil || node.Dims() == s.x[0].Dims() {
		return node, err
	}
	return widen(node, s.x[0])
}

// widen makes a vector of a number, by that of states.
func widen(node, state *G.Node) (*G.Node, error) {
	zero, err := G.HadamardProd(constant(state.Graph(), 0), state)
	if err != nil {
		return nil, err
	}
	return G.Add(zero, node)
}
