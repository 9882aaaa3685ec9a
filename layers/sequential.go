package layers

import (
	"errors"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/graph"
)

// Sequential makes a recurrent network of several layers, the first of which sees the input and the last
// of which is read:
//
//	rnn, err := layers.Sequential(
//		layers.RecurrentSettings{Cell: layers.HORNCell(), Units: 32, Inputs: 3, Dt: 40},
//		layers.RecurrentSettings{Cell: layers.HORNCell(), Units: 16, Outputs: 3})
//
// Each layer sends the one above what a readout would see of it, through an encoder of the upper one's
// kind whose weights learn. All are one network, one solve: as everywhere, what is sent in a step is the
// state that the step starts with, so a layer is a step of the integration behind the one below.
//
// Inputs is given for the first layer only, Outputs for the last; a Dt of 0 is that of the first.
// Substeps are the most that any layer needs, and all have the same integrator. The last layer is the
// population "cortex", the others are "layer1", "layer2" …; names of their couplings end in _1, _2 ….
func Sequential(stack ...RecurrentSettings) (*Recurrent, error) {
	stack, err := filled(stack)
	if err != nil {
		return nil, err
	}
	top := stack[len(stack)-1]
	r := &Recurrent{settings: top, cell: top.Cell, bias: make([]float64, top.Outputs)}
	r.settings.Inputs = stack[0].Inputs
	for _, read := range top.Cell.Reads {
		w := Uniform(1)(stream(top.Seed, "readout "+read.State), top.Outputs, top.Units)
		r.weights = append(r.weights, w.RawMatrix().Data)
	}
	parts := []graph.Part{Input("u", stack[0].Inputs)}
	for k, s := range stack {
		l := &layer{RecurrentSettings: s, population: "cortex"}
		if k < len(stack)-1 {
			l.population, l.suffix = fmt.Sprintf("layer%d", k+1), fmt.Sprintf("_%d", k+1)
		}
		if k > 0 {
			l.below = r.layers[k-1]
		}
		if err := l.draw(); err != nil {
			return nil, err
		}
		r.layers = append(r.layers, l)
		parts = append(parts, l.parts()...)
	}
	if r.net, err = graph.NewNetwork(parts...); err != nil {
		return nil, err
	}
	var errs []error
	for _, l := range r.layers {
		errs = append(errs, initialise(r.net, l.population, l.Cell, l.Seed, l.Units, l.Dt), l.learn(r.net))
	}
	return r, errors.Join(errs...)
}

// filled are the settings with what they leave to the rest of the stack.
func filled(stack []RecurrentSettings) ([]RecurrentSettings, error) {
	if len(stack) == 0 {
		return nil, fmt.Errorf("layers: a recurrent network needs a layer at least")
	}
	stack = append([]RecurrentSettings(nil), stack...)
	substeps := 1
	for k := range stack {
		s := &stack[k]
		if k > 0 {
			if s.Inputs != 0 {
				return nil, fmt.Errorf("layers: layer %d: expected no Inputs, which are the layer below, found %d", k+1, s.Inputs)
			}
			s.Inputs = stack[k-1].Units
			if s.Dt == 0 {
				s.Dt = stack[0].Dt
			}
		}
		if k < len(stack)-1 {
			if s.Outputs != 0 {
				return nil, fmt.Errorf("layers: layer %d: expected no Outputs, as the last layer alone is read, found %d", k+1, s.Outputs)
			}
			s.Outputs = 1
		}
		if err := s.check(); err != nil {
			return nil, err
		}
		if s.Dt != stack[0].Dt || s.Cell.Integrator.String() != stack[0].Cell.Integrator.String() {
			return nil, fmt.Errorf("layers: layer %d: expected a step of %v ms and integrator %v as in the first, found %v and %v",
				k+1, stack[0].Dt, stack[0].Cell.Integrator, s.Dt, s.Cell.Integrator)
		}
		substeps = max(substeps, s.substeps())
	}
	for k := range stack {
		stack[k].Substeps = substeps
	}
	return stack, nil
}

// substeps are the integration steps that the layer needs per task step.
func (s *RecurrentSettings) substeps() int {
	if s.Substeps == 0 && s.Cell.MaxStep > 0 {
		return int(math.Ceil(s.Dt/s.Cell.MaxStep - 1e-9))
	}
	return s.Substeps
}
