package layers

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

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
	settings RecurrentSettings
	cell     *Cell
	net      *graph.Network

	projections []projection
	weights     [][]float64 // of the readout, per Cell.Reads: [output][unit]
	bias        []float64   // [output]
}

// NewRecurrent makes the network with its weights before training.
func NewRecurrent(s RecurrentSettings) (*Recurrent, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if s.Substeps == 0 {
		s.Substeps = 1
		if s.Cell.MaxStep > 0 {
			s.Substeps = int(math.Ceil(s.Dt/s.Cell.MaxStep - 1e-9))
		}
	}
	r := &Recurrent{settings: s, cell: s.Cell, bias: make([]float64, s.Outputs)}
	for _, read := range s.Cell.Reads {
		w := Uniform(1)(stream(s.Seed, "readout "+read.State), s.Outputs, s.Units)
		r.weights = append(r.weights, w.RawMatrix().Data)
	}
	var err error
	if r.projections, err = s.project(); err != nil {
		return nil, err
	}
	if r.net, err = graph.NewNetwork(r.parts()...); err != nil {
		return nil, err
	}
	return r, errors.Join(initialise(r.net, s.Cell, s.Seed, s.Units, s.Dt), r.learn())
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

// parts are the network's.
func (r *Recurrent) parts() []graph.Part {
	s, cell := &r.settings, r.cell
	encoder := cell.Encoder.Initial(stream(s.Seed, "encoder"), s.Units, s.Inputs)
	if s.DaleEncoder && encoder != nil {
		encoder.Apply(func(_, _ int, w float64) float64 { return math.Abs(w) + 1e-3 }, encoder)
	}
	list := []graph.Part{
		graph.Population("cortex", graph.Regions(s.Units), cell.Model),
		Input("u", s.Inputs),
		Couple("input:u", "cortex."+cell.Encoder.To).Named("encoder").Weights(encoder).Gain(cell.Encoder.gain(s.Units)),
	}
	for _, p := range r.projections {
		list = append(list, s.coupling(p))
	}
	for _, state := range slices.Sorted(maps.Keys(cell.Noise)) {
		list = append(list, WhiteNoise("cortex."+state, cell.Noise[state]))
	}
	return list
}

func (l *Link) gain(units int) float64 {
	if l.Gain == nil {
		return 1
	}
	return l.Gain(units)
}

// projection is a coupling between the units: a link, or what Dale's law makes of it.
type projection struct {
	link    Link
	name    string
	sign    float64 // of the gain
	weights mat.Matrix
	learn   nmm.Transform
}

// project draws the weights of the links, on the mask's connections only if there is one.
func (s *RecurrentSettings) project() ([]projection, error) {
	var list []projection
	for _, l := range s.Cell.Links {
		drawn := l.Initial(stream(s.Seed, l.Name), s.Units, s.Units)
		if drawn == nil {
			return nil, fmt.Errorf("layers: link %s: no weights", l.Name)
		}
		if rows, cols := drawn.Dims(); rows != s.Units || cols != s.Units {
			return nil, fmt.Errorf("layers: link %s: expected weights of %d × %d units, found %d × %d", l.Name, s.Units, s.Units, rows, cols)
		}
		var w mat.Matrix = drawn
		if s.Mask != nil {
			w = masked(w, s.Mask)
		}
		if s.Dale != nil {
			list = append(list, daleProjections(l, w, s.inhibitory())...)
		} else {
			list = append(list, projection{link: l, name: l.Name, sign: 1, weights: w, learn: l.Learn})
		}
	}
	return list, nil
}

// coupling is a projection as a part of the network.
func (s *RecurrentSettings) coupling(p projection) graph.Part {
	c := Couple("cortex."+p.link.From, "cortex."+p.link.To).Named(p.name).Gain(p.sign * p.link.gain(s.Units)).Weights(p.weights)
	if p.link.Pre != "" {
		c.Pre(p.link.Pre)
	}
	if s.TractLengths != nil {
		c.Delays(s.TractLengths, s.Speed)
	}
	return c
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

// initialise gives parameters and initial states of the units their values before training.
func initialise(net *graph.Network, cell *Cell, seed uint64, units int, dt float64) error {
	if cell.Values == nil {
		return nil
	}
	values := cell.Values(stream(seed, "values"), units, dt)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var x any = values[name]
		if v := values[name]; len(v) == 1 {
			x = v[0]
		}
		if err := net.Set(address(name), x); err != nil {
			return err
		}
	}
	return nil
}

// address of a parameter, or of an initial state, of the units.
func address(name string) string {
	if state, initial := strings.CutPrefix(name, "init:"); initial {
		return "init:cortex." + state
	}
	return "cortex." + name
}

// learn declares what learns.
func (r *Recurrent) learn() error {
	s, cell := &r.settings, r.cell
	var errs []error
	if !s.FixedEncoder {
		t := cell.Encoder.Learn
		if s.DaleEncoder {
			t = nmm.Positive
		}
		errs = append(errs, r.net.Learn("encoder/weights", t, nmm.PerEdge))
	}
	for _, p := range r.projections {
		errs = append(errs, r.net.Learn(p.name+"/weights", p.learn, nmm.PerEdge))
	}
	for _, name := range slices.Sorted(maps.Keys(cell.Learn)) {
		errs = append(errs, r.net.Learn(address(name), cell.Learn[name], nmm.PerRegion))
	}
	if s.LearnInitial {
		for _, state := range cell.Model.States() {
			errs = append(errs, r.net.Learn("init:cortex."+state.Name, nmm.Free, nmm.PerRegion))
		}
	}
	return errors.Join(errs...)
}

// Network is the network of the units, to be looked at, simulated, or changed before training.
func (r *Recurrent) Network() *graph.Network { return r.net }

// Settings are those the network was made with, Substeps filled in.
func (r *Recurrent) Settings() RecurrentSettings { return r.settings }
