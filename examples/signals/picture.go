package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/euryale-ml/euryale/examples/internal/figure"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

const (
	shownChannels = 10
	shownTime     = 5.0  // s of EEG and MEG
	shownHz       = 45.0 // of their spectra
)

// draw writes a PNG: above the signal, below its spectrum and its FC.
func (m *measured) draw(w io.Writer, c *config) error {
	traces, err := m.traces()
	if err != nil {
		return err
	}
	spectrum, err := m.spectrumPlot(c)
	if err != nil {
		return err
	}
	below := []figure.Panel{{Plot: spectrum, Width: 11}, {Plot: figure.Matrix("FC: correlation of the signals", m.fc, m.series.Labels, 1), Width: 11}}
	if m.envelopeFC != nil {
		title := fmt.Sprintf("FC of amplitudes, %g to %g Hz", c.low, c.high)
		below = append(below, figure.Panel{Plot: figure.Matrix(title, m.envelopeFC, m.series.Labels, 1), Width: 11})
	}
	lower := figure.Row{Height: 11.4, Panels: append(below, figure.Panel{Plot: figure.ColourBar(1), Width: 2.2})}
	upper := figure.Row{Height: 9.2, Panels: []figure.Panel{{Plot: traces, Width: lower.Width()}}}
	return figure.Write(w, upper, lower)
}

// traces are some channels, one above the other.
func (m *measured) traces() (*plot.Plot, error) {
	samples, channels := m.series.Dims()
	first, what := 0, "regions"
	if m.name != "bold" {
		first, what = max(0, samples-int(shownTime/m.series.TR)), "sensors"
	}
	shown := evenly(channels, shownChannels)
	apart := spacing(m.series.Data.Slice(first, samples, 0, channels))
	title := fmt.Sprintf("%s: %d of %d %s, %s %s apart", m.title, len(shown), channels, what, short(apart), m.series.Unit)
	p := figure.New(title, "time (s)", "")
	var ticks []plot.Tick
	for k, j := range shown {
		x := mat.Col(nil, j, m.series.Data)[first:]
		mean, base := stat.Mean(x, nil), float64(len(shown)-1-k)
		points := make(plotter.XYs, len(x))
		for t, v := range x {
			points[t] = plotter.XY{X: m.time(first + t), Y: base + (v-mean)/apart}
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width = figure.Ink, vg.Points(0.9)
		p.Add(line)
		ticks = append(ticks, plot.Tick{Value: base, Label: m.series.Labels[j]})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.Y.Tick.Length, p.Y.LineStyle.Width = 0, 0
	p.X.Min, p.X.Max = m.time(first), m.time(samples-1)
	p.X.Tick.Marker = wholeTicks{}
	p.X.Padding, p.Y.Padding = 0, 2*vg.Millimeter
	return p, nil
}

// time of a sample, s.
func (m *measured) time(sample int) float64 { return m.series.Start + float64(sample)*m.series.TR }

// evenly picks n of all, or all.
func evenly(all, n int) []int {
	n = min(all, n)
	list := make([]int, n)
	for k := range list {
		list[k] = k * all / n
	}
	return list
}

// spacing is a distance between traces at which few touch: 5 standard deviations of the median channel,
// rounded to one digit.
func spacing(x mat.Matrix) float64 {
	_, n := x.Dims()
	sds := make([]float64, n)
	for j := range sds {
		sds[j] = stat.StdDev(mat.Col(nil, j, x), nil)
	}
	d := 5 * median(sds)
	if d == 0 {
		return 1
	}
	digit := math.Pow(10, math.Floor(math.Log10(d)))
	return math.Ceil(d/digit) * digit
}

func short(v float64) string { return fmt.Sprintf("%.3g", v) }

// spectrumPlot shows the median over channels, and between which values 9 of 10 channels are.
func (m *measured) spectrumPlot(c *config) (*plot.Plot, error) {
	title := "spectrum: median, 5 to 95 % of channels"
	if m.name != "bold" {
		title = "spectrum: 5 to 95 % of channels, peak " + short(m.peak()) + " Hz"
	}
	p := figure.New(title, "frequency (Hz)", fmt.Sprintf("power density (%s²/Hz)", m.series.Unit))
	middle := m.middleSpectrum()
	var line, low, high plotter.XYs
	for k, f := range m.frequencies {
		if f == 0 || m.name != "bold" && f > shownHz || middle[k] <= 0 {
			continue // the mean is subtracted; a logarithm needs power
		}
		row := slices.Clone(m.psd.RawRowView(k))
		slices.Sort(row)
		line = append(line, plotter.XY{X: f, Y: math.Log10(middle[k])})
		low = append(low, plotter.XY{X: f, Y: math.Log10(max(stat.Quantile(0.05, stat.Empirical, row, nil), 1e-6*middle[k]))})
		high = append(high, plotter.XY{X: f, Y: math.Log10(stat.Quantile(0.95, stat.Empirical, row, nil))})
	}
	if len(line) < 2 {
		return p, nil // silence
	}
	slices.Reverse(low)
	band, err := plotter.NewPolygon(append(high, low...))
	if err != nil {
		return nil, err
	}
	band.Color, band.LineStyle.Width = figure.Shade, 0
	curve, err := plotter.NewLine(line)
	if err != nil {
		return nil, err
	}
	curve.Color, curve.Width = figure.Ink, vg.Points(1.6)
	p.Add(band, curve)
	p.Y.Tick.Marker = decades{}
	p.X.Min = 0
	return p, nil
}

// decades are ticks of an axis of decimal logarithms, labelled with their numbers. (A LogScale would centre
// the axis' label by numbers, far from the middle.)
type decades struct{}

func (decades) Ticks(low, high float64) (ticks []plot.Tick) {
	every := math.Ceil((high - low) / 6)
	for k := math.Floor(low); k <= high; k++ {
		for digit := 1.0; digit < 10; digit++ {
			tick := plot.Tick{Value: k + math.Log10(digit)}
			if digit == 1 && math.Mod(k, every) == 0 {
				tick.Label = short(math.Pow(10, k))
			}
			if tick.Value >= low && tick.Value <= high {
				ticks = append(ticks, tick)
			}
		}
	}
	return ticks
}

// wholeTicks are at whole numbers of s, about five.
type wholeTicks struct{}

func (wholeTicks) Ticks(low, high float64) (ticks []plot.Tick) {
	every := 1.0
	for k := 0; (high-low)/every > 10; k++ {
		every *= []float64{2, 2.5, 2}[k%3] // 2, 5, 10, …
	}
	for v := every * math.Ceil(low/every); v <= high; v += every {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%g", v)})
	}
	return ticks
}
