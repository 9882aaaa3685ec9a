package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// recordInfo describes a recorded variable.
type recordInfo struct {
	Address, Unit string
	Labels        []string
}

// recorded compiles what Run.Record asks for.
func (c *compiled) recorded(n *Network, run *Run, learned map[string]bool) error {
	addresses := run.Record
	if addresses == nil && len(run.Readouts) == 0 {
		for _, s := range c.step.states[:n.stateCount()] {
			addresses = append(addresses, s.Address)
		}
	}
	for k, address := range addresses {
		for _, earlier := range addresses[:k] {
			if earlier == address {
				return fmt.Errorf("graph: Run.Record lists %s twice", address)
			}
		}
		if err := c.record(n, address, learned); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiled) record(n *Network, address string, learned map[string]bool) error {
	r, info, err := c.newRecord(n, address, learned)
	if err != nil {
		return err
	}
	c.model.Records = append(c.model.Records, r)
	c.records = append(c.records, info)
	return nil
}

// newRecord describes a state, or a driven observable, which the step has like one, or compiles an observable.
func (c *compiled) newRecord(n *Network, address string, learned map[string]bool) (engine.Record, recordInfo, error) {
	for i, s := range c.step.states {
		if s.Address == address {
			return engine.Record{Address: address, Labels: s.Labels, State: i, N: s.N}, recordInfo{address, s.Unit, s.Labels}, nil
		}
	}
	o, err := n.observableGraph([]string{address})
	if err != nil {
		return engine.Record{}, recordInfo{}, err
	}
	out := o.outs[0]
	r := engine.Record{Address: address, Labels: out.Labels, N: out.N}
	if err := c.observable(&r, o, learned); err != nil {
		return r, recordInfo{}, within(err, "observable %s", address)
	}
	return r, recordInfo{address, out.Unit, out.Labels}, nil
}

// observable compiles an expression of states and parameters, and its adjoint.
func (c *compiled) observable(r *engine.Record, o *observableGraph, learned map[string]bool) error {
	b := &piece{}
	var wanted []*G.Node
	for _, s := range o.states {
		b.in(s.Leaf, s.Address, s.N, vm.Varying, engine.State, c.stateIndex(s.Address))
		wanted = append(wanted, s.Leaf)
	}
	for _, p := range o.params {
		b.in(p.Leaf, p.Address, p.N, vm.Invariant, engine.Param, c.paramIndex(p.Address))
		if learned[p.Address] {
			wanted = append(wanted, p.Leaf)
		}
	}
	back := b.clone()
	b.out(o.outs[0].Out, r.Address, r.N, vm.PerStep, engine.Signal, 0)
	var err error
	if r.Forward, err = b.compile(); err != nil || learned == nil {
		return err
	}
	adj, err := o.differentiate(wanted)
	if err != nil {
		return err
	}
	back.in(adj.U[0], "adj/"+r.Address, r.N, vm.Varying, engine.Cotangent, 0)
	for _, s := range o.states {
		back.out(adj.Gradient[s.Leaf], "grad/"+s.Address, s.N, vm.PerStep, engine.State, c.stateIndex(s.Address))
	}
	for _, p := range o.params {
		back.out(adj.Gradient[p.Leaf], "grad/"+p.Address, p.N, vm.Accumulate, engine.Param, c.paramIndex(p.Address))
	}
	r.Adjoint, err = back.compile()
	return err
}

func (c *compiled) stateIndex(address string) int {
	for i, s := range c.step.states {
		if s.Address == address {
			return i
		}
	}
	panic("graph: no state " + address)
}

func (c *compiled) paramIndex(address string) int {
	for i, p := range c.step.params {
		if p.Address == address {
			return i
		}
	}
	panic("graph: no parameter " + address)
}
