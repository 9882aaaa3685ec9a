package layers

import (
	"math"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// GRUCell makes a network of gated recurrent units, the baseline that is no neural mass. Weights and
// biases are drawn from ±1/√units, as is usual, but the bias of the gate that keeps is between 0 and 5,
// so that units forget over times from two steps to a hundred and something is held to begin with.
func GRUCell() *Cell {
	gate := func(name, to string) Link { return Link{Name: name, To: to, Initial: Normal(1)} }
	link := Uniform(1)
	return &Cell{
		Model:      nmm.GRU(),
		Integrator: graph.Euler,
		Encoder:    Link{To: "x_in", Initial: Normal(1)},
		Gates:      []Link{gate("keep_encoder", "z_in"), gate("reset_encoder", "r_in")},
		Links: []Link{
			{Name: "keep", From: "h", To: "z_in", Initial: link},
			{Name: "reset", From: "h", To: "r_in", Initial: link},
			{Name: "recurrent", From: "h", To: "h_in", Initial: link},
		},
		Reads: []Read{{State: "h"}},
		Values: func(rng *rand.Rand, n int, dt float64) map[string][]float64 {
			limit := 1 / math.Sqrt(float64(n))
			bias := func() []float64 { return between(rng, n, -limit, limit) }
			return map[string][]float64{"tau": {dt}, "b_z": between(rng, n, 0, 5), "b_r": bias(), "b_h": bias(), "c_h": bias(), "init:h": {0}}
		},
		Learn: map[string]nmm.Transform{"b_z": nmm.Free, "b_r": nmm.Free, "b_h": nmm.Free, "c_h": nmm.Free},
		Rate:  0.01,
	}
}
