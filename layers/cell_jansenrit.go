package layers

import (
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// JansenRitCell makes a network of cortical columns whose pyramidal cells reach each other through the
// firing rate of their potential, the usual coupling,
//
//	p_i = Σ_j W_ij 2ν_max S(y1_j - y2_j)
//
// in 1/ms, with the half-point v₀ of preset "tvb". Synapses are slowed tenfold, at the same size of the potentials (a, b, A and B are a tenth), and
// constant inputs lie where a column has a low and a high state, below 0.11/ms.
func JansenRitCell() *Cell {
	return &Cell{
		Model:      nmm.JansenRit().Preset("tvb"),
		Integrator: graph.Heun,
		MaxStep:    20,
		Encoder:    Link{To: "y4_in", Initial: Normal(1), Gain: func(int) float64 { return 0.1 }},
		Links: []Link{{
			Name: "recurrent", From: "y1", To: "y4_in", Initial: Normal(0.5), Pre: "0.005[1/ms]*sigmoid(0.56[1/mV]*(x - y2 - 5.52[mV]))",
			Gain: func(int) float64 { return 20 },
		}},
		Reads: []Read{{State: "psp", Offset: 3, Scale: 0.3, From: "y1", Pre: "x - y2 - 3[mV]"}},
		Values: func(rng *rand.Rand, n int, _ float64) map[string][]float64 {
			return map[string][]float64{
				"a": {0.01}, "b": {0.005}, "A": {0.325}, "B": {2.2}, "mu": between(rng, n, 0.02, 0.1),
				"init:y0": {0.01}, "init:y1": {4}, "init:y2": {3}, "init:y3": {0}, "init:y4": {0}, "init:y5": {0},
			}
		},
		Learn: map[string]nmm.Transform{"mu": nmm.Scaled(nmm.Free, 0.1)},
		Rate:  0.01,
	}
}
