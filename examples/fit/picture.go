package main

import (
	"io"
	"math"

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
	labelAxes(p, r.data.labels)
	p.Title.TextStyle.Font.Size = font.Length(12)
	return p
}

const (
	axisLength    = 280 // points, about
	smallestLabel = 7   // points, the smallest that can be read
	longestLabel  = 14  // letters
)

// labelAxes names the regions, or every k-th where there is no room for all.
func labelAxes(p *plot.Plot, labels []string) {
	n := len(labels)
	size := min(max(axisLength/float64(n), smallestLabel), 9)
	every := int(math.Ceil(size * float64(n) / axisLength))
	var x, y []plot.Tick
	for i := 0; i < n; i += every {
		label := shortened(labels[i])
		x = append(x, plot.Tick{Value: float64(i), Label: label})
		y = append(y, plot.Tick{Value: float64(n - 1 - i), Label: label})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(x), plot.ConstantTicks(y)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Tick.Label.Font.Size = vg.Points(size)
		axis.Tick.Length = 0
		axis.LineStyle.Width = 0
		axis.Padding = vg.Points(4) // the labels reach this far into the plot
	}
	p.X.Tick.Label.Rotation = math.Pi / 2
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = text.XRight, text.YCenter
}

// shortened keeps both ends, so that names that differ at either stay apart.
func shortened(label string) string {
	letters := []rune(label)
	if len(letters) <= longestLabel {
		return label
	}
	end := (longestLabel - 1) / 2
	return string(letters[:longestLabel-1-end]) + "…" + string(letters[len(letters)-end:])
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
