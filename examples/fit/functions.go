package main

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
)

// jacobianFunction is the network's complex Jacobian diag(a_i − Σ_j |W_ij| + 2πi f_i) + W,
// shape (2, n, n), from a (n), f (n) and W (n, n).
var jacobianFunction = &forward.NodeFunction{
	Name: "Hopf Jacobian", Inputs: []int{1, 1, 2}, Output: 3,
	Shape: func(in [][]int) ([]int, error) { return []int{2, in[0][0], in[0][0]}, nil },
	Value: func(in []forward.Array, out forward.Array) error {
		n := in[0].Shape[0]
		re, im := out.Data[:n*n], out.Data[n*n:]
		copy(re, in[2].Data)
		for i, a := range in[0].Data {
			for _, w := range in[2].Data[i*n : (i+1)*n] {
				a -= math.Abs(w)
			}
			re[i*n+i] += a
			im[i*n+i] = 2 * math.Pi * in[1].Data[i]
		}
		return nil
	},
	Gradient: func(k int, in []forward.Array, _, dJ, grad forward.Array) error {
		n := in[0].Shape[0]
		re, im := dJ.Data[:n*n], dJ.Data[n*n:]
		for i := 0; i < n; i++ {
			switch k {
			case 0:
				grad.Data[i] = re[i*n+i]
			case 1:
				grad.Data[i] = 2 * math.Pi * im[i*n+i]
			case 2:
				for j := i * n; j < (i+1)*n; j++ {
					grad.Data[j] = re[j] - sign(in[2].Data[j])*re[i*n+i]
				}
			}
		}
		return nil
	},
}

// noiseFunction is the noise covariance diag(s²), shape (2, n, n) with imaginary part 0,
// from the amplitudes s (n). With it the real part of the complex network's covariance
// is that of x, and of y.
var noiseFunction = &forward.NodeFunction{
	Name: "noise covariance", Inputs: []int{1}, Output: 3,
	Shape: func(in [][]int) ([]int, error) { return []int{2, in[0][0], in[0][0]}, nil },
	Value: func(in []forward.Array, out forward.Array) error {
		n := in[0].Shape[0]
		for i, s := range in[0].Data {
			out.Data[i*n+i] = s * s
		}
		return nil
	},
	Gradient: func(_ int, in []forward.Array, _, dQ, grad forward.Array) error {
		n := in[0].Shape[0]
		for i, s := range in[0].Data {
			grad.Data[i] = 2 * s * dQ.Data[i*n+i]
		}
		return nil
	},
}

// correlationFunction is M_ij/√(C_ii C_jj) of the real parts of M and C, both of shape
// (2, n, n), as shape (1, n, n).
var correlationFunction = &forward.NodeFunction{
	Name: "correlation of x", Inputs: []int{3, 3}, Output: 3,
	Shape: func(in [][]int) ([]int, error) { return []int{1, in[0][1], in[0][2]}, nil },
	Value: func(in []forward.Array, out forward.Array) error {
		n := out.Shape[1]
		m, c := in[0].Data, in[1].Data
		for i := 0; i < n; i++ {
			for j := 0; j < n; j++ {
				out.Data[i*n+j] = m[i*n+j] / math.Sqrt(c[i*n+i]*c[j*n+j])
			}
		}
		return nil
	},
	Gradient: func(k int, in []forward.Array, out, outGrad, grad forward.Array) error {
		n := out.Shape[1]
		c := in[1].Data
		for i := 0; i < n; i++ {
			for j := 0; j < n; j++ {
				d := outGrad.Data[i*n+j]
				ci, cj := c[i*n+i], c[j*n+j]
				if k == 0 {
					grad.Data[i*n+j] = d / math.Sqrt(ci*cj)
					continue
				}
				grad.Data[i*n+i] -= d * out.Data[i*n+j] / (2 * ci)
				grad.Data[j*n+j] -= d * out.Data[i*n+j] / (2 * cj)
			}
		}
		return nil
	},
}

// meanSquare of a vector, shape (1).
var meanSquare = &forward.NodeFunction{
	Name: "mean square", Inputs: []int{1}, Output: 1,
	Shape: func([][]int) ([]int, error) { return []int{1}, nil },
	Value: func(in []forward.Array, out forward.Array) error {
		for _, v := range in[0].Data {
			out.Data[0] += v * v / float64(len(in[0].Data))
		}
		return nil
	},
	Gradient: func(_ int, in []forward.Array, _, outGrad, grad forward.Array) error {
		for i, v := range in[0].Data {
			grad.Data[i] = 2 * outGrad.Data[0] * v / float64(len(in[0].Data))
		}
		return nil
	},
}

func sign(v float64) float64 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// relaxationFunction is (a_i − Σ_j |W_ij|) in 1/ms from a (n) and W (n, n) in 1/s.
var relaxationFunction = &forward.NodeFunction{
	Name: "relaxation", Inputs: []int{1, 2}, Output: 1,
	Shape: func(in [][]int) ([]int, error) { return in[0], nil },
	Value: func(in []forward.Array, out forward.Array) error {
		n := len(out.Data)
		for i, a := range in[0].Data {
			for _, w := range in[1].Data[i*n : (i+1)*n] {
				a -= math.Abs(w)
			}
			out.Data[i] = a / msPerSecond
		}
		return nil
	},
	Gradient: func(k int, in []forward.Array, _, outGrad, grad forward.Array) error {
		n := len(outGrad.Data)
		for i, d := range outGrad.Data {
			if k == 0 {
				grad.Data[i] = d / msPerSecond
				continue
			}
			for j, w := range in[1].Data[i*n : (i+1)*n] {
				grad.Data[i*n+j] = -sign(w) * d / msPerSecond
			}
		}
		return nil
	},
}

// scaledVector is k times a vector.
func scaledVector(k float64) *forward.NodeFunction {
	scale := func(out, in []float64) {
		for i, v := range in {
			out[i] = k * v
		}
	}
	return &forward.NodeFunction{
		Name: fmt.Sprintf("× %g", k), Inputs: []int{1}, Output: 1,
		Shape: func(in [][]int) ([]int, error) { return in[0], nil },
		Value: func(in []forward.Array, out forward.Array) error { scale(out.Data, in[0].Data); return nil },
		Gradient: func(_ int, _ []forward.Array, _, outGrad, grad forward.Array) error {
			scale(grad.Data, outGrad.Data)
			return nil
		},
	}
}

// laneMean is the mean over lanes of (lane, n, n), shape (1, n, n).
var laneMean = &forward.NodeFunction{
	Name: "mean over lanes", Inputs: []int{3}, Output: 3,
	Shape: func(in [][]int) ([]int, error) { return []int{1, in[0][1], in[0][2]}, nil },
	Value: func(in []forward.Array, out forward.Array) error {
		for i, v := range in[0].Data {
			out.Data[i%len(out.Data)] += v / float64(in[0].Shape[0])
		}
		return nil
	},
	Gradient: func(_ int, in []forward.Array, _, outGrad, grad forward.Array) error {
		for i := range grad.Data {
			grad.Data[i] = outGrad.Data[i%len(outGrad.Data)] / float64(in[0].Shape[0])
		}
		return nil
	},
}
