package graph

import (
	"context"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// copied are observers without a model, with times in ms: a subsample, means, and means of which every
// second one is recorded, of an expression.
func copied(t testing.TB, n int) *Network {
	t.Helper()
	return longNetwork(t, n,
		&Observer{Name: "sub", From: "cortex.x", Period: 2},
		&Observer{Name: "means", From: "cortex.y", Period: 3, Average: true},
		&Observer{Name: "energy", From: "cortex.y", Pre: "x^2 + x*y", Step: 1, Every: 2, Average: true},
		&Observer{Name: "all", From: "cortex.x"})
}

func TestCopiesByHand(t *testing.T) {
	net := copied(t, 3)
	all, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 50, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	x, y := all.Series("cortex.x"), all.Series("cortex.y")
	mean := func(to, steps, j int, of func(k int) float64) float64 {
		sum := 0.0
		for k := to - steps; k < to; k++ {
			sum += of(k)
		}
		return sum / float64(steps)
	}
	for _, warmup := range []int{0, 12, 7} {
		res, err := net.Simulate(context.Background(), Run{Dt: 0.5, Warmup: 0.5 * float64(warmup), Duration: 0.5 * float64(100-warmup), Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		w := 0.5 * float64(warmup)
		for name, want := range map[string]struct {
			start, dt float64
			steps     int
			value     func(to, j int) float64 // of a sample that ends before step to
		}{
			"all": {w + 0.5, 0.5, 1, func(to, j int) float64 { return x.Lane(0)[to-1][j] }},
			"sub": {w + 2, 2, 4, func(to, j int) float64 { return x.Lane(0)[to-1][j] }},
			"means": {w + 1.5, 3, 6, func(to, j int) float64 {
				return mean(to, 6, j, func(k int) float64 { return y.Lane(0)[k][j] })
			}},
			"energy": {w + 1.5, 2, 4, func(to, j int) float64 {
				return mean(to, 2, j, func(k int) float64 {
					u, v := y.Lane(0)[k][j], y.Lane(0)[k][j] // x is the variable observed, whatever else is called x
					return u*u + u*v
				})
			}},
		} {
			s := res.Series(name)
			if s.Start != want.start || s.Dt != want.dt || s.Samples != (100-warmup)/want.steps || len(s.Labels) != 3 {
				t.Errorf("warm-up of %d steps: %v, expected every %v ms from %v ms", warmup, s, want.dt, want.start)
				continue
			}
			for k, row := range s.Lane(0) {
				for j := range row {
					closeTo(t, name, row[j:j+1], []float64{want.value(warmup+(k+1)*want.steps, j)}, 1e-14)
				}
			}
		}
	}
}

func TestCopiesGradients(t *testing.T) {
	net := copied(t, 2)
	for _, address := range []string{"cortex.a", "init:cortex.x"} {
		scope := nmm.Shared
		if strings.HasPrefix(address, "init:") {
			scope = nmm.PerRegion
		}
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	checkRolloutGradients(t, net, Run{Dt: 0.5, Duration: 15, Warmup: 3.5, Record: []string{"cortex.x"}, Every: 5})
}

func TestCopiesWindowsAndBudgets(t *testing.T) {
	net := copied(t, 3)
	run := Run{Dt: 0.5, Warmup: 0.5 * 11, Duration: 0.5 * 149, Every: 7, Seed: 5}
	want := rolledOut(t, net, run)
	for _, window := range []int{1, 10, 33} {
		part := run
		part.Window = window
		agree(t, rolledOut(t, net, part), want, 1e-12)
	}
	run.Duration = 0.5 * 5000
	want = rolledOut(t, net, run)
	unlimited := unlimitedBytes(t, net, run)
	run.MemoryBudget = unlimited / 16
	same(t, "1/16 of the memory", rolledOut(t, net, run), want)
	run.Horizon, run.MemoryBudget = 50, 0
	want = rolledOut(t, net, run)
	run.Window = 50
	agree(t, rolledOut(t, net, run), want, 1e-12)
}

func TestObserverErrors(t *testing.T) {
	good := Observer{Name: "slow", From: "cortex.x", Model: lowPass(t), Port: "z", Output: "z", Ratio: 6}
	for want, spoil := range map[string]func(*Observer){
		"Ratio ≥ 1, or the Step":   func(o *Observer) { o.Ratio = 0 },
		"Ratio ≥ 1 and Every ≥ 0":  func(o *Observer) { o.Ratio = -1 },
		"NaN and 0 ms":             func(o *Observer) { o.Step = math.NaN() },
		"0 and +Inf ms":            func(o *Observer) { o.Period = math.Inf(1) },
		"found both: 6 and 0.5 ms": func(o *Observer) { o.Step = 0.5 },
		"found both: 2 and 12 ms":  func(o *Observer) { o.Every, o.Period = 2, 12 },
		"did you mean":             func(o *Observer) { o.From = "cortex.xx" },
		"unknown output":           func(o *Observer) { o.Output = "zz" },
		"has no port":              func(o *Observer) { o.Port = "w" },
		"it has no model: Port":    func(o *Observer) { o.Model = nil },
		"population has":           func(o *Observer) { o.Name = "cortex" },
		"without a name":           func(o *Observer) { o.Name = "" },
		"has '/' in it":            func(o *Observer) { o.Name = "a/b" },
		"expected populat":         func(o *Observer) { o.From = "x" },
		"pre \"x + w\"":            func(o *Observer) { o.Pre = "x + w" },
	} {
		o := good
		spoil(&o)
		_, err := NewNetwork(Population("cortex", Regions(2), nmm.Hopf()), &o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected %q", err, want)
		}
	}
	_, err := NewNetwork(Population("cortex", Regions(2), nmm.Hopf()), &good, &good)
	wantError(t, err, "observer slow: there is already one of that name")
}

// Times that are not whole steps are refused when the step of the run is known; decimal fractions of which
// they are multiples are not.
func TestObserverPace(t *testing.T) {
	for want, o := range map[string]Observer{
		"Step of 0.25 ms: expected a whole number of the run's steps of 0.1 ms, found 2.5 of them":       {Step: 0.25},
		"Step of 0.04 ms: expected a whole number of the run's steps of 0.1 ms, found 0.4 of them":       {Step: 0.04},
		"Period of 2.5 ms: expected a whole number of the observer's steps of 1 ms, found 2.5 of them":   {Step: 1, Period: 2.5},
		"Period of 0.1 ms: expected a whole number of the observer's steps of 0.2 ms, found 0.5 of them": {Ratio: 2, Period: 0.1},
		"a sample takes 1e+30 steps of the run":                                                          {Ratio: 1e15, Every: 1e15},
		"":                                                                                               {Step: 0.7, Period: 2.1},
	} {
		o.Name, o.From = "seen", "cortex.x"
		net, err := NewNetwork(Population("cortex", Regions(2), nmm.Hopf()), &o)
		if err != nil {
			t.Fatal(err)
		}
		res, err := net.Simulate(context.Background(), Run{Dt: 0.1, Duration: 10})
		if want != "" {
			wantError(t, err, "observer seen: "+want)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if s := res.Series("seen"); s.Samples != 4 || math.Abs(s.Dt-2.1) > 1e-12 {
			t.Errorf("%v", s)
		}
	}
}

// An observable without noise of its own, shared parameters only, and one population of a single region.
func TestObserveExpressionOfObservables(t *testing.T) {
	model, err := nmm.Define("Wave", `
		du/dt = -u/tau : 1
		twice = 2*u    : 1
		level = 3*k    : 1`,
		nmm.Parameter("tau", 10, "ms", nmm.Positive, "time constant"), nmm.Parameter("k", 0.5, "1", nmm.Free, "level"), nmm.State("u", 0.4, 0.6, "wave"))
	if err != nil {
		t.Fatal(err)
	}
	for _, regions := range []int{1, 2} {
		net, err := NewNetwork(Population("a", Regions(regions), model),
			&Observer{Name: "mix", From: "a.twice", Pre: "x + u + level", Period: 1},
			&Observer{Name: "level", From: "a.level", Pre: "x^2", Period: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{"a.k", "a.tau"} {
			if err := net.Learn(address, nmm.Free, nmm.Shared); err != nil {
				t.Fatal(err)
			}
		}
		run := Run{Dt: 0.5, Duration: 4}
		res, err := net.Simulate(context.Background(), run)
		if err != nil {
			t.Fatal(err)
		}
		u := res.Series("a.u").Lane(0)
		for k, row := range res.Series("mix").Lane(0) {
			closeTo(t, "mix", row[:1], []float64{3*u[2*k+1][0] + 1.5}, 1e-14)
			closeTo(t, "level", res.Series("level").Lane(0)[k][:1], []float64{2.25}, 1e-14)
		}
		checkRolloutGradients(t, net, run)
	}
}

// An observer's output may depend on its port: then it is that of the start of its step, in which the input
// is known.
func TestObserverWithDrivenOutput(t *testing.T) {
	model, err := nmm.Define("Gate", `
		dz/dt = (z_in - z) / 10[ms] : 1
		open  = z + 2*z_in          : 1`, nmm.State("z", 0, 0.4, "filtered"), nmm.Port("z_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	net := longNetwork(t, 2,
		&Observer{Name: "gate", From: "cortex.x", Model: model, Port: "z", Output: "open", Ratio: 4, Integrator: Euler},
		&Observer{Name: "sum", From: "cortex.x", Model: model, Port: "z", Output: "open", Ratio: 4, Integrator: Euler, Projection: mat.NewDense(1, 2, []float64{1, 1})})
	res, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 20})
	if err != nil {
		t.Fatal(err)
	}
	z, x := []float64{0.2, 0.2}, res.Series("cortex.x").Lane(0)
	for k, got := range res.Series("gate").Lane(0) {
		sum := 0.0
		for j, in := range x[4*k+3] {
			closeTo(t, "gate", got[j:j+1], []float64{z[j] + 2*in}, 1e-14)
			sum += got[j]
			z[j] += 2 * (in - z[j]) / 10
		}
		closeTo(t, "sum", res.Series("sum").Lane(0)[k], []float64{sum}, 1e-14)
	}
	if err := net.Learn("cortex.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	checkRolloutGradients(t, net, Run{Dt: 0.5, Duration: 20, Every: 5})
}

func TestObserversArePrinted(t *testing.T) {
	net := longNetwork(t, 2,
		&Observer{Name: "sub", From: "cortex.x", Period: 2},
		&Observer{Name: "step", From: "cortex.x"},
		&Observer{Name: "slow", From: "cortex.x", Pre: "x - y", Average: true, Model: lowPass(t), Port: "z", Output: "square", Step: 1, Period: 4},
		&Observer{Name: "seen", From: "cortex.y", Ratio: 4, Every: 2, Projection: mat.NewDense(3, 1, nil), Moments: true})
	for _, want := range []string{
		"observer   sub: cortex.x, every 2 ms\n", "observer   step: cortex.x, every 1 Δt\n",
		"observer   slow: square of LowPass behind mean of (x - y, x = cortex.x), step 1 ms, every 4 ms\n",
		"observer   seen: mean and covariance of 3 outputs of cortex.y, step 4 Δt, every 2 of them\n",
	} {
		if got := net.String(); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// What an observer without a model sees counts as diverged, too, by the step that it was seen in; so do its
// outputs.
func TestDivergedExpression(t *testing.T) {
	for _, o := range []*Observer{
		{Name: "root", From: "a.u", Pre: "sqrt(x)", Ratio: 3},
		{Name: "root", From: "a.u", Pre: "sqrt(x)", Ratio: 3, Moments: true},
		{Name: "root", From: "a.u", Pre: "sqrt(x)", Ratio: 3, Projection: mat.NewDense(1, 1, []float64{1})},
	} {
		model, err := nmm.Define("Falling", `du/dt = -1/10[ms] : 1`, nmm.State("u", 0, 2.02, "falling"))
		if err != nil {
			t.Fatal(err)
		}
		net, err := NewNetwork(Population("a", Regions(2), model), o)
		if err != nil {
			t.Fatal(err)
		}
		// u starts at 1.01 and falls by 0.05 a step: below 0 after 21
		_, err = net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 20, Lanes: 2, Integrator: Euler})
		wantError(t, err, "root of region 1 became NaN at step 21 of lane 0")
		res, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 20, Lanes: 2, Integrator: Euler, NonFinite: MaskLane,
			Values: map[string]mat.Matrix{"init:a.u": mat.NewDense(2, 2, []float64{5, 5, 1, 1})}})
		if err != nil {
			t.Fatal(err)
		}
		if m := res.Masked(); m[0] || !m[1] {
			t.Errorf("masked %v", m)
		}
		for _, s := range res.Recorded() {
			for lane := range 2 {
				for _, row := range s.Lane(lane) {
					if math.IsNaN(row[0]) != (lane == 1) {
						t.Errorf("%s of lane %d: %v", s.Address, lane, row)
					}
				}
			}
		}
	}
}
