package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// cheapest is the least number of segments solved while reversing n segments with free checkpoints
// besides that of the first, found by trying every split; saved is the same behind a first solve that
// has stored checkpoints on its way.
func cheapest(most, free int) (fresh, saved [][]int) {
	fresh, saved = make([][]int, free+1), make([][]int, free+1)
	for f := range fresh {
		fresh[f], saved[f] = make([]int, most+1), make([]int, most+1)
		for n := 1; n <= most; n++ {
			fresh[f][n] = n * (n + 1) / 2
			saved[f][n] = fresh[f][n]
			for k := 1; k < n && f > 0; k++ {
				fresh[f][n] = min(fresh[f][n], k+fresh[f-1][n-k]+fresh[f][k])
				saved[f][n] = min(saved[f][n], saved[f-1][n-k]+fresh[f][k])
			}
		}
	}
	return fresh, saved
}

func TestSplitIsCheapest(t *testing.T) {
	const most, free = 150, 12
	fresh, saved := cheapest(most, free)
	for f := 1; f <= free; f++ {
		for n := 2; n <= most; n++ {
			k := split(n, f)
			if k < 1 || k >= n {
				t.Fatalf("split(%d, %d) = %d", n, f, k)
			}
			if cost := k + fresh[f-1][n-k] + fresh[f][k]; cost != fresh[f][n] {
				t.Errorf("split(%d, %d) = %d costs %d, the cheapest %d", n, f, k, cost, fresh[f][n])
			}
		}
	}
	for f := 0; f <= free; f++ {
		for n := 1; n <= most; n++ {
			if got := advances(n, f+1); got != saved[f][n] {
				t.Errorf("advances(%d, %d) = %d, the cheapest is %d", n, f+1, got, saved[f][n])
			}
		}
	}
}

func TestAdvancesWithASlotForEverySegment(t *testing.T) {
	for _, n := range []int{1, 2, 5, 1000} {
		for _, slots := range []int{n, n + 1, 10 * n} {
			if got := advances(n, slots); got != n {
				t.Errorf("advances(%d, %d) = %d", n, slots, got)
			}
		}
	}
}

// A plan is made for every window of a rollout, so also one of a billion steps must take no time.
func TestPlanOfAHugeRun(t *testing.T) {
	for _, budget := range []int64{1 << 20, 1 << 30} {
		e := New[float32](linearModel(t, 4, 40), Settings{Steps: 1_000_000_000, Every: 1, Budget: budget})
		p, err := e.plan(1, 3, 2, true)
		if err != nil {
			t.Fatal(err)
		}
		if p.bytes > budget || p.factor < 1 || p.resident {
			t.Errorf("plan %+v", p)
		}
	}
}

// Every budget from the minimum on gives a plan within it; more memory never makes a run slower.
func TestPlansKeepWithinTheBudget(t *testing.T) {
	m := linearModel(t, 4, 40)
	for _, steps := range []int{1, 17, 300, 20_000} {
		unlimited, err := New[float64](m, Settings{Steps: steps, Every: 1}).plan(1, 3, 2, true)
		if err != nil || !unlimited.resident || unlimited.factor != 1 {
			t.Fatalf("plan %+v, error %v", unlimited, err)
		}
		least := minimum(t, m, steps, unlimited.bytes)
		var last plan
		for budget := least; budget < unlimited.bytes; budget += 1 + (unlimited.bytes-least)/200 {
			p, err := New[float64](m, Settings{Steps: steps, Every: 1, Budget: budget}).plan(1, 3, 2, true)
			if err != nil {
				t.Fatal(err)
			}
			if p.bytes > budget || p.slots < 1 || p.count != segments(roundUp(steps, Block)+Block, p.segment) || p.segment%Block != 0 {
				t.Errorf("%d steps, budget %d: plan %+v", steps, budget, p)
			}
			if last.factor > 0 && p.factor > last.factor {
				t.Errorf("%d steps, budget %d: factor %v, with less memory %v", steps, budget, p.factor, last.factor)
			}
			last = p
		}
		p, err := New[float64](m, Settings{Steps: steps, Every: 1, Budget: unlimited.bytes}).plan(1, 3, 2, true)
		if err != nil || !p.resident {
			t.Errorf("with all that is wanted: plan %+v, error %v", p, err)
		}
	}
}

