package graph

import (
	"fmt"
	"strings"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// Integrator turns equations into the graph of a time step. The zero value stands for Heun.
type Integrator struct {
	Name   string
	method method
}

// method builds the nodes of the next states.
type method interface {
	step(*system) ([]*G.Node, error)
}

// The integrators. Heun is the two-stage explicit trapezoid, which brainmass calls rk2; Heun3 is
// Heun's method of third order, which brainmass calls heun. All freeze coupling and inputs during
// the step and keep bounded states within their bounds after every stage. Euler, Heun, ExponentialEuler and
// SymplecticEuler take additive noise.
var (
	Euler            = builtIn("euler")
	Heun             = builtIn("heun")
	Heun3            = builtIn("heun3")
	RK4              = builtIn("rk4")
	SymplecticEuler  = Integrator{"symplecticeuler", symplectic{}}
	ExponentialEuler = Integrator{"exponentialeuler", exponential{}}
)

// builtIn finds a tableau that comes with the package.
func builtIn(name string) Integrator {
	for i := range tableaus {
		if tableaus[i].Name == name {
			return Integrator{name, &tableaus[i]}
		}
	}
	panic("graph: no tableau called " + name)
}

// Integrators lists the integrators that have a name.
func Integrators() []Integrator {
	return []Integrator{Euler, Heun, Heun3, RK4, SymplecticEuler, ExponentialEuler}
}

// IntegratorByName finds an integrator; case, spaces, hyphens and underscores do not count.
func IntegratorByName(name string) (Integrator, error) {
	plain := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name))
	var names []string
	for _, i := range Integrators() {
		if i.Name == plain {
			return i, nil
		}
		names = append(names, i.Name)
	}
	return Integrator{}, fmt.Errorf("graph: unknown integrator %q; there are %s", name, strings.Join(names, ", "))
}

// String returns the name.
func (i Integrator) String() string { return i.Name }

func (i Integrator) apply(s *system) ([]*G.Node, error) {
	if i.method == nil {
		if i.Name != "" {
			return nil, fmt.Errorf("an Integrator made by hand has no method; use one of the package's or RungeKutta")
		}
		i = Heun
	}
	next, err := i.method.step(s)
	if err != nil {
		return nil, err
	}
	return next, s.stepwise(next)
}

// stepwise gives states whose equation says what they are after a step that value, computed from what the
// step starts with. During the step they have their value before it.
func (s *system) stepwise(next []*G.Node) error {
	for i, state := range s.pop.states {
		if !state.Stepwise {
			continue
		}
		value, err := s.rhs.oneAt(s.g, i, s.x)
		if err == nil && value.IsScalar() {
			value, err = widen(value, s.x[i])
		}
		if err == nil {
			next[i], err = s.finish(i, value, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// advance returns B(x + dt Σ_j a_j k_j + z) for every state.
func (s *system) advance(a []float64, k [][]*G.Node) ([]*G.Node, error) {
	next := make([]*G.Node, len(s.x))
	for i := range s.x {
		if s.pop.states[i].Stepwise {
			next[i] = s.x[i]
			continue
		}
		var terms []*G.Node
		var weights []float64
		for j, w := range a {
			if w != 0 {
				terms, weights = append(terms, k[j][i]), append(weights, w)
			}
		}
		increment, err := combine(s.g, s.dt, weights, terms)
		if err != nil {
			return nil, err
		}
		if next[i], err = s.finish(i, s.x[i], increment); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// combine returns dt Σ_j a_j k_j, with one multiplication where all a_j are equal.
func combine(g *G.ExprGraph, dt float64, a []float64, k []*G.Node) (sum *G.Node, err error) {
	equal := true
	for _, w := range a {
		equal = equal && w == a[0]
	}
	for j, node := range k {
		if !equal {
			if node, err = G.HadamardProd(constant(g, dt*a[j]), node); err != nil {
				return nil, err
			}
		}
		if sum == nil {
			sum = node
		} else if sum, err = G.Add(sum, node); err != nil {
			return nil, err
		}
	}
	if equal && sum != nil {
		return G.HadamardProd(constant(g, dt*a[0]), sum)
	}
	return sum, nil
}

// finish returns B(x + increment + z_i) for state i.
func (s *system) finish(i int, x, increment *G.Node) (next *G.Node, err error) {
	next = x
	for _, term := range []*G.Node{increment, s.z[i]} {
		if term == nil {
			continue
		}
		if next, err = G.Add(next, term); err != nil {
			return nil, err
		}
	}
	return s.pop.states[i].Hold(next)
}

// clip keeps x within [lo, hi], with derivative 1 inside and on the bound and 0 outside.
func clip(x *G.Node, lo, hi float64) (*G.Node, error) {
	return nmm.StateInfo{Min: lo, Max: hi}.Hold(x)
}
