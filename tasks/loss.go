package tasks

import (
	"fmt"
	"math"
)

// Loss names the loss that a task's targets are made for. For outputs o of lane and step it is the mean
// over lanes of Σ_step weight · ℓ, where ℓ is
//
//	CrossEntropy         -log softmax(o)[class]
//	MeanSquare           Σ_k c_k (o_k - target_k)² / Σ_k c_k
//	LogisticMeanSquare   Σ_k c_k (1/(1+exp(-o_k)) - target_k)² / Σ_k c_k
//
// with c the task's OutputWeights.
type Loss int

const (
	CrossEntropy Loss = iota
	MeanSquare
	LogisticMeanSquare
)

func (l Loss) String() string {
	return [...]string{"cross-entropy of a softmax", "mean square", "mean square under a logistic"}[l]
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// Loss is the loss of outputs [lane, step, output], as the readout gives them: before a softmax or
// logistic. It panics when their number is wrong.
func (b *Batch) Loss(outputs []float64) float64 { return b.lossAndGradient(outputs, nil) }

// Gradient writes the gradient of the loss with respect to the outputs, and returns the loss.
func (b *Batch) Gradient(outputs, gradient []float64) float64 {
	b.wantOutputs(gradient)
	clear(gradient)
	return b.lossAndGradient(outputs, gradient)
}

func (b *Batch) wantOutputs(outputs []float64) {
	if len(outputs) != b.Lanes*b.Steps*b.Outputs {
		panic(fmt.Sprintf("tasks: %d outputs for %d lanes × %d steps × %d outputs", len(outputs), b.Lanes, b.Steps, b.Outputs))
	}
}

func (b *Batch) lossAndGradient(outputs, gradient []float64) float64 {
	b.wantOutputs(outputs)
	channel := b.task.OutputWeights()
	sum := 0.0
	for _, c := range channel {
		sum += c
	}
	total := 0.0
	for at, w := range b.Weights {
		if w == 0 {
			continue
		}
		w /= float64(b.Lanes)
		from, to := at*b.Outputs, (at+1)*b.Outputs
		var g []float64
		if gradient != nil {
			g = gradient[from:to]
		}
		if b.task.def.loss == CrossEntropy {
			total += w * crossEntropy(outputs[from:to], b.Classes[at], w, g)
			continue
		}
		squashed := b.task.def.loss == LogisticMeanSquare
		total += w / sum * squareError(outputs[from:to], b.Targets[from:to], channel, squashed, w/sum, g)
	}
	return total
}

func crossEntropy(o []float64, class int, w float64, g []float64) float64 {
	top := math.Inf(-1)
	for _, v := range o {
		top = math.Max(top, v)
	}
	sum := 0.0
	for _, v := range o {
		sum += math.Exp(v - top)
	}
	for k := range g {
		g[k] = w * math.Exp(o[k]-top) / sum
		if k == class {
			g[k] -= w
		}
	}
	return math.Log(sum) + top - o[class]
}

func squareError(o, target, channel []float64, squashed bool, w float64, g []float64) float64 {
	total := 0.0
	for k, v := range o {
		slope := 1.0
		if squashed {
			v = logistic(v)
			slope = v * (1 - v)
		}
		e := v - target[k]
		total += channel[k] * e * e
		if g != nil {
			g[k] = w * 2 * channel[k] * e * slope
		}
	}
	return total
}
