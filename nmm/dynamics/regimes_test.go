package dynamics

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// lanes runs one region of a model with a parameter at several values, side by side, and returns a variable in each lane.
func lanes(t *testing.T, m *nmm.Model, parameter string, values []float64, variable string, run graph.Run) [][]float64 {
	t.Helper()
	net, err := graph.NewNetwork(graph.Population("p", graph.Regions(1), m))
	if err != nil {
		t.Fatal(err)
	}
	run.Lanes, run.Record = len(values), []string{"p." + variable}
	run.Values = map[string]mat.Matrix{"p." + parameter: mat.NewDense(len(values), 1, values)}
	r, err := net.Simulate(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	list := make([][]float64, len(values))
	for l := range list {
		list[l] = mat.Col(nil, 0, r.Series(run.Record[0]).Matrix(l))
	}
	return list
}

// rises lists the times, in samples, at which a series rises through a level.
func rises(x []float64, level float64) []int {
	var at []int
	for k := 1; k < len(x); k++ {
		if x[k-1] < level && x[k] >= level {
			at = append(at, k)
		}
	}
	return at
}

func extent(x []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// TestJansenRit: rest, spikes and alpha rhythm of the paper, and the slower rhythm with The Virtual Brain's threshold.
func TestJansenRit(t *testing.T) {
	for _, c := range []struct {
		preset string
		mu     []float64    // 1/ms
		hz     [][2]float64 // 0: a fixed point
	}{
		{"1995", []float64{0.09, 0.12, 0.22}, [][2]float64{{0, 0}, {2, 3}, {10.5, 11.5}}},
		{"tvb", []float64{0.22}, [][2]float64{{6, 7}}},
	} {
		for l, x := range lanes(t, nmm.JansenRit().Preset(c.preset), "mu", c.mu, "psp", graph.Run{Dt: 0.1, Warmup: 3000, Duration: 4000}) {
			lo, hi := extent(x)
			frequency := 0.0
			if at := rises(x, (lo+hi)/2); len(at) > 1 && hi-lo > 1e-3 {
				frequency = float64(len(at)-1) / (float64(at[len(at)-1]-at[0]) * 1e-4)
			}
			if frequency < c.hz[l][0] || frequency > c.hz[l][1] {
				t.Errorf("preset %s, μ = %v/ms: found %.2f Hz, expected %v to %v", c.preset, c.mu[l], frequency, c.hz[l][0], c.hz[l][1])
			}
			if c.preset == "1995" && c.mu[l] == 0.22 && (hi-lo < 2.5 || hi-lo > 3.5) {
				t.Errorf("the alpha rhythm has %.2f mV from peak to peak, expected 2.5 to 3.5", hi-lo)
			}
		}
	}
}

// TestJansenRitBranch: the bifurcations that Grimbert and Faugeras, Neural Comput. 18 (2006) 3052-3068,
// doi:10.1162/neco.2006.18.12.3052, give for the parameters of 1995: Hopf at −12.15, 89.83 and 315.70, folds at −41.3 and
// 113.6 pulses per second.
func TestJansenRitBranch(t *testing.T) {
	b := continued(t, system(t, nmm.JansenRit()), Continuation{Parameter: "mu", From: -0.05, To: 0.4})
	var found []string
	for _, p := range b.Special {
		found = append(found, fmt.Sprintf("%s %.1f", p.Kind, p.Value*1000))
	}
	if got, want := fmt.Sprint(found), "[fold 113.6 fold -41.3 Hopf -12.1 Hopf 89.8 Hopf 315.7]"; got != want {
		t.Errorf("found %s, expected %s", got, want)
	}
}

// TestEpileptor: the tissue rests below the threshold of excitability, has seizures above it, and stays in one state when it is
// excitable all the time. Heun, steps of 0.05; what comes in the first half of the run may be due to the start.
func TestEpileptor(t *testing.T) {
	x0 := []float64{-2.4, -2.2, -2.10, -2.04, -1.6, -1.0, -0.9}
	for l, x := range lanes(t, nmm.Epileptor(), "x0", x0, "x1", graph.Run{Dt: 0.05, Duration: 20000, Every: 4}) {
		const sample = 0.2
		seizures, last := 0, math.Inf(-1)
		for _, k := range rises(x[len(x)/2:], 0) {
			if at := float64(k) * sample; at > last+200 {
				seizures++
			}
			last = float64(k) * sample
		}
		if expected := x0[l] >= -2.04 && x0[l] <= -1; expected && seizures < 2 || !expected && seizures > 0 {
			t.Errorf("x0 = %v: %d seizures in 10,000 time units", x0[l], seizures)
		}
	}
}

// TestEpileptorThreshold: the fixed point between seizures loses its stability at x0 = −2.062 ± 0.005, as the 2-D model's does:
// Jirsa et al. 2014; Proix et al. 2014, doi:10.1523/JNEUROSCI.1570-14.2014.
func TestEpileptorThreshold(t *testing.T) {
	for _, m := range []*nmm.Model{nmm.Epileptor(), nmm.Epileptor2D()} {
		s := system(t, m.Set("x0", -2.3))
		for _, p := range fixedPoints(t, s) {
			if !p.Stable() {
				continue
			}
			b := continued(t, s, Continuation{Parameter: "x0", From: -2.4, To: -1.9, Start: p.State})
			if len(b.Special) != 1 || b.Special[0].Kind != Hopf {
				t.Fatalf("%s: found\n%v\nexpected one Hopf bifurcation", m.Name(), b)
			}
			near(t, m.Name()+": threshold", b.Special[0].Value, -2.062, 0.005)
		}
	}
}

// TestLarterBreakspear: with δ_V below 0.55 a column rests, from there to 0.59 it has a limit cycle, and above it chaos:
// Breakspear, Terry and Friston 2003. That is the column alone, C = 0, with g_Ca = 1, as in the presets.
func TestLarterBreakspear(t *testing.T) {
	s := system(t, nmm.LarterBreakspear().Preset("fixed point"))
	for _, p := range fixedPoints(t, s) {
		if p.Stable() {
			b := continued(t, s, Continuation{Parameter: "d_V", From: 0.45, To: 0.7, Start: p.State})
			if len(b.Hopfs()) != 1 {
				t.Fatalf("found\n%v\nexpected one Hopf bifurcation", b)
			}
			near(t, "end of the fixed point", b.Hopfs()[0], 0.55, 0.01)
		}
	}
	for _, c := range []struct {
		dV     float64
		lo, hi float64 // of the largest exponent, 1/ms: of fixed points, cycles and chaos
	}{
		{0.50, -1, -0.005}, {0.54, -1, -0.005},
		{0.57, -1e-3, 1e-3}, {0.585, -1e-3, 1e-3},
		{0.60, 0.004, 0.02}, {0.65, 0.004, 0.02},
	} {
		l, err := system(t, nmm.LarterBreakspear().Preset("chaos").Set("d_V", c.dV)).Lyapunov(t.Context(), Lyapunov{Duration: 8000, Exponents: 1})
		if err != nil {
			t.Fatal(err)
		}
		if v := l.Exponents[0]; v < c.lo || v > c.hi {
			t.Errorf("δ_V = %v: the largest Lyapunov exponent is %.5f ± %.5f/ms, expected %v to %v", c.dV, v, l.Errors[0], c.lo, c.hi)
		}
	}
}

// TestKuramotoOrder: phase oscillators with Lorentzian frequencies of half-width γ, all coupled with K/N, have the order √(1 −
// K_c/K), K_c = 2γ, from K_c on (Kuramoto 1984). With the N quantiles of the density as frequencies, order differs from that
// of infinitely many by about 1/√N times a number of order 1 near K_c, where it is 0 in the limit, and by about 1/N above.
func TestKuramotoOrder(t *testing.T) {
	const n, gamma = 200, 0.01 // 1/ms
	omega, ones := make([]float64, n), mat.NewDense(n, n, nil)
	for k := range omega {
		omega[k] = gamma * math.Tan(math.Pi*((float64(k)+0.5)/n-0.5))
		for j := range n {
			ones.Set(k, j, 1.0/n)
		}
	}
	net, err := graph.NewNetwork(
		graph.Population("p", graph.Regions(n), nmm.Kuramoto().Set("omega", omega)),
		&graph.Coupling{Name: "all", From: "p.theta", To: "p.theta", Pre: []string{"sin(x)", "cos(x)"}, Post: "S1*cos(x) - S2*sin(x)", Weights: ones})
	if err != nil {
		t.Fatal(err)
	}
	strengths := []float64{0.5, 1.5, 2, 4} // of K_c
	gain := mat.NewDense(len(strengths), 1, nil)
	for l, k := range strengths {
		gain.Set(l, 0, k*2*gamma)
	}
	r, err := net.Simulate(t.Context(), graph.Run{Dt: 0.5, Warmup: 1500, Duration: 1500, Every: 20, Lanes: len(strengths),
		Record: []string{"p.theta"}, Values: map[string]mat.Matrix{"all/gain": gain}})
	if err != nil {
		t.Fatal(err)
	}
	for l, k := range strengths {
		order := floats.Sum(forward.KuramotoOrder(r.Series("p.theta").Matrix(l))) / float64(r.Series("p.theta").Samples)
		want, tolerance := math.Sqrt(max(0, 1-1/k)), 0.005
		if k < 1 {
			tolerance = 2 / math.Sqrt(n)
		}
		near(t, fmt.Sprintf("order at %v K_c", k), order, want, tolerance)
	}
}

// TestWongWangDecides: 1,000 trials of each coherence of the task of Wong and Wang (2006), as the paper has it: the stimulus
// comes after 500 ms, rates are means over 50 ms in steps of 5 ms, and the pool whose rate comes to 15 Hz first has decided.
func TestWongWangDecides(t *testing.T) {
	const trials, onset, limit, step, sample = 1000, 500.0, 2000.0, 0.5, 5.0
	coherence := []float64{0, 0.064, 0.128, 0.256, 0.512}
	right := [][2]float64{{0.45, 0.55}, {0.78, 0.88}, {0.94, 1}, {0.99, 1}, {0.99, 1}}
	stimulus := mat.NewDense((onset+limit)/step, 1, nil)
	for k := range int(limit / step) {
		stimulus.Set(onset/step+k, 0, 30)
	}
	net, err := graph.NewNetwork(
		graph.Population("area", graph.Regions(1), nmm.WongWang().Set("mu_0", 0.0)),
		layers.ColouredNoise("noise1", "area.I1_in", 2, 0.02/math.Sqrt2), layers.ColouredNoise("noise2", "area.I2_in", 2, 0.02/math.Sqrt2),
		&graph.Input{Name: "stimulus", To: "area.stimulus", Values: stimulus})
	if err != nil {
		t.Fatal(err)
	}
	c := mat.NewDense(trials*len(coherence), 1, nil)
	for l := range trials * len(coherence) {
		c.Set(l, 0, coherence[l/trials])
	}
	r, err := net.Simulate(t.Context(), graph.Run{Dt: step, Duration: onset + limit, Every: sample / step, Average: true, Seed: 1, Precision: graph.Float32,
		Lanes: trials * len(coherence), Record: []string{"area.r1", "area.r2"}, Values: map[string]mat.Matrix{"area.c": c}})
	if err != nil {
		t.Fatal(err)
	}
	// Before the stimulus, in all trials and at all times, rates are low: their means over 50 ms stay below the threshold (see
	// decision), and their mean is what the paper calls spontaneous activity, about 2 Hz.
	quiet := 0.0
	for lane := range trials {
		quiet += mat.Sum(r.Series("area.r1").Matrix(lane).Slice(0, onset/sample, 0, 1)) / (trials * onset / sample)
	}
	if quiet > 4 {
		t.Errorf("without a stimulus the mean rate is %.1f Hz", quiet)
	}
	times := make([]float64, len(coherence))
	for k := range coherence {
		won := 0
		for trial := range trials {
			lane := k*trials + trial
			first, at := decision(r.Series("area.r1").Matrix(lane), r.Series("area.r2").Matrix(lane), onset/sample, 50/sample)
			if at < 0 {
				t.Fatalf("coherence %v, trial %d: no decision in %v ms", coherence[k], trial, limit)
			}
			if first == 1 {
				won++
			}
			times[k] += float64(at) * sample / trials
		}
		if share := float64(won) / trials; share < right[k][0] || share > right[k][1] {
			t.Errorf("coherence %v: %v of the decisions are right, expected %v to %v", coherence[k], share, right[k][0], right[k][1])
		}
	}
	if times[0] < 2*times[len(times)-1] {
		t.Errorf("mean decision times are %.0f ms, expected the last to be at most half of the first", times)
	}
}

// decision returns which of two pools decides, and when, in samples from the onset; before it neither may.
func decision(r1, r2 *mat.Dense, onset, window int) (pool, at int) {
	const threshold = 15
	samples, _ := r1.Dims()
	a, b := 0.0, 0.0 // sums over the window
	for k := range samples {
		a, b = a+r1.At(k, 0), b+r2.At(k, 0)
		if k >= window {
			a, b = a-r1.At(k-window, 0), b-r2.At(k-window, 0)
		}
		switch at := k + 1 - onset; {
		case k+1 < window || max(a, b) < threshold*float64(window):
		case at <= 0:
			return 0, -1 // without a stimulus
		case a > b:
			return 1, at
		default:
			return 2, at
		}
	}
	return 0, -1
}

// TestSFAFolds: with adaptation Gast, Schmidt and Knösche's population has two folds close together, above the Hopf bifurcation at
// which it begins to burst.
func TestSFAFolds(t *testing.T) {
	b := continued(t, system(t, nmm.GastSchmidtKnoscheSF().Set("eta", -6.0)), Continuation{Parameter: "eta", From: -8, To: -2})
	if got := fmt.Sprint(len(b.Hopfs()), len(b.Folds()), len(b.Special)); got != "1 2 3" {
		t.Errorf("found\n%v\nexpected a Hopf bifurcation and two folds", b)
	}
}
