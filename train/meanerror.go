package train

import (
	"fmt"
	"slices"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	G "gorgonia.org/gorgonia"
)

// MeanError is the mean over the regions of the squared difference between the mean over time of a recorded
// variable and its target, in the variable's unit: one target for all regions, or one for each. With a rate as
// the variable and J_i learning it is feedback inhibition control by gradient, beside other objectives if need be:
//
//	err := net.Learn("cortex.J_i", nmm.Positive, nmm.PerRegion)
//	result, err := train.Fit(ctx, net, run, train.MeanError("cortex.H_e", 3), train.Settings{})
//
// See [BalanceInhibition] for what does it without a gradient, and is a good start for this.
func MeanError(address string, targets ...float64) Objective {
	return func(r *graph.Rollout) (*G.Node, error) {
		node, n := r.Node(address), len(r.Labels(address))
		if len(targets) != 1 && len(targets) != n {
			return nil, fmt.Errorf("train: mean of %s: expected 1 or %d targets, found %d", address, n, len(targets))
		}
		if i := slices.IndexFunc(targets, func(x float64) bool { return !isFinite(x) }); i >= 0 {
			return nil, fmt.Errorf("train: mean of %s: expected finite targets, found %g", address, targets[i])
		}
		return meanError(perRegion(targets, n)).Apply(node)
	}
}

// meanError is a function of the samples, (lane, step, region).
func meanError(targets []float64) *forward.NodeFunction {
	return &forward.NodeFunction{
		Name: fmt.Sprintf("mean error %v", targets), Inputs: []int{3}, Output: 1,
		Shape: func(in [][]int) ([]int, error) {
			if in[0][1] == 0 {
				return nil, fmt.Errorf("expected samples, found none")
			}
			return in[0][:1], nil
		},
		Value: func(in []forward.Array, out forward.Array) error {
			for l, e := range meanErrors(in[0], targets) {
				for _, d := range e {
					out.Data[l] += d * d / float64(len(e))
				}
			}
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			steps, n := in[0].Shape[1], len(targets)
			for l, e := range meanErrors(in[0], targets) {
				for i, d := range e {
					g := 2 * d * outGrad.Data[l] / float64(n*steps)
					for t := range steps {
						inGrad.Data[(l*steps+t)*n+i] = g
					}
				}
			}
			return nil
		},
	}
}

// meanErrors are the differences of every lane's means from the targets.
func meanErrors(x forward.Array, targets []float64) [][]float64 {
	steps, n := x.Shape[1], len(targets)
	all := make([][]float64, x.Shape[0])
	for l := range all {
		all[l] = make([]float64, n)
		for t := range steps {
			for i, v := range x.Data[(l*steps+t)*n:][:n] {
				all[l][i] += v / float64(steps)
			}
		}
		for i := range targets {
			all[l][i] -= targets[i]
		}
	}
	return all
}
