package datasets

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// WithDistances is the connectome with the distances of the centres of its regions, times
// a factor, for tract lengths: of files that have none. Fibres are longer than the
// straight line, by a factor of about 1.3; The Virtual Brain takes 1. It fails if c is not
// sound or has no centres, and if the factor is not positive.
func (c *Connectome) WithDistances(factor float64) (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.Centres == nil {
		return nil, fmt.Errorf("datasets: distances of regions without centres")
	}
	if !(factor > 0) || math.IsInf(factor, 0) {
		return nil, fmt.Errorf("datasets: distances times %v, expected a positive number", factor)
	}
	n := c.Regions()
	out := *c
	out.TractLengths = mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			out.TractLengths.Set(i, j, factor*floats.Distance(c.Centres.RawRowView(i), c.Centres.RawRowView(j), 2))
		}
	}
	return &out, out.Check()
}

// DelaySteps are the delays of all pairs [to][from] in steps of dt in ms, at a speed in
// mm/ms: length / speed / dt, rounded half to even, as couplings with Lengths and Speed
// have them. It fails if c is not sound or has no tract lengths, and if a delay is of
// more steps than a 32-bit number holds.
func (c *Connectome) DelaySteps(speed, dt float64) ([][]int, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.TractLengths == nil {
		return nil, fmt.Errorf("datasets: delays of regions without tract lengths")
	}
	if !(speed > 0) || !(dt > 0) || math.IsInf(speed, 0) || math.IsInf(dt, 0) {
		return nil, fmt.Errorf("datasets: delays at %v mm/ms in steps of %v ms, expected positive numbers", speed, dt)
	}
	steps := make([][]int, c.Regions())
	for i := range steps {
		steps[i] = make([]int, c.Regions())
		for j := range steps[i] {
			x := math.RoundToEven(c.TractLengths.At(i, j) / speed / dt)
			if !(x <= math.MaxInt32) {
				return nil, fmt.Errorf("datasets: delay to %q from %q of %v steps", c.Labels[i], c.Labels[j], x)
			}
			steps[i][j] = int(x)
		}
	}
	return steps, nil
}
