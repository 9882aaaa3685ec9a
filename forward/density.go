package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Density is a smooth distribution of values: their Gaussian kernel estimate at the
// points of an evenly spaced grid, with Scott's bandwidth s n^(−1/5), scaled so that
// its sum times the spacing is 1. Equal values get the grid's spacing as bandwidth.
//
// Scott 1992, doi:10.1002/9780470316849.
// It panics if there are no values or the grid has fewer than 2 points or does not rise evenly.
func Density(values, grid []float64) []float64 {
	return density(grid).of(mat.NewDense(1, len(values), append([]float64{}, values...))).Data
}

// DensityNode is [Density] of every lane of values, shape (lane, values), as a node
// of shape (lane, grid point).
func DensityNode(values *G.Node, grid []float64) (*G.Node, error) {
	f := density(append([]float64{}, grid...))
	of := f.nodeFunction(2)
	whole := *of
	whole.Inputs = []int{2}
	whole.Shape = func(in [][]int) ([]int, error) { return of.Shape([][]int{{in[0][0], 1, in[0][1]}}) }
	whole.Value = func(in []Array, out Array) error { return of.Value(oneSample(in), out) }
	whole.Gradient = func(k int, in []Array, out, outGrad, inGrad Array) error {
		return of.Gradient(k, oneSample(in), out, outGrad, inGrad)
	}
	return whole.Apply(values)
}

// oneSample views (lane, values) as (lane, 1, values).
func oneSample(in []Array) []Array {
	return []Array{{[]int{in[0].Shape[0], 1, in[0].Shape[1]}, in[0].Data}}
}

// DensityKS is the largest difference of the cumulative sums of two densities on one
// grid, each divided by its total. It panics if their lengths differ.
func DensityKS(p, q []float64) float64 {
	checkSameLength("KS distance of densities", p, q)
	return densityKSFunction.value(p, q)
}

// DensityKSNode is [DensityKS] of every lane of p and q, shape (lane, grid point), as
// a node of shape (lane). Its gradient is that of the grid point with the largest
// difference, and 0 between equal densities.
func DensityKSNode(p, q *G.Node) (*G.Node, error) { return densityKSFunction.node(p, q) }

// DensityWasserstein is the Wasserstein-1 distance of two densities on one grid of
// the given spacing: the sum of the absolute differences of their cumulative sums,
// each divided by its total, times the spacing. It panics if their lengths differ.
func DensityWasserstein(p, q []float64, spacing float64) float64 {
	checkSameLength("Wasserstein distance of densities", p, q)
	return densityWasserstein(spacing).value(p, q)
}

// DensityWassersteinNode is [DensityWasserstein] of every lane of p and q, shape
// (lane, grid point), as a node of shape (lane). Equal points have gradient 0.
func DensityWassersteinNode(p, q *G.Node, spacing float64) (*G.Node, error) {
	return densityWasserstein(spacing).node(p, q)
}

func density(grid []float64) laneFunction {
	return laneFunction{
		name: fmt.Sprintf("density on %d points", len(grid)),
		shape: func(_, n int) ([]int, error) {
			if n < 1 {
				return nil, fmt.Errorf("no values")
			}
			return []int{len(grid)}, checkGrid(grid)
		},
		value: func(out, x []float64, _, _ int) {
			kernels(out, nil, x, grid)
			scale := 1 / (floats.Sum(out) * (grid[1] - grid[0]))
			for k := range out {
				out[k] *= scale
			}
		},
		gradient: func(dx, dout, x, out []float64, _, _ int) { densityGradient(dx, dout, x, out, grid) },
	}
}

func checkGrid(grid []float64) error {
	if len(grid) < 2 {
		return fmt.Errorf("expected 2 grid points or more, found %d", len(grid))
	}
	spacing := (grid[len(grid)-1] - grid[0]) / float64(len(grid)-1)
	for k := 1; k < len(grid); k++ {
		// 1e-4: grids that were written in single precision are even to that.
		if d := grid[k] - grid[k-1]; !(d > 0 && math.Abs(d-spacing) <= 1e-4*spacing) {
			return fmt.Errorf("expected an evenly rising grid, found %g after %g", grid[k], grid[k-1])
		}
	}
	return nil
}

// bandwidth returns Scott's bandwidth with mean and deviation of x (0: equal values).
func bandwidth(x, grid []float64) (h, mean, deviation float64) {
	s := []float64{0}
	if len(x) > 1 {
		zscore(make([]float64, len(x)), s, x, len(x), 1)
	}
	if s[0] == 0 {
		return grid[1] - grid[0], x[0], 0
	}
	return s[0] * math.Pow(float64(len(x)), -0.2), floats.Sum(x) / float64(len(x)), s[0]
}

