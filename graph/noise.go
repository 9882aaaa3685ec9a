package graph

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

// Noise is additive white noise on one state of every region of a population,
//
//	dx_i = f_i dt + σ_i dW_i
//
// with independent Wiener processes W_i, so that a step adds σ_i √dt ξ_i with standard normal ξ_i.
// Being additive, it is the same in the sense of Itô and of Stratonovich. Its address is
// noise:population.state/sigma; σ has the unit of the state per √ms.
type Noise struct {
	To    string    // "population.state"
	Sigma []float64 // one value, or one per region
	// Samples are standard normals to be used in place of the generator's, one row per step, counted
	// from 0 at the start of the run, and one column per region. Their address is
	// noise:population.state/samples. They are the same in every lane.
	Samples mat.Matrix
}

// noise is an attached Noise.
type noise struct {
	pop   *population
	state int // within pop
	sigma *value
	xi    *value // samples, or unset
}

// address is that of the standard normals, "noise:population.state".
func (z *noise) address() string { return "noise:" + z.pop.name + "." + z.pop.states[z.state].Name }

var _ Part = (*Noise)(nil)

// Attach checks the noise and adds it. A state takes noise at most once.
func (s *Noise) Attach(n *Network) error {
	p, state, err := n.findState(s.To)
	if err != nil {
		return within(err, "noise")
	}
	z := &noise{pop: p, state: state}
	for _, other := range n.noises {
		if other.address() == z.address() {
			return fmt.Errorf("graph: %s is given twice: independent white noises on one state are one with σ² = σ₁² + σ₂²", z.address())
		}
		if engine.Stream(other.address()) == engine.Stream(z.address()) {
			return fmt.Errorf("graph: %s would have the samples of %s, since their names have one hash: rename a population", z.address(), other.address())
		}
	}
	unit, err := quotient(p.states[state].Unit, "√ms")
	if err != nil {
		return within(err, "%s", z.address())
	}
	z.sigma = &value{
		Address: z.address() + "/sigma", Unit: unit, Kind: sigmaKind,
		N: p.n(), Labels: p.labels, pop: p,
	}
	if err := z.sigma.set(append([]float64(nil), s.Sigma...), 0, 0); err != nil {
		return err
	}
	z.xi = &value{Address: z.address() + "/samples", Unit: "1", Kind: samplesKind, Cols: p.n(), N: p.n(), Labels: p.labels, pop: p}
	if err := z.xi.setMatrix(s.Samples); err != nil {
		return err
	}
	n.noises = append(n.noises, z)
	if err := n.add(z.sigma); err != nil {
		return err
	}
	return n.add(z.xi)
}
