package nmm

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat/distuv"
	G "gorgonia.org/gorgonia"
)

// modeIntegrals are ∫v_k, ∫Z v_k and ∫g v_k of modes normed to ∫v_k² = 1, as they are defined.
func modeIntegrals(mu, sigma float64, k int) (length, first, share float64) {
	normal := distuv.Normal{Mu: mu, Sigma: sigma}
	z, v := make([]float64, 1500), make([]float64, 1500)
	for j := range z {
		z[j] = normal.Quantile(float64(j+1) / 1501)
		if j*3/1500 == k {
			v[j] = 1
		}
	}
	norm := math.Sqrt(integrate.Trapezoidal(z, v))
	zv, gv := make([]float64, 1500), make([]float64, 1500)
	for j := range v {
		v[j] /= norm
		zv[j], gv[j] = z[j]*v[j], normal.Prob(z[j])*v[j]
	}
	return integrate.Trapezoidal(z, v), integrate.Trapezoidal(z, zv), integrate.Trapezoidal(z, gv)
}

// The closed forms in μ and σ are the integrals, which the excitatory population shows where its potential is 1 in one
// mode and all else is 0.
func TestReducedSetIntegrals(t *testing.T) {
	const mu, sigma = -0.7, 0.45
	m := ReducedSetFitzHughNagumo()
	see := func(name string) build {
		return func(n map[string]*G.Node) (*G.Node, error) {
			e, err := m.Nodes(n)
			if err != nil {
				return nil, err
			}
			return e.Algebraic[name], nil
		}
	}
	for k, mode := range []string{"_1", "_2", "_3"} {
		inputs := vars{"mu": {mu}, "sigma": {sigma}, "tau": {1}, "K11": {0}, "K12": {0}, "K21": {1}}
		for _, s := range m.States() {
			inputs[s.Name] = []float64{0}
		}
		values := at(m, nil, inputs)
		length, first, _ := modeIntegrals(mu, sigma, k)
		for name, want := range map[string]float64{"V" + mode: length, "I" + mode: first} {
			if got := evaluate(t, see(name), values)[0]; !closeTo(got, want, 1e-12, 1) {
				t.Errorf("%s: %v, expected %v", name, got, want)
			}
		}
		for i, source := range []string{"xi_1", "xi_2", "xi_3"} {
			_, _, share := modeIntegrals(mu, sigma, i)
			values[source] = []float64{1}
			got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(m, stateIndex(t, m, "alpha"+mode), n) }, values)[0]
			if want := first + share*length; !closeTo(got, want, 1e-12, 1) {
				t.Errorf("overlap of %s and mode %d: derivative %v, expected %v", source, k+1, got, want)
			}
			values[source] = []float64{0}
		}
	}
}

// stateIndex is the place of a state.
func stateIndex(t *testing.T, m *Model, name string) int {
	t.Helper()
	for i, s := range m.States() {
		if s.Name == name {
			return i
		}
	}
	t.Fatalf("no state %s", name)
	return 0
}
