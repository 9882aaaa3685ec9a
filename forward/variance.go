package forward

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// GlobalVariance is the variance over time (divisor time) of the regions of a series
// [time, region], and its mean over them: how much the whole fluctuates. Constant
// regions add 0. It panics if the series has fewer than two time points.
func GlobalVariance(series *mat.Dense) float64 { return globalVarianceFunction.of(series).Data[0] }

// GlobalVarianceNode is [GlobalVariance] of every lane of x, shape (lane, time,
// region), as a node of shape (lane). A constant region has gradient 0.
func GlobalVarianceNode(x *G.Node) (*G.Node, error) { return globalVarianceFunction.node(x) }

// VarianceOfVariances is the variance over regions (divisor regions) of their variances
// over time (divisor time): how unequally the regions fluctuate; 0 of one region. It
// panics if the series [time, region] has fewer than two time points.
func VarianceOfVariances(series *mat.Dense) float64 {
	return varianceOfVariancesFunction.of(series).Data[0]
}

// VarianceOfVariancesNode is [VarianceOfVariances] of every lane of x, shape (lane,
// time, region), as a node of shape (lane). A constant region has gradient 0.
func VarianceOfVariancesNode(x *G.Node) (*G.Node, error) {
	return varianceOfVariancesFunction.node(x)
}

var globalVarianceFunction = laneFunction{
	name:  "global variance",
	shape: oneNumber(2),
	value: func(out, x []float64, t, n int) {
		_, variances := deviations(x, t, n)
		out[0] = floats.Sum(variances) / float64(n)
	},
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		d, _ := deviations(x, t, n)
		for k := range d {
			dx[k] = 2 * dout[0] * d[k] / float64(t*n)
		}
	},
}

var varianceOfVariancesFunction = laneFunction{
	name:  "variance of variances",
	shape: oneNumber(2),
	value: func(out, x []float64, t, n int) {
		_, variances := deviations(x, t, n)
		mean := floats.Sum(variances) / float64(n)
		for _, v := range variances {
			out[0] += (v - mean) * (v - mean) / float64(n)
		}
	},
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		d, variances := deviations(x, t, n)
		mean := floats.Sum(variances) / float64(n)
		for k := range d {
			dx[k] = 4 * dout[0] * (variances[k%n] - mean) * d[k] / float64(t*n)
		}
	},
}

// deviations returns a series without its regions' means, and their variances (divisor t).
func deviations(x []float64, t, n int) (d, variances []float64) {
	d, variances = make([]float64, t*n), make([]float64, n)
	column := make([]float64, t)
	for i := range variances {
		gather(column, x, i, n)
		centre(column)
		variances[i] = power(column) / float64(t)
		scatter(d, column, i, n)
	}
	return d, variances
}
