package graph

import G "gorgonia.org/gorgonia"

// symplectic is the semi-implicit Euler method. States are updated one after the other, the last one
// first, and each sees the new values of those updated before it:
//
//	x_i' = B(x_i + dt f_i(x_1 … x_i, x'_{i+1} … x'_m) + z_i)      i = m … 1
//
// For an oscillator with the states position and velocity, in this order, that is
//
//	v' = v + dt f(x, v)      x' = x + dt v'
//
// which is symplectic if f does not depend on v, and what HORN networks use. First order. Hairer,
// Lubich and Wanner, Acta Numerica 12 (2003) 399-450, doi:10.1017/S0962492902000144.
type symplectic struct{}

func (symplectic) step(s *system) ([]*G.Node, error) {
	x := append([]*G.Node(nil), s.x...)
	for i := len(x) - 1; i >= 0; i-- {
		if s.pop.states[i].Stepwise {
			continue
		}
		f, err := s.rhs.oneAt(s.g, i, x)
		if err != nil {
			return nil, err
		}
		increment, err := G.HadamardProd(constant(s.g, s.dt), f)
		if err != nil {
			return nil, err
		}
		if x[i], err = s.finish(i, x[i], increment); err != nil {
			return nil, err
		}
	}
	return x, nil
}
