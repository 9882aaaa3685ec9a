package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// trial is a delayed network with a history, an input and injected noise, and the same in plain Go.
type trial struct {
	n, steps    int
	dt          float64
	weights     *mat.Dense
	delay       [][]int
	gain, sigma []float64
	init        [][]float64   // [state][region]
	history     [][][]float64 // [state][row, oldest first][region]
	input, xi   *mat.Dense
}

func newTrial(n, steps, states int) *trial {
	r := rand.New(rand.NewPCG(11, uint64(n)))
	k := &trial{n: n, steps: steps, dt: 0.1, weights: randomMatrix(r, n, n), gain: []float64{0.7}, sigma: []float64{0.3}}
	if n > 1 {
		k.sigma = make([]float64, n)
		for i := range k.sigma {
			k.sigma[i] = 0.1 + 0.2*r.Float64()
		}
	}
	row := func() []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = 0.1 + r.Float64()
		}
		return x
	}
	for i := 0; i < n; i++ {
		k.delay = append(k.delay, make([]int, n))
		for j := range k.delay[i] {
			k.delay[i][j] = r.IntN(5)
		}
	}
	for s := 0; s < states; s++ {
		k.init = append(k.init, row())
		k.history = append(k.history, nil)
		for d := 0; d < 4; d++ {
			k.history[s] = append(k.history[s], row())
		}
	}
	k.input, k.xi = mat.NewDense(steps, n, nil), mat.NewDense(steps, n, nil)
	for t := 0; t < steps; t++ {
		for i := 0; i < n; i++ {
			k.input.Set(t, i, 0.2*r.NormFloat64())
			k.xi.Set(t, i, r.NormFloat64())
		}
	}
	return k
}

// network builds the trial's network with a coupling from the first state to port.
func (k *trial) network(t *testing.T, m *nmm.Model, port string, c *Coupling) *Network {
	t.Helper()
	first := m.States()[0].Name
	c.From, c.To, c.DelaySteps, c.Gain = "a."+first, "a."+port, k.delay, k.gain
	if c.Weights == nil {
		c.Weights = k.weights
	}
	net := must(t, Population("a", Regions(k.n), m), c,
		&Input{Name: "u", To: "a." + port, Values: k.input},
		&Noise{To: "a." + first, Sigma: k.sigma, Samples: k.xi})
	for s, info := range m.States() {
		rows := mat.NewDense(4, k.n, nil)
		for d, row := range k.history[s] {
			rows.SetRow(d, row)
		}
		for address, x := range map[string]any{"init:a." + info.Name: k.init[s], "history:a." + info.Name: rows} {
			if err := net.Set(address, x); err != nil {
				t.Fatal(err)
			}
		}
	}
	return net
}

// run is the reference: Heun with the coupling frozen and the noise in both stages. f returns the
// derivatives of one region with the port's input p; post the coupling from S1, S2 and x.
func (k *trial) run(pre func(x float64) [2]float64, post func(s [2]float64, x float64) float64, f func(x []float64, p float64) []float64, lo float64) [][][]float64 {
	states := len(k.init)
	past := [][][]float64{} // [time + 4][state][region]
	for d := 0; d < 4; d++ {
		row := make([][]float64, states)
		for s := range row {
			row[s] = k.history[s][d]
		}
		past = append(past, row)
	}
	past = append(past, k.init)
	bound := func(s int, x float64) float64 {
		if s == 0 {
			return max(x, lo)
		}
		return x
	}
	for t := 0; t < k.steps; t++ {
		next := make([][]float64, states)
		for s := range next {
			next[s] = make([]float64, k.n)
		}
		now := past[t+4]
		for i := 0; i < k.n; i++ {
			var sum [2]float64
			for j := 0; j < k.n; j++ {
				p := pre(past[t+4-k.delay[i][j]][0][j])
				sum[0] += k.weights.At(i, j) * p[0]
				sum[1] += k.weights.At(i, j) * p[1]
			}
			port := k.gain[0]*post(sum, now[0][i]) + k.input.At(t, i)
			z := make([]float64, states)
			z[0] = k.sigma[min(i, len(k.sigma)-1)] * math.Sqrt(k.dt) * k.xi.At(t, i)
			x, p := make([]float64, states), make([]float64, states)
			for s := range x {
				x[s] = now[s][i]
			}
			k1 := f(x, port)
			for s := range p {
				p[s] = bound(s, x[s]+k.dt*k1[s]+z[s])
			}
			k2 := f(p, port)
			for s := range p {
				next[s][i] = bound(s, x[s]+k.dt/2*(k1[s]+k2[s])+z[s])
			}
		}
		past = append(past, next)
	}
	return past[5:]
}

