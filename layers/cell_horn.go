package layers

import (
	"math"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// HORNCell makes a network of harmonic oscillators, one step of the model's time per step of the task,
//
//	y ← y + α tanh(V u + 2n^-½ W y + b) - ω² x - 2γ y        x ← x + y
//
// heterogeneous: ω is 2π/28 times a factor between 0.5 and 2, which is memory over many time scales.
// V, W and b learn; the readout sees amplitudes and velocities, so that it knows the phase.
//
// Three choices differ from the paper's for the classification of images, because stimuli here are
// short: a drive α of 0.5 and an encoder of standard deviation 3/√channels make an oscillator large
// after a single step; the coupling is twice as strong.
// ω and γ may learn too, which helps where evidence is to be summed and slows down what needs memory.
func HORNCell() *Cell {
	return &Cell{
		Model:      nmm.HORN(),
		Integrator: graph.SymplecticEuler,
		Encoder:    Link{To: "y_in", Initial: Normal(3)},
		Links: []Link{{
			Name: "recurrent", From: "y", To: "y_in", Initial: Uniform(1),
			Gain: func(n int) float64 { return 2 / math.Sqrt(float64(n)) },
		}},
		Reads: []Read{{State: "x"}, {State: "y"}},
		Values: func(rng *rand.Rand, n int, dt float64) map[string][]float64 {
			limit := 1 / math.Sqrt(float64(n))
			omega := between(rng, n, 0.5, 2)
			for i := range omega {
				omega[i] *= 2 * math.Pi / 28
			}
			return map[string][]float64{"tau": {dt}, "alpha": {0.5}, "omega": omega, "b": between(rng, n, -limit, limit), "init:x": {0}, "init:y": {0}}
		},
		Learn: map[string]nmm.Transform{"b": nmm.Free},
		Rate:  0.01,
	}
}
