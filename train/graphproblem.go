package train

import (
	"errors"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// GraphProblem is a [Problem] made of a loss node and the nodes it depends on:
// the variables are the values of the learnable nodes, one after the other. It
// differentiates once and builds one tape machine.
type GraphProblem struct {
	learn  G.Nodes
	values [][]float64
	vm     G.VM
	total  G.Value
	losses G.Value
	grads  []G.Value
}

// NewGraphProblem differentiates the sum over lanes of loss, a scalar or one
// value per lane (B), with respect to learn, float64 nodes with values.
//
// Call Close when done.
func NewGraphProblem(loss *G.Node, learn G.Nodes) (*GraphProblem, error) {
	if loss == nil || len(learn) == 0 {
		return nil, fmt.Errorf("train: expected a loss and at least one learnable node, found %d", len(learn))
	}
	p := &GraphProblem{learn: learn, grads: make([]G.Value, len(learn))}
	for _, n := range learn {
		v, err := backing(n)
		if err != nil {
			return nil, err
		}
		p.values = append(p.values, v)
	}
	total := loss
	switch loss.Dims() {
	case 0:
	case 1:
		var err error
		if total, err = laneSum.Apply(loss); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("train: expected a loss per lane, shape (lane), found node %q of shape %v", loss.Name(), loss.Shape())
	}
	gradients, err := G.Grad(total, learn...)
	if err != nil {
		return nil, fmt.Errorf("train: differentiating the loss: %w", err)
	}
	G.Read(total, &p.total)
	G.Read(loss, &p.losses)
	for i, n := range gradients {
		if n.Shape().TotalSize() != learn[i].Shape().TotalSize() {
			return nil, fmt.Errorf("train: gradient of %q: expected shape %v, found %v", learn[i].Name(), learn[i].Shape(), n.Shape())
		}
		G.Read(n, &p.grads[i])
	}
	p.vm = G.NewTapeMachine(loss.Graph())
	return p, nil
}

// Close frees the machine.
func (p *GraphProblem) Close() error { return p.vm.Close() }

// Problem starts at the nodes' present values.
func (p *GraphProblem) Problem() Problem {
	return Problem{Initial: p.Values(), Func: p.Func}
}

// Values are the present values of the learnable nodes, one after the other.
func (p *GraphProblem) Values() []float64 {
	var x []float64
	for _, v := range p.values {
		x = append(x, v...)
	}
	return x
}

// SetValues writes x into the learnable nodes.
func (p *GraphProblem) SetValues(x []float64) error {
	size := 0
	for _, v := range p.values {
		size += len(v)
	}
	if len(x) != size {
		return fmt.Errorf("train: expected %d values for %d learnable nodes, found %d", size, len(p.learn), len(x))
	}
	for _, v := range p.values {
		x = x[copy(v, x):]
	}
	return nil
}

// Func sets the learnable nodes to x, runs the graph, and returns the sum of the
// losses; grad, unless nil, gets the gradient. Parameters at which a linear network
// is unstable ([forward.UnstableError]) have the value +Inf.
func (p *GraphProblem) Func(x, grad []float64) (float64, error) {
	if err := p.SetValues(x); err != nil {
		return 0, err
	}
	p.vm.Reset()
	if err := unwrapped(p.vm.RunAll()); err != nil {
		var unstable *forward.UnstableError
		if errors.As(err, &unstable) {
			return math.Inf(1), nil
		}
		return 0, err
	}
	total, err := floats(p.total)
	if err != nil {
		return 0, err
	}
	for i, v := range p.grads {
		if grad == nil {
			break
		}
		g, err := floats(v)
		if err != nil || len(g) != len(p.values[i]) {
			return 0, fmt.Errorf("train: gradient of %q: expected %d values, found %d (%v)", p.learn[i].Name(), len(p.values[i]), len(g), err)
		}
		grad = grad[copy(grad, g):]
	}
	return total[0], nil
}

// unwrapped opens a machine's error, which errors.As cannot look into.
func unwrapped(err error) error {
	if e, ok := err.(interface{ Err() error }); ok {
		return e.Err()
	}
	return err
}

// Losses are the losses of the lanes at the last evaluation.
func (p *GraphProblem) Losses() []float64 {
	v, err := floats(p.losses)
	if err != nil {
		return nil
	}
	return append([]float64{}, v...)
}

// laneSum adds the lanes' losses.
var laneSum = &forward.NodeFunction{
	Name: "sum over lanes", Inputs: []int{1}, Output: 0,
	Shape: func([][]int) ([]int, error) { return nil, nil },
	Value: func(in []forward.Array, out forward.Array) error {
		for _, v := range in[0].Data {
			out.Data[0] += v
		}
		return nil
	},
	Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
		for i := range inGrad.Data {
			inGrad.Data[i] = outGrad.Data[0]
		}
		return nil
	},
}

func backing(n *G.Node) ([]float64, error) {
	t, ok := n.Value().(*tensor.Dense)
	if ok && !t.RequiresIterator() {
		if v, ok := t.Data().([]float64); ok {
			return v, nil
		}
	}
	return nil, fmt.Errorf("train: learnable node %q: expected a float64 tensor of at least one dimension as its value, found %T", n.Name(), n.Value())
}

func floats(v G.Value) ([]float64, error) {
	switch t := v.(type) {
	case *G.F64:
		return []float64{float64(*t)}, nil
	case *tensor.Dense:
		switch d := t.Data().(type) {
		case []float64:
			return d, nil
		case float64:
			return []float64{d}, nil
		}
	}
	return nil, fmt.Errorf("train: expected float64 values, found %T", v)
}
