package graph

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// flowNetwork has all that a flow is made of: two populations, of several regions and of one, with couplings of one and two
// sums, within and between them, sparse weights, channels, an input, a parameter per region.
func flowNetwork(t *testing.T) *Network {
	t.Helper()
	return must(t,
		Population("cortex", Regions(3), nmm.MontbrioPazoRoxin().Set("eta", []float64{-5, -4.5, -4}).Bound("r", math.Inf(-1), math.Inf(1))),
		Population("thalamus", Regions(1), nmm.Hopf().Set("a", 0.1)),
		&Coupling{From: "cortex.r", To: "cortex.v", Weights: mat.NewDense(3, 3, []float64{0, 1, 0.5, 2, 0, 0.25, 0, 3, 0}), Gain: []float64{0.5}},
		&Coupling{Name: "difference", From: "cortex.v", To: "cortex.r", Pre: []string{"x*r/1000[1/ms]", "1"}, Post: "(S1 - S2*x)/1[ms]",
			Weights: NewSparse(mat.NewDense(3, 3, []float64{0, 0.1, 0, 0, 0, 0.2, 0.3, 0, 0}))},
		&Coupling{Name: "down", From: "cortex.v", To: "thalamus.x", Pre: []string{"tanh(v)"}, Post: "S1*y/1[ms]", Weights: mat.NewDense(1, 3, []float64{1, 0, 2})},
		&Channels{Name: "task", Labels: []string{"a", "b"}, Values: mat.NewDense(2, 2, []float64{0.5, -1, 0.5, -1})},
		&Coupling{Name: "shown", From: "input:task", To: "cortex.v", Weights: mat.NewDense(3, 2, []float64{1, 0, 0, 1, 1, 1})},
		&Input{Name: "drive", To: "cortex.v", Values: mat.NewDense(1, 1, []float64{0.3})},
		&Noise{To: "cortex.v", Sigma: []float64{0.1}},
	)
}

// flowPoint is a point of that network's state.
var flowPoint = []float64{0.3, 0.1, 0.8, -1.2, 0.4, -0.7, 0.5, -0.25}

func TestFlowIsTheStepsRightSide(t *testing.T) {
	net := flowNetwork(t)
	f, err := net.Flow()
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, v := range f.Variables() {
		if v.Region == "region 1" {
			n := 3
			if strings.HasPrefix(v.Address, "thalamus") {
				n = 1
			}
			if err := net.Set("init:"+v.Address, flowPoint[at:at+n]); err != nil {
				t.Fatal(err)
			}
			at += n
		}
	}
	if err := net.Set("noise:cortex.v/sigma", 0); err != nil {
		t.Fatal(err)
	}
	const dt = 1.0 / 64
	result, err := net.Simulate(t.Context(), Run{Dt: dt, Duration: dt, Integrator: Euler})
	if err != nil {
		t.Fatal(err)
	}
	dx := make([]float64, len(flowPoint))
	f.Derivative(dx, flowPoint)
	at = 0
	for _, s := range result.Recorded() {
		for _, x := range s.Data {
			// The step rounds x + dt f, of size 1, and the division by dt of 1/64 magnifies that.
			if got := (x - flowPoint[at]) / dt; math.Abs(got-dx[at]) > 1e-13*64 {
				t.Errorf("%s: the flow is %v, a step of Euler's method %v", f.Variables()[at].Address, dx[at], got)
			}
			at++
		}
	}
}

