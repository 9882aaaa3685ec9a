package dynamics

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
)

// field is a flow whose fixed points are looked for. States that nothing depends on, themselves included, such as sums that a
// model keeps beside their terms, could be anywhere at a fixed point: they are held where the system starts.
type field struct {
	*graph.Flow
	silent []int
	hold   []float64
}

// field is the flow as a function of a parameter, if it has a name.
func (s *System) field(parameter string) (*field, error) {
	flow, err := s.flow(parameter)
	if err != nil {
		return nil, err
	}
	return &field{flow, s.silent, s.Start()}, nil
}

// Derivative is that of the flow, and pulls silent states to where they are held.
func (f *field) Derivative(dst, x []float64) {
	f.Flow.Derivative(dst, x)
	for _, i := range f.silent {
		dst[i] = f.hold[i] - x[i]
	}
}

// Jacobian is that of Derivative.
func (f *field) Jacobian(dst []float64, j *mat.Dense, x []float64) {
	f.Flow.Jacobian(dst, j, x)
	for _, i := range f.silent {
		dst[i] = f.hold[i] - x[i]
		for k := range x {
			j.Set(i, k, 0)
		}
		j.Set(i, i, -1)
	}
}

// Slope is that of Derivative.
func (f *field) Slope(dst []float64, address string, x []float64) {
	f.Flow.Slope(dst, address, x)
	for _, i := range f.silent {
		dst[i] = 0
	}
}

// rests says whether silent states too do not change at x, a zero of Derivative, as far as rounding can tell. At a zero their
// derivatives are combinations of others, or they run.
func (f *field) rests(x, scale []float64) bool {
	if len(f.silent) == 0 {
		return true
	}
	n := len(x)
	dx, j := make([]float64, n), mat.NewDense(n, n, nil)
	f.Flow.Jacobian(dx, j, x)
	for _, i := range f.silent {
		size := 0.0
		for k, v := range x {
			size += math.Abs(j.At(i, k)) * max(math.Abs(v), scale[k])
		}
		if math.Abs(dx[i]) > 1e-9*size {
			return false
		}
	}
	return true
}

// findSilent lists the states that nothing depends on: their columns of the Jacobian are 0 wherever one looks.
func (s *System) findSilent(flow *graph.Flow) {
	n := len(s.vars)
	rng := rand.New(rand.NewPCG(0, 1))
	x, dx, j := make([]float64, n), make([]float64, n), mat.NewDense(n, n, nil)
	heard := make([]bool, n)
	for range 8 {
		for i, v := range s.vars {
			x[i] = v.Lo + (v.Hi-v.Lo)*rng.Float64()
		}
		flow.Jacobian(dx, j, x)
		for k := range n {
			heard[k] = heard[k] || mat.Norm(j.ColView(k), 1) != 0
		}
	}
	for k, h := range heard {
		if !h {
			s.silent = append(s.silent, k)
		}
	}
}

// without is a matrix without the rows and columns of silent states, nil if these are all.
func without(j *mat.Dense, silent []int) *mat.Dense {
	n, _ := j.Dims()
	if len(silent) == 0 {
		return j
	}
	var keep []int
	for i, next := 0, 0; i < n; i++ {
		if next < len(silent) && silent[next] == i {
			next++
			continue
		}
		keep = append(keep, i)
	}
	if len(keep) == 0 {
		return nil
	}
	r := mat.NewDense(len(keep), len(keep), nil)
	for a, i := range keep {
		for b, k := range keep {
			r.Set(a, b, j.At(i, k))
		}
	}
	return r
}
