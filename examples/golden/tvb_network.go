package main

import (
	"encoding/json"
	"fmt"
	"math"
)

// tvbNetwork is what trajectories and trajectories_extra have in common.
type tvbNetwork struct {
	Model          string
	Dt             float64
	Weights        array
	Coupling       map[string]array
	Params         map[string]array
	StateVariables []string `json:"state_variables"`
	Cvar           []int
	NModes         int `json:"n_modes"`
	Bounds         map[string]array
	RecordSteps    []int `json:"record_steps"`
}

// tvbDelays is a block with_delays or no_delays.
type tvbDelays struct {
	Idelays array
	Horizon int
	History array // [h][sv][node][mode], chronological, the last entry is time 0
}

type tvbTrajectories struct {
	tvbNetwork
	WithDelays tvbDelays `json:"with_delays"`
	NoDelays   tvbDelays `json:"no_delays"`
	Runs       []struct {
		Integrator string
		Delays     bool
		X          array // [record][sv][node][mode]
	}
}

// readTVBTrajectories makes a case of every run.
func readTVBTrajectories(d *document) ([]instance, error) {
	var f tvbTrajectories
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for _, run := range f.Runs {
		block, name := f.NoDelays, "no delays"
		if run.Delays {
			block, name = f.WithDelays, "delays"
		}
		all = append(all, instance{fmt.Sprintf("%s %s %s %s", f.Model, f.Coupling["class"].text, run.Integrator, name), func() outcome {
			return f.run(block.Idelays, block.History, run.Integrator, run.X, nil)
		}})
	}
	return all, nil
}

// run simulates and compares, after what extend adds to the problem.
func (f *tvbNetwork) run(idelays, history array, integrator string, x array, extend func(*problem) *outcome) outcome {
	found, missing := lookUp("tvb", f.Model)
	if found == nil {
		return missing
	}
	return found.tried(f.Params, func(class *class) outcome {
		p, o := f.problem(class, idelays, history, integrator)
		if o == nil && extend != nil {
			o = extend(p)
		}
		if o != nil {
			return *o
		}
		return f.compare(p, x)
	})
}

// tvbIntegrators maps TVB's schemes to ours; the stochastic ones add their noise as ours do.
var tvbIntegrators = map[string]string{
	"Euler": "Euler", "EulerDeterministic": "Euler", "EulerStochastic": "Euler",
	"Heun": "Heun", "HeunDeterministic": "Heun", "HeunStochastic": "Heun",
	"RK4": "RK4", "RungeKutta4thOrderDeterministic": "RK4",
}

// problem translates a TVB network.
func (f *tvbNetwork) problem(class *class, idelays, history array, integrator string) (*problem, *outcome) {
	scheme, ok := tvbIntegrators[integrator]
	if !ok {
		return nil, decline(skipped("needs integrator %s", integrator))
	}
	n := f.Weights.dim(0)
	p := &problem{class: class, n: n, params: f.Params, dt: f.Dt, scheme: scheme, record: f.RecordSteps,
		init: map[string][]float64{}, history: map[string][][]float64{}, bounds: map[string][2]float64{}}
	if err := history.needs("history", -1, len(f.StateVariables), n, -1); err != nil {
		return nil, decline(failed("%v", err))
	}
	for _, v := range f.variables() {
		b, clip := f.Bounds[f.StateVariables[v.row]]
		if clip {
			p.bounds[v.name] = bound(b)
		}
		for h := history.dim(0) - 1; h >= 0; h-- {
			x := v.nodes(history.row(h))
			if clip {
				clipTo(x, p.bounds[v.name])
			}
			p.history[v.name] = append(p.history[v.name], x)
		}
		p.init[v.name] = p.history[v.name][0]
	}
	o := f.couple(p, idelays.ints())
	return p, o
}

// bound reads [low, high], null for none.
func bound(a array) [2]float64 {
	b := [2]float64{a.data[0], a.data[1]}
	if math.IsNaN(b[0]) {
		b[0] = math.Inf(-1)
	}
	if math.IsNaN(b[1]) {
		b[1] = math.Inf(1)
	}
	return b
}

// clipTo clips x in place: TVB applies bounds to the history, too.
func clipTo(x []float64, b [2]float64) {
	for i := range x {
		x[i] = math.Min(math.Max(x[i], b[0]), b[1])
	}
}

// variables lists the states of all modes.
func (f *tvbNetwork) variables() []tvbVariable { return tvbVariables(f.StateVariables, f.NModes) }

// couple adds TVB's coupling of every mode.
func (f *tvbNetwork) couple(p *problem, delays [][]int) *outcome {
	all := f.variables()
	for states := len(f.StateVariables); len(all) > 0; all = all[states:] {
		names := make([]string, len(f.Cvar))
		for v, index := range f.Cvar {
			names[v] = all[index].name
		}
		if o := f.coupleMode(p, names, delays); o != nil {
			return o
		}
	}
	return nil
}

// coupleMode adds the coupling of states: row v of its output enters the class's port "c<v>".
func (f *tvbNetwork) coupleMode(p *problem, names []string, delays [][]int) *outcome {
	terms, o := coupler{p.class, f.Coupling, names}.terms()
	if o != nil {
		return o
	}
	for v, t := range terms {
		port := fmt.Sprintf("c%d", v)
		if !p.class.hasPort(port) {
			continue // TVB computes it, the model does not use it
		}
		p.links = append(p.links, link{from: t.from, port: port, pre: t.pre, post: t.post, weights: f.Weights.rows(), gain: []float64{t.gain}, delays: delays})
		if t.offset != 0 {
			p.constant(port, t.offset)
		}
	}
	return nil
}

// compare runs the problem and compares every recorded state.
func (f *tvbNetwork) compare(p *problem, x array) outcome {
	got, o := p.simulate()
	if o != nil {
		return *o
	}
	var cmp comparison
	for _, v := range f.variables() {
		if !p.class.compares(v.name, f.Params, &cmp) {
			continue
		}
		var a, b []float64
		for r := range f.RecordSteps {
			a, b = append(a, got[v.name][r]...), append(b, v.nodes(x.row(r))...)
		}
		cmp.near(v.name, a, b, tvbTrajectory, 0)
	}
	return cmp.outcome()
}
