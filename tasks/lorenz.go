package tasks

import "gonum.org/v1/gonum/mat"

// Samples in the parts of the generated series.
const (
	chaosTrain      = 10_000
	chaosValidation = 2_000
	chaosTest       = 10_000
)

// LorenzStep and LorenzExponent are the time between samples of the Lorenz series, and the largest
// exponent of the system, both in its own unit of time (Sprott 2003, ISBN 0-19-850839-5).
const (
	LorenzStep     = 0.02
	LorenzExponent = 0.906
)

// Lorenz integrates the system of Lorenz (1963), doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2,
//
//	dx/dt = 10 (y - x)
//	dy/dt = x (28 - z) - y
//	dz/dt = x y - 8/3 z
//
// from start, by Runge and Kutta's fourth-order method with step dt. The result is [samples, 3] and begins
// with start.
func Lorenz(start [3]float64, dt float64, samples int) *mat.Dense {
	out := mat.NewDense(samples, 3, nil)
	for i := range samples {
		out.SetRow(i, start[:])
		start = rungeKutta(lorenzFlow, start, dt)
	}
	return out
}

func lorenzFlow(s [3]float64) [3]float64 {
	return [3]float64{10 * (s[1] - s[0]), s[0]*(28-s[2]) - s[1], s[0]*s[1] - 8.0/3*s[2]}
}

func rungeKutta(flow func([3]float64) [3]float64, s [3]float64, h float64) [3]float64 {
	along := func(k [3]float64, by float64) [3]float64 {
		return [3]float64{s[0] + by*k[0], s[1] + by*k[1], s[2] + by*k[2]}
	}
	k1 := flow(s)
	k2 := flow(along(k1, h/2))
	k3 := flow(along(k2, h/2))
	k4 := flow(along(k3, h))
	for i := range s {
		s[i] += h / 6 * (k1[i] + 2*k2[i] + 2*k3[i] + k4[i])
	}
	return s
}

// LorenzSeries is the attractor in steps of 0.02, about 55 to the Lyapunov time: 10,000 samples for
// training, 2,000 for validation, 10,000 for the test.
func LorenzSeries() *Series {
	const transient = 1000
	total := chaosTrain + chaosValidation + chaosTest
	data := Lorenz([3]float64{1, 1, 1}, LorenzStep, transient+total).Slice(transient, transient+total, 0, 3)
	s, err := newSeries("lorenz", data, LorenzStep, chaosTrain, chaosValidation)
	if err != nil {
		panic(err) // the data are our own
	}
	s.Lyapunov = LorenzExponent
	return s
}

// NewLorenz is next-step prediction of LorenzSeries in windows of 100 steps, "lorenz".
func NewLorenz() *Task { return prediction(LorenzSeries(), Windows{Steps: 100}) }
