package graph

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

// projected are observers whose samples are seen through matrices: of what they copy, of a state and of an
// observable of a model.
func projected(t testing.TB, n int) *Network {
	t.Helper()
	gain := func(outputs int) *mat.Dense {
		return mat.NewDense(outputs, n, cotangents("gain", outputs, n))
	}
	return longNetwork(t, n,
		&Observer{Name: "sensors", From: "cortex.x", Pre: "x - y", Step: 2, Average: true, Projection: gain(4), Labels: []string{"a", "b", "c", "d"}},
		&Observer{Name: "mean", From: "cortex.x", Projection: mat.NewDense(2, 1, []float64{1, -2})},
		&Observer{Name: "state", From: "cortex.x", Model: lowPass(t), Port: "z", Output: "z", Ratio: 3, Every: 2, Projection: gain(1), Integrator: Euler},
		&Observer{Name: "square", From: "cortex.y", Model: lowPass(t), Port: "z", Output: "square", Ratio: 5, Average: true, Projection: NewSparse(gain(2))})
}

func TestProjectionByHand(t *testing.T) {
	net := projected(t, 3)
	bare := projected(t, 3)
	for _, o := range bare.observers {
		o.projection = nil
	}
	mean := net.value("mean/projection").Data
	closeTo(t, "a projection of the mean", mean, []float64{1. / 3, 1. / 3, 1. / 3, -2. / 3, -2. / 3, -2. / 3}, 1e-15)
	run := Run{Dt: 0.5, Warmup: 3.5, Duration: 50, Seed: 2, Lanes: 2}
	got, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	want, err := bare.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	for name, labels := range map[string][]string{"sensors": {"a", "b", "c", "d"}, "mean": {"output 1", "output 2"}, "state": {"output 1"}, "square": {"output 1", "output 2"}} {
		s, full := got.Series(name), want.Series(name)
		if !slices.Equal(s.Labels, labels) || s.Samples != full.Samples || s.Start != full.Start || s.Dt != full.Dt || s.Samples == 0 {
			t.Fatalf("%v of %v, without projection %v", s, s.Labels, full)
		}
		gain := mat.NewDense(len(labels), 3, net.value(name+"/projection").Data)
		for lane := range run.Lanes {
			var product mat.Dense
			product.Mul(full.Matrix(lane), gain.T())
			closeTo(t, name, s.Matrix(lane).RawMatrix().Data, product.RawMatrix().Data, 1e-13)
		}
	}
}

func TestProjectionGradients(t *testing.T) {
	for _, scope := range []nmm.Scope{nmm.PerEdge, nmm.PerLane} {
		net := projected(t, 2)
		for _, name := range []string{"sensors", "state", "square"} {
			if err := net.Learn(name+"/projection", nmm.Free, scope); err != nil {
				t.Fatal(err)
			}
		}
		for _, address := range []string{"cortex.a", "state.tau", "square.k"} {
			if err := net.Learn(address, nmm.Free, nmm.Shared); err != nil {
				t.Fatal(err)
			}
		}
		checkRolloutGradients(t, net, Run{Dt: 0.5, Duration: 12, Warmup: 3.5, Lanes: 2, Record: []string{"cortex.x"}, Every: 5})
	}
}

// Where nothing else learns, projections do.
func TestOnlyAProjectionLearns(t *testing.T) {
	net := projected(t, 2)
	if err := net.Learn("square/projection", nmm.Free, nmm.PerEdge); err != nil {
		t.Fatal(err)
	}
	checkRolloutGradients(t, net, Run{Dt: 0.5, Duration: 12, Window: 7, Record: []string{"cortex.x"}, Every: 5})
}

// A projection that does not learn lets gradients through.
func TestFixedProjection(t *testing.T) {
	net := projected(t, 2)
	if err := net.Learn("cortex.a", nmm.Free, nmm.Shared); err != nil {
		t.Fatal(err)
	}
	checkRolloutGradients(t, net, Run{Dt: 0.5, Duration: 12, Record: []string{"cortex.x"}, Every: 5})
}

// Lanes with projections of their own are those of single runs, and Run.Values give them.
func TestProjectionPerLane(t *testing.T) {
	net := projected(t, 3)
	values := mat.NewDense(2, 12, cotangents("lanes", 2, 12))
	run := Run{Dt: 0.5, Duration: 20, Seeds: []uint64{4, 4}, Lanes: 2, Values: map[string]mat.Matrix{"sensors/projection": values}}
	both, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	for lane := range 2 {
		if err := net.Set("sensors/projection", mat.NewDense(4, 3, values.RawRowView(lane))); err != nil {
			t.Fatal(err)
		}
		one, err := net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 20, Seed: 4})
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "lane", both.Series("sensors").Matrix(lane).RawMatrix().Data, one.Series("sensors").Data, 0)
	}
}

func TestProjectionErrors(t *testing.T) {
	two := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	for want, o := range map[string]Observer{
		"it has 1 labels but no Projection": {Labels: []string{"a"}},
		"projection: expected outputs × 2 regions of cortex, or × 1 for their mean, found 2 × 3": {Projection: mat.NewDense(2, 3, nil)},
		"projection: expected a matrix, or none at all":                                          {Projection: (*mat.Dense)(nil)},
		"a label for each of 2 outputs, found 3":                                                 {Projection: two, Labels: Regions(3)},
		"outputs 1 and 2 are both called \"a\"":                                                  {Projection: two, Labels: []string{"a", "a"}},
		"seen/projection: entry to output 2 from region 1, NaN, is not a finite number":          {Projection: mat.NewDense(2, 2, []float64{1, 2, math.NaN(), 4})},
	} {
		o.Name, o.From = "seen", "cortex.x"
		_, err := NewNetwork(Population("cortex", Regions(2), nmm.Hopf()), &o)
		wantError(t, err, want)
	}
}

// A projection with zeros cannot learn with a sign, and has no edges that could.
func TestProjectionWithASign(t *testing.T) {
	net, err := NewNetwork(Population("cortex", Regions(2), nmm.Hopf()), &Observer{Name: "seen", From: "cortex.x", Projection: mat.NewDense(1, 2, []float64{1, 0})})
	if err != nil {
		t.Fatal(err)
	}
	err = net.Learn("seen/projection", nmm.Positive, nmm.PerEdge)
	wantError(t, err, "entry to output 1 from region 2, 0, cannot be learned")
	if strings.Contains(err.Error(), "NewSparse") {
		t.Errorf("error %q", err)
	}
}
