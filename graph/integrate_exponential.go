package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// exponential is the exponential Euler (Rosenbrock-Euler) method with the diagonal of the Jacobian,
//
//	x_i' = B(x_i + dt φ(dt ∂f_i/∂x_i) f_i + z_i)      φ(z) = (e^z − 1)/z
//
// all from the state before the step: exact for f_i linear in x_i with the rest constant, first
// order else. The noise is that of Euler and Maruyama. Hochbruck and Ostermann, Acta Numerica 19
// (2010) 209-286, doi:10.1017/S0962492910000048.
type exponential struct{}

func (exponential) step(s *system) ([]*G.Node, error) {
	f, err := s.rhs.at(s.g, s.x)
	if err != nil {
		return nil, err
	}
	next := make([]*G.Node, len(f))
	for i := range f {
		if s.pop.states[i].Stepwise {
			next[i] = s.x[i]
			continue
		}
		increment, err := s.exponentialIncrement(i, f[i])
		if err != nil {
			return nil, err
		}
		if next[i], err = s.finish(i, s.x[i], increment); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// exponentialIncrement is dt φ(dt J) f.
func (s *system) exponentialIncrement(i int, f *G.Node) (*G.Node, error) {
	dt := constant(s.g, s.dt)
	jacobian, err := s.rhs.diagonal(s.g, i, s.x)
	if err != nil {
		return nil, err
	}
	increment, err := G.HadamardProd(dt, f)
	if err != nil || jacobian == nil {
		return increment, err
	}
	z, err := G.HadamardProd(dt, jacobian)
	if err != nil {
		return nil, err
	}
	phi, err := nmm.Exprel(z)
	if err != nil {
		return nil, err
	}
	return G.HadamardProd(phi, increment)
}
