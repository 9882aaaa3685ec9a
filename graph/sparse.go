package graph

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"
)

// Sparse is a matrix that holds only some of its entries, the k-th being V[k] at row I[k] and column
// J[k], sorted by row and then by column, each position at most once. As weights, row is the target
// and column the source, and every entry held is an edge, also where V[k] is 0.
type Sparse struct {
	Rows, Cols int
	I, J       []int
	V          []float64
}

var _ mat.Matrix = (*Sparse)(nil)

// NewSparse returns the entries of a matrix that are not 0. Of no matrix, nil, it makes an empty one.
func NewSparse(m mat.Matrix) *Sparse {
	if absent(m) {
		return &Sparse{}
	}
	rows, cols := m.Dims()
	s := &Sparse{Rows: rows, Cols: cols}
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			if v := m.At(i, j); v != 0 {
				s.I, s.J, s.V = append(s.I, i), append(s.J, j), append(s.V, v)
			}
		}
	}
	return s
}

// Dims returns the numbers of rows and columns.
func (s *Sparse) Dims() (rows, cols int) { return s.Rows, s.Cols }

// At returns an entry, 0 where none is held. It panics outside the matrix, as gonum's matrices do.
func (s *Sparse) At(i, j int) float64 {
	if i < 0 || i >= s.Rows {
		panic(mat.ErrRowAccess)
	}
	if j < 0 || j >= s.Cols {
		panic(mat.ErrColAccess)
	}
	if k, ok := s.find(i, j); ok {
		return s.V[k]
	}
	return 0
}

// find returns the position of an entry.
func (s *Sparse) find(i, j int) (int, bool) {
	k := sort.Search(len(s.I), func(k int) bool { return s.I[k] > i || s.I[k] == i && s.J[k] >= j })
	return k, k < len(s.I) && s.I[k] == i && s.J[k] == j
}

// T returns the transpose.
func (s *Sparse) T() mat.Matrix { return mat.Transpose{Matrix: s} }

// Check says what is wrong with the matrix: lengths, order, positions, entries that are not finite.
func (s *Sparse) Check() error {
	if len(s.I) != len(s.V) || len(s.J) != len(s.V) {
		return fmt.Errorf("graph: sparse matrix: I, J and V have %d, %d and %d entries, expected the same number", len(s.I), len(s.J), len(s.V))
	}
	for k := range s.V {
		if s.I[k] < 0 || s.I[k] >= s.Rows || s.J[k] < 0 || s.J[k] >= s.Cols {
			return fmt.Errorf("graph: sparse matrix: entry %d at (%d, %d) lies outside %d × %d", k, s.I[k], s.J[k], s.Rows, s.Cols)
		}
		if k > 0 && (s.I[k] < s.I[k-1] || s.I[k] == s.I[k-1] && s.J[k] <= s.J[k-1]) {
			return fmt.Errorf("graph: sparse matrix: entry %d at (%d, %d) does not come after (%d, %d): sort by row, then by column, each position once",
				k, s.I[k], s.J[k], s.I[k-1], s.J[k-1])
		}
		if math.IsNaN(s.V[k]) || math.IsInf(s.V[k], 0) {
			return fmt.Errorf("graph: sparse matrix: entry at (%d, %d) is %v, expected a finite number", s.I[k], s.J[k], s.V[k])
		}
	}
	return nil
}
