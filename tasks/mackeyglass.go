package tasks

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// mackeyStep is the step of integration; delays are whole multiples of it.
const mackeyStep = 0.1

// MackeyGlass integrates the equation of Mackey and Glass (1977), doi:10.1126/science.267326,
//
//	dx/dt = 0.2 x(t-τ) / (1 + x(t-τ)¹⁰) - 0.1 x(t)
//
// from a constant 1.2, by Runge and Kutta's fourth-order method with step 0.1 and cubic interpolation of
// the past, and returns samples one unit of time apart, [samples, 1], the first at time 0. τ is rounded
// to a multiple of 0.1. It panics when τ is not between 1 and 1000, or there are no samples.
func MackeyGlass(tau float64, samples int) *mat.Dense {
	if !(tau >= 1 && tau <= 1000) || samples < 1 {
		panic(fmt.Sprintf("tasks: Mackey-Glass with a delay of %g, %d samples", tau, samples))
	}
	lag := int(math.Round(tau / mackeyStep))
	const perSample = 10
	steps := (samples-1)*perSample + 1
	x, slope := make([]float64, steps), make([]float64, steps)
	past := func(i int) (value, rate float64) {
		if i < lag {
			return 1.2, 0
		}
		return x[i-lag], slope[i-lag]
	}
	x[0] = 1.2
	for i := range steps - 1 {
		before, rateBefore := past(i)
		after, rateAfter := past(i + 1)
		if i+1 == lag {
			rateAfter = 0 // x has a corner at time 0: on this side of it the past is constant
		}
		// The middle of the cubic through both ends with their slopes.
		middle := (before+after)/2 + mackeyStep/8*(rateBefore-rateAfter)
		h := mackeyStep
		k1 := mackeyFlow(x[i], before)
		slope[i] = k1
		k2 := mackeyFlow(x[i]+h/2*k1, middle)
		k3 := mackeyFlow(x[i]+h/2*k2, middle)
		k4 := mackeyFlow(x[i]+h*k3, after)
		x[i+1] = x[i] + h/6*(k1+2*k2+2*k3+k4)
	}
	out := mat.NewDense(samples, 1, nil)
	for i := range samples {
		out.Set(i, 0, x[i*perSample])
	}
	return out
}

func mackeyFlow(x, delayed float64) float64 {
	return 0.2*delayed/(1+math.Pow(delayed, 10)) - 0.1*x
}

// MackeyGlassSeries is the equation for a delay, 17 (mildly chaotic) or 30, at unit steps, after a
// transient. A delay that is no number from 1 to 1000, or at which nothing oscillates, is an error.
func MackeyGlassSeries(tau float64) (*Series, error) {
	const transient = 1000
	if !(tau >= 1 && tau <= 1000) {
		return nil, fmt.Errorf("tasks: Mackey-Glass with a delay of %g; 1 to 1000 are possible", tau)
	}
	total := chaosTrain + chaosValidation + chaosTest
	data := MackeyGlass(tau, transient+total).Slice(transient, transient+total, 0, 1)
	return newSeries(fmt.Sprintf("mackeyglass%g", tau), data, 1, chaosTrain, chaosValidation)
}

// NewMackeyGlass is next-step prediction of MackeyGlassSeries in windows of 100 steps: "mackeyglass17" and
// "mackeyglass30".
func NewMackeyGlass(tau float64) (*Task, error) {
	s, err := MackeyGlassSeries(tau)
	if err != nil {
		return nil, err
	}
	return NewPrediction(s, Windows{})
}

// mackeyGlass is the same for a delay that is known to be good.
func mackeyGlass(tau float64) func(Timing) *Task {
	return sampled(func() *Task {
		t, err := NewMackeyGlass(tau)
		if err != nil {
			panic(err)
		}
		return t
	})
}
