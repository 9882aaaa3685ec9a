package main

import (
	"fmt"

	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// learned is a parameter: a raw learnable node without bounds, and its value, which
// has them.
type learned struct {
	raw, value *G.Node
	transform  nmm.Transform
}

// values are the parameter's present values. (The machine reuses the memory of the
// value node, so they are computed from the raw ones.)
func (l learned) values() []float64 {
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
	if b.err == nil {
		b.err = err
	}
	if n == nil { // a stand-in, so that the caller can go on; the error is returned at the end
		return G.NewMatrix(b.g, tensor.Float64, G.WithShape(2, 2), G.WithName("failed"))
	}
	return n
}

func (b *builder) scaled(n *G.Node, v float64) *G.Node {
	return b.node(G.Mul(n, G.NewConstant(v, G.WithName(fmt.Sprintf("constant %g", v)))))
}

func (b *builder) matrix(name string, m *mat.Dense) *G.Node {
	rows, cols := m.Dims()
	values := append([]float64{}, m.RawMatrix().Data...)
	return G.NewConstant(tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(values)), G.WithName(name))
}

func (b *builder) learn(name string, shape []int, values []float64, t nmm.Transform) learned {
	raw := make([]float64, len(values))
	for i, v := range values {
		var err error
		if raw[i], err = t.Inverse(v); err != nil && b.err == nil {
			b.err = fmt.Errorf("%s %d: %w", name, i, err)
		}
	}
	v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(raw))
	node := G.NewTensor(b.g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(v))
	return learned{node, b.node(t.Node(node)), t}
}
