package datasets

import (
	"fmt"
	"io"
	"math"
	"os"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// TimeSeries is a signal of several regions sampled at equal intervals.
type TimeSeries struct {
	Data   *mat.Dense // [time][region]
	TR     float64    // repetition time: interval between samples, s; 0 if unknown
	Start  float64    // time of the first sample, s
	Labels []string   // one per region
	Unit   string     // of the data, such as "mV"; "" if unknown
}

// SeriesOptions say how to read a time series.
type SeriesOptions struct {
	// TR is the repetition time in s; 0 takes it from the file, or, of a table (.tsv),
	// from its BIDS sidecar, the file of the same name that ends in .json; one that a
	// file does hold must not contradict it.
	TR float64
	// Columns selects and orders the regions: "4:31" (from 1, both ends included),
	// "LCau:RPrec" (names of the header), "1,3,5:" (lists, open ranges). "" is all.
	// A first column without a name that only counts the rows is no column, nor is one
	// of times, called time_s or time_ms.
	Columns string
	// Variable names the array of a file of several; "" is the one called data, or else
	// the only matrix.
	Variable string
	// Transposed says that a row of the array is a region, not a sample. Text files
	// have a row per sample.
	Transposed bool
}

// LoadTimeSeries reads a time series from a text file, one sample per line and one
// region per column (see the package documentation), or, by the end of the name, from
// arrays: .npz, .npy, .mat or .h5 (see [LoadConnectome]). Columns that are not selected
// may hold text. It fails if the file is missing or empty, if rows differ in length, and
// if a selected value is missing, NaN, infinite or no number.
func LoadTimeSeries(path string, options SeriesOptions) (*TimeSeries, error) {
	if isStore(path) {
		return loadStoredSeries(path, options)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	if options.TR == 0 && extension(path) == ".tsv" {
		if options.TR, err = sidecarTR(path); err != nil {
			return nil, err
		}
	}
	return ReadTimeSeries(f, path, options)
}

// ReadTimeSeries is [LoadTimeSeries] from a stream; name stands for it in errors.
func ReadTimeSeries(r io.Reader, name string, options SeriesOptions) (*TimeSeries, error) {
	if err := checkTR(options.TR, name); err != nil {
		return nil, err
	}
	if options.Variable != "" || options.Transposed {
		return nil, fmt.Errorf("datasets: %s: text has no variables, and a row per sample: Variable and Transposed are for files of arrays", name)
	}
	g, err := readGrid(r, name)
	if err != nil {
		return nil, err
	}
	g.takeIndex()
	out := &TimeSeries{TR: options.TR}
	if err := g.takeTimes(out); err != nil {
		return nil, err
	}
	columns, err := selectColumns(options.Columns, g.header, g.columns())
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, name)
	}
	out.Labels = g.labels(columns)
	out.Data, err = g.finite(columns)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// checkTR refuses what is no repetition time.
func checkTR(tr float64, name string) error {
	if tr < 0 || notFinite(tr) {
		return fmt.Errorf("datasets: %s: TR is %v s, expected a positive time, or 0 if unknown", name, tr)
	}
	return nil
}

// labels are the names of columns, numbered where the header has none.
func (g *grid) labels(columns []int) []string {
	labels := numbered(len(columns))
	for k, j := range columns {
		if g.header != nil && g.header[j] != "" {
			labels[k] = g.header[j]
		}
	}
	return labels
}

// Dims are the numbers of samples and regions.
func (s *TimeSeries) Dims() (samples, regions int) { return s.Data.Dims() }

// Duration is the recorded time in s: samples × TR.
func (s *TimeSeries) Duration() float64 {
	samples, _ := s.Data.Dims()
	return float64(samples) * s.TR
}

// Halves are the first and the second half in time. Of an odd number of samples the
// second half has one more. It panics if there are fewer than two samples.
func (s *TimeSeries) Halves() (first, second *TimeSeries) {
	samples, _ := s.Data.Dims()
	if samples < 2 {
		panic("datasets: TimeSeries.Halves of fewer than 2 samples")
	}
	return s.samples(0, samples/2), s.samples(samples/2, samples)
}

func (s *TimeSeries) samples(from, to int) *TimeSeries {
	_, regions := s.Data.Dims()
	return &TimeSeries{Data: mat.DenseCopyOf(s.Data.Slice(from, to, 0, regions)), TR: s.TR, Start: s.Start + float64(from)*s.TR, Labels: s.Labels, Unit: s.Unit}
}

// Columns selects and orders regions as [SeriesOptions].Columns does.
func (s *TimeSeries) Columns(selection string) (*TimeSeries, error) {
	samples, regions := s.Data.Dims()
	columns, err := selectColumns(selection, s.Labels, regions)
	if err != nil {
		return nil, err
	}
	out := &TimeSeries{Data: mat.NewDense(samples, len(columns), nil), TR: s.TR, Start: s.Start, Unit: s.Unit}
	for k, j := range columns {
		out.Data.SetCol(k, mat.Col(nil, j, s.Data))
		out.Labels = append(out.Labels, s.Labels[j])
	}
	return out, nil
}

// Detrended has each region's least-squares straight line in time subtracted, the
// mean with it. A single sample becomes 0.
func (s *TimeSeries) Detrended() *TimeSeries {
	samples, _ := s.Data.Dims()
	time := make([]float64, samples)
	for t := range time {
		time[t] = float64(t) - float64(samples-1)/2 // centred: slope and mean separate
	}
	return s.mapped(func(x []float64) {
		mean := stat.Mean(x, nil)
		var xt, tt float64
		for t, v := range x {
			xt += time[t] * (v - mean)
			tt += time[t] * time[t]
		}
		slope := 0.0
		if tt > 0 {
			slope = xt / tt
		}
		for t := range x {
			x[t] -= mean + slope*time[t]
		}
	})
}

// ZScored has each region scaled to mean 0 and standard deviation 1 (the one of the
// sample itself, divisor T), without a unit. It fails if a region does not vary.
func (s *TimeSeries) ZScored() (*TimeSeries, error) {
	_, regions := s.Data.Dims()
	for j := 0; j < regions; j++ {
		if constant(mat.Col(nil, j, s.Data)) {
			return nil, fmt.Errorf("datasets: region %d (%q) is constant: it has no z-score and no correlation", j+1, s.Labels[j])
		}
	}
	out := s.mapped(func(x []float64) {
		mean, variance := stat.PopMeanVariance(x, nil)
		sd := math.Sqrt(variance)
		for t := range x {
			x[t] = (x[t] - mean) / sd
		}
	})
	out.Unit = ""
	return out, nil
}

func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}

// mapped applies change to a copy of each region's series.
func (s *TimeSeries) mapped(change func(x []float64)) *TimeSeries {
	samples, regions := s.Data.Dims()
	out := mat.NewDense(samples, regions, nil)
	for j := 0; j < regions; j++ {
		x := mat.Col(nil, j, s.Data)
		change(x)
		out.SetCol(j, x)
	}
	return &TimeSeries{Data: out, TR: s.TR, Start: s.Start, Labels: s.Labels, Unit: s.Unit}
}

// String is a summary in one line.
func (s *TimeSeries) String() string {
	samples, regions := s.Data.Dims()
	tr := "TR unknown"
	if s.TR > 0 {
		tr = fmt.Sprintf("TR %g s", s.TR)
	}
	return fmt.Sprintf("%s of %s, %s: %s", plural(samples, "sample"), plural(regions, "region"), tr, abbreviated(s.Labels))
}
