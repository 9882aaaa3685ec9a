package graph

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// benchSteps is the number of steps of a benchmarked run: ns/op divided by it is the time of a step.
const benchSteps = 1000

// benchNetwork has 84 regions of Montbrió, Pazó and Roxin with weights between all of them and, if
// delayed, delays of 2 to 20 ms.
func benchNetwork(b *testing.B, delayed bool) *Network {
	b.Helper()
	const n = 84
	r := rand.New(rand.NewPCG(1, n))
	weights, delays := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			weights.Set(i, j, 2*r.Float64()/n)
			delays.Set(i, j, 2+18*r.Float64())
		}
	}
	c := &Coupling{Name: "coupling", From: "cortex.r", To: "cortex.v", Weights: weights, Gain: []float64{0.1}}
	if delayed {
		c.Delays = delays
	}
	net, err := NewNetwork(Population("cortex", Regions(n), nmm.MontbrioPazoRoxin()), c)
	if err != nil {
		b.Fatal(err)
	}
	return net
}

// benchMachine runs the mean of the rate, and its gradient by everything if asked for.
func benchMachine(b *testing.B, net *Network, precision Precision, gradient bool) G.VM {
	b.Helper()
	g := G.NewGraph()
	nodes := leaves(net, g)
	roll, err := net.Rollout(g, Run{Dt: 0.1, Duration: 0.1 * benchSteps, Every: 10, Record: []string{"cortex.r"}, Precision: precision, Nodes: nodes})
	if err != nil {
		b.Fatal(err)
	}
	loss := G.Must(G.Mean(roll.Node("cortex.r")))
	if gradient {
		var all G.Nodes
		for _, address := range net.Addresses() {
			if n := nodes[address]; n != nil {
				all = append(all, n)
			}
		}
		if _, err := G.Grad(loss, all...); err != nil {
			b.Fatal(err)
		}
	}
	return G.NewTapeMachine(g)
}

// BenchmarkStep times 84 regions, forward and with the gradient of everything; allocs/op are those of
// a run of 1000 steps, Gorgonia's included, and do not grow with the steps.
func BenchmarkStep(b *testing.B) {
	for _, delayed := range []bool{false, true} {
		for _, precision := range []Precision{Float32, Float64} {
			for _, gradient := range []bool{false, true} {
				b.Run(benchName(delayed, precision, gradient), func(b *testing.B) {
					vm := benchMachine(b, benchNetwork(b, delayed), precision, gradient)
					defer vm.Close()
					b.ReportAllocs()
					for b.Loop() {
						vm.Reset()
						if err := vm.RunAll(); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSteps, "ns/step")
				})
			}
		}
	}
}

func benchName(delayed bool, precision Precision, gradient bool) string {
	name := "undelayed/"
	if delayed {
		name = "delayed/"
	}
	if gradient {
		return name + precision.String() + "/gradient"
	}
	return name + precision.String() + "/forward"
}
