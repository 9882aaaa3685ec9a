package layers

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Waveform is a stimulus as a function of time in ms, in the unit of the port that it enters. Waveforms are
// put together, and sampled for the steps of a run:
//
//	pulses := layers.Pulses(2, 100, 10).During(500, 1500)
//	hum := layers.Sine(0.1, 50, 0)
//	layers.Stimulus("tones", "cortex.in", layers.Samples(2000, 0.1, layers.Add(pulses, hum)))
//
// They are defined for all times, negative ones included.
type Waveform func(t float64) float64

// Samples are the values of waveforms at the beginnings of the steps of dt ms that fill a time, [step, waveform]:
// what [Stimulus] takes, of one waveform for all regions or one for each. The time is that of a whole run,
// warm-up included. Times are rounded to 10⁻⁹ ms, so that 3 · 0.3 ms is 0.9 ms and what starts then starts.
func Samples(duration, dt float64, waveforms ...Waveform) *mat.Dense {
	steps := max(1, int(math.Round(duration/dt)))
	m := mat.NewDense(steps, max(1, len(waveforms)), nil)
	for k := range steps {
		for i, w := range waveforms {
			m.Set(k, i, w(math.Round(float64(k)*dt*1e9)/1e9))
		}
	}
	return m
}

// Add is the sum of waveforms.
func Add(waveforms ...Waveform) Waveform {
	return func(t float64) float64 {
		sum := 0.0
		for _, w := range waveforms {
			sum += w(t)
		}
		return sum
	}
}

// Then is w up to a time and next, from its own time 0, after it.
func (w Waveform) Then(at float64, next Waveform) Waveform {
	return func(t float64) float64 {
		if t < at {
			return w(t)
		}
		return next(t - at)
	}
}

// During is w from start to before end, else 0.
func (w Waveform) During(start, end float64) Waveform {
	return func(t float64) float64 {
		if t < start || t >= end {
			return 0
		}
		return w(t)
	}
}

// Delayed is w later by so many ms.
func (w Waveform) Delayed(by float64) Waveform {
	return func(t float64) float64 { return w(t - by) }
}

// Times is w scaled.
func (w Waveform) Times(factor float64) Waveform {
	return func(t float64) float64 { return factor * w(t) }
}

// Constant is one value.
func Constant(value float64) Waveform { return func(float64) float64 { return value } }

// Sine is amplitude · sin(2π hertz t + phase), the phase in rad.
func Sine(amplitude, hertz, phase float64) Waveform {
	return func(t float64) float64 { return amplitude * math.Sin(2*math.Pi*hertz*t/1000+phase) }
}

// Square is amplitude in the first half of each period and −amplitude in the second.
func Square(amplitude, hertz float64) Waveform {
	return func(t float64) float64 {
		if fraction(t*hertz/1000) < 0.5-rounding {
			return amplitude
		}
		return -amplitude
	}
}

// Pulses is amplitude during the first width ms of every period from 0 on, else 0.
func Pulses(amplitude, period, width float64) Waveform {
	return func(t float64) float64 {
		if t >= 0 && fraction(t/period) < width/period-rounding {
			return amplitude
		}
		return 0
	}
}

// Chirp is amplitude · sin of a phase whose frequency rises or falls evenly from one frequency at 0 to another
// after length ms, and stays there.
func Chirp(amplitude, from, to, length float64) Waveform {
	return func(t float64) float64 {
		s, seconds := math.Max(0, math.Min(t, length))/1000, length/1000
		phase := from*s + (to-from)*s*s/(2*seconds)
		switch {
		case t < 0:
			phase = from * t / 1000
		case t > length:
			phase += to * (t - length) / 1000
		}
		return amplitude * math.Sin(2*math.Pi*phase)
	}
}

// rounding is what periods are counted to: the multiple of a step may be a little less than it should.
const rounding = 1e-9

// fraction is x less the whole number below it, 0 for a little less than a whole number.
func fraction(x float64) float64 { return math.Max(0, x-math.Floor(x+rounding)) }
