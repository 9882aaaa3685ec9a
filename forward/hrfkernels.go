package forward

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// VolterraHRF is the first-order Volterra kernel of blood flow in the haemodynamic
// model, a damped oscillation,
//
//	h(t) = scale exp(−t/2τ_s) sin(ω t)/ω,   ω² = 1/τ_f − 1/4τ_s²
//
// with the decay tau_s = 0.8 s and the feedback tau_f = 0.4 s², scale = 1/3; where ω²
// is negative, with sinh. In terms of nmm.BalloonWindkessel it has κ = 1/τ_s,
// γ = 1/τ_f and ε = scale. The constants are those of TVB and brainmass; the means
// that the paper finds are 1.54 s and 2.46 s².
//
// Friston et al., NeuroImage 12 (2000) 466-477, doi:10.1006/nimg.2000.0630.
func VolterraHRF() *HRF { return newHRF(&volterraShape) }

// GammaHRF is a gamma function with its peak a at (n−1) τ,
//
//	h(t) ∝ (t/τ)^(n−1) exp(−t/τ)
//
// with tau = 1.08 s, n = 3 and a = 0.1 1/s.
//
// Boynton et al., J. Neurosci. 16 (1996) 4207-4221, doi:10.1523/JNEUROSCI.16-13-04207.1996.
func GammaHRF() *HRF { return newHRF(&gammaShape) }

// DoubleExponentialHRF is the difference of two damped sines, scaled to have the peak a,
//
//	h(t) ∝ amp_1 exp(−t/τ_1) sin(2π f_1 t) − amp_2 exp(−t/τ_2) sin(2π f_2 t)
//
// with tau_1 = 7.22 s, tau_2 = 7.4 s, f_1 = 0.03 Hz, f_2 = 0.12 Hz, amp_1 = amp_2 = 0.1
// and a = 0.1 1/s.
//
// Polonsky et al., Nat. Neurosci. 3 (2000) 1153-1159, doi:10.1038/80676.
func DoubleExponentialHRF() *HRF { return newHRF(&doubleExponentialShape) }

// MixtureOfGammasHRF is a peak and an undershoot,
//
//	h(t) = g(a_1, l t) − c g(a_2, l t),   g(a, x) = x^(a−1) exp(−x)/Γ(a)
//
// with a_1 = 6, a_2 = 13, l = 1 1/s and c = 0.4, as in TVB and brainmass.
//
// Glover, NeuroImage 9 (1999) 416-429, doi:10.1006/nimg.1998.0419.
func MixtureOfGammasHRF() *HRF { return newHRF(&mixtureShape) }

var volterraShape = hrfShape{
	name:       "first-order Volterra kernel",
	parameters: []hrfParameter{{"tau_s", 0.8, true}, {"tau_f", 0.4, true}, {"scale", 1. / 3, false}},
	length:     20,
	value: func(p []float64, t float64) float64 {
		sine, _ := dampedSine(p, t)
		return p[2] * math.Exp(-t/(2*p[0])) * sine
	},
	gradient: func(d, p []float64, t, scale float64) {
		sine, slope := dampedSine(p, t)
		decay := math.Exp(-t/(2*p[0])) * scale
		d[0] += p[2] * decay * (sine*t/(2*p[0]*p[0]) + slope/(2*p[0]*p[0]*p[0]))
		d[1] -= p[2] * decay * slope / (p[1] * p[1])
		d[2] += decay * sine
	},
}

// dampedSine is sin(ωt)/ω and its derivative by ω².
func dampedSine(p []float64, t float64) (value, slope float64) {
	square := 1/p[1] - 1/(4*p[0]*p[0])
	var cosine float64
	switch omega := math.Sqrt(math.Abs(square)); {
	case omega*t < 3e-2: // both below would cancel; the next term is below 1e-13
		x := square * t * t
		return t * (1 - x/6*(1-x/20*(1-x/42))), -t * t * t / 6 * (1 - x/10*(1-x/28))
	case square > 0:
		value, cosine = math.Sin(omega*t)/omega, math.Cos(omega*t)
	default:
		value, cosine = math.Sinh(omega*t)/omega, math.Cosh(omega*t)
	}
	return value, (t*cosine - value) / (2 * square)
}

var gammaShape = hrfShape{
	name:       "gamma kernel",
	parameters: []hrfParameter{{"tau", 1.08, true}, {"n", 3, true}, {"a", 0.1, false}},
	length:     20,
	check: func(p []float64) error {
		if p[1] <= 1 {
			return errors.New("expected n above 1")
		}
		return nil
	},
	value: func(p []float64, t float64) float64 { return p[2] * gammaPeak(p, t) },
	gradient: func(d, p []float64, t, scale float64) {
		tau, n, shape := p[0], p[1], gammaPeak(p, t)*scale
		d[0] += p[2] * shape * (t/tau - (n - 1)) / tau
		d[1] += p[2] * shape * math.Log(t/((n-1)*tau))
		d[2] += shape
	},
}

// gammaPeak is the gamma function with peak 1.
func gammaPeak(p []float64, t float64) float64 {
	x, m := t/p[0], p[1]-1
	return math.Exp(m*math.Log(x/m) + m - x)
}

var doubleExponentialShape = hrfShape{
	peaked: true,
	name:   "double exponential kernel",
	parameters: []hrfParameter{{"tau_1", 7.22, true}, {"tau_2", 7.4, true}, {"f_1", 0.03, true}, {"f_2", 0.12, true},
		{"amp_1", 0.1, false}, {"amp_2", 0.1, false}, {"a", 0.1, false}},
	length: 40,
	value: func(p []float64, t float64) float64 {
		return p[4]*math.Exp(-t/p[0])*math.Sin(2*math.Pi*p[2]*t) - p[5]*math.Exp(-t/p[1])*math.Sin(2*math.Pi*p[3]*t)
	},
	gradient: func(d, p []float64, t, scale float64) {
		for i, sign := range []float64{scale, -scale} {
			sin, cos := math.Sincos(2 * math.Pi * p[2+i] * t)
			wave := sign * math.Exp(-t/p[i])
			d[i] += p[4+i] * wave * sin * t / (p[i] * p[i])
			d[2+i] += p[4+i] * wave * cos * 2 * math.Pi * t
			d[4+i] += wave * sin
		}
	},
}

var mixtureShape = hrfShape{
	name:       "mixture of gammas",
	parameters: []hrfParameter{{"a_1", 6, true}, {"a_2", 13, true}, {"l", 1, true}, {"c", 0.4, false}},
	length:     40,
	value: func(p []float64, t float64) float64 {
		return gammaDensity(p[0], p[2]*t) - p[3]*gammaDensity(p[1], p[2]*t)
	},
	gradient: func(d, p []float64, t, scale float64) {
		x := p[2] * t
		for i, weight := range []float64{scale, -p[3] * scale} {
			density := gammaDensity(p[i], x)
			d[i] += weight * density * (math.Log(x) - mathext.Digamma(p[i]))
			d[2] += weight * density * ((p[i]-1)/x - 1) * t
		}
		d[3] -= scale * gammaDensity(p[1], x)
	},
}

func gammaDensity(a, x float64) float64 {
	lg, _ := math.Lgamma(a)
	return math.Exp((a-1)*math.Log(x) - x - lg)
}
