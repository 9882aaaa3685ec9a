package figure

import (
	"image"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// colours run from blue (−limit) over white to red (+limit).
func colours(limit float64) palette.ColorMap {
	c := moreland.SmoothBlueRed()
	c.SetMin(-limit - 1e-9)
	c.SetMax(limit + 1e-9)
	return c
}

const (
	matrixSide    = 220 // points, about
	smallestLabel = 7   // points, the smallest that can be read
	longestLabel  = 10  // letters
)

// Matrix shows correlations, the first row at the top; values beyond the limit have its colour.
func Matrix(title string, m mat.Matrix, labels []string, limit float64) *plot.Plot {
	p := New(title, "", "")
	n := len(labels)
	p.Add(plotter.NewImage(matrixImage(m, limit), -0.5, -0.5, float64(n)-0.5, float64(n)-0.5))
	every := int(math.Ceil(smallestLabel * 1.25 * float64(n) / matrixSide))
	var x, y []plot.Tick
	for i := 0; i < n; i += every {
		label := []rune(labels[i])
		if len(label) > longestLabel {
			label = append(label[:longestLabel-1:longestLabel-1], '…')
		}
		x = append(x, plot.Tick{Value: float64(i), Label: string(label)})
		y = append(y, plot.Tick{Value: float64(n - 1 - i), Label: string(label)})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(x), plot.ConstantTicks(y)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Tick.Label.Font.Size = smallestLabel
		axis.Tick.Length, axis.LineStyle.Width, axis.Padding = 0, 0, vg.Points(3)
	}
	p.X.Tick.Label.Rotation = math.Pi / 2
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = text.XRight, text.YCenter
	return p
}

// ColourBar is the scale of [Matrix].
func ColourBar(limit float64) *plot.Plot {
	p := New("", "", "correlation")
	p.Add(&plotter.ColorBar{ColorMap: colours(limit), Vertical: true})
	p.HideX()
	p.Y.Padding = 0
	return p
}

// matrixImage has a square of pixels for each entry: the canvas blurs what it scales, and a heat map of rectangles
// shows their seams.
func matrixImage(m mat.Matrix, limit float64) image.Image {
	n, _ := m.Dims()
	side := 1 + 1000/n
	table := colours(limit).Palette(255).Colors()
	img := image.NewNRGBA(image.Rect(0, 0, n*side, n*side))
	for y := range n * side {
		for x := range n * side {
			v := max(min(m.At(y/side, x/side)/limit, 1), -1)
			img.Set(x, y, table[int(math.Round((v+1)/2*254))])
		}
	}
	return img
}
