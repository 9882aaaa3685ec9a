package train

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// rhythms is a network of three noisy oscillators that couple, with a growth for each.
func rhythms(t *testing.T) *graph.Network {
	t.Helper()
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"left", "middle", "right"}, nmm.Hopf().Set("a", -0.02).Set("omega", 0.2).Set("beta", 0.05)),
		layers.Couple("cortex.x", "cortex.x").Named("c").Diffusive().Weights(mat.NewDense(3, 3, []float64{0, 0.02, 0, 0.01, 0, 0.02, 0.01, 0, 0})),
		layers.WhiteNoise("cortex.x", 0.05))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		net.Learn("cortex.a", nmm.Affine(0.02, 0), nmm.PerRegion),
		net.Learn("cortex.omega", nmm.Affine(0.01, 0), nmm.PerRegion),
		net.Learn("c/weights", nmm.Affine(0.01, 0), nmm.PerEdge),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return net
}

var (
	rhythmsRun   = graph.Run{Dt: 1, Duration: 300, Record: []string{"cortex.x"}, Every: 5, Lanes: 2, Seed: 3}
	rhythmsWelch = forward.Welch{Rate: 200, Window: 16, Overlap: 8}
	rhythmsBand  = forward.Butterworth{Order: 2, Low: 15, High: 60, Rate: 200}
	rhythmsFCD   = []float64{0.1, 0.9, 0.4, -0.2, 0.3}
)

// another is a recording of the network under another seed.
func another(t *testing.T) *mat.Dense {
	t.Helper()
	run := rhythmsRun
	run.Seed = 77
	r, err := rhythms(t).Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	return r.Series("cortex.x").Matrix(0)
}

func recordedSpectrum(t *testing.T) *mat.Dense {
	t.Helper()
	psd, err := rhythmsWelch.PSD(another(t))
	if err != nil {
		t.Fatal(err)
	}
	return psd
}

// objectiveProblem is an objective of the network.
func objectiveProblem(t *testing.T, objective Objective) *GraphProblem {
	t.Helper()
	roll, err := rhythms(t).Rollout(G.NewGraph(), rhythmsRun)
	if err != nil {
		t.Fatal(err)
	}
	loss, err := objective(roll)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewGraphProblem(loss, roll.Learnables())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func summaryObjectives(t *testing.T) map[string]Objective {
	t.Helper()
	fc := forward.FC(another(t))
	return map[string]Objective{
		"amplitudes":    SummaryError("cortex.x", forward.AmplitudeNode, 0.1, 0.2, 0.3),
		"variance":      SummaryError("cortex.x", forward.GlobalVarianceNode, 0.1),
		"envelope FC":   SummaryError("cortex.x", rhythmsBand.EnvelopeFCNode, mat.DenseCopyOf(fc).RawMatrix().Data...),
		"metastability": MetastabilityError("cortex.x", rhythmsBand, 0.1),
		"FCD":           FCDDistance("cortex.x", 20, 6, rhythmsFCD),
		"FCD KS":        FCDKS("cortex.x", 20, 6, rhythmsFCD),
		"means":         SummaryError("cortex.x", forward.MeanNode, 0.1, 0.2, 0.3),
		"spectrum":      SpectralDistance("cortex.x", rhythmsWelch, recordedSpectrum(t), 60),
		"mean spectrum": SpectralDistance("cortex.x", rhythmsWelch, recordedSpectrum(t).ColView(1), 20),
		"two of a kind": Sum(Term{1, FCDDistance("cortex.x", 20, 6, rhythmsFCD)}, Term{2, FCDDistance("cortex.x", 20, 6, []float64{0, 0, 0, 0, 0.1})}),
	}
}

// Gradients through the solve of two lanes, by differences of fourth order.
func TestGradientsOfSummaryObjectives(t *testing.T) {
	for name, objective := range summaryObjectives(t) {
		t.Run(name, func(t *testing.T) {
			p := objectiveProblem(t, objective)
			defer p.Close()
			checkDifferences(t, p)
		})
	}
}

// The losses are those of the numbers of each lane.
func TestSummaryObjectivesAreThoseOfNumbers(t *testing.T) {
	r, err := rhythms(t).Simulate(context.Background(), rhythmsRun)
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]func(x *mat.Dense) float64{
		"amplitudes": func(x *mat.Dense) float64 {
			return forward.MSE(mat.NewVecDense(3, forward.Amplitude(x)), mat.NewVecDense(3, []float64{0.1, 0.2, 0.3}))
		},
		"FCD": func(x *mat.Dense) float64 {
			return forward.Wasserstein(forward.UpperTriangle(forward.FCD(x, 20, 6), 1), rhythmsFCD)
		},
		"metastability": func(x *mat.Dense) float64 {
			y, err := rhythmsBand.Filter(x)
			if err != nil {
				t.Fatal(err)
			}
			return math.Pow(forward.Metastability(forward.Phase(y))-0.1, 2)
		},
		"spectrum": func(x *mat.Dense) float64 {
			psd, err := rhythmsWelch.PSD(x)
			if err != nil {
				t.Fatal(err)
			}
			recorded := recordedSpectrum(t)
			return forward.LogSpectralDistance(psd, recorded, 1e-6*mat.Max(recorded))
		},
	}
	objectives := summaryObjectives(t)
	for name, number := range numbers {
		p := objectiveProblem(t, objectives[name])
		if _, err := p.Func(p.Values(), nil); err != nil {
			t.Fatal(err)
		}
		for lane, got := range p.Losses() {
			if want := number(r.Series("cortex.x").Matrix(lane)); math.Abs(got-want) > 1e-12*math.Max(1, want) {
				t.Errorf("%s, lane %d: expected %.15g, found %.15g", name, lane, want, got)
			}
		}
		p.Close()
	}
}

