package layers

import (
	"math"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/nmm"
)

// DampedHORNCell makes a network of harmonic oscillators that suits the prediction of signals, see
// [Predictor]. The oscillators of [HORNCell] ring for a hundred steps; these, with γ = 0.3 and ω between
// 0.3 and 1, forget within some ten, so that what a forecast started from does not stay in the units, and
// an error of the loop dies out. Inputs and biases of size 1 spread the units over the bend of the tanh.
// ω and γ learn too.
func DampedHORNCell() *Cell {
	cell := HORNCell()
	cell.Encoder.Initial = Uniform(math.Sqrt(3))
	cell.Links[0].Initial = Uniform(math.Sqrt(3) / 2)
	cell.Links[0].Gain = nil
	cell.Values = func(rng *rand.Rand, n int, dt float64) map[string][]float64 {
		return map[string][]float64{
			"tau": {dt}, "alpha": {0.5}, "omega": Spread(rng, n, 0.3, 1), "gamma": {0.3}, "b": between(rng, n, -1, 1),
			"init:x": {0}, "init:y": {0},
		}
	}
	cell.Learn = map[string]nmm.Transform{"b": nmm.Free, "omega": nmm.Free, "gamma": nmm.Free}
	cell.Rate = 0.01
	return cell
}
