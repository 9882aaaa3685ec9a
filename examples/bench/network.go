package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// dt is the usual integration step, ms.
const dt = 0.1

// wiring is what joins the regions, and where they start.
type wiring struct {
	weights, delays mat.Matrix           // to × from; ms, nil: none
	init            map[string][]float64 // of the states
}

// wiring makes the job's: read from a folder, on a sphere, or between all regions.
func (j *job) wiring() (*wiring, error) {
	random := rand.New(rand.NewPCG(1, uint64(j.Regions)))
	w, err := new(wiring), error(nil)
	switch {
	case j.Network != "":
		w, err = j.readNetwork()
	case j.of.sheet:
		w.weights, w.delays = sheet(j.Regions, random)
	default:
		w.weights, w.delays = allToAll(j.Regions, random)
	}
	if err != nil {
		return nil, err
	}
	if w.init == nil {
		w.init = j.scattered(random)
	}
	if j.Delay == "none" {
		w.delays = nil
	} else if w.delays == nil {
		return nil, fmt.Errorf("-delay full: %s has no delays.csv", j.Network)
	}
	return w, nil
}

// allToAll connects all regions: random weights, rows summing to about 1, and delays of 2–20 ms. The
// same seed always.
func allToAll(n int, random *rand.Rand) (weights, delays mat.Matrix) {
	w, d := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for k := 0; k < n; k++ {
			w.Set(i, k, 2*random.Float64()/float64(n))
			d.Set(i, k, 2+18*random.Float64())
		}
	}
	return w, d
}

// scattered are initial states near the case's.
func (j *job) scattered(random *rand.Rand) map[string][]float64 {
	init := map[string][]float64{}
	for _, s := range j.of.model().States() {
		start := make([]float64, j.Regions)
		for i := range start {
			start[i] = j.of.init[s.Name] * (1 + 0.1*random.NormFloat64())
		}
		init[s.Name] = start
	}
	return init
}

// network builds the job's network.
func (j *job) network() (*graph.Network, error) {
	w, err := j.wiring()
	if err != nil {
		return nil, err
	}
	coupling := j.of.couple().Named("coupling").Weights(w.weights)
	if w.delays != nil {
		coupling.DelayTimes(w.delays)
	}
	parts := []graph.Part{graph.Population("cortex", graph.Regions(j.Regions), j.of.model()), coupling}
	for _, s := range j.of.model().States() {
		if j.Noise > 0 {
			parts = append(parts, layers.WhiteNoise("cortex."+s.Name, j.Noise))
		}
	}
	if j.of.parts != nil {
		parts = append(parts, j.of.parts(j)...)
	}
	net, err := graph.NewNetwork(parts...)
	if err != nil {
		return nil, err
	}
	for name, start := range w.init {
		if err := net.Set("init:cortex."+name, start); err != nil {
			return nil, err
		}
	}
	if err := j.set(net); err != nil {
		return nil, err
	}
	return net, j.learn(net)
}

// set gives values to the addresses of Set.
func (j *job) set(net *graph.Network) error {
	values, err := assignments(j.Set)
	if err != nil {
		return err
	}
	for _, v := range values {
		if err := net.Set(v.address, v.value); err != nil {
			return fmt.Errorf("-set %s: %w", j.Set, err)
		}
	}
	return nil
}

// learn declares what Learned lists.
func (j *job) learn(net *graph.Network) error {
	var parameters, states []string
	for _, p := range j.of.model().Parameters() {
		parameters = append(parameters, p.Name)
	}
	for _, s := range j.of.model().States() {
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

// step is the integration step, ms.
func (j *job) step() float64 {
	if j.of.dt > 0 {
		return j.of.dt
	}
	return dt
}

// recorded lists the addresses to record.
func (j *job) recorded() []string {
	if j.Record == "" {
		return []string{j.of.record}
	}
	return strings.Split(j.Record, ",")
}

// run has the settings of a rollout of so many steps.
func (j *job) run(steps int) (graph.Run, error) {
	integrator, err := graph.IntegratorByName(j.Integrator)
	r := graph.Run{
		Dt: j.step(), Duration: j.step() * float64(steps), Integrator: integrator, Record: j.recorded(),
		Every: min(j.Every, steps), Lanes: j.Lanes, MemoryBudget: j.Budget, Progress: j.progress(steps),
	}
	if j.Dtype == "float32" {
		r.Precision = graph.Float32
	}
	return r, err
}