func TestFlowJacobian(t *testing.T) {
	parameters := []string{"cortex.eta", "cortex.J", "cortex.r->cortex.v/gain", "input:drive", "thalamus.omega"}
	f, err := flowNetwork(t).Flow(parameters...)
	if err != nil {
		t.Fatal(err)
	}
	n := len(flowPoint)
	central := &fd.JacobianSettings{Formula: fd.Central, Step: 1e-5}
	want, got, dx := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil), make([]float64, n)
	fd.Jacobian(want, func(y, x []float64) { f.Derivative(y, x) }, flowPoint, central)
	f.Jacobian(dx, got, flowPoint)
	// Central differences with that step are right to about 1e-9 for slopes of size 10.
	if !mat.EqualApprox(got, want, 1e-8) {
		t.Errorf("Jacobian\n%v\nexpected, by differences,\n%v", mat.Formatted(got), mat.Formatted(want))
	}
	for _, p := range parameters {
		slope := make([]float64, n)
		f.Slope(slope, p, flowPoint)
		values := map[string]float64{"cortex.eta": -5, "cortex.J": 15, "cortex.r->cortex.v/gain": 0.5, "input:drive": 0.3, "thalamus.omega": 0.06}
		byP := mat.NewDense(n, 1, nil)
		fd.Jacobian(byP, func(y, x []float64) {
			if err := f.Set(p, x[0]); err != nil {
				t.Fatal(err)
			}
			f.Derivative(y, flowPoint)
		}, []float64{values[p]}, central)
		for i := range slope {
			if math.Abs(slope[i]-byP.At(i, 0)) > 1e-8 {
				t.Errorf("slope by %s: entry %d is %v, by differences %v", p, i, slope[i], byP.At(i, 0))
			}
		}
	}
}

func TestFlowParameterChangesEveryEvaluation(t *testing.T) {
	f, err := must(t, Population("p", Regions(2), nmm.Linear())).Flow("p.gamma")
	if err != nil {
		t.Fatal(err)
	}
	// A parameter that it has no slopes by can be changed too.
	other, err := must(t, Population("p", Regions(2), nmm.Linear())).Flow()
	if err != nil {
		t.Fatal(err)
	}
	for _, gamma := range []float64{-1, 2, 0} {
		if err := f.Set("p.gamma", gamma); err != nil {
			t.Fatal(err)
		}
		if err := other.Set("p.gamma", gamma); err != nil {
			t.Fatal(err)
		}
		dx, j := make([]float64, 2), mat.NewDense(2, 2, nil)
		if other.Derivative(dx, []float64{1, 3}); dx[0] != gamma || dx[1] != 3*gamma {
			t.Errorf("γ = %v: found %v", gamma, dx)
		}
		f.Jacobian(dx, j, []float64{1, 3})
		if got, want := fmt.Sprint(dx, j.At(0, 0), j.At(1, 1), j.At(0, 1)), fmt.Sprint([]float64{gamma, 3 * gamma}, gamma, gamma, 0); got != want {
			t.Errorf("γ = %v: found %v, expected %v", gamma, got, want)
		}
	}
}

func TestFlowErrors(t *testing.T) {
	one := func() Part { return Population("p", Regions(2), nmm.MontbrioPazoRoxin()) }
	for _, c := range []struct {
		net       *Network
		parameter string
		want      string
	}{
		{must(t, one()), "p.etaa", `found "p.etaa"`},
		{must(t, one(), &Coupling{From: "p.r", To: "p.v", Weights: mat.NewDense(2, 2, []float64{0, 1, 1, 0}), Delays: mat.NewDense(2, 2, []float64{0, 0, 2, 0})}),
			"p.eta", "coupling p.r->p.v has a delay, to region 2 from region 1"},
		{must(t, one(), &Input{Name: "u", To: "p.v", Values: mat.NewDense(3, 1, []float64{1, 1, 2})}), "p.eta", "input:u: the row 3, 2, differs from row 1"},
	} {
		_, err := c.net.Flow(c.parameter)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("found error %v, expected %q", err, c.want)
		}
	}
	f, err := must(t, one()).Flow("p.eta")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Set("p.Jay", 1); err == nil || !strings.Contains(err.Error(), `found "p.Jay"`) {
		t.Errorf("Set of what is none: found error %v", err)
	}
	if err := f.Set("p.eta", math.NaN()); err == nil || !strings.Contains(err.Error(), "p.eta: NaN") {
		t.Errorf("Set of NaN: found error %v", err)
	}
}

func BenchmarkFlowJacobian(b *testing.B) {
	net, err := NewNetwork(Population("p", Regions(1), nmm.JansenRit()))
	if err != nil {
		b.Fatal(err)
	}
	f, err := net.Flow("p.mu")
	if err != nil {
		b.Fatal(err)
	}
	x, dx, j := make([]float64, 6), make([]float64, 6), mat.NewDense(6, 6, nil)
	b.Run("derivative", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Derivative(dx, x)
		}
	})
	b.Run("jacobian", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Jacobian(dx, j, x)
		}
	})
}
