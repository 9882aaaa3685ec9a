package train

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	G "gorgonia.org/gorgonia"
)

// Two lanes of two steps and two outputs, worked out by hand; the target of a masked step is no number.
func TestSquareError(t *testing.T) {
	outputs := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	targets := []float64{0, 2, 1, 1, 5, 4, math.NaN(), math.NaN()}
	weights := []float64{0.25, 2, 1, 0}
	losses, grad := squareError(t, outputs, targets, weights)
	for l, want := range []float64{0.25*(1+0)/2 + 2*(4+9)/2, (0 + 4) / 2} {
		if math.Abs(losses[l]-want) > 1e-15 {
			t.Errorf("lane %d: expected %v, found %v", l, want, losses[l])
		}
	}
	numeric := fd.Gradient(nil, func(o []float64) float64 {
		l, _ := squareError(t, o, targets, weights)
		return l[0] + l[1]
	}, outputs, &fd.Settings{Formula: fd.Central})
	for i := range grad {
		if math.Abs(grad[i]-numeric[i]) > 1e-6 {
			t.Errorf("gradient %d: expected %v, found %v", i, numeric[i], grad[i])
		}
	}
}

func squareError(t *testing.T, outputs, targets, weights []float64) (losses, grad []float64) {
	t.Helper()
	g := G.NewGraph()
	o := series(g, "o", []int{2, 2, 2}, outputs)
	loss, err := SquareError(o, series(g, "targets", []int{2, 2, 2}, targets), series(g, "weights", []int{2, 2}, weights))
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewGraphProblem(loss, G.Nodes{o})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	grad = make([]float64, len(outputs))
	if _, err := p.Func(outputs, grad); err != nil {
		t.Fatal(err)
	}
	return p.Losses(), grad
}

func TestSquareErrorShapes(t *testing.T) {
	g := G.NewGraph()
	o, y := series(g, "o", []int{2, 2, 2}, make([]float64, 8)), series(g, "y", []int{2, 2, 1}, make([]float64, 4))
	w := series(g, "w", []int{2, 2}, make([]float64, 4))
	if _, err := SquareError(o, y, w); err == nil || !strings.Contains(err.Error(), "[2 2 1]") {
		t.Errorf("expected an error with [2 2 1], found %v", err)
	}
}
