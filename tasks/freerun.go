package tasks

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// FreeRun compares what a free run looks like with the truth, when point by point it no longer can be.
type FreeRun struct {
	Mean, SD    []float64 // of each channel of the run
	Spectrum    float64   // Hellinger distance of the normalised power spectra, mean over channels; 0 to 1
	StateSpace  float64   // Kullback-Leibler divergence of where the first three channels are, in nats
	Correlation float64   // of the off-diagonal correlations (FC); NaN below three channels, or with one that does not change
	Outside     float64   // fraction of the run outside the range of the truth
}

// CompareFreeRun compares a run with the truth; the columns are the channels, the lengths may differ.
// StateSpace is the D_stsp of Koppe et al. (2019), doi:10.1371/journal.pcbi.1007263, with 30 bins along
// each axis of the truth's range.
func CompareFreeRun(run, truth *mat.Dense) (*FreeRun, error) {
	n, channels := run.Dims()
	m, others := truth.Dims()
	if channels != others || n < 16 || m < 16 {
		return nil, fmt.Errorf("tasks: free run of %d×%d, truth of %d×%d; as many channels, and 16 samples, are needed", n, channels, m, others)
	}
	f := &FreeRun{StateSpace: stateSpace(run, truth), Correlation: correlationOfFC(run, truth)}
	for j := range channels {
		a, b := mat.Col(nil, j, run), mat.Col(nil, j, truth)
		mean, sd := stat.MeanStdDev(a, nil)
		f.Mean, f.SD = append(f.Mean, mean), append(f.SD, sd)
		f.Spectrum += hellinger(a, b) / float64(channels)
	}
	f.Outside = outside(run, truth)
	return f, nil
}

// String is one line.
func (f *FreeRun) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "spectrum %.3f, state space %.3f nats, outside %.1f %%", f.Spectrum, f.StateSpace, 100*f.Outside)
	if !math.IsNaN(f.Correlation) {
		fmt.Fprintf(&b, ", FC correlation %.3f", f.Correlation)
	}
	return b.String()
}

// hellinger compares power spectra by segments as long as fit both signals, averaged and normalised.
func hellinger(a, b []float64) float64 {
	segment := 1
	for segment*8 <= min(len(a), len(b)) && segment < 1024 {
		segment *= 2
	}
	p, q := spectrum(a, segment), spectrum(b, segment)
	overlap := 0.0
	for k := range p {
		overlap += math.Sqrt(p[k] * q[k])
	}
	return math.Sqrt(math.Max(0, 1-overlap))
}

// spectrum is the power without the mean, by Welch's method with a Hann window, summing to 1; all 0 where
// nothing changes, which is at distance 1 from every signal.
func spectrum(x []float64, segment int) []float64 {
	segment = max(segment, 4)
	transform := fourier.NewFFT(segment)
	power := make([]float64, segment/2)
	piece := make([]float64, segment)
	mean := stat.Mean(x, nil)
	if constant(x) {
		return power
	}
	for from := 0; from+segment <= len(x); from += segment / 2 {
		for i := range piece {
			piece[i] = (x[from+i] - mean) * (1 - math.Cos(2*math.Pi*float64(i)/float64(segment)))
		}
		for k, c := range transform.Coefficients(nil, piece)[1:] {
			if k < len(power) {
				power[k] += real(c)*real(c) + imag(c)*imag(c)
			}
		}
	}
	total := 0.0
	for _, p := range power {
		total += p
	}
	for k := range power {
		power[k] /= total
	}
	return power
}

// constant says that nothing changes, but for rounding.
func constant(x []float64) bool {
	mean, sd := stat.MeanStdDev(x, nil)
	return sd <= 1e-12*math.Abs(mean)
}

type cell [3]int

// stateSpace is Σ p log(p/q) of truth p and run q over the cells that the truth visits; half a visit is
// added to every cell that either visits, so that a cell never reached costs much but not everything.
func stateSpace(run, truth *mat.Dense) float64 {
	const bins = 30
	low, high := ranges(truth)
	p, q := occupancy(truth, low, high, bins), occupancy(run, low, high, bins)
	all := map[cell]bool{}
	for c := range p {
		all[c] = true
	}
	for c := range q {
		all[c] = true
	}
	n, _ := truth.Dims()
	m, _ := run.Dims()
	extra := 0.5 * float64(len(all))
	sum := 0.0
	inOrder := slices.SortedFunc(maps.Keys(all), func(a, b cell) int { return slices.Compare(a[:], b[:]) })
	for _, c := range inOrder { // so that the sum has the same bits every time
		a := (p[c] + 0.5) / (float64(n) + extra)
		b := (q[c] + 0.5) / (float64(m) + extra)
		sum += a * math.Log(a/b)
	}
	return sum
}

func ranges(x *mat.Dense) (low, high []float64) {
	_, channels := x.Dims()
	for j := range channels {
		column := mat.Col(nil, j, x)
		low, high = append(low, column[0]), append(high, column[0])
		for _, v := range column {
			low[j], high[j] = math.Min(low[j], v), math.Max(high[j], v)
		}
	}
	return low, high
}

// occupancy counts visits; all that is outside the range falls into the cells just beyond it.
func occupancy(x *mat.Dense, low, high []float64, bins int) map[cell]float64 {
	n, channels := x.Dims()
	counts := map[cell]float64{}
	for t := range n {
		var c cell
		for j := range min(channels, 3) {
			at := math.Floor((x.At(t, j) - low[j]) / (high[j] - low[j]) * float64(bins))
			if math.IsNaN(at) {
				at = -1
			}
			c[j] = int(math.Max(-1, math.Min(float64(bins), at)))
		}
		counts[c]++
	}
	return counts
}

func outside(run, truth *mat.Dense) float64 {
	low, high := ranges(truth)
	n, channels := run.Dims()
	count := 0.0
	for t := range n {
		for j := range channels {
			if v := run.At(t, j); !(v >= low[j] && v <= high[j]) {
				count++
				break
			}
		}
	}
	return count / float64(n)
}

func correlationOfFC(run, truth *mat.Dense) float64 {
	_, channels := run.Dims()
	if channels < 3 {
		return math.NaN()
	}
	for j := range channels {
		if constant(mat.Col(nil, j, run)) || constant(mat.Col(nil, j, truth)) {
			return math.NaN()
		}
	}
	var a, b mat.SymDense
	stat.CorrelationMatrix(&a, run, nil)
	stat.CorrelationMatrix(&b, truth, nil)
	var x, y []float64
	for i := range channels {
		for j := i + 1; j < channels; j++ {
			x, y = append(x, a.At(i, j)), append(y, b.At(i, j))
		}
	}
	return stat.Correlation(x, y, nil)
}
