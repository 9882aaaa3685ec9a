package graph

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

// checked is a testing.TB whose failures rapid sees, so that it shrinks the network drawn.
type checked struct {
	testing.TB
	t *rapid.T
}

func (c checked) Helper()                        { c.t.Helper() }
func (c checked) Error(x ...any)                 { c.t.Error(x...) }
func (c checked) Errorf(format string, x ...any) { c.t.Errorf(format, x...) }
func (c checked) Fatal(x ...any)                 { c.t.Fatal(x...) }
func (c checked) Skip(x ...any)                  { c.t.Skip(x...) }
func (c checked) Fatalf(format string, x ...any) { c.t.Fatalf(format, x...) }

// property checks a property of networks, with the same ones each time unless -rapid.seed says
// otherwise. Under the tag slow there are ten times as many.
func property(t *testing.T, networks int, prop func(t testing.TB, rt *rapid.T)) {
	t.Helper()
	if testing.Short() {
		networks = (networks + 4) / 5
	}
	for name, value := range map[string]string{"checks": fmt.Sprint(networks * moreNetworks), "seed": "1", "nofailfile": "true"} {
		f := flag.Lookup("rapid." + name)
		if old := f.Value.String(); old == f.DefValue {
			if err := f.Value.Set(value); err != nil {
				t.Fatal(err)
			}
			defer f.Value.Set(old)
		}
	}
	rapid.Check(t, func(rt *rapid.T) { prop(checked{t, rt}, rt) })
}

// alike is agree for random networks, in which terms may cancel to nothing: what is less than a
// thousandth of the largest gradient counts as a thousandth of it, the rounding of what cancelled being
// about 1e-16 of that.
func alike(t testing.TB, got, want *outcome, tol float64) {
	t.Helper()
	for address, w := range want.records {
		closeTo(t, address, got.records[address], w, tol)
	}
	var largest float64
	for _, w := range want.grads {
		for _, x := range w {
			largest = max(largest, math.Abs(x))
		}
	}
	for address, w := range want.grads {
		closeTo(t, "gradient of "+address, append(slices.Clone(got.grads[address]), largest/1000), append(slices.Clone(w), largest/1000), tol)
	}
	if len(want.grads) == 0 {
		t.Error("no gradients compared")
	}
}

// Numbers and gradients of everything are those of the literal graph.
func TestRandomNetworksEqualUnroll(t *testing.T) {
	property(t, 60, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 6, oneStage: true, lanes: 1})
		net := d.build(t)
		alike(t, rolledOut(t, net, d.run), unrolled(t, net, d.run), 1e-12)
	})
}

// A chain of windows is one rollout.
func TestRandomWindows(t *testing.T) {
	property(t, 150, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 70, observers: true, lanes: 3})
		d.run.Average = rapid.Bool().Draw(rt, "average")
		d.run.Horizon = rapid.SampledFrom([]int{0, 0, 7, 16, 40}).Draw(rt, "horizon")
		d.dropSilentObservers()
		net := d.build(t)
		want := rolledOut(t, net, d.run)
		warmup, recorded := d.run.steps()
		d.run.Window = rapid.IntRange(1, warmup+recorded).Draw(rt, "window")
		alike(t, rolledOut(t, net, d.run), want, 1e-12)
	})
}

// dropSilentObservers removes observers that have no sample in the run, which is an error.
func (d *drawn) dropSilentObservers() {
	_, recorded := d.run.steps()
	d.observers = slices.DeleteFunc(d.observers, func(o drawnObserver) bool {
		need := o.ratio * o.every
		if o.moments {
			need *= 2
		}
		return recorded < need
	})
}

// Any memory budget gives the same bits.
func TestRandomBudgets(t *testing.T) {
	property(t, 50, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 700, observers: true, lanes: 2})
		d.run.NonFinite = MaskLane // in so long a run some diverge
		d.run.Precision = Precision(rapid.IntRange(0, 1).Draw(rt, "precision"))
		d.run.Horizon = rapid.SampledFrom([]int{0, 0, 30, 100}).Draw(rt, "horizon")
		d.dropSilentObservers()
		net := d.build(t)
		want := rolledOut(t, net, d.run)
		least := leastBudget(t, net, d.run)
		for _, times := range []float64{1, rapid.Float64Range(1, 4).Draw(rt, "times the least memory")} {
			d.run.MemoryBudget = int64(times * float64(least))
			same(t, fmt.Sprintf("%.2f × the least memory", times), rolledOut(t, net, d.run), want)
		}
	})
}

// leastBudget is the budget that the error for a smaller one names.
func leastBudget(t testing.TB, net *Network, run Run) int64 {
	t.Helper()
	g := G.NewGraph()
	run.MemoryBudget, run.Nodes = 1, leaves(net, g)
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	init := run.Nodes["init:"+net.populations[0].name+"."+net.populations[0].states[0].Name]
	if _, err := G.Grad(G.Must(G.Sum(roll.carry)), init); err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err = vm.RunAll(); err == nil {
		t.Fatal("a budget of one byte is no error")
	}
	var least int64
	if _, after, ok := strings.Cut(err.Error(), "minimum of "); ok {
		fmt.Sscanf(after, "%d bytes", &least)
	}
	if least == 0 {
		t.Fatalf("error %v", err)
	}
	return least
}

