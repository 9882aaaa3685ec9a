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
)

func learn(t *testing.T, net *graph.Network, address string, transform nmm.Transform, scope nmm.Scope) {
	t.Helper()
	if err := net.Learn(address, transform, scope); err != nil {
		t.Fatal(err)
	}
}

var correlated = mat.NewDense(2, 2, []float64{1, 0.8, 0.8, 1})

// Shared, per region, per lane, per edge at once: the lanes' values are in the result
// only, the others in the network too.
func TestFitWithEveryScope(t *testing.T) {
	net := noisy(t)
	learn(t, net, "noise:cortex.x/sigma", nmm.Scaled(nmm.Exp, 0.02), nmm.Shared)
	learn(t, net, "cortex.a", nmm.Scaled(nmm.Positive, -0.02), nmm.PerRegion)
	learn(t, net, "cortex.omega", nmm.Scaled(nmm.Exp, 0.01), nmm.PerLane)
	learn(t, net, "c/weights", nmm.Affine(0.01, 0), nmm.PerEdge)
	run := shortRun
	run.Lanes = 3
	r, err := Fit(context.Background(), net, run, FCError("cortex.x", correlated), Settings{Iterations: 15})
	if err != nil {
		t.Fatal(err)
	}
	if r.Loss > 0.2*r.Losses[0] {
		t.Errorf("expected the loss to become much smaller, found %g after %g", r.Loss, r.Losses[0])
	}
	byAddress := map[string]Parameter{}
	for _, p := range r.Parameters {
		byAddress[p.Address] = p
	}
	for address, count := range map[string]int{"noise:cortex.x/sigma": 1, "cortex.a": 2, "cortex.omega": 3} {
		p := byAddress[address]
		if len(p.Values) != count || p.Values[0] == p.Start[0] {
			t.Errorf("%s: expected %d values that moved, found %v from %v", address, count, p.Values, p.Start)
		}
		held, err := net.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		if address == "cortex.omega" {
			if held[0] != 0.01 || p.Values[0] == p.Values[1] {
				t.Errorf("%s: expected lanes of their own and the network as it was, found %v and %v", address, p.Values, held)
			}
		} else if held[0] != p.Values[0] || held[len(held)-1] != p.Values[count-1] {
			t.Errorf("%s: expected the network to hold %v, found %v", address, p.Values, held)
		}
	}
}

// explosive regions leave the basin of their fixed point when the noise is strong.
func explosive(t *testing.T, sigma float64) *graph.Network {
	t.Helper()
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"left", "right"}, nmm.Hopf().Set("a", -0.02).Set("omega", 0.01).Set("beta", -0.02)),
		layers.Couple("cortex.x", "cortex.x").Named("c").Weights(mat.NewDense(2, 2, []float64{0, 0, 0.005, 0})),
		layers.WhiteNoise("cortex.x", sigma))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// lanesThatDiverge simulates lane by lane.
func lanesThatDiverge(t *testing.T, net *graph.Network, run graph.Run) (lanes []int) {
	t.Helper()
	run.NonFinite = graph.MaskLane
	result, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	for lane := 0; lane < run.Lanes; lane++ {
		x := result.Series("cortex.x").Matrix(lane)
		if s := mat.Sum(x); math.IsNaN(s) || math.IsInf(s, 0) {
			lanes = append(lanes, lane)
		}
	}
	return lanes
}

func TestFitFromAStartWhereOneLaneDiverges(t *testing.T) {
	run := shortRun
	run.Lanes = 4
	for sigma := 0.04; sigma < 0.2; sigma *= 1.02 {
		net := explosive(t, sigma)
		learn(t, net, "cortex.a", nmm.Free, nmm.Shared)
		if len(lanesThatDiverge(t, net, run)) != 1 {
			continue
		}
		r, err := Fit(context.Background(), net, run, FCError("cortex.x", correlated), Settings{Iterations: 3})
		if !errors.Is(err, ErrNotFinite) || !strings.Contains(err.Error(), "lane") {
			t.Errorf("expected ErrNotFinite that names the lane, found %v", err)
		}
		if a, _ := net.Get("cortex.a"); a[0] != -0.02 {
			t.Errorf("expected the network as it was, found a = %v (%v)", a, r)
		}
		return
	}
	t.Fatal("no noise at which one lane of four diverges")
}

// Stronger noise makes the regions alike (the target), until a lane explodes.
func TestFitStepsBackFromDivergingLanes(t *testing.T) {
	run := shortRun
	run.Lanes = 2
	for _, method := range []Method{LBFGS{}, Adam{Rate: 0.5}} {
		net := explosive(t, 0.02)
		learn(t, net, "c/weights", nmm.Affine(0.01, 0), nmm.PerEdge)
		r, err := Fit(context.Background(), net, run, FCError("cortex.x", correlated), Settings{Method: method, Iterations: 20})
		if err != nil {
			t.Fatalf("%v: %v", method, err)
		}
		if r.Skipped == 0 || !(r.Loss < r.Losses[0]) {
			t.Errorf("%v: expected skipped points and a smaller loss, found %d and %g after %g", method, r.Skipped, r.Loss, r.Losses[0])
		}
		if lanes := lanesThatDiverge(t, net, run); len(lanes) > 0 {
			t.Errorf("%v: the fitted network diverges in lanes %v", method, lanes)
		}
	}
}

// A rate far too large: every later point is worse, so the start is what remains.
func TestFitRestoresTheBestSeen(t *testing.T) {
	net := noisy(t)
	learn(t, net, "cortex.a", nmm.Scaled(nmm.Positive, -0.02), nmm.PerRegion)
	learn(t, net, "c/weights", nmm.Affine(0.01, 0), nmm.PerEdge)
	target := mat.NewDense(2, 2, []float64{1, 0, 0, 1})
	target.Set(0, 1, fcOf(t, net)+1e-3) // almost there
	r, err := Fit(context.Background(), net, shortRun, FCError("cortex.x", target), Settings{Method: Adam{Rate: 2}, Iterations: 4})
	if err != nil {
		t.Fatal(err)
	}
	if last := r.Losses[3]; !(r.Loss < last) {
		t.Fatalf("expected the last point to be worse than the best, found %g and %g", last, r.Loss)
	}
	result, err := net.Simulate(context.Background(), shortRun)
	if err != nil {
		t.Fatal(err)
	}
	d := forward.FC(result.Series("cortex.x").Matrix(0)).At(0, 1) - target.At(0, 1)
	if math.Abs(d*d-r.Loss) > 1e-9 {
		t.Errorf("expected the network at the best loss %g, found %g", r.Loss, d*d)
	}
}

// Halved steps are part of what is saved.
func TestAdamResumesToTheBitAfterHalvedSteps(t *testing.T) {
	f := func(x, grad []float64) (float64, error) { // not finite for x ≤ 0
		grad[0] = 1 - 1/x[0]
		return x[0] - math.Log(x[0]), nil
	}
	a := Adam{Rate: 3}
	minimize := func(n int, resume []byte) *Minimum {
		m, err := Minimize(context.Background(), Problem{Initial: []float64{2.5}, Func: f}, Settings{Method: a, Iterations: n, Resume: resume})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	whole := minimize(12, nil)
	if whole.Skipped == 0 {
		t.Fatal("expected skipped steps")
	}
	for n := 1; n < 12; n++ {
		rest := minimize(12-n, minimize(n, nil).State)
		if string(rest.State) != string(whole.State) || rest.X[0] != whole.X[0] {
			t.Errorf("resumed after %d: expected %s, found %s", n, whole.State, rest.State)
		}
	}
}
