package main

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// matrix returns a two-level array as a matrix.
func (a array) matrix() *mat.Dense {
	if len(a.shape) != 2 {
		panic(fmt.Sprintf("expected a matrix, found a list of shape %v", a.shape))
	}
	return mat.NewDense(a.shape[0], a.shape[1], append([]float64(nil), a.data...))
}

// series returns an array [region][time] as a series [time, region].
func (a array) series() *mat.Dense { return mat.DenseCopyOf(a.matrix().T()) }

// rowMajor returns the entries of a matrix row by row.
func rowMajor(m mat.Matrix) []float64 { return mat.DenseCopyOf(m).RawMatrix().Data }
