package main

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// The names of the problem's population, and of the noise populations behind it.
const cortex = "cortex"

// network builds the problem in our terms.
func (p *problem) network() (*graph.Network, *outcome) {
	if p.class.check != nil {
		if o := p.class.check(p.params); o != nil {
			return nil, o
		}
	}
	p.defaults()
	m, err := p.model()
	if err != nil {
		return nil, decline(failed("%v", err))
	}
	parts := []graph.Part{graph.Population(cortex, graph.Regions(p.n), m)}
	for _, add := range []func([]graph.Part) ([]graph.Part, *outcome){p.addLinks, p.addInputs, p.addNoise, p.addOU} {
		var o *outcome
		if parts, o = add(parts); o != nil {
			return nil, o
		}
	}
	net, err := graph.NewNetwork(parts...)
	if err != nil {
		return nil, decline(failed("%v", err))
	}
	if err := p.setInitial(net); err != nil {
		return nil, decline(failed("%v", err))
	}
	return net, nil
}

// defaults fills in the number of steps.
func (p *problem) defaults() {
	for _, m := range p.record {
		p.steps = max(p.steps, m)
	}
}

// model configures parameters and bounds.
func (p *problem) model() (*nmm.Model, error) {
	m, err := p.class.configured(p.params, p.n)
	if err != nil {
		return nil, err
	}
	m = bounded(m, p.class, p.bounds)
	return m, m.Err()
}

// port returns our ports for one of theirs.
func (p *problem) port(theirs string) ([]pair, *outcome) {
	pairs := paired(p.class.ports, theirs)
	if len(pairs) == 0 {
		return nil, decline(skipped("needs a port for %s of %s", theirs, p.class.name))
	}
	return pairs, nil
}

// linkName is the address prefix of link i into the k-th of its ports.
func linkName(i, k int) string { return fmt.Sprintf("link%d_%d", i, k) }

// addLinks makes our couplings: one for each port of ours that a link's port stands for.
func (p *problem) addLinks(parts []graph.Part) ([]graph.Part, *outcome) {
	for i, l := range p.links {
		pairs, o := p.port(l.port)
		if o != nil {
			return nil, o
		}
		source, err := p.class.state(l.from)
		if err != nil {
			return nil, decline(failed("%v", err))
		}
		if source.scale != 1 && !linear(l) {
			return nil, decline(skipped("needs a nonlinear coupling of a state in other units (%s)", l.from))
		}
		for k, q := range pairs {
			parts = append(parts, &graph.Coupling{
				Name: linkName(i, k), From: cortex + "." + source.ours, To: cortex + "." + q.ours,
				Pre: l.pre, Post: l.post, Weights: dense(l.weights), DelaySteps: l.delays,
				Gain: times(scaled(q.factor(p.params), 1/source.scale), l.gain),
			})
		}
	}
	return parts, nil
}

// linear reports whether a link is a sum of source values, or of differences.
func linear(l link) bool { return len(l.pre) == 0 && l.post == "" || l.post == "S1 - S2*x" }

// addInputs makes one input for each port of ours that a series enters.
func (p *problem) addInputs(parts []graph.Part) ([]graph.Part, *outcome) {
	for i, in := range p.inputs {
		pairs, o := p.port(in.port)
		if o != nil {
			return nil, o
		}
		for k, q := range pairs {
			parts = append(parts, p.inputPart(inputName(i, k), q, in.rows))
		}
	}
	return parts, nil
}

func inputName(i, k int) string { return fmt.Sprintf("input%d_%d", i, k) }

// inputPart converts rows and repeats a single one.
func (p *problem) inputPart(name string, q pair, rows [][]float64) graph.Part {
	values := mat.NewDense(p.steps, p.n, nil)
	for k := range p.steps {
		values.SetRow(k, times(q.factor(p.params), rows[min(k, len(rows)-1)]))
	}
	return &graph.Input{Name: name, To: cortex + "." + q.ours, Values: values}
}

// addNoise adds each state's recorded increments. What is added to a state in one step is
// σ √dt ξ with σ = 1 in our units, so noise, stimuli and increments of any other origin add up.
func (p *problem) addNoise(parts []graph.Part) ([]graph.Part, *outcome) {
	for _, state := range sortedKeys(p.kicks) {
		s, err := p.class.state(state)
		if err != nil {
			return nil, decline(failed("%v", err))
		}
		xi := mat.NewDense(p.steps, p.n, nil)
		for k := range min(p.steps, len(p.kicks[state])) {
			xi.SetRow(k, scaled(p.kicks[state][k], s.scale/math.Sqrt(p.dt)))
		}
		parts = append(parts, &graph.Noise{To: cortex + "." + s.ours, Sigma: []float64{1}, Samples: xi})
	}
	return parts, nil
}

// addOU makes each Ornstein-Uhlenbeck input a population of its own.
func (p *problem) addOU(parts []graph.Part) ([]graph.Part, *outcome) {
	for _, u := range p.ou {
		if u.port == "" {
			continue // it has run already
		}
		pairs, o := p.port(u.port)
		if o != nil {
			return nil, o
		}
		more, err := u.parts(p.n)
		if err != nil {
			return nil, decline(failed("%v", err))
		}
		parts = append(parts, more...)
		for k, q := range pairs {
			parts = append(parts, &graph.Coupling{
				Name: fmt.Sprintf("%s_to_port%d", u.state, k), From: u.state + ".x", To: cortex + "." + q.ours,
				Weights: identity(p.n), Gain: q.factor(p.params),
			})
		}
	}
	return parts, nil
}

