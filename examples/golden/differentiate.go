package main

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// differentiate builds the loss on a rollout, differentiates it with Gorgonia and compares value and
// gradients with what the peer found.
func (p *problem) differentiate(want *gradient, cmp *comparison) *outcome {
	var frozen []*frozenStart
	if want.frozenStart {
		var o *outcome
		if frozen, o = p.newFrozenStarts(); o != nil {
			return o
		}
	}
	net, o := p.network()
	if o != nil {
		return o
	}
	if err := p.learn(net, want, frozen); err != nil {
		return decline(failed("%v", err))
	}
	value, gradients, err := p.solve(net, want)
	if err != nil {
		return decline(failed("%v", err))
	}
	cmp.near("loss", []float64{value}, []float64{want.loss}, neurolibRelative, 0)
	return p.compareGradients(want, gradients, frozen, cmp)
}

// learn marks everything whose gradient is wanted.
func (p *problem) learn(net *graph.Network, want *gradient, frozen []*frozenStart) error {
	scopes, err := p.learned(want, frozen)
	if err != nil {
		return err
	}
	for _, address := range sortedKeys(scopes) {
		if err := net.Learn(address, nmm.Free, scopes[address]); err != nil {
			return err
		}
	}
	return nil
}

// learned lists the addresses whose gradient is wanted.
func (p *problem) learned(want *gradient, frozen []*frozenStart) (map[string]nmm.Scope, error) {
	scopes := map[string]nmm.Scope{}
	for name := range want.params {
		for _, q := range p.class.params {
			if q.theirs == name || q.by == name {
				scopes[cortex+"."+q.ours] = nmm.PerRegion
			}
		}
	}
	for name := range want.init {
		s, err := p.class.state(name)
		if err != nil {
			return nil, err
		}
		scopes["init:"+cortex+"."+s.ours] = nmm.PerRegion
		if want.constantHistory && len(p.past(name)) > 0 {
			scopes["history:"+cortex+"."+s.ours] = nmm.PerRegion
		}
	}
	for i, in := range p.inputs {
		_, wanted := want.inputSums[in.port]
		for k, q := range paired(p.class.ports, in.port) {
			if want.params[q.by] != nil || wanted || slices.ContainsFunc(frozen, func(f *frozenStart) bool { return f.input == i || f.link.misread != nil && f.link.misread.input == i }) {
				scopes["input:"+inputName(i, k)] = nmm.PerRegion
			}
		}
	}
	for i, l := range p.links {
		for k, q := range p.class.linked(l) {
			if want.weights != nil {
				scopes[linkName(i, k)+"/weights"] = nmm.PerEdge
			}
			if want.gain != nil || want.params[q.by] != nil {
				scopes[linkName(i, k)+"/gain"] = nmm.PerRegion
			}
		}
	}
	return scopes, nil
}

// solve returns the loss and the gradients by address.
func (p *problem) solve(net *graph.Network, want *gradient) (float64, map[string][]float64, error) {
	run, err := p.run()
	if err != nil {
		return 0, nil, err
	}
	if want.every == "" {
		run.Every = p.steps // only the last state
	}
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		return 0, nil, err
	}
	loss, err := p.loss(roll, want)
	if err != nil {
		return 0, nil, err
	}
	return backward(g, loss, roll)
}

// backward differentiates a loss, runs it, and returns its value and the gradients by address.
func backward(g *G.ExprGraph, loss *G.Node, roll *graph.Rollout) (float64, map[string][]float64, error) {
	var value G.Value
	G.Read(loss, &value)
	learnables := roll.Learnables()
	if _, err := G.Grad(loss, learnables...); err != nil {
		return 0, nil, fmt.Errorf("gradient: %w", err)
	}
	vm := G.NewTapeMachine(g, G.BindDualValues(learnables...))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return 0, nil, err
	}
	return readGradients(value, learnables)
}

// readGradients copies the loss and the learnables' gradients by node name.
func readGradients(loss G.Value, learnables G.Nodes) (float64, map[string][]float64, error) {
	out := map[string][]float64{}
	for _, node := range learnables {
		d, err := node.Grad()
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", node.Name(), err)
		}
		x, err := floats(d)
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", node.Name(), err)
		}
		out[node.Name()] = x
	}
	v, err := floats(loss)
	if err != nil || len(v) != 1 {
		return 0, nil, fmt.Errorf("loss: expected one number, found %v (%v)", loss, err)
	}
	return v[0], out, nil
}

// floats copies the numbers of a value.
func floats(v G.Value) ([]float64, error) {
	switch x := v.Data().(type) {
	case float64:
		return []float64{x}, nil
	case []float64:
		return append([]float64(nil), x...), nil
	}
	return nil, fmt.Errorf("expected float64 numbers, found %T", v.Data())
}

// loss builds the loss node, in the peer's units.
func (p *problem) loss(roll *graph.Rollout, want *gradient) (*G.Node, error) {
	weights := want.last
	divide := float64(len(want.last) * p.n)
	if want.every != "" {
		weights = map[string]float64{want.every: 1}
		divide = float64(p.n * p.steps)
	}
	var sum *G.Node
	for _, name := range sortedKeys(weights) {
		s, err := p.class.state(name)
		if err != nil {
			return nil, err
		}
		x := roll.Node(cortex + "." + s.ours)
		if want.through != nil {
			if x, err = want.through(x); err != nil {
				return nil, err
			}
		}
		term, err := meanSquare(x, weights[name]/divide/(s.scale*s.scale))
		if err != nil {
			return nil, err
		}
		if sum == nil {
			sum = term
		} else if sum, err = G.Add(sum, term); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// meanSquare is factor · Σ x².
func meanSquare(x *G.Node, factor float64) (*G.Node, error) {
	square, err := G.Square(x)
	if err != nil {
		return nil, err
	}
	sum, err := G.Sum(square)
	if err != nil {
		return nil, err
	}
	return G.HadamardProd(sum, G.NewConstant(factor))
}
