package forward_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/forward"
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
