package train

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	G "gorgonia.org/gorgonia"
)

// noisy is a network of two linear regions, the second driven by the first.
func noisy(t *testing.T) *graph.Network {
	t.Helper()
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"left", "right"}, nmm.Hopf().Set("a", -0.02).Set("omega", 0.01).Set("beta", 0.001)),
		layers.Couple("cortex.x", "cortex.x").Named("c").Weights(mat.NewDense(2, 2, []float64{0, 0.0, 0.01, 0})),
		layers.WhiteNoise("cortex.x", 0.02))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

var shortRun = graph.Run{Dt: 1, Duration: 2000, Warmup: 100, Record: []string{"cortex.x"}, Every: 4, Seed: 3}

func fcOf(t *testing.T, net *graph.Network) float64 {
	t.Helper()
	r, err := net.Simulate(context.Background(), shortRun)
	if err != nil {
		t.Fatal(err)
	}
	return forward.FC(r.Series("cortex.x").Matrix(0)).At(0, 1)
}

func TestFitReachesATargetFC(t *testing.T) {
	for _, method := range []Method{LBFGS{}, Adam{Rate: 0.05}} {
		net := noisy(t)
		if err := net.Learn("c/weights", nmm.Affine(0.01, 0), nmm.PerEdge); err != nil {
			t.Fatal(err)
		}
		if err := net.Learn("cortex.a", nmm.Scaled(nmm.Positive, -0.02), nmm.PerRegion); err != nil {
			t.Fatal(err)
		}
		target := mat.NewDense(2, 2, []float64{1, 0.8, 0.8, 1})
		r, err := Fit(context.Background(), net, shortRun, FCError("cortex.x", target), Settings{Method: method, Iterations: 60})
		if err != nil {
			t.Fatal(err)
		}
		if got := fcOf(t, net); math.Abs(got-0.8) > 0.01 {
			t.Errorf("%v: expected the network to have FC 0.8 after the fit, found %g\n%v", method, got, r)
		}
		text := r.String()
		for _, want := range []string{"cortex.a", "1/ms", "left", "right", "c/weights"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: the result lacks %q:\n%s", method, want, text)
			}
		}
		fitted, err := net.Get("cortex.a")
		if err != nil || fitted[1] != r.Parameters[0].Values[1] || fitted[1] == r.Parameters[0].Start[1] {
			t.Errorf("%v: expected the network to hold the fitted values %v, found %v (%v)", method, r.Parameters[0].Values, fitted, err)
		}
	}
}

func TestObjectivesPerLane(t *testing.T) {
	net := noisy(t)
	if err := net.Learn("cortex.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	run := shortRun
	run.Lanes = 2
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	target := mat.NewDense(2, 2, []float64{1, 0.5, 0.5, 1})
	loss, err := Sum(Term{1, FCError("cortex.x", target)}, Term{0.3, LaggedCovarianceError("cortex.x", 1, target)})(roll)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewGraphProblem(loss, roll.Learnables())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Func(p.Values(), nil); err != nil {
		t.Fatal(err)
	}
	result, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	for lane, got := range p.Losses() {
		x := result.Series("cortex.x").Matrix(lane)
		want := math.Pow(stat.Correlation(mat.Col(nil, 0, x), mat.Col(nil, 1, x), nil)-0.5, 2)
		lag := forward.LaggedCovariance(forward.ZScore(x), 1)
		for k, v := range lag.RawMatrix().Data {
			want += 0.3 / 4 * math.Pow(v-target.RawMatrix().Data[k], 2)
		}
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("lane %d: expected %.15g, found %.15g", lane, want, got)
		}
	}
}

func TestFitErrors(t *testing.T) {
	target := mat.NewDense(2, 2, []float64{1, 0.8, 0.8, 1})
	net := noisy(t)
	if _, err := Fit(context.Background(), net, shortRun, FCError("cortex.x", target), Settings{}); err == nil || !strings.Contains(err.Error(), "nothing learns") {
		t.Errorf("expected an error that nothing learns, found %v", err)
	}
	if err := net.Learn("cortex.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	if _, err := Fit(context.Background(), net, shortRun, FCError("cortex.y", target), Settings{}); err == nil || !strings.Contains(err.Error(), "cortex.y is not recorded") {
		t.Errorf("expected an error about cortex.y, found %v", err)
	}
	matrix := func(r *graph.Rollout) (*G.Node, error) { return r.Node("cortex.x"), nil }
	if _, err := Fit(context.Background(), net, shortRun, matrix, Settings{}); err == nil || !strings.Contains(err.Error(), "one loss per lane") {
		t.Errorf("expected an error about the loss's shape, found %v", err)
	}
	if err := net.Set("cortex.a", 1e3); err != nil {
		t.Fatal(err)
	}
	_, err := Fit(context.Background(), net, shortRun, FCError("cortex.x", target), Settings{})
	if !errors.Is(err, ErrNotFinite) || !strings.Contains(err.Error(), "left") {
		t.Errorf("expected ErrNotFinite that names the region, found %v", err)
	}
}

func TestFitCancelled(t *testing.T) {
	net := noisy(t)
	if err := net.Learn("cortex.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	target := mat.NewDense(2, 2, []float64{1, 0.8, 0.8, 1})
	r, err := Fit(ctx, net, shortRun, FCError("cortex.x", target), Settings{Method: Adam{Rate: 1e-4}, Callback: func(r Report) error {
		if r.Iteration == 2 {
			cancel()
		}
		return nil
	}})
	if !errors.Is(err, context.Canceled) || r == nil || r.Iterations != 2 || len(r.Parameters[0].Values) != 1 {
		t.Errorf("expected a partial result of 2 iterations, found %v, %v", r, err)
	}
}
