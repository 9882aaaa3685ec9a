package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// unrolledSums computes the sums of one coupling with Gorgonia's own operations:
//
//	S_k(t) = Σ_d (W ⊙ M_d) pre_k(x(t − d))
//
// where the mask M_d is 1 for edges of delay d and 0 else.
type unrolledSums struct {
	c      *coupling
	plan   *couplingPlan
	delays []int     // that occur, ascending
	w      []*G.Node // W ⊙ M_d for each of them
	pre    map[[2]int]*G.Node
}

// newSums makes the masked weights.
func (u *unrolling) newSums(c *coupling, plan *couplingPlan) (*unrolledSums, error) {
	s := &unrolledSums{c: c, plan: plan, pre: map[[2]int]*G.Node{}}
	weights, err := u.denseWeights(c)
	if err != nil {
		return nil, err
	}
	masks := map[int][]float64{}
	for e := range plan.I {
		d := plan.Delay[e]
		if masks[d] == nil {
			masks[d] = make([]float64, plan.To*plan.From)
		}
		masks[d][plan.I[e]*plan.From+plan.J[e]] = 1
	}
	for d := 0; d <= plan.MaxDelay; d++ {
		if masks[d] == nil {
			continue
		}
		mask := matrixLeaf(u.g, fmt.Sprintf("unroll/%s/mask %d", plan.Name, d), plan.To, plan.From, masks[d])
		masked, err := G.HadamardProd(weights, mask)
		if err != nil {
			return nil, err
		}
		s.delays, s.w = append(s.delays, d), append(s.w, masked)
	}
	return s, nil
}

// denseWeights returns the weights as a matrix to × from.
func (u *unrolling) denseWeights(c *coupling) (*G.Node, error) {
	v := c.weights
	node := u.leaf[v.Address]
	if v.I == nil {
		return reduce(node, 2)
	}
	edges := len(v.I)
	place := make([]float64, v.Rows*v.Cols*edges)
	for e := range v.I {
		place[(v.I[e]*v.Cols+v.J[e])*edges+e] = 1
	}
	name := fmt.Sprintf("unroll/%s/place", c.Name)
	shape := tensor.Shape{v.Rows, v.Cols}
	if edges == 1 {
		scalar, err := reduce(node, 0)
		if err != nil {
			return nil, err
		}
		return G.HadamardProd(scalar, matrixLeaf(u.g, name, v.Rows, v.Cols, place))
	}
	vector, err := reduce(node, 1)
	if err != nil {
		return nil, err
	}
	flat, err := G.Mul(matrixLeaf(u.g, name, v.Rows*v.Cols, edges, place), vector)
	if err != nil {
		return nil, err
	}
	return G.Reshape(flat, shape)
}

// at returns the sums at time t.
func (s *unrolledSums) at(u *unrolling, t int) ([]*G.Node, error) {
	sums := make([]*G.Node, len(s.plan.Pre))
	for k := range sums {
		for i, d := range s.delays {
			x, err := s.source(u, k, t-d)
			if err != nil {
				return nil, err
			}
			term, err := apply(s.w[i], x, s.plan.To, s.plan.From)
			if err != nil {
				return nil, err
			}
			if sums[k] == nil {
				sums[k] = term
			} else if sums[k], err = G.Add(sums[k], term); err != nil {
				return nil, err
			}
		}
		if sums[k] == nil { // no edges
			sums[k] = u.zero(fmt.Sprintf("unroll/%s/zero", s.plan.Name), s.plan.To)
		}
	}
	return sums, nil
}

