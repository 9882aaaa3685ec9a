package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// elementary is a function with its reference and how far, in units in the last
// place, a float64 result may be from it.
type elementary struct {
	name      string
	reference func(float64) pair
	units     float64
	low, high float64 // where the function is neither constant nor infinite
	around    []float64
}

var elementaries = []elementary{
	{"exp", func(x float64) pair { return pairExp(exact(x)) }, 0.85, -745.2, 709.8, []float64{0, -708.4, 709.78, 709.79, -745.13, -745.14}},
	{"expm1", func(x float64) pair { return pairExpm1(exact(x)) }, 0.95, -45, 709.8, []float64{0, 0.34, -0.34, 0.35, -0.35, 1.03, 709.78}},
	{"ln", pairLog, 0.95, 0, 1e3, []float64{1, math.Sqrt2, math.Sqrt2 / 2, 0x1p-1022, math.MaxFloat64}},
	{"log1p", func(x float64) pair { return pairLog1p(exact(x)) }, 0.95, -1, 1e3, []float64{0, 0.41, -0.29, -1, math.MaxFloat64}},
	{"tanh", pairTanh, 1, -23, 23, []float64{0, 0.625, -0.625, 19.06}},
	{"sigmoid", pairSigmoid, 1.7, -745.2, 40, []float64{0, -708.4, 36.7, -745.13}},
	{"softplus", pairSoftplus, 1.7, -745.2, 50, []float64{0, -36, 36, -708.4, -745.13}},
	{"exprel", pairExprel, 1.5, -1e3, 716.3, []float64{0, 1, -1, 709.78, 716}},
	{"linoid", pairLinoid, 1.5, -751.8, 1e3, []float64{0, 1, -1, -709.78, -745.13}},
	{"exprel'", pairExprelSlope, 3.3, -1e3, 716.3, []float64{0, 1, -1.75, 709.78, -36, 36}},
	{"linoid'", pairLinoidSlope, 3, -752, 60, []float64{0, 1.5, -1.5, -708, -745.13}},
}

// arguments are spread over the range, over all magnitudes and around special
// places.
func (e *elementary) arguments(n int) []float64 {
	r := rand.New(rand.NewPCG(17, 18))
	var x []float64
	for range n {
		x = append(x, e.low+(e.high-e.low)*r.Float64(), 3*r.NormFloat64())
		if y := math.Ldexp(r.NormFloat64(), r.IntN(2000)-1050); y > e.low && y < e.high {
			x = append(x, y)
		}
		for _, at := range e.around {
			x = append(x, at+r.NormFloat64()*math.Exp(-20*r.Float64()), at*(1+math.Ldexp(r.NormFloat64(), -50)))
		}
	}
	return x
}

func defined(reference float64, x float64) bool {
	return x == x && !math.IsInf(x, 0) && reference == reference
}

func TestElementaryUnits(t *testing.T) {
	n := 3000
	for _, e := range elementaries {
		f := Functions[e.name]
		x := e.arguments(n)
		y := make([]float64, len(x))
		Map(f, y, x)
		worst, where := 0.0, 0.0
		for i, x := range x {
			if e.name == "ln" && x <= 0 || e.name == "log1p" && x <= -1 || math.IsInf(x, 0) || x == 0 {
				continue
			}
			want := e.reference(x)
			if math.IsInf(want.float(), 0) || math.Abs(want.float()) == math.MaxFloat64 {
				if !math.IsInf(y[i], 0) && want.units(y[i], 52, -1022) > 1 {
					t.Errorf("%s(%.17g): got %g, want an overflow", e.name, x, y[i])
				}
				continue
			}
			if u := want.units(y[i], 52, -1022); !(u <= worst) {
				worst, where = u, x
			}
		}
		t.Logf("%-8s %.3f units at %.17g", e.name, worst, where)
		if !(worst <= e.units) {
			t.Errorf("%s(%.17g): got %.17g, want %.17g: %.3f units in the last place, more than %g",
				e.name, where, f.Of(where), e.reference(where).float(), worst, e.units)
		}
	}
}

var _ = fmt.Sprint
