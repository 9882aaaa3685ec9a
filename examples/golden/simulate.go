//go:build engine

package main

import (
	"context"
	"fmt"

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
	return bounded(m, p.class, p.bounds)
}

// portUnit and stateFactor give what conversions need.
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
	for i, d := range p.drive {
		q, o := p.driven(d.state)
		if o != nil {
			return nil, o
		}
		if p.scheme == "RK4" {
			return nil, decline(skipped("needs an input added once at the end of the step, as TVB's RK4 adds its stimulus (tvb.md §5)"))
		}
		parts = append(parts, p.inputPart(fmt.Sprintf("drive%d", i), q, d.rows))
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

// driven returns the port whose input adds to the derivative of a state.
func (p *problem) driven(state string) (pair, *outcome) {
	if pairs := paired(p.class.drives, state); len(pairs) > 0 {
		return pairs[0], nil
	}
	return pair{}, decline(skipped("needs an input that adds to d%s/dt of %s", state, p.class.name))
}

// addNoise turns recorded white noise into input: σ √dt ξ per step is an input σ ξ / √dt that is
// frozen during the step, in both stages of Heun's scheme, too.
func (p *problem) addNoise(parts []graph.Part) ([]graph.Part, *outcome) {
	for _, z := range p.noise {
		if largest(z.sigma) == 0 {
			continue
		}
		q, o := p.driven(z.state)
		if o != nil {
			return nil, o
		}
		if p.scheme != "Euler" && p.scheme != "Heun" {
			return nil, decline(skipped("needs noise in integrator %s", p.scheme))
		}
		parts = append(parts, p.inputPart("noise_"+z.state, q, whiteRows(z.sigma, z.samples, p.dt)))
	}
	return parts, nil
}

// addOU makes each Ornstein-Uhlenbeck input a population of its own.
func (p *problem) addOU(parts []graph.Part) ([]graph.Part, *outcome) {
	for _, u := range p.ou {
		pairs, o := p.port(u.port)
		if o != nil {
			return nil, o
		}
		m := ornsteinUhlenbeck().Set("mu", u.mean).Set("tau", u.tau)
		parts = append(parts, graph.Population(u.name, graph.Regions(p.n), m))
		if len(u.samples) > 0 {
			rows := whiteRows([]float64{u.sigma}, u.samples, p.dt)
			parts = append(parts, &graph.Input{Name: "noise_" + u.name, To: u.name + ".w", Values: dense(rows)})
		}
		for k, q := range pairs {
			parts = append(parts, &graph.Coupling{
				Name: fmt.Sprintf("%s_to_port%d", u.name, k), From: u.name + ".x", To: cortex + "." + q.ours,
				Weights: identity(p.n), Gain: q.factor(p.params),
			})
		}
	}
	return parts, nil
}

// ornsteinUhlenbeck is the process dx = (μ − x) dt/τ + w dt.
func ornsteinUhlenbeck() *nmm.Model {
	m, err := nmm.Define("OrnsteinUhlenbeck", "dx/dt = (mu - x)/tau + w : 1",
		nmm.Parameter("mu", 0, "1", nmm.Free, "mean"),
		nmm.Parameter("tau", 5, "ms", nmm.Positive, "correlation time"),
		nmm.State("x", 0, 0, "noise"), nmm.Port("w", "1/ms"))
	if err != nil {
		panic(err) // the text above is wrong
	}
	return m
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

// whiteRows returns σ ξ / √dt per step.
func whiteRows(sigma []float64, samples [][]float64, dt float64) [][]float64 {
	rows := make([][]float64, len(samples))
	for k, xi := range samples {
		rows[k] = times(scaled(sigma, 1/sqrt(dt)), xi)
	}
	return rows
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
		if err := net.Set("init:"+u.name+".x", u.init); err != nil {
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
	scheme, err := graph.IntegratorByName(schemes[p.scheme])
	return graph.Run{Dt: p.dt, Duration: float64(p.steps) * p.dt, Integrator: scheme}, err
}

// simulate returns the recorded states in the peer's names and units, [record][node].
func (p *problem) simulate() (map[string][][]float64, *outcome) {
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
		series := result.Series(u.name + ".x")
		for _, m := range p.record {
			out[u.name] = append(out[u.name], series.Data[(m-1)*p.n:m*p.n])
		}
	}
	return out, nil
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
