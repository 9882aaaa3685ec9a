package layers

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	G "gorgonia.org/gorgonia"
)

// Two layers of oscillators are the recursion of one after the other, written out here a second time: the
// upper sees what the lower was before the step.
func TestSequentialIsTheRecursion(t *testing.T) {
	const channels, outs, steps = 3, 2, 8
	sizes := []int{4, 5}
	r, err := Sequential(
		RecurrentSettings{Cell: HORNCell(), Units: sizes[0], Inputs: channels, Dt: 40, Seed: 1},
		RecurrentSettings{Cell: HORNCell(), Units: sizes[1], Outputs: outs, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	inputs := randomInputs(steps * channels)
	got := outputs(t, r, inputs, steps, 1)
	x, y := [][]float64{make([]float64, sizes[0]), make([]float64, sizes[1])}, [][]float64{make([]float64, sizes[0]), make([]float64, sizes[1])}
	for k := range steps {
		drive := [][]float64{make([]float64, sizes[0]), make([]float64, sizes[1])}
		for i := range drive[0] {
			drive[0][i] = dot(matrix(t, r, "encoder_1/weights", channels), i, inputs[k*channels:][:channels])
		}
		for i := range drive[1] {
			drive[1][i] = dot(matrix(t, r, "encoder_x/weights", sizes[0]), i, x[0]) + dot(matrix(t, r, "encoder_y/weights", sizes[0]), i, y[0])
		}
		for l, name := range []string{"layer1", "cortex"} {
			n, suffix := sizes[l], []string{"_1", ""}[l]
			before := append([]float64(nil), y[l]...)
			for i := range n {
				omega, gamma := at(t, r, name+".omega", i), at(t, r, name+".gamma", i)
				sent := 2 / math.Sqrt(float64(n)) * dot(matrix(t, r, "recurrent"+suffix+"/weights", n), i, before)
				y[l][i] += 0.5*math.Tanh(drive[l][i]+sent+at(t, r, name+".b", i)) - omega*omega*x[l][i] - 2*gamma*y[l][i]
				x[l][i] += y[l][i]
			}
		}
		for o := range outs {
			want := r.bias[o]
			for i := range sizes[1] {
				want += x[1][i]*r.weights[0][o*sizes[1]+i] + y[1][i]*r.weights[1][o*sizes[1]+i]
			}
			if found := got[k*outs+o]; math.Abs(found-want) > 1e-12 { // 8 steps of numbers below 10
				t.Fatalf("step %d, output %d: expected %v, found %v", k, o, want, found)
			}
		}
	}
}

// Every cell can be below and above another of its kind, finer steps included.
func TestSequentialOfEveryCell(t *testing.T) {
	for _, name := range CellNames() {
		lower, _ := CellByName(name)
		upper, _ := CellByName(name)
		r, err := Sequential(RecurrentSettings{Cell: lower, Units: 3, Inputs: 2, Dt: 40}, RecurrentSettings{Cell: upper, Units: 4, Outputs: 1})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		silent, driven := outputs(t, r, make([]float64, 40), 20, 1), outputs(t, r, randomInputs(40), 20, 1)
		if silent[19] == driven[19] || math.IsNaN(driven[19]) {
			t.Errorf("%s: output %v without and %v with input", name, silent[19], driven[19])
		}
	}
}

func TestSequentialErrors(t *testing.T) {
	first := RecurrentSettings{Cell: HORNCell(), Units: 3, Inputs: 2, Dt: 40}
	last := RecurrentSettings{Cell: HORNCell(), Units: 3, Outputs: 1}
	change := func(s RecurrentSettings, f func(*RecurrentSettings)) RecurrentSettings { f(&s); return s }
	for want, stack := range map[string][]RecurrentSettings{
		"a layer at least":             nil,
		"layer 1: expected no Outputs": {change(first, func(s *RecurrentSettings) { s.Outputs = 1 }), last},
		"layer 2: expected no Inputs":  {first, change(last, func(s *RecurrentSettings) { s.Inputs = 3 })},
		"integrator":                   {first, change(last, func(s *RecurrentSettings) { s.Cell = RateCell() })},
		"step of 40 ms":                {first, change(last, func(s *RecurrentSettings) { s.Dt = 20 })},
		"positive numbers":             {first, change(last, func(s *RecurrentSettings) { s.Units = 0 })},
	} {
		if _, err := Sequential(stack...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected one with %q", err, want)
		}
	}
}

// Two layers of oscillators see three channels and answer one of two classes.
func ExampleSequential() {
	rnn, err := Sequential(
		RecurrentSettings{Cell: HORNCell(), Units: 32, Inputs: 3, Dt: 40},
		RecurrentSettings{Cell: HORNCell(), Units: 16, Outputs: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	u, err := rnn.Rollout(G.NewGraph(), 50, 8, graph.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Outputs.Shape(), "of", len(u.Learnables()), "learnables")
	// Output: (400, 2) of 14 learnables
}
