package graph

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// rates are three regions of the excitatory-inhibitory model with delays, an input and noise, observed by extra.
func rates(t *testing.T, extra ...Part) *Network {
	t.Helper()
	w := mat.NewDense(3, 3, []float64{0, 0.6, 0.1, 0.3, 0, 0.5, 0.2, 0.4, 0})
	net, err := NewNetwork(append([]Part{
		Population("cortex", Regions(3), nmm.ReducedWongWangExcInh().Set("lambda", 0.3)),
		&Coupling{Name: "long", From: "cortex.S_e", To: "cortex.S_e", Weights: w, DelaySteps: [][]int{{0, 3, 1}, {2, 0, 5}, {40, 2, 0}}, Gain: []float64{1.2}},
		&Input{Name: "current", To: "cortex.I_e_in", Values: mat.NewDense(120, 1, fill(120, func(k int) float64 { return 0.02 * math.Sin(float64(k)) }))},
		&Noise{To: "cortex.S_e", Sigma: []float64{0.01}},
	}, extra...)...)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func fill(n int, f func(int) float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = f(i)
	}
	return x
}

// The current and the rate are those that a step starts with, long-range input and all; a mean is over them.
func TestDrivenByHand(t *testing.T) {
	ctx := context.Background()
	watch := []Part{
		&Observer{Name: "means", From: "cortex.H_e", Step: 5, Average: true},
		&Observer{Name: "ratio", From: "cortex.S_e", Pre: "x * H_e / H_i", Every: 2},
	}
	run := Run{Dt: 0.5, Duration: 50, Seed: 4, Record: []string{"cortex.S_e", "cortex.S_i", "cortex.I_e", "cortex.H_e", "cortex.H_i"}}
	res, err := rates(t, watch...).Simulate(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	se, si := res.Series("cortex.S_e"), res.Series("cortex.S_i")
	ie, he, hi := res.Series("cortex.I_e"), res.Series("cortex.H_e"), res.Series("cortex.H_i")
	if ie.Start != 0 || ie.Dt != 0.5 || se.Start != 0.5 || ie.Unit != "nA" || he.Unit != "Hz" {
		t.Errorf("found %v, %v and %v", ie, he, se)
	}
	at := func(s *Series, k, j int, start float64) float64 { // after k steps
		if k <= 0 {
			return start
		}
		return s.Lane(0)[k-1][j]
	}
	w, delays := []float64{0.2, 0.4}, []int{40, 2} // to region 3
	for k := range 100 {
		long := 0.0
		for j := range w {
			long += w[j] * at(se, k-delays[j], j, 0.15)
		}
		want := 0.382 + 0.21*at(se, k, 2, 0.15) - at(si, k, 2, 0.05) + 0.15*1.2*long + 0.02*math.Sin(float64(k))
		closeTo(t, "current", ie.Lane(0)[k][2:], []float64{want}, 1e-14)
		y := 310*want - 125
		closeTo(t, "rate", he.Lane(0)[k][2:], []float64{y / (1 - math.Exp(-0.16*y))}, 1e-12)
	}
	mean := 0.0
	for _, row := range he.Lane(0)[10:20] {
		mean += row[1] / 10
	}
	closeTo(t, "mean", res.Series("means").Lane(0)[1][1:2], []float64{mean}, 1e-14)
	ratio := se.Lane(0)[19][0] * he.Lane(0)[19][0] / hi.Lane(0)[19][0]
	closeTo(t, "ratio", res.Series("ratio").Lane(0)[9][:1], []float64{ratio}, 1e-14)
}

// Without its observers a run has the same states, and times that do not suit them.
func TestUnobserved(t *testing.T) {
	net := rates(t, &Observer{Name: "means", From: "cortex.H_e", Step: 5, Average: true})
	run := Run{Dt: 0.5, Duration: 10, Record: []string{"cortex.S_e"}}
	want, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	run.Unobserved = true
	got, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "S_e", got.Series("cortex.S_e").Data, want.Series("cortex.S_e").Data, 0)
	if n := len(got.Recorded()); n != 1 {
		t.Errorf("expected one series, found %d", n)
	}
	run.Dt = 0.3
	if _, err = net.Simulate(context.Background(), run); err != nil {
		t.Error(err)
	}
	_, err = net.Rollout(G.NewGraph(), run)
	wantError(t, err, "Unobserved")
}

// What is recorded changes no bit of the states.
func TestDrivenLeavesTheStates(t *testing.T) {
	run := Run{Dt: 0.5, Duration: 50, Seed: 4, Record: []string{"cortex.S_e"}}
	var results [2]*Result
	for i := range results {
		var err error
		if results[i], err = rates(t).Simulate(context.Background(), run); err != nil {
			t.Fatal(err)
		}
		run.Record = append(run.Record, "cortex.H_e", "cortex.I_i")
	}
	closeTo(t, "S_e", results[1].Series("cortex.S_e").Data, results[0].Series("cortex.S_e").Data, 0)
}

func TestDrivenGradients(t *testing.T) {
	net := rates(t,
		&Observer{Name: "means", From: "cortex.H_e", Step: 1.5, Average: true},
		&Observer{Name: "last", From: "cortex.S_e", Pre: "x * (1 + 0.05*H_e*1[s])", Ratio: 4})
	for address, scope := range map[string]nmm.Scope{
		"cortex.J_i": nmm.PerRegion, "cortex.a_e": nmm.Shared, "long/gain": nmm.Shared, "long/weights": nmm.PerEdge, "init:cortex.S_e": nmm.PerRegion,
	} {
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	for _, average := range []bool{false, true} {
		checkRolloutGradients(t, net, Run{Dt: 0.5, Warmup: 2, Duration: 18, Every: 4, Average: average, Record: []string{"cortex.H_e", "cortex.S_i"}})
	}
}

// A readout reads driven observables as it reads states.
func TestDrivenReadout(t *testing.T) {
	net, g := rates(t), G.NewGraph()
	w := G.NewMatrix(g, G.Float64, G.WithShape(2, 3), G.WithName("w"), G.WithValue(tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, -1, 0, 1}))))
	roll, err := net.Rollout(g, Run{Dt: 0.5, Duration: 20, Record: []string{"cortex.H_e"}, Readouts: []Readout{{Name: "o", Terms: []ReadoutTerm{{State: "cortex.H_e", Weights: w}}}}})
	if err != nil {
		t.Fatal(err)
	}
	var rate, read G.Value
	G.Read(roll.Node("cortex.H_e"), &rate)
	G.Read(roll.Node("o"), &read)
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	h, o := rate.Data().([]float64), read.Data().([]float64)
	for k := range 40 {
		x := h[3*k:]
		closeTo(t, "readout", o[2*k:2*k+2], []float64{x[0] + 2*x[1] + 3*x[2], x[2] - x[0]}, 1e-13)
	}
}
