package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// pastText reads the past of both states, of a line, at delays that are a parameter, another one, and a number.
const pastText = `
	rate   = tanh(x + s*y)                                          : 1
	drive  = rate(t - d) - 0.5*x(t - d_2) + y(t - 0.4[ms])*x + x_in : 1
	dx/dt  = (drive - x + slope(t - d))/3[ms]                       : 1
	slope  = diff(rate, x)                                          : 1
	dy/dt  = (x(t - d) - y)/(4[ms] + d_2)                           : 1`

func laggedModel(t testing.TB) *nmm.Model {
	t.Helper()
	m, err := nmm.Define("Lagged", pastText,
		nmm.Parameter("s", 0.7, "1", nmm.Free, "weight"), nmm.Parameter("d", 0.6, "ms", nmm.Free, "delay"),
		nmm.Parameter("d_2", 1.1, "ms", nmm.Free, "delay, and a time constant"), nmm.Port("x_in", "1"),
		nmm.State("x", 0.2, 0.9, "x"), nmm.State("y", -0.5, 0.8, "y"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// byCouplings is the same with ports and couplings of each region with itself.
func byCouplings(t testing.TB, n int, delays map[string][]float64, parts ...Part) *Network {
	t.Helper()
	m, err := nmm.Define("Lagged", `
		drive  = tanh(x_d + s*y_d) - 0.5*x_2 + y_n*x + x_in : 1
		dx/dt  = (drive - x + (1 - tanh(x_d + s*y_d)^2))/3[ms] : 1
		dy/dt  = (x_d - y)/(4[ms] + d_2)                    : 1`,
		nmm.Parameter("s", 0.7, "1", nmm.Free, ""), nmm.Parameter("d_2", 1.1, "ms", nmm.Free, ""), nmm.Port("x_in", "1"),
		nmm.Port("x_d", "1"), nmm.Port("y_d", "1"), nmm.Port("x_2", "1"), nmm.Port("y_n", "1"),
		nmm.State("x", 0.2, 0.9, ""), nmm.State("y", -0.5, 0.8, ""))
	if err != nil {
		t.Fatal(err)
	}
	all := []Part{Population("cortex", Regions(n), m)}
	for _, port := range []string{"x_d", "y_d", "x_2", "y_n"} {
		identity, delay := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
		for i := 0; i < n; i++ {
			identity.Set(i, i, 1)
			delay.Set(i, i, delays[port[2:]][i])
		}
		all = append(all, &Coupling{Name: port, From: "cortex." + port[:1], To: "cortex." + port, Weights: NewSparse(identity), Delays: delay})
	}
	net, err := NewNetwork(append(all, parts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// others is a coupling between regions and noise.
func others(n int) []Part {
	w, lengths := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			w.Set(i, j, 0.2*math.Sin(float64(3*i+j)))
			lengths.Set(i, j, float64((5*i+3*j)%7))
		}
	}
	return []Part{&Coupling{Name: "net", From: "cortex.x", To: "cortex.x", Weights: w, Lengths: lengths, Speed: nmm.Q(10, "mm/ms")},
		&Noise{To: "cortex.x", Sigma: []float64{0.1}}}
}

// laggedNetworks are both, with delays of their own per region, and a history.
func laggedNetworks(t *testing.T, n int) (net, want *Network) {
	t.Helper()
	d, d2 := make([]float64, n), make([]float64, n)
	past := mat.NewDense(20, n, nil)
	for i := range d {
		d[i], d2[i] = 0.3*float64(i), 1.1-0.2*float64(i) // the first is 0: the present
		for k := 0; k < 20; k++ {
			past.Set(k, i, 0.3*math.Sin(float64(2*k+i)))
		}
	}
	net = must(t, append([]Part{Population("cortex", Regions(n), laggedModel(t))}, others(n)...)...)
	want = byCouplings(t, n, map[string][]float64{"d": d, "2": d2, "n": repeat(0.4, n)}, others(n)...)
	for _, target := range []*Network{net, want} {
		for address, x := range map[string]any{"history:cortex.x": past, "cortex.d_2": d2} {
			if err := target.Set(address, x); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := net.Set("cortex.d", d); err != nil {
		t.Fatal(err)
	}
	return net, want
}

// Reading the past is a coupling of each region with itself: the same numbers, whole and in windows, with little
// memory, and the same gradients.
func TestPastIsASelfCoupling(t *testing.T) {
	for _, n := range []int{1, 4} {
		net, want := laggedNetworks(t, n)
		for _, integ := range []Integrator{Euler, Heun, ExponentialEuler} {
			run := Run{Dt: 0.1, Warmup: 1, Duration: 12, Seed: 3, Integrator: integ, Every: 3}
			ref := rolledOut(t, want, run)
			for _, window := range []int{0, 7, 50} {
				run.Window = window
				t.Run(fmt.Sprintf("%d regions %s window %d", n, integ.Name, window), func(t *testing.T) {
					got := rolledOut(t, net, run)
					for address := range ref.grads {
						if strings.HasSuffix(address, "/weights") && address != "net/weights" || strings.HasSuffix(address, "/gain") && address != "net/gain" || address == "cortex.d_2" {
							delete(ref.grads, address) // the couplings that stand for the past, and a delay, which does not learn
						}
					}
					agree(t, got, ref, 1e-13)
				})
			}
			run.Window, run.MemoryBudget = 0, 40<<10
			agree(t, rolledOut(t, net, run), ref, 1e-13)
		}
	}
}

func TestPastInUnroll(t *testing.T) {
	for _, n := range []int{1, 3} {
		net, _ := laggedNetworks(t, n)
		for _, integ := range []Integrator{Euler, ExponentialEuler} {
			agree(t, rolledOut(t, net, Run{Dt: 0.1, Duration: 2, Integrator: integ, Seed: 3}), unrolled(t, net, Run{Dt: 0.1, Duration: 2, Integrator: integ, Seed: 3}), 1e-12)
		}
	}
}

// Each lane may have a delay of its own; what depends on the past of the run's own states can be recorded.
func TestPastInLanes(t *testing.T) {
	net, _ := laggedNetworks(t, 3)
	run := Run{Dt: 0.1, Duration: 6, Seeds: []uint64{7, 7}, Lanes: 2, Record: []string{"cortex.x", "cortex.drive", "cortex.rate"},
		Values: map[string]mat.Matrix{"cortex.d": mat.NewDense(2, 3, []float64{0.2, 0.2, 0.2, 1.4, 0, 0.7})}}
	both, err := net.Simulate(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for lane, d := range [][]float64{{0.2, 0.2, 0.2}, {1.4, 0, 0.7}} {
		if err := net.Set("cortex.d", d); err != nil {
			t.Fatal(err)
		}
		one, err := net.Simulate(t.Context(), Run{Dt: 0.1, Duration: 6, Seeds: []uint64{7}, Record: run.Record})
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range run.Record {
			if got, want := both.Series(address).Lane(lane), one.Series(address).Lane(0); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("lane %d: %s differs from a run of its own", lane, address)
			}
		}
	}
}

// Against the formula: Mackey and Glass's equation by Euler steps, from a constant past.
func TestPastAgainstFormula(t *testing.T) {
	m, err := nmm.Define("MackeyGlass", "dx/dt = (2*x(t - d)/(1 + x(t - d)^9) - x)/10[ms] : 1",
		nmm.Parameter("d", 3, "ms", nmm.Positive, "delay"), nmm.State("x", 0.5, 0.7, ""))
	if err != nil {
		t.Fatal(err)
	}
	res, err := must(t, Population("a", Regions(1), m)).Simulate(t.Context(), Run{Dt: 0.5, Duration: 100, Integrator: Euler})
	if err != nil {
		t.Fatal(err)
	}
	x := []float64{0.6}
	for k, got := range res.Series("a.x").Data {
		past := x[max(0, k-6)]
		x = append(x, x[k]+0.5*(2*past/(1+math.Pow(past, 9))-x[k])/10)
		if !(math.Abs(got-x[k+1]) < 1e-13) {
			t.Fatalf("step %d: expected %v, found %v", k, x[k+1], got)
		}
	}
}

func TestPastErrors(t *testing.T) {
	net, _ := laggedNetworks(t, 3)
	wantErr := func(err error, parts ...string) {
		t.Helper()
		if err == nil {
			t.Fatalf("expected an error with %q, found none", parts)
		}
		for _, p := range parts {
			if !strings.Contains(err.Error(), p) {
				t.Errorf("expected %q in the error, found: %v", p, err)
			}
		}
	}
	wantErr(net.Learn("cortex.d", nmm.Free, nmm.PerRegion), "cortex.d is a delay", "not learned")
	wantErr(net.Set("cortex.d", -1), `parameter "d": a delay cannot be negative, found -1 ms`)
	wantErr(laggedModel(t).Learn("d", nmm.Free, nmm.Shared).Err(), `parameter "d": a delay cannot be learned`)
	g := G.NewGraph()
	node := G.NewVector(g, G.Float64, G.WithShape(3), G.WithName("d"))
	_, err := net.Rollout(g, Run{Dt: 0.1, Duration: 1, Nodes: map[string]*G.Node{"cortex.d": node}})
	wantErr(err, "Run.Nodes", "cortex.d is a delay")
	_, err = net.Unroll(g, Run{Dt: 0.1, Duration: 1}, map[string]*G.Node{"cortex.d": node})
	wantErr(err, "cortex.d is a delay")
	_, err = net.Simulate(t.Context(), Run{Dt: 0.1, Duration: 1, Values: map[string]mat.Matrix{"cortex.d": mat.NewDense(1, 1, []float64{-1})}})
	wantErr(err, `Run.Values["cortex.d"]`, "in lane 0 is -1")
	_, err = NewNetwork(Population("cortex", Regions(2), nmm.Hopf()), &Observer{Name: "late", From: "cortex.x", Model: laggedModel(t), Port: "x_in", Output: "x", Ratio: 1})
	wantErr(err, "late", "an observer keeps no past")
	_, err = net.Flow()
	wantErr(err, "cortex.x(t - d)", "has a delay")
	wantErr(net.Set("cortex.x(t - d)/weights", repeat(2, 3)), "unknown address")
	if i := slices.IndexFunc(net.Addresses(), func(a string) bool { return strings.Contains(a, "(") }); i >= 0 {
		t.Errorf("found address %s", net.Addresses()[i])
	}
	if text := net.String(); !strings.Contains(text, "cortex.x(t - d): what the equations read") {
		t.Errorf("found %s", text)
	}
}

// A copy has the delays that the network has now.
func TestPastInClones(t *testing.T) {
	net, _ := laggedNetworks(t, 3)
	run := Run{Dt: 0.1, Duration: 5, Seed: 2}
	first, err := net.Simulate(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Clone()
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Set("cortex.d", []float64{2, 2, 2}); err != nil {
		t.Fatal(err)
	}
	copied, err := c.Simulate(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	moved, err := net.Simulate(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	x := func(r *Result) string { return fmt.Sprint(r.Series("cortex.x").Data) }
	if x(first) != x(copied) || x(first) == x(moved) {
		t.Error("expected the copy to run as before, and the network to run with its new delays")
	}
}
