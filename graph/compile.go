package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// compiled is a network ready to run with one step size and integrator.
type compiled struct {
	model   *engine.Model
	step    *stepGraph
	plans   []*couplingPlan
	records []recordInfo

	projections  []*value         // of observers, whose couplings lie behind those of plans
	read         []readoutWeights // whose couplings lie behind those
	observers    []*compiled
	constantPast []bool // states whose history is their initial value
}

// bounds are those of a state, which its initial values and its history are held within.
func (c *compiled) bounds(s *slot) (lo, hi float64) {
	states := c.step.states
	if s.observer > 0 {
		states = c.observers[s.observer-1].step.states
	}
	return states[s.index].Min, states[s.index].Max
}

// compile builds and compiles the step of a network, and its adjoint for the addresses that learn.
func (n *Network) compile(run *Run, learned map[string]bool) (*compiled, error) {
	c, err := n.assemble(run, learned)
	if err != nil {
		return nil, err
	}
	c.model.Prepare()
	return c, nil
}

// assemble is compile, to a model that can still be changed.
func (n *Network) assemble(run *Run, learned map[string]bool) (*compiled, error) {
	step, err := n.stepGraph(run.Dt, run.Integrator, n.drivenBy(run)...)
	if err != nil {
		return nil, err
	}
	plans, err := n.couplingPlans(run.Dt)
	if err != nil {
		return nil, err
	}
	for i, c := range n.couplings {
		if err := plans[i].addLaneDelays(c, run); err != nil {
			return nil, err
		}
	}
	c := &compiled{model: &engine.Model{}, step: step, plans: plans}
	c.layOut(n, run, learned)
	if err := c.sources(learned != nil); err != nil {
		return nil, err
	}
	if err := c.compileStep(learned, !run.observer); err != nil {
		return nil, err
	}
	if err := c.recorded(n, run, learned); err != nil {
		return nil, err
	}
	if err := c.observe(n, run, learned); err != nil {
		return nil, err
	}
	return c, c.readouts(n, run, learned)
}

// layOut lists states, parameters, inputs and noise in the order of the step graph.
func (c *compiled) layOut(n *Network, run *Run, learned map[string]bool) {
	m := c.model
	for _, s := range c.step.states {
		m.States = append(m.States, engine.StateVar{Address: s.Address, Labels: s.Labels, N: s.N})
	}
	for _, p := range c.step.params {
		m.Params = append(m.Params, engine.ParamVar{Address: p.Address, N: max(p.N, 1), Learned: learned[p.Address]})
	}
	for _, s := range c.step.series {
		m.Series = append(m.Series, run.seriesVar(n.value(s.Address), learned))
	}
	for _, in := range n.channels {
		m.Series = append(m.Series, run.seriesVar(in.series, learned))
	}
	c.layOutNoise(n, run)
	for _, p := range c.plans {
		m.Couplings = append(m.Couplings, engine.Coupling{
			Name: p.Name, NTo: p.To, NFrom: p.From, I: p.I, J: p.J, Delay: p.Delay, Index: p.Entry,
			Weights: len(n.value(p.Weights).Data), Dense: p.Dense, Learned: learned[p.Weights], LaneDelays: p.LaneDelays,
		})
	}
}

// layOutNoise lists the noises; samples that are given become a series.
func (c *compiled) layOutNoise(n *Network, run *Run) {
	m := c.model
	for _, z := range c.step.noise {
		v := engine.NoiseVar{N: z.N, Stream: engine.Stream(z.Address), Samples: -1}
		samples := n.value(z.Address + "/samples")
		if samples.Data != nil || run.Nodes[samples.Address] != nil || run.Values[samples.Address] != nil {
			v.Samples = len(m.Series)
			m.Series = append(m.Series, engine.SeriesVar{Address: samples.Address, N: z.N, Rows: run.rows(samples)})
		}
		m.Noise = append(m.Noise, v)
	}
}

// seriesVar is a series as the engine knows it.
func (r *Run) seriesVar(v *value, learned map[string]bool) engine.SeriesVar {
	return engine.SeriesVar{Address: v.Address, N: v.Cols, Rows: r.rows(v), Learned: learned[v.Address]}
}

// rows is the length of an input series: as given, or the run's number of steps.
func (r *Run) rows(v *value) int {
	if v.Data != nil {
		return v.Rows
	}
	warmup, recorded := r.steps()
	return warmup + recorded
}

// sources lists the signals that are sent along edges; equal ones are shared by couplings.
func (c *compiled) sources(adjoint bool) error {
	known := map[string]int{}
	for _, s := range c.step.sums {
		plan := c.plans[s.Coupling]
		pre := plan.Pre[s.Term]
		if pre != nil && pre.Constant {
			c.model.Sums = append(c.model.Sums, engine.SumVar{Coupling: s.Coupling, Source: -1, Factor: pre.Value})
			continue
		}
		key := plan.FromInput + fmt.Sprint(plan.FromState)
		if pre != nil {
			key += " " + pre.Text
		}
		if _, ok := known[key]; !ok {
			known[key] = len(c.model.Sources)
			source, err := c.newSource(plan, pre, adjoint)
			if err != nil {
				return within(err, "coupling %s", plan.Name)
			}
			c.model.Sources = append(c.model.Sources, source)
		}
		c.model.Sums = append(c.model.Sums, engine.SumVar{Coupling: s.Coupling, Source: known[key]})
	}
	return nil
}

