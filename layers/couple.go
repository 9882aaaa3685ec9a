package layers

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// Coupling is a weighted, possibly delayed coupling in the making; see [graph.Coupling] for the
// equations.
type Coupling struct {
	c   graph.Coupling
	err error
}

var _ graph.Part = (*Coupling)(nil)

// Couple starts a coupling from a state, "cortex.r", or an [Input], "input:u", to a port or to the state
// that a port drives, "cortex.v". Without further settings it is linear, with gain 1 and no delays:
//
//	port_i += Σ_j W_ij x_j
//
// It needs Weights.
func Couple(from, to string) *Coupling {
	return &Coupling{c: graph.Coupling{From: from, To: to}}
}

// Named gives the coupling a name, which starts its addresses name/weights and name/gain; without
// one it is called from->to. Two couplings between the same ends need names.
func (c *Coupling) Named(name string) *Coupling {
	if name == "" {
		return c.fail("an empty name")
	}
	c.c.Name = name
	return c
}

// Weights sets the weights, w[to][from], dense or *graph.Sparse. Entries of a dense matrix that are 0
// are no edges, unless the weights learn.
func (c *Coupling) Weights(w mat.Matrix) *Coupling {
	c.c.Weights = w
	return c
}

// Gain sets the factor in front of the coupling: one number, or one per target region.
func (c *Coupling) Gain(gain ...float64) *Coupling {
	if len(gain) == 0 {
		return c.fail("Gain without a number")
	}
	c.c.Gain = append([]float64(nil), gain...)
	return c
}

// GainIn is Gain with a unit. It is refused if the units of gain, sum and port do not agree.
func (c *Coupling) GainIn(unit string, gain ...float64) *Coupling {
	c.c.GainUnit = unit
	return c.Gain(gain...)
}

// Diffusive couples to the difference from the target's own value of the source variable:
//
//	port_i += gain Σ_j W_ij (x_j(t − d_ij) − x_i(t))
func (c *Coupling) Diffusive() *Coupling { return c.Pre("x", "1").Post("S1 - S2*x") }

// Pre sets the functions of the source variable x that are summed, S1 the first; default "x".
func (c *Coupling) Pre(texts ...string) *Coupling {
	c.c.Pre = append([]string(nil), texts...)
	return c
}

// Post sets the function of the sums S1, S2 … and of the target's variable x; default "S1".
func (c *Coupling) Post(text string) *Coupling {
	c.c.Post = text
	return c
}

// Attach adds the coupling to the network.
func (c *Coupling) Attach(n *graph.Network) error {
	if c.err != nil {
		return c.err
	}
	attached := c.c
	return attached.Attach(n)
}

// fail keeps the first error.
func (c *Coupling) fail(format string, args ...any) *Coupling {
	if c.err == nil {
		c.err = fmt.Errorf("layers: coupling %s->%s: %s", c.c.From, c.c.To, fmt.Sprintf(format, args...))
	}
	return c
}

// noDelays reports whether the delays are still unset.
func (c *Coupling) noDelays() bool {
	return c.c.Delays == nil && c.c.Lengths == nil && c.c.DelaySteps == nil && c.c.Speed == nmm.Quantity{}
}
