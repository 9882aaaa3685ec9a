package train

import (
	"fmt"
	"slices"

	"github.com/euryale-ml/euryale/forward"
	G "gorgonia.org/gorgonia"
)

// SquareError is the weighted square error of outputs at some steps: one loss per lane,
//
//	loss_l = Σ_t w_lt 1/n Σ_k (o_ltk − y_ltk)²
//
// Outputs o and targets y have shape (lane, step, output), weights w (lane, step). A weight of 0 masks a
// step, whatever its target; weights that sum to 1 in every lane make the loss a mean. Targets and weights
// are data without a gradient, leaves that a new batch is written to.
func SquareError(outputs, targets, weights *G.Node) (*G.Node, error) {
	f := &forward.NodeFunction{
		Name: "square error", Inputs: []int{3, 3, 2}, Output: 1, Constant: []bool{false, true, true},
		Shape: func(in [][]int) ([]int, error) {
			if !slices.Equal(in[0], in[1]) || !slices.Equal(in[2], in[0][:2]) {
				return nil, fmt.Errorf("expected outputs and targets (lane, step, output) and weights (lane, step), found %v, %v and %v", in[0], in[1], in[2])
			}
			return in[0][:1], nil
		},
		Value: func(in []forward.Array, out forward.Array) error {
			eachError(in, func(lane, _ int, share, e float64) { out.Data[lane] += share * e * e })
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			eachError(in, func(lane, at int, share, e float64) { inGrad.Data[at] = 2 * share * e * outGrad.Data[lane] })
			return nil
		},
	}
	return f.Apply(outputs, targets, weights)
}

// eachError goes over the outputs of all steps that have a weight.
func eachError(in []forward.Array, do func(lane, at int, share, e float64)) {
	steps, n := in[0].Shape[1], in[0].Shape[2]
	for i, w := range in[2].Data {
		if w == 0 {
			continue
		}
		for at := i * n; at < (i+1)*n; at++ {
			do(i/steps, at, w/float64(n), in[0].Data[at]-in[1].Data[at])
		}
	}
}
