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
// V, W, b, ω and γ learn; the readout sees amplitudes and velocities, so that it knows the phase.
//
// Four choices differ from the paper's for the classification of images. Stimuli here are short, so a
// drive α of 0.5 and an encoder of standard deviation 2/√channels make an oscillator large after a single
// step, and the coupling is twice as strong. And every other unit is damped, γ = 0.5 at 0.7 ω: it does not
// swing, but sums its drive and forgets it over 1/ω² steps, 10 to 160, which weighs evidence. Without these,
// noisy decisions and long memories take twice as many updates.
//
// ω and γ learn in steps of a fifth and a tenth of the rate: the memory of an oscillator hangs on a γ of 0.01.
func HORNCell() *Cell {
	return &Cell{
		Model:      nmm.HORN(),
		Integrator: graph.SymplecticEuler,
		Encoder:    Link{To: "y_in", Initial: Normal(2)},
		Links: []Link{{
			Name: "recurrent", From: "y", To: "y_in", Initial: Uniform(1),
			Gain: func(n int) float64 { return 2 / math.Sqrt(float64(n)) },
		}},
		Reads: []Read{{State: "x"}, {State: "y"}},
		Values: func(rng *rand.Rand, n int, dt float64) map[string][]float64 {
			limit := 1 / math.Sqrt(float64(n))
			omega, gamma := between(rng, n, 0.5, 2), make([]float64, n)
			for i := range omega {
				omega[i] *= 2 * math.Pi / 28
				gamma[i] = 0.01
				if i%2 == 1 {
					omega[i] *= 0.7
					gamma[i] = 0.5
				}
			}
			return map[string][]float64{
				"tau": {dt}, "alpha": {0.5}, "omega": omega, "gamma": gamma, "b": between(rng, n, -limit, limit), "init:x": {0}, "init:y": {0},
			}
		},
		Learn: map[string]nmm.Transform{"b": nmm.Free, "omega": nmm.Scaled(nmm.Free, 0.2), "gamma": nmm.Scaled(nmm.Free, 0.1)},
		Rate:  0.02,
	}
}
