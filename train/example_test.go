package train_test

import (
	"context"
	"fmt"

	"github.com/euryale-ml/euryale/train"
)

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
