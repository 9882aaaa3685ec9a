package engine

import (
	"context"
	"math"
	"slices"
	"testing"
)

// adjointByHand is the gradient of Σ cot·x, x all states after the first, that linearModel has with
// respect to a, the weights and the carry. Nothing passes a border, a multiple of horizon after the start.
func adjointByHand(m *Model, in *Inputs, cot [][]float64, start, horizon int) (a float64, weights, carry []float64) {
	c, n, depth, steps := &m.Couplings[0], m.States[0].N, m.history[0], len(cot)
	w, gain := in.Weights[0].Data, in.Params[0].Data[0]
	x := make([][]float64, depth+steps+1) // the state at step start is x[depth]
	lambda := make([][]float64, len(x))
	for k := range x {
		x[k], lambda[k] = make([]float64, n), make([]float64, n)
		if at := m.HistoryOffset(0) + k*n; k < depth {
			copy(x[k], in.Carry[at:at+n])
		} else if k > depth {
			copy(lambda[k], cot[k-depth-1])
		}
	}
	copy(x[depth], in.Carry[:n])
	for k := depth; k < depth+steps; k++ {
		for i := range n {
			x[k+1][i] = gain * x[k][i]
		}
		for e := range c.I {
			x[k+1][c.I[e]] += w[c.Index[e]] * x[k-c.Delay[e]][c.J[e]]
		}
	}
	passes := func(from, to int) bool { // from a state to a step
		for b := max(from, depth+1); b <= to && horizon > 0; b++ {
			if (b-depth+start)%horizon == 0 {
				return false
			}
		}
		return true
	}
	weights, carry = make([]float64, len(w)), make([]float64, m.CarryWidth())
	for k := depth + steps - 1; k >= depth; k-- {
		for i, g := range lambda[k+1] {
			if a += g * x[k][i]; passes(k, k) {
				lambda[k][i] += gain * g
			}
		}
		for e := range c.I {
			g, past := lambda[k+1][c.I[e]], k-c.Delay[e]
			weights[c.Index[e]] += g * x[past][c.J[e]]
			if passes(past, k) {
				lambda[past][c.J[e]] += g * w[c.Index[e]]
			}
		}
	}
	copy(carry, lambda[depth])
	for k := range depth {
		copy(carry[m.HistoryOffset(0)+k*n:], lambda[k])
	}
	return a, weights, carry
}

// A loop over the equations' adjoint gives the same gradients, for delays of all classes, wherever in a
// block the run starts and ends, and wherever the gradient is cut; and a small budget the same bits.
func TestReverseByHand(t *testing.T) {
	for _, most := range []int{0, 3, 4, 7, 8, 12, 16, 17, 31, 32, 33, 70} {
		for _, horizon := range []int{0, 5, 24} {
			for k, steps := range []int{1, 7, 9, 16, 41, 130} {
				for _, start := range []int{0, 1, 7, 8, 13, 1_000_003} {
					n := 1 + (k+start+most)%6
					if most == 70 && start == 13 {
						n = 100 // edges are in several blocks of targets
					}
					m := linearModel(t, n, most)
					m.Couplings[0].Learned = true
					in, _ := linearInputs(m, start)
					cot := make([][]float64, steps)
					for s := range cot {
						for i := range n {
							cot[s] = append(cot[s], math.Sin(float64(3*s+i)))
						}
					}
					set := Settings{Steps: steps, Every: 1, Horizon: horizon}
					got := gradients(t, m, set, in, cot)
					set.Budget = minimum(t, m, steps, math.MaxInt64)
					if again := gradients(t, m, set, in, cot); !slices.Equal(again, got) {
						t.Errorf("delays to %d, %d steps from %d, horizon %d: a budget changes bits", most, steps, start, horizon)
					}
					a, weights, carry := adjointByHand(m, in, cot, start, horizon)
					for i, want := range slices.Concat([]float64{a}, weights, carry) {
						if math.Abs(got[i]-want) > 1e-11*(1+math.Abs(want)) {
							t.Fatalf("delays to %d, %d regions, %d steps from %d, horizon %d: gradient %d is %v, expected %v", most, n, steps, start, horizon, i, got[i], want)
						}
					}
				}
			}
		}
	}
}

// gradients are those of the parameter, the weights and the carry, one after the other.
func gradients(t *testing.T, m *Model, set Settings, in *Inputs, cot [][]float64) []float64 {
	t.Helper()
	e := New[float64](m, set)
	out := &Outputs{Records: [][]float64{make([]float64, set.Steps*m.States[0].N)}, Carry: make([]float64, len(in.Carry))}
	grads := &Gradients{Params: [][]float64{make([]float64, 1)}, Weights: [][]float64{make([]float64, len(in.Weights[0].Data))}, Carry: make([]float64, len(in.Carry))}
	tape, _, err := e.Forward(context.Background(), in, out, true)
	if err == nil {
		err = e.Reverse(context.Background(), in, tape, &Outputs{Records: [][]float64{slices.Concat(cot...)}}, grads, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(grads.Params[0], grads.Weights[0], grads.Carry)
}