// source returns pre_k of the source states at a time.
func (s *unrolledSums) source(u *unrolling, k, time int) (*G.Node, error) {
	pre := s.plan.Pre[k]
	if pre != nil && pre.Constant {
		return u.filled(fmt.Sprintf("unroll/%s/pre %d", s.plan.Name, k+1), s.plan.From, pre.Value), nil
	}
	if s.c.channels != nil {
		return u.inputRow(s.c.channels.series, time)
	}
	if node, ok := s.pre[[2]int{k, time}]; ok {
		return node, nil
	}
	symbols := map[string]*G.Node{}
	for i, state := range s.c.from.states {
		if i != s.c.source && (pre == nil || !pre.reads(s.c.from.first+i)) {
			continue
		}
		x, err := u.at(s.c.from.first+i, time)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", s.c.from.name, state.Name, err)
		}
		symbols[state.Name] = x
	}
	x := symbols[s.c.from.states[s.c.source].Name]
	if pre != nil {
		symbols["x"] = x
		var err error
		if x, err = nmm.Expression(pre.Text, symbols); err != nil {
			return nil, err
		}
	}
	s.pre[[2]int{k, time}] = x
	return x, nil
}

// reads reports whether the expression depends on a state.
func (p *preGraph) reads(state int) bool {
	for _, s := range p.Sources {
		if s.State == state {
			return true
		}
	}
	return false
}

// apply is W x, where regions of a one-region population are scalars.
func apply(w, x *G.Node, to, from int) (*G.Node, error) {
	switch {
	case to == 1 && from == 1:
		scalar, err := G.Sum(w)
		if err != nil {
			return nil, err
		}
		return G.HadamardProd(scalar, x)
	case to == 1:
		row, err := G.Slice(w, G.S(0))
		if err != nil {
			return nil, err
		}
		return product(row, x)
	case from == 1:
		column, err := G.Slice(w, nil, G.S(0))
		if err != nil {
			return nil, err
		}
		return G.HadamardProd(column, x)
	}
	return G.Mul(w, x)
}

// rank is that of one value per region in unrolled graphs.
func rank(n int) int { return min(n-1, 1) }

// reduce drops leading axes of length 1 until the node has the wanted rank.
func reduce(node *G.Node, rank int) (_ *G.Node, err error) {
	if rank == 0 && node.Dims() > 0 {
		if node.Shape().TotalSize() != 1 {
			return nil, fmt.Errorf("expected one value, found shape %v", node.Shape())
		}
		return G.Sum(node)
	}
	for node.Dims() > rank {
		if node.Shape()[0] != 1 {
			return nil, fmt.Errorf("expected %d axes, found shape %v", rank, node.Shape())
		}
		if node, err = G.Slice(node, G.S(0)); err != nil {
			return nil, err
		}
	}
	if node.Dims() < rank {
		return nil, fmt.Errorf("expected %d axes, found shape %v", rank, node.Shape())
	}
	return node, nil
}

// matrixRow is row k of a matrix of n columns, a scalar if n is 1: then it is taken by a mask and a
// sum, because Gorgonia's slices of one element fail when they run (issue 568).
func matrixRow(matrix *G.Node, k, n int) (*G.Node, error) {
	switch {
	case matrix.Shape().TotalSize() == 1:
		return G.Sum(matrix)
	case n == 1:
		rows := matrix.Shape()[0]
		unit := make([]float64, rows)
		unit[k] = 1
		return product(matrixLeaf(matrix.Graph(), fmt.Sprintf("unroll/row %d of %d", k, rows), rows, 1, unit), matrix)
	}
	return G.Slice(matrix, G.S(k))
}

// zero is a leaf of n zeros.
func (u *unrolling) zero(name string, n int) *G.Node { return u.filled(name, n, 0) }

// filled is a leaf of n equal numbers, made once per name.
func (u *unrolling) filled(name string, n int, x float64) *G.Node {
	if n == 1 {
		return constant(u.g, x)
	}
	return vectorLeaf(u.g, name, repeat(x, n))
}

// vectorLeaf makes a vector that holds values.
func vectorLeaf(g *G.ExprGraph, name string, x []float64) *G.Node {
	value := tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(append([]float64(nil), x...)))
	return G.NewVector(g, G.Float64, G.WithShape(len(x)), G.WithName(name), G.WithValue(value))
}

// matrixLeaf makes a matrix that holds values row by row.
func matrixLeaf(g *G.ExprGraph, name string, rows, cols int, x []float64) *G.Node {
	value := tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(append([]float64(nil), x...)))
	return G.NewMatrix(g, G.Float64, G.WithShape(rows, cols), G.WithName(name), G.WithValue(value))
}
