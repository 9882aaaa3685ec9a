package forward

import (
	"fmt"
	"math"
	"math/cmplx"
)

// Butterworth is a Butterworth filter that is applied forwards and backwards, so
// that it shifts no phase and halves the power at its edges twice. With both edges
// it passes the band between them, with one of them all above Low or all below High.
//
// The ends are extended by odd reflection, over 3 (2 sections + 1) samples as
// scipy's sosfiltfilt does, and the filter starts in its steady state.
//
// Butterworth 1930, Wireless Engineer 7:536; Gustafsson 1996, doi:10.1109/78.492552.
type Butterworth struct {
	Order     int     // of the prototype; a band has twice as many poles
	Low, High float64 // edges in Hz; 0: none
	Rate      float64 // samples per second
}

// check reports settings that make no filter.
func (b Butterworth) check() error {
	half := b.Rate / 2
	edge := func(f float64) bool { return f >= 0 && f < half }
	switch {
	case b.Order < 1 || b.Order > 20:
		return fmt.Errorf("expected an order of 1 to 20, found %d", b.Order)
	case !(b.Rate > 0) || math.IsInf(b.Rate, 0):
		return fmt.Errorf("expected a positive sampling rate, found %g Hz", b.Rate)
	case !edge(b.Low) || !edge(b.High) || b.Low == 0 && b.High == 0:
		return fmt.Errorf("expected edges above 0 and below %g Hz, half the sampling rate (0: none, but not both), found %g and %g Hz", half, b.Low, b.High)
	case b.High > 0 && b.Low >= b.High:
		return fmt.Errorf("expected the lower edge below the upper one, found %g and %g Hz", b.Low, b.High)
	}
	return nil
}

// section is a second-order section: y_t = b·(x_t, x_{t−1}, x_{t−2}) − a·(y_{t−1}, y_{t−2}).
type section struct {
	b     [3]float64
	a     [2]float64
	first bool // of first order
}

// sections designs the filter by the bilinear transform with prewarped edges.
func (b Butterworth) sections() []section {
	warp := func(f float64) float64 { return math.Tan(math.Pi * f / b.Rate) }
	low, high := warp(b.Low), warp(b.High)
	var all []section
	for m := 1 - b.Order; m <= 0; m += 2 { // one of each conjugate pair of poles, and the real one
		p := -cmplx.Rect(1, math.Pi*float64(m)/2/float64(b.Order))
		single := m == 0
		switch {
		case b.Low == 0:
			all = append(all, poles(p*complex(high, 0), single, 1))
		case b.High == 0:
			all = append(all, poles(complex(low, 0)/p, single, -1))
		default:
			all = append(all, bandPoles(p, single, low, high)...)
		}
	}
	centre := 0.0
	if b.High == 0 {
		centre = math.Pi
	} else if b.Low > 0 {
		centre = 2 * math.Atan(math.Sqrt(low*high))
	}
	for i := range all {
		all[i].normalise(centre)
	}
	return all
}

// poles makes the section of an analog pole and its conjugate, or of a real one, with
// all zeros at z = −1 (sign 1, low-pass) or z = 1 (sign −1, high-pass).
func poles(p complex128, single bool, sign float64) section {
	z := (1 + p) / (1 - p)
	if single {
		return section{[3]float64{1, sign, 0}, [2]float64{-real(z), 0}, true}
	}
	return section{[3]float64{1, 2 * sign, 1}, [2]float64{-2 * real(z), real(z)*real(z) + imag(z)*imag(z)}, false}
}

// bandPoles makes the sections of a prototype's pole after s → (s² + low·high)/(s (high−low)),
// each with one zero at z = 1 and one at z = −1.
func bandPoles(p complex128, single bool, low, high float64) []section {
	half := p * complex((high-low)/2, 0)
	root := cmplx.Sqrt(half*half - complex(low*high, 0))
	zeros := [3]float64{1, 0, -1}
	pair := func(p, q complex128) section {
		z, w := (1+p)/(1-p), (1+q)/(1-q)
		return section{zeros, [2]float64{-real(z + w), real(z * w)}, false}
	}
	if single {
		return []section{pair(half+root, half-root)}
	}
	return []section{pair(half+root, cmplx.Conj(half+root)), pair(half-root, cmplx.Conj(half-root))}
}

// normalise makes the gain 1 at an angular frequency in rad/sample.
func (s *section) normalise(omega float64) {
	z := cmplx.Rect(1, -omega)
	polynomial := func(c0, c1, c2 float64) float64 {
		return cmplx.Abs(complex(c0, 0) + z*(complex(c1, 0)+z*complex(c2, 0)))
	}
	gain := polynomial(1, s.a[0], s.a[1]) / polynomial(s.b[0], s.b[1], s.b[2])
	for i := range s.b {
		s.b[i] *= gain
	}
}

// steady returns the section's state under a constant input of 1, and its output.
func (s *section) steady() (z [2]float64, out float64) {
	out = (s.b[0] + s.b[1] + s.b[2]) / (1 + s.a[0] + s.a[1])
	z[1] = s.b[2] - s.a[1]*out
	z[0] = s.b[1] - s.a[0]*out + z[1]
	return z, out
}

// run filters x in place from a state.
func (s *section) run(x []float64, z [2]float64) {
	for k, v := range x {
		y := s.b[0]*v + z[0]
		z[0] = s.b[1]*v - s.a[0]*y + z[1]
		z[1] = s.b[2]*v - s.a[1]*y
		x[k] = y
	}
}
