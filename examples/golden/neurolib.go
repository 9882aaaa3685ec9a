package main

import (
	"encoding/json"
	"fmt"
	"math"
)

// Tolerances of golden/neurolib/README.md, entry by entry.
const (
	neurolibRelative = 1e-9
	neurolibAbsolute = 1e-10
	// gradients: the recorded error estimate times this, plus a relative part
	neurolibErrEst   = 10
	neurolibGradient = 1e-6
)

func neurolibSchemas() []schema {
	n := func(name, pattern string, read func(*document) ([]instance, error), keys ...string) schema {
		return schema{"neurolib", name, pattern, func(d *document) bool {
			return d.from("neurolib") && hasKeys(d.first(), keys...)
		}, read}
	}
	return []schema{
		n("gradients", "gradients.json", readNeurolibGradients, "loss_value", "grad"),
		n("optimal_control", "optimal_control.json", readNeurolibControl, "control", "cost"),
		n("multimodel", "multimodel.json", readNeurolibMulti, "init_flat", "out_flat"),
		n("model", "model_*.json", readNeurolibModel, "model", "init", "steps", "out"),
		n("bold", "bold.json", readNeurolibBOLD, "kind"),
		n("stimuli", "stimuli.json", readNeurolibStimuli, "type", "kwargs"),
		n("signal", "signal.json", readNeurolibSignal, "op"),
		n("utils", "utils.json", readNeurolibUtils, "fn", "id"),
		n("functions", "functions.json", readNeurolibFunctions, "fn"),
	}
}

// neurolibCase is what trajectories and gradients have in common.
type neurolibCase struct {
	ID, Model  string
	Note       string
	Dt         float64
	Duration   float64
	T          int
	N          int
	Params     map[string]array
	Init       map[string]array
	Cmat       *array
	DelaySteps *array `json:"delay_steps"`
	Arrays     map[string]array
	Noise      map[string]array
	Startind   int
	Steps      []int
	Out        map[string]array // [node][record]
	Final      map[string]array // [node]
	Checks     []struct {
		Step  int
		State map[string]array
	} `json:"checkpoints"`
	Loss      string
	LossValue float64 `json:"loss_value"`
	Grad      map[string]struct {
		Value  float64
		ErrEst float64 `json:"err_est"`
	}
}

// readNeurolibModel makes a case of every entry of `cases`.
func readNeurolibModel(d *document) ([]instance, error) {
	return readNeurolib(d, (*neurolibCase).run)
}

// readNeurolibGradients makes a case of every entry of `cases`.
func readNeurolibGradients(d *document) ([]instance, error) {
	return readNeurolib(d, (*neurolibCase).runGradient)
}

// readNeurolib makes an instance of every entry of `cases`, each read when it runs.
func readNeurolib[C any](d *document, run func(*C) outcome) ([]instance, error) {
	var f struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for _, raw := range f.Cases {
		var id struct{ ID, Model string }
		if err := json.Unmarshal(raw, &id); err != nil {
			return nil, err
		}
		all = append(all, instance{id.ID, func() outcome {
			var c C
			if o := decode("neurolib", id.Model, raw, &c); o != nil {
				return *o
			}
			return run(&c)
		}})
	}
	return all, nil
}

// run compares trajectories, final states and checkpoints.
func (c *neurolibCase) run() outcome {
	p, o := c.problem()
	if o != nil {
		return *o
	}
	for _, k := range c.Steps {
		p.record = append(p.record, k+1) // out is the state after step k
	}
	p.record = append(p.record, p.steps)
	got, o := p.simulate()
	if o != nil {
		return *o
	}
	var cmp comparison
	for _, state := range sortedKeys(c.Out) {
		for i := range c.N {
			var a []float64
			for r := range c.Steps {
				a = append(a, got[state][r][i])
			}
			if p.class.turns {
				turn(a, c.Out[state].row(i).data)
			}
			cmp.nearEach(fmt.Sprintf("%s of node %d", state, i), a, c.Out[state].row(i).data, neurolibRelative, neurolibAbsolute)
		}
	}
	c.compareStates(&cmp, got, len(p.record)-1, c.Final)
	for _, check := range c.Checks {
		if o := c.compareCheck(&cmp, check.Step+1, check.State); o != nil {
			return *o
		}
	}
	return cmp.outcome()
}

// turn takes whole turns off angles, to those nearest to others.
func turn(x, to []float64) {
	for i := range min(len(x), len(to)) {
		x[i] -= 2 * math.Pi * math.Round((x[i]-to[i])/(2*math.Pi))
	}
}

// compareCheck compares the last states of a run of that many steps, which reads the end of an input array that is
// longer.
func (c *neurolibCase) compareCheck(cmp *comparison, steps int, want map[string]array) *outcome {
	short := *c
	short.T = steps
	p, o := short.problem()
	if o != nil {
		return o
	}
	p.record = []int{steps}
	got, o := p.simulate()
	if o == nil {
		short.compareStates(cmp, got, 0, want)
	}
	return o
}

// compareStates compares record r of the states that our network has; noise states that stay 0 are
// not simulated.
func (c *neurolibCase) compareStates(cmp *comparison, got map[string][][]float64, r int, want map[string]array) {
	for _, state := range sortedKeys(want) {
		x, ok := got[state]
		if !ok {
			if largest(want[state].data) != 0 {
				cmp.fail("%s is not simulated", state)
			}
			continue
		}
		w, err := want[state].spread(state, c.N)
		if err != nil {
			cmp.fail("%v", err)
			continue
		}
		cmp.nearEach(state, x[r], w, neurolibRelative, neurolibAbsolute)
	}
}

// problem translates a native neurolib model (neurolib.md §2).
func (c *neurolibCase) problem() (*problem, *outcome) {
	class, missing := lookUp("neurolib", c.Model)
	if class == nil {
		return nil, &missing
	}
	if class.option != nil {
		if other := class.option(c.Params); other != nil {
			class = other
		}
	}
	if c.T == 0 {
		c.T = int(math.Round(c.Duration / c.Dt))
	}
	p := &problem{class: class, n: c.N, params: map[string]array{}, dt: c.Dt, steps: c.T, scheme: "Euler",
		init: map[string][]float64{}, history: map[string][][]float64{}, bounds: class.bounds}
	for name, a := range c.Params {
		p.params[name] = a
	}
	for _, init := range sortedKeys(class.initial) {
		state := class.initial[init]
		a, ok := c.Init[init]
		if !ok {
			return nil, decline(failed("init has no %s", init))
		}
		if err := c.initial(p, state, a); err != nil {
			return nil, decline(failed("%s: %v", init, err))
		}
	}
	for _, array := range sortedKeys(class.external) {
		rows, err := c.external(array, class.omitted)
		if err != nil {
			return nil, decline(failed("%s: %v", array, err))
		}
		p.series(class.external[array], rows)
	}
	if o := c.noise(p); o != nil {
		return nil, o
	}
	if o := c.couple(p); o != nil || class.adapt == nil {
		return p, o
	}
	return p, class.adapt(c, p)
}
