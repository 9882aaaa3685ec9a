package train

import "math"

// Cosine lowers the rate from 1 times its value to final times, along half a cosine over the updates of
// a training. Where noise bounds the accuracy, the last percent needs small steps.
//
// Loshchilov and Hutter 2017, arXiv:1608.03983.
func Cosine(updates int, final float64) func(update int) float64 {
	return func(update int) float64 {
		done := math.Min(1, float64(update)/float64(max(updates, 1)))
		return final + (1-final)*(0.5+0.5*math.Cos(math.Pi*done))
	}
}