// minimum is the smallest budget, as the error for less names it.
func minimum(t *testing.T, m *Model, steps int, enough int64) int64 {
	t.Helper()
	try := func(budget int64) error {
		_, err := New[float64](m, Settings{Steps: steps, Every: 1, Budget: budget}).plan(1, 3, 2, true)
		return err
	}
	var least int64
	err := try(1)
	if err == nil {
		t.Fatal("a budget of one byte is no error")
	}
	if _, scan := fmt.Sscanf(err.Error()[strings.Index(err.Error(), "minimum of"):], "minimum of %d bytes", &least); scan != nil {
		t.Fatalf("error %q: %v", err, scan)
	}
	if least > enough || try(least) != nil || try(least-1) == nil {
		t.Fatalf("the minimum named, %d, is none: %v, one less: %v", least, try(least), try(least-1))
	}
	return least
}

// counting counts how often it is asked, which is once a block, forwards or back.
type counting struct {
	context.Context
	asked *atomic.Int64
}

func (c counting) Err() error { c.asked.Add(1); return c.Context.Err() }

// What a plan says about recomputation is what the engine does: blocks are counted while it runs.
func TestFactorIsWhatRuns(t *testing.T) {
	m := linearModel(t, 3, 20)
	full, err := New[float64](m, Settings{Steps: 4000, Every: 1}).plan(1, 1, 1, true)
	if err != nil {
		t.Fatal(err)
	}
	seen, laps := map[plan]bool{}, 0
	var want []float64
	for _, start := range []int{0, 5} {
		for part := int64(2); part < 40; part++ {
			e := New[float64](m, Settings{Steps: 4000, Every: 4000, Budget: full.bytes / part})
			p, err := e.plan(1, 1, 1, true)
			if err != nil {
				break
			}
			solved, grad := countBlocks(t, e, start)
			seen[p] = true
			laps = max(laps, segments(p.segment, p.lap))
			// In whole segments; at the run's end up to a segment's and a block's worth may be missing.
			n := segments(start+4000, p.segment)
			spine, blocks := advances(n, p.slots)+n, p.segment/Block
			if solved > spine*blocks || solved < (spine-2)*blocks {
				t.Errorf("plan %+v: %d blocks solved, expected %d segments of %d", p, solved, spine, blocks)
			}
			if exact := float64(solved) / (4000.0 / Block); exact > p.factor*1.1 {
				t.Errorf("plan %+v: %v steps solved per step", p, exact)
			}
			if start == 0 && want == nil {
				want = grad
			}
			if start == 0 && !slices.Equal(grad, want) {
				t.Errorf("plan %+v: gradient %v, expected %v", p, grad, want)
			}
		}
	}
	if len(seen) < 8 || laps < 2 {
		t.Errorf("only %d plans, of up to %d laps", len(seen), laps)
	}
}

// countBlocks runs a lane forwards and back from a given step, and returns how many blocks it solved
// and the gradient of the parameter.
func countBlocks(t *testing.T, e *Engine[float64], start int) (solved int, grad []float64) {
	t.Helper()
	in, out := linearInputs(e.Model, start)
	ctx := counting{context.Background(), new(atomic.Int64)}
	tape, _, err := e.Forward(ctx, in, out, true)
	if err != nil {
		t.Fatal(err)
	}
	grads := &Gradients{Params: [][]float64{make([]float64, 1)}, Weights: [][]float64{nil}}
	cot := &Outputs{Records: [][]float64{slices.Repeat([]float64{1}, len(out.Records[0]))}}
	if err := e.Reverse(ctx, in, tape, cot, grads, nil); err != nil {
		t.Fatal(err)
	}
	blocks := segments(start+e.Settings.Steps, Block)
	return int(ctx.asked.Load()) - blocks - 2, grads.Params[0] // once at the end of each call
}
