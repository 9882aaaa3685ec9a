package forward

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// LinearCovariance is [StationaryCovariance] as a node: C of the linear network
// dx = J x dt + dW, ⟨dW dWᵀ⟩ = Q dt, with J and Q nodes of shape (m, m). Running
// it with an unstable J is an [UnstableError].
//
// The gradient is that of one adjoint equation Jᵀ Λ + Λ J + C̄ = 0:
// Q̄ = Λ and J̄ = Λ Cᵀ + Λᵀ C.
func LinearCovariance(J, Q *G.Node) (*G.Node, error) { return lyapunovFunction.Apply(J, Q) }

// LinearLaggedCovariance is the stationary covariance of x(t+lag) with x(t) of a
// linear network, exp(J lag) C, with C from [LinearCovariance] and lag in the
// time unit of 1/J.
func LinearLaggedCovariance(J, C *G.Node, lag float64) (*G.Node, error) {
	e, err := newExpm(lag).Apply(J)
	if err != nil {
		return nil, err
	}
	return G.Mul(e, C)
}

var lyapunovFunction, adjointFunction, jacobianGradient *NodeFunction

func init() { // the gradients refer to each other
	lyapunovFunction = &NodeFunction{
		Name: "stationary covariance", Inputs: []int{2, 2}, Output: 2, Shape: twoSquares,
		Value: func(in []Array, out Array) error { return solve(dense(in[0]), dense(in[1]), out) },
		Symbolic: func(in G.Nodes, c, grad *G.Node) (G.Nodes, error) {
			lambda, err := adjointFunction.Apply(in[0], grad)
			if err != nil {
				return nil, err
			}
			dJ, err := jacobianGradient.Apply(lambda, c)
			return G.Nodes{dJ, lambda}, err
		},
	}
	adjointFunction = &NodeFunction{
		Name: "adjoint stationary covariance", Inputs: []int{2, 2}, Output: 2, Shape: twoSquares,
		Value: func(in []Array, out Array) error { return solve(dense(in[0]).T(), dense(in[1]), out) },
		Gradient: func(int, []Array, Array, Array, Array) error {
			return errSecondDerivative
		},
	}
	jacobianGradient = &NodeFunction{
		Name: "stationary covariance' 0", Inputs: []int{2, 2}, Output: 2, Shape: twoSquares,
		Value: func(in []Array, out Array) error {
			lambda, c := dense(in[0]), dense(in[1])
			var other mat.Dense
			sum := dense(out)
			sum.Mul(lambda, c.T())
			other.Mul(lambda.T(), c)
			sum.Add(sum, &other)
			return nil
		},
		Gradient: func(int, []Array, Array, Array, Array) error {
			return errSecondDerivative
		},
	}
	for _, f := range []*NodeFunction{adjointFunction, jacobianGradient} {
		f.Symbolic = func(G.Nodes, *G.Node, *G.Node) (G.Nodes, error) {
			return nil, fmt.Errorf("forward: stationary covariance: %w", errSecondDerivative)
		}
	}
}

func solve(J, Q mat.Matrix, out Array) error {
	c, err := StationaryCovariance(J, Q)
	if err != nil {
		return err
	}
	copy(out.Data, c.RawMatrix().Data)
	return nil
}

// newExpm is exp(J t). Its gradient is t times the Fréchet derivative at Jᵀt in
// the direction of the output's gradient, the upper right block of
//
//	exp [ Jᵀt  Ē  ]
//	    [ 0    Jᵀt ]
//
// Higham, Functions of Matrices (2008), theorem 3.6, doi:10.1137/1.9780898717778.
func newExpm(t float64) *NodeFunction {
	return &NodeFunction{
		Name: fmt.Sprintf("matrix exponential × %g", t), Inputs: []int{2}, Output: 2,
		Shape: func(in [][]int) ([]int, error) { return in[0], checkSquare("J", in[0]) },
		Value: func(in []Array, out Array) error {
			var scaled mat.Dense
			scaled.Scale(t, dense(in[0]))
			dense(out).Exp(&scaled)
			return nil
		},
		Gradient: func(_ int, in []Array, _, outGrad, inGrad Array) error {
			n := in[0].Shape[0]
			J, dE := dense(in[0]), dense(outGrad)
			block := mat.NewDense(2*n, 2*n, nil)
			for i := 0; i < n; i++ {
				for j := 0; j < n; j++ {
					block.Set(i, j, t*J.At(j, i))
					block.Set(n+i, n+j, t*J.At(j, i))
					block.Set(i, n+j, t*dE.At(i, j))
				}
			}
			var e mat.Dense
			e.Exp(block)
			dense(inGrad).Copy(e.Slice(0, n, n, 2*n))
			return nil
		},
	}
}

func twoSquares(in [][]int) ([]int, error) {
	if err := checkSquare("the first matrix", in[0]); err != nil {
		return nil, err
	}
	if in[0][0] != in[1][0] || in[0][1] != in[1][1] {
		return nil, fmt.Errorf("expected two matrices of one size, found %v and %v", in[0], in[1])
	}
	return in[0], nil
}

func checkSquare(what string, shape []int) error {
	if shape[0] != shape[1] {
		return fmt.Errorf("expected %s to be square, found shape %v", what, shape)
	}
	return nil
}

func dense(a Array) *mat.Dense { return mat.NewDense(a.Shape[0], a.Shape[1], a.Data) }
