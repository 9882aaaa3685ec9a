package train

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// A fit of the FC of running moments takes the steps of one of stored samples.
func TestFitOfMoments(t *testing.T) {
	target := mat.NewDense(3, 3, []float64{1, 0.4, 0.1, 0.4, 1, 0.3, 0.1, 0.3, 1})
	fit := func(address string, objective func(string, mat.Matrix) Objective) []float64 {
		net, err := graph.NewNetwork(
			graph.Population("cortex", graph.Regions(3), nmm.Hopf()),
			&graph.Coupling{Name: "net", From: "cortex.x", To: "cortex.x", Weights: mat.NewDense(3, 3, []float64{0, 1, 0, 1, 0, 0.5, 0, 0.5, 0}), Gain: []float64{0.1}},
			&graph.Noise{To: "cortex.x", Sigma: []float64{0.1}},
			forward.SubSample("cortex.x", 2), forward.Moments("cortex.x", 2))
		if err != nil {
			t.Fatal(err)
		}
		if err := net.Learn("net/gain", nmm.Positive, nmm.Shared); err != nil {
			t.Fatal(err)
		}
		run := graph.Run{Dt: 0.5, Warmup: 20, Duration: 300, Seed: 1, Record: []string{"cortex.x"}, Every: 600}
		if _, err := Fit(context.Background(), net, run, objective(address, target), Settings{Iterations: 4}); err != nil {
			t.Fatal(err)
		}
		gain, err := net.Get("net/gain")
		if err != nil {
			t.Fatal(err)
		}
		return gain
	}
	for name, objective := range map[string]func(string, mat.Matrix) Objective{"error": FCError, "correlation": FCCorrelation} {
		samples, moments := fit("subsample", objective), fit("moments/covariance", objective)
		if math.Abs(samples[0]-moments[0]) > 1e-9 || samples[0] == 0.1 {
			t.Errorf("%s: gain %v of samples, %v of moments", name, samples, moments)
		}
	}
}
