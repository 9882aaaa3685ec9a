package forward

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Dispersion is the mean distance of the regions of a series [time, region] from their
// mean at that time, V(t) = Σ_i |x_i(t) − m(t)| / n: small where they move together,
// without the phases that [KuramotoOrder] needs. 0 of one region, and of equal ones.
func Dispersion(series *mat.Dense) []float64 { return dispersionFunction.of(series).Data }

// DispersionNode is [Dispersion] of every lane of x, shape (lane, time, region), as a
// node of shape (lane, time). A region at the mean adds gradient 0 for its distance.
func DispersionNode(x *G.Node) (*G.Node, error) { return dispersionFunction.node(x) }

// ProxySynchrony is the reciprocal of the mean over time of [Dispersion], in 1/unit of
// the series; +Inf of one region, and of equal ones. To fit it, fit DispersionNode,
// which is finite there.
func ProxySynchrony(series *mat.Dense) float64 {
	v := Dispersion(series)
	return float64(len(v)) / floats.Sum(v)
}

// ProxyMetastability is the standard deviation over time (divisor time) of [Dispersion],
// in the unit of the series. It panics if there are fewer than two time points.
func ProxyMetastability(series *mat.Dense) float64 {
	return proxyMetastabilityFunction.of(series).Data[0]
}

// ProxyMetastabilityNode is [ProxyMetastability] of every lane of x, shape (lane, time,
// region), as a node of shape (lane). Where the dispersion does not change, its gradient
// is 0.
func ProxyMetastabilityNode(x *G.Node) (*G.Node, error) { return proxyMetastabilityFunction.node(x) }

var dispersionFunction = laneFunction{
	name:  "dispersion",
	shape: orderFunction.shape,
	value: dispersion,
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		dispersionGradient(dx, x, t, n, func(k int) float64 { return dout[k] })
	},
}

var proxyMetastabilityFunction = laneFunction{
	name:  "proxy metastability",
	shape: oneNumber(2),
	value: func(out, x []float64, t, n int) {
		v := make([]float64, t)
		dispersion(v, x, t, n)
		centre(v)
		out[0] = math.Sqrt(power(v) / float64(t))
	},
	gradient: func(dx, dout, x, out []float64, t, n int) {
		if out[0] == 0 {
			return
		}
		v := make([]float64, t)
		dispersion(v, x, t, n)
		centre(v)
		dispersionGradient(dx, x, t, n, func(k int) float64 { return dout[0] * v[k] / (out[0] * float64(t)) })
	},
}

func dispersion(out, x []float64, t, n int) {
	d := make([]float64, n)
	for k := 0; k < t; k++ {
		spread(d, x[k*n:(k+1)*n])
		out[k] = floats.Norm(d, 1) / float64(n)
	}
}

// dispersionGradient is x̄_i = V̄ (sign d_i − mean(sign d)) / n, V̄ given by its time.
func dispersionGradient(dx, x []float64, t, n int, dv func(k int) float64) {
	d := make([]float64, n)
	for k := 0; k < t; k++ {
		spread(d, x[k*n:(k+1)*n])
		mean := 0.0
		for i := range d {
			d[i] = signOf(d[i])
			mean += d[i] / float64(n)
		}
		for i, s := range d {
			dx[k*n+i] = dv(k) * (s - mean) / float64(n)
		}
	}
}

// spread writes what is above the mean; differences of the order of rounding become 0.
func spread(d, x []float64) {
	mean := floats.Sum(x) / float64(len(x))
	for i, v := range x {
		d[i] = v - mean
		if math.Abs(d[i]) <= 8*epsilon*math.Abs(mean) {
			d[i] = 0
		}
	}
}
