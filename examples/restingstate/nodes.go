package main

import (
	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
)

// jacobian is J in 1/s from w (n) and M (n, n).
func (w *workingPoint) jacobian() *forward.NodeFunction {
	return &forward.NodeFunction{
		Name: "Jacobian at balanced inhibition", Inputs: []int{1, 2}, Output: 2,
		Shape: func(in [][]int) ([]int, error) { return in[1], nil },
		Value: func(in []forward.Array, out forward.Array) error {
			n := len(in[0].Data)
			for i, recurrence := range in[0].Data {
				row := in[1].Data[i*n : (i+1)*n]
				for j, m := range row {
					out.Data[i*n+j] = w.slope[i] * w.jn * m
				}
				out.Data[i*n+i] += -w.decay[i] + w.slope[i]*(w.jn*recurrence-w.inhibit[i]*w.balance(i, recurrence, row))
			}
			return nil
		},
		Gradient: func(k int, in []forward.Array, _, dJ, grad forward.Array) error {
			n := len(in[0].Data)
			for i := range n {
				own := dJ.Data[i*n+i] * w.slope[i] * w.jn
				through := own * w.inhibit[i] / w.si[i]
				if k == 0 {
					grad.Data[i] = own - through*w.se[i]
					continue
				}
				for j := range n {
					grad.Data[i*n+j] = w.slope[i]*w.jn*dJ.Data[i*n+j] - through*w.se[j]
				}
			}
			return nil
		},
	}
}

// noise is Q, diagonal, in units of the model's σ², from w (n), M (n, n) and σ (n).
func (w *workingPoint) noise() *forward.NodeFunction {
	through := func(in []forward.Array, i int) float64 {
		n := len(in[0].Data)
		return w.slope[i] * w.filter[i] * w.balance(i, in[0].Data[i], in[1].Data[i*n:(i+1)*n])
	}
	return &forward.NodeFunction{
		Name: "noise at balanced inhibition", Inputs: []int{1, 2, 1}, Output: 2,
		Shape: func(in [][]int) ([]int, error) { return in[1], nil },
		Value: func(in []forward.Array, out forward.Array) error {
			n := len(in[0].Data)
			for i, s := range in[2].Data {
				t := through(in, i)
				out.Data[i*n+i] = s * s * (1 + t*t)
			}
			return nil
		},
		Gradient: func(k int, in []forward.Array, _, dQ, grad forward.Array) error {
			n := len(in[0].Data)
			for i, s := range in[2].Data {
				d, t := dQ.Data[i*n+i], through(in, i)
				own := d * s * s * 2 * t * w.slope[i] * w.filter[i] * w.jn / w.si[i] // of J_i S_i/J_N
				switch k {
				case 0:
					grad.Data[i] = own * w.se[i]
				case 1:
					for j := range n {
						grad.Data[i*n+j] = own * w.se[j]
					}
				case 2:
					grad.Data[i] = 2 * d * s * (1 + t*t)
				}
			}
			return nil
		},
	}
}

// effective is M_ij = G g_i e_ij C_ij, from G (1), g (n) and e, one gain for every weight that is not 0, row by row.
func effective(weights *mat.Dense) *forward.NodeFunction {
	n, _ := weights.Dims()
	c := weights.RawMatrix().Data
	each := func(f func(k, i, at int)) {
		k := 0
		for at, v := range c {
			if v != 0 {
				f(k, at/n, at)
				k++
			}
		}
	}
	return &forward.NodeFunction{
		Name: "effective coupling", Inputs: []int{1, 1, 1}, Output: 2,
		Shape: func([][]int) ([]int, error) { return []int{n, n}, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			each(func(k, i, at int) { out.Data[at] = in[0].Data[0] * in[1].Data[i] * in[2].Data[k] * c[at] })
			return nil
		},
		Gradient: func(input int, in []forward.Array, _, dM, grad forward.Array) error {
			coupling, gain, edges := in[0].Data[0], in[1].Data, in[2].Data
			each(func(k, i, at int) {
				switch d := dM.Data[at] * c[at]; input {
				case 0:
					grad.Data[0] += d * gain[i] * edges[k]
				case 1:
					grad.Data[i] += d * coupling * edges[k]
				case 2:
					grad.Data[k] = d * coupling * gain[i]
				}
			})
			return nil
		},
	}
}
