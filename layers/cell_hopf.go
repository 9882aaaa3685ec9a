package layers

import (
	"math"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// HopfCell makes a network of Stuart-Landau oscillators just below the bifurcation: weakly damped,
// of periods between 0.4 and 4 s, so that what they were told is still there after seconds. The
// couplings are linear; the oscillators' own cubic saturation keeps them finite.
func HopfCell() *Cell {
	rate := func(int) float64 { return 0.002 } // 1/ms, of inputs of size 1
	return &Cell{
		Model:      nmm.Hopf(),
		Integrator: graph.Heun,
		MaxStep:    20,
		Encoder:    Link{To: "x_in", Initial: Normal(3), Gain: rate},
		Links: []Link{
			{Name: "recurrent", From: "x", To: "x_in", Initial: Normal(0.3), Gain: rate},
			{Name: "crossed", From: "y", To: "x_in", Initial: Normal(0.3), Gain: rate},
		},
		Reads: []Read{{State: "x"}, {State: "y"}},
		Values: func(rng *rand.Rand, n int, _ float64) map[string][]float64 {
			omega := Spread(rng, n, 2*math.Pi/4000, 2*math.Pi/400)
			return map[string][]float64{"a": {-0.0002}, "beta": {0.001}, "omega": omega, "init:x": {0.01}, "init:y": {0}}
		},
		Learn: map[string]nmm.Transform{},
		Rate:  0.01,
	}
}
