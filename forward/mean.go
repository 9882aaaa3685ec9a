package forward

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Mean is the mean over time of every region of a series [time, region]: of a firing
// rate, the mean rate. It panics if there are no time points.
func Mean(series *mat.Dense) []float64 { return meanFunction.of(series).Data }

// MeanNode is [Mean] of every lane of x, shape (lane, time, region), as a node of shape
// (lane, region).
func MeanNode(x *G.Node) (*G.Node, error) { return meanFunction.node(x) }

var meanFunction = laneFunction{
	name: "mean",
	shape: func(t, n int) ([]int, error) {
		if t < 1 {
			return nil, fmt.Errorf("no time points")
		}
		return []int{n}, nil
	},
	value: func(out, x []float64, t, n int) {
		for k, v := range x {
			out[k%n] += v / float64(t)
		}
	},
	gradient: func(dx, dout, _, _ []float64, t, n int) {
		for k := range dx {
			dx[k] = dout[k%n] / float64(t)
		}
	},
}
