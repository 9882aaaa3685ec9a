package graph

import (
	"fmt"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
)

// Tableau is an explicit Runge-Kutta method,
//
//	k_i = f(B(x + dt Σ_{j<i} A_ij k_j))      x' = B(x + dt Σ_i B_i k_i)
//
// where the bounds B(·) clip states that have them. Coupling and input are frozen during the step.
// With noise z = σ √dt ξ, for methods that are Stochastic, every stage but the first has + z, and so
// has the end, the same z: one stage is the method of Euler and Maruyama, the two stages of Heun are
// the stochastic Heun method.
type Tableau struct {
	Name       string
	A          [][]float64 // row i has the i coefficients of the earlier stages
	B          []float64
	Order      int // of convergence without noise
	Stochastic bool
	Source     string
}

// Tableaus are the Runge-Kutta methods that come with the package.
var tableaus = []Tableau{
	{
		Name: "euler", Order: 1, Stochastic: true,
		A: [][]float64{{}}, B: []float64{1},
		Source: "noise: Maruyama, Rend. Circ. Mat. Palermo 4 (1955) 48-90, doi:10.1007/BF02846028",
	}, {
		Name: "heun", Order: 2, Stochastic: true,
		A: [][]float64{{}, {1}}, B: []float64{1. / 2, 1. / 2},
		Source: "noise: Ruemelin, SIAM J. Numer. Anal. 19 (1982) 604-613, doi:10.1137/0719041",
	}, {
		Name: "heun3", Order: 3,
		A: [][]float64{{}, {1. / 3}, {0, 2. / 3}}, B: []float64{1. / 4, 0, 3. / 4},
		Source: "Heun, Z. Math. Phys. 45 (1900) 23-38",
	}, {
		Name: "rk4", Order: 4,
		A: [][]float64{{}, {1. / 2}, {0, 1. / 2}, {0, 0, 1}}, B: []float64{1. / 6, 1. / 3, 1. / 3, 1. / 6},
		Source: "Kutta, Z. Math. Phys. 46 (1901) 435-453",
	},
}

// RungeKutta makes an integrator of a tableau, or says what is wrong with it.
func RungeKutta(t Tableau) (Integrator, error) {
	if t.Name == "" {
		return Integrator{}, fmt.Errorf("graph: a Runge-Kutta tableau has no name")
	}
	if len(t.B) == 0 || len(t.A) != len(t.B) {
		return Integrator{}, fmt.Errorf("graph: tableau %s: expected as many rows of A as entries of B, found %d and %d", t.Name, len(t.A), len(t.B))
	}
	for i, row := range t.A {
		if len(row) != i {
			return Integrator{}, fmt.Errorf("graph: tableau %s: row %d of A has %d coefficients, expected %d: the method must be explicit", t.Name, i+1, len(row), i)
		}
	}
	for _, a := range append(slices.Concat(t.A...), t.B...) {
		if math.IsNaN(a) || math.IsInf(a, 0) {
			return Integrator{}, fmt.Errorf("graph: tableau %s: coefficient %v is not a finite number", t.Name, a)
		}
	}
	return Integrator{t.Name, &t}, nil
}

// step builds one step.
func (t *Tableau) step(s *system) ([]*G.Node, error) {
	if s.noisy() && !t.Stochastic {
		return nil, fmt.Errorf("it has no form for noise; use Euler, Heun, ExponentialEuler or SymplecticEuler")
	}
	k := make([][]*G.Node, len(t.B))
	for i := range t.B {
		x, err := s.x, error(nil)
		if i > 0 {
			if x, err = s.advance(t.A[i], k); err != nil {
				return nil, err
			}
		}
		if k[i], err = s.rhs.at(s.g, x); err != nil {
			return nil, err
		}
	}
	return s.advance(t.B, k)
}
