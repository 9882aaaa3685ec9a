package train

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// Solver returns Adam as a Gorgonia solver, for programs that run a machine themselves:
//
//	solver := train.Adam{Rate: 1e-3, ClipNorm: 1}.Solver()
//	vm := G.NewTapeMachine(g, G.BindDualValues(learnables...))
//	for … {
//		err = vm.RunAll()
//		err = solver.Step(G.NodesToValueGrads(learnables))
//		vm.Reset()
//	}
//
// Every step must get the same nodes in the same order; values change in place, and gradients become 0. ClipNorm is the norm over
// all of them, where Gorgonia's solvers clip element by element.
func (a Adam) Solver() G.Solver { return &adamSolver{Adam: a.withDefaults()} }

type adamSolver struct {
	Adam
	states []*adamState
	grads  [][]float64
}

// Step changes the values of the model by one step.
func (s *adamSolver) Step(model []G.ValueGrad) error {
	if s.states == nil {
		s.states, s.grads = make([]*adamState, len(model)), make([][]float64, len(model))
	}
	if len(model) != len(s.states) {
		return fmt.Errorf("train: Adam: expected %d nodes as in the first step, found %d", len(s.states), len(model))
	}
	square := 0.0
	for k, node := range model {
		if err := s.read(k, node); err != nil {
			return fmt.Errorf("train: Adam: node %d: %w", k, err)
		}
		length := norm(s.grads[k])
		square += length * length
	}
	length := math.Sqrt(square)
	for k, st := range s.states {
		if s.ClipNorm > 0 && length > s.ClipNorm {
			for i := range s.grads[k] {
				s.grads[k][i] *= s.ClipNorm / length
			}
		}
		s.update(st, s.grads[k])
		clear(s.grads[k]) // Gorgonia's machines add to it
	}
	return nil
}

// read finds a node's numbers and gradient.
func (s *adamSolver) read(k int, node G.ValueGrad) error {
	x, ok := node.Value().Data().([]float64)
	if !ok {
		return fmt.Errorf("expected float64 values in a tensor, found %v", node.Value())
	}
	grad, err := node.Grad()
	if err != nil {
		return fmt.Errorf("its gradient: %w", err)
	}
	g, ok := grad.Data().([]float64)
	if !ok || len(g) != len(x) {
		return fmt.Errorf("expected a gradient of %d float64 values, found shape %v of %v", len(x), grad.Shape(), grad.Dtype())
	}
	if st := s.states[k]; st == nil {
		n := len(x)
		s.states[k] = &adamState{Direction: make([]float64, n), Scale: 1, M: make([]float64, n), V: make([]float64, n)}
	} else if len(st.M) != len(x) {
		return fmt.Errorf("expected %d values as in the first step, found %d", len(st.M), len(x))
	}
	s.states[k].X, s.grads[k] = x, g
	return nil
}
