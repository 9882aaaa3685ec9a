package graph

import (
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/nmm"
)

// population is n regions of one model.
type population struct {
	name   string
	labels []string
	model  *nmm.Model // a copy, with the current parameter values
	states []nmm.StateInfo
	ports  []nmm.PortInfo
	index  int // among the populations of its network
	first  int // index of its first state among the network's states
}

func (p *population) n() int { return len(p.labels) }

type populationPart struct {
	name   string
	labels []string
	model  *nmm.Model
}

// Population is a group of len(labels) regions, each with its own copy of model m's states. Its name
// starts the addresses of all it has, so it is one word: letters, digits and underscores.
func Population(name string, labels []string, m *nmm.Model) Part {
	return &populationPart{name, labels, m}
}

// Attach adds the population, with an address for each parameter, initial state and history.
func (part *populationPart) Attach(n *Network) error {
	p, err := part.build(n)
	if err != nil {
		return err
	}
	n.populations = append(n.populations, p)
	if err := n.addParameters(p); err != nil {
		return err
	}
	if err := n.addStates(p); err != nil {
		return err
	}
	return n.addPast(p)
}

// build checks the part and makes the population.
func (part *populationPart) build(n *Network) (*population, error) {
	if err := checkName("population", part.name); err != nil {
		return nil, err
	}
	for _, other := range n.populations {
		if other.name == part.name {
			return nil, fmt.Errorf("graph: two populations are called %q", part.name)
		}
	}
	if part.model == nil {
		return nil, fmt.Errorf("graph: population %s has no model", part.name)
	}
	if err := part.model.Err(); err != nil {
		return nil, within(err, "population %s", part.name)
	}
	if err := checkLabels("graph: population "+part.name, "region", part.labels); err != nil {
		return nil, err
	}
	m := part.model.Clone()
	return &population{
		name: part.name, labels: append([]string(nil), part.labels...), model: m,
		states: m.States(), ports: m.Ports(), index: len(n.populations), first: n.stateCount(),
	}, nil
}

// checkName refuses names that would make addresses ambiguous.
func checkName(what, name string) error {
	if name == "" {
		return fmt.Errorf("graph: %s without a name", what)
	}
	if i := strings.IndexAny(name, "./:>'\"\n\t "); i >= 0 {
		return fmt.Errorf("graph: %s name %q has %q in it, which addresses use", what, name, name[i])
	}
	return nil
}

// checkLabels refuses a population without regions and one with two regions of the same label. An input
// has channels in their place.
func checkLabels(of, what string, labels []string) error {
	if len(labels) == 0 {
		return fmt.Errorf("%s has no %ss", of, what)
	}
	seen := map[string]int{}
	for i, l := range labels {
		if j, ok := seen[l]; ok {
			return fmt.Errorf("%s: %ss %d and %d are both called %q", of, what, j+1, i+1, l)
		}
		seen[l] = i
	}
	return nil
}

// addParameters gives each model parameter its address.
func (n *Network) addParameters(p *population) error {
	for _, info := range p.model.Parameters() {
		v := &value{
			Address: p.name + "." + info.Name, Unit: info.Unit, Kind: paramKind, N: p.n(), Labels: p.labels,
			Data: append([]float64(nil), info.Values...), Domain: info.Domain, pop: p, name: info.Name,
		}
		if err := v.checkShape(v.Data, 0, 0); err != nil {
			return err
		}
		if info.Learned {
			if err := v.learn(info.Transform, info.Scope); err != nil {
				return err
			}
		}
		if err := n.add(v); err != nil {
			return err
		}
	}
	return nil
}

// addStates gives each state an initial value, the middle of its initial range, and an unset history.
func (n *Network) addStates(p *population) error {
	for _, s := range p.states {
		address, start := p.name+"."+s.Name, make([]float64, p.n())
		for i := range start {
			start[i] = s.Lo + (s.Hi-s.Lo)/2
		}
		for _, v := range []*value{
			{Address: "init:" + address, Kind: initKind, Data: start},
			{Address: "history:" + address, Kind: historyKind, Cols: p.n()},
		} {
			v.Unit, v.N, v.Labels, v.pop, v.name = s.Unit, p.n(), p.labels, p, s.Name
			if err := n.add(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// state returns the index of a state within the population, or −1.
func (p *population) state(name string) int {
	for i, s := range p.states {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// port finds a port by its own name or by the name of the state it drives: "v" means v or v_in.
func (p *population) port(name string) (nmm.PortInfo, error) {
	var names []string
	for _, want := range []string{name, name + "_in"} {
		for _, port := range p.ports {
			if port.Name == want {
				return port, nil
			}
		}
	}
	for _, port := range p.ports {
		names = append(names, p.name+"."+port.Name)
	}
	if len(names) == 0 {
		return nmm.PortInfo{}, fmt.Errorf("graph: model %s of population %s has no ports, so nothing can be attached to %s.%s",
			p.model.Name(), p.name, p.name, name)
	}
	return nmm.PortInfo{}, fmt.Errorf("graph: model %s has no port for %s.%s%s", p.model.Name(), p.name, name, nearest(p.name+"."+name, names))
}

// split takes "population.variable" apart.
func (n *Network) split(address string) (*population, string, error) {
	name, variable, ok := strings.Cut(address, ".")
	if !ok || variable == "" {
		return nil, "", fmt.Errorf("graph: expected population.variable, found %q", address)
	}
	p, err := n.population(name)
	return p, variable, err
}

// findState resolves "population.state".
func (n *Network) findState(address string) (*population, int, error) {
	p, name, err := n.split(address)
	if err != nil {
		return nil, 0, err
	}
	if i := p.state(name); i >= 0 {
		return p, i, nil
	}
	var names []string
	for _, s := range p.states {
		names = append(names, p.name+"."+s.Name)
	}
	return nil, 0, fmt.Errorf("graph: model %s has no state %q%s", p.model.Name(), address, nearest(address, names))
}

// findPort resolves "population.port" and "population.state".
func (n *Network) findPort(address string) (*population, nmm.PortInfo, error) {
	p, name, err := n.split(address)
	if err != nil {
		return nil, nmm.PortInfo{}, err
	}
	port, err := p.port(name)
	return p, port, err
}
