package main

import (
	"fmt"
	"image/color"
	"io"
	"math"

	"github.com/euryale-ml/euryale/examples/internal/figure"
	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	accent   = color.NRGBA{R: 196, G: 78, B: 45, A: 255}
	unstable = color.NRGBA{R: 235, G: 235, B: 235, A: 255}
	grey     = color.NRGBA{R: 110, G: 110, B: 110, A: 255}
)

// drawSweep shows the measures against the coupling, values that are not stable in grey.
func (s *study) drawSweep(w io.Writer) error {
	measures := []struct {
		title, unit string
		of          func(*train.SweepPoint) float64
	}{
		{"FC: correlation with the empirical", "r", func(p *train.SweepPoint) float64 { return p.FCCorrelation }},
		{"FC: root mean square difference", "RMSE", func(p *train.SweepPoint) float64 { return p.FCRMSE }},
		{"FCD: Kolmogorov-Smirnov distance", "KS", func(p *train.SweepPoint) float64 { return p.FCDKS }},
		{"metastability", "deviation of the Kuramoto order", func(p *train.SweepPoint) float64 { return p.Metastability }},
	}
	var panels []figure.Panel
	for _, m := range measures {
		p, err := s.measurePlot(m.title, m.unit, m.of)
		if err != nil {
			return err
		}
		if p != nil {
			panels = append(panels, figure.Panel{Plot: p, Width: 11})
		}
	}
	means, err := s.meansPlot()
	if err != nil {
		return err
	}
	if means != nil {
		panels = append(panels, figure.Panel{Plot: means, Width: 11})
	}
	var rows []figure.Row
	for len(panels) > 3 {
		rows, panels = append(rows, figure.Row{Height: 8.5, Panels: panels[:3]}), panels[3:]
	}
	return figure.Write(w, append(rows, figure.Row{Height: 8.5, Panels: panels})...)
}

// measurePlot is nil where no value has the measure.
func (s *study) measurePlot(title, unit string, of func(*train.SweepPoint) float64) (*plot.Plot, error) {
	var points plotter.XYs
	for i := range s.sweep.Points {
		if v := of(&s.sweep.Points[i]); !math.IsNaN(v) {
			points = append(points, plotter.XY{X: s.sweep.Points[i].Value, Y: v})
		}
	}
	if points == nil {
		return nil, nil
	}
	p := figure.New(title, "global coupling", unit)
	low, high := points[0].Y, points[0].Y
	for _, v := range points {
		low, high = min(low, v.Y), max(high, v.Y)
	}
	s.frame(p, low, high)
	return p, addCurve(p, points)
}

