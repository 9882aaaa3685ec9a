package dynamics

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

const (
	pictureWidth, pictureHeight      = 840, 600
	marginLeft, marginBottom         = 90, 62
	marginRight, marginTop           = 24, 40
	lineWidth, thinLine, markRadius  = 2.4, 1.0, 5.0
	fontSize, tickLength, tickNumber = 15, 5, 6
)

var (
	black = color.RGBA{A: 255}
	grey  = color.RGBA{170, 170, 170, 255}
	white = color.RGBA{255, 255, 255, 255}
	blue  = color.RGBA{31, 78, 121, 255}
	red   = color.RGBA{190, 60, 40, 255}
	green = color.RGBA{60, 130, 70, 255}
)

// canvas is a picture with axes.
type canvas struct {
	img  *image.RGBA
	x, y [2]float64 // ranges of the axes
	face font.Face
}

// newCanvas draws frame, ticks and names. Ranges of no width are widened.
func newCanvas(title, xName, yName string, x, y [2]float64) *canvas {
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight)), x: widened(x), y: widened(y), face: newFace()}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(white), image.Point{}, draw.Src)
	left, right := c.pixel(c.x[0], c.y[0]), c.pixel(c.x[1], c.y[1])
	c.stroke(thinLine, black, left, [2]float64{left[0], right[1]})
	c.stroke(thinLine, black, left, [2]float64{right[0], left[1]})
	for _, v := range ticks(c.x) {
		p := c.pixel(v, c.y[0])
		c.stroke(thinLine, black, p, [2]float64{p[0], p[1] + tickLength})
		c.text(fmt.Sprintf("%.4g", v), p[0], p[1]+tickLength+fontSize, 0.5)
	}
	for _, v := range ticks(c.y) {
		p := c.pixel(c.x[0], v)
		c.stroke(thinLine, black, p, [2]float64{p[0] - tickLength, p[1]})
		c.text(fmt.Sprintf("%.4g", v), p[0]-tickLength-4, p[1]+fontSize/3, 1)
	}
	c.text(xName, (left[0]+right[0])/2, pictureHeight-12, 0.5)
	c.text(yName, 8, marginTop-14, 0)
	c.text(title, (left[0]+right[0])/2, marginTop-14, 0.5)
	return c
}

// newFace is the font of the pictures, which is part of the program.
func newFace() font.Face {
	parsed, err := opentype.Parse(goregular.TTF)
	if err == nil {
		if face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: fontSize, DPI: 72}); err == nil {
			return face
		}
	}
	panic(fmt.Sprintf("dynamics: the font cannot be read: %v", err))
}

func widened(r [2]float64) [2]float64 {
	if !(r[1] > r[0]) {
		d := max(math.Abs(r[0]), 1) / 10
		return [2]float64{r[0] - d, r[0] + d}
	}
	margin := (r[1] - r[0]) / 40
	return [2]float64{r[0] - margin, r[1] + margin}
}

// ticks are round numbers in a range.
func ticks(r [2]float64) []float64 {
	rough := (r[1] - r[0]) / tickNumber
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*unit >= rough {
			unit *= f
			break
		}
	}
	var list []float64
	for k := math.Ceil(r[0] / unit); k*unit <= r[1]; k++ {
		list = append(list, k*unit+0) // + 0 makes 0 of −0
	}
	return list
}

// pixel is where a point is.
func (c *canvas) pixel(x, y float64) [2]float64 {
	return [2]float64{
		marginLeft + (x-c.x[0])/(c.x[1]-c.x[0])*(pictureWidth-marginLeft-marginRight),
		pictureHeight - marginBottom - (y-c.y[0])/(c.y[1]-c.y[0])*(pictureHeight-marginBottom-marginTop),
	}
}

// text writes text at a pixel, which is at a fraction of its length.
func (c *canvas) text(s string, x, y, fraction float64) {
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(black), Face: c.face}
	x -= fraction * float64(d.MeasureString(s)) / 64
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	d.DrawString(s)
}

// stroke draws a line between pixels.
func (c *canvas) stroke(width float64, ink color.Color, a, b [2]float64) {
	dx, dy := b[0]-a[0], b[1]-a[1]
	length := math.Hypot(dx, dy)
	if length == 0 || math.IsNaN(length) {
		return
	}
	nx, ny := -dy/length*width/2, dx/length*width/2
	ex, ey := dx/length*width/4, dy/length*width/4 // overlaps, so that lines of pieces have no gaps
	c.fill(ink, [][2]float64{
		{a[0] + nx - ex, a[1] + ny - ey}, {b[0] + nx + ex, b[1] + ny + ey},
		{b[0] - nx + ex, b[1] - ny + ey}, {a[0] - nx - ex, a[1] - ny - ey},
	})
}

// fill fills a polygon of pixels.
func (c *canvas) fill(ink color.Color, corners [][2]float64) {
	lo, hi := corners[0], corners[0]
	for _, p := range corners {
		lo, hi = [2]float64{min(lo[0], p[0]), min(lo[1], p[1])}, [2]float64{max(hi[0], p[0]), max(hi[1], p[1])}
	}
	box := image.Rect(int(lo[0])-1, int(lo[1])-1, int(hi[0])+2, int(hi[1])+2).Intersect(c.img.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, p := range corners {
		x, y := float32(p[0]-float64(box.Min.X)), float32(p[1]-float64(box.Min.Y))
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
	r.Draw(c.img, box, image.NewUniform(ink), image.Point{})
}

// line draws a line through points; dashed leaves out every second piece of some pixels.
func (c *canvas) line(width float64, ink color.Color, dashed bool, points ...[2]float64) {
	const dash = 6.0
	walked := 0.0
	for k := 1; k < len(points); k++ {
		a, b := c.pixel(points[k-1][0], points[k-1][1]), c.pixel(points[k][0], points[k][1])
		length := math.Hypot(b[0]-a[0], b[1]-a[1])
		if !dashed {
			c.stroke(width, ink, a, b)
			continue
		}
		for s := 0.0; s < length; {
			step := min(dash-math.Mod(walked, dash), length-s)
			if int(walked/dash)%2 == 0 {
				at := func(s float64) [2]float64 {
					return [2]float64{a[0] + s/length*(b[0]-a[0]), a[1] + s/length*(b[1]-a[1])}
				}
				c.stroke(width, ink, at(s), at(s+step))
			}
			s, walked = s+step, walked+step+1e-9
		}
	}
}

// mark draws a disc at a point, empty or full.
func (c *canvas) mark(ink color.Color, full bool, x, y float64) {
	p := c.pixel(x, y)
	disc := func(radius float64) [][2]float64 {
		var list [][2]float64
		for k := range 24 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 24)
			list = append(list, [2]float64{p[0] + radius*cos, p[1] + radius*sin})
		}
		return list
	}
	c.fill(ink, disc(markRadius))
	if !full {
		c.fill(white, disc(markRadius-1.5))
	}
}
