package graph

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// driven is a population of three regions with two channels that reach them.
func driven(t testing.TB, parts ...Part) *Network {
	t.Helper()
	net, err := NewNetwork(append([]Part{
		&Coupling{From: "input:u", To: "a.x", Weights: mat.NewDense(3, 2, []float64{0.5, -0.2, 0.3, 0.4, -0.6, 0.1}), Gain: []float64{0.7}},
		Population("a", Regions(3), nmm.Hopf()), &Channels{Name: "u", Labels: []string{"left", "right"}}}, parts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// The inputs of lanes are their own, or one for all, and learning sees them: weights and series against
// central differences of a smooth loss.
func TestChannelsGradient(t *testing.T) {
	const steps, lanes = 20, 3 // more than a block
	for _, perLane := range []bool{true, false} {
		net := driven(t)
		shape := tensor.Shape{steps, 2}
		if perLane {
			shape = tensor.Shape{lanes, steps, 2}
		}
		count := shape.TotalSize()
		start := make([]float64, count+6)
		for i := range start {
			start[i] = 0.3 * float64((i*i)%7-3)
		}
		loss := func(x []float64) (float64, []float64) {
			g := G.NewGraph()
			u := G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName("u"),
				G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), x[:count]...)))))
			w := matrixLeaf(g, "w", 3, 2, x[count:])
			roll, err := net.Rollout(g, Run{Dt: 0.1, Duration: 0.1 * steps, Lanes: lanes, Record: []string{"a.x"},
				Nodes: map[string]*G.Node{"input:u": u, "input:u->a.x/weights": w}})
			if err != nil {
				t.Fatal(err)
			}
			out := &outcome{grads: map[string][]float64{}}
			x2 := G.Must(G.Square(roll.Node("a.x")))
			out.run(t, g, G.Must(G.Sum(G.Must(G.HadamardProd(x2, roll.Node("a.x"))))), map[string]*G.Node{"u": u, "w": w}, nil)
			return out.loss, append(out.grads["u"], out.grads["w"]...)
		}
		_, got := loss(start)
		want := fd.Gradient(nil, func(x []float64) float64 { l, _ := loss(x); return l }, start, &fd.Settings{Formula: fd.Central})
		closeTo(t, "series", got[:count], want[:count], 1e-6)
		closeTo(t, "weights", got[count:], want[count:], 1e-6)
	}
}

// Values are read where inputs are: from the network, or of each lane; without any there is nothing to
// run on.
func TestChannelsValues(t *testing.T) {
	net := driven(t)
	run := Run{Dt: 0.1, Duration: 0.2, Integrator: Euler, Record: []string{"a.x"}}
	_, err := net.Simulate(t.Context(), run)
	wantError(t, err, "input:u has no values")
	wantError(t, net.Set("input:u", mat.NewDense(2, 3, nil)), "2 columns, one per channel", "2 × 3")
	wantError(t, net.Set("input:u", mat.NewDense(2, 1, nil)), "one per channel")
	if err := net.Set("input:u", mat.NewDense(2, 2, []float64{1, 2, 3, 4})); err != nil {
		t.Fatal(err)
	}
	run.Lanes = 2
	own := mat.NewDense(2, 4, []float64{1, 2, 3, 4, 0, 0, 3, 4})
	runs := map[bool][]float64{}
	for _, per := range []bool{false, true} {
		if run.Values = nil; per {
			run.Values = map[string]mat.Matrix{"input:u": own}
		}
		res, err := net.Simulate(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		runs[per] = res.Series("a.x").Data
	}
	same, differ := runs[false][:6], runs[true][6:]
	for i, x := range runs[true][:6] {
		if x != same[i] || x == differ[i] {
			t.Errorf("value %d: %v, without values of each lane %v, in the other lane %v", i, x, same[i], differ[i])
		}
	}
	if text := net.String(); !strings.Contains(text, "input      u: 2 channels") || !strings.Contains(text, "x = input:u") {
		t.Errorf("prints as %s", text)
	}
}

func TestChannelsErrors(t *testing.T) {
	a, u := Population("a", Regions(3), nmm.Hopf()), &Channels{Name: "u", Labels: []string{"left", "right"}}
	w := mat.NewDense(3, 2, nil)
	lead := func(set func(*Coupling)) Part {
		c := &Coupling{From: "input:u", To: "a.x", Weights: w}
		set(c)
		return c
	}
	for what, c := range map[string]struct {
		part Part
		want []string
	}{
		"unknown":      {lead(func(c *Coupling) { c.From = "input:v" }), []string{`"input:v"`, "did you mean input:u"}},
		"transposed":   {lead(func(c *Coupling) { c.Weights = mat.NewDense(2, 3, nil) }), []string{"3 × 2 (to a × from input:u)", "2 × 3"}},
		"steps":        {lead(func(c *Coupling) { c.DelaySteps = [][]int{{1, 1}, {1, 1}, {1, 1}} }), []string{"no delays", "shift"}},
		"times":        {lead(func(c *Coupling) { c.Delays = w }), []string{"no delays"}},
		"lengths":      {lead(func(c *Coupling) { c.Lengths, c.Speed = w, nmm.Q(1, "m/s") }), []string{"no delays"}},
		"pre":          {lead(func(c *Coupling) { c.Pre = []string{"x", "x^2"} }), []string{`"x^2"`, "as they are"}},
		"regional":     {lead(func(c *Coupling) { c.From = "input:drive" }), []string{"region by region", "layers.Input"}},
		"gain":         {lead(func(c *Coupling) { c.GainUnit = "mV" }), []string{"mV"}},
		"nil":          {(*Channels)(nil), []string{"part 4", "nil"}},
		"no weights":   {lead(func(c *Coupling) { c.Weights = (*mat.Dense)(nil) }), []string{"no weights"}},
		"no channels":  {&Channels{Name: "v"}, []string{"no channels"}},
		"equal":        {&Channels{Name: "v", Labels: []string{"l", "l"}}, []string{"channels 1 and 2", `"l"`}},
		"name":         {&Channels{Name: "u", Labels: []string{"l"}}, []string{"input:u", "taken"}},
		"wrong values": {&Channels{Name: "v", Labels: []string{"l"}, Values: w}, []string{"1 columns", "3 × 2"}},
	} {
		_, err := NewNetwork(a, u, &Input{Name: "drive", To: "a.x"}, c.part)
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		wantError(t, err, c.want...)
	}
	net := driven(t)
	_, err := net.Simulate(t.Context(), Run{Dt: 0.1, Duration: 1, Values: map[string]mat.Matrix{"input:u->a.x/delays": mat.NewDense(1, 1, nil)}})
	wantError(t, err, "no delays")
}
