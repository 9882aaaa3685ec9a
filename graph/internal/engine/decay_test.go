//go:build unix

package engine

import (
	"context"
	"fmt"
	"math"
	"syscall"
	"testing"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// decaying is a run of a damped linear network with a loss on its last state alone, whose adjoint decays
// by a factor of a per step.
func decaying[T kernel.Float](t testing.TB, n, most, steps int, a float64) (reverse func() *Gradients) {
	m := linearModel(t, n, most)
	m.Couplings[0].Learned, m.Couplings[0].Dense = true, most == 0
	in, out := linearInputs(m, 0)
	in.Params[0].Data[0] = a
	for e := range in.Weights[0].Data {
		in.Weights[0].Data[e] *= 0.01
	}
	e := New[T](m, Settings{Steps: steps, Every: steps})
	tape, _, err := e.Forward(context.Background(), in, out, true)
	if err != nil {
		t.Fatal(err)
	}
	cot := &Outputs{Records: [][]float64{make([]float64, n)}}
	cot.Records[0][0] = 1
	grads := &Gradients{Carry: make([]float64, len(in.Carry)), Params: [][]float64{make([]float64, 1)}, Weights: [][]float64{make([]float64, n*n)}}
	return func() *Gradients {
		if err := e.Reverse(context.Background(), in, tape, cot, grads, nil); err != nil {
			t.Fatal(err)
		}
		return grads
	}
}

// An adjoint that has decayed is zero, not subnormal, and so is the gradient of what it reaches.
func TestDecayedAdjointIsZero(t *testing.T) {
	for _, most := range []int{0, 3, 40} {
		for name, grads := range map[string]*Gradients{
			"float64": decaying[float64](t, 5, most, 9000, 0.9)(), "float32": decaying[float32](t, 5, most, 1500, 0.9)(),
		} {
			for j, g := range grads.Carry {
				if g != 0 {
					t.Errorf("%s, delays to %d: gradient %v of number %d of the start", name, most, g, j)
				}
			}
			if g := grads.Params[0][0]; g == 0 || math.IsNaN(g) {
				t.Errorf("%s, delays to %d: gradient %v of the damping", name, most, g)
			}
		}
	}
}

// BenchmarkDecay times a step back of an adjoint that soon has decayed, and of one that never does.
func BenchmarkDecay(b *testing.B) {
	for _, most := range []int{0, 40} {
		for _, a := range []float64{0.9, 0.999} {
			b.Run(fmt.Sprintf("float64/delays=%d/a=%v", most, a), func(b *testing.B) { benchDecay[float64](b, most, a) })
			b.Run(fmt.Sprintf("float32/delays=%d/a=%v", most, a), func(b *testing.B) { benchDecay[float32](b, most, a) })
		}
	}
}

func benchDecay[T kernel.Float](b *testing.B, most int, a float64) {
	const steps = 20_000
	reverse, least := decaying[T](b, 64, most, steps, a), math.Inf(1)
	for b.Loop() {
		before := processorTime()
		reverse()
		least = min(least, processorTime()-before)
	}
	b.ReportMetric(least/steps, "ns/step")
}

// processorTime is what the process has used, ns.
func processorTime() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return float64(r.Utime.Nano() + r.Stime.Nano())
}
