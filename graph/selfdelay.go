package graph

import (
	"fmt"
)

// A model's readings of the past, such as x(t - tau), are couplings of each region with itself: of weight 1, with
// the delay that the model's parameter has when a run begins. They have no gain, and their weights neither learn
// nor show among the addresses.

// addPast adds the couplings that a population's model asks for.
func (n *Network) addPast(p *population) error {
	for _, d := range p.model.Delays() {
		c := &coupling{
			Coupling: Coupling{Name: p.name + "." + d.Name, From: p.name + "." + d.State, To: p.name + "." + d.Name, Pre: []string{"x"}, Post: "S1"},
			from:     p, to: p, source: p.state(d.State), port: d.Name, past: true,
		}
		if c.source < 0 {
			return fmt.Errorf("graph: population %s: %s reads no state", p.name, d.Name)
		}
		if c.delay = repeat(d.Value, p.n()); d.Parameter != "" {
			c.delay, c.lag = nil, n.values[p.name+"."+d.Parameter]
			c.lag.lag = true
		}
		c.weights = p.identity(c.Name + "/weights")
		if err := n.add(c.weights); err != nil {
			return err
		}
		n.couplings = append(n.couplings, c)
	}
	return nil
}

// identity is a value of weights 1 from each region to itself.
func (p *population) identity(address string) *value {
	v := &value{Address: address, Unit: "1", Kind: weightsKind, N: p.n(), Rows: p.n(), Cols: p.n(), Labels: p.labels, Source: p.labels,
		Data: repeat(1, p.n()), pop: p, hidden: true}
	for i := range p.labels {
		v.I, v.J = append(v.I, i), append(v.J, i)
	}
	return v
}

// lagSteps is the delay of region e that a parameter says, in steps of dt ms.
func (c *coupling) lagSteps(e int, dt float64) int {
	return wholeSteps(c.lag.Data[min(e, len(c.lag.Data)-1)], dt)
}

// checkLag refuses to learn a delay, or to take it from a node.
func (v *value) checkLag() error {
	if !v.lag {
		return nil
	}
	return fmt.Errorf("graph: %s is a delay, which counts in whole steps: it can be set, and given in Run.Values, but not learned", v.Address)
}
