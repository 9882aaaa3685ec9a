package nmm

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/unit"
)

// measure is a unit: its size in SI base units and its dimensions, with the
// symbols it was written in, for messages. gonum/unit supplies the dimensions;
// their exponents are rationals here, because the amplitude of white noise has
// unit state/√ms.
type measure struct {
	scale float64
	dims  map[unit.Dimension]fraction
	names map[string]fraction
}

// fraction is a rational number in lowest terms with positive denominator.
type fraction struct{ num, den int }

func newFraction(num, den int) fraction {
	a, b := num, den
	for b != 0 {
		a, b = b, a%b
	}
	if a == 0 {
		return fraction{0, 1}
	}
	if den/a < 0 {
		a = -a
	}
	return fraction{limit(num / a), limit(den / a)}
}

// limit keeps the exponents of absurd units, ((ms^99)^99)^99, from overflowing.
func limit(n int) int { return max(-1<<20, min(n, 1<<20)) }

func (f fraction) plus(g fraction) fraction {
	return newFraction(f.num*g.den+g.num*f.den, f.den*g.den)
}
func (f fraction) times(g fraction) fraction { return newFraction(f.num*g.num, f.den*g.den) }
func (f fraction) float() float64            { return float64(f.num) / float64(f.den) }

// addPowers returns a + k·b, entry by entry, without zeros.
func addPowers[K comparable](a, b map[K]fraction, k fraction) map[K]fraction {
	sum := make(map[K]fraction, len(a)+len(b))
	for key, p := range a {
		sum[key] = p
	}
	for key, p := range b {
		q := k.times(p)
		if old, ok := sum[key]; ok {
			q = old.plus(q)
		}
		if sum[key] = q; q.num == 0 {
			delete(sum, key)
		}
	}
	return sum
}

var one = measure{scale: 1}

// times returns m·o^p.
func (m measure) times(o measure, p fraction) measure {
	return measure{m.scale * math.Pow(o.scale, p.float()), addPowers(m.dims, o.dims, p), addPowers(m.names, o.names, p)}
}

func (m measure) power(p fraction) measure { return one.times(m, p) }

// sameDimensions tells whether values in m and o can be converted.
func (m measure) sameDimensions(o measure) bool {
	return len(addPowers(m.dims, o.dims, fraction{-1, 1})) == 0
}

// same tells whether values in m and o can be added as they are. Scales are
// products of powers of ten, which rounding moves by a few units in 1e16.
func (m measure) same(o measure) bool {
	return m.sameDimensions(o) && math.Abs(m.scale/o.scale-1) < 1e-9
}

// String writes the unit as mV/ms, 1/ms^2, ms^(1/2).
func (m measure) String() string {
	var above, below []string
	for name, p := range m.names {
		if p.num > 0 {
			above = append(above, powerText(name, p))
		} else {
			below = append(below, powerText(name, fraction{-p.num, p.den}))
		}
	}
	slices.Sort(above)
	slices.Sort(below)
	if len(above) == 0 {
		above = []string{"1"}
	}
	return strings.Join(append([]string{strings.Join(above, "*")}, below...), "/")
}

func powerText(name string, p fraction) string {
	switch {
	case p == fraction{1, 1}:
		return name
	case p.den == 1:
		return name + "^" + strconv.Itoa(p.num)
	}
	return fmt.Sprintf("%s^(%d/%d)", name, p.num, p.den)
}

// prefixes of the decimal system, as far as neuroscience uses them.
var prefixes = map[string]float64{"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "m": 1e-3, "c": 1e-2, "k": 1e3, "M": 1e6, "G": 1e9}

// si is a unit symbol: its size and the exponents of kg, m, s, A, mol.
type si struct {
	scale              float64
	kg, m, s, amp, mol int
}

var symbols = map[string]si{
	"s": {scale: 1, s: 1}, "min": {scale: 60, s: 1}, "h": {scale: 3600, s: 1}, "Hz": {scale: 1, s: -1},
	"m": {scale: 1, m: 1}, "L": {scale: 1e-3, m: 3}, "g": {scale: 1e-3, kg: 1},
	"A": {scale: 1, amp: 1}, "C": {scale: 1, amp: 1, s: 1},
	"V": {scale: 1, kg: 1, m: 2, s: -3, amp: -1}, "T": {scale: 1, kg: 1, s: -2, amp: -1},
	"S": {scale: 1, kg: -1, m: -2, s: 3, amp: 2}, "F": {scale: 1, kg: -1, m: -2, s: 4, amp: 2},
	"Ω": {scale: 1, kg: 1, m: 2, s: -3, amp: -2}, "ohm": {scale: 1, kg: 1, m: 2, s: -3, amp: -2},
	"N": {scale: 1, kg: 1, m: 1, s: -2}, "J": {scale: 1, kg: 1, m: 2, s: -2}, "W": {scale: 1, kg: 1, m: 2, s: -3},
	"mol": {scale: 1, mol: 1}, "M": {scale: 1e3, mol: 1, m: -3}, "rad": {scale: 1},
}

// symbolMeasure looks up a symbol, with or without prefix.
func symbolMeasure(text string) (measure, bool) {
	factor := 1.0
	u, ok := symbols[text]
	for prefix, f := range prefixes {
		if ok {
			break
		}
		if rest, found := strings.CutPrefix(text, prefix); found && rest != "min" && rest != "h" && rest != "rad" {
			if u, ok = symbols[rest]; ok {
				factor = f
			}
		}
	}
	if !ok {
		return one, false
	}
	m := measure{scale: factor * u.scale, dims: map[unit.Dimension]fraction{}, names: map[string]fraction{text: {1, 1}}}
	for d, p := range map[unit.Dimension]int{unit.MassDim: u.kg, unit.LengthDim: u.m, unit.TimeDim: u.s, unit.CurrentDim: u.amp, unit.MoleDim: u.mol} {
		if p != 0 {
			m.dims[d] = fraction{p, 1}
		}
	}
	return m, true
}
