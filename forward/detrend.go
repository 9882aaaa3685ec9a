package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Detrend subtracts from every region of a series [time, region] its least-squares
// line; with breaks, one line for each part, a break being the first sample of the
// next part. Breaks must rise and lie inside the series.
func Detrend(series *mat.Dense, breaks ...int) (*mat.Dense, error) {
	return detrend(breaks).tryMatrix(series)
}

// DetrendNode is [Detrend] of every lane of x, shape (lane, time, region).
func DetrendNode(x *G.Node, breaks ...int) (*G.Node, error) {
	return detrend(append([]int{}, breaks...)).node(x)
}

func detrend(breaks []int) laneFunction {
	return laneFunction{
		name: fmt.Sprintf("detrending with breaks %v", breaks),
		shape: func(t, n int) ([]int, error) {
			last := 0
			for _, b := range breaks {
				if b <= last || b >= t {
					return nil, fmt.Errorf("expected rising breaks from 1 to %d, found %v", t-1, breaks)
				}
				last = b
			}
			return []int{t, n}, nil
		},
		value: func(out, x []float64, t, n int) { eachPart(out, x, breaks, t, n, true) },
		// The map is a symmetric projection.
		gradient: func(dx, dout, _, _ []float64, t, n int) { eachPart(dx, dout, breaks, t, n, false) },
	}
}

func eachPart(out, x []float64, breaks []int, t, n int, round bool) {
	column := make([]float64, t)
	for i := 0; i < n; i++ {
		gather(column, x, i, n)
		from := 0
		for _, b := range breaks {
			withoutLine(column[from:b], round)
			from = b
		}
		withoutLine(column[from:], round)
		scatter(out, column, i, n)
	}
}

// withoutLine subtracts the least-squares line of x; if asked, what is then only
// rounding becomes 0, so that a straight line has no correlations.
func withoutLine(x []float64, round bool) {
	t, mean, slope, largest := float64(len(x)), 0.0, 0.0, 0.0
	for k, v := range x {
		mean += v / t
		slope += v * (float64(k) - (t-1)/2)
		largest = math.Max(largest, math.Abs(v))
	}
	slope /= math.Max(1, t*(t*t-1)/12) // Σ (k − (t−1)/2)²
	left := 0.0
	for k := range x {
		x[k] -= mean + slope*(float64(k)-(t-1)/2)
		left = math.Max(left, math.Abs(x[k]))
	}
	if round && left <= 8*epsilon*largest*math.Sqrt(t) {
		clear(x)
	}
}
