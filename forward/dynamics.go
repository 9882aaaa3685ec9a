package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// AutocorrelationTime is the integrated autocorrelation time of every region of a
// series [time, region], in samples:
//
//	τ = ½ + Σ_{k=1..lags} ρ_k,   ρ_k = Σ_t d_t d_{t+k} / Σ_t d_t²
//
// with d the series without its mean. Independent samples have about ½; take lags of
// some times the expected τ, since the sum over all lags is 0. A constant region has τ = 0.
//
// Sokal 1997, doi:10.1007/978-1-4899-0319-8_6. It panics unless 1 ≤ lags < time.
func AutocorrelationTime(series *mat.Dense, lags int) []float64 {
	return autocorrelationTime(lags).of(series).Data
}

// AutocorrelationTimeNode is [AutocorrelationTime] of every lane of x, shape (lane,
// time, region), as a node of shape (lane, region). A constant region has gradient 0.
func AutocorrelationTimeNode(x *G.Node, lags int) (*G.Node, error) {
	return autocorrelationTime(lags).node(x)
}

// Amplitude is √2 times the standard deviation (divisor time) of every region of a
// series [time, region]: of a sine over whole periods, its amplitude. It panics if the
// series has fewer than two time points.
func Amplitude(series *mat.Dense) []float64 { return amplitudeFunction.of(series).Data }

// AmplitudeNode is [Amplitude] of every lane of x, shape (lane, time, region), as a
// node of shape (lane, region). A constant region has gradient 0.
func AmplitudeNode(x *G.Node) (*G.Node, error) { return amplitudeFunction.node(x) }

// Switching is how often every region of a series [time, region] changes between its
// states above and below its mean, per step, in a smooth form:
//
//	Σ_t |tanh(s z_{t+1}) − tanh(s z_t)| / (2 (T − 1))
//
// with z its z-score. For a large sharpness s it is the rate of crossings of the mean;
// a constant region has 0. It panics if the series has fewer than two time points or
// sharpness is not positive.
func Switching(series *mat.Dense, sharpness float64) []float64 {
	return switching(sharpness).of(series).Data
}

// SwitchingNode is [Switching] of every lane of x, shape (lane, time, region), as a
// node of shape (lane, region). A constant region has gradient 0.
func SwitchingNode(x *G.Node, sharpness float64) (*G.Node, error) {
	return switching(sharpness).node(x)
}

// perRegion is the shape of one number per region of at least two samples.
func perRegion(t, n int) ([]int, error) {
	if t < 2 {
		return nil, fmt.Errorf("expected 2 time points or more, found %d", t)
	}
	return []int{n}, nil
}

func autocorrelationTime(lags int) laneFunction {
	return laneFunction{
		name: fmt.Sprintf("autocorrelation time over %d lags", lags),
		shape: func(t, n int) ([]int, error) {
			if lags < 1 || lags >= t {
				return nil, fmt.Errorf("expected 1 to %d lags, found %d", t-1, lags)
			}
			return []int{n}, nil
		},
		value: func(out, x []float64, t, n int) {
			column := make([]float64, t)
			for i := range out {
				gather(column, x, i, n)
				out[i] = integrated(column, lags)
			}
		},
		gradient: func(dx, dout, x, out []float64, t, n int) {
			column := make([]float64, t)
			for i, tau := range out {
				gather(column, x, i, n)
				scatter(dx, integratedGradient(column, lags, tau, dout[i]), i, n)
			}
		},
	}
}

// integrated returns τ and centres d.
func integrated(d []float64, lags int) float64 {
	centre(d)
	if power(d) == 0 {
		return 0
	}
	sum := 0.0
	for k := 1; k <= lags; k++ {
		for t := range d[k:] {
			sum += d[t] * d[t+k]
		}
	}
	return 0.5 + sum/power(d)
}

// integratedGradient is (Σ_k (d_{t−k} + d_{t+k}) − 2 (τ − ½) d_t) / Σ d², less its mean.
func integratedGradient(d []float64, lags int, tau, dout float64) []float64 {
	centre(d)
	g, mean, p := make([]float64, len(d)), 0.0, power(d)
	if p == 0 {
		return g
	}
	for t := range d {
		g[t] = -2 * (tau - 0.5) * d[t]
		for k := 1; k <= lags; k++ {
			if t >= k {
				g[t] += d[t-k]
			}
			if t+k < len(d) {
				g[t] += d[t+k]
			}
		}
		mean += g[t] / float64(len(d))
	}
	for t := range g {
		g[t] = dout * (g[t] - mean) / p
	}
	return g
}

var amplitudeFunction = laneFunction{
	name:  "amplitude",
	shape: perRegion,
	value: func(out, x []float64, t, n int) {
		zscore(make([]float64, t*n), out, x, t, n)
		for i := range out {
			out[i] *= math.Sqrt(2 * float64(t-1) / float64(t))
		}
	},
	gradient: func(dx, dout, x, _ []float64, t, n int) {
		zscore(dx, nil, x, t, n)
		for k := range dx {
			dx[k] *= dout[k%n] * math.Sqrt(2/float64(t)/float64(t-1))
		}
	},
}

func switching(sharpness float64) laneFunction {
	return laneFunction{
		name: fmt.Sprintf("switching of sharpness %g", sharpness),
		shape: func(t, n int) ([]int, error) {
			if !(sharpness > 0) || math.IsInf(sharpness, 0) {
				return nil, fmt.Errorf("expected a positive sharpness, found %g", sharpness)
			}
			return perRegion(t, n)
		},
		value: func(out, x []float64, t, n int) {
			z := make([]float64, t*n)
			zscore(z, nil, x, t, n)
			for k := n; k < t*n; k++ {
				out[k%n] += math.Abs(math.Tanh(sharpness*z[k])-math.Tanh(sharpness*z[k-n])) / float64(2*(t-1))
			}
		},
		gradient: func(dx, dout, x, _ []float64, t, n int) {
			z, deviation, dz := make([]float64, t*n), make([]float64, n), make([]float64, t*n)
			zscore(z, deviation, x, t, n)
			for k := n; k < t*n; k++ {
				later, earlier := math.Tanh(sharpness*z[k]), math.Tanh(sharpness*z[k-n])
				d := signOf(later-earlier) * dout[k%n] * sharpness / float64(2*(t-1))
				dz[k] += d * (1 - later*later)
				dz[k-n] -= d * (1 - earlier*earlier)
			}
			zscoreGradient(dx, dz, z, deviation, t, n)
		},
	}
}
