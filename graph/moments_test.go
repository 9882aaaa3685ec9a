package graph

import (
	"context"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/euryale-ml/euryale/nmm"
)

// momentsOf has each of some observers twice, the second time with Moments.
func momentsOf(t testing.TB, n int) *Network {
	t.Helper()
	var parts []Part
	for _, o := range []Observer{
		{Name: "means", From: "cortex.y", Period: 1.5, Average: true},
		{Name: "energy", From: "cortex.x", Pre: "x^2 - y", Step: 1, Every: 2},
		{Name: "square", From: "cortex.x", Model: lowPass(t), Port: "z", Output: "square", Ratio: 5, Average: true},
		{Name: "sensors", From: "cortex.x", Projection: mat.NewDense(2, n, cotangents("gain", 2, n))},
	} {
		again := o
		again.Name, again.Moments = o.Name+"s", true
		parts = append(parts, &o, &again)
	}
	return longNetwork(t, n, parts...)
}

var momentNames = []string{"means", "energy", "square", "sensors"}

// The moments are those of the samples, of 1 to 80 blocks of them, and of one region too.
func TestMomentsOfSamples(t *testing.T) {
	for _, n := range []int{1, 3, 20} {
		net := momentsOf(t, n)
		for _, duration := range []float64{5, 40, 250} {
			run := Run{Dt: 0.5, Warmup: 3.5, Duration: duration, Lanes: 3, Seed: 2, Precision: Precision(n % 2)}
			res, err := net.Simulate(context.Background(), run)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range momentNames {
				samples, mean, covariance := res.Series(name), res.Series(name+"s/mean"), res.Series(name+"s/covariance")
				regions := len(samples.Labels)
				if mean.Samples != 1 || covariance.Samples != regions || len(mean.Labels) != regions || mean.Unit != samples.Unit {
					t.Fatalf("%v, %v of %v", mean, covariance, samples)
				}
				if end := samples.Start + float64(samples.Samples-1)*samples.Dt; mean.Start != end || mean.Dt != float64(samples.Samples)*samples.Dt {
					t.Errorf("%v of %v", mean, samples)
				}
				for lane := range run.Lanes {
					x := samples.Matrix(lane)
					for j := range regions {
						m, deviation := stat.MeanStdDev(mat.Col(nil, j, x), nil)
						closeTo(t, name+" mean", []float64{mean.Lane(lane)[0][j], deviation}, []float64{m, deviation}, 1e-13)
					}
					var c mat.SymDense
					stat.CovarianceMatrix(&c, x, nil)
					closeTo(t, name+" covariance", covariance.Matrix(lane).RawMatrix().Data, mat.DenseCopyOf(&c).RawMatrix().Data, 1e-12)
				}
			}
		}
	}
}

func TestMomentsGradients(t *testing.T) {
	for _, run := range []Run{
		{Dt: 0.5, Duration: 12, Warmup: 3.5, Lanes: 2},
		{Dt: 0.5, Duration: 12, Window: 5},
	} {
		net := momentsOf(t, 3)
		for _, address := range []string{"cortex.a", "squares.tau", "squares.k"} {
			if err := net.Learn(address, nmm.Free, nmm.Shared); err != nil {
				t.Fatal(err)
			}
		}
		for address, scope := range map[string]nmm.Scope{"init:cortex.x": nmm.PerRegion, "sensorss/projection": nmm.PerEdge} {
			if err := net.Learn(address, nmm.Free, scope); err != nil {
				t.Fatal(err)
			}
		}
		run.Record, run.Every = []string{"cortex.x"}, 5
		checkRolloutGradients(t, net, run)
	}
}

func TestMomentsWindowsAndBudgets(t *testing.T) {
	net := momentsOf(t, 3)
	run := Run{Dt: 0.5, Warmup: 0.5 * 11, Duration: 0.5 * 149, Every: 7, Seed: 5}
	want := rolledOut(t, net, run)
	for _, window := range []int{1, 10, 33} {
		part := run
		part.Window = window
		agree(t, rolledOut(t, net, part), want, 1e-12)
	}
	run.Duration = 0.5 * 5000
	want = rolledOut(t, net, run)
	run.MemoryBudget = unlimitedBytes(t, net, run) / 16
	same(t, "1/16 of the memory", rolledOut(t, net, run), want)
	run.Horizon, run.MemoryBudget = 50, 0
	want = rolledOut(t, net, run)
	run.Window = 50
	agree(t, rolledOut(t, net, run), want, 1e-12)
}

// A mean a hundred million times the deviation costs no more than the digits that the samples have lost,
// a drift no more than in two passes, and what is constant has no covariance at all.
func TestMomentsAreStable(t *testing.T) {
	const n, samples = 3, 10000
	r := rand.New(rand.NewPCG(1, 2))
	values := mat.NewDense(samples, n, nil)
	for k := range samples {
		values.Set(k, 0, 1e8+r.Float64())
		values.Set(k, 1, float64(k)+r.Float64())
		values.Set(k, 2, 0.1)
	}
	model, err := nmm.Define("Copy", `dz/dt = (z_in - z) / 1[ms] : 1`, nmm.State("z", 0, 1, "copy"), nmm.Port("z_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	net, err := NewNetwork(Population("a", Regions(n), model), &Input{Name: "u", To: "a.z", Values: values},
		&Observer{Name: "m", From: "a.z", Moments: true})
	if err != nil {
		t.Fatal(err)
	}
	res, err := net.Simulate(context.Background(), Run{Dt: 1, Warmup: 2, Duration: samples - 2, Integrator: Euler})
	if err != nil {
		t.Fatal(err)
	}
	x := res.Series("a.z").Matrix(0)
	var want mat.SymDense
	stat.CovarianceMatrix(&want, x, nil)
	got := res.Series("m/covariance").Matrix(0)
	closeTo(t, "far from 0", []float64{got.At(0, 0)}, []float64{want.At(0, 0)}, 1e-10)
	closeTo(t, "drift", []float64{got.At(1, 1)}, []float64{want.At(1, 1)}, 1e-12)
	for j := range n {
		if c := got.At(2, j); c != 0 || c != got.At(j, 2) {
			t.Errorf("covariance of a constant: %v", c)
		}
	}
	if m := res.Series("m/mean").Data[2]; m != 0.1 {
		t.Errorf("mean of 0.1: %v", m)
	}
}

func TestMomentsErrors(t *testing.T) {
	net, err := NewNetwork(Population("a", Regions(2), nmm.Hopf()), &Observer{Name: "m", From: "a.x", Step: 1, Every: 3, Moments: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = net.Simulate(context.Background(), Run{Dt: 0.5, Duration: 5.5})
	wantError(t, err, "observer m: a covariance takes two samples at least, of 6 steps each; the run records 11 steps")
}
