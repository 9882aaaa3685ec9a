package graph

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// setup is how a model is run in TestCatalogue.
type setup struct {
	dt      float64               // ms; 0 for 0.1
	literal int                   // steps that are compared with literal ones; 0 for 3
	set     map[string]float64    // parameters away from their defaults
	start   map[string][2]float64 // of the two regions; a random place in the inner part of its range else
	step    float64               // the largest difference, relative; 0 for 1e-2
	idle    []string              // addresses that this run does not depend on
	why     string
}

// setups are those of the models that cannot go 200 steps of 0.1 ms from the middle of their ranges, that do
// nothing in them, or whose defaults are where a derivative jumps.
var setups = map[string]setup{
	"BalloonWindkessel":    {dt: 20, why: "its time constants are seconds"},
	"CoombesByrne":         {dt: 0.01, why: "the potential jumps in spikes of a part of the time constant"},
	"GastSchmidtKnoscheSF": {dt: 0.01, why: "the potential jumps in spikes of a part of the time constant"},
	"ThresholdLinear":      {set: map[string]float64{"h": 0.5}, why: "at the bottom of the hierarchy its gradient is nothing"},
	"WilsonCowanLinear":    {set: map[string]float64{"P": 0.3, "Q": 0.2}, why: "without input it passes the threshold"},
	"WilsonCowanDelayed": {literal: 5, set: map[string]float64{"d_ee": 0.3, "d_ei": 0.1, "d_ie": 0.2, "d_ii": 0.1},
		idle: []string{"p.d_ee", "p.d_ei", "p.d_ie", "p.d_ii"}, why: "delays are not learned; short ones are in the steps that are compared"},
	"Lorenz":                {dt: 0.005, why: "a tenth of its unit of time is too long a step"},
	"Hopfield":              {set: map[string]float64{"dynamic": 0.6}, why: "thresholds do not move at the default"},
	"Epileptor":             {start: map[string][2]float64{"x1": {-1.2, 0.6}}, why: "slope acts where x1 > 0"},
	"EpileptorRestingState": {start: map[string][2]float64{"x1": {-1.2, 0.6}}, why: "slope acts where x1 > 0"},
	"Zerlaut": {literal: 2, set: map[string]float64{"external_input_ex_ex": 1e-3, "external_input_in_ex": 1e-3, "external_input_ex_in": 0.01,
		"external_input_in_in": 0.01, "K_ext_i": 100}, why: "without input, inhibitory input has no neurons to act on, and 0 does not say how large a step is"},
	"ZerlautSecondOrder": {dt: 0.02, literal: 1, set: map[string]float64{"external_input_ex_ex": 1e-3, "external_input_in_ex": 1e-3, "external_input_ex_in": 0.01,
		"external_input_in_in": 0.01, "K_ext_i": 100}, why: "without input, inhibitory input has no neurons to act on, and 0 does not say how large a step is"},
	"EpileptorCodim3":         {idle: []string{"p.N"}, why: "N chooses between roots"},
	"ReducedSetHindmarshRose": {dt: 0.01, why: "recoveries of -25 and 20 draw potentials faster than a step of 0.1 ms follows"},
	"EpileptorCodim3SlowMod":  {idle: []string{"p.N"}, why: "N chooses between roots"},
	"ALN": {set: map[string]float64{"a": 5, "b": 10}, start: map[string][2]float64{"seev": {0.02, 0.03}, "siev": {0.02, 0.03}, "siiv": {0.02, 0.03}}, step: 1e-5, idle: []string{"p.de", "p.di"}, literal: 2,
		why: "between the kinks of its tables steps must be small; nothing flows through delays; there is no adaptation at the default, and little variance"},
	"ALNFiltered": {set: map[string]float64{"a": 5, "b": 10}, start: map[string][2]float64{"seev": {0.02, 0.03}, "siev": {0.02, 0.03}, "siiv": {0.02, 0.03}}, step: 1e-5, idle: []string{"p.de", "p.di"}, literal: 2,
		why: "between the kinks of its tables steps must be small; nothing flows through delays; there is no adaptation at the default, and little variance"},
	"JansenRitWindowed": {set: map[string]float64{"l_self": 0.3, "f_self": 0.01, "b_self": 0.3},
		start: map[string][2]float64{"y0": {0.3, 0.2}, "y1": {8, 9}, "y2": {2, 4}, "y5": {1, 2}}, idle: []string{"p.steps", "init:p.clock", "init:p.held_l", "init:p.held_f", "init:p.held_b"}, why: "the clock only chooses, and what is held before the first window is never used; far from the threshold nothing matters"},
	"KIonEx": {dt: 0.01, start: map[string][2]float64{"x": {3, 1}, "V": {-29, -50}, "n": {0.1, 0.05}},
		idle: []string{"p.Vstar"}, why: "its membrane is as fast as 0.02 ms, and the right parabola counts only where it fires; the place where the parabolas meet only chooses"},
}

