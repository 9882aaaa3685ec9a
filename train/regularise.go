package train

import (
	"fmt"
	"math"
	"strings"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	G "gorgonia.org/gorgonia"
)

// Regulariser is a number that values should keep small: it returns it and, unless the
// gradient is nil, writes its gradient by each of them, 0 where there is none.
type Regulariser = func(values, gradient []float64) float64

// Regularise is weight times a regulariser of what learns at an address, of its values as
// the network uses them, in their units. It is an objective beside others:
//
//	train.Sum(train.Term{Weight: 1, Objective: train.FCError("bold", empirical)},
//		train.Term{Weight: 1, Objective: train.Regularise("cortex.a", 0.1, train.GaussianPrior(-0.02, 0.01))})
//
// Values that all lanes share are counted once, however many lanes there are: each gets
// its share.
func Regularise(address string, weight float64, r Regulariser) Objective {
	return func(roll *graph.Rollout) (*G.Node, error) {
		for _, l := range roll.Learned() {
			if l.Address == address {
				return regularised(l, roll.Lanes(), weight, r)
			}
		}
		var learned []string
		for _, l := range roll.Learned() {
			learned = append(learned, l.Address)
		}
		return nil, fmt.Errorf("train: regulariser: %s does not learn; what learns: %s", address, strings.Join(learned, ", "))
	}
}

func regularised(l *graph.Learnable, lanes int, weight float64, r Regulariser) (*G.Node, error) {
	perLane := l.Scope == nmm.PerLane || l.Scope == nmm.PerRegionAndLane
	f := &forward.NodeFunction{
		Name: "regulariser of " + l.Address, Inputs: []int{l.Value.Dims()}, Output: 1,
		Shape: func([][]int) ([]int, error) { return []int{lanes}, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			for lane := range out.Data {
				values, share := laneOrAll(in[0].Data, lane, lanes, perLane)
				out.Data[lane] = weight * share * r(values, nil)
			}
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			for lane, d := range outGrad.Data {
				values, share := laneOrAll(in[0].Data, lane, lanes, perLane)
				into, _ := laneOrAll(inGrad.Data, lane, lanes, perLane)
				slopes := make([]float64, len(values))
				r(values, slopes)
				for i, s := range slopes {
					into[i] += d * weight * share * s
				}
			}
			return nil
		},
	}
	return f.Apply(l.Value)
}

// laneOrAll returns a lane's values, or all values and the lane's share of them.
func laneOrAll(x []float64, lane, lanes int, perLane bool) (values []float64, share float64) {
	if !perLane {
		return x, 1 / float64(lanes)
	}
	size := len(x) / lanes
	return x[lane*size : (lane+1)*size], 1
}

// L1 is Σ|v|, which makes values exactly 0 that matter little. Its slope at 0 is 0.
func L1(values, gradient []float64) float64 {
	return each(values, gradient, func(v float64) (float64, float64) { return math.Abs(v), sign(v) })
}

// L2 is Σ v².
func L2(values, gradient []float64) float64 {
	return each(values, gradient, func(v float64) (float64, float64) { return v * v, 2 * v })
}

// Huber is quadratic up to a threshold in size, Σ v²/2, and linear beyond it,
// threshold (|v| − threshold/2): large values are not pulled harder than others.
//
// Huber 1964, doi:10.1214/aoms/1177703732.
func Huber(threshold float64) Regulariser {
	return func(values, gradient []float64) float64 {
		return each(values, gradient, func(v float64) (float64, float64) {
			if math.Abs(v) <= threshold {
				return v * v / 2, v
			}
			return threshold * (math.Abs(v) - threshold/2), threshold * sign(v)
		})
	}
}

// GaussianPrior is Σ ((v − mean)/deviation)²/2, what a normal prior adds to the negative
// logarithm of a posterior density, but for a constant: with it, and a loss that is a
// negative log-likelihood, a fit finds the most probable values.
func GaussianPrior(mean, deviation float64) Regulariser {
	return func(values, gradient []float64) float64 {
		return each(values, gradient, func(v float64) (float64, float64) {
			z := (v - mean) / deviation
			return z * z / 2, z / deviation
		})
	}
}

// each adds up a function of single values.
func each(values, gradient []float64, f func(v float64) (value, slope float64)) float64 {
	sum := 0.0
	for i, v := range values {
		value, slope := f(v)
		sum += value
		if gradient != nil {
			gradient[i] = slope
		}
	}
	return sum
}

func sign(v float64) float64 {
	if v == 0 {
		return 0
	}
	return math.Copysign(1, v)
}
