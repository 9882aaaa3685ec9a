package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
)

// Tolerances of golden/brainmass/README.md, relative to the largest value of an array.
const (
	brainmassPointwise  = 1e-12
	brainmassTrajectory = 1e-9
	brainmassGradient   = 1e-7
)

func brainmassSchemas() []schema {
	has := func(keys ...string) func(*document) bool {
		return func(d *document) bool { return d.has(keys...) }
	}
	firstHas := func(keys ...string) func(*document) bool {
		return func(d *document) bool { return hasKeys(d.first(), keys...) }
	}
	b := func(name string, match func(*document) bool, read func(*document) ([]instance, error)) schema {
		return schema{"brainmass", name, name + ".json", match, read}
	}
	return []schema{
		b("rhs", firstHas("deriv_units", "cases"), readBrainmassRHS),
		b("single_node", firstHas("methods", "record_steps"), readBrainmassSingle),
		b("networks", func(d *document) bool { return d.has("units") && hasKeys(d.first(), "coupling", "coupled_var", "conn") }, readBrainmassNetworks),
		b("networks_handwired", firstHas("model", "method", "conn", "traj"), readBrainmassHandwired),
		b("coupling", has("cases", "laplacian", "delay_steps_table"), readBrainmassCoupling),
		b("layers", firstHas("kind", "weights", "inputs"), readBrainmassLayers),
		b("forward", has("balloon", "hrf_bold"), readBrainmassForward),
		b("objectives", has("cases", "densities"), readBrainmassObjectives),
		b("noise", has("ou", "gaussian"), readBrainmassNoise),
		b("params", has("transforms", "adam"), readBrainmassParams),
		b("datasets", has("example_connectome", "delayed_match_task"), readBrainmassDatasets),
	}
}

// brainmassRHS is one entry of a model's `cases` in rhs.json.
type brainmassRHS struct {
	Params, States, Inputs, Deriv map[string]array
	Aux                           map[string]array
	Delayed                       map[string]array `json:"delayed_values"` // what WilsonCowanDelayedStep reads
}

// readBrainmassRHS makes a case of every entry of every model's `cases`.
func readBrainmassRHS(d *document) ([]instance, error) {
	var all []instance
	for _, model := range sortedKeys(d.keys) {
		var f struct {
			DerivUnits map[string]string `json:"deriv_units"`
			Cases      []json.RawMessage
		}
		if err := json.Unmarshal(d.keys[model], &f); err != nil {
			return nil, fmt.Errorf("%s: %w", model, err)
		}
		for i, raw := range f.Cases {
			all = append(all, instance{fmt.Sprintf("%s[%d]", model, i), func() outcome {
				var c brainmassRHS
				if o := decode("brainmass", model, raw, &c); o != nil {
					return *o
				}
				return c.run(model, f.DerivUnits)
			}})
		}
	}
	return all, nil
}

// run compares the derivatives.
func (c *brainmassRHS) run(model string, units map[string]string) outcome {
	class, missing := lookUp("brainmass", model)
	if class == nil {
		return missing
	}
	if model == kuramotoNetwork {
		return c.runKuramoto()
	}
	if class.literature == nil {
		class = class.running(c.Params)
	}
	p := point{class: class, n: sizeOf(c.States), params: c.Params}
	var err error
	if p.states, err = spreadAll(c.States, p.n); err != nil {
		return failed("states: %v", err)
	}
	if p.ports, err = spreadAll(c.Inputs, p.n); err != nil {
		return failed("inputs: %v", err)
	}
	for _, s := range class.held {
		p.ports["held "+s] = p.states[s]
	}
	if len(c.Delayed) > 0 { // how long ago does not matter
		p.params = maps.Clone(p.params)
		for _, q := range class.params {
			if _, ok := p.params[q.theirs]; !ok {
				p.params[q.theirs] = array{data: []float64{0}}
			}
		}
	}
	for name, a := range c.Delayed {
		if p.ports[name], err = a.spread(name, p.n); err != nil {
			return failed("delayed_values: %v", err)
		}
	}
	got, o := p.evaluate()
	if o != nil {
		return *o
	}
	var cmp comparison
	for _, state := range sortedKeys(c.Deriv) {
		perMs, ok := perMillisecond(units[state])
		if !ok {
			return failed("derivative unit %q of %s is not per second or per ms", units[state], state)
		}
		want := c.Deriv[state]
		if right, ok := class.literature[state]; ok {
			want = c.Aux[right]
			cmp.note("d%s compared with the literature's, aux.%s", state, right)
		}
		cmp.nearTerms("d"+state, got[state].times(perMs), want.data, brainmassPointwise)
	}
	return class.judge(cmp.outcome())
}

