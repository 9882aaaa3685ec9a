package main

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// differentiate builds the loss on a rollout, differentiates it with Gorgonia and compares value and
// gradients with what the peer found.
func (p *problem) differentiate(want *gradient, cmp *comparison) *outcome {
	var frozen *frozenStart
	if want.frozenStart {
		var o *outcome
		if frozen, o = p.newFrozenStart(); o != nil {
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
func (p *problem) learn(net *graph.Network, want *gradient, frozen *frozenStart) error {
	learned := map[string]bool{}
	learn := func(address string, s nmm.Scope) error {
		if learned[address] {
			return nil
		}
		learned[address] = true
		return net.Learn(address, nmm.Free, s)
	}
	for _, name := range sortedKeys(want.params) {
		for _, q := range paired(p.class.params, name) {
			if err := learn(cortex+"."+q.ours, nmm.PerRegion); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedKeys(want.init) {
		s, err := p.class.state(name)
		if err != nil {
			return err
		}
		if err := learn("init:"+cortex+"."+s.ours, nmm.PerRegion); err != nil {
			return err
		}
		if want.constantHistory && len(p.past(name)) > 0 {
			if err := learn("history:"+cortex+"."+s.ours, nmm.PerRegion); err != nil {
				return err
			}
		}
	}
	for i, in := range p.inputs {
		if _, ok := want.inputSums[in.port]; !ok && (frozen == nil || frozen.input != i) {
			continue
		}
		for k := range paired(p.class.ports, in.port) {
			if err := learn("input:"+inputName(i, k), nmm.PerRegion); err != nil {
				return err
			}
		}
	}
	for i, l := range p.links {
		for k := range paired(p.class.ports, l.port) {
			if want.weights != nil {
				if err := learn(linkName(i, k)+"/weights", nmm.PerEdge); err != nil {
					return err
				}
			}
			if want.gain != nil {
				if err := learn(linkName(i, k)+"/gain", nmm.PerRegion); err != nil {
					return err
				}
			}
		}
	}
	return nil
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
		term, err := meanSquare(roll.Node(cortex+"."+s.ours), weights[name]/divide/(s.scale*s.scale))
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

// compareGradients compares every expected gradient with ours, taken back to the peer's numbers.
func (p *problem) compareGradients(want *gradient, ours map[string][]float64, frozen *frozenStart, cmp *comparison) *outcome {
	for _, a := range want.arrays() {
		want.top = max(want.top, largest(a))
	}
	for _, name := range sortedKeys(want.params) {
		if reason, ok := p.class.differs[name]; ok {
			cmp.note("gradient of %s not compared: %s", name, reason)
			continue
		}
		got := repeat(0, p.n)
		for _, q := range paired(p.class.params, name) {
			got = add(got, times(q.factor(p.params), ours[cortex+"."+q.ours]))
		}
		want.entries(cmp, name, got, want.params[name])
	}
	for _, name := range sortedKeys(want.init) {
		s, err := p.class.state(name)
		if err != nil {
			return decline(failed("%v", err))
		}
		got := ours["init:"+cortex+"."+s.ours]
		if h := ours["history:"+cortex+"."+s.ours]; want.constantHistory && h != nil {
			for k, v := range h {
				got[k%p.n] += v
			}
		}
		got = scaled(got, s.scale)
		if frozen != nil && name == frozen.link.from {
			du := p.inputGradient(frozen.input, ours)
			got = add(got, scaled(frozen.gradient(du), -1))
		}
		want.entries(cmp, "init "+name, got, want.init[name])
	}
	for _, port := range sortedKeys(want.inputSums) {
		want.entries(cmp, "input "+port, p.inputSum(port, ours), want.inputSums[port])
	}
	for i, l := range p.links {
		p.compareLink(i, l, want, ours, cmp)
	}
	return nil
}

// inputSum adds up the gradient of a port's first input over the steps.
func (p *problem) inputSum(port string, ours map[string][]float64) []float64 {
	sum := repeat(0, p.n)
	for i, in := range p.inputs {
		if in.port != port {
			continue
		}
		for _, row := range p.inputGradient(i, ours) {
			sum = add(sum, row)
		}
		break // further inputs into the port have the same gradient
	}
	return sum
}

// inputGradient returns the gradient of an input, [step][node].
func (p *problem) inputGradient(i int, ours map[string][]float64) [][]float64 {
	out := make([][]float64, p.steps)
	for k, q := range paired(p.class.ports, p.inputs[i].port) {
		for m, row := range rows(ours["input:"+inputName(i, k)], p.n) {
			out[m] = add(out[m], times(q.factor(p.params), row))
		}
	}
	return out
}

// compareLink compares gradients of weights and gain.
func (p *problem) compareLink(i int, l link, want *gradient, ours map[string][]float64, cmp *comparison) {
	var weights, gain []float64
	for k, q := range paired(p.class.ports, l.port) {
		if d := ours[linkName(i, k)+"/weights"]; d != nil {
			weights = add(weights, d)
		}
		if d := ours[linkName(i, k)+"/gain"]; d != nil {
			source, err := p.class.state(l.from)
			if err != nil {
				cmp.fail("%v", err)
				return
			}
			gain = add(gain, times(scaled(q.factor(p.params), 1/source.scale), d))
		}
	}
	if want.weights != nil {
		want.entries(cmp, "weights", times(weights, want.weights.factor), want.weights.want)
	}
	if want.gain != nil {
		want.entries(cmp, "gain", gain, want.gain)
	}
}

// gradientFloor keeps rounding errors from counting: a gradient that many times smaller than the
// case's largest is compared on the scale of the latter times this. Derivatives by a parameter that
// does not matter at a fixed point are nothing but rounding errors, 1e-15 of the others.
const gradientFloor = 1e-6

// entries compares one array; a single expected value is the sum over nodes.
func (w *gradient) entries(cmp *comparison, name string, got, want []float64) {
	if len(want) == 1 && len(got) > 1 {
		sum := 0.0
		for _, v := range got {
			sum += v
		}
		got = []float64{sum}
	}
	scale := max(largest(want), gradientFloor*w.top)
	cmp.each(name, got, want, scale, func(i int, v float64) float64 {
		return w.tol(fmt.Sprintf("%s[%d]", name, i), v, scale)
	})
}
