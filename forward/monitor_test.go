package forward

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// monitored is a noisy network of four oscillating regions with observers.
func monitored(t testing.TB, observers ...graph.Part) *graph.Network {
	t.Helper()
	w := mat.NewDense(4, 4, []float64{0, 0.5, 0, 0.2, 0.3, 0, 0.4, 0, 0, 0.6, 0, 0.1, 0.2, 0, 0.5, 0})
	parts := append([]graph.Part{
		graph.Population("cortex", graph.Regions(4), nmm.Hopf()),
		layers.Couple("cortex.x", "cortex.x").Named("net").Weights(w).Gain(0.2).Diffusive(),
		layers.WhiteNoise("cortex.x", 0.05),
	}, observers...)
	net, err := graph.NewNetwork(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// Every monitor against the states of all steps, behind a warm-up of no whole periods.
func TestMonitors(t *testing.T) {
	net := monitored(t, SubSample("cortex.x", 2), TemporalAverage("cortex.x", 2), GlobalAverage("cortex.x", 2),
		SpatialAverage("cortex.x", 2, []string{"b", "a", "b", "b"}), Moments("cortex.x", 2))
	r, err := net.Simulate(context.Background(), graph.Run{Dt: 0.5, Warmup: 3.5, Duration: 40, Seed: 1, Record: []string{"cortex.x"}})
	if err != nil {
		t.Fatal(err)
	}
	x := r.Series("cortex.x").Matrix(0) // the state after each step behind the warm-up
	samples := mat.NewDense(20, 4, nil)
	means := mat.NewDense(20, 4, nil)
	for k := range 20 {
		samples.SetRow(k, x.RawRowView(4*k+3))
		for j := range 4 {
			means.Set(k, j, (x.At(4*k, j)+x.At(4*k+1, j)+x.At(4*k+2, j)+x.At(4*k+3, j))/4)
		}
	}
	var global, spatial mat.Dense
	global.Mul(samples, mat.NewDense(4, 1, []float64{0.25, 0.25, 0.25, 0.25}))
	spatial.Mul(samples, mat.NewDense(4, 2, []float64{1. / 3, 0, 0, 1, 1. / 3, 0, 1. / 3, 0}))
	for name, want := range map[string]struct {
		*mat.Dense
		start  float64
		labels []string
	}{
		"subsample": {samples, 5.5, graph.Regions(4)},
		"average":   {means, 4.5, graph.Regions(4)},
		"global":    {&global, 5.5, []string{"mean"}},
		"spatial":   {&spatial, 5.5, []string{"b", "a"}},
	} {
		s := r.Series(name)
		if s.Start != want.start || s.Dt != 2 || fmt.Sprint(s.Labels) != fmt.Sprint(want.labels) {
			t.Errorf("%v of %v, expected samples from %v ms on of %v", s, s.Labels, want.start, want.labels)
		}
		closeTo(t, name, s.Matrix(0), want, 1e-15)
	}
	closeTo(t, "covariance", r.Series("moments/covariance").Matrix(0), Covariance(samples), 1e-14)
	closeTo(t, "FC", Correlation(r.Series("moments/covariance").Matrix(0)), FC(samples), 1e-14)
}

func TestMonitorErrors(t *testing.T) {
	for want, o := range map[string]*graph.Observer{
		"found 2 × 3":       SpatialAverage("cortex.x", 2, []string{"a", "b", "b"}),
		"found 0 × 0":       SpatialAverage("cortex.x", 2, nil),
		"Period of so many": SubSample("cortex.x", -1),
	} {
		_, err := graph.NewNetwork(graph.Population("cortex", graph.Regions(4), nmm.Hopf()), o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error that mentions %q, found %v", want, err)
		}
	}
}

// fcLoss is the value and the gradient of a sum of weighted correlations.
func fcLoss(t *testing.T, net *graph.Network, run graph.Run, fc func(*graph.Rollout) (*G.Node, error), gradients bool) (value float64, gradient []float64) {
	t.Helper()
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	r, err := fc(roll)
	if err != nil {
		t.Fatal(err)
	}
	w := inputs(g, [][]int{r.Shape()}, randomValues(3, r.Shape().TotalSize()))[0]
	loss := G.Must(G.Sum(G.Must(G.HadamardProd(r, w))))
	var grads G.Nodes
	if gradients {
		if grads, err = G.Grad(loss, roll.Learnables()...); err != nil {
			t.Fatal(err)
		}
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	for _, n := range grads {
		a, err := array(n.Value())
		if err != nil {
			t.Fatal(err)
		}
		gradient = append(gradient, a.Data...)
	}
	return loss.Value().Data().(float64), gradient
}

// FC of running moments is FC of the samples, and so is its gradient, whatever is done to the run; both are
// those of central differences.
func TestFCOfMoments(t *testing.T) {
	net := monitored(t, SubSample("cortex.x", 2), Moments("cortex.x", 2))
	if err := net.Set("cortex.a", []float64{-0.02, -0.01, 0.01, 0.02}); err != nil {
		t.Fatal(err)
	}
	for address, scope := range map[string]nmm.Scope{"cortex.a": nmm.PerRegion, "net/gain": nmm.Shared, "init:cortex.y": nmm.PerRegion} {
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	ofSamples := func(r *graph.Rollout) (*G.Node, error) { return FCNode(r.Node("subsample")) }
	ofMoments := func(r *graph.Rollout) (*G.Node, error) { return CorrelationNode(r.Node("moments/covariance")) }
	base := graph.Run{Dt: 0.5, Warmup: 5, Duration: 400, Seed: 4, Lanes: 2, Record: []string{"cortex.x"}, Every: 800}
	want, wantGradient := fcLoss(t, net, base, ofSamples, true)
	for name, change := range map[string]func(*graph.Run){
		"as it is": func(*graph.Run) {},
		"windows":  func(r *graph.Run) { r.Window = 97 },
		"budget":   func(r *graph.Run) { r.MemoryBudget = 40000 },
	} {
		run := base
		change(&run)
		value, gradient := fcLoss(t, net, run, ofMoments, true)
		near(t, name, value, want, 1e-12)
		for k, g := range wantGradient {
			near(t, fmt.Sprintf("%s: gradient %d", name, k), gradient[k], g, 1e-10*math.Max(1, math.Abs(g)))
		}
	}
	before, err := net.Get("cortex.a")
	if err != nil {
		t.Fatal(err)
	}
	_, gradient := fcLoss(t, net, base, ofMoments, true)
	roll, err := net.Rollout(G.NewGraph(), base)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, l := range roll.Learned() {
		if l.Address == "cortex.a" {
			break
		}
		at += l.Raw.Shape().TotalSize()
	}
	for k := range before {
		shifted := func(d float64) float64 {
			x := append([]float64{}, before...)
			x[k] += d
			if err := net.Set("cortex.a", x); err != nil {
				t.Fatal(err)
			}
			v, _ := fcLoss(t, net, base, ofMoments, false)
			return v
		}
		h := 1e-4
		difference := (8*(shifted(h)-shifted(-h)) - (shifted(2*h) - shifted(-2*h))) / (12 * h)
		near(t, fmt.Sprintf("a of region %d", k), gradient[at+k], difference, 1e-6*math.Max(1, math.Abs(difference)))
	}
}

func TestCorrelationGradient(t *testing.T) {
	const lanes, n = 2, 3
	var x []float64
	for lane := range lanes {
		c := Covariance(series(randomValues(uint64(7+lane), 10*n), 10, n))
		for k := range n * n {
			x = append(x, c.At(k/n, k%n))
		}
	}
	checkGradient(t, [][]int{{lanes, n, n}}, x, unary(CorrelationNode))
	for k := range n { // a region without variance
		x[1*n+k], x[k*n+1] = 0, 0
	}
	values, gradient := checkFinite(t, [][]int{{lanes, n, n}}, x, unary(CorrelationNode))
	for k := range n * n {
		if i, j := k/n, k%n; i == 1 || j == 1 {
			near(t, "correlation of a region without variance", values[k], 0, 0)
			near(t, "gradient of a region without variance", gradient[k], 0, 0)
		}
	}
	values, _ = checkFinite(t, [][]int{{1, 1, 1}}, []float64{0}, unary(CorrelationNode))
	near(t, "one region without variance", values[0], 0, 0)
	values, _ = checkFinite(t, [][]int{{1, 1, 1}}, []float64{2}, unary(CorrelationNode))
	near(t, "one region", values[0], 1, 0)
}

// A constant region of a network has no correlation and no gradient through moments.
func TestConstantRegionOfMoments(t *testing.T) {
	net := monitored(t, Moments("cortex.x", 2))
	still := []float64{0.1, 0, 0.2, -0.1} // the second region stays at 0
	for address, x := range map[string]any{
		"init:cortex.x": still, "init:cortex.y": 0, "noise:cortex.x/sigma": []float64{0.05, 0, 0.05, 0.05},
		"net/weights": mat.NewDense(4, 4, []float64{0, 0, 0.3, 0.2, 0, 0, 0, 0, 0.4, 0, 0, 0.1, 0.2, 0, 0.5, 0}),
	} {
		if err := net.Set(address, x); err != nil {
			t.Fatal(err)
		}
	}
	if err := net.Learn("cortex.a", nmm.Free, nmm.PerRegion); err != nil {
		t.Fatal(err)
	}
	_, gradient := fcLoss(t, net, graph.Run{Dt: 0.5, Duration: 60}, func(r *graph.Rollout) (*G.Node, error) {
		return CorrelationNode(r.Node("moments/covariance"))
	}, true)
	for k, g := range gradient {
		if math.IsNaN(g) || (g == 0) != (k == 1) {
			t.Errorf("gradient of region %d: %v", k, g)
		}
	}
}
