package graph

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// lowPass is a first-order filter with time constant tau, and its square as an observable.
func lowPass(t testing.TB) *nmm.Model {
	t.Helper()
	m, err := nmm.Define("LowPass", `
		dz/dt = (z_in - z) / tau : 1
		square = k*z^2           : 1`,
		nmm.Parameter("tau", 20, "ms", nmm.Positive, "time constant"),
		nmm.Parameter("k", 1.5, "1", nmm.Free, "gain"),
		nmm.State("z", 0, 0.4, "filtered"), nmm.Port("z_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func observed(t testing.TB, n int) *Network {
	t.Helper()
	return longNetwork(t, n,
		&Observer{Name: "slow", From: "cortex.x", Model: lowPass(t), Port: "z", Output: "square", Ratio: 6, Every: 2, Average: true},
		&Observer{Name: "last", From: "cortex.y", Model: lowPass(t), Port: "z", Output: "z", Ratio: 4, Integrator: Euler})
}

// The observer's numbers are those of a loop over the network's states, wherever the warm-up ends.
func TestObserverByHand(t *testing.T) {
	net := observed(t, 3)
	all, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 0.5 * 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	x, y := all.Series("cortex.x").Lane(0), all.Series("cortex.y").Lane(0)
	for _, warmup := range []int{0, 12, 4, 7, 23} {
		res, err := net.Simulate(context.Background(), Run{Dt: 0.5, Warmup: 0.5 * float64(warmup), Duration: 0.5 * float64(100-warmup), Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		slow, last := res.Series("slow"), res.Series("last")
		for j := 0; j < 3; j++ {
			z, sum := 0.2, 0.0
			for k := warmup % 6; k < len(x); k++ {
				sum += x[k][j]
				since := k + 1 - warmup
				if since%6 != 0 {
					continue
				}
				in, h := sum/6, 3.0
				sum = 0
				k1 := (in - z) / 20
				z += h / 2 * (k1 + (in-z-h*k1)/20)
				if since > 0 && since%12 == 0 {
					closeTo(t, "slow", slow.Lane(0)[since/12-1][j:j+1], []float64{1.5 * z * z}, 1e-13)
				}
			}
			z = 0.2
			for k := 3 + warmup%4; k < len(y); k += 4 {
				z += 2 * (y[k][j] - z) / 20
				if k >= warmup {
					closeTo(t, "last", last.Lane(0)[(k-warmup)/4][j:j+1], []float64{z}, 1e-13)
				}
			}
		}
		recorded := 100 - warmup
		if slow.Dt != 6 || slow.Samples != recorded/12 || slow.Start != 0.5*float64(warmup+12) {
			t.Errorf("warm-up of %d steps: %v", warmup, slow)
		}
		if last.Dt != 2 || last.Samples != recorded/4 || last.Start != 0.5*float64(warmup+4) {
			t.Errorf("warm-up of %d steps: %v", warmup, last)
		}
	}
}

func TestObserverGradients(t *testing.T) {
	net := observed(t, 2)
	for _, address := range []string{"slow.tau", "slow.k", "last.tau", "cortex.a", "init:slow.z", "init:cortex.x"} {
		scope := nmm.Shared
		if strings.HasPrefix(address, "init:") {
			scope = nmm.PerRegion
		}
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	checkRolloutGradients(t, net, Run{Dt: 0.5, Duration: 30, Warmup: 6, Record: []string{"cortex.x"}, Every: 5})
}

func TestObserverWindowsAndBudgets(t *testing.T) {
	net := observed(t, 3)
	run := Run{Dt: 0.5, Warmup: 0.5 * 12, Duration: 0.5 * 148, Every: 7, Seed: 5}
	want := rolledOut(t, net, run)
	if len(want.grads["slow.tau"]) == 0 || want.grads["slow.tau"][0] == 0 || len(want.records["slow"]) == 0 {
		t.Fatal("the observer has no gradient")
	}
	for _, window := range []int{1, 10, 33} {
		part := run
		part.Window = window
		t.Run(fmt.Sprintf("window %d", window), func(t *testing.T) { agree(t, rolledOut(t, net, part), want, 1e-12) })
	}
	run.Duration = 0.5 * 5000
	want = rolledOut(t, net, run)
	unlimited := unlimitedBytes(t, net, run)
	for _, part := range []int64{4, 16} {
		run.MemoryBudget = unlimited / part
		same(t, fmt.Sprintf("1/%d of the memory", part), rolledOut(t, net, run), want)
	}
}

// Cutting at a horizon is the same in one window as in several.
func TestObserverHorizon(t *testing.T) {
	net := observed(t, 3)
	run := Run{Dt: 0.5, Duration: 0.5 * 120, Every: 5, Horizon: 24}
	want := rolledOut(t, net, run)
	run.Window = 24
	agree(t, rolledOut(t, net, run), want, 1e-12)
}

// One rollout continued by another is one long rollout.
func TestContinue(t *testing.T) {
	net := observed(t, 3)
	g := G.NewGraph()
	first, err := net.Rollout(g, Run{Dt: 0.5, Duration: 30, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	second, err := net.Rollout(g, Run{Dt: 0.5, Duration: 18, Seed: 3, From: first.Carry()})
	if err != nil {
		t.Fatal(err)
	}
	var got G.Value
	G.Read(second.Node("cortex.x"), &got)
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	whole, err := net.Simulate(context.Background(), Run{Dt: 0.5, Warmup: 30, Duration: 18, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	data, _ := float64s(got)
	closeTo(t, "second part", data, whole.Series("cortex.x").Data, 0)
	if math.IsNaN(data[0]) {
		t.Error("NaN")
	}
}

// New inputs, seeds and initial states need no new graph.
func TestRunTimeInputs(t *testing.T) {
	net := longNetwork(t, 2, &Input{Name: "drive", To: "cortex.y"})
	g := G.NewGraph()
	roll, err := net.Rollout(g, Run{Dt: 0.5, Duration: 10})
	if err != nil {
		t.Fatal(err)
	}
	var got G.Value
	G.Read(roll.Node("cortex.y"), &got)
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	for seed := uint64(0); seed < 3; seed++ {
		drive := mat.NewDense(20, 2, nil)
		for k := 0; k < 20; k++ {
			drive.Set(k, 0, 0.1*float64(seed))
			drive.Set(k, 1, 0.01*float64(k))
		}
		letMatrix(t, roll.Input("input:drive"), drive.RawMatrix().Data)
		letMatrix(t, roll.Input("seed"), []float64{float64(seed)})
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		if err := net.Set("input:drive", drive); err != nil {
			t.Fatal(err)
		}
		want, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 10, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		data, _ := float64s(got)
		closeTo(t, "y", data, want.Series("cortex.y").Data, 0)
	}
}
