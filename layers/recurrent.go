package layers

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

// RecurrentSettings say what a recurrent network is made of.
type RecurrentSettings struct {
	Cell            *Cell
	Units           int
	Inputs, Outputs int
	Dt              float64 // task step, ms: the input is held for that long
	Substeps        int     // integration steps per task step; 0: as few as Cell.MaxStep allows
	Seed            uint64  // of the weights before training

	// Mask, units × units, says which units are connected, where it is not 0; nil: all. TractLengths in
	// mm and Speed give the connections delays.
	Mask         mat.Matrix
	TractLengths mat.Matrix
	Speed        nmm.Quantity
	// MaxDelay gives them delays instead, drawn from 0 to this many task steps, beside the step that
	// everything takes.
	MaxDelay int

	Dale *Dale // the couplings obey Dale's law; nil: only those of cells that do anyway

	FixedEncoder bool // the encoder does not learn
	DaleEncoder  bool // its weights are positive
	LearnInitial bool // the states before the first step learn
}

// Recurrent is a network of neural masses as a recurrent network: an encoder that brings the input to
// the units, the units and their couplings, and a linear readout of their states,
//
//	o_k(t) = c_k + Σ_i R_ik scale (x_i(t) - offset)
//
// after each task step. The network is an ordinary graph.Network, with the population "cortex", the
// input "input:u" and the couplings "encoder" and those of the cell.
type Recurrent struct {
	settings RecurrentSettings // of the layer that is read
	cell     *Cell
	layers   []*layer // from the input up
	net      *graph.Network
	weights  [][]float64 // of the readout, per Cell.Reads: [output][unit]
	bias     []float64   // [output]
}

// NewRecurrent makes the network with its weights before training.
func NewRecurrent(s RecurrentSettings) (*Recurrent, error) {
	return Sequential(s)
}

// mostSubsteps bounds the integration steps per task step: more is a mistyped step.
const mostSubsteps = 1_000_000

func (s *RecurrentSettings) check() error {
	if err := s.Cell.check(); err != nil {
		return fmt.Errorf("layers: recurrent network: %w", err)
	}
	switch {
	case s.Units <= 0 || s.Inputs <= 0 || s.Outputs <= 0:
		return fmt.Errorf("layers: expected positive numbers of units, inputs and outputs, found %d, %d, %d", s.Units, s.Inputs, s.Outputs)
	case !(s.Dt > 0) || math.IsInf(s.Dt, 0):
		return fmt.Errorf("layers: expected a task step of some ms, found %v", s.Dt)
	case s.Substeps < 0:
		return fmt.Errorf("layers: expected a number of integration steps per task step, found %d", s.Substeps)
	case s.Substeps == 0 && s.Cell.MaxStep > 0 && s.Dt/s.Cell.MaxStep > mostSubsteps:
		return fmt.Errorf("layers: a task step of %v ms takes more than %d integration steps of %v ms", s.Dt, mostSubsteps, s.Cell.MaxStep)
	case s.MaxDelay < 0 || s.MaxDelay > mostSubsteps:
		return fmt.Errorf("layers: expected delays of up to %d task steps, found a MaxDelay of %d", mostSubsteps, s.MaxDelay)
	case s.MaxDelay > 0 && s.TractLengths != nil:
		return fmt.Errorf("layers: expected delays from TractLengths or from MaxDelay, found both")
	case s.TractLengths == nil && s.Speed != (nmm.Quantity{}):
		return fmt.Errorf("layers: a speed of %v %s is given without tract lengths", s.Speed.Value, s.Speed.Unit)
	}
	if s.Mask != nil {
		if m, ok := s.Mask.(*mat.Dense); ok && m == nil {
			return fmt.Errorf("layers: expected a mask, or none at all, found a nil %T", m)
		}
		if rows, cols := s.Mask.Dims(); rows != s.Units || cols != s.Units {
			return fmt.Errorf("layers: expected a mask of %d × %d units, found %d × %d", s.Units, s.Units, rows, cols)
		}
	}
	return s.Dale.check()
}

func (l *Link) gain(units int) float64 {
	if l.Gain == nil {
		return 1
	}
	return l.Gain(units)
}

// masked holds the entries of w where the mask is not 0, scaled so that a unit's inputs stay as strong.
func masked(w mat.Matrix, mask mat.Matrix) *graph.Sparse {
	rows, cols := w.Dims()
	held := &graph.Sparse{Rows: rows, Cols: cols}
	for i := range rows {
		for j := range cols {
			if mask.At(i, j) != 0 {
				held.I, held.J, held.V = append(held.I, i), append(held.J, j), append(held.V, w.At(i, j))
			}
		}
	}
	scale := math.Sqrt(float64(rows*cols) / math.Max(1, float64(len(held.V))))
	for k := range held.V {
		held.V[k] *= scale
	}
	return held
}

// Network is the network of the units, to be looked at, simulated, or changed before training.
func (r *Recurrent) Network() *graph.Network { return r.net }

// Settings are those the network was made with, Substeps filled in.
func (r *Recurrent) Settings() RecurrentSettings { return r.settings }
