package graph

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// Means of a continued run are those of its own steps: what was left over of the first run's last mean
// does not count.
func TestMeansOfAContinuedRun(t *testing.T) {
	net := longNetwork(t, 2)
	whole, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 0.5 * 31, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	first, err := net.Rollout(g, Run{Dt: 0.5, Duration: 0.5 * 17, Seed: 3, Every: 7, Average: true})
	if err != nil {
		t.Fatal(err)
	}
	second, err := net.Rollout(g, Run{Dt: 0.5, Duration: 0.5 * 14, Seed: 3, Every: 7, Average: true, From: first.Carry()})
	if err != nil {
		t.Fatal(err)
	}
	var read G.Value
	G.Read(second.Node("cortex.x"), &read)
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	x := whole.Series("cortex.x").Lane(0)
	var want []float64
	for sample := 0; sample < 2; sample++ {
		for j := 0; j < 2; j++ {
			sum := 0.0
			for _, row := range x[17+7*sample : 24+7*sample] {
				sum += row[j]
			}
			want = append(want, sum/7)
		}
	}
	got, _ := float64s(read)
	closeTo(t, "means", got, want, 1e-14)
}

// Their gradient does not know of the first run's last mean either.
func TestGradientOfAContinuedMean(t *testing.T) {
	net := longNetwork(t, 2)
	if err := net.Learn("cortex.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	first, err := net.Rollout(g, Run{Dt: 0.5, Duration: 0.5 * 17, Every: 7, Average: true})
	if err != nil {
		t.Fatal(err)
	}
	second, err := net.Rollout(g, Run{Dt: 0.5, Duration: 0.5 * 14, Every: 7, Average: true, From: first.Carry()})
	if err != nil {
		t.Fatal(err)
	}
	checkNodeGradients(t, g, G.Must(G.Sum(G.Must(G.Square(second.Node("cortex.x"))))), second.Learnables())
}

// Progress goes up to the total in every run, over the windows of a chain.
func TestProgressOfAChain(t *testing.T) {
	net := longNetwork(t, 2)
	last, whole := 0, 0
	run := Run{Dt: 0.5, Duration: 0.5 * 60, Window: 16, Lanes: 2, Progress: func(done, total int) {
		if done <= last || done > total {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last, whole = done, total
	}}
	runtimeOneWorker(t)
	g := G.NewGraph()
	if _, err := net.Rollout(g, run); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	for range 2 {
		last = 0
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		if last != 120 || whole != 120 {
			t.Errorf("%d of %d at the end, expected 120", last, whole)
		}
	}
}

// An observer that diverges is an error like a network that does.
func TestDivergedObserver(t *testing.T) {
	filter, err := nmm.Define("Explosive", `dz/dt = (z^2 + z_in) / 1[ms] : 1`, nmm.State("z", 0, 4, "filtered"), nmm.Port("z_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	net := longNetwork(t, 2, &Observer{Name: "slow", From: "cortex.x", Model: filter, Port: "z", Output: "z", Ratio: 3})
	_, err = net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 100})
	wantError(t, err, "slow.z", "region 1", "step ", "lane 0", "t = ")
	res, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 100, NonFinite: MaskLane})
	if err != nil {
		t.Fatal(err)
	}
	if !res.Masked()[0] {
		t.Error("the lane is not masked")
	}
}

// runtimeOneWorker makes lanes run one after the other.
func runtimeOneWorker(t *testing.T) {
	t.Helper()
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// So is an observable: a NaN is never written down in silence.
func TestDivergedObservable(t *testing.T) {
	model, err := nmm.Define("Rooted", `
		dx/dt = -1 / 10[ms] : 1
		root = sqrt(x)      : 1`,
		nmm.State("x", 0, 2, "activity"))
	if err != nil {
		t.Fatal(err)
	}
	net, err := NewNetwork(Population("cortex", []string{"left", "right"}, model))
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Set("init:cortex.x", []float64{2, 1.025}); err != nil {
		t.Fatal(err)
	}
	run := Run{Dt: 0.5, Duration: 20, Record: []string{"cortex.root"}, Every: 2}
	_, err = net.Simulate(context.Background(), run)
	wantError(t, err, "cortex.root of right became NaN at step 22 of lane 0", "t = 11 ms")
	run.Lanes, run.NonFinite = 2, MaskLane
	res, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	if m := res.Masked(); !m[0] || !m[1] {
		t.Errorf("masked %v", m)
	}
}

// The step named is the observer's own: z' = z² from 2 overflows after some Euler steps of
// 1.5 ms.
func TestStepOfADivergedObserver(t *testing.T) {
	filter, err := nmm.Define("Explosive", `dz/dt = z^2 / 1[ms] + 0/1[ms]*z_in : 1`, nmm.State("z", 0, 4, "filtered"), nmm.Port("z_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	net := longNetwork(t, 2, &Observer{Name: "slow", From: "cortex.x", Model: filter, Port: "z", Output: "z", Ratio: 3, Integrator: Euler})
	z, steps := 2.0, 0
	for ; !math.IsInf(z, 0); steps++ {
		z += 1.5 * z * z
	}
	_, err = net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 100})
	wantError(t, err, fmt.Sprintf("slow.z of region 1 became +Inf at step %d of", 3*steps))
}

// An observer's output counts as one, too, by the step of the network.
func TestDivergedObserverOutput(t *testing.T) {
	filter, err := nmm.Define("Rooted", `
		dz/dt = (0*z_in - 1) / 10[ms] : 1
		root = sqrt(z)                : 1`,
		nmm.State("z", 0, 1.01, "filtered"), nmm.Port("z_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	net := longNetwork(t, 2, &Observer{Name: "slow", From: "cortex.x", Model: filter, Port: "z", Output: "root", Ratio: 3, Integrator: Euler})
	// z starts at 0.505 and falls by 0.15 in three steps: below 0 after four times that
	_, err = net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 20, Lanes: 2})
	wantError(t, err, "slow.root of region 1 became NaN at step 12 of lane 0")
}