// Every model of the catalogue: the gradient of 200 steps with respect to every parameter and every initial
// state against difference quotients, and the compiled steps against literal ones.
func TestCatalogue(t *testing.T) {
	for _, m := range nmm.List() {
		t.Run(m.Name(), func(t *testing.T) {
			c := setups[m.Name()]
			run := Run{Dt: 0.1, Every: 10, Record: recordable(m)}
			if c.dt != 0 {
				run.Dt = c.dt
			}
			net := pair(t, m, c)
			run.Duration = 200 * run.Dt
			checkEveryGradient(t, net, run, cmp.Or(c.step, 1e-2), c.idle)
			run.Duration, run.Every = float64(cmp.Or(c.literal, 3))*run.Dt, 1
			// Sums of some hundred terms each, of which the largest say how they are rounded.
			agree(t, rolledOut(t, net, run), unrolled(t, net, run), 1e-12)
		})
	}
}

// A model that went through a file takes the same steps, to the last bit.
func TestFilesSimulateTheSame(t *testing.T) {
	for _, m := range nmm.List() {
		var file bytes.Buffer
		if err := m.WriteJSON(&file); err != nil {
			t.Fatal(err)
		}
		read, err := nmm.Read(&file, m.Name())
		if err != nil {
			t.Fatal(err)
		}
		var results [2]*Result
		for i, m := range []*nmm.Model{m, read} {
			c := setups[m.Name()]
			if c.dt == 0 {
				c.dt = 0.1
			}
			if results[i], err = pair(t, m, c).Simulate(context.Background(), Run{Dt: c.dt, Duration: 50 * c.dt, Record: recordable(m)}); err != nil {
				t.Fatal(err)
			}
		}
		for i, s := range results[0].Recorded() {
			if !slices.Equal(s.Data, results[1].Recorded()[i].Data) {
				t.Errorf("%s: %s of the file's model differs", m.Name(), s.Address)
			}
		}
	}
}

// A setup of a model that is not there would say nothing.
func TestSetupsAreOfModels(t *testing.T) {
	for name, c := range setups {
		if _, err := nmm.Lookup(name); err != nil || c.why == "" {
			t.Errorf("setup of %s: %v, reason %q", name, err, c.why)
		}
	}
}

// recordable lists states and observables.
func recordable(m *nmm.Model) []string {
	var list []string
	for _, s := range m.States() {
		list = append(list, "p."+s.Name)
	}
	for _, o := range m.Observables() {
		list = append(list, "p."+o.Name)
	}
	return list
}

// pair is two regions of a model, with a weak coupling of the first state to every port.
func pair(t *testing.T, m *nmm.Model, c setup) *Network {
	t.Helper()
	for name, x := range c.set {
		m.Set(name, x)
	}
	parts := []Part{Population("p", Regions(2), m)}
	s := m.States()[0]
	for _, port := range m.Ports() {
		parts = append(parts, &Coupling{From: "p." + s.Name, To: "p." + port.Name,
			Weights: mat.NewDense(2, 2, []float64{0, 1, -0.7, 0}), Gain: []float64{0.01 / (s.Hi - s.Lo)}})
	}
	net := must(t, parts...)
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range m.States() {
		start := []float64{inside(r, s), inside(r, s)}
		if x, ok := c.start[s.Name]; ok {
			start = x[:]
		}
		if err := net.Set("init:p."+s.Name, start); err != nil {
			t.Fatal(err)
		}
	}
	return net
}

// inside draws from the inner 40 % of a state's range.
func inside(r *rand.Rand, s nmm.StateInfo) float64 {
	return s.Lo + (s.Hi-s.Lo)*(0.3+0.4*r.Float64())
}

