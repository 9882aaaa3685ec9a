package nmm

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
)

// points cover the series, its border at ±1 and the closed forms.
var points = []float64{-40, -7, -1.2, -1 - 1e-12, -1, -1 + 1e-12, -0.6, -1e-3, -1e-9, 0, 1e-300, 1e-5, 0.3, 0.999, 1, 1.001, 4, 30}

// exprel's n-th derivative is ∫₀¹ tⁿ e^(x t) dt, here by Gauss-Legendre. The
// closed form loses a factor 12 at |x| = 1.
func TestExprel(t *testing.T) {
	for _, x := range points {
		for n, f := range withDerivatives(exprel) {
			want := quad.Fixed(func(s float64) float64 { return math.Pow(s, float64(n)) * math.Exp(x*s) }, 0, 1, 60, quad.Legendre{}, 0)
			if got := f(x); !closeTo(got, want, 1e-13, 0) {
				t.Errorf("derivative %d at %v: expected %v, found %v", n, x, want, got)
			}
		}
	}
}

// linoid(x) = 1/exprel(-x) gives its derivatives out of exprel's.
func TestLinoid(t *testing.T) {
	for _, x := range points {
		f := withDerivatives(exprel)
		e, d, c := f[0](-x), f[1](-x), f[2](-x)
		b := f[3](-x)
		want := []float64{1 / e, d / (e * e), 2*d*d/(e*e*e) - c/(e*e), b/(e*e) - 6*d*c/(e*e*e) + 6*d*d*d/(e*e*e*e)}
		// far from 0 the last two cancel: compare with their terms' size
		size := []float64{0, 0, 1e-2 * d * d / (e * e * e), 1e-1 * d * d * d / (e * e * e * e)}
		for n, f := range withDerivatives(linoid) {
			if got := f(x); !closeTo(got, want[n], 1e-12, size[n]) {
				t.Errorf("derivative %d at %v: expected %v, found %v", n, x, want[n], got)
			}
		}
	}
}

func TestNoOverflow(t *testing.T) {
	for _, x := range []float64{-1e4, -750, 750, 1e4} {
		for n, f := range append(withDerivatives(linoid), logistic) {
			if y := f(x); math.IsNaN(y) || math.IsInf(y, 0) {
				t.Errorf("function %d at %v: found %v", n, x, y)
			}
		}
		if y := withDerivatives(exprel)[1](-math.Abs(x)); !(y >= 0 && y < 1e-3) {
			t.Errorf("exprel' at %v: found %v", -math.Abs(x), y)
		}
	}
}

// Gorgonia's sigmoid is 1 from 19 on; ours is not.
func TestSigmoidPrecision(t *testing.T) {
	got := evaluate(t, text("sigmoid(x)"), vars{"x": {25}})[0]
	if want := 1 / (1 + math.Exp(-25)); got != want || got == 1 {
		t.Errorf("expected %v, found %v", want, got)
	}
}

// withDerivatives lists a function and its derivatives.
func withDerivatives(f *goFunction) []func(float64) float64 {
	list := []func(float64) float64{f.one}
	for len(f.helpers) > 0 {
		f = f.helpers[0]
		list = append(list, f.one)
	}
	return list
}
