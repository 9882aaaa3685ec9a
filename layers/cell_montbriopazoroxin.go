package layers

import (
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// MontbrioPazoRoxinCell makes a network of Montbrió-Pazó-Roxin nodes in their bistable region (J = 15,
// η about -5, Δ = 1: a low rate and a focus at a high one), slowed to τ = 100 ms so that a step of a few
// ms resolves them. Coupling and readout are in units of 1/τ.
func MontbrioPazoRoxinCell() *Cell {
	const tau = 100.0 // ms
	return &Cell{
		Model:      nmm.MontbrioPazoRoxin(),
		Integrator: graph.Heun,
		MaxStep:    5,
		Encoder:    Link{To: "v_in", Initial: Normal(3)},
		Links: []Link{{
			Name: "recurrent", From: "r", To: "v_in", Initial: Normal(1),
			Gain: func(int) float64 { return tau },
		}},
		Reads: []Read{{State: "r", Offset: 0.3 / tau, Scale: 2 * tau}},
		Values: func(rng *rand.Rand, n int, _ float64) map[string][]float64 {
			return map[string][]float64{"tau": {tau}, "J": {15}, "eta": around(rng, n, -5, 0.2), "init:r": {0.1 / tau}, "init:v": {-2}}
		},
		Learn: map[string]nmm.Transform{"eta": nmm.Free},
		Rate:  0.003,
	}
}
