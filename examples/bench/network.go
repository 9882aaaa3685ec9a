package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// dt is the integration step, ms.
const dt = 0.1

// benchCase is a network to time: one population, coupled from one state to one port, whose first
// states have fixed starting values (the others start at 0).
type benchCase struct {
	name   string
	model  func() *nmm.Model
	couple func() *layers.Coupling
	record string
	init   map[string]float64
}

// cases are the networks. MontbrioPazoRoxin is set as in tvboptim's timings, the Hopf network as in
// brainmass's, JansenRit as in TVB: a sigmoid of every source's potential.
var cases = []benchCase{
	{
		name:   "hopf",
		model:  func() *nmm.Model { return nmm.Hopf().Set("a", 0.1).Set("omega", 0.3) },
		couple: func() *layers.Coupling { return layers.Couple("cortex.x", "cortex.x").Diffusive().Gain(0.2) },
		record: "cortex.x",
		init:   map[string]float64{"x": 0.1, "y": 0.1},
	}, {
		name:   "mpr",
		model:  func() *nmm.Model { return nmm.MontbrioPazoRoxin().Set("eta", -5.0) },
		couple: func() *layers.Coupling { return layers.Couple("cortex.r", "cortex.v").Gain(0.1) },
		record: "cortex.r",
		init:   map[string]float64{"r": 0.1, "v": -2},
	}, {
		name:  "jansenrit",
		model: nmm.JansenRit,
		couple: func() *layers.Coupling {
			return layers.Couple("cortex.y1", "cortex.y4").Pre("0.005[1/ms]*sigmoid(0.56[1/mV]*(x - y2 - 6[mV]))").Gain(10)
		},
		record: "cortex.y1",
		init:   map[string]float64{"y0": 0.1, "y1": 10, "y2": 5},
	},
}

func caseNames() []string {
	var names []string
	for i := range cases {
		names = append(names, cases[i].name)
	}
	return names
}

func (j *job) find() *benchCase {
	return &cases[slices.IndexFunc(cases, func(c benchCase) bool { return c.name == j.Case })]
}

// network builds the job's network: random weights between all regions, rows summing to about 1, and
// with delays 2–20 ms on every one of them. The same seed always.
func (j *job) network() (*graph.Network, error) {
	c, n := j.find(), j.Regions
	random := rand.New(rand.NewPCG(1, uint64(n)))
	weights, delays := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for k := 0; k < n; k++ {
			weights.Set(i, k, 2*random.Float64()/float64(n))
			delays.Set(i, k, 2+18*random.Float64())
		}
	}
	coupling := c.couple().Named("coupling").Weights(weights)
	if j.Delay == "full" {
		coupling.DelayTimes(delays)
	}
	net, err := graph.NewNetwork(graph.Population("cortex", graph.Regions(n), c.model()), coupling)
	if err != nil {
		return nil, err
	}
	for _, s := range c.model().States() {
		start := make([]float64, n)
		for i := range start {
			start[i] = c.init[s.Name] * (1 + 0.1*random.NormFloat64())
		}
		if err := net.Set("init:cortex."+s.Name, start); err != nil {
			return nil, err
		}
	}
	return net, j.learn(net)
}

// learn declares what Learned lists.
func (j *job) learn(net *graph.Network) error {
	var parameters, states []string
	model := j.find().model()
	for _, p := range model.Parameters() {
		parameters = append(parameters, p.Name)
	}
	for _, s := range model.States() {
		states = append(states, s.Name)
	}
	known := map[string]func() error{
		"weights":    func() error { return net.Learn("coupling/weights", nmm.Free, nmm.PerEdge) },
		"gain":       func() error { return net.Learn("coupling/gain", nmm.Free, nmm.Shared) },
		"parameters": func() error { return learnAll(net, "cortex.", parameters) },
		"init":       func() error { return learnAll(net, "init:cortex.", states) },
	}
	words := strings.Split(j.Learned, ",")
	switch j.Learned {
	case "all":
		words = []string{"weights", "gain", "parameters", "init"}
	case "none":
		return nil
	}
	for _, w := range words {
		learn, ok := known[w]
		if !ok {
			learn = func() error { return net.Learn(w, nmm.Free, nmm.PerRegion) }
		}
		if err := learn(); err != nil {
			return fmt.Errorf("-learned %s: %w", w, err)
		}
	}
	return nil
}

// learnAll learns the addresses start + name, one value per region.
func learnAll(net *graph.Network, start string, names []string) error {
	for _, name := range names {
		if err := net.Learn(start+name, nmm.Free, nmm.PerRegion); err != nil {
			return err
		}
	}
	return nil
}

// run has the settings of a rollout of so many steps.
func (j *job) run(steps int) (graph.Run, error) {
	integrator, err := graph.IntegratorByName(j.Integrator)
	r := graph.Run{
		Dt: dt, Duration: dt * float64(steps), Integrator: integrator, Record: []string{j.find().record},
		Every: min(j.Every, steps), Lanes: j.Lanes, MemoryBudget: j.Budget,
	}
	if j.Dtype == "float32" {
		r.Precision = graph.Float32
	}
	return r, err
}
