package main

import (
	"bytes"
	"fmt"
	"image/color"

	"github.com/euryale-ml/euryale/tasks"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// What the picture shows.
const (
	shownChannels = 3
	shownFree     = 800 // samples of free run, where there are as many
	shownBefore   = 50  // samples before it
)

// picture is a PNG of the true signal and the free run after the warm-up, a panel per channel.
func (r *report) picture(f tasks.Forecaster) ([]byte, error) {
	test := r.series.Part(tasks.Test)
	n, channels := test.Dims()
	lead := min(warmup, n/2)
	steps := min(shownFree, n-lead)
	run, err := f.Forecast(test.Slice(0, lead, 0, channels).(*mat.Dense), steps)
	if err != nil {
		return nil, err
	}
	var panels [][]*plot.Plot
	for c := range min(channels, shownChannels) {
		p, err := r.panel(c, test, run, lead)
		if err != nil {
			return nil, err
		}
		panels = append(panels, []*plot.Plot{p})
	}
	canvas := vgimg.New(25*vg.Centimeter, vg.Length(len(panels))*6*vg.Centimeter)
	dc := draw.New(canvas)
	for i, row := range plot.Align(panels, draw.Tiles{Rows: len(panels), Cols: 1, PadY: 3 * vg.Millimeter, PadRight: 5 * vg.Millimeter}, dc) {
		panels[i][0].Draw(row[0])
	}
	var png bytes.Buffer
	_, err = vgimg.PngCanvas{Canvas: canvas}.WriteTo(&png)
	return png.Bytes(), err
}

// panel shows one channel in its own units over time.
func (r *report) panel(c int, test, run *mat.Dense, lead int) (*plot.Plot, error) {
	plot.DefaultFont.Variant = "Sans"
	p := plot.New()
	p.Y.Label.Text = fmt.Sprintf("channel %d", c+1)
	p.X.Label.Text = "samples of free run"
	before := min(shownBefore, lead)
	steps, _ := run.Dims()
	truth, err := r.line(c, test.Slice(lead-before, lead+steps, 0, c+1), -before, color.Gray{120})
	if err != nil {
		return nil, err
	}
	free, err := r.line(c, run, 0, color.RGBA{R: 200, A: 255})
	if err != nil {
		return nil, err
	}
	p.Add(truth, free)
	low, high := columnRange(truth.XYs)
	p.Y.Min, p.Y.Max = low-0.3*(high-low), high+0.3*(high-low) // a run that diverges leaves the panel
	if c == 0 {
		p.Legend.Add("true", truth)
		p.Legend.Add("predicted", free)
		p.Legend.Top = true
	}
	return p, nil
}

// line is a channel, in its own units, from a sample on.
func (r *report) line(c int, data mat.Matrix, from int, colour color.Color) (*plotter.Line, error) {
	n, _ := data.Dims()
	points := plotter.XYs{}
	for t := range n {
		if v := data.At(t, c); v == v { // not NaN
			points = append(points, plotter.XY{X: float64(from + t), Y: r.series.Mean[c] + r.series.SD[c]*v})
		}
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return nil, err
	}
	line.Color, line.Width = colour, vg.Points(1.2)
	return line, nil
}

func columnRange(points plotter.XYs) (low, high float64) {
	_, _, low, high = plotter.XYRange(points)
	return low, high
}
