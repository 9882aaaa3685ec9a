package graph

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// tracts is a network whose coupling has the given delays, ms, in the network or for none.
func tracts(t testing.TB, delays *mat.Dense, sparse bool) *Network {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	w := mat.NewDense(5, 5, nil)
	for i := range w.RawMatrix().Data {
		if w.RawMatrix().Data[i] = 0.1 * r.NormFloat64(); sparse && r.IntN(2) == 0 {
			w.RawMatrix().Data[i] = 0
		}
	}
	c := &Coupling{Name: "net", From: "cortex.x", To: "cortex.x", Pre: []string{"x", "1"}, Post: "S1 - S2*x", Weights: w}
	if sparse {
		c.Weights = NewSparse(w)
	}
	if delays != nil {
		c.Delays = delays
	}
	net, err := NewNetwork(Population("cortex", Regions(5), nmm.Hopf()), c, &Noise{To: "cortex.x", Sigma: []float64{0.05}})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// Subjects with tracts of their own are lanes: each has the bits of a network with its delays, shorter
// than a block, longer, and longer than the run.
func TestDelaysOfEachLane(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const dt, lanes = 0.5, 4
	own := make([]*mat.Dense, lanes)
	for l, longest := range []int{1, 12, 40, 400} {
		own[l] = mat.NewDense(5, 5, nil)
		for e := range 25 {
			own[l].RawMatrix().Data[e] = dt * float64(r.IntN(longest+1))
		}
	}
	for _, sparse := range []bool{false, true} {
		all := tracts(t, nil, sparse)
		weights := all.value("net/weights")
		ms := mat.NewDense(lanes, weights.size(), nil)
		for l := range own {
			for e := range weights.size() {
				ms.Set(l, e, own[l].At(weights.edge(e)))
			}
		}
		run := Run{Dt: dt, Duration: 100, Lanes: lanes, Every: 3, Values: map[string]mat.Matrix{"net/delays": ms}}
		for _, run.tile = range []int{1, 2, 4} {
			got := rolledOut(t, all, run)
			sum := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
			for l := range own {
				one := rolledOut(t, tracts(t, own[l], sparse), Run{Dt: dt, Duration: 100, Seed: uint64(l), Every: 3})
				sum.add(one)
			}
			same(t, fmt.Sprintf("sparse %v, tiles of %d", sparse, run.tile), &outcome{records: got.records}, &outcome{records: sum.records})
			alike(t, got, sum, 1e-12)
		}
	}
}

func TestErrorsOfLaneDelays(t *testing.T) {
	net := tracts(t, nil, false)
	for _, c := range []struct {
		address string
		ms      mat.Matrix
		want    string
	}{
		{"net/delays", mat.NewDense(3, 25, nil), "expected 2 rows, one per lane, of 25 values; found 3 × 25"},
		{"net/delays", (*mat.Dense)(nil), "is nil"},
		{"net/delays", mat.NewDense(2, 24, nil), "expected 2 rows, one per lane, of 25 values; found 2 × 24"},
		{"net/delays", mat.NewDense(2, 1, []float64{1, -1}), "the delay to region 1 from region 1 in lane 1 is -1, expected a number ≥ 0"},
		{"net/delays", mat.NewDense(2, 1, []float64{1, 1e300}), "coupling net: the longest delay is more than 53687091 steps, the most for 5 regions"},
		{"nett/delays", mat.NewDense(2, 1, nil), `unknown address "nett/delays"; did you mean net/delays?`},
	} {
		_, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 10, Lanes: 2, Values: map[string]mat.Matrix{c.address: c.ms}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected %q", err, c.want)
		}
	}
}

// A delay in the wrong unit must not wrap around, nor end the process for want of memory.
func TestDelaysTooLong(t *testing.T) {
	for _, ms := range []float64{1e300, 1e9} {
		d := mat.NewDense(5, 5, nil)
		d.Set(1, 2, ms)
		_, err := tracts(t, d, false).Simulate(context.Background(), Run{Dt: 0.5, Duration: 10})
		wantError(t, err, "coupling net", "more than 53687091 steps")
	}
}
