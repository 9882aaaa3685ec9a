package forward_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/train"
)

// An oscillation that died out long ago is a number of 1e-300, or of fewer digits than others: no summary has a
// value or a gradient that is not a number for it, nor for large ones whose squares can be held.
func TestSummariesOfAnyScale(t *testing.T) {
	for _, scale := range []float64{5e-324, 1e-310, 1e-200, 1e-160, 1e-100, 1e100} {
		for _, mean := range []float64{0, 1e6} {
			r := rand.New(rand.NewPCG(1, 1))
			v := make([]float64, 2*48*3)
			for i := range v {
				v[i] = scale * (mean + r.NormFloat64())
			}
			for _, s := range summaries() {
				t.Run(fmt.Sprintf("%s of %g about %g", s.name, scale, scale*mean), func(t *testing.T) {
					g := G.NewGraph()
					x := G.NewTensor(g, tensor.Float64, 3, G.WithShape(2, 48, 3), G.WithName("x"),
						G.WithValue(tensor.New(tensor.WithShape(2, 48, 3), tensor.WithBacking(append([]float64{}, v...)))))
					loss, err := chained(s.node, weighted)(x)
					if err != nil {
						t.Fatal(err)
					}
					p, err := train.NewGraphProblem(loss, G.Nodes{x})
					if err != nil {
						t.Fatal(err)
					}
					defer p.Close()
					gradient := make([]float64, len(v))
					value, err := p.Func(p.Values(), gradient)
					if err != nil {
						t.Fatal(err)
					}
					for i, d := range append(gradient, value) {
						if math.IsNaN(d) {
							t.Fatalf("number %d of gradient and value is not one", i)
						}
					}
				})
			}
		}
	}
}
