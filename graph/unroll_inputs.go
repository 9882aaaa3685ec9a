package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// prepareValue makes the leaf of a value and, of parameters, the node that a step sees.
func (u *unrolling) prepareValue(v *value) (err error) {
	node := u.bind[v.Address]
	if node == nil && v.Kind != samplesKind && len(v.Data) > 0 {
		node = u.valueLeaf(v)
	}
	if node == nil {
		return nil
	}
	u.leaf[v.Address] = node
	switch v.Kind {
	case paramKind, gainKind, sigmaKind:
		rank := 0
		if v.N > 1 && node.Shape().TotalSize() == v.N {
			rank = 1
		}
		u.param[v.Address], err = reduce(node, rank)
	}
	return err
}

// valueLeaf makes a leaf that holds the network's value.
func (u *unrolling) valueLeaf(v *value) *G.Node {
	name := "unroll/" + v.Address
	switch {
	case v.series() || v.Kind == weightsKind && v.I == nil:
		return matrixLeaf(u.g, name, v.Rows, v.Cols, v.Data)
	case len(v.Data) == 1:
		return G.NewScalar(u.g, G.Float64, G.WithName(name), G.WithValue(v.Data[0]))
	}
	return vectorLeaf(u.g, name, v.Data)
}

// start makes the initial states and the histories, clipped to the bounds.
func (u *unrolling) start() error {
	var first []*G.Node
	for _, p := range u.net.populations {
		for _, s := range p.states {
			address := p.name + "." + s.Name
			x, err := reduce(u.leaf["init:"+address], rank(p.n()))
			if err != nil {
				return fmt.Errorf("init:%s: %w", address, err)
			}
			if x, err = clip(x, s.Min, s.Max); err != nil {
				return err
			}
			if err := u.history(len(first), u.leaf["history:"+address], p.n(), s.Min, s.Max); err != nil {
				return fmt.Errorf("history:%s: %w", address, err)
			}
			first = append(first, x)
		}
	}
	u.trace = append(u.trace, first)
	return nil
}

// history takes a history apart into rows.
func (u *unrolling) history(state int, node *G.Node, n int, lo, hi float64) error {
	if node == nil {
		return nil
	}
	matrix, err := reduce(node, 2)
	if err != nil {
		return err
	}
	for k := 0; k < matrix.Shape()[0]; k++ {
		row, err := matrixRow(matrix, k, n)
		if err != nil {
			return err
		}
		if row, err = clip(row, lo, hi); err != nil {
			return err
		}
		u.past[state] = append(u.past[state], row)
	}
	return nil
}

// inputRow is row t of an input.
func (u *unrolling) inputRow(series *value, t int) (*G.Node, error) {
	node := u.leaf[series.Address]
	if node == nil {
		return nil, fmt.Errorf("%s has no values", series.Address)
	}
	matrix, err := reduce(node, 2)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", series.Address, err)
	}
	if t >= matrix.Shape()[0] {
		return nil, fmt.Errorf("%s has %d rows, the run has more steps", series.Address, matrix.Shape()[0])
	}
	return matrixRow(matrix, t, matrix.Shape()[1])
}

// noiseRow is the standard normals of step t.
func (u *unrolling) noiseRow(z *noise, t int, normals func(string, int, int) []float64) (*G.Node, error) {
	n := z.pop.n()
	if node := u.bind[z.xi.Address]; node != nil {
		return matrixRow(node, t, n)
	}
	var xi []float64
	switch {
	case z.xi.Data == nil:
		xi = normals(z.address(), t, n)
	case t < z.xi.Rows:
		xi = z.xi.Data[t*n : (t+1)*n]
	default:
		return nil, fmt.Errorf("%s has %d rows, the run has more steps", z.xi.Address, z.xi.Rows)
	}
	name := fmt.Sprintf("unroll/%s/xi@%d", z.address(), t)
	if n == 1 {
		return G.NewScalar(u.g, G.Float64, G.WithName(name), G.WithValue(xi[0])), nil
	}
	return vectorLeaf(u.g, name, xi), nil
}
