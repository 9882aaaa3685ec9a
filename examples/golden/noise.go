package main

import (
	"context"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

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
		run.Record = nil
		result, err := net.Simulate(context.Background(), run)
		if err != nil {
			return err
		}
		u.path = rows(result.Series(u.state+".x").Data, p.n)
		before := append([][]float64{u.init}, u.path[:len(u.path)-1]...)
		factor := []float64{p.dt}
		if u.over != "" {
			factor = scaled(inverse(p.params[u.over].data), p.dt)
		}
		p.kick(u.into, factor, before)
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
