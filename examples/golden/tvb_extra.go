package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// tvbExtra is a file of trajectories_extra.
type tvbExtra struct {
	tvbNetwork
	Label      string
	Integrator string
	Idelays    array
	History    array
	X          array
	Nsig       *array
	Xi         array // [step][sv][node][mode]
	Clamp      map[string]array
	Stimulus   *struct {
		Weight         array // [node]
		Stvar          []int
		TemporalValues []float64 `json:"temporal_values"`
	}
	B *struct{ A, B float64 } // multiplicative noise: its factor is a x + b
}

// readTVBExtra makes one case of the file.
func readTVBExtra(d *document) ([]instance, error) {
	var f tvbExtra
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	return []instance{{fmt.Sprintf("%s %s %s", f.Model, f.Label, f.Integrator), func() outcome {
		return f.run(f.Idelays, f.History, f.Integrator, f.X, f.extend)
	}}}, nil
}

// extend adds noise and stimulus to the problem.
func (f *tvbExtra) extend(p *problem) *outcome {
	if b := f.B; b != nil {
		if p.scheme != "Euler" {
			return decline(skipped("needs multiplicative noise in the stages of %s", p.scheme))
		}
		p.grow = func(x float64) float64 { return b.A*x + b.B }
	}
	for _, v := range f.variables() {
		if held, ok := f.Clamp[f.StateVariables[v.row]]; ok {
			p.bounds[v.name] = [2]float64{held.data[0], held.data[0]}
		}
	}
	if f.Nsig != nil {
		for _, v := range f.variables() {
			sigma, err := nsig(*f.Nsig, v.row, len(f.StateVariables), p.n)
			if err != nil {
				return decline(failed("nsig: %v", err))
			}
			for i, s := range sigma {
				sigma[i] = math.Sqrt(2*s) * math.Sqrt(f.Dt)
			}
			samples := make([][]float64, f.Xi.dim(0))
			for k := range samples {
				samples[k] = v.nodes(f.Xi.row(k))
			}
			p.kick(v.name, sigma, samples)
		}
	}
	if s := f.Stimulus; s != nil {
		for _, v := range f.variables() {
			if !slices.Contains(s.Stvar, v.row) {
				continue
			}
			rows := make([][]float64, len(s.TemporalValues))
			for k, t := range s.TemporalValues {
				rows[k] = scaled(s.Weight.data, t)
			}
			p.kick(v.name, []float64{f.Dt}, rows) // TVB's schemes add dt·s where they add noise
		}
	}
	return nil
}

// nsig returns state v's noise intensity per node: nsig is a scalar, one value per node, or [sv][node].
func nsig(a array, v, states, n int) ([]float64, error) {
	switch {
	case len(a.data) == 1:
		return repeat(a.data[0], n), nil
	case len(a.shape) == 2 && a.shape[0] == states:
		return a.row(v).spread("row", n)
	case len(a.shape) == 1 && a.shape[0] == n:
		return a.spread("list", n)
	case len(a.shape) == 1 && a.shape[0] == states:
		return repeat(a.data[v], n), nil
	}
	return nil, fmt.Errorf("expected a scalar, one per node, or [state][node], found shape %v", a.shape)
}
