package forward

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

func TestHilbertTurnsCosineIntoSine(t *testing.T) {
	for _, samples := range []int{24, 25} {
		x, want := mat.NewDense(samples, 1, nil), mat.NewDense(samples, 1, nil)
		for k := 0; k < samples; k++ {
			phase := 2 * math.Pi * 3 * float64(k) / float64(samples)
			x.Set(k, 0, 2*math.Cos(phase)+5) // the mean is dropped
			want.Set(k, 0, 2*math.Sin(phase))
		}
		h := Hilbert(x)
		for k := 0; k < samples; k++ {
			near(t, "H cos", h.At(k, 0), want.At(k, 0), 1e-13)
			x.Set(k, 0, x.At(k, 0)-5)
		}
		amplitude, phase := Envelope(x), Phase(x)
		for k := 0; k < samples; k++ {
			near(t, "amplitude", amplitude.At(k, 0), 2, 1e-13)
			near(t, "phase", math.Cos(phase.At(k, 0))*2, x.At(k, 0), 1e-13)
		}
	}
}

func TestGradientOfAnalyticSignal(t *testing.T) {
	for _, samples := range []int{8, 9} {
		x := oscillations(31, 2, samples, 2)
		shapes := [][]int{{2, samples, 2}}
		checkGradient(t, shapes, x, unary(HilbertNode))
		checkGradient(t, shapes, x, unary(EnvelopeNode))
		checkGradient(t, shapes, x, unary(PhaseNode))
		for _, f := range []func(*G.Node) (*G.Node, error){EnvelopeNode, PhaseNode} {
			_, gradient := checkFinite(t, shapes, constants(len(x), 0), unary(f))
			allZero(t, "gradient without a signal", gradient)
		}
	}
}

func TestOrderOfPhasesByHand(t *testing.T) {
	phases := mat.NewDense(3, 2, []float64{0.4, 0.4, 0, math.Pi / 2, 0, math.Pi})
	r := KuramotoOrder(phases)
	for k, want := range []float64{1, math.Sqrt2 / 2, 0} {
		near(t, "R", r[k], want, 1e-15)
	}
	mean := (1 + math.Sqrt2/2) / 3
	near(t, "synchrony", Synchrony(phases), mean, 1e-15)
	variance := 0.0
	for _, v := range r {
		variance += (v - mean) * (v - mean) / 2
	}
	near(t, "metastability", Metastability(phases), math.Sqrt(variance), 1e-15)
	plv := PhaseLocking(phases) // of 1 − i − 1 over 3
	near(t, "phase locking", plv.At(0, 1), 1.0/3, 1e-15)
	near(t, "phase locking with itself", plv.At(1, 1), 1, 0)
}

func TestGradientOfPhaseSummaries(t *testing.T) {
	x := randomValues(32, 2*6*3)
	for name, f := range map[string]func(*G.Node) (*G.Node, error){
		"order": KuramotoOrderNode, "synchrony": SynchronyNode, "metastability": MetastabilityNode, "locking": PhaseLockingNode,
	} {
		t.Run(name, func(t *testing.T) { checkGradient(t, [][]int{{2, 6, 3}}, x, unary(f)) })
	}
	opposite := []float64{0, math.Pi, 1, 1 + math.Pi}
	_, gradient := checkFinite(t, [][]int{{1, 2, 2}}, opposite, unary(KuramotoOrderNode))
	allZero(t, "gradient of no order", gradient)
	_, gradient = checkFinite(t, [][]int{{1, 6, 3}}, constants(18, 0.7), unary(MetastabilityNode))
	allZero(t, "gradient of constant order", gradient)
	checkFinite(t, [][]int{{1, 2, 2}}, []float64{0, 0, 0, math.Pi}, unary(PhaseLockingNode))
}

// The chain that fits use: signal → phase → metastability, and envelope → FC.
func TestGradientThroughPhases(t *testing.T) {
	x := oscillations(33, 1, 9, 3)
	checkGradient(t, [][]int{{1, 9, 3}}, x, unary(func(x *G.Node) (*G.Node, error) {
		phase, err := PhaseNode(x)
		if err != nil {
			return nil, err
		}
		return MetastabilityNode(phase)
	}))
	checkGradient(t, [][]int{{1, 9, 3}}, x, unary(func(x *G.Node) (*G.Node, error) {
		envelope, err := EnvelopeNode(x)
		if err != nil {
			return nil, err
		}
		return FCNode(envelope)
	}))
}
