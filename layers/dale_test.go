package layers

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// someMask connects about a third of the units.
func someMask(n int) *mat.Dense {
	mask := mat.NewDense(n, n, nil)
	mask.Apply(func(i, j int, _ float64) float64 {
		if (i+2*j)%3 == 0 && i != j {
			return 1
		}
		return 0
	}, mask)
	return mask
}

// signedWeights are the weights of a Dale network with their signs.
func signedWeights(t *testing.T, r *Recurrent) *mat.Dense {
	t.Helper()
	n := r.Settings().Units
	w := mat.NewDense(n, n, nil)
	for _, p := range r.layers[0].projections {
		sparse := p.weights.(*graph.Sparse)
		for k, v := range mustGet(t, r, p.name+"/weights") {
			w.Set(sparse.I[k], sparse.J[k], math.Copysign(v, p.gain))
		}
	}
	return w
}

// The weights from a unit have one sign, a fifth of the units is negative, the spectral radius is that of
// the network without Dale's law, and training leaves it so.
func TestDaleSigns(t *testing.T) {
	const n = 40
	settings := RecurrentSettings{Cell: HORNCell(), Units: n, Inputs: 2, Outputs: 2, Dt: 40, Seed: 1, Mask: someMask(n)}
	free, err := NewRecurrent(settings)
	if err != nil {
		t.Fatal(err)
	}
	settings.Dale = &Dale{Inhibitory: 0.2}
	r, err := NewRecurrent(settings)
	if err != nil {
		t.Fatal(err)
	}
	w := signedWeights(t, r)
	want := largestEigenvalue(mat.DenseCopyOf(free.layers[0].projections[0].weights))
	if got := largestEigenvalue(w); math.Abs(got/want-1) > 1e-9 {
		t.Errorf("spectral radius: expected %v, found %v", want, got)
	}
	push(t, r)
	w = signedWeights(t, r)
	negative := 0
	for j := range n {
		column := mat.Col(nil, j, w)
		lo, hi := 0.0, 0.0
		for _, v := range column {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
		if lo < 0 && hi > 0 {
			t.Errorf("unit %d sends weights from %v to %v", j, lo, hi)
		}
		if lo < 0 {
			negative++
		}
	}
	if negative != n/5 {
		t.Errorf("expected %d inhibitory units, found %d", n/5, negative)
	}
}

// push moves everything that learns by a lot and keeps it.
func push(t *testing.T, r *Recurrent) {
	t.Helper()
	u, err := r.Rollout(G.NewGraph(), 2, 1, graph.Run{})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 5))
	for _, n := range u.Learnables() {
		for i, v := range n.Value().Data().([]float64) {
			n.Value().Data().([]float64)[i] = v + 3*rng.NormFloat64()
		}
	}
	if err := u.Keep(); err != nil {
		t.Fatal(err)
	}
}

// A Dale network computes what a free one does with the same signed weights and a readout that is blind
// to the inhibitory units.
func TestDaleIsTheSignedNetwork(t *testing.T) {
	const n, channels, outs, steps, lanes = 10, 3, 2, 7, 2
	settings := RecurrentSettings{Cell: HORNCell(), Units: n, Inputs: channels, Outputs: outs, Dt: 40, Seed: 2}
	free, err := NewRecurrent(settings)
	if err != nil {
		t.Fatal(err)
	}
	settings.Dale = &Dale{Inhibitory: 0.3}
	dale, err := NewRecurrent(settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := free.net.Set("recurrent/weights", signedWeights(t, dale)); err != nil {
		t.Fatal(err)
	}
	for k := range free.weights {
		for o := range outs {
			for i, is := range InhibitoryUnits(n, 0.3) {
				if is {
					free.weights[k][o*n+i] = 0
				}
			}
		}
	}
	inputs := randomInputs(lanes * steps * channels)
	want, got := outputs(t, free, inputs, steps, lanes), outputs(t, dale, inputs, steps, lanes)
	for i := range want {
		if math.Abs(want[i]-got[i]) > 1e-12 { // sums of numbers below 10, in another order
			t.Fatalf("output %d: expected %v, found %v", i, want[i], got[i])
		}
	}
}

// Nodes with populations of both kinds are coupled through excitation only, and all project out.
func TestDaleOfBothPopulations(t *testing.T) {
	r, err := NewRecurrent(RecurrentSettings{Cell: WilsonCowanCell(), Units: 6, Inputs: 2, Outputs: 2, Dt: 40, Dale: &Dale{Inhibitory: 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.layers[0].projections) != 1 || r.layers[0].projections[0].name != "excitation" {
		t.Errorf("expected excitation alone, found %+v", r.layers[0].projections)
	}
	for i, v := range r.seen(r.cell.Reads[0]) {
		if v == 0 {
			t.Errorf("unit %d does not project out", i%6)
		}
	}
}

// A layer by Dale's law reaches the one above through its excitatory units, with positive weights.
func TestDaleBelow(t *testing.T) {
	r, err := Sequential(
		RecurrentSettings{Cell: HORNCell(), Units: 10, Inputs: 2, Dt: 40, Dale: &Dale{Inhibitory: 0.3}},
		RecurrentSettings{Cell: HORNCell(), Units: 4, Outputs: 1})
	if err != nil {
		t.Fatal(err)
	}
	push(t, r)
	for _, p := range r.layers[1].encoders {
		w := p.weights.(*graph.Sparse)
		if len(w.V) != 4*7 {
			t.Errorf("%s: expected weights from 7 units to 4, found %d", p.name, len(w.V))
		}
		for k, v := range mustGet(t, r, p.name+"/weights") {
			if v <= 0 || InhibitoryUnits(10, 0.3)[w.J[k]] {
				t.Errorf("%s: a weight of %v from unit %d", p.name, v, w.J[k])
			}
		}
	}
}

func TestBalanced(t *testing.T) {
	ones := func(_ *rand.Rand, to, from int) *mat.Dense { return drawn(to, from, func() float64 { return -2 }) }
	w := Balanced(0.2, ones)(nil, 10, 10)
	for i := range 10 {
		if sum := mat.Sum(w.RowView(i)); math.Abs(sum) > 1e-12 {
			t.Errorf("row %d sums to %v", i, sum)
		}
		if w.At(i, 0) != 2 || w.At(i, 4) != -8 {
			t.Errorf("row %d: expected 2 from unit 0 and -8 from unit 4, found %v and %v", i, w.At(i, 0), w.At(i, 4))
		}
	}
	for _, part := range []float64{-0.1, 1, math.NaN()} {
		if _, err := NewRecurrent(RecurrentSettings{Cell: HORNCell(), Units: 3, Inputs: 1, Outputs: 1, Dt: 1, Dale: &Dale{Inhibitory: part}}); err == nil {
			t.Errorf("a part of %v: expected an error", part)
		}
	}
}
