package main

import (
	"encoding/json"
	"fmt"
	"math"
)

// Tolerances of golden/tvb/README.md for float64 code, relative to the largest value of an array.
const (
	tvbPointwise  = 1e-9 // dfun, couplings
	tvbTrajectory = 1e-8
)

func tvbSchemas() []schema {
	from := func(keys ...string) func(*document) bool {
		return func(d *document) bool { return d.from("tvb-library") && d.has(keys...) }
	}
	t := func(name, pattern string, read func(*document) ([]instance, error), keys ...string) schema {
		return schema{"tvb", name, pattern, from(keys...), read}
	}
	return []schema{
		t("dfun", "dfun/*.json", readTVBDfun, "state_variables", "cvar_default", "cases"),
		t("trajectories", "trajectories/*.json", readTVBTrajectories, "weights", "runs", "record_steps"),
		t("trajectories_extra", "trajectories_extra/*.json", readTVBExtra, "label", "integrator", "history", "x"),
		t("coupling", "coupling/*.json", readTVBCoupling, "coupling", "past", "output"),
		t("monitors", "monitors/*.json", laterFile("monitors (forward models)"), "input", "output"),
		t("analyzers", "analyzers/*.json", laterFile("analyzers (forward summaries)"), "sample_period_ms", "results"),
		t("connectivity", "connectivity/*.json", laterFile("connectivity helpers (normalisations, Euclidean lengths)"), "scaled_weights", "idelays"),
		t("equations", "equations/*.json", laterFile("stimulus equations"), "var", "equations"),
		t("noise", "noise/*.json", laterFile("coloured noise"), "ntau", "xi"),
	}
}

// tvbDfun is a dfun file: the derivatives of K independent nodes.
type tvbDfun struct {
	Model          string
	StateVariables []string `json:"state_variables"`
	NModes         int      `json:"n_modes"`
	Cases          []struct {
		Label         string
		LocalCoupling float64 `json:"local_coupling"`
		Params        map[string]array
		State         array // [k][sv][mode]
		Coupling      array // [k][cvar][mode]
		Dfun          array // [k][sv][mode]
	}
}

// readTVBDfun makes a case of every entry of `cases`.
func readTVBDfun(d *document) ([]instance, error) {
	var f tvbDfun
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i, c := range f.Cases {
		all = append(all, instance{fmt.Sprintf("%s %s local_coupling=%v", f.Model, c.Label, f.Cases[i].LocalCoupling), func() outcome {
			class, missing := lookUp("tvb", f.Model)
			if class == nil {
				return missing
			}
			k := c.State.dim(0)
			p := point{class: class, n: k, params: c.Params, states: map[string][]float64{}, ports: map[string][]float64{}}
			for v, name := range f.StateVariables {
				p.states[name] = column(c.State, v)
			}
			for v := 0; v < c.Coupling.dim(1); v++ {
				p.ports[fmt.Sprintf("c%d", v)] = column(c.Coupling, v)
			}
			p.local = c.LocalCoupling
			got, o := p.evaluate()
			if o != nil {
				return *o
			}
			var cmp comparison
			for v, name := range f.StateVariables {
				cmp.near("d"+name, got[name], column(c.Dfun, v), tvbPointwise, 0)
			}
			return cmp.outcome()
		}})
	}
	return all, nil
}

// column returns entry v of the middle level of [k][v][mode] for every k, first mode.
func column(a array, v int) []float64 {
	out := make([]float64, a.dim(0))
	for k := range out {
		out[k] = a.at(k, v, 0)
	}
	return out
}

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
			p, o := f.problem(block.Idelays, block.History, run.Integrator)
			if o != nil {
				return *o
			}
			return f.compare(p, run.X)
		}})
	}
	return all, nil
}

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
	B json.RawMessage // multiplicative noise: the factor's parameters
}

// readTVBExtra makes one case of the file.
func readTVBExtra(d *document) ([]instance, error) {
	var f tvbExtra
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	return []instance{{fmt.Sprintf("%s %s %s", f.Model, f.Label, f.Integrator), func() outcome {
		p, o := f.problem(f.Idelays, f.History, f.Integrator)
		if o != nil {
			return *o
		}
		if o := f.extend(p); o != nil {
			return *o
		}
		return f.compare(p, f.X)
	}}}, nil
}

// extend adds noise and stimulus to the problem.
func (f *tvbExtra) extend(p *problem) *outcome {
	switch {
	case len(f.B) > 0:
		return decline(skipped("needs multiplicative noise (a later issue)"))
	case len(f.Clamp) > 0:
		return decline(skipped("needs clamped state variables (a later issue)"))
	}
	if f.Nsig != nil {
		for v, name := range f.StateVariables {
			sigma, err := nsig(*f.Nsig, v, len(f.StateVariables), p.n)
			if err != nil {
				return decline(failed("nsig: %v", err))
			}
			for i, s := range sigma {
				sigma[i] = math.Sqrt(2*s) * math.Sqrt(f.Dt)
			}
			samples := make([][]float64, f.Xi.dim(0))
			for k := range samples {
				samples[k] = nodes(f.Xi.row(k), v)
			}
			p.kick(name, sigma, samples)
		}
	}
	if s := f.Stimulus; s != nil {
		for _, v := range s.Stvar {
			rows := make([][]float64, len(s.TemporalValues))
			for k, t := range s.TemporalValues {
				rows[k] = scaled(s.Weight.data, t)
			}
			p.kick(f.StateVariables[v], []float64{f.Dt}, rows) // TVB's schemes add dt·s where they add noise
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

// nodes returns state v's first mode of [sv][node][mode].
func nodes(a array, v int) []float64 {
	out := make([]float64, a.dim(1))
	for i := range out {
		out[i] = a.at(v, i, 0)
	}
	return out
}

// tvbIntegrators maps TVB's schemes to ours; the stochastic ones add their noise as ours do.
var tvbIntegrators = map[string]string{
	"Euler": "Euler", "EulerDeterministic": "Euler", "EulerStochastic": "Euler",
	"Heun": "Heun", "HeunDeterministic": "Heun", "HeunStochastic": "Heun",
	"RK4": "RK4", "RungeKutta4thOrderDeterministic": "RK4",
}

// problem translates a TVB network.
func (f *tvbNetwork) problem(idelays, history array, integrator string) (*problem, *outcome) {
	class, missing := lookUp("tvb", f.Model)
	if class == nil {
		return nil, &missing
	}
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
	for name, b := range f.Bounds {
		p.bounds[name] = bound(b)
	}
	for v, name := range f.StateVariables {
		b, clip := p.bounds[name]
		for h := history.dim(0) - 1; h >= 0; h-- {
			x := nodes(history.row(h), v)
			if clip {
				clipTo(x, b)
			}
			p.history[name] = append(p.history[name], x)
		}
		p.init[name] = p.history[name][0]
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

// couple adds TVB's coupling: row v of its output enters the class's port "c<v>".
func (f *tvbNetwork) couple(p *problem, delays [][]int) *outcome {
	names := make([]string, len(f.Cvar))
	for v, index := range f.Cvar {
		names[v] = f.StateVariables[index]
	}
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
	for v, name := range f.StateVariables {
		var a, b []float64
		for r := range f.RecordSteps {
			a, b = append(a, got[name][r]...), append(b, nodes(x.row(r), v)...)
		}
		cmp.near(name, a, b, tvbTrajectory, 0)
	}
	return cmp.outcome()
}
