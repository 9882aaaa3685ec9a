package main

import (
	"fmt"
	"image/color"
	"io"
	"path/filepath"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

var (
	ink  = color.RGBA{R: 0x1f, G: 0x5f, B: 0xa8, A: 0xff}
	grey = color.Gray{Y: 0x80}
)

// picture draws accuracy, loss and, where there is one, the psychometric curve, one above the other.
func (c *config) picture(s *summary, t *train.Trained) error {
	if c.out == "" || len(t.Curve) == 0 {
		return nil
	}
	plot.DefaultFont.Variant = "Sans"
	top, err := c.accuracy(t)
	if err != nil {
		return err
	}
	middle, err := losses(t.Curve)
	if err != nil {
		return err
	}
	panels := [][]*plot.Plot{{top}, {middle}}
	if s.Psychometric != nil {
		bottom, err := s.Psychometric.plot()
		if err != nil {
			return err
		}
		panels = append(panels, []*plot.Plot{bottom})
	}
	canvas := vgimg.New(16*vg.Centimeter, 6*vg.Centimeter*vg.Length(len(panels)))
	tiles := draw.Tiles{Rows: len(panels), Cols: 1, PadTop: 3 * vg.Millimeter, PadBottom: 2 * vg.Millimeter, PadLeft: 3 * vg.Millimeter, PadRight: 5 * vg.Millimeter, PadY: 5 * vg.Millimeter}
	for k, at := range plot.Align(panels, tiles, draw.New(canvas)) {
		panels[k][0].Draw(at[0])
	}
	return datasets.WriteFile(filepath.Join(c.out, "curve.png"), func(w io.Writer) error {
		_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
		return err
	})
}

// accuracy is the learning curve, with the ceiling.
func (c *config) accuracy(t *train.Trained) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s, %s of %d units, seed %d", c.task, c.model, c.units, c.seed)
	p.Y.Label.Text = "accuracy, %"
	p.Y.Min, p.Y.Max = 0, 105
	if err := addLine(p, ink, points(t.Curve, func(e *train.Evaluation) float64 { return 100 * e.Accuracy })); err != nil {
		return nil, err
	}
	ceiling := plotter.NewFunction(func(float64) float64 { return 100 * t.Ceiling })
	ceiling.Color, ceiling.Dashes = grey, []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(ceiling)
	p.Legend.Add(fmt.Sprintf("ceiling %.1f %%", 100*t.Ceiling), ceiling)
	return p, nil
}

func losses(curve []train.Evaluation) (*plot.Plot, error) {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "update", "loss"
	xy := points(curve, func(e *train.Evaluation) float64 { return e.Loss })
	_, _, low, high := plotter.XYRange(xy)
	if low > 0 {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		p.Y.Min, p.Y.Max = low/1.2, high*1.2 // a range, also of a single loss
	}
	return p, addLine(p, ink, xy)
}

// plot shows the fraction of an answer by the evidence for it.
func (s *psychometric) plot() (*plot.Plot, error) {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "evidence", "answer "+s.Answer+", %"
	p.Y.Min, p.Y.Max = 0, 105
	xy := plotter.XYs{}
	for _, at := range s.merged(30) {
		xy = append(xy, plotter.XY{X: at.Evidence, Y: 100 * at.Fraction})
	}
	marks, err := plotter.NewScatter(xy)
	if err != nil {
		return nil, err
	}
	marks.Color, marks.Shape = ink, draw.CircleGlyph{}
	p.Add(marks)
	return p, addLine(p, ink, xy)
}

func points(curve []train.Evaluation, of func(*train.Evaluation) float64) (xy plotter.XYs) {
	for i := range curve {
		xy = append(xy, plotter.XY{X: float64(curve[i].Update), Y: of(&curve[i])})
	}
	return xy
}

func addLine(p *plot.Plot, c color.Color, xy plotter.XYs) error {
	line, err := plotter.NewLine(xy)
	if err != nil {
		return err
	}
	line.Color, line.Width = c, vg.Points(1.5)
	p.Add(line)
	return nil
}
