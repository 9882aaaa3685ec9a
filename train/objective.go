package train

import (
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Objective gives the loss of every lane of a rollout, a node of shape (lane).
type Objective = func(*graph.Rollout) (*G.Node, error)

// FCError is the mean squared difference between the FC of a recorded variable and
// an empirical FC, over the pairs above the diagonal. The address may be that of a
// running covariance, such as "moments/covariance" of forward.Moments.
func FCError(address string, empirical mat.Matrix) Objective {
	return func(r *graph.Rollout) (*G.Node, error) {
		fc, err := fcNode(r, address)
		if err != nil {
			return nil, err
		}
		return PairError(fc, empirical)
	}
}

// FCCorrelation is 1 − r, r the correlation between the FC of a recorded variable and
// an empirical FC over the pairs above the diagonal. It leaves the level of the FC
// free; [FCError] does not, which takes the same addresses.
func FCCorrelation(address string, empirical mat.Matrix) Objective {
	return func(r *graph.Rollout) (*G.Node, error) {
		fc, err := fcNode(r, address)
		if err != nil {
			return nil, err
		}
		return OneMinusCorrelation(fc, empirical)
	}
}

// fcNode is the FC of a recorded variable, or of the covariance that an observer with
// Moments recorded: no other address ends like that.
func fcNode(r *graph.Rollout, address string) (*G.Node, error) {
	of := forward.FCNode
	if strings.HasSuffix(address, "/covariance") {
		of = forward.CorrelationNode
	}
	fc, err := of(r.Node(address))
	if err != nil {
		return nil, fmt.Errorf("train: FC of %s: %w", address, err)
	}
	return fc, nil
}

// LaggedCovarianceError is the mean squared difference between the lagged covariance
// of a z-scored recorded variable, lag in samples, and an empirical one, over all pairs.
func LaggedCovarianceError(address string, lag int, empirical mat.Matrix) Objective {
	return func(r *graph.Rollout) (*G.Node, error) {
		z, err := forward.ZScoreNode(r.Node(address))
		if err != nil {
			return nil, fmt.Errorf("train: z-score of %s: %w", address, err)
		}
		c, err := forward.LaggedCovarianceNode(z, lag)
		if err != nil {
			return nil, fmt.Errorf("train: lagged covariance of %s: %w", address, err)
		}
		return MatrixError(c, empirical)
	}
}

// Term is a weighted objective.
type Term struct {
	Weight    float64
	Objective Objective
}

// Sum is the weighted sum of objectives.
func Sum(terms ...Term) Objective {
	return func(r *graph.Rollout) (*G.Node, error) {
		var total *G.Node
		for i, t := range terms {
			loss, err := t.Objective(r)
			if err == nil {
				loss, err = scaled(t.Weight).Apply(loss)
			}
			if err == nil && total != nil {
				loss, err = G.Add(total, loss)
			}
			if err != nil {
				return nil, fmt.Errorf("train: term %d of the sum: %w", i+1, err)
			}
			total = loss
		}
		if total == nil {
			return nil, fmt.Errorf("train: expected at least one term, found none")
		}
		return total, nil
	}
}

// scaled is weight times the lanes' losses, an own op because Gorgonia confuses
// vectors of one element with scalars.
func scaled(weight float64) *forward.NodeFunction {
	return &forward.NodeFunction{
		Name: fmt.Sprintf("× %g", weight), Inputs: []int{1}, Output: 1,
		Shape: func(in [][]int) ([]int, error) { return in[0], nil },
		Value: func(in []forward.Array, out forward.Array) error {
			for i, v := range in[0].Data {
				out.Data[i] = weight * v
			}
			return nil
		},
		Gradient: func(_ int, _ []forward.Array, _, outGrad, inGrad forward.Array) error {
			for i, v := range outGrad.Data {
				inGrad.Data[i] = weight * v
			}
			return nil
		},
	}
}
