package main

import (
	"math"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
)

// network is a network of Hopf oscillators z = x + iy near their bifurcation,
//
//	dz_i/dt = (a_i − Σ_j |W_ij| + 2πi f_i − β |z_i|²) z_i + Σ_j W_ij z_j + noise
//
// Deco et al. 2017, doi:10.1038/s41598-017-03073-5, eq. 6 and 7, with weights of
// both signs: a coupling that pulls region i towards W_ij/|W_ij| z_j instead of
// z_j. With W ≥ 0 it is the paper's diffusive coupling Σ_j W_ij (z_j − z_i).
type network struct {
	Bifurcation []float64  // a_i, 1/s; at most −margin
	Frequency   []float64  // f_i, Hz
	Noise       []float64  // noise amplitude relative to Amplitude
	Weights     *mat.Dense // W[to][from], 1/s, zero diagonal
	Amplitude   float64    // unit of Noise, 1/√s; no correlation of the linear network depends on it
}

const (
	// margin is how far the linear network stays from instability: the largest real
	// part of its Jacobian's eigenvalues is at most −margin, 1/s. It follows from
	// a_i ≤ −margin by Gershgorin's theorem: row i of the complex Jacobian has its
	// centre at a_i − Σ_j |W_ij| and the radius Σ_j |W_ij|.
	margin = 0.02

	lowestFrequency, highestFrequency = 0.01, 0.1 // Hz
)

func (p *network) regions() int { return len(p.Bifurcation) }

// relaxation is a_i − Σ_j |W_ij|, 1/s.
func (p *network) relaxation() []float64 {
	r := append([]float64{}, p.Bifurcation...)
	for i := range r {
		for _, w := range p.Weights.RawRowView(i) {
			r[i] -= math.Abs(w)
		}
	}
	return r
}

// jacobian of (x_1 … x_n, y_1 … y_n) at 0, 1/s.
func (p *network) jacobian() *mat.Dense {
	n := p.regions()
	J := mat.NewDense(2*n, 2*n, nil)
	J.Slice(0, n, 0, n).(*mat.Dense).Copy(p.Weights)
	J.Slice(n, 2*n, n, 2*n).(*mat.Dense).Copy(p.Weights)
	for i, a := range p.relaxation() {
		J.Set(i, i, a)
		J.Set(n+i, n+i, a)
		J.Set(i, n+i, -2*math.Pi*p.Frequency[i])
		J.Set(n+i, i, 2*math.Pi*p.Frequency[i])
	}
	return J
}

// noiseCovariance is Q of x and y in units of Amplitude².
func (p *network) noiseCovariance() *mat.Dense {
	n := p.regions()
	Q := mat.NewDense(2*n, 2*n, nil)
	for i, s := range p.Noise {
		Q.Set(i, i, s*s)
		Q.Set(n+i, n+i, s*s)
	}
	return Q
}

// covariance is the stationary covariance of the linear network, in s Amplitude².
func (p *network) covariance() (*mat.Dense, error) {
	return forward.StationaryCovariance(p.jacobian(), p.noiseCovariance())
}
