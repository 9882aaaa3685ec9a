package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Band is what a filter behind a linear network passes: at every frequency, in cycles per time unit of the
// network, the square of its gain times the width that the frequency stands for.
type Band struct{ Frequencies, Power []float64 }

// FilteredCovariance is the stationary covariance of what a linear network
//
//	dx = J x dt + dW,   ⟨dW dWᵀ⟩ = Q dt
//
// becomes behind the same filter in every region, such as the linear part of a balloon,
//
//	C = 2 Σ_k P_k Re M_k Q M_kᴴ,   M_k = (2πi f_k − J)⁻¹
//
// the sum over the band's frequencies f_k with its power P_k in the place of the integral of the cross spectrum. An
// unstable J is an [UnstableError].
func FilteredCovariance(J, Q mat.Matrix, band Band) (*mat.Dense, error) {
	n, m := J.Dims()
	if rows, cols := Q.Dims(); n != m || rows != n || cols != n {
		return nil, fmt.Errorf("forward: filtered covariance: expected two square matrices of one size, found J %d×%d and Q %d×%d", n, m, rows, cols)
	}
	if err := band.check(); err != nil {
		return nil, err
	}
	return band.covariance(mat.DenseCopyOf(J), mat.DenseCopyOf(Q))
}

// LinearFilteredCovariance is [FilteredCovariance] of nodes J and Q of shape (m, m), as a node of that shape.
func LinearFilteredCovariance(J, Q *G.Node, band Band) (*G.Node, error) {
	if err := band.check(); err != nil {
		return nil, err
	}
	f := &NodeFunction{
		Name: "filtered covariance", Inputs: []int{2, 2}, Output: 2, Shape: twoSquares,
		Value: func(in []Array, out Array) error {
			c, err := band.covariance(dense(in[0]), dense(in[1]))
			if err == nil {
				dense(out).Copy(c)
			}
			return err
		},
		Gradient: func(k int, in []Array, _, outGrad, inGrad Array) error {
			return band.gradient(k, dense(in[0]), dense(in[1]), dense(outGrad), dense(inGrad))
		},
	}
	return f.Apply(J, Q)
}

func (b Band) check() error {
	if len(b.Frequencies) == 0 || len(b.Frequencies) != len(b.Power) {
		return fmt.Errorf("forward: expected a band of frequencies with a power each, found %d and %d", len(b.Frequencies), len(b.Power))
	}
	return nil
}

// each calls f with B = (J² + ω²)⁻¹ and R = J B of every frequency, where M = −(R + iωB).
func (b Band) each(J *mat.Dense, f func(power, omega float64, R, B *mat.Dense)) error {
	n, _ := J.Dims()
	var square mat.Dense
	square.Mul(J, J)
	for k, frequency := range b.Frequencies {
		omega := 2 * math.Pi * frequency
		y := mat.DenseCopyOf(&square)
		for i := range n {
			y.Set(i, i, y.At(i, i)+omega*omega)
		}
		B, R := new(mat.Dense), new(mat.Dense)
		if err := B.Inverse(y); err != nil {
			if _, near := err.(mat.Condition); !near || math.IsNaN(mat.Sum(B)) {
				return &UnstableError{LargestRealPart: 0}
			}
		}
		R.Mul(J, B)
		f(b.Power[k], omega, R, B)
	}
	return nil
}

func (b Band) covariance(J, Q *mat.Dense) (*mat.Dense, error) {
	largest, err := LargestRealPart(J)
	if err != nil {
		return nil, err
	}
	if !(largest < 0) {
		return nil, &UnstableError{LargestRealPart: largest}
	}
	n, _ := J.Dims()
	c := mat.NewDense(n, n, nil)
	add := func(scale float64, m *mat.Dense) {
		var left, all mat.Dense
		left.Mul(m, Q)
		all.Mul(&left, m.T())
		all.Scale(scale, &all)
		c.Add(c, &all)
	}
	err = b.each(J, func(power, omega float64, R, B *mat.Dense) {
		add(2*power, R)
		add(2*power*omega*omega, B)
	})
	return c, err
}

// gradient writes J̄ (k = 0) or Q̄ (k = 1): with Y = J² + ω², C = 2P (R Q Rᵀ + ω² B Q Bᵀ),
//
//	R̄ = 2P (C̄ R Qᵀ + C̄ᵀ R Q)     B̄ = 2P ω² (C̄ B Qᵀ + C̄ᵀ B Q) + Jᵀ R̄     Ȳ = −Bᵀ B̄ Bᵀ
//	J̄ = R̄ Bᵀ + Ȳ Jᵀ + Jᵀ Ȳ       Q̄ = 2P (Rᵀ C̄ R + ω² Bᵀ C̄ B)
func (b Band) gradient(k int, J, Q, dC, out *mat.Dense) error {
	product := func(matrices ...mat.Matrix) *mat.Dense {
		p := mat.DenseCopyOf(matrices[0])
		for _, m := range matrices[1:] {
			next := new(mat.Dense)
			next.Mul(p, m)
			p = next
		}
		return p
	}
	both := func(m *mat.Dense, scale float64) *mat.Dense {
		sum := new(mat.Dense)
		sum.Add(product(dC, m, Q.T()), product(dC.T(), m, Q))
		sum.Scale(scale, sum)
		return sum
	}
	return b.each(J, func(power, omega float64, R, B *mat.Dense) {
		if k == 1 {
			for _, part := range []struct {
				scale float64
				m     *mat.Dense
			}{{2 * power, R}, {2 * power * omega * omega, B}} {
				p := product(part.m.T(), dC, part.m)
				p.Scale(part.scale, p)
				out.Add(out, p)
			}
			return
		}
		dR, dB := both(R, 2*power), both(B, 2*power*omega*omega)
		dB.Add(dB, product(J.T(), dR))
		dY := product(B.T(), dB, B.T())
		out.Add(out, product(dR, B.T()))
		out.Sub(out, product(dY, J.T()))
		out.Sub(out, product(J.T(), dY))
	})
}
