package nmm

import (
	"fmt"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
)

// Transform maps an unbounded number, which an optimiser moves, to the value of a
// parameter:
//
//	value = offset + slope · φ(raw),   φ one of  x,  log(1+e^x),  e^x,  1/(1+e^-x),  (1 + x/(1+|x|))/2
//
// It also serves as the domain of a parameter: the set of values it can take. The
// zero Transform is Free.
type Transform struct {
	base   baseFunction
	slope  float64 // 0 stands for 1
	offset float64
	closed bool // the bounds themselves belong to the domain
	mask   []bool
	wrong  string // what a constructor was given wrongly
}

// baseFunction is φ.
type baseFunction int

const (
	identityBase baseFunction = iota
	softplusBase
	exponentialBase
	sigmoidBase
	softsignBase
)

var (
	// Free is value = raw: any number.
	Free = Transform{}

	// Positive is value = log(1 + e^raw): any positive number, close to raw itself
	// where that is large.
	Positive = Transform{base: softplusBase}

	// Exp is value = e^raw: any positive number, moved by factors.
	Exp = Transform{base: exponentialBase}
)

// Between is value = lo + (hi-lo)/(1 + e^-raw). As a domain it contains lo and hi;
// a value that is learned must lie between them. One bound may be infinite, which
// makes it a shifted Positive; two make it Free.
func Between(lo, hi float64) Transform {
	switch {
	case !(lo < hi):
		return Transform{wrong: fmt.Sprintf("between(%g, %g): expected the lower bound first", lo, hi)}
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		return Free
	case math.IsInf(hi, 1):
		return Transform{base: softplusBase, offset: lo, closed: true}
	case math.IsInf(lo, -1):
		return Transform{base: softplusBase, slope: -1, offset: hi, closed: true}
	}
	return Transform{base: sigmoidBase, slope: hi - lo, offset: lo, closed: true}
}

// Softsign is value = lo + (hi-lo) (1 + raw/(1+|raw|))/2, between lo and hi as Between is, both finite. It comes
// near its bounds as 1/|raw| instead of e^-|raw|: a value that is close to a bound still moves.
func Softsign(lo, hi float64) Transform {
	if !(lo < hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return Transform{wrong: fmt.Sprintf("softsign(%g, %g): expected two finite bounds, the lower first", lo, hi)}
	}
	return Transform{base: softsignBase, slope: hi - lo, offset: lo, closed: true}
}

// Affine is value = offset + scale·raw, for parameters far from 1 in size.
func Affine(scale, offset float64) Transform {
	t := Scaled(Free, scale)
	t.offset = offset
	return t
}

// Scaled is value = scale·t(raw).
func Scaled(t Transform, scale float64) Transform {
	if scale == 0 || math.IsNaN(scale) || math.IsInf(scale, 0) {
		t.wrong = fmt.Sprintf("scale %g: expected a finite number other than 0", scale)
	}
	t.slope, t.offset = scale*t.factor(), scale*t.offset
	return t
}

// Shifted is value = offset + t(raw): Shifted(Exp, 0.1) is any number above 0.1, moved by factors of what it is
// above it.
func Shifted(t Transform, offset float64) Transform {
	if math.IsNaN(offset) || math.IsInf(offset, 0) {
		t.wrong = fmt.Sprintf("offset %g: expected a finite number", offset)
	}
	t.offset += offset
	return t
}

// Masked is t with some entries held fixed: where mask is false the entry keeps
// its initial value and its gradient is zero. The mask has one entry per region,
// or per element of a larger array in row-major order.
func Masked(mask []bool, t Transform) Transform {
	t.mask = slices.Clone(mask)
	if len(mask) == 0 {
		t.wrong = "masked: expected a mask with at least one entry"
	}
	return t
}

func (t Transform) factor() float64 {
	if t.slope == 0 {
		return 1
	}
	return t.slope
}

// err is what a constructor could not return.
func (t Transform) err() error {
	if t.wrong != "" {
		return fmt.Errorf("transform %s", t.wrong)
	}
	return nil
}

// Forward returns the value of a raw number.
func (t Transform) Forward(raw float64) float64 {
	return t.offset + t.factor()*t.base.derivative(0, raw)
}

// Inverse returns the raw number whose value this is, or an error that names the
// domain.
func (t Transform) Inverse(value float64) (float64, error) {
	raw, err := t.raw(value)
	if err != nil {
		return 0, fmt.Errorf("nmm: %w", err)
	}
	return raw, nil
}

func (t Transform) raw(value float64) (float64, error) {
	if err := t.err(); err != nil {
		return 0, err
	}
	lo, hi := t.bounds()
	if !(lo < value && value < hi) {
		return 0, fmt.Errorf("value %g is outside the range of transform %v: expected %s", value, t, rangeText(lo, hi, "<"))
	}
	u := (value - t.offset) / t.factor()
	switch t.base {
	case softplusBase:
		if u > 1 {
			return u + math.Log1p(-math.Exp(-u)), nil
		}
		return math.Log(math.Expm1(u)), nil
	case exponentialBase:
		return math.Log(u), nil
	case sigmoidBase:
		return math.Copysign(1, t.factor()) * math.Log((value-lo)/(hi-value)), nil
	case softsignBase:
		above, below := value-lo, hi-value
		if t.factor() < 0 {
			above, below = below, above
		}
		if above < below { // the smaller of both keeps its digits
			return 1 - (hi-lo)/(2*above), nil
		}
		return (hi-lo)/(2*below) - 1, nil
	}
	return u, nil
}