// probe is one number of a network, moved in lanes of its own.
type probe struct {
	address string
	index   int
	steps   [4]float64
}

// stencil are the multiples of a step at which a loss is taken, and their weights in the derivative: exact
// for polynomials of degree 4.
var stencil = [4]struct{ at, weight float64 }{{-2, 1. / 12}, {-1, -8. / 12}, {1, 8. / 12}, {2, -1. / 12}}

// probesOf makes a probe of every parameter and every initial state.
func probesOf(net *Network, step float64) []probe {
	var list []probe
	for _, address := range net.order {
		v := net.values[address]
		if v.Kind != paramKind && v.Kind != initKind {
			continue
		}
		for i, x := range v.Data {
			p := probe{address: address, index: i}
			h := step
			if x != 0 {
				h *= math.Abs(x)
			}
			for k := range p.steps {
				p.steps[k] = h
				h /= 8
			}
			list = append(list, p)
		}
	}
	return list
}

// checkEveryGradient compares with central differences, all of them lanes of one simulation. What makes no
// difference, though it is not idle, is an error too: it would not have been tested.
func checkEveryGradient(t *testing.T, net *Network, run Run, step float64, idle []string) {
	t.Helper()
	got := rolledOut(t, net, run)
	probes := probesOf(net, step)
	losses, size := lossesAround(t, net, run, probes)
	if !near(losses[0], got.loss, 1e-12*max(1, size)) {
		t.Errorf("loss %v of the rollout, %v of the simulation", got.loss, losses[0])
	}
	for i, p := range probes {
		slope, step := slopeAt(p, losses[1+16*i:])
		gradient := 0.0
		if g, ok := got.grads[p.address]; ok {
			gradient = g[p.index]
		}
		// The difference of losses is rounded to some 1e-15 of the terms that it is made of.
		rounding := 1e-15 * size / step
		if !(math.Abs(gradient-slope) <= 1e-6*math.Abs(slope)+rounding) {
			t.Errorf("%s[%d]: gradient %v, difference quotient %v (± %.2g)", p.address, p.index, gradient, slope, rounding)
		}
		if rounding > 1e-3*math.Abs(slope) && !slices.Contains(idle, p.address) {
			t.Errorf("%s[%d]: the difference quotient %v (± %.2g) says nothing about the gradient %v", p.address, p.index, slope, rounding, gradient)
		}
	}
}

// slopeAt is the slope at the step where it differs least from that at the next smaller one: larger steps are
// less exact, and smaller ones more rounded.
func slopeAt(p probe, losses []float64) (slope, step float64) {
	var slopes [4]float64
	for k, h := range p.steps {
		for j, s := range stencil {
			slopes[k] += s.weight * losses[4*k+j] / h
		}
	}
	best := math.Inf(1)
	slope, step = math.NaN(), p.steps[0]
	for k := 1; k < len(slopes); k++ {
		if d := math.Abs(slopes[k] - slopes[k-1]); d < best {
			best, slope, step = d, slopes[k], p.steps[k]
		}
	}
	return slope, step
}

// lossesAround returns the loss of the network, in lane 0, and those of 16 lanes for each probe, and the sum of
// the sizes of the terms of the first.
func lossesAround(t *testing.T, net *Network, run Run, probes []probe) (losses []float64, size float64) {
	t.Helper()
	run.Lanes, run.NonFinite = 1+16*len(probes), MaskLane
	run.Values = map[string]mat.Matrix{}
	for i, p := range probes {
		base := net.values[p.address].Data
		if run.Values[p.address] == nil {
			m := mat.NewDense(run.Lanes, len(base), nil)
			for l := 0; l < run.Lanes; l++ {
				m.SetRow(l, base)
			}
			run.Values[p.address] = m
		}
		for k, h := range p.steps {
			for j, s := range stencil {
				run.Values[p.address].(*mat.Dense).Set(1+16*i+4*k+j, p.index, base[p.index]+s.at*h)
			}
		}
	}
	result, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	losses = make([]float64, run.Lanes)
	for _, s := range result.Recorded() {
		w := cotangents(s.Address, s.Samples, len(s.Labels))
		for l := range losses {
			for k, x := range s.Data[l*len(w) : (l+1)*len(w)] {
				losses[l] += w[k] * x
				if l == 0 {
					size += math.Abs(w[k] * x)
				}
			}
		}
	}
	return losses, size
}
