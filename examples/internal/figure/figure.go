// Package figure draws what the examples' pictures have in common: plots in rows, and matrices of correlations.
package figure

import (
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Ink is the colour of lines and points, Shade the same for areas.
var (
	Ink   = color.NRGBA{R: 31, G: 78, B: 121, A: 255}
	Shade = color.NRGBA{R: 31, G: 78, B: 121, A: 65}
)

// New is an empty plot with the sizes of text that all have.
func New(title, x, y string) *plot.Plot {
	plot.DefaultFont.Variant = "Sans"
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font.Size = 12
	p.Title.Padding = 2 * vg.Millimeter
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font.Size = 11
		axis.Tick.Label.Font.Size = 10
	}
	return p
}

// Row is some plots side by side.
type Row struct {
	Height vg.Length // cm
	Panels []Panel
}

// Panel is a plot of a width in cm.
type Panel struct {
	*plot.Plot
	Width vg.Length
}

// Width is that of the row's panels together, in cm.
func (r Row) Width() vg.Length {
	sum := vg.Length(0)
	for _, p := range r.Panels {
		sum += p.Width
	}
	return sum
}

// Write writes a PNG of rows.
func Write(w io.Writer, rows ...Row) error {
	width, height := vg.Length(0), vg.Length(0)
	for _, row := range rows {
		width, height = max(width, row.Width()*vg.Centimeter), height+row.Height*vg.Centimeter
	}
	const margin = 4 * vg.Millimeter
	canvas := vgimg.New(width+2*margin, height+2*margin)
	all := draw.Crop(draw.New(canvas), margin, -margin, margin, -margin)
	top := all.Max.Y
	for _, row := range rows {
		bottom, left := top-row.Height*vg.Centimeter, all.Min.X
		for _, p := range row.Panels {
			right := left + p.Width*vg.Centimeter
			p.Draw(draw.Canvas{Canvas: all.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: left, Y: bottom + 2*vg.Millimeter}, Max: vg.Point{X: right - 3*vg.Millimeter, Y: top},
			}})
			left = right
		}
		top = bottom
	}
	_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
	return err
}
