package forward

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"
)

// Peaks says which local maxima of a series count as peaks.
type Peaks struct {
	Smoothing  float64 // standard deviation of a Gaussian that is applied first, in samples; 0: none
	Distance   int     // smallest distance of two peaks in samples; the higher one stays
	Prominence float64 // smallest rise above the higher of the two valleys beside a peak
}

// PeakPhase is the phase of every region of a series [time, region] by its peaks, for
// rhythms that are no sines, such as population bursts: it rises evenly from 0 at a
// peak to 2π at the next. The first sample counts as a peak, and the last has phase
// 2π. It is a function of numbers only: peaks have no gradient.
//
// It panics if a setting is negative or not a number.
func PeakPhase(series *mat.Dense, peaks Peaks) *mat.Dense {
	if !(peaks.Smoothing >= 0) || math.IsInf(peaks.Smoothing, 0) || peaks.Distance < 0 || !(peaks.Prominence >= 0) {
		panic(fmt.Sprintf("forward: phase by peaks %+v", peaks))
	}
	t, n := series.Dims()
	out := mat.NewDense(t, n, nil)
	for i := 0; i < n; i++ {
		column := out.RawMatrix().Data
		last := 0
		for _, at := range append(peaks.find(mat.Col(nil, i, series)), t-1) {
			for k := last; k < at; k++ {
				column[k*n+i] = 2 * math.Pi * float64(k-last) / float64(at-last)
			}
			last = at
		}
		column[(t-1)*n+i] = 2 * math.Pi
	}
	return out
}

// find returns the peaks of x in their order.
func (p Peaks) find(x []float64) []int {
	x = smooth(x, p.Smoothing)
	var peaks []int
	for _, at := range apart(localMaxima(x), x, p.Distance) {
		if prominence(x, at) >= p.Prominence {
			peaks = append(peaks, at)
		}
	}
	return peaks
}

// smooth convolves with a Gaussian cut at four deviations, the ends reflected.
func smooth(x []float64, sigma float64) []float64 {
	radius := int(4*sigma + 0.5)
	weights, total := []float64{1}, 1.0
	for k := 1; k <= radius; k++ {
		w := math.Exp(-float64(k*k) / (2 * sigma * sigma))
		weights, total = append(weights, w), total+2*w
	}
	out := make([]float64, len(x))
	for i := range x {
		for k := -radius; k <= radius; k++ {
			out[i] += weights[max(k, -k)] / total * x[reflected(i+k, len(x))]
		}
	}
	return out
}

// reflected maps an index beyond the ends to its mirror image, the end being repeated.
func reflected(i, n int) int {
	i %= 2 * n
	if i < 0 {
		i += 2 * n
	}
	return min(i, 2*n-1-i)
}

// localMaxima returns the samples, or middles of plateaus, above both neighbours.
func localMaxima(x []float64) []int {
	var peaks []int
	for i := 1; i < len(x)-1; i++ {
		end := i
		for end < len(x)-1 && x[end+1] == x[i] {
			end++
		}
		if x[i-1] < x[i] && end < len(x)-1 && x[end+1] < x[i] {
			peaks = append(peaks, (i+end)/2)
		}
		i = end
	}
	return peaks
}

// apart drops peaks that are nearer than distance to a higher one that stays.
func apart(peaks []int, x []float64, distance int) []int {
	order := make([]int, len(peaks))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return x[peaks[order[i]]] < x[peaks[order[j]]] })
	drop := make([]bool, len(peaks))
	for r := len(order) - 1; r >= 0; r-- {
		j := order[r]
		if drop[j] {
			continue
		}
		for k := j - 1; k >= 0 && peaks[j]-peaks[k] < distance; k-- {
			drop[k] = true
		}
		for k := j + 1; k < len(peaks) && peaks[k]-peaks[j] < distance; k++ {
			drop[k] = true
		}
	}
	var kept []int
	for i, at := range peaks {
		if !drop[i] {
			kept = append(kept, at)
		}
	}
	return kept
}

// prominence is the peak's height above the higher of the lowest points on its two
// sides, each side reaching to the next higher point or the end.
func prominence(x []float64, peak int) float64 {
	left, right := x[peak], x[peak]
	for i := peak; i >= 0 && x[i] <= x[peak]; i-- {
		left = math.Min(left, x[i])
	}
	for i := peak; i < len(x) && x[i] <= x[peak]; i++ {
		right = math.Min(right, x[i])
	}
	return x[peak] - math.Max(left, right)
}
