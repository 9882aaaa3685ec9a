package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
)

// tvbAnalyzers is an analyzer file: one data set and the results of all analyzers of it.
type tvbAnalyzers struct {
	Data    array // [time][var][node][mode]
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
	switch {
	case name == "FC_pearson":
		return reading(want, func(a *array) outcome { return compared("FC", rowMajor(forward.FC(f.series(0))), a.data) })()
	case strings.HasPrefix(name, "FCD"):
		return reading(want, f.fcd)()
	case name == "KuramotoIndex":
		return reading(want, func(a *array) outcome {
			return compared("Kuramoto index", []float64{forward.Synchrony(f.phases())}, a.data)
		})()
	case name == "Coherence":
		return excepted("TVB averages normalised single windows, each of which is 1 (golden README, tvb.md §10)")
	case name == "BalloonModel":
		return skipped("needs the Balloon-Windkessel observer")
	}
	return skipped("needs analyzer %s", name)
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

// series returns one variable [time, node] of one mode.
func (f *tvbAnalyzers) series(variable int) *mat.Dense {
	t, n := f.Data.dim(0), f.Data.dim(2)
	if variable >= f.Data.dim(1) || f.Data.dim(3) != 1 {
		panic(fmt.Sprintf("expected data [time][var][node][1] with variable %d, found shape %v", variable, f.Data.shape))
	}
	x := mat.NewDense(t, n, nil)
	for k := 0; k < t; k++ {
		for i := 0; i < n; i++ {
			x.Set(k, i, f.Data.at(k, variable, i, 0))
		}
	}
	return x
}

// phases takes the two variables as coordinates of an oscillator, as TVB's index does.
func (f *tvbAnalyzers) phases() *mat.Dense {
	x, y := f.series(0), f.series(1)
	x.Apply(func(k, i int, v float64) float64 { return math.Atan2(y.At(k, i), v) }, x)
	return x
}
