package datasets

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Scaling is a way to normalise the weights of a connectome.
type Scaling int

const (
	ByMaximum        Scaling = iota // w / max |w|
	ByRow                           // w_ij / Σ_j |w_ij|: every region receives 1 in all
	BySpectralRadius                // w / max |λ| over the eigenvalues of the weights: linear dynamics at the edge of stability
	ByLogarithm                     // log(1 + w), for counts of fibres that span decades; weights below 0 are refused
	ByInput                         // w / max_i |Σ_j w_ij|: the region that receives most receives 1
)

// String is the name of the constant.
func (s Scaling) String() string {
	switch s {
	case ByMaximum:
		return "ByMaximum"
	case ByRow:
		return "ByRow"
	case BySpectralRadius:
		return "BySpectralRadius"
	case ByLogarithm:
		return "ByLogarithm"
	case ByInput:
		return "ByInput"
	}
	return fmt.Sprintf("Scaling(%d)", int(s))
}

// Scaled is the connectome with normalised weights; all else is that of c. It fails if
// c is not sound (see [Connectome.Check]), if [ByLogarithm] meets a weight below 0, and
// if [BySpectralRadius] finds a radius of 0: a network without loops has no other.
// Weights that are all zero, or cancel in every region, stay so under [ByMaximum],
// [ByRow] and [ByInput].
func (c *Connectome) Scaled(by Scaling) (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	switch by {
	case ByMaximum:
		return c.withWeights(c.Normalised()), nil
	case ByRow:
		return c.withWeights(c.NormalisedRows()), nil
	case ByInput:
		return c.withWeights(c.normalisedInput()), nil
	case BySpectralRadius:
		radius, err := c.SpectralRadius()
		if err != nil {
			return nil, err
		}
		if radius == 0 {
			return nil, fmt.Errorf("datasets: %v: the spectral radius of the weights is 0: there are no loops to scale by", by)
		}
		out := mat.NewDense(c.Regions(), c.Regions(), nil)
		out.Apply(func(_, _ int, w float64) float64 { return w / radius }, c.Weights)
		return c.withWeights(out), nil
	case ByLogarithm:
		if err := c.checkPairs("Weights", "weight", c.Weights, 0, nil); err != nil {
			return nil, fmt.Errorf("%w: log(1 + w) expects weights from 0", err)
		}
		out := mat.NewDense(c.Regions(), c.Regions(), nil)
		out.Apply(func(_, _ int, w float64) float64 { return math.Log1p(w) }, c.Weights)
		return c.withWeights(out), nil
	}
	return nil, fmt.Errorf("datasets: %v is no scaling", by)
}

// normalisedInput are the weights divided by the largest absolute sum of a row, as a new
// matrix.
func (c *Connectome) normalisedInput() *mat.Dense {
	out := mat.DenseCopyOf(c.Weights)
	largest := 0.0
	for i := 0; i < c.Regions(); i++ {
		largest = math.Max(largest, math.Abs(floats.Sum(out.RawRowView(i))))
	}
	if largest > 0 {
		floats.Scale(1/largest, out.RawMatrix().Data)
	}
	return out
}

// SpectralRadius is the largest absolute eigenvalue of the weights. It takes time
// proportional to the cube of the number of regions: seconds for a thousand.
func (c *Connectome) SpectralRadius() (float64, error) {
	if err := c.Check(); err != nil {
		return 0, err
	}
	var eigen mat.Eigen
	if !eigen.Factorize(c.Weights, mat.EigenNone) {
		return 0, fmt.Errorf("datasets: the eigenvalues of the weights did not converge")
	}
	radius := 0.0
	for _, value := range eigen.Values(nil) {
		radius = math.Max(radius, cmplx.Abs(value))
	}
	return radius, nil
}

// withWeights is the connectome with other weights. What is not changed is shared.
func (c *Connectome) withWeights(weights *mat.Dense) *Connectome {
	out := *c
	out.Weights = weights
	return &out
}
