package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
)

// measured is a signal with what is computed of it.
type measured struct {
	name, title string
	series      *datasets.TimeSeries // all of it
	frequencies []float64            // Hz
	psd         *mat.Dense           // [frequency, channel], unit²/Hz
	fc          *mat.SymDense
	envelopeFC  *mat.SymDense // of the amplitudes in the band; nil for BOLD
	kept        int           // samples that are written, the last ones
}

// summary is what is told of a signal.
type summary struct {
	Channels int     `json:"channels"`
	Samples  int     `json:"samples"`
	Interval float64 `json:"interval_s"`
	Unit     string  `json:"unit"`
	SD       float64 `json:"sd"`      // median over channels
	Peak     float64 `json:"peak_hz"` // of the spectra's median over channels, from 2 Hz for EEG and MEG
	MeanFC   float64 `json:"mean_fc"` // over pairs
}

// result is what the program found; its JSON form is -json's object.
type result struct {
	Model    string             `json:"model"`
	Regions  int                `json:"regions"`
	Duration float64            `json:"duration_s"`
	Seed     uint64             `json:"seed"`
	Seconds  float64            `json:"seconds"`
	Notes    []string           `json:"notes,omitempty"`
	Signals  map[string]summary `json:"signals"` // bold, eeg, meg

	config *config
	list   []*measured
}

// measure makes the signals of the activity, their spectra and FC.
func measure(c *config, b *brain, a *activity) (*result, error) {
	r := &result{Model: c.model, Regions: b.Regions(), Duration: c.duration, Seed: c.seed, Notes: b.notes, Signals: map[string]summary{}, config: c}
	bold := *a.bold
	bold.Data, bold.Unit = mat.DenseCopyOf(bold.Data), "%"
	bold.Data.Scale(100, bold.Data)
	m := &measured{name: "bold", title: "BOLD", series: &bold}
	if err := m.analyse(c, math.Inf(1), 0); err != nil {
		return nil, err
	}
	r.list = append(r.list, m)
	for k, l := range []*forward.LeadField{b.eeg, b.meg} {
		if l == nil {
			continue
		}
		m, err := sensorSignal(c, l, a.sources, or(c.dipole, b.dipole*recipeByName(c.model).dipole), uint64(k))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", strings.ToUpper(l.Name), err)
		}
		r.list = append(r.list, m)
	}
	for _, m := range r.list {
		r.Signals[m.name] = m.summary()
	}
	return r, nil
}

// sensorSignal is what sensors show of the sources: in µV or pT, with noise, without the constant part,
// which amplifiers leave out.
func sensorSignal(c *config, l *forward.LeadField, sources *datasets.TimeSeries, dipole float64, stream uint64) (*measured, error) {
	unit, per, noise, reference := "µV", 1e6, c.eegNoise, c.reference
	if l.Name == "meg" {
		unit, per, noise, reference = "pT", 1e12, c.megNoise/1000, "none"
	}
	l, err := l.Scaled(dipole*1e-9*per, unit)
	if err != nil {
		return nil, err
	}
	if l.Reference = reference; reference == "none" {
		l.Reference = ""
	}
	x, err := l.Apply(sources.Data)
	if err != nil {
		return nil, err
	}
	_, sensors := x.Dims()
	white := &forward.SensorNoise{L: mat.NewDense(sensors, sensors, nil)}
	for k := range sensors {
		white.L.Set(k, k, noise)
	}
	if x, err = white.AddTo(x, c.seed+stream<<32); err != nil {
		return nil, err
	}
	subtractMeans(x)
	m := &measured{name: l.Name, title: strings.ToUpper(l.Name), series: &datasets.TimeSeries{Data: x, TR: sources.TR, Start: sources.Start, Labels: l.Labels(), Unit: unit}}
	return m, m.analyse(c, 2, c.keep)
}