// Fits reach summaries that another value of what learns has.
func TestFitReachesSummaries(t *testing.T) {
	truth := rhythms(t)
	if err := truth.Set("cortex.omega", 0.26); err != nil {
		t.Fatal(err)
	}
	run := rhythmsRun
	run.Duration, run.Lanes, run.Seed = 3000, 1, 9
	recorded, err := truth.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	x := recorded.Series("cortex.x").Matrix(0)
	psd, err := rhythmsWelch.PSD(x)
	if err != nil {
		t.Fatal(err)
	}
	run.Seed = 3
	for name, objective := range map[string]Objective{
		"spectrum": SpectralDistance("cortex.x", rhythmsWelch, psd, 60),
		"peak": SummaryError("cortex.x", func(x *G.Node) (*G.Node, error) {
			psd, err := rhythmsWelch.PSDNode(x)
			if err != nil {
				return nil, err
			}
			return forward.SpectralPeakNode(psd, rhythmsWelch.Frequencies(), 5, 80, 2)
		}, forward.SpectralPeak(psd, rhythmsWelch.Frequencies(), 5, 80, 2)...),
	} {
		net, err := graph.NewNetwork(
			graph.Population("cortex", []string{"left", "middle", "right"}, nmm.Hopf().Set("a", -0.02).Set("omega", 0.2).Set("beta", 0.05)),
			layers.Couple("cortex.x", "cortex.x").Named("c").Diffusive().Weights(mat.NewDense(3, 3, []float64{0, 0.02, 0, 0.01, 0, 0.02, 0.01, 0, 0})),
			layers.WhiteNoise("cortex.x", 0.05))
		if err != nil {
			t.Fatal(err)
		}
		if err := net.Learn("cortex.omega", nmm.Affine(0.01, 0), nmm.Shared); err != nil {
			t.Fatal(err)
		}
		if _, err := Fit(context.Background(), net, run, objective, Settings{Iterations: 30}); err != nil {
			t.Fatal(err)
		}
		// Another noise in 3 s of a rhythm that is 20 ms coherent: about 150 independent pieces.
		if got, err := net.Get("cortex.omega"); err != nil || math.Abs(got[0]-0.26) > 0.01 {
			t.Errorf("%s: expected a frequency of 0.26 rad/ms, found %v (%v)", name, got, err)
		}
	}
}

