package forward_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
)

// summary is a node of a recorded series of at least so many samples and regions, else an error.
type summary struct {
	name             string
	samples, regions int
	node             func(x *G.Node) (*G.Node, error)
}

const samplesPerSecond = 200 // of rollouts of oscillators

// summaries are all nodes of a series, alone and as they follow each other.
func summaries() []summary {
	window := forward.Welch{Rate: samplesPerSecond, Window: 16, Overlap: 8}
	band := forward.Butterworth{Order: 2, Low: 15, High: 60, Rate: samplesPerSecond}
	phases := func(f func(*G.Node) (*G.Node, error)) func(*G.Node) (*G.Node, error) {
		return chained(band.FilterNode, forward.PhaseNode, f)
	}
	return []summary{
		{"mean", 1, 1, forward.MeanNode},
		{"preprocessing", 16, 1, func(x *G.Node) (*G.Node, error) {
			return forward.Preprocessing{Detrend: true, Low: 15, High: 60, ZScore: true}.Node(x, 1000./samplesPerSecond)
		}},
		{"haemodynamic response", 1, 1, func(x *G.Node) (*G.Node, error) {
			return forward.HRFSignal{HRF: forward.GammaHRF(), Step: 1000. / samplesPerSecond, WarmUp: forward.WarmUpSteady}.SignalNode(x, nil)
		}},
		{"lead field", 1, 1, leadField},
		{"z-score", 2, 1, forward.ZScoreNode},
		{"covariance", 2, 1, forward.CovarianceNode},
		{"FC", 2, 1, forward.FCNode},
		{"correlation", 2, 1, chained(forward.CovarianceNode, forward.CorrelationNode)},
		{"lagged covariance", 3, 1, func(x *G.Node) (*G.Node, error) { return forward.LaggedCovarianceNode(x, 1) }},
		{"windowed FC", 20, 2, func(x *G.Node) (*G.Node, error) { return forward.WindowedFCNode(x, 20, 6) }},
		{"FCD", 20, 3, func(x *G.Node) (*G.Node, error) { return forward.FCDNode(x, 20, 6) }},
		{"distance of FCD's values", 26, 3, chained(values, toRecorded(forward.WassersteinNode, 7))},
		{"density of FCD's values", 26, 3, chained(values, density)},
		{"KS distance of densities", 26, 3, chained(values, density, toRecorded(forward.DensityKSNode, len(grid)))},
		{"distance of densities", 26, 3, chained(values, density, toRecorded(
			func(p, q *G.Node) (*G.Node, error) { return forward.DensityWassersteinNode(p, q, grid[1]-grid[0]) }, len(grid)))},
		{"filter", 16, 1, band.FilterNode},
		{"envelope FC", 16, 1, band.EnvelopeFCNode},
		{"detrend", 1, 1, func(x *G.Node) (*G.Node, error) { return forward.DetrendNode(x) }},
		{"autocorrelation time", 9, 1, func(x *G.Node) (*G.Node, error) { return forward.AutocorrelationTimeNode(x, 8) }},
		{"amplitude", 2, 1, forward.AmplitudeNode},
		{"switching", 2, 1, func(x *G.Node) (*G.Node, error) { return forward.SwitchingNode(x, 3) }},
		{"PSD", 16, 1, window.PSDNode},
		{"spectral distance", 16, 1, chained(window.PSDNode, spectral)},
		{"spectral peak", 16, 1, chained(window.PSDNode, func(p *G.Node) (*G.Node, error) {
			return forward.SpectralPeakNode(p, window.Frequencies(), 10, 80, 8)
		})},
		{"coherence", 24, 1, func(x *G.Node) (*G.Node, error) { return window.CoherenceNode(x, 10, 80) }},
		{"Hilbert", 2, 1, forward.HilbertNode},
		{"envelope", 2, 1, forward.EnvelopeNode},
		{"Kuramoto order", 16, 1, phases(forward.KuramotoOrderNode)},
		{"synchrony", 16, 1, phases(forward.SynchronyNode)},
		{"metastability", 16, 1, phases(forward.MetastabilityNode)},
		{"phase locking", 16, 1, phases(forward.PhaseLockingNode)},
		{"global variance", 2, 1, forward.GlobalVarianceNode},
		{"variance of variances", 2, 1, forward.VarianceOfVariancesNode},
		{"dispersion", 1, 1, forward.DispersionNode},
		{"proxy metastability", 2, 1, forward.ProxyMetastabilityNode},
		{"MSE", 1, 1, func(x *G.Node) (*G.Node, error) { return forward.MSENode(x, recordedLike(x)) }},
		{"RMSE", 1, 1, func(x *G.Node) (*G.Node, error) { return forward.RMSENode(x, recordedLike(x)) }},
		{"cosine similarity", 1, 1, func(x *G.Node) (*G.Node, error) { return forward.CosineSimilarityNode(x, recordedLike(x)) }},
		{"HRF signal", 20, 1, func(x *G.Node) (*G.Node, error) { return hrfSignal(forward.WarmUpLeftOut).SignalNode(x, nil) }},
		{"steady HRF signal", 1, 1, func(x *G.Node) (*G.Node, error) { return hrfSignal(forward.WarmUpSteady).SignalNode(x, nil) }},
		{"RMSE of itself", 1, 1, func(x *G.Node) (*G.Node, error) { return forward.RMSENode(x, x) }},
	}
}

