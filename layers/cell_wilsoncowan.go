package layers

import (
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// WilsonCowanCell makes a network of Wilson-Cowan nodes that are bistable before training: an
// excitation of itself of 8 against a loop through inhibition of 1.5, and a threshold in between, so
// that a node once pushed up stays there. Without that, tasks with a delay are not learned: nothing is
// held, so no gradient says what to hold.
//
// Excitation and inhibition between nodes are couplings of their own with positive weights (Dale's
// law), in balance, and strong enough that what a node holds changes at once what an input does to
// others: a comparison of both is then there to be read out, and need not be found first. The readout
// sees E.
func WilsonCowanCell() *Cell {
	minus := func(int) float64 { return -1 }
	return &Cell{
		Model:      nmm.WilsonCowan().Set("shift", 0).Set("a_e", 1).Set("a_i", 1).Set("b_e", 0).Set("b_i", 0).Set("r_e", 0).Set("r_i", 0),
		Integrator: graph.Euler,
		MaxStep:    50,
		Encoder:    Link{To: "E_in", Initial: Normal(3)},
		Links: []Link{
			{Name: "excitation", From: "E", To: "E_in", Initial: Excitatory(8), Learn: nmm.Positive},
			{Name: "inhibition", From: "I", To: "E_in", Initial: Excitatory(8), Gain: minus, Learn: nmm.Positive},
		},
		Reads: []Read{{State: "E", Offset: 0.3, Scale: 8}},
		Values: func(rng *rand.Rand, n int, _ float64) map[string][]float64 {
			return map[string][]float64{
				"tau_e": {100}, "tau_i": {60},
				"c_ee": {8}, "c_ei": {1.5}, "c_ie": {4}, "c_ii": {1},
				"P": around(rng, n, -3.5, 0.3), "Q": {-2}, "init:E": {0.2}, "init:I": {0.2},
			}
		},
		Learn: map[string]nmm.Transform{"c_ee": nmm.Positive, "c_ei": nmm.Positive, "c_ie": nmm.Positive, "P": nmm.Free, "Q": nmm.Free},
		Rate:  0.01,
	}
}
