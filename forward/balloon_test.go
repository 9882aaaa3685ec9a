package forward

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// follower is a model that by Euler's method with steps of dt ms is its input one step before.
func follower(t *testing.T, dt float64) *nmm.Model {
	t.Helper()
	m, err := nmm.Define("Follower", "dx/dt = (x_in - x)/tau : 1",
		nmm.Parameter("tau", dt, "ms", nmm.Positive, "step"), nmm.Port("x_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// driven runs balloons behind given activity [step, region].
func driven(t *testing.T, dt float64, activity *mat.Dense, record string, change func(*graph.Observer)) *mat.Dense {
	t.Helper()
	steps, n := activity.Dims()
	o := Balloon("cortex.x", 1000)
	change(o)
	o.Output = record
	net, err := graph.NewNetwork(graph.Population("cortex", graph.Regions(n), follower(t, dt)),
		&graph.Input{Name: "drive", To: "cortex.x_in", Values: activity}, o)
	if err != nil {
		t.Fatal(err)
	}
	result, err := net.Simulate(context.Background(), graph.Run{Dt: dt, Duration: dt * float64(steps), Integrator: graph.Euler, Record: []string{"cortex.x"}, Every: steps})
	if err != nil {
		t.Fatal(err)
	}
	s := result.Series("bold")
	return mat.NewDense(s.Samples, n, s.Data)
}

func unchanged(*graph.Observer) {}

// restAndTask is noisy activity about a slow wave, and blocks, in steps of 1 ms.
func restAndTask(seconds int) *mat.Dense {
	x := mat.NewDense(1000*seconds, 2, nil)
	random, noise := rand.New(rand.NewPCG(1, 2)), 0.0
	for k := range 1000 * seconds {
		time := 1e-3 * float64(k)
		noise += -noise/20 + 0.05*random.NormFloat64()
		x.Set(k, 0, 0.2+noise+0.15*math.Sin(2*math.Pi*10*time)+0.1*math.Sin(2*math.Pi*0.05*time))
		x.Set(k, 1, 0.8*float64((k/10000+1)%2))
	}
	return x
}

// The default step is as accurate as its documentation says.
func TestBalloonStep(t *testing.T) {
	activity := restAndTask(40)
	want := driven(t, 1, activity, "bold", func(o *graph.Observer) { o.Step = 1 }) // 2e-7 from steps of 0.1 ms
	got := driven(t, 1, activity, "bold", unchanged)
	for i := range 2 {
		mean, largest, worst := 0.0, 0.0, 0.0
		for k := range 40 {
			mean += want.At(k, i) / 40
		}
		for k := range 40 {
			largest = math.Max(largest, math.Abs(want.At(k, i)-mean))
			worst = math.Max(worst, math.Abs(got.At(k, i)-want.At(k, i)))
		}
		if !(worst < 5e-5*largest && largest > 0.001) {
			t.Errorf("region %d: %g of fluctuations up to %g", i, worst, largest)
		}
	}
}

// Faint activity moves blood flow linearly, by the first-order Volterra kernel.
func TestBalloonFlowIsVolterra(t *testing.T) {
	activity := restAndTask(30)
	activity.Scale(1e-6, activity)
	flow := driven(t, 1, activity, "ln_f", unchanged)
	h := VolterraHRF().Set("tau_s", 1/0.65).Set("tau_f", 1/0.41).Set("scale", 1).Over(30)
	want, err := HRFSignal{HRF: h, Step: 1, Period: 1000, WarmUp: WarmUpSilent, Method: ConvolveByFFT}.Signal(activity)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 30 {
		for i := range 2 {
			near(t, fmt.Sprintf("flow of region %d after %d s", i, k+1), flow.At(k, i), want.At(k, i), 1e-10) // of 1e-6; 1 ms late and 1e-4 from the step
		}
	}
}

// In the natural variables of the paper, with the 1 − q/v term, by small Euler steps.
func TestBalloonIsThePapers(t *testing.T) {
	activity := restAndTask(20)
	got := driven(t, 1, activity, "bold", func(o *graph.Observer) { o.Step = 1 })
	for i := range 2 {
		const parts = 50
		s, f, v, q := 0.0, 1.0, 1.0, 1.0
		for k := range 20000 {
			for range parts {
				h := 1e-3 / parts
				ds := activity.At(k, i) - 0.65*s - 0.41*(f-1)
				out := math.Pow(v, 1/0.32)
				dv, dq := (f-out)/0.98, (f*(1-math.Pow(1-0.34, 1/f))/0.34-out*q/v)/0.98
				s, f, v, q = s+h*ds, f+h*s, v+h*dv, q+h*dq
			}
			if (k+1)%1000 == 0 {
				want := 0.02 * (7*0.34*(1-q) + 2*(1-q/v) + (2*0.34-0.2)*(1-v))
				near(t, fmt.Sprintf("region %d after %d ms", i, k+1), got.At((k+1)/1000-1, i), want, 3e-6) // Euler's error, of signals of 0.02
			}
		}
	}
}

// Activity that is far too strong, and its sudden end, neither make anything negative nor end the run.
func TestBalloonSurvives(t *testing.T) {
	activity := mat.NewDense(60000, 3, nil)
	for k := range 60000 {
		on := float64((k / 10000) % 2)
		activity.Set(k, 0, 20*on)
		activity.Set(k, 1, -5*on)
		activity.Set(k, 2, 100*on)
	}
	for _, name := range []string{"f", "v", "q", "bold"} {
		x := driven(t, 1, activity, name, unchanged)
		for k := range 60 {
			for i := range 3 {
				if v := x.At(k, i); math.IsNaN(v) || math.IsInf(v, 0) || name != "bold" && !(v > 0) {
					t.Fatalf("%s of region %d after %d s is %g", name, i, k+1, v)
				}
			}
		}
	}
}

// balloonNetwork is coupled Wilson-Cowan regions with delays and BOLD every second.
func balloonNetwork(t testing.TB) *graph.Network {
	t.Helper()
	weights := mat.NewDense(3, 3, []float64{0, 1, 0.2, 0.5, 0, 0.7, 0.9, 0.1, 0})
	lengths := mat.NewDense(3, 3, []float64{0, 20, 40, 20, 0, 30, 40, 30, 0})
	wc := nmm.WilsonCowan().Set("P", []float64{1.1, 1.25, 1.4}).Set("c_ee", 16.).Set("c_ei", 12.).Set("c_ie", 15.).Set("c_ii", 3.)
	net, err := graph.NewNetwork(graph.Population("cortex", graph.Regions(3), wc),
		layers.Couple("cortex.E", "cortex.E_in").Weights(weights).Gain(0.8).Delays(lengths, nmm.Q(10, "m/s")),
		layers.WhiteNoise("cortex.E", 0.01),
		Balloon("cortex.E", 1000))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// The gradients of a loss on the FC of BOLD, of the network's and the balloon's parameters, one region
// held constant.
func TestGradientThroughBalloon(t *testing.T) {
	learned := map[string]nmm.Scope{"cortex.E->cortex.E_in/gain": nmm.Shared, "cortex.c_ee": nmm.Shared,
		"bold.tau": nmm.PerRegion, "bold.alpha": nmm.Shared, "bold.kappa": nmm.Shared, "bold.epsilon": nmm.PerRegion, "bold.k_2": nmm.Shared, "bold.rho": nmm.Shared}
	loss := func(net *graph.Network, grad bool) (float64, map[string][]float64) {
		g := G.NewGraph()
		roll, err := net.Rollout(g, graph.Run{Dt: 1, Duration: 8000, Warmup: 1000, Seed: 4})
		if err != nil {
			t.Fatal(err)
		}
		fc, err := FCNode(roll.Node("bold"))
		if err != nil {
			t.Fatal(err)
		}
		target := G.NewConstant(tensor.New(tensor.WithShape(1, 3, 3), tensor.WithBacking([]float64{1, 0.5, -0.3, 0.5, 1, 0.2, -0.3, 0.2, 1})))
		distance, err := MSENode(fc, target)
		if err != nil {
			t.Fatal(err)
		}
		cost := G.Must(G.Sum(distance))
		var values map[string]*G.Value
		if grad {
			values = map[string]*G.Value{}
			grads, err := G.Grad(cost, roll.Learnables()...)
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range roll.Learned() {
				values[l.Address] = new(G.Value)
				G.Read(grads[i], values[l.Address])
			}
		}
		var value G.Value
		G.Read(cost, &value)
		vm := G.NewTapeMachine(g)
		defer vm.Close()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		out := map[string][]float64{}
		for address, v := range values {
			a, err := array(*v)
			if err != nil {
				t.Fatal(err)
			}
			out[address] = append([]float64{}, a.Data...)
		}
		return value.Data().(float64), out
	}
	net := balloonNetwork(t)
	for address, x := range map[string][]float64{"bold.epsilon": {1, 0, 0.8}, "bold.tau": {0.9, 1, 1.1}} { // the second region's BOLD is constant
		if err := net.Set(address, x); err != nil {
			t.Fatal(err)
		}
	}
	for address, scope := range learned {
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	_, got := loss(net, true)
	for address, gradient := range got {
		before, err := net.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		for k := range gradient {
			at := func(d float64) float64 {
				x := append([]float64{}, before...)
				x[k] += d
				if err := net.Set(address, x); err != nil {
					t.Fatal(err)
				}
				v, _ := loss(net, false)
				return v
			}
			if address == "bold.epsilon" && k == 1 {
				near(t, "gradient of a constant region", gradient[k], 0, 0)
				continue
			}
			h := 1e-4 * math.Abs(before[k])
			want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
			near(t, fmt.Sprintf("%s %d", address, k), gradient[k], want, 1e-6*math.Max(1e-3, math.Abs(want)))
			if err := net.Set(address, before); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(got) != len(learned) {
		t.Errorf("gradients of %d of %d", len(got), len(learned))
	}
}

func TestBalloonTimes(t *testing.T) {
	for want, run := range map[string]graph.Run{"10 ms": {Dt: 0.3, Duration: 3000}, "": {Dt: 0.5, Duration: 3000}} {
		_, err := balloonNetwork(t).Simulate(context.Background(), run)
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("dt %g: %v", run.Dt, err)
		}
	}
}
