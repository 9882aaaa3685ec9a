package main

import (
	"encoding/json"
	"fmt"
	"math"
)

// brainmassNetwork is one entry of networks.json or networks_handwired.json.
type brainmassNetwork struct {
	brainmassRun
	Model        string
	Coupling     string
	CoupledVar   string `json:"coupled_var"`
	Method       string
	Dt           float64 `json:"dt_ms"`
	Steps        int     `json:"n_steps"`
	RecordSteps  []int   `json:"record_steps"`
	Conn         array
	K            array
	DelaySteps   *array           `json:"delay_steps"`
	History      array            // [k][node], value at time index −k
	HistoryFirst *bool            `json:"history_first_equals_init"`
	Constant     map[string]array `json:"constant_extra_inputs"`
	Port         string           `json:"coupling_input_port"`
	Current      map[string]array `json:"coupling_current_at_steps_1_2"`
	GradConn     array            `json:"grad_conn"`
	GradK        array            `json:"grad_k"`
	Finite       *bool

	handwired bool
}

// readBrainmassNetworks makes a case of every entry of `cases`.
func readBrainmassNetworks(d *document) ([]instance, error) {
	var f struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i, raw := range f.Cases {
		var id struct{ Model, Coupling, Method string }
		if err := json.Unmarshal(raw, &id); err != nil {
			return nil, err
		}
		all = append(all, instance{fmt.Sprintf("%s %s %s [%d]", id.Model, id.Coupling, id.Method, i), func() outcome {
			var c brainmassNetwork
			if o := decode("brainmass", id.Model, raw, &c); o != nil {
				return *o
			}
			return c.run()
		}})
	}
	return all, nil
}

// readBrainmassHandwired makes a case of every entry of `cases`: the coupling k Σ_j c_ij r_j, with r in
// 1/ms, enters the voltage equation.
func readBrainmassHandwired(d *document) ([]instance, error) {
	var f struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i, raw := range f.Cases {
		var id struct{ Model, Method string }
		if err := json.Unmarshal(raw, &id); err != nil {
			return nil, err
		}
		all = append(all, instance{fmt.Sprintf("%s handwired %s [%d]", id.Model, id.Method, i), func() outcome {
			if id.Model == kuramotoNetwork {
				var c brainmassKuramoto
				if o := decode("brainmass", id.Model, raw, &c); o != nil {
					return *o
				}
				return c.run()
			}
			var c brainmassNetwork
			if o := decode("brainmass", id.Model, raw, &c); o != nil {
				return *o
			}
			c.Coupling, c.CoupledVar, c.Port, c.handwired = "additive", "r", "r to v", true
			return c.run()
		}})
	}
	return all, nil
}

// run translates, simulates and differentiates the network.
func (c *brainmassNetwork) run() outcome {
	p, o := c.problem(c.Model, c.Method, c.Dt, c.Steps, c.RecordSteps)
	if o != nil {
		return *o
	}
	if c.Finite != nil && !*c.Finite {
		return skipped("the peer's trajectory diverges")
	}
	for port, a := range c.Constant {
		p.constant(port, a.data...)
	}
	if c.DelaySteps != nil && len(c.History.data) > 0 {
		p.history = map[string][][]float64{c.CoupledVar: c.History.rows()}
	}
	l, factor, o := c.link(p.class, p.n)
	if o != nil {
		return *o
	}
	p.links = []link{l}
	if c.HistoryFirst != nil && !*c.HistoryFirst {
		if o := p.misread(); o != nil {
			return *o
		}
	}
	g := c.gradient()
	if g != nil && c.HistoryFirst != nil { // a Network, not a network wired by hand
		g.frozenStart = true
	}
	if g != nil && len(c.GradConn.data) > 0 {
		g.weights = &weightGradient{want: c.GradConn.data, factor: factor}
		if len(c.GradK.data) > 0 {
			g.gain = c.GradK.data
		}
	}
	return c.compare(p, g)
}

// link translates the coupling. factor is the derivative of our weights with respect to theirs, 0 on
// the diagonal, which brainmass's Network zeroes.
func (c *brainmassNetwork) link(class *class, n int) (l link, factor []float64, o *outcome) {
	l = link{from: c.CoupledVar, port: c.Port, gain: c.K.data, weights: make([][]float64, n)}
	if err := c.Conn.needs("conn", n, n); err != nil {
		return l, nil, decline(failed("%v", err))
	}
	for i, row := range c.Conn.rows() {
		for j, w := range row {
			f := 1.0
			if c.Coupling == "laplacian" { // brainmass.md §4: its weights are exp(C)∘C
				w, f = math.Exp(w)*w, (1+w)*math.Exp(w)
			}
			if i == j && !c.handwired {
				w, f = 0, 0
			}
			l.weights[i] = append(l.weights[i], w)
			factor = append(factor, f)
		}
	}
	if c.DelaySteps != nil {
		l.delays = c.DelaySteps.ints()
	}
	one := unitOf(class, c.CoupledVar) // divides what the peer takes as a number
	switch c.Coupling {
	case "additive":
	case "diffusive", "laplacian":
		l.pre, l.post, l.laplacian = []string{"x", "1"}, "S1 - S2*x", c.Coupling == "laplacian"
	case "sigmoidal": // a 1, b 0, slope 1, midpoint 0, all without unit
		l.post, l.dPost = "sigmoid(S1/"+one+")", dSigmoid
	case "tanh": // scale 2
		l.post, l.dPost = "tanh(2*S1/"+one+")", func(s float64) float64 { return 2 * dTanh(2*s) }
	case "sigmoidal_jansen_rit": // cmin 0, cmax 0.005, midpoint 6, r 0.56
		l.pre = []string{"0.005*sigmoid(0.56*(x/" + one + " - 6))"}
		l.dPre = func(x float64) float64 { return 0.005 * 0.56 * dSigmoid(0.56*(x-6)) }
	default:
		return l, nil, decline(skipped("needs coupling %s", c.Coupling))
	}
	return l, factor, nil
}