func TestSummaryObjectivesRefuse(t *testing.T) {
	psd := recordedSpectrum(t)
	for want, objective := range map[string]Objective{
		"target of 3 values":        SummaryError("cortex.x", forward.AmplitudeNode, 1, 2),
		"no values":                 SummaryError("cortex.x", forward.AmplitudeNode),
		"target value 1 is NaN":     SummaryError("cortex.x", forward.AmplitudeNode, 1, math.NaN(), 2),
		"window of 2 to 60":         FCDDistance("cortex.x", 61, 6, rhythmsFCD),
		"two windows":               FCDDistance("cortex.x", 60, 6, rhythmsFCD),
		"target value 0 is +Inf":    FCDKS("cortex.x", 20, 6, []float64{math.Inf(1)}),
		"found no values":           FCDDistance("cortex.x", 20, 6, nil),
		"9 frequencies × 3 regions": SpectralDistance("cortex.x", rhythmsWelch, psd.Slice(0, 8, 0, 3), 60),
		"dynamic range above 0":     SpectralDistance("cortex.x", rhythmsWelch, psd, 0),
		"recorded power":            SpectralDistance("cortex.x", rhythmsWelch, mat.NewDense(9, 3, nil), 60),
		"positive sampling rate":    SpectralDistance("cortex.x", forward.Welch{Window: 16}, psd, 60),
		"sampling":                  MetastabilityError("cortex.x", forward.Butterworth{Order: 2, Low: 15}, 0.1),
	} {
		roll, err := rhythms(t).Rollout(G.NewGraph(), rhythmsRun)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = objective(roll); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "cortex.x") {
			t.Errorf("expected an error with %q that names cortex.x, found %v", want, err)
		}
	}
}

// What a study would minimise: FC and FCD of BOLD, and what is known of a parameter, in one gradient.
func TestGradientOfObjectivesOfBOLD(t *testing.T) {
	net, err := graph.NewNetwork(
		graph.Population("cortex", []string{"left", "middle", "right"}, nmm.Hopf().Set("a", -0.02).Set("omega", 0.2).Set("beta", 0.05)),
		layers.Couple("cortex.x", "cortex.x").Named("c").Diffusive().Weights(mat.NewDense(3, 3, []float64{0, 0.02, 0, 0.01, 0, 0.02, 0.01, 0, 0})),
		layers.ColouredNoise("drive", "cortex.x", 400, 0.02),
		forward.Balloon("cortex.x", 500))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		net.Learn("cortex.a", nmm.Affine(0.02, 0), nmm.PerRegion),
		net.Learn("c/gain", nmm.Affine(1, 0), nmm.Shared),
		net.Learn("drive.tau", nmm.Affine(400, 0), nmm.Shared),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	roll := mustRoll(t, net, graph.Run{Dt: 2, Warmup: 5000, Duration: 25000, Record: []string{}, Seed: 5})
	loss, err := Sum(
		Term{1, FCError("bold", mat.NewDense(3, 3, []float64{1, 0.5, 0.2, 0.5, 1, 0.4, 0.2, 0.4, 1}))},
		Term{0.5, FCDDistance("bold", 20, 5, rhythmsFCD)},
		Term{1, Regularise("cortex.a", 0.1, GaussianPrior(-0.03, 0.01))})(roll)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewGraphProblem(loss, roll.Learnables())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	checkDifferences(t, p)
}

// checkDifferences compares a gradient with differences of fourth order, short of most kinks of absolute values.
func checkDifferences(t *testing.T, p *GraphProblem) {
	t.Helper()
	x, gradient := p.Values(), make([]float64, len(p.Values()))
	if _, err := p.Func(x, gradient); err != nil {
		t.Fatal(err)
	}
	largest := norm(gradient)
	if largest == 0 {
		t.Fatal("nothing depends on what learns")
	}
	for i := range x {
		at := func(step float64) float64 {
			moved := slices.Clone(x)
			moved[i] += step
			v, err := p.Func(moved, nil)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		const h = 1e-5
		want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
		if math.Abs(gradient[i]-want) > 1e-6*math.Max(largest, 1e-2) { // rounding of a loss is 1e-11/h
			t.Errorf("gradient %d: expected %.9g, found %.9g (largest %.3g)", i, want, gradient[i], largest)
		}
	}
}
