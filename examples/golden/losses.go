package main

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// objective makes a loss of a series, a node of shape (1, time, region), or of any node.
type objective = func(x *G.Node) (*G.Node, error)

// lossGradient evaluates a loss of a, which gets a lane in front, and its gradient.
func lossGradient(a array, loss objective) (value float64, gradient []float64, err error) {
	shape := append(tensor.Shape{1}, a.shape...)
	g := G.NewGraph()
	x := G.NewTensor(g, tensor.Float64, len(shape), G.WithName("prediction"), G.WithShape(shape...),
		G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), a.data...)))))
	out, err := loss(x)
	if err != nil {
		return 0, nil, err
	}
	if out.Dims() > 0 {
		if out, err = G.Sum(out); err != nil {
			return 0, nil, err
		}
	}
	grads, err := G.Grad(out, x)
	if err != nil {
		return 0, nil, err
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return 0, nil, err
	}
	return out.Value().Data().(float64), grads[0].Value().Data().([]float64), nil
}

// constant is a node of known values in the graph of x.
func constant(x *G.Node, name string, values []float64, shape tensor.Shape) *G.Node {
	return G.NewTensor(x.Graph(), tensor.Float64, shape.Dims(), G.WithName(name), G.WithShape(shape...),
		G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))))
}

// then applies two node functions after each other.
func then(x *G.Node, f, g objective) (*G.Node, error) {
	y, err := f(x)
	if err != nil {
		return nil, err
	}
	return g(y)
}

// oneMinus turns a score into a loss and back.
func oneMinus(f objective) objective {
	return func(x *G.Node) (*G.Node, error) {
		y, err := summed(f, x)
		if err != nil {
			return nil, err
		}
		return G.Sub(G.NewConstant(1.0), y)
	}
}

// weighted adds losses up.
func weighted(weights []float64, losses ...objective) objective {
	return func(x *G.Node) (total *G.Node, err error) {
		for i, f := range losses {
			y, err := summed(f, x)
			if err != nil {
				return nil, err
			}
			if y, err = G.Mul(G.NewConstant(weights[i]), y); err != nil {
				return nil, err
			}
			if total == nil {
				total = y
			} else if total, err = G.Add(total, y); err != nil {
				return nil, err
			}
		}
		return total, nil
	}
}

// summed is the loss of x as a scalar.
func summed(f objective, x *G.Node) (*G.Node, error) {
	y, err := f(x)
	if err != nil || y.Dims() == 0 {
		return y, err
	}
	return G.Sum(y)
}
