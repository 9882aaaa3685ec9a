package forward

import (
	"fmt"
	"maps"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// KernelNode is [HRF.Kernel] as a node of graph g, with scalar nodes in the place of
// the parameters of these names; the others keep their values. It is differentiable
// in every parameter. A value outside a parameter's range is an error of the run.
func (h *HRF) KernelNode(g *G.ExprGraph, step float64, parameters map[string]*G.Node) (*G.Node, error) {
	kernel, err := h.Kernel(step)
	if err != nil {
		return nil, err
	}
	if len(parameters) == 0 {
		// Gorgonia takes leaves of one name and shape for one.
		name := fmt.Sprintf("%s %v of %v s in steps of %v ms", h.shape.name, h.values, h.length, step)
		return G.NodeFromAny(g, tensor.New(tensor.WithBacking(kernel)), G.WithName(name)), nil
	}
	names := slices.Sorted(maps.Keys(parameters))
	at, nodes := make([]int, len(names)), make([]*G.Node, len(names))
	for i, name := range names {
		if at[i] = h.shape.index(name); at[i] < 0 {
			return nil, h.Set(name, 0).Err()
		}
		nodes[i] = parameters[name]
	}
	return h.function(step, at).Apply(nodes...)
}

// function is the kernel of the parameters at these indices.
func (h *HRF) function(step float64, at []int) *NodeFunction {
	with := func(in []Array) (*HRF, error) {
		values := slices.Clone(h.values)
		for i, k := range at {
			values[k] = in[i].Data[0]
		}
		c := h.shape.with(values, h.length)
		return c, c.err
	}
	return &NodeFunction{
		Name: fmt.Sprintf("%s in steps of %g ms", h.shape.name, step), Inputs: make([]int, len(at)), Output: 1,
		Shape: func([][]int) ([]int, error) {
			n, err := h.steps(step)
			return []int{n}, err
		},
		Value: func(in []Array, out Array) error {
			c, err := with(in)
			if err != nil {
				return err
			}
			kernel, err := c.Kernel(step)
			copy(out.Data, kernel)
			return err
		},
		Gradient: func(k int, in []Array, _, outGrad, inGrad Array) error {
			c, err := with(in)
			if err != nil {
				return err
			}
			inGrad.Data[0] = c.gradient(step, outGrad.Data)[at[k]]
			return nil
		},
	}
}
