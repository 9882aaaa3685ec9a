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
//	LogisticMeanSquare   Σ_k c_k (p_k - target_k)² / Σ_k c_k
//	LogisticDivergence   Σ_k c_k (t log(t/p_k) + (1-t) log((1-t)/(1-p_k))) / Σ_k c_k, t = target_k
//
// with c the task's OutputWeights and p_k = 1/(1+exp(-o_k)). The last two are least for the same outputs;
// the gradient of the square vanishes where p is far on the wrong side, that of the divergence, p - t,
// does not.
type Loss int

const (
	CrossEntropy Loss = iota
	MeanSquare
	LogisticMeanSquare
	LogisticDivergence
)

func (l Loss) String() string {
	if l < CrossEntropy || l > LogisticDivergence {
		return fmt.Sprintf("Loss(%d)", int(l))
	}
	return [...]string{"cross-entropy of a softmax", "mean square", "mean square under a logistic", "divergence under a logistic"}[l]
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
	if b.task.def.loss == CrossEntropy {
		return b.crossEntropy(outputs, gradient)
	}
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
		o, target := outputs[from:to], b.Targets[from:to]
		if b.task.def.loss == LogisticDivergence {
			total += w / sum * divergence(o, target, channel, w/sum, g)
		} else {
			total += w / sum * squareError(o, target, channel, b.task.def.loss == LogisticMeanSquare, w/sum, g)
		}
	}
	return total
}

// manySums is a product of sums of exponentials, each from 1 to the number of outputs, that is far from overflow.
const manySums = 1e200

// crossEntropy takes one logarithm for the steps that follow each other with the same weight: that of the product
// of their sums.
func (b *Batch) crossEntropy(outputs, gradient []float64) float64 {
	total, product, weight := 0.0, 1.0, 0.0
	for at, w := range b.Weights {
		if w == 0 {
			continue
		}
		w /= float64(b.Lanes)
		if w != weight || product > manySums {
			total += weight * math.Log(product)
			product, weight = 1, w
		}
		from, to := at*b.Outputs, (at+1)*b.Outputs
		var g []float64
		if gradient != nil {
			g = gradient[from:to]
		}
		sum, distance := softmax(outputs[from:to], b.Classes[at], w, g)
		product *= sum
		total += w * distance
	}
	return total + weight*math.Log(product)
}

// softmax returns the sum of the outputs' exponentials, relative to that of the largest, and by how much the
// largest output exceeds that of the class: -log softmax(o)[class] is the logarithm of the one plus the other. It
// computes each exponential once, and that of the largest, 1, not at all: they are most of what a task's loss
// takes. The gradient g, if not nil, is that of the cross-entropy times w.
func softmax(o []float64, class int, w float64, g []float64) (sum, distance float64) {
	top := o[0]
	for _, v := range o[1:] {
		top = max(top, v)
	}
	for k, v := range o {
		e := 1.0
		if v != top {
			e = math.Exp(v - top)
		}
		sum += e
		if g != nil {
			g[k] = e
		}
	}
	if g != nil {
		share := w / sum
		for k := range g {
			g[k] *= share
		}
		g[class] -= w
	}
	return sum, top - o[class]
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

// divergence is that of Kullback and Leibler, summed over outputs that are each a chance of its own.
func divergence(o, target, channel []float64, w float64, g []float64) float64 {
	total, last, entropy := 0.0, math.NaN(), 0.0
	for k, v := range o {
		t := target[k]
		if t != last { // most targets are alike
			last, entropy = t, binaryEntropy(t)
		}
		small := math.Exp(-math.Abs(v))
		total += channel[k] * (math.Max(v, 0) + math.Log1p(small) - t*v - entropy)
		if g != nil {
			p := 1 / (1 + small)
			if v < 0 {
				p = small / (1 + small)
			}
			g[k] = w * channel[k] * (p - t)
		}
	}
	return total
}

// binaryEntropy is that of a chance t, in nats.
func binaryEntropy(t float64) float64 {
	if t <= 0 || t >= 1 {
		return 0
	}
	return -t*math.Log(t) - (1-t)*math.Log1p(-t)
}
