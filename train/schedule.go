package train

import (
	"fmt"
	"math"
)

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

// Warmup raises the rate evenly over the first updates, and then leaves it to another schedule; nil: 1.
func Warmup(updates int, then func(update int) float64) func(update int) float64 {
	return func(update int) float64 {
		factor := math.Min(1, float64(update+1)/float64(max(updates, 1)))
		if then != nil {
			factor *= then(update)
		}
		return factor
	}
}

// rate is that of the next update.
func (t *trainer) rate() (float64, error) {
	rate := t.Method.Rate * math.Pow(0.5, float64(t.halved))
	if t.Schedule == nil {
		return rate, nil
	}
	factor := t.Schedule(t.saved.Update)
	if !(factor >= 0) || math.IsInf(factor, 0) {
		return 0, fmt.Errorf("train: schedule: update %d: expected a factor of 0 or more, found %v", t.saved.Update, factor)
	}
	return rate * factor, nil
}

// plateaus counts how often there was no lower loss for so many evaluations in a row, of one stage.
func plateaus(curve []Evaluation, patience int) (count int) {
	best, row, stage := math.Inf(1), 0, 0
	for _, e := range curve {
		if row++; e.Loss < best || e.Stage != stage {
			best, row, stage = e.Loss, 0, e.Stage
		}
		if patience > 0 && row == patience {
			count, row = count+1, 0
		}
	}
	return count
}