func subtractMeans(x *mat.Dense) {
	t, n := x.Dims()
	for j := range n {
		column := mat.Col(nil, j, x)
		mean := stat.Mean(column, nil)
		for k := range t {
			x.Set(k, j, column[k]-mean)
		}
	}
}

// analyse computes spectra and FC. Windows are of the given length in s, infinite: a third of the series;
// the last keep s are written, 0: all.
func (m *measured) analyse(c *config, window, keep float64) (err error) {
	samples, _ := m.series.Dims()
	rate := 1 / m.series.TR
	length := int(math.Round(math.Min(window*rate, float64(samples)/3)))
	w := forward.Welch{Rate: rate, Window: length, Overlap: length / 2}
	if m.psd, err = w.PSD(m.series.Data); err != nil {
		return fmt.Errorf("spectrum of %s: %w", m.title, err)
	}
	m.frequencies = w.Frequencies()
	m.fc = forward.FC(m.series.Data)
	if m.name != "bold" {
		if m.envelopeFC, err = (forward.Butterworth{Order: 3, Low: c.low, High: c.high, Rate: rate}).EnvelopeFC(m.series.Data); err != nil {
			return fmt.Errorf("amplitudes of %s: %w", m.title, err)
		}
	}
	if m.kept = samples; keep > 0 {
		m.kept = min(samples, int(math.Round(keep*rate)))
	}
	return nil
}

// middleSpectrum is the median over channels.
func (m *measured) middleSpectrum() []float64 {
	middle := make([]float64, len(m.frequencies))
	for k := range middle {
		middle[k] = median(slices.Clone(m.psd.RawRowView(k)))
	}
	return middle
}

const lowestPeak = 2 // Hz, above the slow drift of EEG and MEG

// peak is the frequency of the median spectrum's largest value.
func (m *measured) peak() float64 {
	spectrum, best := m.middleSpectrum(), -1
	for k, f := range m.frequencies {
		if (m.name == "bold" || f >= lowestPeak) && (best < 0 || spectrum[k] > spectrum[best]) {
			best = k
		}
	}
	return m.frequencies[best]
}

func (m *measured) summary() summary {
	samples, channels := m.series.Dims()
	s := summary{Channels: channels, Samples: samples, Interval: m.series.TR, Unit: m.series.Unit, Peak: m.peak()}
	sds := make([]float64, channels)
	for j := range sds {
		sds[j] = stat.StdDev(mat.Col(nil, j, m.series.Data), nil)
	}
	s.SD = median(sds)
	pairs := 0.0
	for i := range channels {
		for j := range i {
			s.MeanFC += m.fc.At(i, j)
			pairs++
		}
	}
	s.MeanFC /= max(pairs, 1)
	return s
}

// String is the table.
func (r *result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-6s %8s %8s %10s %14s %10s %8s\n", "", "channels", "samples", "interval/s", "deviation", "peak/Hz", "mean FC")
	for _, m := range r.list {
		s := r.Signals[m.name]
		fmt.Fprintf(&b, "%-6s %8d %8d %10.4g %11.3g %-2s %10.4g %8.3f\n", m.title, s.Channels, s.Samples, s.Interval, s.SD, s.Unit, s.Peak, s.MeanFC)
	}
	fmt.Fprintf(&b, "deviation: standard deviation, median over channels; %s: %s\n", r.Model, recipeByName(r.Model).meaning)
	fmt.Fprintf(&b, "%.4g s simulated, %.1f s taken\n", r.Duration, r.Seconds)
	return b.String()
}

// progressLine tells how far the simulation is, on one line.
func progressLine(w io.Writer, c *config) func(done, total int) {
	var last time.Time
	return func(done, total int) {
		if time.Since(last) < second/reports*time.Millisecond && done < total {
			return
		}
		last = time.Now()
		fmt.Fprintf(w, "\rsimulated %.0f of %.0f s, warm-up included", float64(done)*step/second, float64(total)*step/second)
	}
}
