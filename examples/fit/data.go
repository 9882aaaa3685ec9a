package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mat"
)

// target is what a fit is asked to reproduce.
type target struct {
	FC  *mat.Dense // Pearson correlations
	Lag *mat.Dense // covariance of the z-scored series at a lag of one TR; nil if unknown
	TR  float64    // s
}

// data is what the flags name, ready to fit.
type data struct {
	labels      []string
	train, test *target    // test is nil for a given FC
	frequencies []float64  // where the oscillators start, Hz
	edges       *mat.Dense // what each learned weight is multiplied with [to][from]; 0: no edge
	lengths     *mat.Dense // mm; nil if unknown
	note        string
}

func (d *data) String() string { return d.note }

func load(c *config) (*data, error) {
	d, err := loadSignal(c)
	if err != nil {
		return nil, err
	}
	return d, d.loadEdges(c)
}

func loadSignal(c *config) (*data, error) {
	if c.fc != "" {
		fc, labels, err := datasets.LoadFC(c.fc)
		if err != nil {
			return nil, err
		}
		d := &data{labels: labels, train: &target{FC: fc, TR: 2}}
		d.note = fmt.Sprintf("%s: FC of %d regions. No series: no lagged covariance, no frequencies (0.04 Hz), no second half.", c.fc, len(labels))
		for range labels {
			d.frequencies = append(d.frequencies, 0.04) // middle of the band where BOLD has its power
		}
		return d, d.check(c.fc)
	}
	bold, name := datasets.RestingState(), "bundled recording"
	if c.bold != "" {
		var err error
		name = c.bold
		bold, err = datasets.LoadTimeSeries(c.bold, datasets.SeriesOptions{TR: c.tr, Columns: c.columns})
		if err != nil {
			return nil, err
		}
	}
	return fromSeries(bold, name, c.detrend)
}

// shortestHalf is the number of volumes below which correlations say nothing.
const shortestHalf = 10

func fromSeries(bold *datasets.TimeSeries, name string, detrend bool) (*data, error) {
	samples, regions := bold.Dims()
	if samples < 2*shortestHalf {
		return nil, fmt.Errorf("%s: expected at least %d volumes, found %d", name, 2*shortestHalf, samples)
	}
	first, second := bold.Halves()
	preparation := "not detrended"
	if detrend {
		first, second = first.Detrended(), second.Detrended()
		preparation = "linearly detrended"
	}
	d := &data{labels: bold.Labels}
	var err error
	if d.train, err = newTarget(first); err != nil {
		return nil, fmt.Errorf("%s: first half: %w", name, err)
	}
	if d.test, err = newTarget(second); err != nil {
		return nil, fmt.Errorf("%s: second half: %w", name, err)
	}
	for i := 0; i < regions; i++ {
		d.frequencies = append(d.frequencies, spectralPeak(mat.Col(nil, i, first.Data), bold.TR))
	}
	d.note = fmt.Sprintf("%s: %d regions, %d volumes, TR %g s. Fitted: the first half; test: the second. Each half z-scored, %s, no band-pass.",
		name, regions, samples, bold.TR, preparation)
	return d, d.check(name)
}

func newTarget(s *datasets.TimeSeries) (*target, error) {
	if _, err := s.ZScored(); err != nil { // names a constant region
		return nil, err
	}
	z := forward.ZScore(s.Data)
	return &target{FC: mat.DenseCopyOf(forward.FC(z)), Lag: forward.LaggedCovariance(z, 1), TR: s.TR}, nil
}

func (d *data) check(name string) error {
	if len(d.labels) < 2 {
		return fmt.Errorf("%s: expected at least 2 regions, found %d", name, len(d.labels))
	}
	for i, label := range d.labels {
		if first := slices.Index(d.labels, label); first < i {
			return fmt.Errorf("%s: expected a name of its own for every region, found %q for regions %d and %d", name, label, first+1, i+1)
		}
	}
	return nil
}

// loadEdges sets every pair of regions, or the edges of -weights, scaled to a largest
// weight of 1.
func (d *data) loadEdges(c *config) error {
	n := len(d.labels)
	d.edges = mat.NewDense(n, n, nil)
	if c.weights == "" {
		d.edges.Apply(func(i, j int, _ float64) float64 { return offDiagonal(i, j) }, d.edges)
		return nil
	}
	sc, err := datasets.LoadCSV(c.weights, c.lengths)
	if err != nil {
		return err
	}
	if sc.Regions() != n {
		return fmt.Errorf("%s: expected weights of %d regions as the signal, found %d", c.weights, n, sc.Regions())
	}
	largest := 0.0
	d.edges.Apply(func(i, j int, _ float64) float64 {
		v := math.Abs(sc.Weights.At(i, j)) * offDiagonal(i, j)
		largest = math.Max(largest, v)
		return v
	}, d.edges)
	if largest == 0 {
		return fmt.Errorf("%s: expected connections between regions, found none", c.weights)
	}
	d.edges.Scale(1/largest, d.edges)
	d.lengths = sc.TractLengths
	d.note += fmt.Sprintf("\n%s: %d connections. ", c.weights, n*n-absentEdges(d.edges))
	if d.lengths != nil {
		d.note += d.delayNote(c.lengths)
	}
	return nil
}

// delayNote says how long the delays are, and how many of them a simulation resolves.
func (d *data) delayNote(name string) string {
	step := settings(d.train.TR, 1, 0).Dt
	longest, resolved := 0.0, 0
	for i := range d.labels {
		for j := range d.labels {
			if delay := d.lengths.At(i, j) / conductionSpeed; d.edges.At(i, j) != 0 {
				longest = math.Max(longest, delay)
				resolved += int(math.Min(1, math.RoundToEven(delay/step)))
			}
		}
	}
	return fmt.Sprintf("%s: delays up to %.3g ms at %d m/s; %d of them round to at least one step of %.3g ms.", name, longest, conductionSpeed, resolved, step)
}

func offDiagonal(i, j int) float64 {
	if i == j {
		return 0
	}
	return 1
}

// spectralPeak is the frequency in Hz, between the bounds of the oscillators', where
// the periodogram, averaged over five neighbours, is largest.
func spectralPeak(x []float64, tr float64) float64 {
	centred := append([]float64{}, x...)
	mean := 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for i := range centred {
		centred[i] -= mean
	}
	fft := fourier.NewFFT(len(x))
	coefficients := fft.Coefficients(nil, centred)
	best, peak := math.Inf(-1), (lowestFrequency+highestFrequency)/2
	for k := range coefficients {
		f := fft.Freq(k) / tr
		if f <= lowestFrequency || f >= highestFrequency {
			continue
		}
		power := 0.0
		count := 0.0
		for j := max(k-2, 1); j <= min(k+2, len(coefficients)-1); j++ {
			power += real(coefficients[j])*real(coefficients[j]) + imag(coefficients[j])*imag(coefficients[j])
			count++
		}
		if power/count > best {
			best, peak = power/count, f
		}
	}
	return peak
}
