package forward

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// SensorNoise is white noise of sensors, independent between samples, with covariance L Lᵀ between
// sensors in the square of their unit. What is added comes after the reference.
type SensorNoise struct {
	L *mat.Dense // sensors × sources of noise
}

// NewSensorNoise is noise of a given covariance, sensors × sensors. It may be singular, as that of
// recordings with an average reference; values below 0 by more than rounding are an error.
func NewSensorNoise(covariance mat.Symmetric) (*SensorNoise, error) {
	n := covariance.SymmetricDim()
	if n == 0 {
		return nil, errors.New("forward: sensor noise: expected a covariance of at least 1 sensor")
	}
	for i := 0; i < n; i++ {
		for j := i; j < n; j++ {
			if v := covariance.At(i, j); math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("forward: sensor noise: covariance of sensors %d and %d is %g", i+1, j+1, v)
			}
		}
	}
	var chol mat.Cholesky
	if chol.Factorize(covariance) {
		var l mat.TriDense
		chol.LTo(&l)
		return &SensorNoise{mat.DenseCopyOf(&l)}, nil
	}
	return rootNoise(covariance, n)
}

// rootNoise takes the root by eigenvalues: V √λ Vᵀ.
func rootNoise(covariance mat.Symmetric, n int) (*SensorNoise, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(covariance, true) {
		return nil, errors.New("forward: sensor noise: the eigenvalues of the covariance do not converge")
	}
	values := eigen.Values(nil) // rising
	if rounding := 1e-10 * math.Max(values[n-1], 0); values[0] < -rounding {
		return nil, fmt.Errorf("forward: sensor noise: a covariance has no eigenvalue below 0, this one has %g", values[0])
	}
	var vectors, l mat.Dense
	eigen.VectorsTo(&vectors)
	l.Apply(func(_, k int, v float64) float64 { return v * math.Sqrt(math.Max(values[k], 0)) }, &vectors)
	out := mat.NewDense(n, n, nil)
	out.Mul(&l, vectors.T())
	return &SensorNoise{out}, nil
}

// Covariance is L Lᵀ.
func (s *SensorNoise) Covariance() *mat.SymDense {
	sensors, _ := s.L.Dims()
	c := mat.NewSymDense(sensors, nil)
	c.SymOuterK(1, s.L)
	return c
}

// Samples are the noise of a number of samples [time, sensor], the same for the same seed.
func (s *SensorNoise) Samples(samples int, seed uint64) *mat.Dense {
	sensors, sources := s.L.Dims()
	normal := rand.New(rand.NewPCG(seed, 0x5e_45_04)) // a stream of its own
	z := mat.NewDense(samples, sources, nil)
	z.Apply(func(_, _ int, _ float64) float64 { return normal.NormFloat64() }, z)
	out := mat.NewDense(samples, sensors, nil)
	out.Mul(z, s.L.T())
	return out
}

// AddTo is a series [time, sensor] with noise added.
func (s *SensorNoise) AddTo(series *mat.Dense, seed uint64) (*mat.Dense, error) {
	t, n := series.Dims()
	if sensors, _ := s.L.Dims(); n != sensors {
		return nil, fmt.Errorf("forward: sensor noise: expected a series of %d sensors, found %d", sensors, n)
	}
	out := s.Samples(t, seed)
	out.Add(out, series)
	return out, nil
}

// SensorNoiseNode adds noise L z to x, shape (lane, time, sensor): z, shape (lane, time, source), are
// standard normal samples, drawn by the caller, and L, shape (sensor, source), is the factor of the
// covariance, which can be learned.
func SensorNoiseNode(x, z, l *G.Node) (*G.Node, error) {
	noise, err := projection("sensor noise", rowTreatment{reference: noReference}).Apply(z, l)
	if err != nil {
		return nil, err
	}
	if x == nil || !x.Shape().Eq(noise.Shape()) {
		return nil, fmt.Errorf("forward: sensor noise: expected signals of shape %v to add it to", noise.Shape())
	}
	return G.Add(x, noise)
}
