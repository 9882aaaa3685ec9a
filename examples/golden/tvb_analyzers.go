package main

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
)

// tvbAnalyzers is an analyzer file: one data set and the results of all analyzers of it.
type tvbAnalyzers struct {
	Period  float64 `json:"sample_period_ms"`
	Data    array   // [time][var][node][mode]
	Results map[string]json.RawMessage
}

// tvbFCD is the result of an FCD analyzer.
type tvbFCD struct {
	Window, Step int
	Windows      int   `json:"n_windows"` // of the web framework's
	Vectors      array `json:"fc_vectors"`
	FCD          array
}

// readTVBAnalyzers makes a case of every result.
func readTVBAnalyzers(d *document) ([]instance, error) {
	var f tvbAnalyzers
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for _, name := range sortedKeys(f.Results) {
		all = append(all, instance{name, func() outcome { return f.run(name, f.Results[name]) }})
	}
	return all, nil
}

// run compares one result.
func (f *tvbAnalyzers) run(name string, want json.RawMessage) outcome {
	base, start := startOf(name)
	if f.Data.dim(3) != 1 {
		return skipped("has %d modes", f.Data.dim(3))
	}
	switch {
	case name == "FC_pearson":
		return reading(want, func(a *array) outcome { return compared("FC", rowMajor(forward.FC(f.series(0))), a.data) })()
	case strings.HasPrefix(name, "FCD"):
		return reading(want, f.fcd)()
	case name == "KuramotoIndex":
		return reading(want, func(a *array) outcome {
			return compared("Kuramoto index", []float64{forward.Synchrony(f.phases())}, a.data)
		})()
	case strings.HasPrefix(base, "ProxyMetastability"):
		return reading(want, func(p *tvbProxy) outcome { return p.run(f.stacked(start, false)) })()
	case base == "GlobalVariance":
		return reading(want, func(a *array) outcome {
			return compared("global variance", []float64{forward.GlobalVariance(f.stacked(start, true))}, a.data)
		})()
	case base == "VarianceNodeVariance":
		return reading(want, func(a *array) outcome {
			return compared("variance of variances", []float64{forward.VarianceOfVariances(f.stacked(start, true))}, a.data)
		})()
	case strings.HasPrefix(name, "PCA_var"):
		return reading(want, func(p *tvbComponents) outcome { return p.run(f.series(indexOf(name))) })()
	case name == "FFT":
		return reading(want, func(r *tvbFFT) outcome { return r.run(f, want) })()
	case name == "Wavelet_morlet":
		return reading(want, func(r *tvbWavelet) outcome { return r.run(f, want) })()
	case name == "SampleEntropy":
		return reading(want, func(r *tvbEntropy) outcome { return r.run(f, want) })()
	case name == "Coherence":
		return reading(want, func(c *tvbCoherence) outcome { return c.run(f.series(0), 1000/f.Period) })()
	case name == "BalloonModel":
		return reading(want, (*tvbBalloon).run)()
	}
	return skipped("needs analyzer %s", name)
}

var startPattern = regexp.MustCompile(`^(.*)_start([0-9.]+)ms$`)

// startOf splits "name_start200ms" into name and 200.
func startOf(name string) (base string, start float64) {
	m := startPattern.FindStringSubmatch(name)
	if m == nil {
		return name, 0
	}
	start, _ = strconv.ParseFloat(m[2], 64)
	return m[1], start
}

var indexPattern = regexp.MustCompile(`[0-9]+`)

// indexOf returns the first number of a name, 0 if it has none.
func indexOf(name string) int {
	i, _ := strconv.Atoi(indexPattern.FindString(name))
	return i
}

// fcd compares an FCD; the web framework's windows have one sample more than they say, and there are
// int((T−w)/s) of them (tvb.md §9).
func (f *tvbAnalyzers) fcd(want *tvbFCD) outcome {
	if want.Window < 2 || want.Step < 1 {
		return failed("window of %d samples in steps of %d", want.Window, want.Step)
	}
	x := f.series(0)
	window, samples := want.Window, f.Data.dim(0)
	if want.Windows > 0 {
		window++
		samples = min(samples, window+(want.Windows-1)*want.Step)
	}
	x = mat.DenseCopyOf(x.Slice(0, samples, 0, f.Data.dim(2)))
	var cmp comparison
	cmp.near("FCD", rowMajor(forward.FCD(x, window, want.Step)), want.FCD.data, tvbPointwise, 0)
	if len(want.Vectors.data) > 0 {
		cmp.near("FC vectors", rowMajor(forward.WindowedFC(x, window, want.Step).T()), want.Vectors.data, tvbPointwise, 0)
	}
	return cmp.outcome()
}

// compared compares one array of results.
func compared(what string, got, want []float64) outcome {
	var cmp comparison
	cmp.near(what, got, want, tvbPointwise, 0)
	return cmp.outcome()
}

// series returns one variable [time, node].
func (f *tvbAnalyzers) series(variable int) *mat.Dense {
	t, n := f.Data.dim(0), f.Data.dim(2)
	x := mat.NewDense(t, n, nil)
	for k := 0; k < t; k++ {
		for i := 0; i < n; i++ {
			x.Set(k, i, f.Data.at(k, variable, i, 0))
		}
	}
	return x
}

// stacked returns all variables from a time in ms on, one after the other, as if they were one longer
// recording, which is how TVB's measures of variability take them together; each without its regions'
// means if centred.
func (f *tvbAnalyzers) stacked(start float64, centred bool) *mat.Dense {
	from := int(math.Round(start / f.Period))
	t, variables, n := f.Data.dim(0)-from, f.Data.dim(1), f.Data.dim(2)
	all := mat.NewDense(t*variables, n, nil)
	for v := 0; v < variables; v++ {
		x := f.series(v).Slice(from, from+t, 0, n).(*mat.Dense)
		all.Slice(v*t, (v+1)*t, 0, n).(*mat.Dense).Apply(func(k, i int, _ float64) float64 {
			if centred {
				return x.At(k, i) - mat.Sum(x.ColView(i))/float64(t)
			}
			return x.At(k, i)
		}, x)
	}
	return all
}

// phases takes the two variables as coordinates of an oscillator, as TVB's index does.
func (f *tvbAnalyzers) phases() *mat.Dense {
	x, y := f.series(0), f.series(1)
	x.Apply(func(k, i int, v float64) float64 { return math.Atan2(y.At(k, i), v) }, x)
	return x
}
