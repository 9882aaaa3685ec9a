package forward

import "math"

// series is the potential per dipole on the outermost of several surfaces at the point in direction
// u. With c_n what the shells make of the n-th multipole, x = u·r̂₀ and b = |r₀|/R,
//
//	V = p · Σ_n c_n b^(n−1) [ n P_n(x) r̂₀ + P_n'(x) (u − x r̂₀) ] / (4πσ₁R²)
//
// Terms fall as (|r₀|/R)ⁿ, so that a fixed number of them serves all sources.
func (s Sphere) series(sources []vector) func(u, r0 vector) vector {
	last := len(s.Radii) - 1
	R := s.Radii[last] * millimetre
	factors := s.multipoles(termsFor(sources, R))
	scale := 1 / (4 * math.Pi * s.Conductivities[0] * R * R)
	return func(u, r0 vector) vector {
		b := r0.length() / R
		direction := u // the centre's dipole has only n = 1, where any direction will do
		if b > 0 {
			direction = r0.times(1 / r0.length())
		}
		x := u.dot(direction)
		radial, tangential := 0.0, 0.0
		before, p := 0.0, 1.0        // P_{n−2}, P_{n−1} of the coming n
		slopeBefore, slope := 0., 0. // their derivatives
		power := 1.0                 // b^(n−1)
		for k, c := range factors {
			n := float64(k + 1)
			before, p = p, ((2*n-1)*x*p-(n-1)*before)/n
			slopeBefore, slope = slope, slopeBefore+(2*n-1)*before
			radial += c * power * n * p
			tangential += c * power * slope
			power *= b
		}
		v := direction.times(radial).plus(u.minus(direction.times(x)).times(tangential))
		return v.times(scale)
	}
}

// termsFor is the number of terms after which the largest is below rounding: they grow at most as n²
// before bⁿ.
func termsFor(sources []vector, R float64) int {
	b := 0.0
	for _, r0 := range sources {
		b = math.Max(b, r0.length()/R)
	}
	n := 3.0
	for 2*math.Log(n)+n*math.Log(b) > math.Log(1e-17) {
		n++
	}
	return int(n)
}

// multipoles are c_n for n = 1 … terms: the outermost surface's potential of the n-th multipole, in
// units of that it has in an endless innermost medium.
//
// In each shell the potential is a r^n + b r^(−n−1). At the outermost surface no current leaves; from
// there a and b, at the outer radius of each shell, follow inwards, the potential and the current
// being the same on both sides of a surface. Both are kept divided by the growth of b, which
// otherwise overflows.
func (s Sphere) multipoles(terms int) []float64 {
	factors := make([]float64, terms)
	last := len(s.Radii) - 1
	for k := range factors {
		n := float64(k + 1)
		a, b := 1.0, n/(n+1)
		for shell := last - 1; shell >= 0; shell-- {
			a *= math.Pow(s.Radii[shell]/s.Radii[shell+1], 2*n+1)
			ratio := s.Conductivities[shell+1] / s.Conductivities[shell]
			value, current := a+b, ratio*(n*a-(n+1)*b)
			b = (n*value - current) / (2*n + 1)
			a = value - b
		}
		factors[k] = (2*n + 1) / (n + 1) / b
	}
	return factors
}
