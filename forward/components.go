package forward

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// PrincipalComponents are the directions of largest variance of a series [time, region]
// about its mean: components[c][region] of length 1, by falling fraction of the
// variance that they explain, min(time, regions) of them. The entry of each that is
// largest in size is positive. Of [ZScore] of a series they are those of its [FC].
//
// Fractions sum to 1; those of a series of constant regions are 0. Components of
// fraction 0, and among equal fractions, are only determined up to a rotation. It is a
// function of numbers only, and panics if the series has fewer than two time points.
//
// Pearson 1901, doi:10.1080/14786440109462720.
func PrincipalComponents(series *mat.Dense) (components *mat.Dense, fractions []float64) {
	t, n := series.Dims()
	if t < 2 {
		panic("forward: principal components: expected 2 time points or more")
	}
	d, _ := deviations(values(series), t, n)
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(t, n, d), mat.SVDThinV) {
		panic("forward: principal components: the series has values that are not finite")
	}
	fractions = svd.Values(nil)
	floats.Mul(fractions, fractions)
	if total := floats.Sum(fractions); total > 0 {
		floats.Scale(1/total, fractions)
	}
	var v mat.Dense
	svd.VTo(&v)
	components = mat.DenseCopyOf(v.T())
	for c := range fractions {
		row := components.RawRowView(c)
		if k := argmaxAbs(row); math.Signbit(row[k]) {
			floats.Scale(-1, row)
		}
	}
	return components, fractions
}