func (c *compiled) newSource(plan *couplingPlan, pre *preGraph, adjoint bool) (engine.Source, error) {
	s := engine.Source{From: engine.Wire{Kind: engine.State, Index: plan.FromState}, N: plan.From}
	if plan.FromInput != "" {
		s.From = engine.Wire{Kind: engine.Series, Index: c.series(plan.FromInput)}
	}
	if pre == nil {
		return s, nil
	}
	b := &piece{}
	for _, from := range pre.Sources {
		b.in(from.Leaf, from.Address, from.N, vm.Varying, engine.State, from.State)
	}
	back := b.clone()
	b.out(pre.Out, "pre", plan.From, vm.PerStep, engine.Signal, 0)
	var err error
	if s.Forward, err = b.compile(); err != nil || !adjoint {
		return s, err
	}
	back.in(pre.U, "adj/pre", plan.From, vm.Varying, engine.Cotangent, 0)
	for _, from := range pre.Sources {
		back.out(from.Gradient, from.Address, from.N, vm.PerStep, engine.State, from.State)
	}
	s.Adjoint, err = back.compile()
	return s, err
}

// series is the index of an input in the model.
func (c *compiled) series(address string) int {
	return slices.IndexFunc(c.model.Series, func(s engine.SeriesVar) bool { return s.Address == address })
}

// compileStep compiles the step program and, if something learns, its adjoint, perhaps with values kept for
// it.
func (c *compiled) compileStep(learned map[string]bool, keep bool) error {
	forward := c.stepInputs()
	back := forward.clone()
	for i, s := range c.step.states {
		forward.out(s.Next, s.Address, s.N, vm.PerStep, engine.State, i)
	}
	if learned == nil {
		var err error
		c.model.Step, err = forward.compile()
		return err
	}
	adj, err := c.step.differentiate(c.wanted(learned))
	if err != nil {
		return err
	}
	if keep {
		c.keepValues(forward, back, adj)
	}
	if c.model.Step, err = forward.compile(); err != nil {
		return err
	}
	for i, s := range c.step.states {
		back.in(adj.U[i], "adj/"+s.Address, s.N, vm.Varying, engine.Cotangent, i)
	}
	c.adjointOutputs(back, adj, learned)
	c.model.Adjoint, err = back.compile()
	return err
}

// stepInputs joins the leaves of the step graph to rows of the engine.
func (c *compiled) stepInputs() *piece {
	b := &piece{}
	for i, s := range c.step.states {
		b.in(s.Leaf, s.Address, s.N, vm.Varying, engine.State, i)
	}
	for i, p := range c.step.params {
		b.in(p.Leaf, p.Address, p.N, vm.Invariant, engine.Param, i)
	}
	for i, s := range c.step.sums {
		class := vm.Varying
		if c.constant(i) {
			class = vm.Invariant
		}
		b.in(s.Leaf, s.Leaf.Name(), s.N, class, engine.Sum, i)
	}
	for i, s := range c.step.series {
		b.in(s.Leaf, s.Address, s.N, vm.Varying, engine.Series, i)
	}
	for i, z := range c.step.noise {
		b.in(z.Leaf, z.Address, z.N, vm.Varying, engine.Noise, i)
	}
	return b
}

func (c *compiled) constant(sum int) bool { return c.model.Sums[sum].Source < 0 }

// varies says whether a sum depends on what gradients are wanted of: states, or what learns.
func (c *compiled) varies(sum int, learned map[string]bool) bool {
	plan := c.plans[c.step.sums[sum].Coupling]
	if learned[plan.Weights] {
		return true
	}
	return !c.constant(sum) && (plan.FromInput == "" || learned[plan.FromInput])
}

// wanted lists the leaves whose gradients are needed: what the past reaches the step through, and
// what learns.
func (c *compiled) wanted(learned map[string]bool) []*G.Node {
	var list []*G.Node
	for _, s := range c.step.states {
		list = append(list, s.Leaf)
	}
	for i, s := range c.step.sums {
		if c.varies(i, learned) {
			list = append(list, s.Leaf)
		}
	}
	for _, p := range c.step.params {
		if learned[p.Address] {
			list = append(list, p.Leaf)
		}
	}
	for _, s := range c.step.series {
		if learned[s.Address] {
			list = append(list, s.Leaf)
		}
	}
	return list
}

func (c *compiled) adjointOutputs(b *piece, adj *adjoint, learned map[string]bool) {
	for i, s := range c.step.states {
		b.out(adj.Gradient[s.Leaf], "grad/"+s.Address, s.N, vm.PerStep, engine.State, i)
	}
	for i, s := range c.step.sums {
		if !c.varies(i, learned) {
			continue
		}
		mode := vm.PerStep
		if c.constant(i) {
			mode = vm.Accumulate
		}
		b.out(adj.Gradient[s.Leaf], "grad/"+s.Leaf.Name(), s.N, mode, engine.Sum, i)
	}
	for i, p := range c.step.params {
		b.out(adj.Gradient[p.Leaf], "grad/"+p.Address, p.N, vm.Accumulate, engine.Param, i)
	}
	for i, s := range c.step.series {
		b.out(adj.Gradient[s.Leaf], "grad/"+s.Address, s.N, vm.PerStep, engine.Series, i)
	}
}
