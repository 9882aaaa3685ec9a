package layers

import (
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// RateCell makes the leaky rate network of Yang et al.: rectified units of 100 ms, recurrent weights
// half an orthogonal matrix. It is the baseline.
//
// Nat. Neurosci. 22 (2019) 297-306, doi:10.1038/s41593-018-0310-2.
func RateCell() *Cell {
	return &Cell{
		Model:      nmm.Rate(),
		Integrator: graph.Euler,
		MaxStep:    50,
		Encoder:    Link{To: "r_in", Initial: Normal(1)},
		Links:      []Link{{Name: "recurrent", From: "r", To: "r_in", Initial: Orthogonal(0.5)}},
		Reads:      []Read{{State: "r"}},
		Values: func(*rand.Rand, int, float64) map[string][]float64 {
			return map[string][]float64{"b": {0}, "init:r": {0}}
		},
		Learn: map[string]nmm.Transform{"b": nmm.Free},
		Rate:  0.003,
	}
}