// perMillisecond returns how often a derivative unit's time unit fits into a millisecond's place:
// 1 for …/ms, 1000 for …/s.
func perMillisecond(unit string) (float64, bool) {
	switch {
	case hasSuffix(unit, "/ms"):
		return 1, true
	case hasSuffix(unit, "/s"), hasSuffix(unit, "/s^2"):
		return 1000, true
	}
	return 0, false
}

// brainmassIntegrators maps brainmass's methods to ours; its heun is the third-order scheme, its rk2
// the explicit trapezoid (golden/brainmass/README.md).
var brainmassIntegrators = map[string]string{
	"euler": "Euler", "rk2": "Heun", "heun": "Heun3", "rk4": "RK4", "exp_euler": "ExponentialEuler", "symplectic_euler": "SymplecticEuler",
}

// brainmassRun is what single-node and network cases have in common.
type brainmassRun struct {
	Params      map[string]array
	Init        map[string]array
	Traj        map[string]array
	LossWeights map[string]float64 `json:"loss_weights"`
	Loss        *array             // a text where it is not the usual one
	GradParams  map[string]array   `json:"grad_params"`
	GradInit    map[string]array   `json:"grad_init"`
}

// brainmassSingle is one trajectory of single_node.json.
type brainmassSingle struct {
	brainmassRun
	Inputs        map[string]array
	InputKind     string           `json:"input_kind"` // constant or per_step
	GradInputsSum map[string]array `json:"grad_inputs_sum"`
}

// readBrainmassSingle makes a case of every trajectory.
func readBrainmassSingle(d *document) ([]instance, error) {
	var all []instance
	for _, model := range sortedKeys(d.keys) {
		var f struct {
			Dt          float64        `json:"dt_ms"`
			Steps       int            `json:"n_steps"`
			RecordSteps []int          `json:"record_steps"`
			DelaySteps  map[string]int `json:"delay_steps"` // within the model
			Methods     map[string][]json.RawMessage
		}
		if err := json.Unmarshal(d.keys[model], &f); err != nil {
			return nil, fmt.Errorf("%s: %w", model, err)
		}
		for _, method := range sortedKeys(f.Methods) {
			for i, raw := range f.Methods[method] {
				all = append(all, instance{fmt.Sprintf("%s %s[%d]", model, method, i), func() outcome {
					var c brainmassSingle
					if o := decode("brainmass", model, raw, &c); o != nil {
						return *o
					}
					p, o := c.problem(model, method, f.Dt, f.Steps, f.RecordSteps)
					if o == nil && len(f.DelaySteps) > 0 {
						o = p.delayWithin(f.DelaySteps)
					}
					if o != nil {
						return *o
					}
					return c.run(p)
				}})
			}
		}
	}
	return all, nil
}

