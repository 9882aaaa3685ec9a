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
	narrow    float64 // the same for float32, 0: 0.53
	low, high float64 // where the function is neither constant nor infinite
	around    []float64
	pole      float64 // there is no value from here down
}

var none = math.Inf(-1)

var elementaries = []elementary{
	{"exp", func(x float64) pair { return pairExp(exact(x)) }, 0.9, 0.93, -745.2, 709.8, []float64{0, -708.4, 709.78, 709.79, -745.13, -745.14, 88.72, -87.3, -103.97}, none},
	{"expm1", func(x float64) pair { return pairExpm1(exact(x)) }, 0.8, 0, -45, 709.8, []float64{0, 0.34, -0.34, 0.35, -0.35, 1.03, 709.78}, none},
	{"ln", pairLog, 0.9, 0.86, 0, 1e3, []float64{1, math.Sqrt2, math.Sqrt2 / 2, 0.70591265, 0x1p-126, 0x1p-1022, math.MaxFloat64}, 0},
	{"log1p", func(x float64) pair { return pairLog1p(exact(x)) }, 0.8, 0, -1, 1e3, []float64{0, 0.41, -0.29, -1, math.MaxFloat64}, -1},
	{"tanh", pairTanh, 1.3, 1.08, -23, 23, []float64{0, 0.625, -0.625, 19.06, 0.75, -0.75, 9.01}, none},
	{"sigmoid", pairSigmoid, 1.6, 1.7, -745.2, 40, []float64{0, -708.4, 36.7, -745.13, -87.3, -103.97, 16.6}, none},
	{"softplus", pairSoftplus, 1.7, 0, -745.2, 50, []float64{0, -36, 36, -708.4, -745.13}, none},
	{"exprel", pairExprel, 1.6, 0, -1e3, 716.3, []float64{0, 1, -1, 709.78, 716}, none},
	{"linoid", pairLinoid, 1.6, 0, -751.8, 1e3, []float64{0, 1, -1, -709.78, -745.13}, none},
	{"exprel'", pairExprelSlope, 3.8, 0, -1e3, 716.3, []float64{0, 1, -1.75, 709.78, -36, 36}, none},
	{"linoid'", pairLinoidSlope, 3.7, 0, -752, 60, []float64{0, 1.5, -1.5, -708, -745.13}, none},
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

// TestElementaryUnits measures the error in the last place, subnormal results
// included, in both precisions.
func TestElementaryUnits(t *testing.T) {
	for _, e := range elementaries {
		f := Functions[e.name]
		x := e.arguments(1000)
		y := make([]float64, len(x))
		Map(f, y, x)
		e.measure(t, x, y, 52, -1022, e.units)
		x32, y32 := make([]float32, len(x)), make([]float32, len(x))
		for i := range x {
			x32[i] = float32(x[i])
			x[i] = float64(x32[i])
		}
		Map(f, y32, x32)
		for i := range y {
			y[i] = float64(y32[i])
		}
		e.measure(t, x, y, 23, -126, max(e.narrow, 0.53))
	}
}

// measure compares values with the reference for a type with so many bits after the
// point. Where the reference overflows, so may the value, and the last finite number
// counts as one unit from it.
func (e *elementary) measure(t *testing.T, x, y []float64, bits, least int, allowed float64) {
	t.Helper()
	largest := math.Ldexp(2-math.Ldexp(1, -bits), 1-least)
	worst, where := 0.0, 0
	for i, x := range x {
		if x == 0 || math.IsInf(x, 0) || x <= e.pole {
			continue
		}
		want := e.reference(x)
		u := want.units(y[i], bits, least)
		if math.IsInf(y[i], 0) && math.Signbit(y[i]) == math.Signbit(want.high) {
			u = want.units(math.Copysign(largest, want.high), bits, least)
			if math.Abs(want.float()) > largest {
				continue
			}
		}
		if !(u <= worst) {
			worst, where = u, i
		}
	}
	t.Logf("%-8s %d bits: %.3f units at %.17g", e.name, bits+1, worst, x[where])
	if !(worst <= allowed) {
		t.Errorf("%s(%.17g): got %.17g, want %.17g: %.3f units in the last place, more than %g",
			e.name, x[where], y[where], e.reference(x[where]).float(), worst, allowed)
	}
}

// TestNarrow goes through float32 numbers of all magnitudes and compares functions in float32
// arithmetic with those of float64. None of them decreases, and tanh is odd.
func TestNarrow(t *testing.T) {
	everyLevel(t, func(t *testing.T) {
		for _, e := range elementaries {
			if e.narrow == 0 {
				continue
			}
			f := Functions[e.name]
			var x, y []float32
			var of, got []float64
			for b := uint32(1); b < math.Float32bits(float32(math.Inf(1))); b += 4999 {
				x = append(x, math.Float32frombits(b), -math.Float32frombits(b))
			}
			y = make([]float32, len(x))
			Map(f, y, x)
			for i := range x {
				of, got = append(of, float64(x[i])), append(got, float64(y[i]))
				if before := y[max(i-2, 0)]; i%2 == 0 && y[i] < before || i%2 == 1 && i > 1 && y[i] > before {
					t.Fatalf("%s decreases at %g, from %g to %g", e.name, x[i], before, y[i])
				}
				if e.name == "tanh" && i%2 == 1 && math.Float32bits(y[i]) != math.Float32bits(-y[i-1]) {
					t.Fatalf("tanh of ±%g: %g and %g", x[i-1], y[i-1], y[i])
				}
			}
			e.reference = func(x float64) pair { return exact(f.Of(x)) }
			e.measure(t, of, got, 23, -126, e.narrow)
		}
	})
}

// odd are arguments that are out of the ordinary.
var odd = []float64{0, math.Copysign(0, -1), 5e-324, -5e-324, 1e-310, -1e-310, 0x1p-1022, -0x1p-1022, 1e-45, -1e-45, 0x1p-60, -0x1p-60,
	0.5, -0.5, 1, -1, 1 + 0x1p-52, 1 - 0x1p-53, 1.5, 2, -2, 3, -3, 5, -7, 100, 0x1p53, -0x1p53, 0x1p53 - 1, 1e5, -1e5, 1e300, -1e300,
	math.MaxFloat32, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}

// TestElementaryLimits compares zeros, their signs, infinities and NaN with those of
// package math, everything else within three units.
func TestElementaryLimits(t *testing.T) {
	slope := func(x float64) float64 { return math.Exp(x)/x - math.Expm1(x)/(x*x) }
	for name, f := range map[string]func(float64) float64{
		"exp": math.Exp, "expm1": math.Expm1, "log1p": math.Log1p, "tanh": math.Tanh,
		"sigmoid":  func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
		"softplus": func(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
		"ln": func(x float64) float64 { // Go's math.Log is wrong for subnormal numbers on amd64
			if x > 0 && x < 0x1p-1022 {
				return pairLog(x).float()
			}
			return math.Log(x)
		},
		"exprel": func(x float64) float64 {
			switch {
			case x == 0:
				return 1
			case x == math.Inf(1):
				return x
			}
			return math.Expm1(x) / x
		},
		"linoid": func(x float64) float64 {
			switch {
			case x == 0:
				return 1
			case x == math.Inf(-1):
				return 0
			}
			return math.Max(x/-math.Expm1(-x), 0)
		},
		"exprel'": func(x float64) float64 {
			switch {
			case math.Abs(x) < 1e-8:
				return 0.5
			case x < -100:
				return 1 / x / x
			case x > 800:
				return math.Inf(1)
			}
			return slope(x)
		},
		"linoid'": func(x float64) float64 {
			switch {
			case math.Abs(x) < 1e-8:
				return 0.5
			case x > 50:
				return 1
			case x < -800:
				return 0
			}
			e := math.Exp(-x)
			return (1 - e - x*e) / ((1 - e) * (1 - e))
		},
	} {
		d := make([]float64, len(odd))
		Map(Functions[name], d, odd)
		narrow := make([]float32, len(odd))
		for i, x := range odd {
			narrow[i] = float32(x)
		}
		Map(Functions[name], narrow, narrow)
		for i, x := range odd {
			alike(t, fmt.Sprintf("%s(%g)", name, x), d[i], f(x), 1e-12)
			alike(t, fmt.Sprintf("%s(%g) in float32", name, x), float64(narrow[i]), float64(float32(f(float64(float32(x))))), 2e-7)
		}
	}
}

// alike allows a relative difference between numbers that are neither 0 nor infinite.
func alike(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	switch {
	case want != want && got != got:
	case want == 0 || math.IsInf(want, 0) || got == 0 || math.IsInf(got, 0) || want != want:
		if math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s: got %g, want %g", what, got, want)
		}
	case !(math.Abs(got-want) <= relative*math.Abs(want)):
		t.Errorf("%s: got %.17g, want %.17g", what, got, want)
	}
}

// powReference is math.Pow, but right where the base is near 1 and the exponent large.
func powReference(x, y float64) float64 {
	if math.Abs(x-1) < 1e-9 && x != 1 && math.Abs(y) < 1e17 {
		return pairPow(x, y).float()
	}
	return math.Pow(x, y)
}

func TestPowLimits(t *testing.T) {
	var a, b []float64
	for _, x := range odd {
		for _, y := range odd {
			a, b = append(a, x), append(b, y)
		}
	}
	d := make([]float64, len(a))
	Pow(d, a, b)
	for i, x := range a {
		alike(t, fmt.Sprintf("%g^%g", x, b[i]), d[i], powReference(x, b[i]), 1e-12)
	}
	narrow, exponents := make([]float32, len(a)), make([]float32, len(a))
	for i := range a {
		narrow[i], exponents[i] = float32(a[i]), float32(b[i])
	}
	Pow(narrow, narrow, exponents)
	for i := range a {
		want := float64(float32(powReference(float64(float32(a[i])), float64(exponents[i]))))
		alike(t, fmt.Sprintf("%g^%g in float32", float32(a[i]), exponents[i]), float64(narrow[i]), want, 2e-7)
	}
}

func TestPowUnits(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	var a, b []float64
	for range 30000 {
		x := math.Exp(r.NormFloat64() * math.Exp(6*r.NormFloat64()))
		y := r.NormFloat64() * math.Exp(3*r.NormFloat64())
		if r.IntN(3) == 0 { // results over the whole range, bases near 1
			x = 1 + math.Ldexp(r.NormFloat64(), -r.IntN(50))
			y = 1490*r.Float64() - 745
			y /= math.Log(x)
		}
		if x > 0 && x < math.Inf(1) && math.Abs(y) < 1e300 {
			a, b = append(a, x), append(b, y)
		}
	}
	d, narrow, base, exponent := make([]float64, len(a)), make([]float32, len(a)), make([]float32, len(a)), make([]float32, len(a))
	Pow(d, a, b)
	for i := range a {
		base[i], exponent[i] = float32(a[i]), float32(b[i])
	}
	Pow(narrow, base, exponent)
	worst := [2]float64{}
	for i, x := range a {
		if l := b[i] * math.Log(x); l > -745 && l < 709.7 {
			if u := pairPow(x, b[i]).units(d[i], 52, -1022); !(u <= worst[0]) {
				worst[0] = u
				t.Logf("%.17g^%.17g: %.3f units", x, b[i], u)
			}
		}
		x, y := float64(base[i]), float64(exponent[i])
		if l := y * math.Log(x); x > 0 && l > -103 && l < 88.7 {
			if u := pairPow(x, y).units(float64(narrow[i]), 23, -126); !(u <= worst[1]) {
				worst[1] = u
				t.Logf("float32 %.9g^%.9g: %.3f units", x, y, u)
			}
		}
	}
	if !(worst[0] <= 1 && worst[1] <= 0.55) {
		t.Errorf("got %.3f units in the last place, %.3f in float32", worst[0], worst[1])
	}
}