// A lane is a run of its own: the same bits, and its part of the shared gradient.
func TestRandomLanes(t *testing.T) {
	property(t, 60, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 50, observers: true, lanes: 3})
		d.dropSilentObservers()
		net := d.build(t)
		r := rand.New(rand.NewPCG(d.run.Seed, 5))
		for range d.run.Lanes {
			d.run.Seeds = append(d.run.Seeds, r.Uint64N(1<<53))
		}
		all := rolledOut(t, net, d.run)
		sum := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
		for _, seed := range d.run.Seeds {
			one := d.run
			one.Lanes, one.Seeds = 1, []uint64{seed}
			sum.add(rolledOut(t, net, one))
		}
		same(t, "lanes", &outcome{records: all.records}, &outcome{records: sum.records})
		alike(t, all, sum, 1e-12)
	})
}

// single is near double: 1e-4 of the largest value is a thousand roundings, for gradients, in which
// larger terms cancel, ten thousand.
func TestRandomPrecision(t *testing.T) {
	property(t, 60, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 25, observers: true, lanes: 2})
		d.dropSilentObservers()
		net := d.build(t)
		double := rolledOut(t, net, d.run)
		d.run.Precision = Float32
		single := rolledOut(t, net, d.run)
		for address, want := range double.records {
			closeTo(t, address, single.records[address], want, 1e-4)
		}
		alike(t, single, double, 1e-3)
	})
}

// Without weights every region is a network of its own.
func TestRandomZeroWeightsDecouple(t *testing.T) {
	property(t, 80, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 40, lanes: 1, samples: true, alwaysEdges: true})
		d.run.Record = nil // every state
		net := d.build(t)
		for k := range d.couplings {
			address := fmt.Sprintf("net%d/weights", k)
			now, err := net.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			if err := net.Set(address, zeros(net.value(address), len(now))); err != nil {
				t.Fatal(err)
			}
		}
		all, err := net.Simulate(context.Background(), d.run)
		if err != nil {
			t.Fatal(err)
		}
		for k, p := range d.pops {
			for j, label := range p.labels {
				one, err := d.alone(k, j).build(t).Simulate(context.Background(), d.run)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range propertyModels[p.model].states {
					var got []float64
					for _, row := range all.Series(popName(k) + "." + s).Lane(0) {
						got = append(got, row[j])
					}
					closeTo(t, s+" of "+label, got, one.Series("pop0."+s).Data, 1e-13)
				}
			}
		}
	})
}

// zeros fits a value of weights, dense or sparse.
func zeros(v *value, n int) any {
	if v.I != nil {
		return make([]float64, n)
	}
	return mat.NewDense(v.Rows, v.Cols, nil)
}

// alone is region j of population k without couplings.
func (d *drawn) alone(k, j int) *drawn {
	p := d.pops[k]
	one := &drawn{run: d.run}
	q := drawnPopulation{
		model: p.model, labels: p.labels[j : j+1], bound: p.bound,
		params: pick(p.params, []int{j}), init: pick(p.init, []int{j}), history: map[string]*mat.Dense{},
	}
	one.pops = []drawnPopulation{q}
	for _, z := range d.noises {
		if z.pop == k {
			one.noises = append(one.noises, drawnNoise{0, z.state, pickList(z.sigma, []int{j}), pickColumns(z.samples, []int{j})})
		}
	}
	for _, in := range d.inputs {
		if in.pop == k {
			one.inputs = append(one.inputs, drawnInput{0, in.port, pickColumns(in.values, []int{j})})
		}
	}
	for _, l := range d.leads {
		if l.pop == k {
			l.pop, l.weights, l.gain = 0, pickRows(l.weights, []int{j}), pickList(l.gain, []int{j})
			one.currents, one.leads = d.currents, append(one.leads, l)
		}
	}
	return one
}

// pickList takes the regions' entries of a list, of which a lone one is everybody's.
func pickList(x []float64, regions []int) []float64 {
	if len(x) == 1 {
		return x
	}
	var y []float64
	for _, j := range regions {
		y = append(y, x[j])
	}
	return y
}

func pick(values map[string][]float64, regions []int) map[string][]float64 {
	picked := map[string][]float64{}
	for name, x := range values {
		picked[name] = pickList(x, regions)
	}
	return picked
}

func pickRows(m *mat.Dense, regions []int) *mat.Dense {
	_, cols := m.Dims()
	picked := mat.NewDense(len(regions), cols, nil)
	for k, j := range regions {
		picked.SetRow(k, mat.Row(nil, j, m))
	}
	return picked
}

func pickColumns(m *mat.Dense, regions []int) *mat.Dense {
	if m == nil {
		return nil
	}
	rows, cols := m.Dims()
	if cols == 1 {
		return m
	}
	picked := mat.NewDense(rows, len(regions), nil)
	for k, j := range regions {
		picked.SetCol(k, mat.Col(nil, j, m))
	}
	return picked
}

// The properties would hold of networks that do nothing, so look at what is drawn.
func TestDrawnNetworksAreAlive(t *testing.T) {
	var coupled, delayed, noisy, two, led, alive int
	property(t, 60, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 40, lanes: 1})
		for _, c := range d.couplings {
			coupled++
			if len(c.delays) > 0 && slices.ContainsFunc(c.delays, func(row []int) bool { return slices.Max(row) > 16 }) {
				delayed++
			}
		}
		noisy += min(1, len(d.noises))
		two += len(d.pops) - 1
		led += len(d.leads)
		res, err := d.build(t).Simulate(context.Background(), d.run)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range res.Recorded() {
			switch x := s.Data[len(s.Data)-1]; {
			case math.Abs(x) > 10:
				t.Errorf("%s ends at %v", s.Address, x)
			case x != 0:
				alive++
			}
		}
	})
	if min(coupled, delayed, noisy, two, led, alive) < 5 && !testing.Short() {
		t.Errorf("%d couplings, %d with long delays, %d networks with noise, %d with two populations, %d couplings from an input, %d states alive", coupled, delayed, noisy, two, led, alive)
	}
}
