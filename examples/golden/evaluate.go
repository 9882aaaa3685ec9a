package main

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// point is one evaluation of a model's derivatives at n independent nodes, in the peer's terms.
type point struct {
	class  *class
	n      int
	params map[string]array
	states map[string][]float64
	ports  map[string][]float64
	local  float64 // TVB's local coupling
}

// derivative is that of one state at all nodes, with the sizes of its terms (see sizes).
type derivative struct{ value, size []float64 }

// times returns the derivative in other units.
func (d derivative) times(factor float64) derivative {
	return derivative{scaled(d.value, factor), scaled(d.size, math.Abs(factor))}
}

// evaluate returns the derivatives per ms of their states, in their units.
func (p *point) evaluate() (map[string]derivative, *outcome) {
	symbols, err := p.symbols()
	if err != nil {
		return nil, decline(failed("%v", err))
	}
	ours, err := derivatives(p.class, symbols, p.n)
	if err != nil {
		return nil, decline(failed("%v", err))
	}
	out := map[string]derivative{}
	for _, s := range p.class.states {
		out[s.theirs] = ours[s.ours].times(1 / s.scale)
	}
	return out, nil
}

// symbols translates states, ports and parameters.
func (p *point) symbols() (map[string][]float64, error) {
	symbols, err := p.class.parameters(p.params, p.n)
	if err != nil {
		return nil, err
	}
	for _, port := range p.class.model().Ports() {
		symbols[port.Name] = []float64{0}
	}
	for _, name := range sortedKeys(p.states) {
		s, err := p.class.state(name)
		if err != nil {
			return nil, err
		}
		symbols[s.ours] = scaled(p.states[name], s.scale)
	}
	inputs := map[string][]float64{}
	for name, v := range p.ports {
		inputs[name] = v
	}
	for _, l := range p.class.local {
		inputs[l.port] = add(inputs[l.port], scaled(p.states[l.state], l.scale*p.local))
	}
	for _, l := range p.class.bent {
		inputs[l.port] = add(inputs[l.port], l.of(p.local, p.states[l.state], p.params))
	}
	for _, name := range sortedKeys(inputs) {
		for _, q := range paired(p.class.ports, name) {
			symbols[q.ours] = add(symbols[q.ours], times(q.factor(p.params), inputs[name]))
		}
	}
	return symbols, nil
}

// derivatives evaluates the model's nodes for n nodes. Gorgonia takes a vector of length 1 for a
// number, so a single node is evaluated twice.
func derivatives(c *class, values map[string][]float64, n int) (map[string]derivative, error) {
	m, g, width := c.model(), G.NewGraph(), max(n, 2)
	symbols := map[string]*G.Node{}
	for _, name := range sortedKeys(values) {
		v := values[name]
		if len(v) == 1 {
			v = repeat(v[0], width)
		}
		dense := tensor.New(tensor.WithShape(width), tensor.WithBacking(append([]float64(nil), v...)))
		symbols[name] = G.NewVector(g, G.Float64, G.WithShape(width), G.WithName(name), G.WithValue(dense))
	}
	eq, err := m.Nodes(symbols)
	if err != nil {
		return nil, err
	}
	terms := newSizes(g, eq.Derivatives)
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name(), err)
	}
	out := map[string]derivative{}
	for i, s := range m.States() {
		d, err := terms.derivative(eq.Derivatives[i], n)
		if err != nil {
			return nil, fmt.Errorf("%s: d%s/dt: %w", m.Name(), s.Name, err)
		}
		out[s.Name] = d
	}
	return out, nil
}
