package layers

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

func weights() *mat.Dense { return mat.NewDense(2, 2, []float64{0, 1, 2, 0}) }

func cortex() graph.Part { return graph.Population("cortex", []string{"left", "right"}, nmm.Hopf()) }

// Chained settings keep the first error, and NewNetwork returns it.
func TestFirstErrorWins(t *testing.T) {
	lengths, speed := weights(), nmm.Q(3, "m/s")
	for what, c := range map[string]struct {
		part  graph.Part
		words []string
	}{
		"no gain":        {Couple("cortex.x", "cortex.x").Gain().Weights(weights()).Named(""), []string{"cortex.x->cortex.x", "Gain"}},
		"empty name":     {Couple("cortex.x", "cortex.x").Named("").Weights(weights()), []string{"empty name"}},
		"delays twice":   {Couple("cortex.x", "cortex.x").Weights(weights()).Delays(lengths, speed).DelaySteps([][]int{{0, 1}, {1, 0}}), []string{"twice"}},
		"speed twice":    {Couple("cortex.x", "cortex.x").Weights(weights()).Delays(lengths, speed).Speed(speed), []string{"speed", "twice"}},
		"speed alone":    {Couple("cortex.x", "cortex.x").Weights(weights()).Speed(speed), []string{"speed", "without lengths"}},
		"no weights":     {Couple("cortex.x", "cortex.x"), []string{"cortex.x->cortex.x", "no weights"}},
		"wrong size":     {Couple("cortex.x", "cortex.x").Weights(weights()).Delays(mat.NewDense(3, 3, nil), speed), []string{"lengths", "2 × 2", "3 × 3"}},
		"negative delay": {Couple("cortex.x", "cortex.x").Weights(weights()).DelaySteps([][]int{{0, -1}, {1, 0}}), []string{"to left from right", "-1"}},
		"gain unit":      {Couple("cortex.x", "cortex.x").Weights(weights()).GainIn("mV", 2), []string{"gain", "mV"}},
		"noise":          {WhiteNoise("cortex.z", 1), []string{"cortex.z", "cortex.x"}},
		"input":          {Couple("input:u", "cortex.x").Weights(weights()), []string{"no input of channels", "input:u"}},
		"no channels":    {Input("u", -1), []string{"input u", "no channels"}},
		"stimulus":       {Stimulus("u", "cortex.x", mat.NewDense(4, 3, nil)), []string{"input:u", "4 × 3"}},
	} {
		_, err := graph.NewNetwork(cortex(), c.part)
		for _, w := range c.words {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: error %v, expected one with %q", what, err, w)
			}
		}
	}
}

// step returns cortex.x after one Euler step of 0.1 ms from the given states.
func step(t *testing.T, x []float64, parts ...graph.Part) []float64 {
	t.Helper()
	net, err := graph.NewNetwork(append([]graph.Part{cortex()}, parts...)...)
	if err != nil {
		t.Fatal(err)
	}
	for address, v := range map[string][]float64{"init:cortex.x": x, "init:cortex.y": {0, 0}} {
		if err := net.Set(address, v); err != nil {
			t.Fatal(err)
		}
	}
	g := G.NewGraph()
	u, err := net.Unroll(g, graph.Run{Dt: 0.1, Duration: 0.1, Integrator: graph.Euler}, nil)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	return u.Node("cortex.x")[0].Value().Data().([]float64)
}

// currents are an Input u with one row of values.
type currents []float64

func (c currents) Attach(n *graph.Network) error {
	if err := Input("u", len(c)).Attach(n); err != nil {
		return err
	}
	return n.Set("input:u", mat.NewDense(1, len(c), c))
}

// Each form of coupling adds what its formula says to one Euler step.
func TestCouplingFormulas(t *testing.T) {
	x := []float64{0.3, -0.8}
	bare := step(t, x)
	for what, c := range map[string]struct {
		parts []graph.Part
		want  func(i, j int, w float64) float64 // input to i, whose only source is j
	}{
		"linear":     {[]graph.Part{Couple("cortex.x", "cortex.x").Weights(weights()).Gain(0.5)}, func(i, j int, w float64) float64 { return 0.5 * w * x[j] }},
		"per region": {[]graph.Part{Couple("cortex.x", "cortex.x_in").Weights(weights()).Gain(2, 3)}, func(i, j int, w float64) float64 { return float64(2+i) * w * x[j] }},
		"diffusive":  {[]graph.Part{Couple("cortex.x", "cortex.x").Weights(weights()).Diffusive()}, func(i, j int, w float64) float64 { return w * (x[j] - x[i]) }},
		"kuramoto": {[]graph.Part{Couple("cortex.x", "cortex.x").Weights(weights()).Pre("sin(x)", "cos(x)").Post("S1*cos(x) - S2*sin(x)")},
			func(i, j int, w float64) float64 { return w * math.Sin(x[j]-x[i]) }},
		"two": {[]graph.Part{Couple("cortex.x", "cortex.x").Weights(weights()), Couple("cortex.x", "cortex.x").Named("second").Weights(weights()).Gain(-3)},
			func(i, j int, w float64) float64 { return -2 * w * x[j] }},
		"input":    {[]graph.Part{currents{4, 5}, Couple("input:u", "cortex.x").Weights(weights())}, func(i, j int, w float64) float64 { return w * (4 + float64(j)) }},
		"stimulus": {[]graph.Part{Stimulus("u", "cortex.x", mat.NewDense(1, 2, []float64{4, 5}))}, func(i, j int, w float64) float64 { return 4 + float64(i) }},
	} {
		got := step(t, x, c.parts...)
		for i := range got {
			j := 1 - i
			want := bare[i] + 0.1*c.want(i, j, weights().At(i, j))
			if math.Abs(got[i]-want) > 1e-14 {
				t.Errorf("%s: region %d: %v, expected %v", what, i, got[i], want)
			}
		}
	}
}

// A coupling can be attached to two networks.
func TestCouplingIsReusable(t *testing.T) {
	c := Couple("cortex.x", "cortex.x").Weights(weights())
	a, b := step(t, []float64{1, 2}, c), step(t, []float64{1, 2}, c)
	if a[0] != b[0] || a[1] != b[1] {
		t.Errorf("%v and %v", a, b)
	}
}