// bounds returns the infimum and supremum of the values.
func (t Transform) bounds() (lo, hi float64) {
	f := t.factor()
	switch {
	case t.base == identityBase:
		return math.Inf(-1), math.Inf(1)
	case t.base == sigmoidBase, t.base == softsignBase:
		return min(t.offset, t.offset+f), max(t.offset, t.offset+f)
	case f < 0:
		return math.Inf(-1), t.offset
	}
	return t.offset, math.Inf(1)
}

// Contains tells whether a parameter with this domain may have the value.
func (t Transform) Contains(value float64) bool {
	lo, hi := t.bounds()
	if t.closed && (value == lo || value == hi) {
		return !math.IsInf(value, 0)
	}
	return lo < value && value < hi
}

// domain describes Contains in an error message.
func (t Transform) domain() string {
	lo, hi := t.bounds()
	if t.closed {
		return rangeText(lo, hi, "<=")
	}
	return rangeText(lo, hi, "<")
}

func rangeText(lo, hi float64, relation string) string {
	switch {
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		return "a finite number"
	case math.IsInf(hi, 1):
		return fmt.Sprintf("%g %s value", lo, relation)
	case math.IsInf(lo, -1):
		return fmt.Sprintf("value %s %g", relation, hi)
	}
	return fmt.Sprintf("%g %s value %s %g", lo, relation, relation, hi)
}

// String names the transform as its constructor.
func (t Transform) String() string {
	if len(t.mask) > 0 {
		unmasked := t
		unmasked.mask = nil
		return fmt.Sprintf("masked(%d of %d, %s)", count(t.mask), len(t.mask), unmasked.String())
	}
	lo, hi := t.bounds()
	switch f := t.factor(); {
	case t.base == softsignBase && f > 0:
		return fmt.Sprintf("softsign(%v, %v)", lo, hi)
	case t.base == sigmoidBase && f > 0, t.base == softplusBase && t.closed && math.Abs(f) == 1:
		return fmt.Sprintf("between(%v, %v)", lo, hi)
	case t.base == identityBase && (f != 1 || t.offset != 0):
		return fmt.Sprintf("affine(%v, %v)", f, t.offset)
	case t.offset == 0 && f != 1:
		return fmt.Sprintf("%v·%v", f, t.base)
	case f != 1:
		return fmt.Sprintf("%v + %v·%v", t.offset, f, t.base)
	case t.offset != 0:
		return fmt.Sprintf("%v + %v", t.offset, t.base)
	}
	return t.base.String()
}

// count returns how many entries are true.
func count(mask []bool) int {
	n := 0
	for _, m := range mask {
		if m {
			n++
		}
	}
	return n
}

func (b baseFunction) String() string {
	return [...]string{"free", "positive", "exp", "sigmoid", "softsign"}[b]
}

// derivative is the n-th derivative, n = 0, 1, 2, of φ. None of them overflows
// before its value does.
func (b baseFunction) derivative(n int, x float64) float64 {
	s := logistic(x)
	switch b {
	case identityBase:
		return [...]float64{x, 1, 0}[n]
	case softplusBase:
		return [...]float64{max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))), s, s * (1 - s)}[n]
	case exponentialBase:
		return math.Exp(x)
	case softsignBase:
		d := 1 / (1 + math.Abs(x))
		if x == 0 {
			return [...]float64{0.5, 0.5, 0}[n] // the second derivative jumps from 1 to −1
		}
		if x < 0 {
			return [...]float64{d / 2, d * d / 2, d * d * d}[n]
		}
		return [...]float64{1 - d/2, d * d / 2, -d * d * d}[n]
	default:
		return [...]float64{s, s * (1 - s), s * (1 - s) * (1 - 2*s)}[n]
	}
}

// Node returns the node of the values. It is one elementwise op, which works for
// nodes of any shape, (1) included.
func (t Transform) Node(raw *G.Node) (*G.Node, error) {
	if err := t.err(); err != nil {
		return nil, fmt.Errorf("nmm: %w", err)
	}
	if len(t.mask) > 0 {
		frozen, err := freeze(raw, t.mask)
		if err != nil {
			return nil, fmt.Errorf("nmm: transform %v: %w", t, err)
		}
		raw, t.mask = frozen, nil
	}
	if t.base == identityBase && t.factor() == 1 && t.offset == 0 {
		return raw, nil
	}
	f := t.factor()
	scaled := func(n int) func(float64) float64 {
		return func(x float64) float64 { return f * t.base.derivative(n, x) }
	}
	return given("transform", functionCount.Add(1), t.Forward, scaled(1), scaled(2)).apply([]*G.Node{raw})
}