// hrfSignal is of a response of 20 samples.
func hrfSignal(warmUp forward.HRFWarmUp) forward.HRFSignal {
	h := forward.VolterraHRF().Set("tau_s", 0.02).Set("tau_f", 0.0004)
	return forward.HRFSignal{HRF: h.Over(20. / samplesPerSecond), Step: 1000. / samplesPerSecond, WarmUp: warmUp}
}

var grid = []float64{-1.5, -1, -0.5, 0, 0.5, 1, 1.5}

// chained applies one function after the other.
func chained(list ...func(*G.Node) (*G.Node, error)) func(*G.Node) (*G.Node, error) {
	return func(x *G.Node) (*G.Node, error) {
		for _, f := range list {
			var err error
			if x, err = f(x); err != nil {
				return nil, err
			}
		}
		return x, nil
	}
}

// values are those of the distribution of an FCD.
func values(x *G.Node) (*G.Node, error) {
	fcd, err := forward.FCDNode(x, 20, 6)
	if err != nil {
		return nil, err
	}
	return forward.UpperTriangleNode(fcd, 1)
}

func density(values *G.Node) (*G.Node, error) { return forward.DensityNode(values, grid) }

// leadField is that of four sensors against their mean.
func leadField(x *G.Node) (*G.Node, error) {
	gain := mat.NewDense(4, x.Shape()[2], nil)
	gain.Apply(func(i, j int, _ float64) float64 { return 1 / float64(1+i+2*j) }, gain)
	return (&forward.LeadField{Gain: gain, Reference: forward.AverageReference}).Node(x)
}

func spectral(p *G.Node) (*G.Node, error) {
	return forward.LogSpectralDistanceNode(p, recordedLike(p), 1e-9)
}

// toRecorded compares with so many numbers from elsewhere.
func toRecorded(f func(a, b *G.Node) (*G.Node, error), n int) func(*G.Node) (*G.Node, error) {
	return func(x *G.Node) (*G.Node, error) { return f(x, numbers(x.Graph(), 1, n)) }
}

// recordedLike are numbers from elsewhere for all lanes, of the shape of x.
func recordedLike(x *G.Node) *G.Node {
	return numbers(x.Graph(), append([]int{1}, x.Shape()[1:]...)...)
}

// numbers are positive numbers without a gradient.
func numbers(g *G.ExprGraph, shape ...int) *G.Node {
	r := rand.New(rand.NewPCG(5, uint64(len(shape))))
	v := make([]float64, tensor.Shape(shape).TotalSize())
	for i := range v {
		v[i] = 0.1 + 0.8*r.Float64()
	}
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
	return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(fmt.Sprint("recorded ", shape)), G.WithValue(t))
}

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
