package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// spread is the weight of the penalty on regional parameters: the mean squares of the logarithms of gains and noise,
// and of the recurrence's distance from the model's over its typical spread. It decides where the FC does not, as
// between the coupling and the mean of the gains. Edges, of which there are many more, have one of their own.
const spread, recurrenceSpread, edgeSpread = 1e-3, 0.4, 2e-3

// learnable is a parameter: a raw node without bounds, and its value.
type learnable struct {
	raw, value *G.Node
	transform  nmm.Transform
}

// values are the present ones.
func (l learnable) values() []float64 {
	out := append([]float64{}, l.raw.Value().Data().([]float64)...)
	for i := range out {
		out[i] = l.transform.Forward(out[i])
	}
	return out
}

// builder adds nodes to a graph and keeps the first error.
type builder struct {
	g   *G.ExprGraph
	err error
}

func (b *builder) node(n *G.Node, err error) *G.Node {
	b.err = errors.Join(b.err, err)
	if n == nil { // a stand-in, so that the caller can go on
		return G.NewTensor(b.g, tensor.Float64, 2, G.WithShape(1, 1), G.WithName("failed"))
	}
	return n
}

func (b *builder) learn(name string, values []float64, t nmm.Transform) learnable {
	raw := make([]float64, len(values))
	for i, v := range values {
		var err error
		if raw[i], err = t.Inverse(v); err != nil {
			b.err = errors.Join(b.err, fmt.Errorf("%s of region %d: %w", name, i+1, err))
		}
	}
	v := tensor.New(tensor.WithShape(len(raw)), tensor.WithBacking(raw))
	node := G.NewTensor(b.g, tensor.Float64, 1, G.WithShape(len(raw)), G.WithName(name), G.WithValue(v))
	return learnable{node, b.node(t.Node(node)), t}
}

// distance is the mean square of (x − middle)/unit, shape (1).
func distance(middle, unit float64) *forward.NodeFunction {
	return &forward.NodeFunction{
		Name: fmt.Sprintf("mean square distance from %g in %g", middle, unit), Inputs: []int{1}, Output: 1,
		Shape: func([][]int) ([]int, error) { return []int{1}, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			for _, v := range in[0].Data {
				d := (v - middle) / unit
				out.Data[0] += d * d / float64(len(in[0].Data))
			}
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, grad forward.Array) error {
			for i, v := range in[0].Data {
				grad.Data[i] = 2 * outGrad.Data[0] * (v - middle) / (unit * unit * float64(len(in[0].Data)))
			}
			return nil
		},
	}
}

// weighted is a + weight b of losses, shape (1).
func weighted(weight float64) *forward.NodeFunction {
	return &forward.NodeFunction{
		Name: fmt.Sprintf("a + %g b", weight), Inputs: []int{1, 1}, Output: 1,
		Shape: func(in [][]int) ([]int, error) { return in[0], nil },
		Value: func(in []forward.Array, out forward.Array) error {
			out.Data[0] = in[0].Data[0] + weight*in[1].Data[0]
			return nil
		},
		Gradient: func(k int, _ []forward.Array, _, outGrad, grad forward.Array) error {
			grad.Data[0] = outGrad.Data[0] * []float64{1, weight}[k]
			return nil
		},
	}
}

// fitMoments moves regional parameters, and with edges the gains of the edges, from the working point so that the
// moments' FC becomes the empirical one.
func (b *brain) fitMoments(ctx context.Context, w *workingPoint, start *regional, edges bool, empirical mat.Matrix, band forward.Band, settings train.Settings) (*regional, *train.Minimum, error) {
	l := &builder{g: G.NewGraph()}
	coupling := l.learn("coupling", []float64{start.coupling}, nmm.Exp)
	recurrence := l.learn("recurrence", start.recurrence, nmm.Between(0, 3))
	gain, noise := l.learn("gain", start.gain, nmm.Exp), l.learn("noise", start.noise, nmm.Exp)
	first := start.edges
	if first == nil {
		first = same(links(b.weights), 1)
	}
	edge := l.learn("edges", first, nmm.Exp)
	coupled := l.node(effective(b.weights).Apply(coupling.value, gain.value, edge.value))
	loss := l.node(train.PairError(l.node(w.fc(recurrence.value, coupled, noise.value, band)), empirical))
	learn := G.Nodes{coupling.raw, recurrence.raw, gain.raw, noise.raw}
	penalties := []struct {
		weight float64
		node   *G.Node
		of     *forward.NodeFunction
	}{{spread, gain.raw, distance(0, 1)}, {spread, noise.raw, distance(0, 1)}, {spread, recurrence.value, distance(b.recurrence(), recurrenceSpread)}}
	if edges {
		learn = append(learn, edge.raw)
		penalties = append(penalties, penalties[0])
		penalties[3].weight, penalties[3].node = edgeSpread, edge.raw
	}
	for _, p := range penalties {
		loss = l.node(weighted(p.weight).Apply(loss, l.node(p.of.Apply(p.node))))
	}
	if l.err != nil {
		return nil, nil, l.err
	}
	problem, err := train.NewGraphProblem(loss, learn)
	if err != nil {
		return nil, nil, err
	}
	defer problem.Close()
	best, searchErr := train.Minimize(ctx, problem.Problem(), settings)
	if best == nil {
		return nil, nil, searchErr
	}
	if err := problem.SetValues(best.X); err != nil {
		return nil, nil, err
	}
	r := &regional{coupling: coupling.values()[0], recurrence: recurrence.values(), gain: gain.values(), noise: noise.values(), edges: edge.values()}
	return r, best, searchErr
}

// links is the number of weights that are not 0.
func links(weights *mat.Dense) int {
	count := 0
	for _, v := range weights.RawMatrix().Data {
		if v != 0 {
			count++
		}
	}
	return count
}

// recurrence is the model's local recurrence.
func (b *brain) recurrence() float64 {
	for _, info := range b.model().Parameters() {
		if info.Name == "w_p" {
			return info.Values[0]
		}
	}
	return 0
}
