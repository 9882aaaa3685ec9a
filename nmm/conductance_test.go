package nmm_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// trajectory runs regions of a model from given states and returns a series, [step][region].
func trajectory(t *testing.T, m *nmm.Model, regions int, init map[string]float64, run graph.Run, record string) []float64 {
	t.Helper()
	net, err := graph.NewNetwork(graph.Population("a", graph.Regions(regions), m))
	if err != nil {
		t.Fatal(err)
	}
	for state, x := range init {
		if err := net.Set("init:a."+state, x); err != nil {
			t.Fatal(err)
		}
	}
	run.Record = []string{"a." + record}
	result, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	return result.Series("a." + record).Data
}

// The potassium of the bath takes KIonEx from rest to firing, the faster the more, and to block.
func TestKIonExRegimes(t *testing.T) {
	bath := []float64{5.5, 10, 15, 20}
	v := trajectory(t, nmm.KIonEx().Set("K_bath", bath), len(bath), map[string]float64{"x": 0.1, "V": -70, "n": 0.05, "Kg": 3},
		graph.Run{Dt: 0.02, Duration: 10_000, Warmup: 8000, Every: 10, Integrator: graph.Heun}, "V")
	spikes, lo, hi := make([]int, len(bath)), make([]float64, len(bath)), make([]float64, len(bath))
	for i := range bath {
		x := column(v, i, len(bath))
		lo[i], hi[i] = slices.Min(x), slices.Max(x)
		for k := 1; k < len(x); k++ {
			if x[k-1] < -40 && x[k] >= -40 {
				spikes[i]++
			}
		}
	}
	if hi[0]-lo[0] > 1 || math.Abs(hi[0]+73) > 1 {
		t.Errorf("rest at %g mM: from %.1f to %.1f mV, expected -73", bath[0], lo[0], hi[0])
	}
	if spikes[1] < 200 || spikes[2] < 2*spikes[1] || hi[2] < 20 {
		t.Errorf("%d spikes in 10 s at %g mM, %d at %g mM, up to %.1f mV", spikes[1], bath[1], spikes[2], bath[2], hi[2])
	}
	if hi[3]-lo[3] > 1 || hi[3] < -40 {
		t.Errorf("block at %g mM: from %.1f to %.1f mV, expected a depolarised potential", bath[3], lo[3], hi[3])
	}
}

// Spindles of the thalamus, maxima of its rate at 12 to 15 Hz, come and go.
func TestThalamusSpindles(t *testing.T) {
	q := trajectory(t, nmm.Thalamus(), 1, map[string]float64{"V_t": -65, "V_r": -65},
		graph.Run{Dt: 0.1, Duration: 30_000, Warmup: 6000, Every: 10, Integrator: graph.Heun}, "Q_t")
	const window = 100 // ms
	var starts []float64
	spindle, maxima, length := false, 0, 0
	for k := window; k < len(q); k += window {
		switch peak := slices.Max(q[k-window : k]); {
		case !spindle && peak > 0.2:
			spindle, starts = true, append(starts, float64(k))
		case peak < 0.1:
			spindle = false
		}
		if spindle {
			length += window
			for j := k - window; j < k; j++ {
				if q[j-1] < q[j] && q[j] >= q[j+1] {
					maxima++
				}
			}
		}
	}
	if f := 1000 * float64(maxima) / float64(length); f < 12 || f > 15 {
		t.Errorf("%.1f Hz in spindles, expected 12 to 15", f)
	}
	if n := len(starts); n < 4 || !near(starts[n-1]-starts[n-2], 5650, 200) {
		t.Errorf("spindles start at %v ms, expected one every 5.6 s", starts)
	}
}

// near tells whether x is as expected.
func near(x, want, tolerance float64) bool { return math.Abs(x-want) <= tolerance }

// column is that of one of n regions.
func column(x []float64, region, n int) []float64 {
	var out []float64
	for k := region; k < len(x); k += n {
		out = append(out, x[k])
	}
	return out
}
