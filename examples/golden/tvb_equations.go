package main

import (
	"encoding/json"
	"math"

	"github.com/euryale-ml/euryale/layers"
)

// tvbEquation are the values of an equation of a variable: of stimuli in time, ms, or in space.
type tvbEquation struct {
	Parameters map[string]float64
	Value      []float64
}

// readTVBEquations makes a case of every equation.
func readTVBEquations(d *document) ([]instance, error) {
	var f struct {
		Var       []float64
		Equations map[string]tvbEquation
	}
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for _, name := range sortedKeys(f.Equations) {
		all = append(all, instance{name, func() outcome { return f.Equations[name].run(name, f.Var) }})
	}
	return all, nil
}

// steepness is π/√3, which makes TVB's sigma the standard deviation of a logistic distribution.
var steepness = math.Pi / math.Sqrt(3)

// tvbWaveforms are ours, of a variable up to last, by TVB's names and parameters (tvb.md §7).
var tvbWaveforms = map[string]func(p map[string]float64, last float64) layers.Waveform{
	"Linear": func(p map[string]float64, last float64) layers.Waveform {
		return layers.Add(layers.Ramp(p["a"]*last, last), layers.Constant(p["b"]))
	},
	"Gaussian": func(p map[string]float64, _ float64) layers.Waveform {
		return layers.Add(layers.Gaussian(p["amp"], p["midpoint"], p["sigma"]), layers.Constant(p["offset"]))
	},
	"DoubleGaussian": func(p map[string]float64, _ float64) layers.Waveform {
		return layers.Add(layers.Gaussian(p["amp_1"], p["midpoint_1"], p["sigma_1"]), layers.Gaussian(-p["amp_2"], p["midpoint_2"], p["sigma_2"]))
	},
	"Sigmoid": func(p map[string]float64, _ float64) layers.Waveform { // falls with the distance
		return layers.Sigmoid(p["offset"]+p["amp"], p["offset"], p["radius"], p["sigma"]/steepness)
	},
	"GeneralizedSigmoid": func(p map[string]float64, _ float64) layers.Waveform {
		return layers.Sigmoid(p["low"], p["high"], p["midpoint"], p["sigma"]/steepness)
	},
	"Sinusoid": func(p map[string]float64, _ float64) layers.Waveform {
		return layers.Sine(p["amp"], 1000*p["frequency"], 0)
	},
	"Cosine": func(p map[string]float64, _ float64) layers.Waveform {
		return layers.Sine(p["amp"], 1000*p["frequency"], math.Pi/2)
	},
	"Alpha": func(p map[string]float64, _ float64) layers.Waveform { // αβ/(β−α) (e^−αt − e^−βt)
		return layers.DoubleExponential(1, 1/p["beta"], 1/p["alpha"]).Delayed(p["onset"])
	},
	"PulseTrain": func(p map[string]float64, _ float64) layers.Waveform {
		return layers.Pulses(p["amp"], p["T"], p["tau"]).Delayed(p["onset"])
	},
}

// run compares all values. TVB's pulses start after their onset, ours at it.
func (e tvbEquation) run(name string, variable []float64) outcome {
	waveform, ok := tvbWaveforms[name]
	if !ok {
		return skipped("needs the equation %s", name)
	}
	last, first := 0.0, 0.0
	for _, t := range variable {
		last, first = max(last, t), min(first, t)
	}
	if name == "Linear" && first < 0 {
		return skipped("needs a waveform that rises evenly from before 0 on")
	}
	w := waveform(e.Parameters, last)
	var cmp comparison
	var got []float64
	for i, t := range variable {
		got = append(got, w(t))
		if name == "PulseTrain" && t == e.Parameters["onset"] {
			cmp.note("at the onset TVB's is not yet on, ours is")
			got[i] = 0
		}
	}
	cmp.near(name, got, e.Value, tvbPointwise, 0)
	return cmp.outcome()
}