// kernels writes Σ_i exp(m − u²/2), u = (g_k − x_i)/h, m the smallest u²/2, so that
// not all of it underflows; each is passed to visit if there is one.
func kernels(sums []float64, visit func(k, i int, e float64), x, grid []float64) {
	h, _, _ := bandwidth(x, grid)
	m := math.Inf(1)
	half := func(k, i int) float64 { u := (grid[k] - x[i]) / h; return u * u / 2 }
	for k := range grid {
		for i := range x {
			m = math.Min(m, half(k, i))
		}
	}
	for k := range grid {
		for i := range x {
			e := math.Exp(m - half(k, i))
			sums[k] += e
			if visit != nil {
				visit(k, i, e)
			}
		}
	}
}

// densityGradient differentiates through kernels, total and bandwidth.
func densityGradient(dx, dout, x, out, grid []float64) {
	h, mean, deviation := bandwidth(x, grid)
	spacing := grid[1] - grid[0]
	dot := 0.0
	for k := range out {
		dot += dout[k] * out[k] * spacing
	}
	sums, dh := make([]float64, len(grid)), 0.0
	kernels(sums, nil, x, grid)
	total := floats.Sum(sums) * spacing
	kernels(make([]float64, len(grid)), func(k, i int, e float64) {
		u := (grid[k] - x[i]) / h
		d := (dout[k] - dot) / total * e * u / h
		dx[i] += d
		dh += d * u
	}, x, grid)
	if deviation > 0 && len(x) > 1 {
		for i := range dx {
			dx[i] += dh * h / (deviation * deviation) * (x[i] - mean) / float64(len(x)-1)
		}
	}
}

var densityKSFunction = pairFunction{
	name: "KS distance of densities", dims: 2, equal: true,
	value: func(p, q []float64) float64 {
		d := cumulativeDifference(p, q)
		return math.Abs(d[argmaxAbs(d)])
	},
	gradient: func(dp, dq, p, q []float64, dout float64) {
		d := cumulativeDifference(p, q)
		weights := make([]float64, len(p))
		k := argmaxAbs(d)
		weights[k] = signOf(d[k]) * dout
		cumulativeGradient(dp, p, weights, 1)
		cumulativeGradient(dq, q, weights, -1)
	},
}

func densityWasserstein(spacing float64) pairFunction {
	return pairFunction{
		name: fmt.Sprintf("Wasserstein distance of densities of spacing %g", spacing), dims: 2, equal: true,
		value: func(p, q []float64) float64 {
			sum := 0.0
			for _, d := range cumulativeDifference(p, q) {
				sum += math.Abs(d)
			}
			return sum * spacing
		},
		gradient: func(dp, dq, p, q []float64, dout float64) {
			weights := cumulativeDifference(p, q)
			for k, d := range weights {
				weights[k] = signOf(d) * dout * spacing
			}
			cumulativeGradient(dp, p, weights, 1)
			cumulativeGradient(dq, q, weights, -1)
		},
	}
}

// cumulativeDifference returns P − Q, the cumulative sums over their totals. The last
// is 0 exactly, where rounding would leave a sign.
func cumulativeDifference(p, q []float64) []float64 {
	d := make([]float64, len(p))
	addCumulative(d, p, 1)
	addCumulative(d, q, -1)
	if floats.Sum(p) != 0 && floats.Sum(q) != 0 {
		d[len(d)-1] = 0
	}
	return d
}

// addCumulative adds sign·cumulative(p)/total; nothing if the total is 0.
func addCumulative(d, p []float64, sign float64) {
	total, sum := floats.Sum(p), 0.0
	if total == 0 {
		return
	}
	for k, v := range p {
		sum += v
		d[k] += sign * sum / total
	}
}

// cumulativeGradient adds sign·Σ_k w_k dP_k/dp: Σ_{k≥i} w_k/total − Σ_k w_k P_k/total.
func cumulativeGradient(dp, p, weights []float64, sign float64) {
	total := floats.Sum(p)
	if dp == nil || total == 0 {
		return
	}
	cumulative := make([]float64, len(p))
	addCumulative(cumulative, p, 1)
	mean, tail := 0.0, 0.0
	for k, w := range weights {
		mean += w * cumulative[k]
	}
	for i := len(p) - 1; i >= 0; i-- {
		tail += weights[i]
		dp[i] += sign * (tail - mean) / total
	}
}

func argmaxAbs(d []float64) int {
	best := 0
	for k, v := range d {
		if math.Abs(v) > math.Abs(d[best]) {
			best = k
		}
	}
	return best
}

func signOf(d float64) float64 {
	switch {
	case d > 0:
		return 1
	case d < 0:
		return -1
	}
	return 0
}

func checkSameLength(what string, p, q []float64) {
	if len(p) != len(q) || len(p) == 0 {
		panic(fmt.Sprintf("forward: %s: %d and %d values", what, len(p), len(q)))
	}
}
