package forward_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
)

// weighted is a loss per lane: the sum of a node's values with fixed weights.
func weighted(x *G.Node) (*G.Node, error) {
	each := func(n int, f func(i int, w float64)) {
		r := rand.New(rand.NewPCG(6, 1))
		for i := 0; i < n; i++ {
			f(i, r.Float64()-0.3)
		}
	}
	f := &forward.NodeFunction{
		Name: "weighted", Inputs: []int{x.Dims()}, Output: 1,
		Shape: func(in [][]int) ([]int, error) { return in[0][:1], nil },
		Value: func(in []forward.Array, out forward.Array) error {
			size := len(in[0].Data) / len(out.Data)
			each(len(in[0].Data), func(i int, w float64) { out.Data[i/size] += w * in[0].Data[i] })
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			size := len(in[0].Data) / len(outGrad.Data)
			each(len(in[0].Data), func(i int, w float64) { inGrad.Data[i] = w * outGrad.Data[i/size] })
			return nil
		},
	}
	return f.Apply(x)
}

// brain says what a rollout's network is like.
type brain struct {
	regions, lanes, samples int
	sigma                   []float64 // noise of each region
	start                   float64   // of x in all regions
	beta                    bool      // a saturation of its own in each lane
}

// rolled is a rollout of coupled oscillators; frequencies, growth and weights learn.
func rolled(t *testing.T, b brain) *graph.Rollout {
	t.Helper()
	n := b.regions
	weights := mat.NewDense(n, n, nil)
	weights.Apply(func(i, j int, _ float64) float64 {
		if i == j {
			return 0
		}
		return 0.02
	}, weights)
	parts := []graph.Part{
		graph.Population("cortex", graph.Regions(n), nmm.Hopf().Set("a", -0.02).Set("omega", 0.2).Set("beta", 0.05)),
		layers.Couple("cortex.x", "cortex.x").Named("c").Diffusive().Weights(weights),
	}
	if b.sigma != nil {
		parts = append(parts, layers.WhiteNoise("cortex.x", b.sigma...))
	}
	net, err := graph.NewNetwork(parts...)
	if err != nil {
		t.Fatal(err)
	}
	for address, set := range map[string]float64{"init:cortex.x": b.start, "init:cortex.y": 0} {
		if err := net.Set(address, set); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range []struct {
		address string
		scale   float64 // of what an optimiser moves
		scope   nmm.Scope
	}{{"cortex.a", 0.02, nmm.PerRegion}, {"cortex.omega", 0.01, nmm.PerRegion}, {"c/weights", 0.01, nmm.PerEdge}} {
		if n == 1 && l.scope == nmm.PerEdge {
			continue
		}
		if err := net.Learn(l.address, nmm.Affine(l.scale, 0), l.scope); err != nil {
			t.Fatal(err)
		}
	}
	run := graph.Run{Dt: 1, Duration: float64(5 * b.samples), Record: []string{"cortex.x"}, Every: 5, Seed: 3, Lanes: b.lanes}
	if b.beta {
		run.Values = map[string]mat.Matrix{"cortex.beta": mat.NewDense(b.lanes, 1, numbersUpTo(b.lanes))}
	}
	roll, err := net.Rollout(G.NewGraph(), run)
	if err != nil {
		t.Fatal(err)
	}
	return roll
}

func numbersUpTo(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 0.03 * float64(i+1)
	}
	return v
}

// problem is the loss of a node of a rollout's series and its gradient.
func problem(t *testing.T, roll *graph.Rollout, f func(*G.Node) (*G.Node, error)) *train.GraphProblem {
	t.Helper()
	loss, err := chained(f, weighted)(roll.Node("cortex.x"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := train.NewGraphProblem(loss, roll.Learnables())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every summary of what a network did, differentiated through the solve, by differences of fourth order.
func TestGradientsThroughARollout(t *testing.T) {
	for _, s := range summaries() {
		t.Run(s.name, func(t *testing.T) {
			p := problem(t, rolled(t, brain{regions: 3, lanes: 2, samples: 48, sigma: []float64{0.05}, start: 0.3, beta: true}), s.node)
			defer p.Close()
			x, gradient := p.Values(), make([]float64, len(p.Values()))
			value, err := p.Func(x, gradient)
			if err != nil {
				t.Fatal(err)
			}
			largest := 1e-4 * math.Abs(value) // below it differences are rounding
			want := make([]float64, len(x))
			for i := range x {
				want[i] = difference(t, p, x, i)
				largest = math.Max(largest, math.Abs(want[i]))
			}
			if largest == 0 && s.name != "RMSE of itself" {
				t.Fatal("nothing depends on what learns")
			}
			for i := range x {
				if !(math.Abs(gradient[i]-want[i]) <= 1e-6*largest) {
					t.Fatalf("gradient %d: expected %.9g, found %.9g (largest %.3g)", i, want[i], gradient[i], largest)
				}
			}
		})
	}
}

// difference is the fourth-order central difference by variable i.
func difference(t *testing.T, p *train.GraphProblem, x []float64, i int) float64 {
	t.Helper()
	const h = 1e-5 // short of most kinks of absolute values; rounding is 1e-11
	at := func(step float64) float64 {
		moved := append([]float64{}, x...)
		moved[i] += step
		v, err := p.Func(moved, nil)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
}

// What a network does may have nothing to differentiate: values and gradients are numbers all the same.
func TestDegenerateRollouts(t *testing.T) {
	for name, b := range map[string]brain{
		"silent":          {regions: 3, lanes: 2, samples: 48},
		"constant region": {regions: 3, lanes: 2, samples: 48, sigma: []float64{0, 0.05, 0}},
		"equal regions":   {regions: 3, lanes: 1, samples: 48, start: 0.5},
		"one region":      {regions: 1, lanes: 2, samples: 48, sigma: []float64{0.05}},
		"two regions":     {regions: 2, lanes: 1, samples: 48, sigma: []float64{0.05}},
		"two samples":     {regions: 3, lanes: 2, samples: 2, sigma: []float64{0.05}},
		"one sample":      {regions: 3, lanes: 1, samples: 1, sigma: []float64{0.05}},
	} {
		for _, s := range summaries() {
			t.Run(name+" "+s.name, func(t *testing.T) {
				roll := rolled(t, b)
				if _, err := s.node(roll.Node("cortex.x")); b.samples < s.samples || b.regions < s.regions {
					if err == nil {
						t.Fatalf("no error of %d samples of %d regions", b.samples, b.regions)
					}
					return
				}
				p := problem(t, rolled(t, b), s.node)
				defer p.Close()
				gradient := make([]float64, len(p.Values()))
				value, err := p.Func(p.Values(), gradient)
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range append(gradient, value) {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("number %d of gradient and value is %g", i, v)
					}
				}
			})
		}
	}
}
