package graph

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// readDelays turns whichever form of delays was given into one number per entry of the weights:
// steps, or ms.
func (c *coupling) readDelays() error {
	given := 0
	for _, set := range []bool{c.DelaySteps != nil, c.Delays != nil, c.Lengths != nil} {
		if set {
			given++
		}
	}
	switch {
	case given > 1:
		return fmt.Errorf("delays are given in more than one form: DelaySteps, Delays, Lengths")
	case c.DelaySteps != nil:
		return c.readDelaySteps()
	case c.Delays != nil:
		return c.readDelayMatrix("delays", c.Delays, 1)
	case c.Lengths != nil:
		speed, err := c.speed()
		if err != nil {
			return err
		}
		return c.readDelayMatrix("lengths", c.Lengths, speed)
	case c.Speed != nmm.Quantity{}:
		return fmt.Errorf("a speed of %v %s is given without lengths", c.Speed.Value, c.Speed.Unit)
	}
	return nil
}

// speed returns the conduction speed in mm/ms.
func (c *coupling) speed() (float64, error) {
	if c.Speed == (nmm.Quantity{}) {
		return 0, fmt.Errorf("lengths are given without a speed")
	}
	speed := c.Speed.Value
	if c.Speed.Unit != "" {
		converted, err := nmm.Convert(speed, c.Speed.Unit, "mm/ms")
		if err != nil {
			return 0, fmt.Errorf("speed: %w", err)
		}
		speed = converted
	}
	if !(speed > 0) {
		return 0, fmt.Errorf("speed: expected a number > 0, found %v %s", c.Speed.Value, c.Speed.Unit)
	}
	return speed, nil
}

// readDelaySteps reads delays given in steps.
func (c *coupling) readDelaySteps() error {
	rows, cols := len(c.DelaySteps), 0
	var all []int
	for i, row := range c.DelaySteps {
		if i == 0 {
			cols = len(row)
		}
		if len(row) != cols {
			return fmt.Errorf("delay steps: row %d has %d entries, row 1 has %d", i+1, len(row), cols)
		}
		all = append(all, row...)
	}
	if err := c.shape("delay steps", rows, cols); err != nil {
		return err
	}
	c.steps = make([]int, c.weights.size())
	for e := range c.steps {
		i, j := c.weights.edge(e)
		c.steps[e] = all[i*cols+j]
	}
	for e, d := range all {
		if d < 0 {
			return fmt.Errorf("delay steps: entry to %s from %s is %d, expected ≥ 0", c.to.labels[e/cols], c.from.labels[e%cols], d)
		}
	}
	c.DelaySteps = nil
	return nil
}

// readDelayMatrix reads delays, or lengths with a speed. Beside sparse weights only the entries of
// edges are looked at.
func (c *coupling) readDelayMatrix(what string, m mat.Matrix, speed float64) error {
	if absent(m) {
		return fmt.Errorf("%s: expected a matrix, or none at all, found a nil %T", what, m)
	}
	rows, cols := m.Dims()
	if err := c.shape(what, rows, cols); err != nil {
		return err
	}
	c.delay = make([]float64, c.weights.size())
	for e := range c.delay {
		i, j := c.weights.edge(e)
		x := m.At(i, j)
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			return fmt.Errorf("%s: entry to %s from %s is %v, expected a finite number ≥ 0", what, c.to.labels[i], c.from.labels[j], x)
		}
		c.delay[e] = x / speed
	}
	c.Delays, c.Lengths = nil, nil
	return nil
}

// delaySteps returns the delay of the e-th entry of the weights in steps of dt ms.
func (c *coupling) delaySteps(e int, dt float64) int {
	switch {
	case c.lag != nil:
		return c.lagSteps(e, dt)
	case c.steps != nil:
		return c.steps[e]
	case c.delay != nil:
		return wholeSteps(c.delay[e], dt)
	}
	return 0
}

// wholeSteps rounds a time to steps. What no int holds becomes more than [couplingPlan.checkDelay] lets pass.
func wholeSteps(ms, dt float64) int { return int(math.RoundToEven(min(ms/dt, 2*maxPast))) }

// maxPast bounds the past that is kept of what a coupling reads, in numbers: its edges find their place
// there by 32 bits, beside the steps of a segment of twice that length.
const maxPast = 1 << 28

// checkDelay refuses delays whose past would not fit.
func (p *couplingPlan) checkDelay() error {
	if regions := max(p.From, p.To); p.MaxDelay > maxPast/regions {
		return fmt.Errorf("graph: coupling %s: the longest delay is more than %d steps, the most for %d regions: are all delays in ms, lengths in mm?", p.Name, maxPast/regions, regions)
	}
	return nil
}

// delaysAddress is where Run.Values may have delays of each lane.
func (c *coupling) delaysAddress() string {
	if c.lag != nil {
		return c.lag.Address
	}
	return c.Name + "/delays"
}

// addLaneDelays reads the delays that Run.Values gives each lane: one number of ms for every entry of the
// weights, or one for all.
func (p *couplingPlan) addLaneDelays(c *coupling, run *Run) error {
	over := run.Values[c.delaysAddress()]
	if over == nil {
		return nil
	}
	if c.channels != nil {
		return fmt.Errorf("graph: Run.Values[%q]: an input has no delays: shift its rows instead", c.delaysAddress())
	}
	given, err := laneValue(c.delaysAddress(), over, c.weights.size(), run.Lanes)
	if err != nil {
		return err
	}
	p.Dense, p.MaxDelay, p.LaneDelays = false, 0, make([][]int, run.Lanes)
	for l := range p.LaneDelays {
		ms := given.Data[l*c.weights.size():]
		for _, e := range p.Entry {
			if ms[e] < 0 {
				i, j := c.weights.edge(e)
				return fmt.Errorf("graph: Run.Values[%q]: the delay to %s from %s in lane %d is %v, expected a number ≥ 0", c.delaysAddress(), c.to.labels[i], c.from.labels[j], l, ms[e])
			}
			d := wholeSteps(ms[e], run.Dt)
			p.LaneDelays[l] = append(p.LaneDelays[l], d)
			p.MaxDelay = max(p.MaxDelay, d)
		}
	}
	return p.checkDelay()
}
