package layers

import (
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// Delays sets transmission delays from tract lengths, lengths[to][from] in mm, and a conduction speed,
// nmm.Q(3, "m/s"). They are rounded to steps, half to even; a region with delay 0 sees the present.
// It is short for Lengths(lengths).Speed(speed).
func (c *Coupling) Delays(lengths mat.Matrix, speed nmm.Quantity) *Coupling {
	return c.Lengths(lengths).Speed(speed)
}

// Lengths sets tract lengths, lengths[to][from] in mm. They need a Speed.
func (c *Coupling) Lengths(lengths mat.Matrix) *Coupling {
	if !c.noDelays() {
		return c.fail("delays are set twice")
	}
	c.c.Lengths = lengths
	return c
}

// Speed sets the conduction speed that turns Lengths into delays.
func (c *Coupling) Speed(speed nmm.Quantity) *Coupling {
	if c.c.Speed != (nmm.Quantity{}) {
		return c.fail("the speed is set twice")
	}
	c.c.Speed = speed
	return c
}

// DelayTimes sets delays[to][from] in ms. They are rounded to steps, half to even.
func (c *Coupling) DelayTimes(delays mat.Matrix) *Coupling {
	if !c.noDelays() {
		return c.fail("delays are set twice")
	}
	c.c.Delays = delays
	return c
}

// DelaySteps sets delays[to][from] in steps of Run.Dt.
func (c *Coupling) DelaySteps(steps [][]int) *Coupling {
	if !c.noDelays() {
		return c.fail("delays are set twice")
	}
	c.c.DelaySteps = steps
	return c
}
