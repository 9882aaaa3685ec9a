package graph

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// stepGraph is one time step of one brain: leaves for everything that enters, a node for every next
// state. Vectors have the population's length, but 2 where it has one region, because Gorgonia takes
// a vector of length 1 for a number: the true length is N.
type stepGraph struct {
	g      *G.ExprGraph
	states []stepState // of the network, and observables behind them
	driven int         // how many of the latter
	params []stepParam
	sums   []stepSum
	series []stepSeries
	noise  []stepNoise
}

// stepState is a state variable of one population: Leaf before the step, Next after it.
type stepState struct {
	Address string // "cortex.r"
	Pop     int
	Name    string // "r"
	N       int
	Labels  []string
	Unit    string
	Leaf    *G.Node
	Next    *G.Node
	Min     float64 // bounds, ±Inf where there is none
	Max     float64
}

// stepParam is a model parameter, a gain or a noise amplitude.
type stepParam struct {
	Address string
	N       int // 0: the leaf is a scalar
	Leaf    *G.Node
}

// stepSum is S_k of a coupling, which the engine fills.
type stepSum struct {
	Coupling, Term int
	N              int
	Leaf           *G.Node
}

// stepSeries is an input's row for this step.
type stepSeries struct {
	Address string // "input:NAME"
	N       int    // 0: the leaf is a scalar
	Leaf    *G.Node
}

// stepNoise is the standard normals of a noise for this step.
type stepNoise struct {
	Address string // "noise:cortex.v"
	State   int    // among all states
	N       int
	Leaf    *G.Node
}

// stepGraph builds the graph of a step of dt ms, in which driven observables are seen.
func (n *Network) stepGraph(dt float64, integ Integrator, driven ...string) (*stepGraph, error) {
	s := &stepGraph{g: G.NewGraph()}
	in := &stepNodes{param: map[string]*G.Node{}, series: map[string]*G.Node{}, noise: map[string]*G.Node{}}
	s.stateLeaves(n, in)
	s.paramLeaves(n, in)
	s.sumLeaves(n, in)
	s.drivenLeaves(n, in)
	if err := s.seeLeaves(n, driven); err != nil {
		return nil, err
	}
	next, err := n.buildStep(dt, integ, s.g, in, driven)
	if err != nil {
		return nil, err
	}
	for i := range s.states {
		s.states[i].Next = next[i]
		G.WithName(s.states[i].Leaf.Name() + "'")(next[i])
	}
	return s, nil
}

// vector makes a vector leaf of n, with the dummy length for n = 1.
func vector(g *G.ExprGraph, name string, n int, group string) *G.Node {
	return G.NewVector(g, G.Float64, G.WithShape(max(n, 2)), G.WithName(name), G.WithGroupName(group))
}

// leaf makes a vector leaf, or a scalar one for n = 0.
func leaf(g *G.ExprGraph, name string, n int, group string) *G.Node {
	if n == 0 {
		return G.NewScalar(g, G.Float64, G.WithName(name), G.WithGroupName(group))
	}
	return vector(g, name, n, group)
}

// stateLeaves makes the leaves of all states, in the order of the network's state indices.
func (s *stepGraph) stateLeaves(n *Network, in *stepNodes) {
	for _, p := range n.populations {
		for _, info := range p.states {
			state := stepState{
				Address: p.name + "." + info.Name, Pop: p.index, Name: info.Name, N: p.n(), Labels: p.labels,
				Unit: info.Unit, Min: info.Min, Max: info.Max, Leaf: vector(s.g, p.name+"/"+info.Name, p.n(), p.name),
			}
			s.states = append(s.states, state)
			in.state = append(in.state, state.Leaf)
		}
	}
}

// paramLeaves makes the leaves of parameters, gains and noise amplitudes.
func (s *stepGraph) paramLeaves(n *Network, in *stepNodes) {
	for _, address := range n.order {
		v := n.values[address]
		name := address
		switch v.Kind {
		case paramKind:
			name = v.pop.name + "/" + v.name
		case gainKind, sigmaKind:
		default:
			continue
		}
		p := stepParam{Address: address}
		if v.perRegion() {
			p.N = v.N
		}
		p.Leaf = leaf(s.g, name, p.N, v.pop.name)
		s.params = append(s.params, p)
		in.param[address] = p.Leaf
	}
}

// sumLeaves makes the leaves of the weighted sums.
func (s *stepGraph) sumLeaves(n *Network, in *stepNodes) {
	for c, coupling := range n.couplings {
		var terms []*G.Node
		for k := range coupling.Pre {
			sum := stepSum{Coupling: c, Term: k, N: coupling.to.n()}
			sum.Leaf = vector(s.g, fmt.Sprintf("%s/S%d", coupling.Name, k+1), sum.N, coupling.to.name)
			s.sums = append(s.sums, sum)
			terms = append(terms, sum.Leaf)
		}
		in.sum = append(in.sum, terms)
	}
}

