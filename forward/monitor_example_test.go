package forward_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// A minute of two rhythms seen by monitors: what is kept of its 120,000 steps is 60 means of each
// region, and a covariance, of which comes FC.
func ExampleMoments() {
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"left", "right"}, nmm.Hopf()),
		&graph.Coupling{From: "cortex.x", To: "cortex.x", Weights: mat.NewDense(2, 2, []float64{0, 0.5, 0.5, 0})},
		&graph.Noise{To: "cortex.x", Sigma: []float64{0.02}},
		forward.TemporalAverage("cortex.x", 1000),
		forward.Moments("cortex.x", 10))
	if err != nil {
		panic(err)
	}
	res, err := net.Simulate(context.Background(), graph.Run{Dt: 0.5, Duration: 60000, Record: []string{}})
	if err != nil {
		panic(err)
	}
	fmt.Print(res)
	fc := forward.Correlation(res.Series("moments/covariance").Matrix(0))
	fmt.Printf("%.2f\n", mat.Formatted(fc))
	// Output:
	// average [1]: 1 lanes × 60 samples × 2 regions, every 1000 ms from 500 ms
	// moments/mean [1]: 1 lanes × 1 samples × 2 regions, every 60000 ms from 60000 ms
	// moments/covariance [1]: 1 lanes × 2 samples × 2 regions, every 60000 ms from 60000 ms
	// ⎡1.00  0.30⎤
	// ⎣0.30  1.00⎦
}
