package train

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/diff/fd"
	G "gorgonia.org/gorgonia"
)

// Values by hand and gradients against central differences: several lanes, samples and regions, one of each, and
// means that are at their target, where the gradient is 0.
func TestMeanErrorNode(t *testing.T) {
	for name, c := range map[string]struct {
		shape   []int
		x       []float64
		targets []float64
		losses  []float64
	}{
		"many":      {[]int{2, 3, 2}, []float64{1, 2, 3, 4, 5, 6, 0, 0, 0, 3, 0, 0}, []float64{2, 5}, []float64{1, 10}},
		"one":       {[]int{1, 1, 1}, []float64{4}, []float64{1}, []float64{9}},
		"at target": {[]int{1, 2, 2}, []float64{1, 3, 3, 1}, []float64{2, 2}, []float64{0}},
	} {
		g := G.NewGraph()
		node := series(g, "x", c.shape, c.x)
		lanes, err := meanError(c.targets).Apply(node)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewGraphProblem(lanes, G.Nodes{node})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		grad := make([]float64, len(c.x))
		if _, err := p.Func(c.x, grad); err != nil {
			t.Fatal(err)
		}
		for l, want := range c.losses {
			if got := p.Losses()[l]; math.Abs(got-want) > 1e-14 {
				t.Errorf("%s: lane %d: expected %g, found %g", name, l, want, got)
			}
		}
		want := fd.Gradient(nil, func(x []float64) float64 { v, _ := p.Func(x, nil); return v }, c.x, &fd.Settings{Formula: fd.Central})
		for i := range want {
			if math.Abs(grad[i]-want[i]) > 1e-6*(1e-2+math.Abs(want[i])) {
				t.Errorf("%s: gradient %d: expected %g, found %g", name, i, want[i], grad[i])
			}
		}
	}
}

func TestMeanErrorErrors(t *testing.T) {
	net, err := graph.NewNetwork(graph.Population("cortex", graph.Regions(3), nmm.ReducedWongWangExcInh().Learn("J_i", nmm.Positive, nmm.PerRegion)))
	if err != nil {
		t.Fatal(err)
	}
	run := graph.Run{Dt: 1, Duration: 10, Record: []string{"cortex.H_e"}}
	for want, objective := range map[string]Objective{
		"expected 1 or 3 targets, found 2": MeanError("cortex.H_e", 3, 3),
		"finite targets":                   MeanError("cortex.H_e", math.NaN()),
		"cortex.H_i":                       MeanError("cortex.H_i", 3),
	} {
		if _, err := Fit(context.Background(), net, run, objective, Settings{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, found %v", want, err)
		}
	}
}
