package train

import "math"

// GroupLasso is the sum of the lengths √Σv² of groups of size values each, which makes
// whole groups 0: with the number of sources as size, all that reaches a region. Values
// after the last whole group are a group too. A group of zeros has gradient 0.
//
// Yuan and Lin 2006, doi:10.1111/j.1467-9868.2005.00532.x.
func GroupLasso(size int) Regulariser {
	return func(values, gradient []float64) float64 {
		sum := 0.0
		for from := 0; from < len(values); from += max(1, size) {
			to := min(from+max(1, size), len(values))
			length := norm(values[from:to])
			sum += length
			for i := from; i < to && gradient != nil; i++ {
				gradient[i] = 0
				if length > 0 {
					gradient[i] = values[i] / length
				}
			}
		}
		return sum
	}
}

// MaxNorm is (√Σv² − limit)², 0 within the limit.
func MaxNorm(limit float64) Regulariser {
	return func(values, gradient []float64) float64 {
		length := norm(values)
		excess := math.Max(0, length-limit)
		for i := range gradient {
			gradient[i] = 0
			if excess > 0 {
				gradient[i] = 2 * excess * values[i] / length
			}
		}
		return excess * excess
	}
}

// TotalVariation is Σ|v_{i+1} − v_i|, which makes neighbours equal: of values in the order
// of a gradient along the cortex, steps instead of a slope.
//
// Rudin, Osher and Fatemi 1992, doi:10.1016/0167-2789(92)90242-F.
func TotalVariation(values, gradient []float64) float64 {
	clear(gradient)
	sum := 0.0
	for i := 1; i < len(values); i++ {
		d := values[i] - values[i-1]
		sum += math.Abs(d)
		if gradient != nil {
			gradient[i] += sign(d)
			gradient[i-1] -= sign(d)
		}
	}
	return sum
}

// NegativeEntropy is Σ p ln p of p = e^v/Σe^v, smallest, −ln n, for equal values.
func NegativeEntropy(values, gradient []float64) float64 {
	largest, total := math.Inf(-1), 0.0
	for _, v := range values {
		largest = math.Max(largest, v)
	}
	for _, v := range values {
		total += math.Exp(v - largest)
	}
	sum := 0.0
	logarithm := func(v float64) float64 { return v - largest - math.Log(total) }
	for _, v := range values {
		sum += math.Exp(logarithm(v)) * logarithm(v)
	}
	for i := range gradient {
		l := logarithm(values[i])
		gradient[i] = math.Exp(l) * (l - sum)
	}
	return sum
}

// Orthogonal is the sum of squares of WᵀW − 1, W being the values as a matrix of so many
// columns: columns of length 1 that are orthogonal to each other. Values that do not fill
// a row are left out.
func Orthogonal(columns int) Regulariser {
	return func(values, gradient []float64) float64 {
		clear(gradient)
		sum := 0.0
		for a := 0; a < columns; a++ {
			for b := 0; b < columns; b++ {
				product := 0.0
				if a == b {
					product = -1
				}
				for i := 0; i+columns <= len(values); i += columns {
					product += values[i+a] * values[i+b]
				}
				sum += product * product
				for i := 0; i+columns <= len(values) && gradient != nil; i += columns {
					gradient[i+a] += 4 * product * values[i+b]
				}
			}
		}
		return sum
	}
}
