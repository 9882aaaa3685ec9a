//go:build unix

package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// BenchmarkLanes times lanes side by side, by the size of their tiles; 0 is the size that is chosen.
func BenchmarkLanes(b *testing.B) {
	for _, c := range []struct {
		name     string
		n, lanes int
		model    *nmm.Model
	}{
		{"hopf", 64, 64, nmm.Hopf()},
		{"jansenrit", 1, 1000, nmm.JansenRit()},
	} {
		for _, gradient := range []bool{false, true} {
			for _, tile := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 0} {
				if tile > c.lanes {
					continue
				}
				b.Run(fmt.Sprintf("%s/gradient=%v/tile=%d", c.name, gradient, tile), func(b *testing.B) {
					benchLanes(b, c.model, c.n, c.lanes, tile, gradient)
				})
			}
		}
	}
}

func benchLanes(b *testing.B, model *nmm.Model, n, lanes, tile int, gradient bool) {
	const steps = 100
	r := rand.New(rand.NewPCG(1, 2))
	parts := []Part{Population("cortex", Regions(n), model)}
	if n > 1 {
		w := mat.NewDense(n, n, nil)
		for i := range w.RawMatrix().Data {
			w.RawMatrix().Data[i] = r.Float64() / float64(n)
		}
		parts = append(parts, &Coupling{Name: "net", From: "cortex.x", To: "cortex.x", Weights: w, Gain: []float64{0.1}})
	}
	net, err := NewNetwork(parts...)
	if err != nil {
		b.Fatal(err)
	}
	g := G.NewGraph()
	nodes := leaves(net, g)
	roll, err := net.Rollout(g, Run{Dt: 0.1, Duration: 0.1 * steps, Every: steps, Precision: Float32, Nodes: nodes, Lanes: lanes, tile: tile})
	if err != nil {
		b.Fatal(err)
	}
	loss := G.Must(G.Mean(roll.Node(roll.Recorded()[0])))
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
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	least := math.Inf(1)
	for b.Loop() {
		vm.Reset()
		before := processorTime()
		if err := vm.RunAll(); err != nil {
			b.Fatal(err)
		}
		least = min(least, processorTime()-before)
	}
	b.ReportMetric(least/float64(steps*lanes), "ns/lane-step")
}

// processorTime is what the process has used, ns: on a busy machine the least of some differences says
// more than a clock.
func processorTime() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return float64(r.Utime.Nano() + r.Stime.Nano())
}
