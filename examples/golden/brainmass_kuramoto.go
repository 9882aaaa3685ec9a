package main

import (
	G "gorgonia.org/gorgonia"
)

const kuramotoNetwork = "KuramotoNetwork"

// brainmassKuramoto is an entry of networks_handwired.json for the KuramotoNetwork, which has its coupling within:
// K Σ_j c_ij sin(θ_j - θ_i - α), over N if normalize_by_n, without j = i if exclude_self.
type brainmassKuramoto struct {
	Method     string
	Dt         float64 `json:"dt_ms"`
	Steps      int     `json:"n_steps"`
	Record     []int   `json:"record_steps"`
	Params     map[string]array
	Input      array `json:"theta_inp"`
	Init       map[string]array
	Conn       *array // null for all ones
	Normalize  bool   `json:"normalize_by_n"`
	Exclude    bool   `json:"exclude_self"`
	Traj       map[string]array
	LossValue  float64          `json:"loss_value"` // mean(sin(theta_T)^2)
	GradParams map[string]array `json:"grad_params"`
	GradInit   array            `json:"grad_init"`
	GradConn   *array           `json:"grad_conn"`
}

// run compares the trajectory and the gradients.
func (c *brainmassKuramoto) run() outcome {
	base := brainmassRun{Params: c.Params, Init: c.Init, Traj: c.Traj}
	p, o := base.problem(kuramotoNetwork, c.Method, c.Dt, c.Steps, c.Record)
	if o != nil {
		return *o
	}
	factor, o := c.couple(p)
	if o != nil {
		return *o
	}
	p.constant("theta_inp", c.Input.data...)
	g := &gradient{last: map[string]float64{"theta": 1}, through: G.Sin, loss: c.LossValue, params: flat(c.GradParams),
		init: map[string][]float64{"theta": c.GradInit.data}, tol: relative(brainmassGradient)}
	if c.GradConn != nil {
		g.weights = &weightGradient{want: c.GradConn.data, factor: factor}
	}
	return base.compare(p, g)
}

// couple adds the coupling; factor is the derivative of our weights with respect to theirs.
func (c *brainmassKuramoto) couple(p *problem) (factor []float64, o *outcome) {
	if len(c.Params["alpha"].data) > 1 {
		return nil, decline(skipped("needs a lag per source: brainmass takes a vector so (brainmass.md §12.3 item 16), our lag is the target's"))
	}
	l := link{from: "theta", port: "coupling", gain: []float64{1}, pre: []string{"sin(x)", "cos(x)"}, post: "S1*cos(x + alpha) - S2*sin(x + alpha)"}
	if c.Normalize {
		l.gain[0] /= float64(p.n)
	}
	if c.Conn != nil {
		if err := c.Conn.needs("conn", p.n, p.n); err != nil {
			return nil, decline(failed("%v", err))
		}
	}
	for i := range p.n {
		row := repeat(1, p.n)
		if c.Conn != nil {
			row = append([]float64(nil), c.Conn.row(i).data...)
		}
		used := repeat(1, p.n)
		if c.Exclude {
			row[i], used[i] = 0, 0
		}
		l.weights, factor = append(l.weights, row), append(factor, used...)
	}
	p.links = []link{l}
	return factor, nil
}

// runKuramoto compares the derivative of rhs.json, which an Euler step of 1 ms adds, and the coupling in it.
func (c *brainmassRHS) runKuramoto() outcome {
	k := brainmassKuramoto{Params: c.Params, Normalize: true, Exclude: true}
	base := brainmassRun{Params: c.Params, Init: c.States}
	p, o := base.problem(kuramotoNetwork, "euler", 1, 1, []int{1})
	if o != nil {
		return *o
	}
	if _, o := k.couple(p); o != nil {
		return *o
	}
	input := c.Inputs["theta_inp"].data
	p.constant("theta_inp", input...)
	after, o := p.simulate()
	if o != nil {
		return *o
	}
	size := p.init["theta"]
	change := add(after["theta"][0], scaled(size, -1))
	coupling := add(change, scaled(add(c.Params["omega"].data, input), -1))
	var cmp comparison
	cmp.nearTerms("dtheta", derivative{change, size}, c.Deriv["theta"].data, brainmassPointwise)
	cmp.nearTerms("coupling", derivative{coupling, size}, c.Aux["coupling"].data, brainmassPointwise)
	return cmp.outcome()
}
