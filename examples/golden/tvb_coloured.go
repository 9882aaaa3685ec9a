package main

import (
	"context"
	"encoding/json"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
)

// tvbColoured is a sequence of TVB's coloured noise from given standard normals, [step][variable][node][mode]:
// η ← E η + √(1−E²) ξ, E = exp(−dt/τ), and dt √(1/τ) η.
type tvbColoured struct {
	Tau       float64 `json:"ntau"` // ms
	Dt        float64
	Eta       array `json:"eta0"` // [variable][node][mode]
	Xi        array
	Generated array
}

// readTVBColoured makes one case of the file.
func readTVBColoured(d *document) ([]instance, error) {
	var f tvbColoured
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	return []instance{{"coloured noise", f.run}}, nil
}

// run takes graph.ColouredNoise through exact steps of its drift. Its white noise is that of a short step,
// √(2 dt/τ) ξ in units of its deviation, so that normals larger by √(1−E²)/√(2 dt/τ) are TVB's.
func (f *tvbColoured) run() outcome {
	steps, n := f.Xi.dim(0), len(f.Eta.data)
	if n == 0 || steps*n != len(f.Xi.data) || !(f.Tau > 0) || !(f.Dt > 0) {
		return failed("expected normals for each of %d values in %d steps, a time and a step, found %v, %g and %g ms", n, steps, f.Xi.shape, f.Tau, f.Dt)
	}
	class := passive([]string{"s"})
	net, err := graph.NewNetwork(graph.Population(cortex, graph.Regions(n), class.model()),
		&graph.ColouredNoise{Name: "eta", To: cortex + ".c0", Tau: f.Tau, Deviation: []float64{1}})
	if err != nil {
		return failed("%v", err)
	}
	scale := math.Sqrt(-math.Expm1(-2*f.Dt/f.Tau)) / math.Sqrt(2*f.Dt/f.Tau)
	for address, x := range map[string]any{"init:eta.x": f.Eta.data, "noise:eta.x/samples": mat.NewDense(steps, n, scaled(f.Xi.data, scale))} {
		if err := net.Set(address, x); err != nil {
			return failed("%v", err)
		}
	}
	r, err := net.Simulate(context.Background(), graph.Run{Dt: f.Dt, Duration: f.Dt * float64(steps), Integrator: graph.ExponentialEuler, Record: []string{"eta.x"}})
	if err != nil {
		return failed("%v", err)
	}
	return compared("noise", scaled(r.Series("eta.x").Data, f.Dt*math.Sqrt(1/f.Tau)), f.Generated.data)
}
