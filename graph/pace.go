package graph

import (
	"fmt"
	"math"
)

// checkTimes checks the times that say when an observer steps and is sampled, and fills in their defaults.
func (o *observer) checkTimes(*Network) error {
	positive := func(ms float64) bool { return ms >= 0 && !math.IsInf(ms, 0) }
	switch {
	case o.Ratio < 0 || o.Every < 0 || !positive(o.Step) || !positive(o.Period):
		return fmt.Errorf("expected Ratio ≥ 1 and Every ≥ 0, or a Step and a Period of so many ms, found %d, %d, %v and %v ms", o.Ratio, o.Every, o.Step, o.Period)
	case o.Ratio > 0 && o.Step > 0:
		return fmt.Errorf("expected Ratio or Step, found both: %d and %v ms", o.Ratio, o.Step)
	case o.Every > 0 && o.Period > 0:
		return fmt.Errorf("expected Every or Period, found both: %d and %v ms", o.Every, o.Period)
	case o.Model != nil && o.Ratio == 0 && o.Step == 0:
		return fmt.Errorf("expected Ratio ≥ 1, or the Step of the model in ms, found neither")
	}
	if o.Ratio == 0 && o.Step == 0 {
		if o.Step = o.Period; o.Step == 0 {
			o.Ratio = 1
		}
	}
	return nil
}

// times prints the times of an observer.
func (o *observer) times() string {
	step := fmt.Sprintf("%d Δt", o.Ratio)
	if o.Step > 0 {
		step = fmt.Sprintf("%v ms", o.Step)
	}
	switch {
	case o.Period > 0 && o.Period != o.Step:
		return fmt.Sprintf(", step %s, every %v ms", step, o.Period)
	case o.Every > 1:
		return fmt.Sprintf(", step %s, every %d of them", step, o.Every)
	}
	return ", every " + step
}

// pace is how many network steps of dt ms the observer takes for one of its own, and how many of those make
// a sample.
func (o *observer) pace(dt float64) (ratio, every int, err error) {
	ratio, every = max(o.Ratio, 1), max(o.Every, 1)
	if o.Step > 0 {
		if ratio, err = wholeNumber("Step", o.Step, "the run's", dt); err != nil {
			return 0, 0, err
		}
	}
	if o.Period > 0 {
		if every, err = wholeNumber("Period", o.Period, "the observer's", dt*float64(ratio)); err != nil {
			return 0, 0, err
		}
	}
	if steps := float64(ratio) * float64(every); steps > maxSteps {
		return 0, 0, fmt.Errorf("a sample takes %.3g steps of the run, more than %.3g", steps, float64(maxSteps))
	}
	return ratio, every, nil
}

// wholeNumber says how many steps a time takes; both are decimal fractions, and so nearly whole numbers of
// each other at best.
func wholeNumber(what string, time float64, whose string, step float64) (int, error) {
	n := time / step
	if whole := math.Round(n); whole >= 1 && whole <= maxSteps && math.Abs(n-whole) <= 1e-9*whole {
		return int(whole), nil
	}
	return 0, fmt.Errorf("%s of %v ms: expected a whole number of %s steps of %v ms, found %.10g of them", what, time, whose, step, n)
}
