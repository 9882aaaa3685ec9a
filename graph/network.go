package graph

import (
	"fmt"
	"slices"
	"strings"
)

// Part is something a network is made of: a population, a coupling, noise, an input, an observer.
// Attach adds it to a network, or says why it does not fit.
type Part interface{ Attach(*Network) error }

// Network is a set of populations and what joins them. It holds a current value for every address
// (see the package comment) and says which of them learn. A network is not safe for concurrent
// change; simulations and rollouts take a snapshot of it.
type Network struct {
	populations []*population
	couplings   []*coupling
	noises      []*noise
	inputs      []*input
	channels    []*channels
	observers   []*observer

	values map[string]*value
	order  []string // addresses of values, in the order they came up
	parts  []Part   // that it was made of
}

// NewNetwork joins parts into a network. Populations are attached first, so parts may be given in
// any order; so are inputs of channels. Models are copied: later changes go through Set and Learn. The
// first part that does not fit is the error.
func NewNetwork(parts ...Part) (*Network, error) {
	n := &Network{values: map[string]*value{}, parts: slices.Clone(parts)}
	for _, source := range []bool{true, false} {
		for i, p := range parts {
			if absent(p) {
				return nil, fmt.Errorf("graph: part %d of the network is nil", i+1)
			}
			if isSource(p) != source {
				continue
			}
			if err := p.Attach(n); err != nil {
				return nil, err
			}
		}
	}
	if len(n.populations) == 0 {
		return nil, fmt.Errorf("graph: a network needs at least one population, found none among %d parts", len(parts))
	}
	return n, nil
}

// isSource says whether couplings may lead from the part, so that it has to be there before them.
func isSource(p Part) bool {
	switch p.(type) {
	case *populationPart, *Channels:
		return true
	}
	return false
}

// stateCount returns the number of state variables of all populations.
func (n *Network) stateCount() int {
	count := 0
	for _, p := range n.populations {
		count += len(p.states)
	}
	return count
}

// add registers a value under its address.
func (n *Network) add(v *value) error {
	if _, ok := n.values[v.Address]; ok {
		return fmt.Errorf("graph: address %q is already taken", v.Address)
	}
	n.values[v.Address] = v
	n.order = append(n.order, v.Address)
	return nil
}

// population returns the population of that name, or an error that lists the nearest names.
func (n *Network) population(name string) (*population, error) {
	var names []string
	for _, p := range n.populations {
		if p.name == name {
			return p, nil
		}
		names = append(names, p.name)
	}
	return nil, fmt.Errorf("graph: unknown population %q%s", name, nearest(name, names))
}

// Addresses lists every address of the network: values in the order in which the parts were given,
// then states and observables, which can be recorded.
func (n *Network) Addresses() []string {
	var list []string
	for _, address := range n.order {
		if !n.values[address].hidden {
			list = append(list, address)
		}
	}
	return append(list, n.recordable()...)
}

// recordable lists the addresses of states and observables.
func (n *Network) recordable() []string {
	var list []string
	for _, p := range n.populations {
		for _, s := range p.states {
			list = append(list, p.name+"."+s.Name)
		}
		for _, o := range p.model.Observables() {
			list = append(list, p.name+"."+o.Name)
		}
	}
	return list
}

// String prints the network: populations, couplings, noise, inputs, observers and what learns, one a line.
func (n *Network) String() string {
	var b strings.Builder
	for _, p := range n.populations {
		fmt.Fprintf(&b, "population %s: %s, %d regions\n", p.name, p.model.Name(), p.n())
	}
	for _, c := range n.couplings {
		fmt.Fprintf(&b, "coupling   %s: %s\n", c.Name, c.formula())
	}
	for _, z := range n.noises {
		fmt.Fprintf(&b, "noise      %s.%s: additive, white\n", z.pop.name, z.pop.states[z.state].Name)
	}
	for _, in := range n.inputs {
		fmt.Fprintf(&b, "input      %s: into %s.%s\n", in.Name, in.pop.name, in.port)
	}
	for _, c := range n.channels {
		fmt.Fprintf(&b, "input      %s: %d channels\n", c.Name, c.series.N)
	}
	for _, o := range n.observers {
		fmt.Fprintf(&b, "observer   %s: %s\n", o.Name, o.formula())
	}
	for _, a := range n.order {
		if v := n.values[a]; v.Learned {
			fmt.Fprintf(&b, "learns     %s: %s, %s, unit %s\n", a, v.Transform, v.Scope, v.Unit)
		}
	}
	return b.String()
}

// Regions returns n labels "region 1" … "region n", for populations without names of their own.
func Regions(n int) []string { return numbered("region", n) }

// numbered returns the labels "WHAT 1" … "WHAT n".
func numbered(what string, n int) []string {
	labels := make([]string, max(n, 0))
	for i := range labels {
		labels[i] = fmt.Sprintf("%s %d", what, i+1)
	}
	return labels
}
