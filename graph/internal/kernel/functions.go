package kernel

import (
	"math"
	"unsafe"
)

// Function is an elementwise function.
type Function struct {
	Of     func(float64) float64 // of one number, with the bits of a float64 loop
	single func(float64) float64 // the same to the precision of float32; nil: Of
	narrow func(float32) float32 // the same in float32 arithmetic; nil: single
	vectorFunction
}

// vectorFunction is a loop in assembly, nil where there is none.
type vectorFunction struct {
	f32 func(d, a []float32)
	f64 func(d, a []float64)
}

// Functions are those that have a name in the graph: Gorgonia's, and the ops of
// package nmm.
var Functions = map[string]*Function{
	"exp":      narrowed("exp", exp, expNarrow),
	"expm1":    vectorised("expm1", expm1, expm1Single),
	"ln":       narrowed("log", log, logNarrow),
	"log1p":    vectorised("log1p", log1p, log1pSingle),
	"tanh":     narrowed("tanh", tanh, tanhNarrow),
	"sigmoid":  narrowed("sigmoid", sigmoid, sigmoidNarrow),
	"softplus": vectorised("softplus", softplus, softplusSingle),
	"exprel":   vectorised("exprel", exprel, exprelSingle),
	"exprel'":  vectorised("exprelSlope", exprelSlope, nil),
	"linoid":   vectorised("linoid", linoid, linoidSingle),
	"linoid'":  vectorised("linoidSlope", linoidSlope, nil),
	"sin":      turning(Sin[float32], Sin[float64], 0),
	"cos":      turning(Cos[float32], Cos[float64], 1),

	"sign":  {Of: sign},
	"ceil":  {Of: math.Ceil},
	"floor": {Of: math.Floor},
	"log2":  {Of: math.Log2},
}

func vectorised(name string, of, single func(float64) float64) *Function {
	f := &Function{Of: of, single: single}
	if simd {
		f.vectorFunction = vectorFunctions[name]
	}
	return f
}

func narrowed(name string, of func(float64) float64, narrow func(float32) float32) *Function {
	f := vectorised(name, of, nil)
	f.narrow = narrow
	return f
}

func turning(f32 func(d, a []float32), f64 func(d, a []float64), quarters uint64) *Function {
	return &Function{
		Of:             func(x float64) float64 { return turned64(x, quarters) },
		single:         func(x float64) float64 { return float64(turned32(x, quarters)) },
		vectorFunction: vectorFunction{f32, f64},
	}
}

// Map sets d[i] = f(a[i]).
func Map[T Float](f *Function, d, a []T) {
	a = a[:len(d)]
	of := f.Of
	if single[T]() {
		if simd && f.f32 != nil {
			f.f32(as[float32](d), as[float32](a))
			return
		}
		if f.narrow != nil {
			for i := range d {
				d[i] = T(f.narrow(float32(a[i])))
			}
			return
		}
		if f.single != nil {
			of = f.single
		}
	} else if simd && f.f64 != nil {
		f.f64(as[float64](d), as[float64](a))
		return
	}
	for i := range d {
		d[i] = T(of(float64(a[i])))
	}
}

// Pow sets d[i] = a[i]^b[i].
func Pow[T Float](d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	if !simd {
		powEach(d, a, b)
		return
	}
	for len(d) >= 4 {
		n := powVector(d, a, b)
		if d, a, b = d[n:], a[n:], b[n:]; len(d) >= 4 {
			powEach(d[:4], a, b)
			d, a, b = d[4:], a[4:], b[4:]
		}
	}
	if len(d) > 1 {
		powRest(d, a, b)
	} else {
		powEach(d, a, b)
	}
}

// powRest is for two or three elements, which together take less time than one by one.
func powRest[T Float](d, a, b []T) {
	x, y := [4]T{1, 1, 1, 1}, [4]T{}
	for i := range d {
		x[i&3], y[i&3] = a[i], b[i]
	}
	if powVector(x[:], x[:], y[:]) < 4 {
		powEach(d, a, b)
		return
	}
	for i := range d {
		d[i] = x[i&3]
	}
}

func powEach[T Float](d, a, b []T) {
	of := powPlain
	if single[T]() {
		of = powPlainSingle
	}
	for i := range d {
		d[i] = T(powOf(of, float64(a[i]), float64(b[i])))
	}
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func single[T Float]() bool { return unsafe.Sizeof(T(0)) == 4 }

// as says again what T is.
func as[U, T Float](s []T) []U { return *(*[]U)(unsafe.Pointer(&s)) }