// run adds the inputs and compares trajectory and gradient.
func (c *brainmassSingle) run(p *problem) outcome {
	for _, port := range sortedKeys(c.Inputs) {
		a := c.Inputs[port]
		switch {
		case c.InputKind == "per_step" && a.dim(0) != p.steps:
			return failed("input %s: expected %d steps, found %d", port, p.steps, a.dim(0))
		case c.InputKind == "per_step":
			p.series(port, perStep(a))
		case len(a.data) != 1 && len(a.data) != p.n:
			return failed("input %s: expected 1 or %d values, found %d", port, p.n, len(a.data))
		default:
			p.constant(port, a.data...)
		}
	}
	g := c.gradient()
	if g != nil {
		g.inputSums, g.frozenStart = flat(c.GradInputsSum), len(p.history) > 0
	}
	return c.compare(p, g)
}

// delayWithin sets the delays of WilsonCowanDelayedStep, whose buffers are 0 before the first step and at it.
func (p *problem) delayWithin(steps map[string]int) *outcome {
	p.history = map[string][][]float64{}
	p.params = maps.Clone(p.params)
	for _, l := range []struct{ delay, from, port string }{
		{"delay_EE", "rE", "rE_to_E"}, {"delay_EI", "rI", "rI_to_E"}, {"delay_IE", "rE", "rE_to_I"}, {"delay_II", "rI", "rI_to_I"},
	} {
		weights, delays := make([][]float64, p.n), make([][]int, p.n)
		for i := range p.n {
			weights[i], delays[i] = repeat(0, p.n), make([]int, p.n)
			weights[i][i], delays[i][i] = 1, steps[l.delay]
		}
		p.params[l.delay] = array{data: []float64{float64(steps[l.delay]) * p.dt}}
		p.within = append(p.within, link{from: l.from, port: l.port + " at 0", weights: weights, gain: []float64{1}, delays: delays})
		for len(p.history[l.from]) <= steps[l.delay] {
			p.history[l.from] = append(p.history[l.from], repeat(0, p.n))
		}
	}
	return p.misread()
}

// perStep returns a series with one row per step.
func perStep(a array) [][]float64 {
	rows := make([][]float64, a.dim(0))
	for k := range rows {
		rows[k] = a.row(k).data
	}
	return rows
}

// problem translates parameters, initial state, method and times.
func (c *brainmassRun) problem(model, method string, dt float64, steps int, record []int) (*problem, *outcome) {
	class, missing := lookUp("brainmass", model)
	if class == nil {
		return nil, &missing
	}
	scheme, ok := brainmassIntegrators[method]
	if !ok {
		return nil, decline(skipped("needs integrator %s", method))
	}
	p := &problem{class: class.running(c.Params), n: sizeOf(c.Init), params: c.Params, dt: dt, scheme: scheme, record: record, steps: steps}
	p.bounds, p.links = p.class.bounds, p.class.selfLinks(p.n)
	var err error
	if p.init, err = spreadAll(c.Init, p.n); err != nil {
		return nil, decline(failed("init: %v", err))
	}
	return p, nil
}

// gradient collects the expected gradients of (1/S) Σ_s w_s mean_i x_{s,i}(T)², nil if the case has none.
func (c *brainmassRun) gradient() *gradient {
	if c.Loss == nil || c.Loss.text != "" || len(c.GradParams)+len(c.GradInit) == 0 {
		return nil
	}
	return &gradient{last: c.LossWeights, loss: c.Loss.data[0], params: flat(c.GradParams), init: flat(c.GradInit), tol: relative(brainmassGradient)}
}

// compare runs the problem and compares the trajectory, then loss and gradient if there are any.
func (c *brainmassRun) compare(p *problem, g *gradient) outcome {
	for _, a := range c.Traj {
		for _, v := range a.data {
			if math.IsNaN(v) {
				return skipped("the peer's trajectory diverges: the file holds null")
			}
		}
	}
	got, o := p.simulate()
	if o != nil {
		return *o
	}
	var cmp comparison
	for _, state := range sortedKeys(c.Traj) {
		cmp.near(state, join(got[state]), c.Traj[state].data, brainmassTrajectory, 0)
	}
	if g != nil && cmp.broken == "" {
		if o := p.differentiate(g, &cmp); o != nil {
			return *o
		}
	}
	return p.class.judge(cmp.outcome())
}
