package train_test

import (
	"context"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
)

// One connection learns until two oscillators have a functional connectivity of 0.6.
func ExampleFit() {
	net, err := graph.NewNetwork(
		graph.Population("cortex", graph.Regions(2), nmm.Hopf().Set("a", -0.02).Set("omega", 0.01)), // 1/ms
		layers.Couple("cortex.x", "cortex.x").Named("c").Weights(mat.NewDense(2, 2, []float64{0, 0, 0.01, 0})),
		layers.WhiteNoise("cortex.x", 0.02))
	if err != nil {
		panic(err)
	}
	if err := net.Learn("c/weights", nmm.Affine(0.01, 0), nmm.PerEdge); err != nil {
		panic(err)
	}
	run := graph.Run{Dt: 1, Duration: 2000, Warmup: 100, Record: []string{"cortex.x"}, Every: 4, Seed: 1} // ms
	fc := mat.NewSymDense(2, []float64{1, 0.6, 0.6, 1})
	result, err := train.Fit(context.Background(), net, run, train.FCError("cortex.x", fc), train.Settings{Iterations: 20})
	if err != nil {
		panic(err)
	}
	fmt.Printf("FC within %.3f\n", math.Sqrt(result.Loss))
	// Output: FC within 0.000
}

// Two regions of which one drives the other are brought to 3 Hz.
func ExampleBalanceInhibition() {
	net, err := graph.NewNetwork(
		graph.Population("cortex", graph.Regions(2), nmm.ReducedWongWangExcInh()),
		layers.Couple("cortex.S_e", "cortex.S_e").Weights(mat.NewDense(2, 2, []float64{0, 0, 1, 0})),
		layers.WhiteNoise("cortex.S_e", 0.01), layers.WhiteNoise("cortex.S_i", 0.01))
	if err != nil {
		panic(err)
	}
	run := graph.Run{Dt: 1, Warmup: 2000, Duration: 30_000, Seed: 1} // ms
	balanced, err := train.BalanceInhibition(context.Background(), net, run, train.InhibitionSettings{})
	if err != nil {
		panic(err)
	}
	fmt.Println("within 0.1 Hz of 3 Hz:", balanced.Worst < 0.1)
	fmt.Println("the driven region has more inhibition:", balanced.J[1] > balanced.J[0])
	// Output:
	// within 0.1 Hz of 3 Hz: true
	// the driven region has more inhibition: true
}

func ExampleMinimize() {
	valley := func(x, grad []float64) (float64, error) {
		a, b := x[0]-3, x[1]+1
		if grad != nil {
			grad[0], grad[1] = 2*a, 20*b
		}
		return a*a + 10*b*b, nil
	}
	best, err := train.Minimize(context.Background(), train.Problem{Initial: []float64{0, 0}, Func: valley}, train.Settings{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f\n", best.X)
	// Output: [3.000 -1.000]
}

func ExampleAdam() {
	slope := func(x, grad []float64) (float64, error) {
		if grad != nil {
			grad[0] = 2 * x[0]
		}
		return x[0] * x[0], nil
	}
	p := train.Problem{Initial: []float64{1}, Func: slope}
	half, err := train.Minimize(context.Background(), p, train.Settings{Method: train.Adam{Rate: 0.1}, Iterations: 10})
	if err != nil {
		panic(err)
	}
	rest, err := train.Minimize(context.Background(), p, train.Settings{Method: train.Adam{Rate: 0.1}, Iterations: 10, Resume: half.State})
	if err != nil {
		panic(err)
	}
	whole, err := train.Minimize(context.Background(), p, train.Settings{Method: train.Adam{Rate: 0.1}, Iterations: 20})
	if err != nil {
		panic(err)
	}
	fmt.Println(rest.X[0] == whole.X[0])
	// Output: true
}

// A small network learns Lorenz's system and follows it without being shown it.
func ExampleTrainPredictor() {
	series, err := tasks.NewSeries("lorenz", tasks.Lorenz([3]float64{1, 1, 20}, 0.02, 4000), 0.02)
	if err != nil {
		panic(err)
	}
	series.Lyapunov = tasks.LorenzExponent
	p, err := layers.NewPredictor(layers.PredictorSettings{Units: 24, Channels: 3, Seed: 1})
	if err != nil {
		panic(err)
	}
	if _, err := train.TrainPredictor(context.Background(), p, series, train.PredictSettings{Updates: 50, Horizon: 100}); err != nil {
		panic(err)
	}
	times, err := tasks.ValidTimes(p, series, tasks.Starts{Number: 11, Warmup: 100}, 400)
	if err != nil {
		panic(err)
	}
	fmt.Println("more than two Lyapunov times:", times[5] > 2)
	// Output: more than two Lyapunov times: true
}
