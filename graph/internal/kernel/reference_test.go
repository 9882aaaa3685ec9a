package kernel

import "math"

// A reference for the elementary functions: numbers of 106 bits, as sums of two
// (Dekker 1971), with an exponent of their own, so that subnormal results have
// no less of them.

type pair struct {
	high, low float64
	exponent  int
}

func exact(x float64) pair { return pair{high: x} }

func twoSum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{high: s, low: (a - (s - t)) + (b - t)}
}

// plus needs one exponent for both.
func (a pair) plus(b pair) pair {
	s, t := twoSum(a.high, b.high), twoSum(a.low, b.low)
	r := twoSum(s.high, s.low+t.high)
	r = twoSum(r.high, r.low+t.low)
	r.exponent = a.exponent
	return r
}

func (a pair) neg() pair { return pair{-a.high, -a.low, a.exponent} }

func (a pair) times(b pair) pair {
	p := float64(a.high * b.high)
	r := twoSum(p, math.FMA(a.high, b.high, -p)+(float64(a.high*b.low)+float64(a.low*b.high)))
	r.exponent = a.exponent + b.exponent
	return r
}

func (a pair) over(b pair) pair {
	a.exponent -= b.exponent
	e := a.exponent
	a.exponent, b.exponent = 0, 0
	q := exact(a.high / b.high)
	for range 2 {
		rest := a.plus(q.times(b).neg())
		q = q.plus(exact(rest.high / b.high))
	}
	q.exponent = e
	return q
}

// at gives a number the exponent e, which must not be far from its own.
func (a pair) at(e int) pair {
	by := a.exponent - e
	return pair{math.Ldexp(a.high, by), math.Ldexp(a.low, by), e}
}

func (a pair) float() float64 { return math.Ldexp(a.high, a.exponent) }

// units is the distance of x from a in units in the last place of a float64 with
// the given bits after the point and least exponent.
func (a pair) units(x float64, bits, least int) float64 {
	_, e := math.Frexp(a.high)
	last := max(e-1+a.exponent-bits, least-bits) - a.exponent
	return math.Abs(math.Ldexp(x, -a.exponent)-a.high-a.low) * math.Ldexp(1, -last)
}

var pairLn2 = pair{high: math.Ln2, low: 0x1.abc9e3b39803fp-56}

// series is Σ x^n/n! from n = first on, for |x| < 1.
func series(x pair, first int) pair {
	var sum pair
	for n := 30; n >= first; n-- {
		term := exact(1)
		if n > first {
			term = exact(1).over(exact(float64(n)))
		}
		if n == 30 {
			sum = term
			continue
		}
		// sum = 1 + x/(n+1) (1 + x/(n+2) (…))
		sum = exact(1).plus(x.times(sum).over(exact(float64(n + 1))))
	}
	for n := 1; n <= first; n++ {
		sum = sum.times(x).over(exact(float64(n)))
	}
	return sum
}

func pairExp(x pair) pair {
	k := math.Round(x.high / math.Ln2)
	y := series(x.plus(exact(-k).times(pairLn2)), 0)
	y.exponent = int(k)
	return y
}

// pairExpm1 is e^x - 1.
func pairExpm1(x pair) pair {
	if math.Abs(x.high) < 0.5 {
		return series(x, 1)
	}
	y := pairExp(x)
	switch {
	case y.exponent > 120:
		return y
	case y.exponent < -120:
		return exact(-1)
	}
	return y.at(0).plus(exact(-1))
}

// pairLog1p is ln(1 + x) for a sum of two numbers.
func pairLog1p(x pair) pair {
	k := 0
	if x.high < -0.3 || x.high > 0.4 {
		sum := x.plus(exact(1))
		var m float64
		if m, k = math.Frexp(sum.high); m < math.Sqrt2/2 {
			k--
		}
		x = pair{math.Ldexp(sum.high, -k), math.Ldexp(sum.low, -k), 0}.plus(exact(-1))
	}
	s := x.over(x.plus(exact(2)))
	z := s.times(s)
	sum := exact(0)
	for n := 45; n > 0; n -= 2 {
		sum = sum.times(z).plus(exact(1).over(exact(float64(n))))
	}
	return exact(float64(k)).times(pairLn2).plus(s.times(sum).times(exact(2)))
}

func pairLog(x float64) pair {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	return exact(float64(k)).times(pairLn2).plus(pairLog1p(exact(m - 1)))
}

func pairPow(x, y float64) pair { return pairExp(pairLog(x).times(exact(y))) }

func pairTanh(x float64) pair {
	e := pairExpm1(exact(2 * x))
	if e.exponent > 120 {
		return exact(1)
	}
	return e.over(e.plus(exact(2)))
}

func pairSigmoid(x float64) pair {
	e := pairExp(exact(x))
	if e.exponent < -120 {
		return e
	}
	if x > 0 {
		return exact(1).over(pairNear(pairExp(exact(-x))).plus(exact(1)))
	}
	return pairNear(e).over(pairNear(e).plus(exact(1)))
}

// pairNear has exponent 0, or is 0 because 1 + a is 1.
func pairNear(a pair) pair {
	if a.exponent < -200 {
		return exact(0)
	}
	return a.at(0)
}

func pairSoftplus(x float64) pair {
	e := pairExp(exact(-math.Abs(x)))
	if x < 0 && e.exponent < -120 {
		return e
	}
	y := pairLog1p(pairNear(e))
	if x > 0 {
		return y.plus(exact(x))
	}
	return y
}

func pairExprel(x float64) pair { return pairExpm1(exact(x)).over(exact(x)) }
func pairLinoid(x float64) pair { return exact(-x).over(pairExpm1(exact(-x))) }

// pairExprelSlope is Σ x^k/(k! (k + 2)), or (e^x (x - 1) + 1)/x².
func pairExprelSlope(x float64) pair {
	if math.Abs(x) < 1 {
		sum, power := exact(0), exact(1)
		for k := range 30 {
			sum = sum.plus(power.over(exact(float64(k + 2))))
			power = power.times(exact(x)).over(exact(float64(k + 1)))
		}
		return sum
	}
	y := exact(1)
	if e := pairExp(exact(x)); e.exponent > -200 {
		y = e.times(exact(x).plus(exact(-1)))
		if e.exponent < 200 {
			y = y.at(0).plus(exact(1))
		}
	}
	return y.over(exact(x)).over(exact(x))
}

func pairLinoidSlope(x float64) pair {
	if math.Abs(x) < 1e-4 {
		z := exact(x).times(exact(x))
		return exact(0.5).plus(exact(x).times(exact(1).over(exact(6)).plus(z.over(exact(-180)).plus(z.times(z).over(exact(5040))))))
	}
	a := exact(math.Abs(x))
	e := pairExp(a.neg())
	d := exact(1).plus(pairNear(e).neg())
	if x > 0 {
		return d.plus(a.times(pairNear(e)).neg()).over(d.times(d))
	}
	return e.times(a.plus(d.neg())).over(d.times(d))
}
