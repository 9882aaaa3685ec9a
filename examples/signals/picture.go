package main

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

const (
	shownChannels = 10
	shownTime     = 5.0  // s of EEG and MEG
	shownHz       = 45.0 // of their spectra
	titleSize     = 13   // points
	textSize      = 11
)

var (
	ink   = color.NRGBA{R: 31, G: 78, B: 121, A: 255}
	shade = color.NRGBA{R: 31, G: 78, B: 121, A: 70}
)

// draw writes a PNG: above the signal, below its spectrum and its FC.
func (m *measured) draw(w io.Writer, c *config) error {
	plot.DefaultFont.Variant = "Sans"
	traces, err := m.traces()
	if err != nil {
		return err
	}
	spectrum, err := m.spectrumPlot(c)
	if err != nil {
		return err
	}
	below := []panel{{spectrum, 11}, {matrixPlot("FC: correlation of the signals", m.fc, m.series.Labels), 11}}
	if m.envelopeFC != nil {
		title := fmt.Sprintf("FC of amplitudes, %g to %g Hz", c.low, c.high)
		below = append(below, panel{matrixPlot(title, m.envelopeFC, m.series.Labels), 11})
	}
	below = append(below, panel{colourBar(), 2.2})
	canvas := vgimg.New(canvasWidth(below), 21*vg.Centimeter)
	dc := draw.Crop(draw.New(canvas), 4*vg.Millimeter, -4*vg.Millimeter, 4*vg.Millimeter, -4*vg.Millimeter)
	const upper = 9.2 * vg.Centimeter
	height := dc.Max.Y - dc.Min.Y
	traces.Draw(draw.Crop(dc, 0, 0, height-upper, 0))
	left := vg.Length(0)
	for _, p := range below {
		right := left + p.width*vg.Centimeter
		p.Draw(draw.Crop(dc, left, right-(dc.Max.X-dc.Min.X)-2*vg.Millimeter, 0, -upper-4*vg.Millimeter))
		left = right
	}
	_, err = vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
	return err
}

// panel is a plot of a width in cm.
type panel struct {
	*plot.Plot
	width vg.Length
}

func canvasWidth(panels []panel) vg.Length {
	width := 8 * vg.Millimeter
	for _, p := range panels {
		width += p.width * vg.Centimeter
	}
	return width
}

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font.Size = titleSize
	p.Title.Padding = 2 * vg.Millimeter
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font.Size = textSize
		axis.Tick.Label.Font.Size = textSize - 1
	}
	return p
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
	p := newPlot(title, "time (s)", "")
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
		line.Color, line.Width = ink, vg.Points(0.9)
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
	p := newPlot(title, "frequency (Hz)", fmt.Sprintf("power density (%s²/Hz)", m.series.Unit))
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
	band.Color, band.LineStyle.Width = shade, 0
	curve, err := plotter.NewLine(line)
	if err != nil {
		return nil, err
	}
	curve.Color, curve.Width = ink, vg.Points(1.6)
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
