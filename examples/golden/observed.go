package main

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// activity is the address of what observed lets observers see.
const activity = "activity.x"

// observed runs observers behind a population whose state after step k, of dt ms, is row k − 1 of an
// activity, [step][node].
func observed(x *mat.Dense, dt float64, observers ...*graph.Observer) (*graph.Result, error) {
	steps, nodes := x.Dims()
	follower, err := nmm.Define("Follower", "dx/dt = (x_in - x)/tau : 1", // Euler's step of tau sets x to its input
		nmm.Parameter("tau", dt, "ms", nmm.Positive, "step"), nmm.Port("x_in", "1"))
	if err != nil {
		return nil, err
	}
	parts := []graph.Part{graph.Population("activity", graph.Regions(nodes), follower), &graph.Input{Name: "given", To: activity, Values: x}}
	for _, o := range observers {
		parts = append(parts, o)
	}
	net, err := graph.NewNetwork(parts...)
	if err != nil {
		return nil, err
	}
	return net.Simulate(context.Background(), graph.Run{Dt: dt, Duration: dt * float64(steps), Integrator: graph.Euler, Record: []string{}})
}

// sampleTimes are those of a series' samples, ms.
func sampleTimes(s *graph.Series) []float64 {
	list := make([]float64, s.Samples)
	for k := range list {
		list[k] = s.Start + float64(k)*s.Dt
	}
	return list
}
