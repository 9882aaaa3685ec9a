package graph

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// BenchmarkObserver times a step of 80 regions of Wilson and Cowan, forward and with the gradient of their
// gain, with an observer of each kind behind them; what "none" takes is the network's.
func BenchmarkObserver(b *testing.B) {
	const n = 80
	r := rand.New(rand.NewPCG(1, n))
	weights, gain := mat.NewDense(n, n, nil), mat.NewDense(64, n, nil)
	for i := range n {
		for j := range n {
			weights.Set(i, j, 2*r.Float64()/n)
			gain.Set(i%64, j, r.Float64())
		}
	}
	for _, c := range []struct {
		name string
		*Observer
	}{
		{"none", nil},
		{"subsample of 10", &Observer{Ratio: 10}},
		{"mean of 1", &Observer{Ratio: 1, Average: true}},
		{"mean of 10", &Observer{Ratio: 10, Average: true}},
		{"mean of 10, expression", &Observer{Pre: "x^2 - I", Ratio: 10, Average: true}},
		{"mean of 10, 64 sensors", &Observer{Ratio: 10, Average: true, Projection: gain}},
		{"moments of 1", &Observer{Ratio: 1, Moments: true}},
		{"moments of 10", &Observer{Ratio: 10, Average: true, Moments: true}},
		{"filter of 10", &Observer{Ratio: 10, Average: true, Model: lowPass(b), Port: "z", Output: "z"}},
	} {
		parts := []Part{Population("cortex", Regions(n), nmm.WilsonCowan()), &Coupling{Name: "net", From: "cortex.E", To: "cortex.E", Weights: weights}}
		if c.Observer != nil {
			c.Name, c.From = "seen", "cortex.E"
			parts = append(parts, c.Observer)
		}
		net, err := NewNetwork(parts...)
		if err != nil {
			b.Fatal(err)
		}
		if err := net.Learn("net/gain", nmm.Free, nmm.Shared); err != nil {
			b.Fatal(err)
		}
		for _, gradient := range []bool{false, true} {
			name := c.name + "/forward"
			if gradient {
				name = c.name + "/gradient"
			}
			b.Run(name, func(b *testing.B) { benchObserver(b, net, gradient) })
		}
	}
}

func benchObserver(b *testing.B, net *Network, gradient bool) {
	g := G.NewGraph()
	roll, err := net.Rollout(g, Run{Dt: 0.1, Duration: 0.1 * benchSteps, Record: []string{"cortex.I"}, Every: benchSteps})
	if err != nil {
		b.Fatal(err)
	}
	var loss *G.Node
	for _, address := range roll.Recorded() {
		if term := G.Must(G.Mean(roll.Node(address))); loss == nil {
			loss = term
		} else {
			loss = G.Must(G.Add(loss, term))
		}
	}
	if gradient {
		if _, err := G.Grad(loss, roll.Learnables()...); err != nil {
			b.Fatal(err)
		}
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	b.ReportAllocs()
	for b.Loop() {
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSteps, "ns/step")
}
