package forward

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// laneFunction is a function of a series [time, region] that serves numbers and,
// lane by lane, nodes.
type laneFunction struct {
	name string
	// shape gives the result's shape of a series of t samples of n regions.
	shape func(t, n int) ([]int, error)
	// value writes the result into out, which holds zeros.
	value func(out, x []float64, t, n int)
	// gradient writes x's gradient, given the result's, into dx, which holds zeros.
	gradient func(dx, dout, x, out []float64, t, n int)
}

// of is the function of numbers; it panics if the series has not the shape it needs.
func (f laneFunction) of(series *mat.Dense) Array {
	out, err := f.try(series)
	if err != nil {
		panic(err.Error())
	}
	return out
}

// try is of with an error instead of a panic, for functions that have settings.
func (f laneFunction) try(series *mat.Dense) (Array, error) {
	t, n := series.Dims()
	shape, err := f.shape(t, n)
	if err != nil {
		return Array{}, fmt.Errorf("forward: %s: %w", f.name, err)
	}
	out := newArray(shape)
	f.value(out.Data, mat.DenseCopyOf(series).RawMatrix().Data, t, n)
	return out, nil
}

// tryMatrix is try for results that are matrices.
func (f laneFunction) tryMatrix(series *mat.Dense) (*mat.Dense, error) {
	out, err := f.try(series)
	if err != nil {
		return nil, err
	}
	return mat.NewDense(out.Shape[0], out.Shape[1], out.Data), nil
}

// matrix is of for results that are matrices.
func (f laneFunction) matrix(series *mat.Dense) *mat.Dense {
	out := f.of(series)
	return mat.NewDense(out.Shape[0], out.Shape[1], out.Data)
}

// symmetric is of for results that are symmetric matrices.
func (f laneFunction) symmetric(series *mat.Dense) *mat.SymDense {
	out := f.of(series)
	return mat.NewSymDense(out.Shape[0], out.Data)
}

// node is the function of every lane of x, shape (lane, time, region).
func (f laneFunction) node(x *G.Node) (*G.Node, error) {
	if x == nil || x.Dims() != 3 {
		return f.nodeFunction(3).Apply(x) // says what is wrong
	}
	shape, err := f.shape(x.Shape()[1], x.Shape()[2])
	if err != nil {
		return nil, fmt.Errorf("forward: %s of a node of shape %v: %w", f.name, x.Shape(), err)
	}
	return f.nodeFunction(1 + len(shape)).Apply(x)
}

func (f laneFunction) nodeFunction(dims int) *NodeFunction {
	return &NodeFunction{
		Name: f.name, Inputs: []int{3}, Output: dims,
		Shape: func(in [][]int) ([]int, error) {
			shape, err := f.shape(in[0][1], in[0][2])
			if err != nil {
				return nil, fmt.Errorf("input of shape %v: %w", in[0], err)
			}
			return append([]int{in[0][0]}, shape...), nil
		},
		Value: func(in []Array, out Array) error {
			size := perLane(out)
			lane := 0
			eachLane(in[0], func(t, n, from, to int) {
				f.value(out.Data[lane*size:(lane+1)*size], in[0].Data[from:to], t, n)
				lane++
			})
			return nil
		},
		Gradient: func(_ int, in []Array, out, outGrad, inGrad Array) error {
			size := perLane(out)
			lane := 0
			eachLane(in[0], func(t, n, from, to int) {
				a, b := lane*size, (lane+1)*size
				f.gradient(inGrad.Data[from:to], outGrad.Data[a:b], in[0].Data[from:to], out.Data[a:b], t, n)
				lane++
			})
			return nil
		},
	}
}

// perLane is the number of values of one lane.
func perLane(a Array) int {
	size := 1
	for _, d := range a.Shape[1:] {
		size *= d
	}
	return size
}

// pairFunction is a number that compares two arrays of values; of nodes, lane by
// lane, where a second node with one lane serves all lanes of the first.
type pairFunction struct {
	name string
	dims int // of the nodes, lanes included
	// equal demands equal shapes but for the lanes.
	equal bool
	value func(a, b []float64) float64
	// gradient writes the gradients of a and b, given the number's; either may be nil.
	gradient func(da, db, a, b []float64, dout float64)
}

// node is the comparison of every lane of a with that of b, shape (lane).
func (f pairFunction) node(a, b *G.Node) (*G.Node, error) { return f.nodeFunction().Apply(a, b) }

func (f pairFunction) nodeFunction() *NodeFunction {
	return &NodeFunction{
		Name: f.name, Inputs: []int{f.dims, f.dims}, Output: 1,
		Shape: func(in [][]int) ([]int, error) {
			if in[1][0] != 1 && in[1][0] != in[0][0] {
				return nil, fmt.Errorf("expected 1 or %d lanes of the second input, found %d", in[0][0], in[1][0])
			}
			for d := 1; d < f.dims; d++ {
				if in[0][d] < 1 || in[1][d] < 1 || f.equal && in[0][d] != in[1][d] {
					return nil, fmt.Errorf("shapes %v and %v do not fit", in[0], in[1])
				}
			}
			return []int{in[0][0]}, nil
		},
		Value: func(in []Array, out Array) error {
			for lane := range out.Data {
				a, b := laneOf(in[0], lane), laneOf(in[1], lane)
				out.Data[lane] = f.value(a, b)
			}
			return nil
		},
		Gradient: func(k int, in []Array, out, outGrad, inGrad Array) error {
			for lane, d := range outGrad.Data {
				a, b, grad := laneOf(in[0], lane), laneOf(in[1], lane), laneOf(inGrad, lane)
				lanes := make([]float64, len(grad)) // one lane of b adds up all of a's
				if k == 0 {
					f.gradient(lanes, nil, a, b, d)
				} else {
					f.gradient(nil, lanes, a, b, d)
				}
				for i, v := range lanes {
					grad[i] += v
				}
			}
			return nil
		},
	}
}

// laneOf returns the values of a lane, or of the only one.
func laneOf(a Array, lane int) []float64 {
	size := perLane(a)
	if a.Shape[0] == 1 {
		lane = 0
	}
	return a.Data[lane*size : (lane+1)*size]
}

// values returns a matrix row by row.
func values(m mat.Matrix) []float64 { return mat.DenseCopyOf(m).RawMatrix().Data }

func checkSameSize(what string, a, b mat.Matrix) {
	r, c := a.Dims()
	if s, d := b.Dims(); r != s || c != d {
		panic(fmt.Sprintf("forward: %s: matrices of %d×%d and %d×%d", what, r, c, s, d))
	}
}
