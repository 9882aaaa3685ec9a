package graph

import (
	"context"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

func withNoise(t *testing.T, noise *ColouredNoise) (*Network, error) {
	t.Helper()
	return NewNetwork(Population("cortex", Regions(3), nmm.Hopf().Set("a", -0.1).Set("omega", 0.2)), noise)
}

// Mean, deviation and correlations of the process, and what it makes of a region.
func TestColouredNoiseHasItsMoments(t *testing.T) {
	net, err := withNoise(t, &ColouredNoise{Name: "drive", To: "cortex.x", Tau: 20, Deviation: []float64{0.005, 0.01, 0.02}, Mean: []float64{0.03}})
	if err != nil {
		t.Fatal(err)
	}
	const steps = 400_000
	r, err := net.Simulate(context.Background(), Run{Dt: 1, Warmup: 200, Duration: steps, Record: []string{"drive.x"}, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	x := r.Series("drive.x").Matrix(0)
	for i, deviation := range []float64{0.005, 0.01, 0.02} {
		mean, power, lagged := 0.0, 0.0, 0.0
		for k := 0; k < steps; k++ {
			mean += x.At(k, i) / steps
		}
		for k := 0; k+20 < steps; k++ {
			power += (x.At(k, i) - mean) * (x.At(k, i) - mean) / steps
			lagged += (x.At(k, i) - mean) * (x.At(k+20, i) - mean) / steps
		}
		// steps/2τ = 10⁴ independent samples: four deviations of each are below 0.06; Heun's rule adds dt/2τ = 0.025 to a variance
		if math.Abs(mean-0.03) > 0.06*deviation || math.Abs(math.Sqrt(power)/deviation-1) > 0.06 {
			t.Errorf("region %d: expected 0.03 ± %g, found %g ± %g", i, deviation, mean, math.Sqrt(power))
		}
		if math.Abs(lagged/power-math.Exp(-1)) > 0.06 {
			t.Errorf("region %d: expected a correlation of 1/e after τ, found %g", i, lagged/power)
		}
	}
	if deviation, err := net.Get("noise:drive.x/sigma"); err != nil || math.Abs(deviation[1]*math.Sqrt(20./2)/0.01-1) > 1e-15 {
		t.Errorf("sigma %v (%v)", deviation, err)
	}
}

// The input is what a port gets: with the same numbers as an Input it has the same effect.
func TestColouredNoiseDrivesThePort(t *testing.T) {
	net, err := withNoise(t, &ColouredNoise{Name: "drive", To: "cortex.x", Tau: 20, Deviation: []float64{0}, Mean: []float64{0.1, 0.2, 0.3}})
	if err != nil {
		t.Fatal(err)
	}
	run := Run{Dt: 1, Duration: 30, Record: []string{"cortex.x"}}
	r, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	values := mat.NewDense(30, 3, nil)
	for k := range 30 {
		values.SetRow(k, []float64{0.1, 0.2, 0.3})
	}
	other, err := NewNetwork(Population("cortex", Regions(3), nmm.Hopf().Set("a", -0.1).Set("omega", 0.2)),
		&Input{Name: "drive", To: "cortex.x", Values: values})
	if err != nil {
		t.Fatal(err)
	}
	want, err := other.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "x", r.Series("cortex.x").Data, want.Series("cortex.x").Data, 1e-14)
}

func TestGradientThroughColouredNoise(t *testing.T) {
	net, err := withNoise(t, &ColouredNoise{Name: "drive", To: "cortex.x", Tau: 20, Deviation: []float64{0.5}, Mean: []float64{0.1}})
	if err != nil {
		t.Fatal(err)
	}
	run := Run{Dt: 1, Duration: 40, Record: []string{"cortex.x"}, Seed: 2}
	out := rolledOut(t, net, run)
	for _, address := range []string{"drive.mean", "drive.tau", "noise:drive.x/sigma", "init:drive.x"} {
		at := func(step float64) float64 {
			v, err := net.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			moved := append([]float64(nil), v...)
			moved[0] += step
			if err := net.Set(address, moved); err != nil {
				t.Fatal(err)
			}
			loss := rolledOut(t, net, run).loss
			if err := net.Set(address, v); err != nil {
				t.Fatal(err)
			}
			return loss
		}
		got := out.grads[address]
		const h = 1e-4
		if want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h); len(got) == 0 || math.Abs(got[0]-want) > 1e-8*math.Max(1, math.Abs(want)) {
			t.Errorf("gradient of %s: expected %g, found %v", address, want, got)
		}
	}
}

func TestColouredNoiseRefuses(t *testing.T) {
	for want, noise := range map[string]*ColouredNoise{
		"correlation time":     {Name: "drive", To: "cortex.x", Deviation: []float64{1}},
		"deviations of 0":      {Name: "drive", To: "cortex.x", Tau: 1, Deviation: []float64{-1}},
		"cortex.z":             {Name: "drive", To: "cortex.z", Tau: 1, Deviation: []float64{1}},
		"found 2":              {Name: "drive", To: "cortex.x", Tau: 1, Deviation: []float64{1, 2}},
		"coloured noise drive": {Name: "drive", To: "cortex.x", Tau: math.Inf(1), Deviation: []float64{1}},
		"name":                 {To: "cortex.x", Tau: 1, Deviation: []float64{1}},
	} {
		if _, err := withNoise(t, noise); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, found %v", want, err)
		}
	}
}
