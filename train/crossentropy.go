package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/euryale-ml/euryale/forward"
	G "gorgonia.org/gorgonia"
)

// CrossEntropy is the cross-entropy of a softmax at some steps: one loss per lane,
//
//	loss_l = Σ_t w_lt (log Σ_k exp o_ltk − o_ltc),        c = classes_lt
//
// Logits o have shape (lane, step, class); classes, whole numbers from 0, and weights w shape (lane,
// step). A weight of 0 masks a step, whatever its class; weights that sum to 1 in every lane make the
// loss a mean. Classes and weights are data without a gradient, leaves that a new batch is written to.
func CrossEntropy(logits, classes, weights *G.Node) (*G.Node, error) {
	f := &forward.NodeFunction{
		Name: "cross-entropy", Inputs: []int{3, 2, 2}, Output: 1, Constant: []bool{false, true, true},
		Shape: func(in [][]int) ([]int, error) {
			if in[0][2] < 2 {
				return nil, fmt.Errorf("expected logits (lane, step, class) of at least 2 classes, found %v", in[0])
			}
			for k, what := range []string{"classes", "weights"} {
				if !slices.Equal(in[k+1], in[0][:2]) {
					return nil, fmt.Errorf("expected %s of shape %v, (lane, step) of the logits, found %v", what, in[0][:2], in[k+1])
				}
			}
			return in[0][:1], nil
		},
		Value: func(in []forward.Array, out forward.Array) error {
			return eachStep(in, func(s entropyStep) {
				out.Data[s.lane] += s.weight * (logSumExp(s.logits) - s.logits[s.class])
			})
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			return eachStep(in, func(s entropyStep) {
				w, g := s.weight*outGrad.Data[s.lane], inGrad.Data[s.at:][:len(s.logits)]
				top, sum := slices.Max(s.logits), 0.0
				for k, v := range s.logits {
					g[k] = math.Exp(v - top)
					sum += g[k]
				}
				for k := range g {
					g[k] *= w / sum
				}
				g[s.class] -= w
			})
		},
	}
	return f.Apply(logits, classes, weights)
}

// entropyStep is a step of a lane that counts; its logits start at number at.
type entropyStep struct {
	lane, class, at int
	weight          float64
	logits          []float64
}

// eachStep goes over the steps of all lanes that have a weight.
func eachStep(in []forward.Array, do func(entropyStep)) error {
	steps, n := in[0].Shape[1], in[0].Shape[2]
	for i, w := range in[2].Data {
		if w == 0 {
			continue
		}
		class := in[1].Data[i]
		if class != math.Trunc(class) || class < 0 || class >= float64(n) || math.IsNaN(class) {
			return fmt.Errorf("train: cross-entropy: lane %d, step %d: expected a class from 0 to %d, found %v", i/steps, i%steps, n-1, class)
		}
		do(entropyStep{i / steps, int(class), i * n, w, in[0].Data[i*n : (i+1)*n]})
	}
	return nil
}

// logSumExp is log Σ exp x, without overflow.
func logSumExp(x []float64) float64 {
	top := slices.Max(x)
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}
