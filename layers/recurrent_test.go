package layers

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// A HORN unit without a drive obeys x(k+1) = (2 - 2γ - ω²) x(k) - (1 - 2γ) x(k-1), whose solution is
// ρ^k (A cos kθ + B sin kθ) with ρ² = 1 - 2γ and 2ρ cos θ = 2 - 2γ - ω².
func TestHORNDecays(t *testing.T) {
	const omega, gamma, dt, steps = 0.3, 0.02, 40.0, 200
	net, err := graph.NewNetwork(graph.Population("a", graph.Regions(1),
		nmm.HORN().Set("omega", omega).Set("gamma", gamma).Set("tau", dt)))
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Set("init:a.x", 0.7); err != nil {
		t.Fatal(err)
	}
	run, err := net.Simulate(context.Background(), graph.Run{Dt: dt, Duration: steps * dt, Integrator: graph.SymplecticEuler, Record: []string{"a.x"}})
	if err != nil {
		t.Fatal(err)
	}
	x := run.Series("a.x").Data
	rho := math.Sqrt(1 - 2*gamma)
	theta := math.Acos((2 - 2*gamma - omega*omega) / (2 * rho))
	a := 0.7
	b := (0.7*(1-omega*omega) - rho*a*math.Cos(theta)) / (rho * math.Sin(theta)) // from the first step, with y = 0
	for k := range steps {
		angle := float64(k+1) * theta
		want := math.Pow(rho, float64(k+1)) * (a*math.Cos(angle) + b*math.Sin(angle))
		if math.Abs(x[k]-want) > 1e-12 { // 200 steps of rounding of numbers below 1
			t.Fatalf("step %d: expected %v, found %v", k, want, x[k])
		}
	}
}

