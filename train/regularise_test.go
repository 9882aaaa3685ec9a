package train

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

var regularisers = map[string]Regulariser{
	"L1": L1, "L2": L2, "Huber": Huber(0.7), "Gaussian": GaussianPrior(0.2, 0.5), "group lasso": GroupLasso(3), "max norm": MaxNorm(1),
	"total variation": TotalVariation, "entropy": NegativeEntropy, "orthogonal": Orthogonal(3),
}

func TestRegularisersByHand(t *testing.T) {
	v := []float64{3, -4, 0, 1}
	for name, want := range map[string]float64{
		"L1": 8, "L2": 26, "Huber": 0.7 * (8 - 3*0.35), "Gaussian": 2 * (2.8*2.8 + 4.2*4.2 + 0.2*0.2 + 0.8*0.8), "group lasso": 6,
		"max norm": math.Pow(math.Sqrt(26)-1, 2), "total variation": 12, "orthogonal": 64 + 225 + 1 + 2*144, // of the first row
	} {
		if got := regularisers[name](v, nil); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: expected %g, found %g", name, want, got)
		}
	}
	if got := NegativeEntropy([]float64{7, 7, 7, 7}, nil); math.Abs(got+math.Log(4)) > 1e-14 {
		t.Errorf("entropy of equal values: expected %g, found %g", -math.Log(4), got)
	}
}

func TestGradientsOfRegularisers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 9)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	for name, f := range regularisers {
		gradient := []float64{7, 7, 7, 7, 7, 7, 7, 7, 7} // to be overwritten
		f(x, gradient)
		want := fd.Gradient(nil, func(x []float64) float64 { return f(x, nil) }, x, &fd.Settings{Formula: fd.Central})
		for i := range x {
			if math.Abs(gradient[i]-want[i]) > 1e-8*math.Max(1, math.Abs(want[i])) {
				t.Errorf("%s, gradient %d: expected %g, found %g", name, i, want[i], gradient[i])
			}
		}
		zeros := make([]float64, 9)
		if v := f(zeros, gradient); !isFinite(v) || !allFinite(gradient) {
			t.Errorf("%s of zeros: %g with gradient %v", name, v, gradient)
		}
		if v := f(nil, nil); !isFinite(v) {
			t.Errorf("%s of nothing: %g", name, v)
		}
	}
}

// Values of all lanes are counted once, those of each lane in that lane.
func TestRegularisersAndLanes(t *testing.T) {
	net := noisy(t)
	if err := net.Learn("cortex.a", nmm.Scaled(nmm.Positive, -0.02), nmm.PerRegion); err != nil {
		t.Fatal(err)
	}
	if err := net.Learn("cortex.omega", nmm.Affine(0.01, 0), nmm.PerRegionAndLane); err != nil {
		t.Fatal(err)
	}
	run := shortRun
	run.Lanes, run.Duration = 2, 40
	run.Values = map[string]mat.Matrix{"cortex.omega": mat.NewDense(2, 2, []float64{0.01, 0.02, 0.03, 0.05})}
	for address, want := range map[string][]float64{"cortex.a": {0.02, 0.02}, "cortex.omega": {0.015, 0.04}} {
		roll, err := net.Rollout(G.NewGraph(), run)
		if err != nil {
			t.Fatal(err)
		}
		loss, err := Regularise(address, 0.5, L1)(roll)
		if err != nil {
			t.Fatal(err)
		}
		if address == "cortex.a" {
			want = []float64{0.01, 0.01} // a share of 0.5 · 0.04 for each
		}
		checkProblem(t, loss, roll, want)
	}
	if _, err := Regularise("c/weights", 1, L2)(mustRoll(t, net, run)); err == nil || !strings.Contains(err.Error(), "cortex.omega") {
		t.Errorf("expected an error that lists what learns, found %v", err)
	}
}

func mustRoll(t *testing.T, net *graph.Network, run graph.Run) *graph.Rollout {
	t.Helper()
	roll, err := net.Rollout(G.NewGraph(), run)
	if err != nil {
		t.Fatal(err)
	}
	return roll
}

// checkProblem checks the losses of the lanes, and the gradient of what a loss depends on.
func checkProblem(t *testing.T, loss *G.Node, roll *graph.Rollout, want []float64) {
	t.Helper()
	var nodes G.Nodes
	for _, l := range roll.Learned() {
		if strings.HasSuffix(loss.Op().String(), l.Address) {
			nodes = append(nodes, l.Raw)
		}
	}
	p, err := NewGraphProblem(loss, nodes)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	x, gradient := p.Values(), make([]float64, len(p.Values()))
	if _, err := p.Func(x, gradient); err != nil {
		t.Fatal(err)
	}
	for lane, got := range p.Losses() {
		if math.Abs(got-want[lane]) > 1e-15 {
			t.Errorf("%v, lane %d: expected %g, found %g", loss, lane, want[lane], got)
		}
	}
	numbers := fd.Gradient(nil, func(x []float64) float64 {
		v, err := p.Func(x, nil)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}, x, &fd.Settings{Formula: fd.Central})
	for i := range x {
		if math.Abs(gradient[i]-numbers[i]) > 1e-9 {
			t.Errorf("%v, gradient %d: expected %g, found %g", loss, i, numbers[i], gradient[i])
		}
	}
}
