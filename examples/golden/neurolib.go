package main

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
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
		n("bold", "bold.json", later("the Balloon-Windkessel observer"), "kind"),
		n("stimuli", "stimuli.json", later("stimulus builders"), "type", "kwargs"),
		n("signal", "signal.json", later("signal operations"), "op"),
		n("utils", "utils.json", later("input tiling and delay tables"), "fn", "id"),
		n("functions", "functions.json", later("FCD, spectra and other summaries"), "fn"),
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

func readNeurolib(d *document, run func(*neurolibCase) outcome) ([]instance, error) {
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
			if class, missing := lookUp("neurolib", id.Model); class == nil {
				return missing // its fields need not be those of the models we know
			}
			var c neurolibCase
			if err := json.Unmarshal(raw, &c); err != nil {
				return failed("%v", err)
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
	for _, check := range c.Checks {
		p.record = append(p.record, check.Step+1)
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
			cmp.nearEach(fmt.Sprintf("%s of node %d", state, i), a, c.Out[state].row(i).data, neurolibRelative, neurolibAbsolute)
		}
	}
	for i, check := range c.Checks {
		c.compareStates(&cmp, got, len(c.Steps)+i, check.State)
	}
	c.compareStates(&cmp, got, len(p.record)-1, c.Final)
	return cmp.outcome()
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
		rows, err := c.external(array)
		if err != nil {
			return nil, decline(failed("%s: %v", array, err))
		}
		p.series(class.external[array], rows)
	}
	if o := c.noise(p); o != nil {
		return nil, o
	}
	return p, c.couple(p)
}

// initial sets a state's value at t = 0 and its history: (N,1) is constant, (N,startind) chronological.
func (c *neurolibCase) initial(p *problem, state string, a array) error {
	width := len(a.data) / c.N
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

// external returns the rows that steps 0 … T−1 read of an input array, after neurolib's
// adjustArrayShape: rows are tiled to N, columns until there are at least startind + T, of which the
// last ones are kept; step k reads column startind + k − 1.
func (c *neurolibCase) external(name string) ([][]float64, error) {
	a, ok := c.Arrays[name]
	if !ok {
		if a, ok = c.Params[name]; !ok {
			return nil, nil
		}
	}
	rows, columns := 1, len(a.data)
	if len(a.shape) == 2 {
		rows, columns = a.shape[0], a.shape[1]
	} else if len(a.shape) > 2 {
		return nil, fmt.Errorf("expected at most 2 levels, found shape %v", a.shape)
	}
	if columns == 0 {
		return nil, fmt.Errorf("empty")
	}
	start := max(c.Startind, c.longest()+1)
	width := start + c.T
	tiled := columns
	for tiled < width {
		tiled += columns
	}
	series := make([][]float64, c.T)
	for k := range series {
		column := (tiled - width + start + k - 1) % columns
		series[k] = make([]float64, c.N)
		for i := range series[k] {
			series[k][i] = a.data[(i%rows)*columns+column]
		}
	}
	return series, nil
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
		init, err := c.Init[u.state].spread(u.state, c.N)
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
	l := link{from: p.class.coupled, port: p.class.couplingPort, weights: c.Cmat.rows(), gain: c.Params["K_gl"].data}
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

var lossVariable = regexp.MustCompile(`of (\w+)\*\*2`)

// runGradient compares the loss and its gradient.
func (c *neurolibCase) runGradient() outcome {
	p, o := c.problem()
	if o != nil {
		return *o
	}
	m := lossVariable.FindStringSubmatch(c.Loss)
	if m == nil {
		return skipped("needs a loss other than the mean of squares: %s", c.Loss)
	}
	g := &gradient{every: m[1], loss: c.LossValue, params: map[string][]float64{}, init: map[string][]float64{}, constantHistory: true}
	tolerance := map[string]float64{}
	for _, name := range sortedKeys(c.Grad) {
		want := c.Grad[name]
		key, o := c.gradientEntry(p, g, name, want.Value)
		if o != nil {
			return *o
		}
		tolerance[key] = neurolibErrEst*want.ErrEst + neurolibGradient*math.Abs(want.Value)
	}
	g.tol = func(what string, want, _ float64) float64 {
		if t, ok := tolerance[what]; ok {
			return t
		}
		return neurolibRelative*math.Abs(want) + neurolibAbsolute
	}
	var cmp comparison
	if o := p.differentiate(g, &cmp); o != nil {
		return *o
	}
	return cmp.outcome()
}

var indexed = regexp.MustCompile(`^(\w+)\[([\d, ]+)\]$`)

// gradientEntry files one entry of grad under what it differentiates: a parameter, "K_gl",
// "xs_init[i]" or "Cmat[i,j]". Entries that are not given stay NaN and are not compared.
func (c *neurolibCase) gradientEntry(p *problem, g *gradient, name string, value float64) (key string, o *outcome) {
	m := indexed.FindStringSubmatch(name)
	switch {
	case m == nil && name == "K_gl":
		if len(p.links) > 0 {
			g.gain = []float64{value}
		} else if value != 0 {
			return "", decline(failed("gradient with respect to K_gl without a network: %v", value))
		}
		return "gain[0]", nil
	case m == nil:
		g.params[name] = []float64{value}
		return name + "[0]", nil
	case m[1] == "Cmat":
		index := strings.Split(m[2], ",")
		i, err1 := strconv.Atoi(strings.TrimSpace(index[0]))
		j, err2 := strconv.Atoi(strings.TrimSpace(index[len(index)-1]))
		if err1 != nil || err2 != nil || len(index) != 2 || i >= c.N || j >= c.N {
			return "", decline(failed("gradient %q: not an entry of Cmat", name))
		}
		if g.weights == nil {
			g.weights = &weightGradient{want: repeat(math.NaN(), c.N*c.N), factor: repeat(1, c.N*c.N)}
		}
		g.weights.want[i*c.N+j] = value
		return fmt.Sprintf("weights[%d]", i*c.N+j), nil
	}
	state, ok := p.class.initial[m[1]]
	i, err := strconv.Atoi(m[2])
	if !ok || err != nil || i >= c.N {
		return "", decline(failed("gradient %q: not an initial state", name))
	}
	if g.init[state] == nil {
		g.init[state] = repeat(math.NaN(), c.N)
	}
	g.init[state][i] = value
	return fmt.Sprintf("init %s[%d]", state, i), nil
}
