package train

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
)

// ARSurrogate is a series as long as the given one [time, region], of regions that are independent AR(1) processes
// with the autocorrelation and variance that each region has: what FC comes of chance and slowness alone. A constant
// region stays 0. The same seed gives the same series.
//
// Such processes as null model of FC: Liégeois et al. 2017, doi:10.1016/j.neuroimage.2017.09.012.
func ARSurrogate(series *mat.Dense, seed uint64) (*mat.Dense, error) {
	samples, n := series.Dims()
	if samples < 3 {
		return nil, fmt.Errorf("train: AR(1): expected at least 3 samples, found %d", samples)
	}
	c0, c1 := forward.LaggedCovariance(series, 0), forward.LaggedCovariance(series, 1)
	r := rand.New(rand.NewPCG(seed, 1))
	out := mat.NewDense(samples, n, nil)
	for i := range n {
		variance := c0.At(i, i)
		if !(variance > 0) {
			continue
		}
		a := max(-1, min(1, c1.At(i, i)/variance))
		x := math.Sqrt(variance) * r.NormFloat64()
		for t := range samples {
			out.Set(t, i, x)
			x = a*x + math.Sqrt((1-a*a)*variance)*r.NormFloat64()
		}
	}
	return out, nil
}

// VARSurrogate is a series of a VAR(1) process x(t+1) = A x(t) + e with the covariance and, as far as there are
// enough samples to tell, the lag-1 covariance of the given one [time, region]: what can be had from a recording
// without any model of the brain. Ridge, relative to the mean variance, makes A of fewer samples than it needs
// smaller; 0 is 0.01. The same seed gives the same series.
func VARSurrogate(series *mat.Dense, ridge float64, seed uint64) (*mat.Dense, error) {
	samples, n := series.Dims()
	if samples < 3 || ridge < 0 {
		return nil, fmt.Errorf("train: VAR(1): expected at least 3 samples and no negative ridge, found %d and %g", samples, ridge)
	}
	if ridge == 0 {
		ridge = 0.01
	}
	c0 := forward.LaggedCovariance(series, 0)
	shift := ridge * mat.Trace(c0) / float64(n)
	if shift == 0 {
		return mat.NewDense(samples, n, nil), nil
	}
	damped := mat.DenseCopyOf(c0)
	for i := range n {
		damped.Set(i, i, c0.At(i, i)+shift)
	}
	var a, inverse mat.Dense
	if err := inverse.Inverse(damped); err != nil {
		return nil, fmt.Errorf("train: VAR(1): %w", err)
	}
	a.Mul(forward.LaggedCovariance(series, 1), &inverse)
	root, err := residualRoot(&a, c0)
	if err != nil {
		return nil, err
	}
	start, err := rootOfCovariance(c0)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(seed, 2))
	x := product(start, normals(r, n))
	out := mat.NewDense(samples, n, nil)
	for t := range samples {
		out.SetRow(t, x.RawVector().Data)
		next := product(&a, x)
		next.AddVec(next, product(root, normals(r, n)))
		x = next
	}
	return out, nil
}

// residualRoot is a root of the residuals' covariance C − A C Aᵀ, with which the process keeps C.
func residualRoot(a, c *mat.Dense) (*mat.Dense, error) {
	var left, through, residual mat.Dense
	left.Mul(a, c)
	through.Mul(&left, a.T())
	residual.Sub(c, &through)
	return rootOfCovariance(&residual)
}

// rootOfCovariance is R with R Rᵀ = C, negative eigenvalues, which are rounding or lack of samples, taken as 0.
func rootOfCovariance(c *mat.Dense) (*mat.Dense, error) {
	n, _ := c.Dims()
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			sym.SetSym(i, j, (c.At(i, j)+c.At(j, i))/2)
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(sym, true) {
		return nil, fmt.Errorf("train: VAR(1): the covariance has no eigenvalues: is the series finite?")
	}
	var root mat.Dense
	eig.VectorsTo(&root)
	for j, v := range eig.Values(nil) {
		for i := range n {
			root.Set(i, j, root.At(i, j)*math.Sqrt(max(0, v)))
		}
	}
	return &root, nil
}

func normals(r *rand.Rand, n int) *mat.VecDense {
	x := mat.NewVecDense(n, nil)
	for i := range n {
		x.SetVec(i, r.NormFloat64())
	}
	return x
}

func product(m *mat.Dense, x *mat.VecDense) *mat.VecDense {
	out := new(mat.VecDense)
	out.MulVec(m, x)
	return out
}
