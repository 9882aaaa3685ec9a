package graph

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/nmm"
)

// ColouredNoise is an input that fluctuates with a memory: an Ornstein-Uhlenbeck process for every
// region of a population,
//
//	τ dx = (mean − x) dt + deviation √(2τ) dW
//
// which adds x to a port. It has that mean and standard deviation and the correlation exp(−|lag|/τ).
// x starts at the mean and reaches its deviation in a few τ: give the run a warm-up. Steps should be
// shorter than τ, white noise being what remains when they are longer.
//
// The process is a population NAME of its own: NAME.x can be recorded, and is if a run names no
// variables; NAME.mean and NAME.tau learn as other parameters do. The deviation is
// noise:NAME.x/sigma times √(τ/2).
//
// Uhlenbeck and Ornstein 1930, doi:10.1103/PhysRev.36.823.
type ColouredNoise struct {
	Name      string    // of the process, for its addresses
	To        string    // "population.port", or the state that the port drives
	Tau       float64   // correlation time, ms
	Deviation []float64 // in the unit of the port, one value or one per region
	Mean      []float64 // the same; none: 0
}

var _ Part = (*ColouredNoise)(nil)

// Attach checks the noise and adds its population, its white noise and a coupling that brings it to the port.
func (c *ColouredNoise) Attach(n *Network) error {
	if err := c.attach(n); err != nil {
		return within(err, "coloured noise %s", c.Name)
	}
	return nil
}

func (c *ColouredNoise) attach(n *Network) error {
	p, port, err := n.findPort(c.To)
	if err != nil {
		return err
	}
	if !(c.Tau > 0) || math.IsInf(c.Tau, 0) {
		return fmt.Errorf("expected a positive correlation time, found %g ms", c.Tau)
	}
	mean := c.Mean
	if len(mean) == 0 {
		mean = []float64{0}
	}
	m, err := nmm.Define("OrnsteinUhlenbeck", "dx/dt = (mean - x)/tau : "+port.Unit,
		nmm.Parameter("mean", 0, port.Unit, nmm.Free, "mean of the input"),
		nmm.Parameter("tau", c.Tau, "ms", nmm.Positive, "correlation time"),
		nmm.State("x", 0, 0, "input"))
	if err != nil {
		return err
	}
	sigma := make([]float64, len(c.Deviation))
	for i, d := range c.Deviation {
		if !(d >= 0) {
			return fmt.Errorf("expected deviations of 0 or more, found %g", d)
		}
		sigma[i] = d * math.Sqrt(2/c.Tau)
	}
	x := c.Name + ".x"
	for _, part := range []Part{
		Population(c.Name, p.labels, m.Set("mean", mean)),
		&Noise{To: x, Sigma: sigma},
		&Coupling{From: x, To: c.To, Weights: oneToOne(p.n())},
	} {
		if err := part.Attach(n); err != nil {
			return err
		}
	}
	return n.Set("init:"+x, mean)
}

// oneToOne connects regions of equal number.
func oneToOne(n int) *Sparse {
	s := &Sparse{Rows: n, Cols: n}
	for i := range n {
		s.I, s.J, s.V = append(s.I, i), append(s.J, i), append(s.V, 1)
	}
	return s
}
