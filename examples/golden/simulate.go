package main

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// The names of the problem's population, and of the noise populations behind it.
const cortex = "cortex"

// network builds the problem in our terms.
func (p *problem) network() (*graph.Network, *outcome) {
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
	return graph.Run{Dt: p.dt, Duration: float64(p.steps) * p.dt, Integrator: scheme, Record: p.recorded()}, err
}

// recorded lists all states and the observables that are seen; nil stands for all states.
func (p *problem) recorded() []string {
	if p.class.seen == nil {
		return nil
	}
	var list []string
	for _, s := range append(append([]pair(nil), p.class.states...), p.class.seen...) {
		list = append(list, cortex+"."+s.ours)
	}
	for _, u := range p.ou {
		if u.port != "" {
			list = append(list, u.state+".x")
		}
	}
	return list
}

// simulate returns the recorded states in the peer's names and units, [record][node].
func (p *problem) simulate() (map[string][][]float64, *outcome) {
	if len(p.kicks) > 0 && (p.scheme == "RK4" || p.grow != nil) {
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
	for _, s := range append(append([]pair(nil), p.class.states...), p.class.seen...) {
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