// drivenLeaves makes the leaves of inputs and noise.
func (s *stepGraph) drivenLeaves(n *Network, in *stepNodes) {
	for _, i := range n.inputs {
		series := stepSeries{Address: i.series.Address, N: i.series.Cols}
		if series.N == 1 && i.pop.n() > 1 {
			series.N = 0
		}
		series.Leaf = leaf(s.g, series.Address, series.N, i.pop.name)
		s.series = append(s.series, series)
		in.series[series.Address] = series.Leaf
	}
	for _, z := range n.noises {
		xi := stepNoise{Address: z.address(), State: z.pop.first + z.state, N: z.pop.n()}
		xi.Leaf = vector(s.g, xi.Address+"/xi", xi.N, z.pop.name)
		s.noise = append(s.noise, xi)
		in.noise[xi.Address] = xi.Leaf
	}
}

// stepNodes is what a step is built on: leaves in the step graph, nodes of the previous step when a
// run is unrolled.
type stepNodes struct {
	state  []*G.Node          // every state of the network
	param  map[string]*G.Node // parameters, gains and noise amplitudes by address
	sum    [][]*G.Node        // [coupling][term]
	series map[string]*G.Node // inputs by address
	noise  map[string]*G.Node // standard normals by noise:population.state
}

// buildStep adds one step to graph g and returns the next states, and behind them driven observables.
func (n *Network) buildStep(dt float64, integ Integrator, g *G.ExprGraph, in *stepNodes, driven []string) ([]*G.Node, error) {
	ports, err := n.portNodes(g, in)
	if err != nil {
		return nil, err
	}
	var next []*G.Node
	seen := make([]*G.Node, len(driven))
	for _, p := range n.populations {
		sys, err := n.newSystem(p, dt, g, in, ports[p.index])
		if err != nil {
			return nil, within(err, "population %s", p.name)
		}
		x, err := integ.apply(sys)
		if err != nil {
			return nil, within(err, "population %s, integrator %s", p.name, integ.Name)
		}
		for i, node := range x {
			group(node, p.name)
			if node.Dims() != in.state[p.first+i].Dims() {
				return nil, fmt.Errorf("graph: %s.%s: the step made shape %v of shape %v", p.name, p.states[i].Name, node.Shape(), in.state[p.first+i].Shape())
			}
		}
		next = append(next, x...)
		for k, address := range driven {
			q, name, err := n.split(address)
			if err == nil && q == p {
				seen[k], err = sys.see(name)
			}
			if err != nil {
				return nil, within(err, "observable %s", address)
			}
		}
	}
	return append(next, seen...), nil
}

// system is the initial value problem of one population during one step.
type system struct {
	pop *population
	dt  float64
	g   *G.ExprGraph
	x   []*G.Node // states at the start
	z   []*G.Node // what the noise adds, σ √dt ξ, nil where there is none
	rhs *equations
}

// newSystem gathers parameters, ports and noise of a population.
func (n *Network) newSystem(p *population, dt float64, g *G.ExprGraph, in *stepNodes, ports map[string]*G.Node) (*system, error) {
	s := &system{pop: p, dt: dt, g: g, x: in.state[p.first : p.first+len(p.states)], z: make([]*G.Node, len(p.states))}
	symbols := map[string]*G.Node{}
	for i, state := range p.states {
		symbols[state.Name] = s.x[i]
	}
	for _, info := range p.model.Parameters() {
		symbols[info.Name] = in.param[p.name+"."+info.Name]
	}
	for _, port := range p.ports {
		symbols[port.Name] = ports[port.Name] // nil where nothing is attached
	}
	for _, d := range p.model.Delays() {
		symbols[d.Name] = ports[d.Name]
	}
	for _, z := range n.noises {
		if z.pop != p {
			continue
		}
		scaled, err := G.HadamardProd(constant(g, math.Sqrt(dt)), in.param[z.sigma.Address])
		if err != nil {
			return nil, err
		}
		if s.z[z.state], err = G.HadamardProd(scaled, in.noise[z.address()]); err != nil {
			return nil, err
		}
	}
	var err error
	s.rhs, err = newEquations(p, symbols)
	return s, err
}

// noisy reports whether any state has noise.
func (s *system) noisy() bool {
	for _, z := range s.z {
		if z != nil {
			return true
		}
	}
	return false
}
