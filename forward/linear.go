package forward

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// LinearCovariance is [StationaryCovariance] as a node: C of the linear network
// dx = J x dt + dW, ⟨dW dWᵀ⟩ = Q dt, with J and Q nodes of shape (m, m). Running
// it with an unstable J is an [UnstableError].
//
// J and Q of shape (2, m, m) are the real and imaginary parts of a complex network
//
//	dz = J z dt + dW,   ⟨dW dWᴴ⟩ = Q dt,   ⟨dW dWᵀ⟩ = 0
//
// and so is C = ⟨z zᴴ⟩. That is m coupled oscillators z = x + iy with equal noise on
// x and y, at a third of the cost of the 2m real variables: real(C) = 2⟨x xᵀ⟩,
// imag(C) = 2⟨y xᵀ⟩.
//
// The gradient is that of one adjoint equation Jᴴ Λ + Λ J + C̄ = 0:
// Q̄ = Λ and J̄ = Λ Cᴴ + Λᴴ C.
func LinearCovariance(J, Q *G.Node) (*G.Node, error) {
	if J != nil && J.Dims() == 3 {
		return complexCovariance.Apply(J, Q)
	}
	return realCovariance.Apply(J, Q)
}

// LinearLaggedCovariance is the stationary covariance of x(t+lag) with x(t) of a
// linear network, exp(J lag) C, with C from [LinearCovariance] and lag in the
// time unit of 1/J. J and C are both of shape (m, m), or of shape (2, m, m).
func LinearLaggedCovariance(J, C *G.Node, lag float64) (*G.Node, error) {
	dims := 2
	if J != nil && J.Dims() == 3 {
		dims = 3
	}
	e, err := newExponential(dims, lag).Apply(J)
	if err != nil {
		return nil, err
	}
	return newProduct(dims).Apply(e, C)
}

var realCovariance, complexCovariance = newCovarianceOf(2), newCovarianceOf(3)

// newCovarianceOf is the op of [LinearCovariance] on nodes with so many dimensions.
func newCovarianceOf(dims int) *NodeFunction {
	twice := func(name string, value func(a, b complexMatrix) (complexMatrix, error)) *NodeFunction {
		return &NodeFunction{
			Name: name, Inputs: []int{dims, dims}, Output: dims, Shape: twoSquares,
			Value: func(in []Array, out Array) error {
				c, err := value(complexOf(in[0]), complexOf(in[1]))
				if err == nil {
					c.write(out)
				}
				return err
			},
			Symbolic: func(G.Nodes, *G.Node, *G.Node) (G.Nodes, error) {
				return nil, fmt.Errorf("forward: stationary covariance: %w", errSecondDerivative)
			},
		}
	}
	adjoint := twice("adjoint stationary covariance", func(J, dC complexMatrix) (complexMatrix, error) {
		return smith(J.adjoint(), dC)
	})
	jacobianGradient := twice("stationary covariance' 0", func(lambda, c complexMatrix) (complexMatrix, error) {
		return lambda.times(c.adjoint()).plus(lambda.adjoint().times(c)), nil
	})
	f := twice("stationary covariance", smith)
	f.Symbolic = func(in G.Nodes, c, grad *G.Node) (G.Nodes, error) {
		lambda, err := adjoint.Apply(in[0], grad)
		if err != nil {
			return nil, err
		}
		dJ, err := jacobianGradient.Apply(lambda, c)
		return G.Nodes{dJ, lambda}, err
	}
	return f
}

// newProduct is the matrix product A B: Ā = P̄ Bᴴ, B̄ = Aᴴ P̄.
func newProduct(dims int) *NodeFunction {
	return &NodeFunction{
		Name: "matrix product", Inputs: []int{dims, dims}, Output: dims, Shape: twoSquares,
		Value: func(in []Array, out Array) error {
			complexOf(in[0]).times(complexOf(in[1])).write(out)
			return nil
		},
		Gradient: func(k int, in []Array, _, outGrad, inGrad Array) error {
			g := complexOf(outGrad)
			if k == 0 {
				g.times(complexOf(in[1]).adjoint()).write(inGrad)
			} else {
				complexOf(in[0]).adjoint().times(g).write(inGrad)
			}
			return nil
		},
	}
}

func twoSquares(in [][]int) ([]int, error) {
	if err := checkSquare("the first matrix", in[0]); err != nil {
		return nil, err
	}
	if !slices.Equal(in[0], in[1]) {
		return nil, fmt.Errorf("expected two matrices of one size, found %v and %v", in[0], in[1])
	}
	return in[0], nil
}

// checkSquare expects the shape (n, n), or (2, n, n) of a complex matrix.
func checkSquare(what string, shape []int) error {
	if len(shape) == 3 && shape[0] != 2 {
		return fmt.Errorf("expected %s to have a real and an imaginary part, shape (2, n, n), found %v", what, shape)
	}
	if shape[len(shape)-1] != shape[len(shape)-2] {
		return fmt.Errorf("expected %s to be square, found shape %v", what, shape)
	}
	return nil
}

func dense(a Array) *mat.Dense { return mat.NewDense(a.Shape[0], a.Shape[1], a.Data) }