// parts are a population of the process dx = (μ − x) dt/τ + σ dW with the recorded normals.
func (u ouInput) parts(n int) ([]graph.Part, error) {
	m, err := nmm.Define("OrnsteinUhlenbeck", "dx/dt = (mu - x)/tau : 1",
		nmm.Parameter("mu", 0, "1", nmm.Free, "mean"),
		nmm.Parameter("tau", 1, "ms", nmm.Positive, "correlation time"))
	if err != nil {
		return nil, err
	}
	parts := []graph.Part{graph.Population(u.state, graph.Regions(n), m.Set("mu", u.center).Set("tau", u.tau))}
	if len(u.samples) > 0 {
		parts = append(parts, &graph.Noise{To: u.state + ".x", Sigma: []float64{u.sigma}, Samples: dense(u.samples)})
	}
	return parts, nil
}

// passive is a class of states that only add up what enters them: dx/dt = input.
func passive(states []string) *class {
	text, items := "", []nmm.Item{}
	c := &class{peer: "tvb", name: "passive states"}
	for v, s := range states {
		port := fmt.Sprintf("c%d", v)
		text += fmt.Sprintf("d%s/dt = %s : 1\n", s, port)
		items = append(items, nmm.State(s, 0, 0, "passive"), nmm.Port(port, "1/ms"))
		c.states, c.ports = append(c.states, is(s, s)), append(c.ports, is(port, port))
	}
	c.model = func() *nmm.Model {
		m, err := nmm.Define("Passive", text, items...)
		if err != nil {
			panic(err)
		}
		return m
	}
	return c
}

// setInitial sets initial states and histories.
func (p *problem) setInitial(net *graph.Network) error {
	for _, name := range sortedKeys(p.init) {
		s, err := p.class.state(name)
		if err != nil {
			return err
		}
		if err := net.Set("init:"+cortex+"."+s.ours, scaled(p.init[name], s.scale)); err != nil {
			return err
		}
		if past := p.past(name); len(past) > 0 {
			for k := range past {
				past[k] = scaled(past[k], s.scale)
			}
			if err := net.Set("history:"+cortex+"."+s.ours, dense(past)); err != nil {
				return err
			}
		}
	}
	for _, u := range p.ou {
		if u.port == "" {
			continue
		}
		if err := net.Set("init:"+u.state+".x", u.init); err != nil {
			return err
		}
	}
	return nil
}

// past returns a state's history before time 0, oldest first.
func (p *problem) past(name string) [][]float64 {
	h := p.history[name]
	var past [][]float64
	for k := len(h) - 1; k > 0; k-- {
		past = append(past, h[k])
	}
	return past
}

// run returns the run settings.
func (p *problem) run() (graph.Run, error) {
	scheme, err := graph.IntegratorByName(p.scheme)
	return graph.Run{Dt: p.dt, Duration: float64(p.steps) * p.dt, Integrator: scheme}, err
}

// simulate returns the recorded states in the peer's names and units, [record][node].
func (p *problem) simulate() (map[string][][]float64, *outcome) {
	if p.scheme == "RK4" && len(p.kicks) > 0 {
		return p.stepwise()
	}
	if err := p.runOU(); err != nil {
		return nil, decline(failed("%v", err))
	}
	net, o := p.network()
	if o != nil {
		return nil, o
	}
	run, err := p.run()
	if err != nil {
		return nil, decline(skipped("needs integrator %s: %v", p.scheme, err))
	}
	result, err := net.Simulate(context.Background(), run)
	if err != nil {
		return nil, decline(failed("%v", err))
	}
	out := map[string][][]float64{}
	for _, s := range p.class.states {
		series := result.Series(cortex + "." + s.ours)
		for _, m := range p.record {
			out[s.theirs] = append(out[s.theirs], scaled(series.Data[(m-1)*p.n:m*p.n], 1/s.scale))
		}
	}
	for _, u := range p.ou {
		path := u.path
		if path == nil {
			path = rows(result.Series(u.state+".x").Data, p.n)
		}
		for _, m := range p.record {
			out[u.state] = append(out[u.state], path[m-1])
		}
	}
	return out, nil
}

// runOU runs the Ornstein-Uhlenbeck processes that enter no port by themselves and adds them to the
// increments of their states: step k adds the value before its own update.
func (p *problem) runOU() error {
	for i := range p.ou {
		u := &p.ou[i]
		if u.port != "" {
			continue
		}
		parts, err := u.parts(p.n)
		if err != nil {
			return err
		}
		net, err := graph.NewNetwork(parts...)
		if err != nil {
			return err
		}
		if err := net.Set("init:"+u.state+".x", u.init); err != nil {
			return err
		}
		p.defaults()
		run, err := p.run()
		if err != nil {
			return err
		}
		result, err := net.Simulate(context.Background(), run)
		if err != nil {
			return err
		}
		u.path = rows(result.Series(u.state+".x").Data, p.n)
		before := append([][]float64{u.init}, u.path[:len(u.path)-1]...)
		p.kick(u.into, scaled(inverse(p.params[u.over].data), p.dt), before)
	}
	return nil
}

// inverse returns 1/x.
func inverse(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = 1 / v
	}
	return out
}

// rows cuts [step][node] data into rows.
func rows(data []float64, n int) [][]float64 {
	var out [][]float64
	for k := 0; k < len(data); k += n {
		out = append(out, data[k:k+n])
	}
	return out
}

// dense makes a matrix of rows.
func dense(rows [][]float64) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r)
	}
	return m
}

// identity is the sparse unit matrix.
func identity(n int) *graph.Sparse {
	s := &graph.Sparse{Rows: n, Cols: n}
	for i := range n {
		s.I, s.J, s.V = append(s.I, i), append(s.J, i), append(s.V, 1)
	}
	return s
}
