package forward

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Coherence is the magnitude-squared coherence |S_ij|² / (S_ii S_jj) of every pair of
// regions of a series [time, region], S the cross spectrum averaged over windows, and
// its mean over the frequencies from low to high, both included, in Hz. A region
// without power at a frequency has coherence 0 there, with itself too.
//
// Carter 1987, doi:10.1109/PROC.1987.13723. One window would make it 1, so two are
// needed; a band without a frequency and settings that do not fit are errors.
func (w Welch) Coherence(series *mat.Dense, low, high float64) (*mat.SymDense, error) {
	out, err := w.coherence(low, high).try(series)
	if err != nil {
		return nil, err
	}
	return mat.NewSymDense(out.Shape[0], out.Data), nil
}

// CoherenceNode is [Welch.Coherence] of every lane of x, shape (lane, time, region),
// as a node of shape (lane, region, region).
func (w Welch) CoherenceNode(x *G.Node, low, high float64) (*G.Node, error) {
	return w.coherence(low, high).node(x)
}

func (w Welch) coherence(low, high float64) laneFunction {
	return laneFunction{
		name: fmt.Sprintf("coherence of windows of %d, %g to %g Hz", w.Window, low, high),
		shape: func(t, n int) ([]int, error) {
			if err := w.check(t); err != nil {
				return nil, err
			}
			if windows := (t-w.Window)/(w.Window-w.Overlap) + 1; windows < 2 {
				return nil, fmt.Errorf("expected 2 windows of %d in %d samples or more, found 1", w.Window, t)
			}
			from, to := within(w.Frequencies(), low, high)
			return []int{n, n}, checkBand(from, to, low, high)
		},
		value: func(out, x []float64, t, n int) {
			s := w.transform(x, t, n)
			s.eachCross(low, high, func(_, i, j int, cross complex128, pi, pj, part float64) {
				c := part * squared(coherency(cross, pi, pj))
				out[i*n+j] += c
				if i != j {
					out[j*n+i] += c
				}
			})
		},
		gradient: func(dx, dout, x, _ []float64, t, n int) {
			s := w.transform(x, t, n)
			grad := make([][]complex128, len(s.coefficients))
			for r := range grad {
				grad[r] = make([]complex128, len(s.coefficients[r]))
			}
			s.eachCross(low, high, func(k, i, j int, cross complex128, pi, pj, part float64) {
				if i != j {
					s.coherenceGradient(grad, k, i, j, cross, pi, pj, part*(dout[i*n+j]+dout[j*n+i]))
				}
			})
			s.coefficients = grad
			s.transposed(dx)
		},
	}
}

// eachCross calls f, for every frequency k of the band and i ≤ j, with the sums over
// windows of X_i X̄_j, |X_i|² and |X_j|² and the frequency's part of the mean. Regions
// without power are left out.
func (s *windowed) eachCross(low, high float64, f func(k, i, j int, cross complex128, pi, pj, part float64)) {
	from, to := within(s.Frequencies(), low, high)
	p := s.powers()
	for k := from; k < to; k++ {
		for i := 0; i < s.n; i++ {
			for j := i; j < s.n; j++ {
				if pi, pj := p[k*s.n+i], p[k*s.n+j]; pi > 0 && pj > 0 {
					f(k, i, j, s.cross(k, i, j), pi, pj, 1/float64(to-from))
				}
			}
		}
	}
}

// powers returns Σ |X|² over windows, [frequency, region]; what is only the rounding of
// the region's other frequencies is 0.
func (s *windowed) powers() []float64 {
	p, total := make([]float64, len(s.coefficients[0])), make([]float64, s.n)
	for k := range p {
		p[k] = real(s.cross(k/s.n, k%s.n, k%s.n))
		total[k%s.n] += p[k]
	}
	for k := range p {
		if p[k] <= 64*epsilon*epsilon*total[k%s.n] || p[k] < faint*faint {
			p[k] = 0
		}
	}
	return p
}

func (s *windowed) cross(k, i, j int) complex128 {
	sum := complex(0, 0)
	for _, x := range s.coefficients {
		a, b := x[k*s.n+i], x[k*s.n+j]
		sum += a * complex(real(b), -imag(b))
	}
	return sum
}

// coherency is S/√(P_i P_j), computed so that no product underflows.
func coherency(cross complex128, pi, pj float64) complex128 {
	return cross * complex(1/math.Sqrt(pi), 0) * complex(1/math.Sqrt(pj), 0)
}

// coherenceGradient adds, with γ the coherency and x = X/√P, 2 d (γ x_j − |γ|² x_i)/√P_i to
// X_i's gradient and 2 d (γ̄ x_i − |γ|² x_j)/√P_j to X_j's.
func (s *windowed) coherenceGradient(grad [][]complex128, k, i, j int, cross complex128, pi, pj, d float64) {
	g := coherency(cross, pi, pj)
	c := complex(squared(g), 0)
	si, sj := complex(1/math.Sqrt(pi), 0), complex(1/math.Sqrt(pj), 0)
	for r, x := range s.coefficients {
		a, b := x[k*s.n+i]*si, x[k*s.n+j]*sj
		grad[r][k*s.n+i] += complex(2*d, 0) * (g*b - c*a) * si
		grad[r][k*s.n+j] += complex(2*d, 0) * (cmplx.Conj(g)*a - c*b) * sj
	}
}

func squared(z complex128) float64 { return real(z)*real(z) + imag(z)*imag(z) }

// within returns the range [from, to) of rising frequencies from low to high.
func within(frequencies []float64, low, high float64) (from, to int) {
	for from < len(frequencies) && frequencies[from] < low {
		from++
	}
	to = from
	for to < len(frequencies) && frequencies[to] <= high {
		to++
	}
	return from, to
}

func checkBand(from, to int, low, high float64) error {
	if !(to > from) {
		return fmt.Errorf("no frequency from %g to %g Hz", low, high)
	}
	return nil
}
