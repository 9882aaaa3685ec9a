package train

// averaged is the mean of the values after each update, with weights that forget,
//
//	x̄ ← x̄ + 9/(k+8) (x - x̄)        at update k, from 1
//
// so that it is over the last tenth of the updates, about, however many there are. Steps of a constant
// size leave the values scattered around the optimum; their mean is closer to it, and needs no end of
// training towards which a rate has to fall.
//
// Shamir and Zhang 2013, arXiv:1212.1824, with η = 8.
func averaged(mean, x []float64, update int) []float64 {
	if mean == nil {
		mean = make([]float64, len(x))
	}
	const eta = 8
	part := (eta + 1) / float64(update+eta)
	for i, v := range x {
		mean[i] += part * (v - mean[i])
	}
	return mean
}