// outputs runs a recurrent network on inputs [lane, step, channel].
func outputs(t *testing.T, r *Recurrent, inputs []float64, steps, lanes int) []float64 {
	t.Helper()
	g := G.NewGraph()
	u, err := r.Rollout(g, steps, lanes, graph.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := u.SetInput(inputs, steps); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	return u.Outputs.Value().Data().([]float64)
}

func matrix(t *testing.T, r *Recurrent, address string, cols int) *mat.Dense {
	t.Helper()
	v, err := r.Network().Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return mat.NewDense(len(v)/cols, cols, v)
}

// at is entry i of a value for one unit or all.
func at(t *testing.T, r *Recurrent, address string, i int) float64 {
	t.Helper()
	return matrix(t, r, address, 1).At(min(i, len(mustGet(t, r, address))-1), 0)
}

func mustGet(t *testing.T, r *Recurrent, address string) []float64 {
	t.Helper()
	v, err := r.Network().Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// dot is row i of w times x.
func dot(w *mat.Dense, i int, x []float64) float64 {
	sum := 0.0
	for j, v := range x {
		sum += w.At(i, j) * v
	}
	return sum
}

func randomInputs(n int) []float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

// The recurrent network is the recursion of its documentation, written out here a second time.
func TestRecurrentIsTheRecursion(t *testing.T) {
	const n, channels, outs, steps, lanes, dt = 5, 3, 2, 6, 2, 40.0
	inputs := randomInputs(lanes * steps * channels)
	recursions := map[string]func(r *Recurrent, x, y, u []float64) (nx, ny []float64){
		"horn": func(r *Recurrent, x, y, u []float64) (nx, ny []float64) {
			v, w := matrix(t, r, "encoder/weights", channels), matrix(t, r, "recurrent/weights", n)
			for i := range n {
				omega := at(t, r, "cortex.omega", i)
				drive := math.Tanh(dot(v, i, u) + 2/math.Sqrt(n)*dot(w, i, y) + at(t, r, "cortex.b", i))
				ny = append(ny, y[i]+0.5*drive-omega*omega*x[i]-2*at(t, r, "cortex.gamma", i)*y[i])
				nx = append(nx, x[i]+ny[i])
			}
			return nx, ny
		},
		"rnn": func(r *Recurrent, x, y, u []float64) (nx, ny []float64) {
			v, w := matrix(t, r, "encoder/weights", channels), matrix(t, r, "recurrent/weights", n)
			for i := range n {
				nx = append(nx, x[i]+dt/100*(-x[i]+math.Max(0, dot(v, i, u)+dot(w, i, x)+at(t, r, "cortex.b", i))))
			}
			return nx, y
		},
		"gru": func(r *Recurrent, h, y, u []float64) (nh, ny []float64) {
			value := func(name string, i int, v []float64) float64 { return dot(matrix(t, r, name+"/weights", len(v)), i, v) }
			sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
			for i := range n {
				keep := sigmoid(value("keep_encoder", i, u) + value("keep", i, h) + at(t, r, "cortex.b_z", i))
				reset := sigmoid(value("reset_encoder", i, u) + value("reset", i, h) + at(t, r, "cortex.b_r", i))
				state := math.Tanh(value("encoder", i, u) + at(t, r, "cortex.b_h", i) + reset*(value("recurrent", i, h)+at(t, r, "cortex.c_h", i)))
				nh = append(nh, keep*h[i]+(1-keep)*state)
			}
			return nh, y
		},
		"wilsoncowan": func(r *Recurrent, x, y, u []float64) (nx, ny []float64) {
			v, e, inh := matrix(t, r, "encoder/weights", channels), matrix(t, r, "excitation/weights", n), matrix(t, r, "inhibition/weights", n)
			sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
			h := dt / float64(r.Settings().Substeps)
			for range r.Settings().Substeps {
				nx, ny = nil, nil
				for i := range n {
					get := func(name string) float64 { return at(t, r, "cortex."+name, i) }
					se := sigmoid(get("c_ee")*x[i] - get("c_ei")*y[i] + get("P") + dot(v, i, u) + dot(e, i, x) - dot(inh, i, y))
					si := sigmoid(get("c_ie")*x[i] - get("c_ii")*y[i] + get("Q"))
					nx = append(nx, x[i]+h/get("tau_e")*(se-x[i]))
					ny = append(ny, y[i]+h/get("tau_i")*(si-y[i]))
				}
				x, y = nx, ny
			}
			return nx, ny
		},
	}
	for name, next := range recursions {
		cell, err := CellByName(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewRecurrent(RecurrentSettings{Cell: cell, Units: n, Inputs: channels, Outputs: outs, Dt: dt, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		r.bias[1] = 0.25
		got := outputs(t, r, inputs, steps, lanes)
		for l := range lanes {
			x, y := start(t, r, cell, 0, n), start(t, r, cell, 1, n)
			for k := range steps {
				x, y = next(r, x, y, inputs[(l*steps+k)*channels:][:channels])
				for o := range outs {
					want := r.bias[o]
					for p, read := range cell.Reads {
						s := map[string][]float64{"x": x, "y": y, "r": x, "h": x, "E": x, "I": y}[read.State]
						for i := range n {
							scale := read.Scale
							if scale == 0 {
								scale = 1
							}
							want += scale * (s[i] - read.Offset) * r.weights[p][o*n+i]
						}
					}
					if found := got[(l*steps+k)*outs+o]; math.Abs(found-want) > 1e-12*(1+math.Abs(want)) {
						t.Fatalf("%s: lane %d, step %d, output %d: expected %v, found %v", name, l, k, o, want, found)
					}
				}
			}
		}
	}
}

// Oscillators with amplitude feedback whose connections have delays are the recursion
//
//	y_i(t) = y_i + α tanh(V u(t) + 2n^-½ Σ_j W_ij y_j(t-1-d_ij) + v_i x_i + b_i) - ω_i² x_i - 2γ_i y_i
//
// and the delays are between 0 and the longest, which all occur.
func TestHORNWithDelaysAndFeedback(t *testing.T) {
	const n, steps, longest = 6, 12, 3
	r, err := NewRecurrent(RecurrentSettings{Cell: HORNCell(), Units: n, Inputs: 1, Outputs: 1, Dt: 40, Seed: 9, MaxDelay: longest})
	if err != nil {
		t.Fatal(err)
	}
	feedback := []float64{0.1, -0.2, 0.3, 0, 0.4, -0.5}
	if err := r.Network().Set("cortex.v", feedback); err != nil {
		t.Fatal(err)
	}
	inputs := randomInputs(steps)
	got := outputs(t, r, inputs, steps, 1)
	delays, seen := someDelays(stream(9, "delays recurrent"), n, longest), map[int]bool{}
	w := matrix(t, r, "recurrent/weights", n)
	x, past := make([]float64, n), make([][]float64, 1, steps+1)
	past[0] = make([]float64, n)
	for k := range steps {
		y := append([]float64(nil), past[k]...)
		for i := range n {
			sum := 0.0
			for j := range n {
				seen[delays[i][j]] = true
				sum += w.At(i, j) * past[max(0, k-delays[i][j])][j]
			}
			omega, gamma := at(t, r, "cortex.omega", i), at(t, r, "cortex.gamma", i)
			drive := matrix(t, r, "encoder/weights", 1).At(i, 0)*inputs[k] + 2/math.Sqrt(n)*sum + feedback[i]*x[i] + at(t, r, "cortex.b", i)
			y[i] += 0.5*math.Tanh(drive) - omega*omega*x[i] - 2*gamma*y[i]
			x[i] += y[i]
		}
		past = append(past, y)
		want := dot(mat.NewDense(1, n, r.weights[0]), 0, x) + dot(mat.NewDense(1, n, r.weights[1]), 0, y)
		if math.Abs(got[k]-want) > 1e-12 { // 12 steps of numbers below 10
			t.Fatalf("step %d: expected %v, found %v", k, want, got[k])
		}
	}
	if len(seen) != longest+1 {
		t.Errorf("expected delays from 0 to %d, found %v", longest, seen)
	}
}

// start is state i before the first step; a state that the model lacks is 0.
func start(t *testing.T, r *Recurrent, c *Cell, i, n int) []float64 {
	states := c.Model.States()
	if i >= len(states) {
		return make([]float64, n)
	}
	v := mustGet(t, r, "init:cortex."+states[i].Name)
	for len(v) < n {
		v = append(v, v[0])
	}
	return v
}

// A mask leaves its connections only, and keeps the strength of a unit's inputs in the mean.
func TestRecurrentMask(t *testing.T) {
	const n = 40
	mask := mat.NewDense(n, n, nil)
	for i := range n {
		for k := range n / 4 {
			mask.Set(i, (i+k*k+1)%n, 1)
		}
	}
	full, err := NewRecurrent(RecurrentSettings{Cell: HORNCell(), Units: n, Inputs: 2, Outputs: 2, Dt: 40})
	if err != nil {
		t.Fatal(err)
	}
	sparse, err := NewRecurrent(RecurrentSettings{Cell: HORNCell(), Units: n, Inputs: 2, Outputs: 2, Dt: 40, Mask: mask})
	if err != nil {
		t.Fatal(err)
	}
	edges := 0
	for _, v := range mask.RawMatrix().Data {
		edges += int(v)
	}
	w, all := mustGet(t, sparse, "recurrent/weights"), mustGet(t, full, "recurrent/weights")
	if len(w) != edges {
		t.Errorf("expected %d weights, found %d", edges, len(w))
	}
	if ratio := squares(w) / squares(all); math.Abs(ratio-1) > 0.15 { // of 400 uniform numbers: sd 0.05
		t.Errorf("inputs became %v times as strong", ratio)
	}
}

func squares(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return sum
}

func TestInitials(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	if got := largestEigenvalue(SpectralRadius(1.1, Normal(1))(rng, 30, 30)); math.Abs(got-1.1) > 1e-9 {
		t.Errorf("spectral radius: expected 1.1, found %v", got)
	}
	q := Orthogonal(0.5)(rng, 12, 12)
	var product mat.Dense
	product.Mul(q, q.T())
	for i := range 12 {
		for j := range 12 {
			want := 0.0
			if i == j {
				want = 0.25
			}
			if math.Abs(product.At(i, j)-want) > 1e-12 {
				t.Errorf("orthogonal: entry %d, %d of the product with the transpose is %v", i, j, product.At(i, j))
			}
		}
	}
	spread := Spread(rng, 100, 2, 50)
	low := 0
	for _, v := range spread {
		if v < 2 || v > 50 {
			t.Errorf("spread: %v is not between 2 and 50", v)
		}
		if v < 10 { // √(2·50): the middle of the logarithm
			low++
		}
	}
	if low != 50 {
		t.Errorf("spread: %d of 100 below the middle", low)
	}
	if w := mat.Min(Excitatory(1)(rng, 20, 20)); w <= 0 {
		t.Errorf("excitatory: smallest weight %v", w)
	}
}

func TestRecurrentErrors(t *testing.T) {
	horn := func(change func(*RecurrentSettings)) RecurrentSettings {
		s := RecurrentSettings{Cell: HORNCell(), Units: 3, Inputs: 1, Outputs: 1, Dt: 1}
		change(&s)
		return s
	}
	nothing := func(*rand.Rand, int, int) *mat.Dense { return nil }
	for want, s := range map[string]RecurrentSettings{
		"needs a cell":      horn(func(s *RecurrentSettings) { s.Cell = nil }),
		"found 0, 1, 1":     horn(func(s *RecurrentSettings) { s.Units = 0 }),
		"task step of some": horn(func(s *RecurrentSettings) { s.Dt = math.NaN() }),
		"mask of 3 × 3":     horn(func(s *RecurrentSettings) { s.Mask = mat.NewDense(2, 3, nil) }),
		"found a nil":       horn(func(s *RecurrentSettings) { s.Mask = (*mat.Dense)(nil) }),
		"found -1":          horn(func(s *RecurrentSettings) { s.Substeps = -1 }),
		"more than 1000000": horn(func(s *RecurrentSettings) { s.Cell.MaxStep = 1e-300 }),
		"MaxDelay of -1":    horn(func(s *RecurrentSettings) { s.MaxDelay = -1 }),
		"found both": horn(func(s *RecurrentSettings) {
			s.MaxDelay, s.TractLengths, s.Speed = 2, mat.NewDense(3, 3, nil), nmm.Q(3, "m/s")
		}),
		"without tract":       horn(func(s *RecurrentSettings) { s.Speed = nmm.Q(3, "m/s") }),
		"nil *mat.Dense":      horn(func(s *RecurrentSettings) { s.TractLengths, s.Speed = (*mat.Dense)(nil), nmm.Q(3, "m/s") }),
		"without a speed":     horn(func(s *RecurrentSettings) { s.TractLengths = mat.NewDense(3, 3, nil) }),
		"nothing to read":     horn(func(s *RecurrentSettings) { s.Cell = &Cell{Model: nmm.HORN()} }),
		"encoder without":     horn(func(s *RecurrentSettings) { s.Cell.Encoder.Initial = nil }),
		`link "recurrent"`:    horn(func(s *RecurrentSettings) { s.Cell.Links[0].Initial = nil }),
		"encoder: no weights": horn(func(s *RecurrentSettings) { s.Cell.Encoder.Initial, s.DaleEncoder = nothing, true }),
		"recurrent: no weigh": horn(func(s *RecurrentSettings) {
			s.Cell.Links[0].Initial, s.Mask = nothing, mat.NewDense(3, 3, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1})
		}),
		"found 2 × 2": horn(func(s *RecurrentSettings) {
			s.Cell.Links[0].Initial = func(*rand.Rand, int, int) *mat.Dense { return mat.NewDense(2, 2, nil) }
			s.Mask = mat.NewDense(3, 3, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1})
		}),
	} {
		if _, err := NewRecurrent(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected one with %q", err, want)
		}
	}
	if _, err := CellByName("hron"); err == nil {
		t.Error("expected an error for an unknown cell")
	}
	r, err := NewRecurrent(horn(func(*RecurrentSettings) {}))
	if err != nil {
		t.Fatal(err)
	}
	u, err := r.Rollout(G.NewGraph(), 4, 2, graph.Run{})
	if err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"one seed of two": u.SetSeeds([]uint64{1}), "too many steps": u.SetInput(make([]float64, 10), 5), "too few numbers": u.SetInput(make([]float64, 7), 4),
		"less than nothing": u.SetInput(nil, -1),
	} {
		if err == nil {
			t.Errorf("%s: expected an error", what)
		}
	}
	for _, size := range [][2]int{{0, 1}, {1, 0}, {-1, 1}, {1 << 40, 1}, {1, 1 << 40}} {
		if _, err := r.Rollout(G.NewGraph(), size[0], size[1], graph.Run{}); err == nil {
			t.Errorf("%v steps and lanes: expected an error", size)
		}
	}
	if _, err := r.Rollout(nil, 1, 1, graph.Run{}); err == nil {
		t.Error("no graph: expected an error")
	}
}

// Every cell makes a network that stays finite for seconds of strong input, and whose outputs follow the
// input.
func TestCellsRespond(t *testing.T) {
	const n, channels, steps = 8, 2, 50
	for _, name := range CellNames() {
		cell, err := CellByName(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewRecurrent(RecurrentSettings{Cell: cell, Units: n, Inputs: channels, Outputs: 1, Dt: 40, Seed: 1})
		if err != nil {
			t.Fatal(name, err)
		}
		silent := outputs(t, r, make([]float64, steps*channels), steps, 1)
		driven := outputs(t, r, randomInputs(steps*channels), steps, 1)
		difference := 0.0
		for i := range silent {
			if math.IsNaN(driven[i]) || math.Abs(driven[i]) > 100 {
				t.Fatalf("%s: output %v at step %d", name, driven[i], i)
			}
			difference = math.Max(difference, math.Abs(driven[i]-silent[i]))
		}
		if difference < 0.01 {
			t.Errorf("%s: outputs with and without input differ by %v at most", name, difference)
		}
	}
}
