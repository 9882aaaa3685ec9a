package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

// resting is the paper's network on 76 regions, with delays; regions receive connections that sum to 1 on average.
func resting(t testing.TB, gain float64) *graph.Network {
	t.Helper()
	sc, err := datasets.LoadTVB("../testdata/tvb76")
	if err != nil {
		t.Fatal(err)
	}
	w := mat.DenseCopyOf(sc.Weights)
	w.Scale(76/mat.Sum(w), w)
	net, err := graph.NewNetwork(
		graph.Population("cortex", sc.Labels, nmm.ReducedWongWangExcInh()),
		layers.Couple("cortex.S_e", "cortex.S_e").Named("long").Weights(w).Gain(gain).Delays(sc.TractLengths, nmm.Q(10, "m/s")),
		layers.WhiteNoise("cortex.S_e", 0.01), layers.WhiteNoise("cortex.S_i", 0.01))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

var halfMinute = graph.Run{Dt: 1, Warmup: 2000, Duration: 30_000, Seed: 1}

// meanRates are those of the network with the J_i that it has.
func meanRates(t *testing.T, net *graph.Network, run graph.Run) []float64 {
	t.Helper()
	run.Record, run.Every, run.Average = []string{"cortex.H_e"}, int(run.Duration/run.Dt), true
	res, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	return res.Series("cortex.H_e").Data
}

// checkRates expects all rates near 3 Hz.
func checkRates(t *testing.T, what string, rates []float64, tolerance float64) {
	t.Helper()
	if lo, hi := slices.Min(rates), slices.Max(rates); !(lo >= 3-tolerance) || !(hi <= 3+tolerance) {
		t.Errorf("%s: expected 3 ± %g Hz in all regions, found %.3f to %.3f", what, tolerance, lo, hi)
	}
}

// Without control the network leaves the state of rest at a gain of 0.3: Deco et al. 2014 find that control
// widens the range of couplings. With it all regions are at 3 Hz at three times that gain, under noise that the
// control did not see, too.
func TestBalanceInhibition(t *testing.T) {
	for _, gain := range []float64{0.1, 0.3, 0.9} {
		t.Run(fmt.Sprint(gain), func(t *testing.T) {
			net := resting(t, gain)
			if most := slices.Max(meanRates(t, net, halfMinute)); (most > 10) != (gain > 0.2) {
				t.Errorf("without control: found %g Hz", most)
			}
			found, err := BalanceInhibition(context.Background(), net, halfMinute, InhibitionSettings{})
			if err != nil {
				t.Fatal(err)
			}
			checkRates(t, "found", found.Rates, 0.1)
			if found.Iterations > 8 || found.Missed != nil || found.Worst > 0.1 {
				t.Errorf("found %v", found)
			}
			if j, err := net.Get("cortex.J_i"); err != nil || !slices.Equal(j, found.J) {
				t.Errorf("the network has not got J_i")
			}
			if rates := meanRates(t, net, halfMinute); !slices.Equal(rates, found.Rates) {
				t.Errorf("expected rates of %v with J_i found, found %v", found.Rates, rates)
			}
			other := halfMinute
			other.Seed, other.Duration = 7, 60_000
			checkRates(t, "other noise", meanRates(t, net, other), 0.3)
			if other.Dt, other.Integrator = 0.1, graph.Euler; gain == 0.3 {
				checkRates(t, "the paper's step", meanRates(t, net, other), 0.3)
			}
		})
	}
}

// A balancing goes on from the J_i that there are: nothing is left to do, or little, or they are of no use.
func TestBalanceContinues(t *testing.T) {
	run, balanced := halfMinute, InhibitionSettings{Continue: true}
	run.Duration = 10_000
	net := resting(t, 0.7)
	found, err := BalanceInhibition(context.Background(), net, run, InhibitionSettings{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := BalanceInhibition(context.Background(), net, run, balanced)
	if err != nil || again.Iterations != 1 || !slices.Equal(again.J, found.J) {
		t.Errorf("nothing to do: found %v, %v", again, err)
	}
	for what, factor := range map[string]float64{"little": 1.05, "of no use": 0.5} {
		j := slices.Clone(found.J)
		for i := range j {
			j[i] *= factor
		}
		if err := net.Set("cortex.J_i", j); err != nil {
			t.Fatal(err)
		}
		again, err := BalanceInhibition(context.Background(), net, run, balanced)
		if err != nil || again.Iterations < 2 || again.Iterations > 10 {
			t.Fatalf("%s: found %v, %v", what, again, err)
		}
		checkRates(t, what, again.Rates, 0.1)
	}
}

// The paper's rule brings the mean input to −0.026 nA; the mean rate is above the 3.08 Hz of that input, by noise.
func TestInputRule(t *testing.T) {
	net, calls := resting(t, 0.6), 0
	var progress bytes.Buffer
	found, err := BalanceInhibition(context.Background(), net, halfMinute, InhibitionSettings{Rule: InputRule, Progress: &progress,
		Callback: func(r InhibitionReport) error { calls++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range found.Inputs {
		if math.Abs(x+0.026) > 0.005 || found.Rates[i] < 3 || found.Rates[i] > 4.5 {
			t.Errorf("%s: found a mean input of %g nA and %g Hz", found.Labels[i], x, found.Rates[i])
		}
	}
	if found.Iterations < 3 || found.Iterations != calls || strings.Count(progress.String(), "\n") != calls {
		t.Errorf("%d simulations, %d calls, progress %q", found.Iterations, calls, &progress)
	}
	again, err := BalanceInhibition(context.Background(), net, halfMinute, InhibitionSettings{Rule: InputRule, Continue: true})
	if err != nil || again.Iterations != 1 || !slices.Equal(again.J, found.J) {
		t.Errorf("expected to go on from the J_i found, where nothing is left to do; found %v, %v", again, err)
	}
}

// small has everything that the mean field has to see, and no noise: regional parameters, gain, inhibition over
// long distances, delays, a second population, an input.
func small(t *testing.T) *graph.Network {
	t.Helper()
	m := nmm.ReducedWongWangExcInh().Set("lambda", 0.2).Set("w_p", []float64{1.4, 1.2, 1.3}).Set("M_e", 1.1).Set("M_i", []float64{1, 0.9, 1.1}).Set("I_ext", 0.01)
	net, err := graph.NewNetwork(
		graph.Population("cortex", graph.Regions(3), m),
		graph.Population("slow", graph.Regions(2), nmm.Linear()),
		layers.Couple("cortex.S_e", "cortex.S_e").Weights(mat.NewDense(3, 3, []float64{0, 0.5, 0.2, 0.7, 0, 0.1, 0.3, 0.3, 0})).
			Delays(mat.NewDense(3, 3, []float64{0, 4, 9, 4, 0, 2, 9, 2, 0}), nmm.Q(1, "m/s")),
		layers.Couple("slow.x", "cortex.I_i_in").Weights(mat.NewDense(3, 2, []float64{1, 0, 0, 1, 0.5, 0.5})).GainIn("nA", 0.01),
		&graph.Input{Name: "current", To: "cortex.I_e_in", Values: mat.NewDense(40_000, 1, fill(40_000, 0.005))})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func fill(n int, x float64) []float64 { return perRegion([]float64{x}, n) }

// Without noise the mean field is the network: it rests at the rates that J_i were made for.
func TestMeanFieldIsExact(t *testing.T) {
	net, want := small(t), []float64{3, 1.5, 5}
	if err := net.Set("slow.gamma", 0.0); err != nil { // stays where it starts
		t.Fatal(err)
	}
	if err := net.Set("init:slow.x", []float64{0.8, -0.5}); err != nil {
		t.Fatal(err)
	}
	f, err := newMeanField(net, graph.Run{Dt: 1}, "cortex")
	if err != nil {
		t.Fatal(err)
	}
	j, err := f.inhibition(context.Background(), want)
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Set("cortex.J_i", j); err != nil {
		t.Fatal(err)
	}
	rates := meanRates(t, net, graph.Run{Dt: 1, Warmup: 20_000, Duration: 1})
	for i := range want { // what is left of the start decays with 200 ms
		if math.Abs(rates[i]-want[i]) > 1e-9 {
			t.Errorf("region %d: expected %g Hz, found %.12g", i+1, want[i], rates[i])
		}
	}
	if init, _ := net.Get("init:cortex.S_e"); init[0] != 0.15 {
		t.Errorf("the network's own initial state has become %v", init)
	}
}

// Other targets, lanes and single precision; a region that would need excitation in the place of inhibition
// misses.
func TestBalanceTargets(t *testing.T) {
	run := graph.Run{Dt: 1, Warmup: 1000, Duration: 4000, Lanes: 2, Precision: graph.Float32}
	found, err := BalanceInhibition(context.Background(), small(t), run, InhibitionSettings{Population: "cortex", Target: 8, Tolerance: 0.01})
	if err != nil || math.Abs(found.Rates[1]-8) > 0.01 {
		t.Errorf("found %v, %v", found, err)
	}
	net := small(t)
	if err := net.Set("cortex.I_ext", []float64{0, -0.2, 0}); err != nil {
		t.Fatal(err)
	}
	found, err = BalanceInhibition(context.Background(), net, run, InhibitionSettings{Rule: InputRule})
	if !errors.Is(err, ErrUnbalanced) || !slices.Equal(found.Missed, []int{1}) || found.J[1] != 0 {
		t.Errorf("mean input: found %v, %v", found, err)
	}
	found, err = BalanceInhibition(context.Background(), net, run, InhibitionSettings{})
	if !errors.Is(err, ErrUnbalanced) || !strings.Contains(err.Error(), "region 2") || strings.Contains(err.Error(), "region 1") {
		t.Errorf("expected that region 2 misses, found %v", err)
	}
	if found == nil || !slices.Equal(found.Missed, []int{1}) || found.Rates[1] > 0.01 {
		t.Errorf("found %v", found)
	}
}

// Where rest is not stable, however strong the inhibition, balancing ends with what is nearest, names regions and
// says so soon.
func TestBalanceBeyondRest(t *testing.T) {
	net, run := resting(t, 3), halfMinute
	run.Duration = 5000
	found, err := BalanceInhibition(context.Background(), net, run, InhibitionSettings{})
	if !errors.Is(err, ErrUnbalanced) || !strings.Contains(err.Error(), "rA1 (") || !strings.Contains(err.Error(), " more") {
		t.Errorf("found %v", err)
	}
	j, _ := net.Get("cortex.J_i")
	if found == nil || len(found.Missed) == 0 || found.Iterations > 30 || !slices.Equal(j, found.J) {
		t.Errorf("found %v, the network has %v", found, j)
	}
	if text := found.String(); !strings.Contains(text, "rA1") || strings.Count(text, "\n") != 78 {
		t.Errorf("found %s", text)
	}
}

// The paper's rule ends, too, where there is nothing to find.
func TestInputRuleBeyondRest(t *testing.T) {
	net := small(t)
	for address, x := range map[string]float64{"cortex.S_e->cortex.S_e/gain": 6, "cortex.lambda": 0} {
		if err := net.Set(address, x); err != nil {
			t.Fatal(err)
		}
	}
	found, err := BalanceInhibition(context.Background(), net, graph.Run{Dt: 1, Warmup: 10_000, Duration: 1000}, InhibitionSettings{Rule: InputRule})
	if !errors.Is(err, ErrUnbalanced) || !strings.Contains(err.Error(), "no progress") || found.Iterations >= 300 {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestBalanceEndsEarly(t *testing.T) {
	run := halfMinute
	run.Duration = 3000
	stop := func(at int, with error) func(InhibitionReport) error {
		return func(r InhibitionReport) error {
			if r.Region == "" || r.Worst <= 0 || r.Missed == 0 {
				t.Errorf("found %+v", r)
			}
			if r.Iteration == at {
				return with
			}
			return nil
		}
	}
	net := resting(t, 0.5)
	found, err := BalanceInhibition(context.Background(), net, run, InhibitionSettings{Tolerance: 1e-6, Callback: stop(2, ErrStop)})
	if err != nil || found.Iterations != 2 {
		t.Errorf("stopped: found %v, %v", found, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	found, err = BalanceInhibition(ctx, net, run, InhibitionSettings{Tolerance: 1e-6, Callback: func(r InhibitionReport) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) || found == nil || found.Iterations != 1 {
		t.Errorf("cancelled: found %v, %v", found, err)
	}
	if found, err = BalanceInhibition(ctx, net, run, InhibitionSettings{}); !errors.Is(err, context.Canceled) || found != nil {
		t.Errorf("cancelled before: found %v, %v", found, err)
	}
	own := errors.New("mine")
	if _, err = BalanceInhibition(context.Background(), net, run, InhibitionSettings{Tolerance: 1e-6, Callback: stop(1, own)}); !errors.Is(err, own) {
		t.Errorf("found %v", err)
	}
	_, err = BalanceInhibition(context.Background(), net, run, InhibitionSettings{Tolerance: 1e-9, Iterations: 3})
	if !errors.Is(err, ErrUnbalanced) || !strings.Contains(err.Error(), "after 3 simulations") {
		t.Errorf("found %v", err)
	}
}

func TestBalanceErrors(t *testing.T) {
	net := resting(t, 0.5)
	for want, change := range map[string]func(*graph.Run, *InhibitionSettings){
		"unknown rule 2":        func(_ *graph.Run, s *InhibitionSettings) { s.Rule = 2 },
		"Target":                func(_ *graph.Run, s *InhibitionSettings) { s.Target = -3 },
		"Tolerance":             func(_ *graph.Run, s *InhibitionSettings) { s.Tolerance = math.NaN() },
		"Iterations":            func(_ *graph.Run, s *InhibitionSettings) { s.Iterations = -1 },
		`population "thalamus"`: func(_ *graph.Run, s *InhibitionSettings) { s.Population = "thalamus" },
		"Run.Dt":                func(r *graph.Run, _ *InhibitionSettings) { r.Dt = 0 },
		"Run.Duration":          func(r *graph.Run, _ *InhibitionSettings) { r.Duration = 0 },
		"J_i is what is looked f": func(r *graph.Run, _ *InhibitionSettings) {
			r.Values = map[string]mat.Matrix{"cortex.J_i": mat.NewDense(1, 1, nil)}
		},
	} {
		run, settings := halfMinute, InhibitionSettings{}
		change(&run, &settings)
		if _, err := BalanceInhibition(context.Background(), net, run, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, found %v", want, err)
		}
	}
}

// By gradient, from where the mean field has 2 Hz, all regions come to 3 Hz, under other noise too.
func TestInhibitionByGradient(t *testing.T) {
	for _, gain := range []float64{0.3, 0.8} {
		net := resting(t, gain)
		f, err := newMeanField(net, halfMinute, "cortex")
		if err != nil {
			t.Fatal(err)
		}
		j, err := f.inhibition(context.Background(), fill(76, 2))
		if err != nil {
			t.Fatal(err)
		}
		if err := net.Set("cortex.J_i", j); err != nil {
			t.Fatal(err)
		}
		if err := net.Learn("cortex.J_i", nmm.Positive, nmm.PerRegion); err != nil {
			t.Fatal(err)
		}
		run := halfMinute
		run.Record, run.Every, run.Average = []string{"cortex.H_e"}, 1000, true
		result, err := Fit(context.Background(), net, run, MeanError("cortex.H_e", 3), Settings{Iterations: 8})
		if err != nil {
			t.Fatal(err)
		}
		rates := meanRates(t, net, halfMinute)
		checkRates(t, "fitted", rates, 0.1)
		loss := 0.0
		for _, r := range rates {
			loss += (r - 3) * (r - 3) / 76
		}
		if math.Abs(loss-result.Loss) > 1e-10*(1e-3+loss) {
			t.Errorf("expected a loss of %g, found %g", loss, result.Loss)
		}
		other := halfMinute
		other.Seed, other.Duration = 7, 60_000
		checkRates(t, "other noise", meanRates(t, net, other), 0.3)
	}
}
