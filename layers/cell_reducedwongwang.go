package layers

import (
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// ReducedWongWangCell makes a network of Reduced Wong-Wang nodes that are bistable before training: with
// a local recurrence of w = 1.7, low and high activity are both stable between background currents of
// 0.22 and 0.30 nA.
func ReducedWongWangCell() *Cell {
	return &Cell{
		Model:      nmm.ReducedWongWang(),
		Integrator: graph.Heun,
		MaxStep:    20,
		Encoder:    Link{To: "S_in", Initial: Normal(0.5)},
		Links:      []Link{{Name: "recurrent", From: "S", To: "S_in", Initial: Normal(0.2)}},
		Reads:      []Read{{State: "S", Offset: 0.3, Scale: 8}},
		Values: func(rng *rand.Rand, n int, _ float64) map[string][]float64 {
			return map[string][]float64{"w": {1.7}, "I_o": between(rng, n, 0.23, 0.29), "init:S": {0.1}}
		},
		Learn: map[string]nmm.Transform{"I_o": nmm.Scaled(nmm.Free, 0.1), "w": nmm.Positive},
		Rate:  0.002,
	}
}
