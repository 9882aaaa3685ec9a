package layers

import (
	"hash/fnv"
	"math"
	"math/cmplx"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// Initial draws the weights of a coupling or an encoder before training, [to][from].
type Initial func(rng *rand.Rand, to, from int) *mat.Dense

// stream is a source of random numbers of its own for each purpose, so that another encoder does not
// change the recurrent weights.
func stream(seed uint64, purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

func drawn(to, from int, draw func() float64) *mat.Dense {
	w := mat.NewDense(to, from, nil)
	w.Apply(func(int, int, float64) float64 { return draw() }, w)
	return w
}

// Uniform draws from ±scale/√from.
func Uniform(scale float64) Initial {
	return func(rng *rand.Rand, to, from int) *mat.Dense {
		limit := scale / math.Sqrt(float64(from))
		return drawn(to, from, func() float64 { return limit * (2*rng.Float64() - 1) })
	}
}

// Normal draws from a normal distribution of standard deviation scale/√from.
func Normal(scale float64) Initial {
	return func(rng *rand.Rand, to, from int) *mat.Dense {
		sd := scale / math.Sqrt(float64(from))
		return drawn(to, from, func() float64 { return sd * rng.NormFloat64() })
	}
}

// Excitatory draws positive weights, |z| scale/from with standard normal z: the sum over the sources is
// about 0.8 scale.
func Excitatory(scale float64) Initial {
	return func(rng *rand.Rand, to, from int) *mat.Dense {
		return drawn(to, from, func() float64 { return math.Abs(rng.NormFloat64())*scale/float64(from) + 1e-3 })
	}
}

// Orthogonal is gain times a random orthogonal matrix: every direction of the state is kept as long.
func Orthogonal(gain float64) Initial {
	return func(rng *rand.Rand, to, from int) *mat.Dense {
		n := max(to, from)
		var qr mat.QR
		qr.Factorize(drawn(n, n, rng.NormFloat64))
		var q mat.Dense
		qr.QTo(&q)
		q.Scale(gain, &q)
		return mat.DenseCopyOf(q.Slice(0, to, 0, from))
	}
}

// SpectralRadius rescales the square matrices of another, so that the largest modulus of an eigenvalue
// is radius. Near 1 a rate network neither forgets at once nor explodes.
func SpectralRadius(radius float64, of Initial) Initial {
	return func(rng *rand.Rand, to, from int) *mat.Dense {
		w := of(rng, to, from)
		if largest := largestEigenvalue(w); largest > 0 {
			w.Scale(radius/largest, w)
		}
		return w
	}
}

func largestEigenvalue(w *mat.Dense) float64 {
	var e mat.Eigen
	if r, c := w.Dims(); r != c || !e.Factorize(w, mat.EigenNone) {
		return 0
	}
	largest := 0.0
	for _, v := range e.Values(nil) {
		largest = math.Max(largest, cmplx.Abs(v))
	}
	return largest
}

// Spread is n numbers between lo and hi, evenly spaced in their logarithm, in random order: time
// constants that cover the range of a task's.
func Spread(rng *rand.Rand, n int, lo, hi float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = lo * math.Pow(hi/lo, (float64(i)+0.5)/float64(n))
	}
	rng.Shuffle(n, func(i, j int) { values[i], values[j] = values[j], values[i] })
	return values
}

// between is n numbers, uniform between lo and hi.
func between(rng *rand.Rand, n int, lo, hi float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = lo + (hi-lo)*rng.Float64()
	}
	return values
}

// around is n numbers, normal.
func around(rng *rand.Rand, n int, mean, sd float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = mean + sd*rng.NormFloat64()
	}
	return values
}
