package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
)

// responses are our haemodynamic responses by the names that TVB and brainmass share. TVB and brainmass
// scale those that are peaked, whatever their own scale, to their largest value on the grid on which they
// use them; ours are scaled to their peak.
var responses = map[string]struct {
	ours   func() *forward.HRF
	peaked bool
}{
	"FirstOrderVolterra": {ours: forward.VolterraHRF},
	"Gamma":              {ours: forward.GammaHRF, peaked: true},
	"DoubleExponential":  {ours: forward.DoubleExponentialHRF, peaked: true},
	"MixtureOfGammas":    {ours: forward.MixtureOfGammasHRF},
}

// derivedParameters are parameters of the peers that follow from others, are constants, or belong to the signal.
var derivedParameters = []string{"factorial", "gamma_a_1", "gamma_a_2", "pi", "k_1", "V_0"}

// responseOf is our response of a peer's name and parameters; nil if there is none of the name.
func responseOf(name string, parameters map[string]float64) (*forward.HRF, error) {
	r, ok := responses[name]
	if !ok {
		return nil, nil
	}
	h := r.ours()
	for _, p := range sortedKeys(parameters) {
		if !contains(derivedParameters, p) {
			h = h.Set(p, parameters[p])
		}
	}
	return h, h.Err()
}

// grid is n times from 0 to a last one, s.
func grid(last float64, n int) []float64 {
	t := make([]float64, n)
	for j := range t {
		t[j] = last * (float64(j) / float64(n-1))
	}
	return t
}

// onGrid is a response as the peers use it: its values at times, s, scaled to have the largest value a
// there if it is peaked. Where none is above 0, brainmass leaves the double exponential at a times its
// own scale.
func onGrid(name string, h *forward.HRF, times []float64, a float64) []float64 {
	h = h.Over(times[len(times)-1])
	values, largest := make([]float64, len(times)), 0.0
	for j, t := range times {
		values[j] = h.At(t)
		largest = max(largest, values[j])
	}
	switch {
	case !responses[name].peaked:
		return values
	case largest > 0:
		return scaled(values, a/largest)
	}
	t := times[len(times)-1]
	own := 0.1*math.Exp(-t/7.22)*math.Sin(2*math.Pi*0.03*t) - 0.1*math.Exp(-t/7.4)*math.Sin(2*math.Pi*0.12*t)
	return scaled(values, a*own/h.At(t))
}

// blockSum is Σ_j kernel_j x[newest − j] over the rows that x has.
func blockSum(kernel []float64, x [][]float64, newest, node int) float64 {
	sum := 0.0
	for j, h := range kernel {
		if k := newest - j; k >= 0 && k < len(x) {
			sum += h * x[k][node]
		}
	}
	return sum
}

// compareIntegral compares our signal of an activity that is constant in steps, [step][node], with the
// integral ∫ h(s) x(t − s) ds over the response, by another rule, at every so many steps.
func compareIntegral(cmp *comparison, h *forward.HRF, x [][]float64, step float64, every int) error {
	got, err := forward.HRFSignal{HRF: h, Step: step, WarmUp: forward.WarmUpSilent}.Signal(dense(x))
	if err != nil {
		return err
	}
	kernel := make([]float64, int(math.Ceil(1000*h.Seconds()/step-1e-9)))
	for j := range kernel {
		from := float64(j) * step / 1000
		kernel[j] = quad.Fixed(h.At, from, min(from+step/1000, h.Seconds()), 40, quad.Legendre{}, 1)
	}
	for i := range x[0] {
		var want []float64
		for k := every - 1; k < len(x); k += every {
			want = append(want, blockSum(kernel, x, k, i))
		}
		cmp.near(fmt.Sprintf("integral of node %d", i), everyRow(got, i, every), want, tvbPointwise, 0)
	}
	return nil
}

// everyRow are entries every − 1, 2·every − 1, … of a column.
func everyRow(m *mat.Dense, column, every int) []float64 {
	rows, _ := m.Dims()
	var out []float64
	for k := every - 1; k < rows; k += every {
		out = append(out, m.At(k, column))
	}
	return out
}
