package main

import (
	"context"
	"io"
	"math"
	"math/rand/v2"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Weights of the loss's terms beside the FC's error. The decay lowers the error on
// the half that was not fitted; it costs 0.01 of RMSE on the fitted one.
const (
	lagWeight   = 0.3    // lagged covariance's error
	noiseSpread = 0.0005 // mean square of the noise amplitudes' logarithms
	weightDecay = 0.3    // mean square of the weights, s²
)

// linearFit is stage a: the parameters as learnable nodes and the loss of the
// linear network's analytic covariance.
type linearFit struct {
	builder
	bifurcation, frequency, noise, gain learned
	edges                               *mat.Dense
	problem                             *train.GraphProblem
}

// newLinearFit learns from start. Weight ij is the learned gain times edges ij.
func newLinearFit(start *network, t *target, edges *mat.Dense, nonNegative bool) (*linearFit, error) {
	l := &linearFit{builder: builder{g: G.NewGraph()}, edges: edges}
	n := start.regions()
	l.bifurcation = l.learn("bifurcation", []int{n}, start.Bifurcation, nmm.Between(math.Inf(-1), -margin))
	l.frequency = l.learn("frequency", []int{n}, start.Frequency, nmm.Between(lowestFrequency, highestFrequency))
	l.noise = l.learn("noise", []int{n}, start.Noise, nmm.Exp)
	sign := nmm.Free
	if nonNegative {
		sign = nmm.Positive
	}
	l.gain = l.learn("gain", []int{n, n}, gains(start.Weights, edges), sign)
	loss := l.loss(t)
	if l.err != nil {
		return nil, l.err
	}
	var err error
	l.problem, err = train.NewGraphProblem(loss, G.Nodes{l.bifurcation.raw, l.frequency.raw, l.noise.raw, l.gain.raw})
	return l, err
}

func gains(weights, edges *mat.Dense) []float64 {
	n, _ := edges.Dims()
	g := mat.NewDense(n, n, nil)
	g.Apply(func(i, j int, w float64) float64 {
		if edges.At(i, j) == 0 {
			return 0.01 // unused; inside every transform's range
		}
		return w / edges.At(i, j)
	}, weights)
	return g.RawMatrix().Data
}

func (l *linearFit) loss(t *target) *G.Node {
	weights := l.node(G.HadamardProd(l.gain.value, l.matrix("edges", l.edges)))
	J := l.node(jacobianFunction.Apply(l.bifurcation.value, l.frequency.value, weights))
	Q := l.node(noiseFunction.Apply(l.noise.value))
	C := l.node(forward.LinearCovariance(J, Q))
	fc := l.node(correlationFunction.Apply(C, C))
	loss := l.node(train.PairError(fc, t.FC))
	if t.Lag != nil {
		lagged := l.node(forward.LinearLaggedCovariance(J, C, t.TR))
		lagged = l.node(correlationFunction.Apply(lagged, C))
		loss = l.plus(loss, lagWeight, l.node(train.MatrixError(lagged, t.Lag)))
	}
	loss = l.plus(loss, noiseSpread, l.node(meanSquare.Apply(l.noise.raw))) // raw: the logarithm
	flat := l.node(G.Reshape(weights, tensor.Shape{weights.Shape().TotalSize()}))
	return l.plus(loss, weightDecay, l.node(meanSquare.Apply(flat)))
}

func (l *linearFit) plus(loss *G.Node, weight float64, term *G.Node) *G.Node {
	return l.node(G.Add(loss, l.scaled(term, weight)))
}

// network reads the parameters at x.
func (l *linearFit) network(x []float64) (*network, error) {
	if err := l.problem.SetValues(x); err != nil {
		return nil, err
	}
	n, _ := l.edges.Dims()
	w := mat.NewDense(n, n, l.gain.values())
	w.MulElem(w, l.edges)
	return &network{Bifurcation: l.bifurcation.values(), Frequency: l.frequency.values(), Noise: l.noise.values(), Weights: w}, nil
}

// fitLinear is stage a. What was found is returned with the error of a cancelled context.
func fitLinear(ctx context.Context, start *network, d *data, c *config, progress io.Writer) (*network, *train.Minimum, error) {
	l, err := newLinearFit(start, d.train, d.edges, c.nonNegative)
	if err != nil {
		return nil, nil, err
	}
	defer l.problem.Close()
	best, searchErr := train.Minimize(ctx, l.problem.Problem(), train.Settings{Method: train.LBFGS{}, Iterations: c.iterations, Progress: progress})
	if best == nil {
		return nil, nil, searchErr
	}
	p, err := l.network(best.X)
	if searchErr != nil {
		err = searchErr
	}
	return p, best, err
}

// startNetwork has weak random coupling, so that no two regions are alike.
func startNetwork(d *data, seed uint64, nonNegative bool) *network {
	n := len(d.labels)
	r := rand.New(rand.NewPCG(seed, 0))
	p := &network{Weights: mat.NewDense(n, n, nil)}
	for i := 0; i < n; i++ {
		p.Bifurcation = append(p.Bifurcation, -5*margin)
		p.Noise = append(p.Noise, 1)
		// Off the bounds, where the transform's slope would be 0.
		f := math.Min(math.Max(d.frequencies[i], 1.1*lowestFrequency), 0.95*highestFrequency)
		p.Frequency = append(p.Frequency, f)
		for j := 0; j < n; j++ {
			w := 0.01 * r.NormFloat64()
			if nonNegative {
				w = math.Abs(w)
			}
			p.Weights.Set(i, j, d.edges.At(i, j)*w)
		}
	}
	return p
}
