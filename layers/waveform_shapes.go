package layers

import "math"

// Ramp rises evenly from 0 at time 0 to height after length ms, and stays there.
func Ramp(height, length float64) Waveform {
	return func(t float64) float64 { return height * math.Max(0, math.Min(t/length, 1)) }
}

// Rise is height · (1 − e^(−t/tau)) from time 0 on, 0 before.
func Rise(height, tau float64) Waveform {
	return func(t float64) float64 { return -height * math.Expm1(-math.Max(t, 0)/tau) }
}

// Decay is height · e^(−t/tau) from time 0 on, 0 before.
func Decay(height, tau float64) Waveform {
	return func(t float64) float64 {
		if t < 0 {
			return 0
		}
		return height * math.Exp(-t/tau)
	}
}

// Alpha is height · t/tau · e^(1 − t/tau) from time 0 on, 0 before: the postsynaptic response that reaches height
// after tau ms.
//
// Rall 1967, doi:10.1152/jn.1967.30.5.1138.
func Alpha(height, tau float64) Waveform {
	return func(t float64) float64 {
		s := math.Max(t, 0) / tau
		return height * s * math.Exp(1-s)
	}
}

// DoubleExponential is size · (e^(−t/decay) − e^(−t/rise))/(decay − rise) from time 0 on, 0 before: its integral
// over time is size. Equal times make it an [Alpha].
func DoubleExponential(size, rise, decay float64) Waveform {
	return func(t float64) float64 {
		t = math.Max(t, 0)
		if d := t/rise - t/decay; math.Abs(d) < 1e-3 { // e^−a − e^−b = e^−b (e^(b−a) − 1), and b − a small
			return size * t / (rise * decay) * math.Exp(-t/rise) * (1 + d/2 + d*d/6)
		}
		return size * (math.Exp(-t/decay) - math.Exp(-t/rise)) / (decay - rise)
	}
}

// Gaussian is height · e^(−(t − middle)²/(2 deviation²)).
func Gaussian(height, middle, deviation float64) Waveform {
	return func(t float64) float64 {
		z := (t - middle) / deviation
		return height * math.Exp(-z*z/2)
	}
}

// Sigmoid rises smoothly from low to high, 1/(1 + e^−z) with z = (t − middle)/width.
func Sigmoid(low, high, middle, width float64) Waveform {
	return func(t float64) float64 { return low + (high-low)/(1+math.Exp(-(t-middle)/width)) }
}
