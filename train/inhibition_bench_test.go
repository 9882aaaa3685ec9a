package train

import (
	"context"
	"fmt"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	G "gorgonia.org/gorgonia"
)

// A step of the resting network of 76 regions with delays and noise: solved, and solved and differentiated with
// respect to all J_i.
func BenchmarkResting(b *testing.B) {
	const steps = 10_000
	for _, dt := range []float64{0.1, 1} {
		for _, precision := range []graph.Precision{graph.Float64, graph.Float32} {
			run := graph.Run{Dt: dt, Duration: dt * steps, Precision: precision, Record: []string{"cortex.S_e"}, Every: steps / 10, Average: true}
			b.Run(fmt.Sprintf("forward/%g/%v", dt, precision), func(b *testing.B) {
				net := resting(b, 0.5)
				for b.Loop() {
					if _, err := net.Simulate(context.Background(), run); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/steps, "µs/step")
			})
			b.Run(fmt.Sprintf("gradient/%g/%v", dt, precision), func(b *testing.B) {
				net := resting(b, 0.5)
				if err := net.Learn("cortex.J_i", nmm.Positive, nmm.PerRegion); err != nil {
					b.Fatal(err)
				}
				roll, err := net.Rollout(G.NewGraph(), run)
				if err != nil {
					b.Fatal(err)
				}
				loss, err := MeanError("cortex.S_e", 0.16)(roll)
				if err != nil {
					b.Fatal(err)
				}
				p, err := NewGraphProblem(loss, roll.Learnables())
				if err != nil {
					b.Fatal(err)
				}
				defer p.Close()
				x, grad := p.Values(), make([]float64, 76)
				for b.Loop() {
					if _, err := p.Func(x, grad); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/steps, "µs/step")
			})
		}
	}
}
