package tasks

import "math"

const (
	strokesSide  = 28
	strokesWidth = 1.1 // half width of the pen, in pixels
)

type point struct{ x, y float64 }

// glyphs are ten digit-like line drawings in the unit square, y downwards: each a list of lines.
var glyphs = [10][][]point{
	{oval(.5, .5, .24, .34)},
	{{{.38, .3}, {.52, .16}, {.52, .84}}},
	{{{.28, .32}, {.36, .18}, {.6, .17}, {.7, .32}, {.6, .5}, {.28, .83}, {.73, .83}}},
	{{{.3, .2}, {.6, .16}, {.68, .32}, {.46, .48}, {.7, .64}, {.6, .82}, {.28, .82}}},
	{{{.56, .16}, {.26, .6}, {.76, .6}}, {{.6, .4}, {.58, .86}}},
	{{{.7, .17}, {.36, .17}, {.33, .46}, {.6, .44}, {.7, .64}, {.56, .83}, {.28, .8}}},
	{{{.62, .15}, {.4, .38}, {.3, .66}}, oval(.5, .66, .2, .18)},
	{{{.27, .18}, {.72, .18}, {.44, .85}}},
	{oval(.5, .32, .18, .16), oval(.5, .66, .22, .18)},
	{oval(.5, .34, .19, .18), {{.69, .34}, {.66, .6}, {.54, .86}}},
}

func oval(x, y, across, down float64) []point {
	const corners = 12
	line := make([]point, corners+1)
	for i := range line {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		line[i] = point{x + across*cos, y + down*sin}
	}
	return line
}

// strokes draws a glyph with a class, size, slant, place and bends of its own for each trial.
type strokes struct{}

func (strokes) size() (rows, columns, classes int) { return strokesSide, strokesSide, len(glyphs) }

func (strokes) picture(tr *Trial) ([]float64, int) {
	class := tr.choice.below(len(glyphs))
	pixels := make([]float64, strokesSide*strokesSide)
	move := handwriting(tr.choice)
	for _, line := range glyphs[class] {
		moved := make([]point, len(line))
		for i, p := range line {
			moved[i] = move(p)
		}
		for i := 1; i < len(moved); i++ {
			drawLine(pixels, moved[i-1], moved[i])
		}
	}
	return pixels, class
}

// handwriting is a random map of the unit square into pixels: turned by up to 0.2 rad, scaled by up to
// 15 %, sheared, shifted by up to 2 pixels, and every point moved a little.
func handwriting(s *stream) func(point) point {
	sin, cos := math.Sincos(s.uniform(-0.2, 0.2))
	wide, high, slant := s.uniform(0.85, 1.15), s.uniform(0.85, 1.15), s.uniform(-0.2, 0.2)
	right, down := s.uniform(-2, 2), s.uniform(-2, 2)
	return func(p point) point {
		x, y := (p.x-0.5)*wide, (p.y-0.5)*high
		x -= slant * y
		x, y = cos*x-sin*y, sin*x+cos*y
		return point{
			strokesSide*(x+0.5) - 0.5 + right + 0.35*s.normal(),
			strokesSide*(y+0.5) - 0.5 + down + 0.35*s.normal(),
		}
	}
}

// drawLine darkens the pixels near a line: 1 on it, 0 from a pixel beyond the pen's half width.
func drawLine(pixels []float64, a, b point) {
	reach := strokesWidth + 1
	for row := clip(math.Min(a.y, b.y) - reach); row <= clip(math.Max(a.y, b.y)+reach); row++ {
		for column := clip(math.Min(a.x, b.x) - reach); column <= clip(math.Max(a.x, b.x)+reach); column++ {
			ink := reach - distance(point{float64(column), float64(row)}, a, b)
			at := row*strokesSide + column
			pixels[at] = math.Max(pixels[at], math.Max(0, math.Min(1, ink)))
		}
	}
}

func clip(x float64) int { return max(0, min(strokesSide-1, int(math.Round(x)))) }

// distance of p to the line from a to b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	along := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		along = math.Max(0, math.Min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/length))
	}
	return math.Hypot(p.x-a.x-along*dx, p.y-a.y-along*dy)
}
