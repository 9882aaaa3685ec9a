package forward

import (
	"fmt"
	"math"
)

// newExponential is exp(J t). Its gradient is t times the Fréchet derivative at
// (J t)ᴴ in the direction of the output's gradient.
func newExponential(dims int, t float64) *NodeFunction {
	return &NodeFunction{
		Name: fmt.Sprintf("matrix exponential × %g", t), Inputs: []int{dims}, Output: dims,
		Shape: func(in [][]int) ([]int, error) { return in[0], checkSquare("J", in[0]) },
		Value: func(in []Array, out Array) error {
			exponential(dual{value: complexOf(in[0]).scaled(t)}).value.write(out)
			return nil
		},
		Gradient: func(_ int, in []Array, _, outGrad, inGrad Array) error {
			J, dE := complexOf(in[0]), complexOf(outGrad)
			exponential(dual{J.adjoint().scaled(t), dE.scaled(t), true}).tangent.write(inGrad)
			return nil
		},
	}
}

// dual is a matrix and, if it has one, its derivative in some direction. It is what
// the block matrix [A E; 0 A] is, whose exponential has the Fréchet derivative of exp
// at A in the direction E as its upper right block, without the two known blocks.
//
// Higham, Functions of Matrices (2008), theorem 3.6, doi:10.1137/1.9780898717778.
type dual struct {
	value, tangent complexMatrix
	hasTangent     bool
}

func (a dual) times(b dual) dual {
	p := dual{value: a.value.times(b.value), hasTangent: a.hasTangent}
	if a.hasTangent {
		p.tangent = a.value.times(b.tangent).plus(a.tangent.times(b.value))
	}
	return p
}

// plusScaled is a + k b.
func (a dual) plusScaled(k float64, b dual) dual {
	a.value = a.value.plus(b.value.scaled(k))
	if a.hasTangent {
		a.tangent = a.tangent.plus(b.tangent.scaled(k))
	}
	return a
}

func (a dual) scaled(k float64) dual {
	a.value = a.value.scaled(k)
	if a.hasTangent {
		a.tangent = a.tangent.scaled(k)
	}
	return a
}

const (
	taylorBlocks = 4 // of 4 terms, and one term more: degree 16
	// taylorNorm is the size of a matrix from which it is halved first. What is left out
	// of the series, and of its derivative, is below 0.5^16/16! = 7e-19 of the result.
	taylorNorm = 0.5
)

// exponential by Taylor's series of A/2^s, squared s times. The series is evaluated
// in blocks of four powers: Paterson and Stockmeyer, SIAM J. Comput. 2 (1973) 60-66,
// doi:10.1137/0202007.
func exponential(a dual) dual {
	squarings := 0
	if size := a.value.columnNorm(); size > taylorNorm && !math.IsInf(size, 1) {
		squarings = int(math.Ceil(math.Log2(size / taylorNorm)))
	}
	a = a.scaled(math.Ldexp(1, -squarings))
	square := a.times(a)
	powers := []dual{a, square, square.times(a), square.times(square)}
	sum := powers[3].scaled(1 / math.Gamma(4*taylorBlocks+1))
	for block := taylorBlocks - 1; ; block-- {
		for k := 3; k >= 0; k-- {
			coefficient := 1 / math.Gamma(float64(4*block+k)+1)
			if k == 0 {
				sum.value = sum.value.plusIdentity(coefficient)
			} else {
				sum = sum.plusScaled(coefficient, powers[k-1])
			}
		}
		if block == 0 {
			break
		}
		sum = sum.times(powers[3])
	}
	for range squarings {
		sum = sum.times(sum)
	}
	return sum
}
