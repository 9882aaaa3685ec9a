package main

import (
	"io"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// drawFC writes a PNG of the empirical and the simulated FC side by side.
func (r *result) drawFC(w io.Writer) error {
	left := r.matrixPlot("empirical FC (fitted half)", r.empirical)
	right := r.matrixPlot("simulated FC (120 min, new seeds)", r.simulated)
	canvas := vgimg.New(28*vg.Centimeter, 13.5*vg.Centimeter)
	dc := draw.New(canvas)
	dc = draw.Crop(dc, 3*vg.Millimeter, 0, 4*vg.Millimeter, -4*vg.Millimeter)
	width := dc.Max.X - dc.Min.X
	bar := 2 * vg.Centimeter
	half := (width - bar) / 2
	left.Draw(draw.Crop(dc, 0, -half-bar, 0, 0))
	right.Draw(draw.Crop(dc, half+2*vg.Millimeter, -bar, 0, 0))
	colorBar().Draw(draw.Crop(dc, width-bar+2*vg.Millimeter, -2*vg.Millimeter, 2*vg.Centimeter, -vg.Centimeter))
	_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
	return err
}

// colours run from blue (−1) over white to red (+1).
func colours() palette.ColorMap {
	c := moreland.SmoothBlueRed()
	c.SetMin(-1 - 1e-9)
	c.SetMax(1 + 1e-9)
	return c
}

func (r *result) matrixPlot(title string, m *mat.Dense) *plot.Plot {
	plot.DefaultFont.Variant = "Sans"
	p := plot.New()
	p.Title.Text = title
	colours := colours()
	heat := plotter.NewHeatMap(matrixGrid{m}, colours.Palette(255))
	heat.Min, heat.Max = -1, 1
	p.Add(heat)
	n, _ := m.Dims()
	size := vg.Points(280 / float64(n))
	size = min(max(size, vg.Points(3)), vg.Points(9))
	var x, y []plot.Tick
	for i, label := range r.data.labels {
		x = append(x, plot.Tick{Value: float64(i), Label: label})
		y = append(y, plot.Tick{Value: float64(n - 1 - i), Label: label})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(x), plot.ConstantTicks(y)
	p.X.Tick.Label.Font.Size, p.Y.Tick.Label.Font.Size = size, size
	p.X.Tick.Label.Rotation = 1.5708
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = text.XRight, text.YCenter
	p.X.Tick.Length, p.Y.Tick.Length = 0, 0
	p.Title.TextStyle.Font.Size = font.Length(12)
	return p
}

func colorBar() *plot.Plot {
	p := plot.New()
	p.Add(&plotter.ColorBar{ColorMap: colours(), Vertical: true})
	p.HideX()
	p.Y.Padding = 0
	return p
}

// matrixGrid shows row 0 at the top.
type matrixGrid struct{ m *mat.Dense }

func (g matrixGrid) Dims() (c, r int) { r, c = g.m.Dims(); return c, r }
func (g matrixGrid) Z(c, r int) float64 {
	n, _ := g.m.Dims()
	return max(min(g.m.At(n-1-r, c), 1), -1)
}
func (g matrixGrid) X(c int) float64 { return float64(c) }
func (g matrixGrid) Y(r int) float64 { return float64(r) }
