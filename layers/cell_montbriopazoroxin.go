package layers

import (
	"math"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// MontbrioPazoRoxinCell makes a network of Montbrió-Pazó-Roxin nodes that ring after an input for
// seconds: η > 0, Δ small, and no synapses within a node (J = 0; the couplings learn their own). With
// W = πτr + iv such a node obeys a Riccati equation,
//
//	τ dW/dt = Δ + i (η + v_in - W²)
//
// so that whatever comes in moves the half-plane r > 0 by Möbius maps, which keep hyperbolic
// distances but for the contraction by Δ. Two pasts therefore stay as far apart as they were, and
// gradients neither explode nor vanish; the bistable region, where both happen at every switch of a
// node, is learned from in few of many draws.
//
// A node turns at 2√η/τ: periods between 0.4 and 1.3 s. It forgets at Δ/(τ√η), within 2.5 to 7 s.
// Couplings carry rates, in units of 1/τ; the readout sees r and v, so that it knows the phase.
func MontbrioPazoRoxinCell() *Cell {
	const tau, delta = 200.0, 0.04 // ms, 1
	return &Cell{
		Model:      nmm.MontbrioPazoRoxin(),
		Integrator: graph.Heun,
		MaxStep:    10,
		Encoder:    Link{To: "v_in", Initial: Normal(0.5)},
		Links: []Link{{
			Name: "recurrent", From: "r", To: "v_in", Initial: Normal(1),
			Gain: func(int) float64 { return tau },
		}},
		Reads: []Read{{State: "r", Offset: 0.3 / tau, Scale: 5 * tau}, {State: "v", Scale: 2}},
		Values: func(rng *rand.Rand, n int, _ float64) map[string][]float64 {
			eta, rest := Spread(rng, n, 0.25, 2), make([]float64, n)
			for i := range rest {
				rest[i] = math.Sqrt(eta[i]) / (math.Pi * tau)
			}
			return map[string][]float64{"tau": {tau}, "J": {0}, "Delta": {delta}, "eta": eta, "init:r": rest, "init:v": {0}}
		},
		Learn: map[string]nmm.Transform{"eta": nmm.Free},
		Rate:  0.01,
	}
}