// frame shades what is not stable and marks the coupling that was found, and the hidden one, between low and high.
func (s *study) frame(p *plot.Plot, low, high float64) {
	room := 0.08*(high-low) + 1e-6
	low, reach, high := low-room, high+room, high+0.25*(high-low)+room // above what marks reach is room for the legend
	v := s.sweep.Points
	edge := (v[len(v)-1].Value - v[0].Value) / 40
	for i, point := range v {
		if point.Stable {
			continue
		}
		left, right := point.Value-edge, point.Value+edge
		if i > 0 {
			left = (v[i-1].Value + point.Value) / 2
		}
		if i+1 < len(v) {
			right = (v[i+1].Value + point.Value) / 2
		}
		area, err := plotter.NewPolygon(plotter.XYs{{X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high}, {X: left, Y: high}})
		if err == nil {
			area.Color, area.LineStyle.Width = unstable, 0
			p.Add(area)
		}
	}
	mark := func(x float64, label string, c color.Color, dashes []vg.Length) {
		line, err := plotter.NewLine(plotter.XYs{{X: x, Y: low}, {X: x, Y: reach}})
		if err != nil {
			return
		}
		line.Color, line.Width, line.Dashes = c, vg.Points(1.4), dashes
		p.Add(line)
		p.Legend.Add(label, line)
	}
	mark(s.Coupling, fmt.Sprintf("found: %.3g", s.Coupling), accent, nil)
	if s.truth != nil {
		mark(s.truth.coupling, fmt.Sprintf("hidden: %.3g", s.truth.coupling), grey, []vg.Length{vg.Points(4), vg.Points(3)})
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.TextStyle.Font.Size = 10
	p.Legend.Padding = vg.Millimeter
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = v[0].Value-edge, v[len(v)-1].Value+edge, low, high
	p.X.Padding, p.Y.Padding = 0, 0
}

func addCurve(p *plot.Plot, points plotter.XYs) error {
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	line.Color, line.Width = figure.Ink, vg.Points(1.6)
	dots.Color, dots.Shape, dots.Radius = figure.Ink, draw.CircleGlyph{}, vg.Points(2.6)
	p.Add(line, dots)
	return nil
}

// meansPlot shows mean and range of the watched variable.
func (s *study) meansPlot() (*plot.Plot, error) {
	var mean, lower, upper plotter.XYs
	var unit string
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range s.sweep.Points {
		if len(p.Means) == 0 {
			continue
		}
		m := p.Means[0]
		mean = append(mean, plotter.XY{X: p.Value, Y: m.Mean})
		lower = append(plotter.XYs{{X: p.Value, Y: m.Lowest}}, lower...)
		upper = append(upper, plotter.XY{X: p.Value, Y: m.Highest})
		low, high, unit = min(low, m.Lowest), max(high, m.Highest), m.Unit
	}
	if len(mean) < 2 {
		return nil, nil
	}
	p := figure.New(fmt.Sprintf("%s: mean, and range over regions", s.watched.Address), "global coupling", unit)
	s.frame(p, low, high)
	band, err := plotter.NewPolygon(append(upper, lower...))
	if err != nil {
		return nil, err
	}
	band.Color, band.LineStyle.Width = figure.Shade, 0
	p.Add(band)
	return p, addCurve(p, mean)
}

// drawFC shows the empirical FC and those of the sweep's best point and of the fit, and the pairs against each other.
func (s *study) drawFC(w io.Writer) error {
	first, last := s.candidates[0], s.candidates[len(s.candidates)-1]
	limit := 0.0
	for _, m := range []mat.Matrix{s.empirical.FC, first.comparison.FC, last.comparison.FC} {
		for _, v := range forward.UpperTriangle(m, 1) {
			limit = max(limit, math.Abs(v))
		}
	}
	limit = max(0.1, min(1, math.Ceil(limit*10)/10))
	upper := []figure.Panel{
		{Plot: figure.Matrix("empirical FC", s.empirical.FC, s.labels, limit), Width: 10.5},
		{Plot: figure.Matrix(fmt.Sprintf("%s, r = %v", first.name, s.FCSweep), first.comparison.FC, s.labels, limit), Width: 10.5},
		{Plot: figure.Matrix(fmt.Sprintf("%s, r = %v", last.name, s.FCFit), last.comparison.FC, s.labels, limit), Width: 10.5},
		{Plot: figure.ColourBar(limit), Width: 2.4},
	}
	before, err := s.scatter("best of the sweep", first.comparison.FC)
	if err != nil {
		return err
	}
	after, err := s.scatter(last.name, last.comparison.FC)
	if err != nil {
		return err
	}
	bars, err := s.bars()
	if err != nil {
		return err
	}
	return figure.Write(w, figure.Row{Height: 10.5, Panels: upper}, figure.Row{Height: 10.5, Panels: []figure.Panel{{Plot: before, Width: 10.5}, {Plot: after, Width: 10.5}, {Plot: bars, Width: 12.9}}})
}

// scatter shows simulated against empirical FC, pair by pair.
func (s *study) scatter(name string, fc mat.Matrix) (*plot.Plot, error) {
	p := figure.New(name+": pairs of regions", "empirical FC", "simulated FC")
	x, y := forward.UpperTriangle(s.empirical.FC, 1), forward.UpperTriangle(fc, 1)
	points := make(plotter.XYs, len(x))
	low, high := 0.0, 0.0
	for i := range x {
		points[i] = plotter.XY{X: x[i], Y: y[i]}
		low, high = min(low, x[i], y[i]), max(high, x[i], y[i])
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return nil, err
	}
	dots.Color, dots.Shape, dots.Radius = color.NRGBA{R: 31, G: 78, B: 121, A: 90}, draw.CircleGlyph{}, vg.Points(1.4)
	equal, err := plotter.NewLine(plotter.XYs{{X: low, Y: low}, {X: high, Y: high}})
	if err != nil {
		return nil, err
	}
	equal.Color, equal.Dashes = grey, []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(dots, equal)
	return p, nil
}

// bars shows the correlations of all rows of the report.
func (s *study) bars() (*plot.Plot, error) {
	p := figure.New("correlation with the empirical FC", "r", "")
	var ticks []plot.Tick
	n := len(s.Rows)
	for i, r := range s.Rows {
		at := float64(n - 1 - i)
		ticks = append(ticks, plot.Tick{Value: at, Label: r.Name})
		v := float64(r.FCCorrelation)
		if math.IsNaN(v) {
			continue
		}
		bar, err := plotter.NewPolygon(plotter.XYs{{X: 0, Y: at - 0.35}, {X: v, Y: at - 0.35}, {X: v, Y: at + 0.35}, {X: 0, Y: at + 0.35}})
		if err != nil {
			return nil, err
		}
		bar.LineStyle.Width = 0
		bar.Color = figure.Ink
		if i >= len(s.candidates) {
			bar.Color = color.NRGBA{R: 150, G: 165, B: 180, A: 255}
		}
		p.Add(bar)
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: max(v, 0), Y: at}}, Labels: []string{" " + r.FCCorrelation.String()}})
		if err != nil {
			return nil, err
		}
		label.TextStyle[0].Font.Size, label.TextStyle[0].Font.Variant = 9, "Sans"
		label.TextStyle[0].YAlign = draw.YCenter
		p.Add(label)
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.Y.Tick.Length, p.Y.LineStyle.Width = 0, 0
	p.X.Min, p.X.Max = min(0, p.X.Min), 1
	p.Y.Tick.Label.Font.Size = 9
	return p, nil
}