// compare evaluates an unrolled run and compares every state after every step.
func (k *trial) compare(t *testing.T, net *Network, m *nmm.Model, want [][][]float64) {
	t.Helper()
	g := G.NewGraph()
	u, err := net.Unroll(g, Run{Dt: k.dt, Duration: k.dt * float64(k.steps), Integrator: Heun}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var outs []*G.Node
	for _, s := range m.States() {
		nodes := u.Node("a." + s.Name)
		if len(nodes) != k.steps {
			t.Fatalf("%d nodes for %d steps", len(nodes), k.steps)
		}
		outs = append(outs, nodes...)
	}
	for o, x := range newMachine(t, g, outs).run(nil) {
		s, step := o/k.steps, o%k.steps
		for i := range x {
			if !near(x[i], want[step][s][i], 1e-13) {
				t.Fatalf("%s after step %d, region %d: %v, expected %v", m.States()[s].Name, step, i, x[i], want[step][s][i])
			}
		}
	}
}

// Unroll equals a loop over steps, regions and edges written by hand, for populations of 1, 2 and 4.
func TestUnrollAgainstLoop(t *testing.T) {
	for _, n := range []int{1, 2, 4} {
		t.Run(fmt.Sprintf("hopf/%d", n), func(t *testing.T) {
			k := newTrial(n, 8, 2)
			m := nmm.Hopf().Set("a", 0.3).Set("omega", 0.8)
			net := k.network(t, m, "x", &Coupling{Pre: []string{"x", "1"}, Post: "S1 - S2*x"})
			k.compare(t, net, m, k.run(
				func(x float64) [2]float64 { return [2]float64{x, 1} },
				func(s [2]float64, x float64) float64 { return s[0] - s[1]*x },
				func(x []float64, p float64) []float64 {
					s := 0.3 - x[0]*x[0] - x[1]*x[1]
					return []float64{s*x[0] - 0.8*x[1] + p, s*x[1] + 0.8*x[0]}
				}, math.Inf(-1)))
		})
		t.Run(fmt.Sprintf("mpr/%d", n), func(t *testing.T) {
			k := newTrial(n, 8, 2)
			m := nmm.MontbrioPazoRoxin()
			net := k.network(t, m, "v", &Coupling{Pre: []string{"tanh(x*1[ms])"}, Post: "S1^2 - 0.1"})
			k.compare(t, net, m, k.run(
				func(x float64) [2]float64 { return [2]float64{math.Tanh(x), 0} },
				func(s [2]float64, x float64) float64 { return s[0]*s[0] - 0.1 },
				func(x []float64, p float64) []float64 {
					r, v := x[0], x[1]
					return []float64{1/math.Pi + 2*r*v, v*v - 5 + 15*r - math.Pow(math.Pi*r, 2) + p}
				}, 0))
		})
	}
}

// The same weights given as a sparse matrix give the same run.
func TestUnrollSparse(t *testing.T) {
	for _, n := range []int{1, 4} {
		k := newTrial(n, 6, 2)
		k.weights.Set(0, 0, 0.5)
		m := nmm.Hopf().Set("a", 0.3).Set("omega", 0.8)
		net := k.network(t, m, "x", &Coupling{Weights: NewSparse(k.weights)})
		k.compare(t, net, m, k.run(
			func(x float64) [2]float64 { return [2]float64{x, 1} },
			func(s [2]float64, x float64) float64 { return s[0] },
			func(x []float64, p float64) []float64 {
				s := 0.3 - x[0]*x[0] - x[1]*x[1]
				return []float64{s*x[0] - 0.8*x[1] + p, s*x[1] + 0.8*x[0]}
			}, math.Inf(-1)))
	}
}

// Gradients through an unrolled delayed run with respect to every value equal central differences.
func TestUnrollGradients(t *testing.T) {
	k := newTrial(3, 6, 2)
	net := k.network(t, nmm.Hopf().Set("a", 0.3).Set("omega", 0.8), "x", &Coupling{Name: "c", Pre: []string{"x", "1"}, Post: "S1 - S2*x"})
	for address, scope := range map[string]nmm.Scope{"c/weights": nmm.PerEdge, "a.a": nmm.PerRegion} {
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	run := Run{Dt: k.dt, Duration: k.dt * float64(k.steps), Integrator: Heun}
	loss := func() (*G.Node, *Unrolled, *G.ExprGraph) {
		g := G.NewGraph()
		u, err := net.Unroll(g, run, nil)
		if err != nil {
			t.Fatal(err)
		}
		var sum *G.Node
		for i, x := range u.Node("a.y") {
			term, err := product(x, x)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				sum = term
			} else if sum, err = G.Add(sum, term); err != nil {
				t.Fatal(err)
			}
		}
		return sum, u, g
	}
	addresses := []string{"a.a", "a.omega", "c/weights", "c/gain", "noise:a.x/sigma", "init:a.x", "init:a.y", "history:a.x", "input:u"}
	cost, u, g := loss()
	var leaves []*G.Node
	for _, a := range addresses {
		leaves = append(leaves, u.Leaf(a))
	}
	gradients, err := G.Grad(cost, leaves...)
	if err != nil {
		t.Fatal(err)
	}
	got := newMachine(t, g, gradients).run(nil)
	plain, pu, pg := loss()
	eval := newMachine(t, pg, []*G.Node{plain})
	r := rand.New(rand.NewPCG(2, 2))
	for k, a := range addresses {
		leaf, base := pu.Leaf(a), net.values[a].Data
		direction := make([]float64, len(base))
		want := 0.0
		for i := range direction {
			direction[i] = r.NormFloat64()
			want += direction[i] * got[k][i]
		}
		slope := fd.Derivative(func(h float64) float64 {
			x := make([]float64, len(base))
			for i := range x {
				x[i] = base[i] + h*direction[i]
			}
			return eval.run(map[*G.Node][]float64{leaf: x})[0][0]
		}, 0, &fd.Settings{Formula: fd.Central, Step: 1e-5})
		eval.run(map[*G.Node][]float64{leaf: base})
		if !near(want, slope, 1e-8) || want == 0 {
			t.Errorf("%s: gradient %v, difference quotient %v", a, want, slope)
		}
	}
}

// A history that is too short is an error that says how many rows are needed; none at all is the
// initial state for ever.
func TestUnrollHistory(t *testing.T) {
	k := newTrial(3, 2, 2)
	k.delay[1][2] = 9
	k.weights.Set(1, 2, 1)
	net := k.network(t, nmm.Hopf(), "x", &Coupling{})
	run := Run{Dt: k.dt, Duration: 2 * k.dt}
	if _, err := net.Unroll(G.NewGraph(), run, nil); err == nil || !mentions(err, "history", "a.x", "4", "9") {
		t.Errorf("short history: error %v", err)
	}
	if err := net.Set("history:a.x", nil); err != nil {
		t.Fatal(err)
	}
	g := G.NewGraph()
	unset, err := net.Unroll(g, run, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := mat.NewDense(9, 3, nil)
	for d := 0; d < 9; d++ {
		rows.SetRow(d, k.init[0])
	}
	if err := net.Set("history:a.x", rows); err != nil {
		t.Fatal(err)
	}
	h := G.NewGraph()
	set, err := net.Unroll(h, run, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := newMachine(t, g, unset.Node("a.x")).run(nil), newMachine(t, h, set.Node("a.x")).run(nil)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("unset history gives %v, a constant one %v", a, b)
	}
}

// Observables are built on the recorded states.
func TestUnrollObservable(t *testing.T) {
	m, err := nmm.Define("squared", "dx/dt = -g*x : mV\npower = x^2*g*1[ms] : mV^2",
		nmm.Parameter("g", 2, "1/ms", nmm.Positive, "rate"), nmm.State("x", 0, 1, "x"))
	if err != nil {
		t.Fatal(err)
	}
	net := must(t, Population("a", Regions(2), m))
	g := G.NewGraph()
	u, err := net.Unroll(g, Run{Dt: 0.1, Duration: 0.3, Warmup: 0.2, Record: []string{"a.power"}, Integrator: Euler}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(u.Node("a.power")) != 3 {
		t.Fatalf("%d nodes, expected 3", len(u.Node("a.power")))
	}
	got := newMachine(t, g, u.Node("a.power")).run(nil)
	for k, x := range got {
		if state := 0.5 * math.Pow(0.8, float64(k+3)); !near(x[0], 2*state*state, 1e-14) {
			t.Errorf("sample %d: %v, expected %v", k, x[0], 2*state*state)
		}
	}
}

// Two populations of 1 and 3 regions, coupled both ways with delays, each coupling reading two states.
func TestUnrollTwoPopulations(t *testing.T) {
	there := &Coupling{From: "one.x", To: "three.y", Weights: mat.NewDense(3, 1, []float64{1, -2, 0.5}),
		DelaySteps: [][]int{{0}, {1}, {2}}, Pre: []string{"x*y"}, Gain: []float64{1, 2, 3}}
	back := &Coupling{From: "three.y", To: "one.x", Weights: mat.NewDense(1, 3, []float64{0.5, 1, 2}), Pre: []string{"x + x^2"},
		DelaySteps: [][]int{{1, 0, 2}}, Post: "S1*x"}
	net := must(t, Population("one", Regions(1), nmm.Hopf()), Population("three", Regions(3), nmm.Hopf()), there, back)
	start := map[string][]float64{"one.x": {0.3}, "one.y": {0.2}, "three.x": {0.1, -0.4, 0.2}, "three.y": {0.5, 0.1, -0.3}}
	for address, x := range start {
		if err := net.Set("init:"+address, x); err != nil {
			t.Fatal(err)
		}
	}
	const h, steps = 0.1, 4
	g := G.NewGraph()
	u, err := net.Unroll(g, Run{Dt: h, Duration: h * steps, Integrator: Euler}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var outs []*G.Node
	addresses := []string{"one.x", "one.y", "three.x", "three.y"}
	for _, a := range addresses {
		outs = append(outs, u.Node(a)...)
	}
	got := newMachine(t, g, outs).run(nil)

	trace := []map[string][]float64{start}
	at := func(a string, i, time int) float64 { return trace[max(time, 0)][a][i] }
	hopf := func(x, y, px, py float64) (float64, float64) {
		s := -0.5 - x*x - y*y
		return x + h*(s*x-y+px), y + h*(s*y+x+py)
	}
	for k := 0; k < steps; k++ {
		next := map[string][]float64{"one.x": make([]float64, 1), "one.y": make([]float64, 1), "three.x": make([]float64, 3), "three.y": make([]float64, 3)}
		sum := 0.0
		for j, w := range []float64{0.5, 1, 2} {
			x := at("three.y", j, k-[]int{1, 0, 2}[j])
			sum += w * (x + x*x)
		}
		// S1·x, where x is the target's variable of the source variable's name, y.
		next["one.x"][0], next["one.y"][0] = hopf(at("one.x", 0, k), at("one.y", 0, k), sum*at("one.y", 0, k), 0)
		for i, w := range []float64{1, -2, 0.5} {
			in := float64(i+1) * w * at("one.x", 0, k-i) * at("one.y", 0, k-i)
			next["three.x"][i], next["three.y"][i] = hopf(at("three.x", i, k), at("three.y", i, k), 0, in)
		}
		trace = append(trace, next)
	}
	for a, address := range addresses {
		for k := 0; k < steps; k++ {
			for i, x := range got[a*steps+k] {
				if want := trace[k+1][address][i]; !near(x, want, 1e-14) {
					t.Errorf("%s, step %d, region %d: %v, expected %v", address, k, i, x, want)
				}
			}
		}
	}
}

// What the literal graph would leave out silently is refused.
func TestUnrollRefuses(t *testing.T) {
	net := tracts(t, nil, false)
	for what, run := range map[string]Run{
		"lanes":  {Lanes: 2},
		"values": {Values: map[string]mat.Matrix{"net/delays": mat.NewDense(1, 1, []float64{3})}},
		"nodes":  {Nodes: map[string]*G.Node{}},
	} {
		run.Dt, run.Duration = 0.5, 2
		if _, err := net.Unroll(G.NewGraph(), run, nil); err == nil || !mentions(err, "Run.Lanes, Values, Nodes, From and Readouts", "bind") {
			t.Errorf("%s: error %v", what, err)
		}
	}
	for what, run := range map[string]Run{"averages": {Every: 2, Average: true}, "a horizon": {Horizon: 1}, "float32": {Precision: Float32}} {
		run.Dt, run.Duration = 0.5, 2
		if _, err := net.Unroll(G.NewGraph(), run, nil); !mentions(err, "Run.Average, Horizon and Precision") {
			t.Errorf("%s: error %v", what, err)
		}
	}
	_, err := net.Unroll(nil, Run{Dt: 0.5, Duration: 2}, nil)
	wantError(t, err, "graph is nil")
	for _, node := range []*G.Node{nil, tensorNode(G.NewGraph(), "foreign", 1)} {
		_, err := net.Unroll(G.NewGraph(), Run{Dt: 0.5, Duration: 2}, map[string]*G.Node{"net/gain": node})
		wantError(t, err, "net/gain", "node of the graph")
	}
}
