package graph

import (
	"fmt"
	"maps"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// Unrolled is a run written out as Gorgonia nodes, one set per step.
type Unrolled struct {
	nodes  map[string][]*G.Node
	leaves map[string]*G.Node
}

// Node returns the nodes of a state, or of an observable listed in Run.Record, after each step behind
// the warm-up. They are vectors of one value per region, and scalars if there is one region. An
// address that was not unrolled gives nil.
func (u *Unrolled) Node(address string) []*G.Node { return u.nodes[address] }

// Leaf returns the node that holds the value of an address: the bound one, or the leaf made for it.
func (u *Unrolled) Leaf(address string) *G.Node { return u.leaves[address] }

// Unroll writes a run of one lane out as ordinary Gorgonia nodes of graph g: the same numbers as
// Rollout's, by way of Gorgonia's own machines. It is the reference that the compiled run is tested
// against. Building and compiling take time that grows with the square of the number of steps; 20 are
// plenty.
//
// bind maps addresses to nodes of g, in the shapes of a rollout's inputs without or with a lane axis of
// 1; whatever is not bound becomes a leaf "unroll/ADDRESS" that holds the network's value. Noise is
// that of Run.Seed. Run.Every, Window and MemoryBudget make no difference here, and observers
// are left out.
func (n *Network) Unroll(g *G.ExprGraph, run Run, bind map[string]*G.Node) (*Unrolled, error) {
	run, err := run.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := unrollable(g, &run, bind); err != nil {
		return nil, err
	}
	return n.unroll(g, run, bind, func(address string, step, size int) []float64 {
		xi := make([]float64, size)
		kernel.Normals(xi, size, 1, run.Seeds[0], int64(step), engine.Stream(address))
		return xi
	})
}

// unrollable refuses what would be left out without a word.
func unrollable(g *G.ExprGraph, run *Run, bind map[string]*G.Node) error {
	switch {
	case g == nil:
		return fmt.Errorf("graph: unroll: the graph is nil")
	case run.Lanes > 1 || run.Values != nil || run.Nodes != nil || run.From != nil || run.Readouts != nil:
		return fmt.Errorf("graph: unroll: Run.Lanes, Values, Nodes, From and Readouts are not for Unroll, which writes out one lane: bind nodes")
	case run.Average || run.Horizon > 0 || run.Precision != Float64:
		return fmt.Errorf("graph: unroll: Run.Average, Horizon and Precision are not for Unroll, which writes out every step as it is, in float64")
	}
	for _, address := range slices.Sorted(maps.Keys(bind)) {
		if node := bind[address]; node == nil || node.Graph() != g {
			return fmt.Errorf("graph: unroll: %s: expected a node of the graph to be bound, found %v", address, shown(node))
		}
	}
	return nil
}

// unrolling is the state of the construction.
type unrolling struct {
	net   *Network
	run   Run
	g     *G.ExprGraph
	bind  map[string]*G.Node
	leaf  map[string]*G.Node // by address, in the shapes of bind
	param map[string]*G.Node // parameters, gains and amplitudes in step shape
	plans []*couplingPlan
	sums  []*unrolledSums
	past  map[int][]*G.Node // history rows by state, oldest first
	trace [][]*G.Node       // [time][state], time 0 being the start

	driven []string    // observables, those that Run.Record lists
	seen   [][]*G.Node // [step][observable]
}

// unroll is Unroll with the standard normals given.
func (n *Network) unroll(g *G.ExprGraph, run Run, bind map[string]*G.Node, normals func(address string, step, size int) []float64) (*Unrolled, error) {
	u := &unrolling{net: n, run: run, g: g, bind: bind, leaf: map[string]*G.Node{}, param: map[string]*G.Node{}, past: map[int][]*G.Node{}, driven: n.drivenBy(&run)}
	if err := u.prepare(); err != nil {
		return nil, within(err, "unroll")
	}
	warmup, recorded := run.steps()
	for t := 0; t < warmup+recorded; t++ {
		if err := u.step(t, normals); err != nil {
			return nil, within(err, "unroll: step %d", t)
		}
	}
	return u.result(warmup)
}

// prepare makes leaves, histories and the matrices of the sums.
func (u *unrolling) prepare() (err error) {
	for address := range u.bind {
		v, err := u.net.lookup(address)
		if err == nil {
			err = v.checkLag()
		}
		if err != nil {
			return err
		}
	}
	if u.plans, err = u.net.couplingPlans(u.run.Dt); err != nil {
		return err
	}
	for _, address := range u.net.order {
		if err := u.prepareValue(u.net.values[address]); err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
	}
	if err := u.start(); err != nil {
		return err
	}
	for i, plan := range u.plans {
		sums, err := u.newSums(u.net.couplings[i], plan)
		if err != nil {
			return fmt.Errorf("coupling %s: %w", plan.Name, err)
		}
		u.sums = append(u.sums, sums)
	}
	return nil
}

// at returns a state at a time, before 0 from the history. Without one the state was always what it
// starts with.
func (u *unrolling) at(state, time int) (*G.Node, error) {
	if time >= 0 {
		return u.trace[time][state], nil
	}
	rows := u.past[state]
	if rows == nil {
		return u.trace[0][state], nil
	}
	if k := len(rows) + time; k >= 0 {
		return rows[k], nil
	}
	return nil, fmt.Errorf("the history has %d rows, expected at least %d", len(rows), -time)
}

// step adds step t.
func (u *unrolling) step(t int, normals func(string, int, int) []float64) error {
	in := &stepNodes{state: u.trace[t], param: u.param, series: map[string]*G.Node{}, noise: map[string]*G.Node{}}
	for _, i := range u.net.inputs {
		row, err := u.inputRow(i.series, t)
		if err != nil {
			return err
		}
		in.series[i.series.Address] = row
	}
	for _, z := range u.net.noises {
		row, err := u.noiseRow(z, t, normals)
		if err != nil {
			return err
		}
		in.noise[z.address()] = row
	}
	for _, s := range u.sums {
		terms, err := s.at(u, t)
		if err != nil {
			return fmt.Errorf("coupling %s: %w", s.plan.Name, err)
		}
		in.sum = append(in.sum, terms)
	}
	next, err := u.net.buildStep(u.run.Dt, u.run.Integrator, u.g, in, u.driven)
	if err != nil {
		return err
	}
	n := u.net.stateCount()
	u.trace, u.seen = append(u.trace, next[:n]), append(u.seen, next[n:])
	return nil
}

// result gathers the states behind the warm-up, and the observables to be recorded.
func (u *unrolling) result(warmup int) (*Unrolled, error) {
	r := &Unrolled{nodes: map[string][]*G.Node{}, leaves: u.leaf}
	for _, p := range u.net.populations {
		for i, s := range p.states {
			for _, x := range u.trace[warmup+1:] {
				address := p.name + "." + s.Name
				r.nodes[address] = append(r.nodes[address], x[p.first+i])
			}
		}
	}
	for _, address := range u.run.Record {
		if r.nodes[address] != nil {
			continue
		}
		if k := slices.Index(u.driven, address); k >= 0 {
			for _, seen := range u.seen[warmup:] {
				r.nodes[address] = append(r.nodes[address], seen[k])
			}
			continue
		}
		nodes, err := u.observable(address, warmup)
		if err != nil {
			return nil, within(err, "unroll")
		}
		r.nodes[address] = nodes
	}
	return r, nil
}

// observable builds an observable on the states of every recorded step.
func (u *unrolling) observable(address string, warmup int) ([]*G.Node, error) {
	o, err := u.net.observableGraph([]string{address})
	if err != nil {
		return nil, err
	}
	p, name, err := u.net.split(address)
	if err != nil {
		return nil, err
	}
	var list []*G.Node
	for _, x := range u.trace[warmup+1:] {
		symbols := map[string]*G.Node{}
		for i, s := range p.states {
			symbols[s.Name] = x[p.first+i]
		}
		for _, param := range o.params {
			symbols[param.Address[len(p.name)+1:]] = u.param[param.Address]
		}
		for _, port := range p.ports {
			symbols[port.Name] = constant(u.g, 0)
		}
		eq, err := p.model.Nodes(symbols)
		if err != nil {
			return nil, err
		}
		seen, err := perRegion(eq.Algebraic[name], p.n())
		if err != nil {
			return nil, err
		}
		list = append(list, seen)
	}
	return list, nil
}

// perRegion repeats for every region what depends on shared parameters only.
func perRegion(x *G.Node, n int) (*G.Node, error) {
	if !x.IsScalar() || n == 1 {
		return x, nil
	}
	ones := tensor.New(tensor.WithShape(n), tensor.WithBacking(repeat(1, n)))
	return G.HadamardProd(x, G.NewConstant(ones))
}
