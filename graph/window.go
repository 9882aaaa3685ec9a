package graph

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

// window is a stretch of a rollout as one Gorgonia operation:
//
//	packed = window(carry, seeds, values…)
//
// packed is [run id, records, carry after the window]. Its gradient is one operation too.
type window struct {
	solver   solver
	compiled *compiled
	run      *Run
	fixed    *engine.Inputs // values that no node gives
	slots    []*slot
	shared   *rolloutState
	restart  func() // of the progress count

	wanted bool // something differentiates through the window, so keep tapes
	mu     sync.Mutex
	id     float64
	sum    uint64 // of the inputs of run id
	tape   tape
}

// rolloutState is what the windows of a rollout share.
type rolloutState struct {
	mu      sync.Mutex
	ctx     context.Context
	masked  []bool
	bytes   map[*window]int64
	factor  float64
	lastRun atomic.Int64
}

// outputs views a packed vector, of which the first number is the run id, as outputs.
func (w *window) outputs(packed []float64) *engine.Outputs {
	return w.compiled.outputs(w.solver.settings(), w.run.Lanes, packed[1:])
}

func (w *window) size() int { return 1 + w.compiled.outputSize(w.solver.settings(), w.run.Lanes) }

// node adds the window to the graph.
func (w *window) node(name string, carry, seeds *G.Node) (*G.Node, error) {
	inputs := G.Nodes{carry, seeds}
	backwards := w.compiled.model.Adjoint != nil
	// A start that is a leaf is ours, and nothing learns it.
	o := &op{name: name, shape: tensor.Shape{w.size()}, wrt: []bool{backwards && (carry.Op() != nil || w.run.From != nil), false}, do: w.forward}
	for _, s := range w.slots {
		inputs = append(inputs, s.node)
		o.wrt = append(o.wrt, backwards && w.learns(s))
	}
	o.symDiff = func(inputs G.Nodes, output, grad *G.Node) (G.Nodes, error) {
		w.wanted = true
		return w.gradients(name, inputs, output, grad, o.wrt)
	}
	return o.apply(inputs...)
}

func (w *window) learns(s *slot) bool {
	switch s.value.Kind {
	case weightsKind:
		return w.compiled.model.Couplings[s.index].Learned
	case inputKind, samplesKind:
		return w.compiled.model.Series[s.index].Learned
	}
	return w.compiled.model.Params[s.index].Learned
}

// inputs assembles the engine's inputs from the operands.
func (w *window) inputs(in [][]float64) *engine.Inputs {
	x := &engine.Inputs{Lanes: w.run.Lanes, Carry: in[0]}
	for _, s := range in[1] {
		x.Seeds = append(x.Seeds, uint64(s))
	}
	x.Params = append(x.Params, w.fixed.Params...)
	x.Weights = append(x.Weights, w.fixed.Weights...)
	x.Series = append(x.Series, w.fixed.Series...)
	for i, s := range w.slots {
		*element(s, x.Params, x.Weights, x.Series) = s.read(in[2+i], w.run.Lanes)
	}
	return x
}

// check refuses operands that a program may have set between runs and that no engine can use.
func (w *window) check(in [][]float64) error {
	width := w.compiled.model.CarryWidth()
	for l, seed := range in[1] {
		if !(seed >= 0 && seed < maxSeed) || seed != math.Trunc(seed) {
			return fmt.Errorf("graph: seed of lane %d: expected a whole number from 0 to 2⁵³ − 1, found %v", l, seed)
		}
		if step := in[0][(l+1)*width-1]; !(step >= 0 && step <= maxSteps) || step != math.Trunc(step) {
			return fmt.Errorf("graph: first step of lane %d: expected a whole number from 0 to 2⁵⁰, found %v: the last number of a carry is to be left as it is", l, step)
		}
	}
	for i, s := range w.slots {
		if s.value.Kind == weightsKind {
			if err := s.value.checkEdges(s.read(in[2+i], w.run.Lanes), &w.compiled.model.Couplings[s.index]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *window) forward(in [][]float64) ([]float64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	packed := results(w.size())
	if err := w.check(in); err != nil {
		return nil, err
	}
	if err := w.solve(w.inputs(in), packed, w.wanted); err != nil {
		return nil, err
	}
	packed[0] = w.id
	w.sum = checksum(in[:2+len(w.slots)])
	return packed, nil
}

// solve runs the engine and keeps the tape, in place of the one before.
func (w *window) solve(in *engine.Inputs, packed []float64, keep bool) error {
	if w.tape != nil {
		w.solver.release(w.tape)
		w.tape = nil
	}
	w.restart()
	t, masked, err := w.solver.forward(w.shared.context(), in, w.outputs(packed), keep)
	if err != nil {
		return w.run.explain(err)
	}
	w.id = float64(w.shared.lastRun.Add(1))
	w.tape = t
	w.shared.report(w, t, masked)
	return nil
}

func (s *rolloutState) context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		return context.Background()
	}
	return s.ctx
}

// maskedLanes are those that diverged in any window of the last run: they have no gradient in the
// other windows either.
func (s *rolloutState) maskedLanes() []bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]bool(nil), s.masked...)
}

func (s *rolloutState) report(w *window, t tape, masked []bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.solver.settings().Offset == 0 {
		clear(s.masked)
	}
	for l, m := range masked {
		s.masked[l] = s.masked[l] || m
	}
	if t != nil {
		s.bytes[w] = t.Bytes()
		s.factor = t.Factor()
	}
}

// checksum tells whether operands are those of an earlier run. Four chains of multiplications run side
// by side: a training step has megabytes of input, and one chain would wait for every product.
func checksum(in [][]float64) uint64 {
	a, b, c, d := uint64(14695981039346656037), uint64(fnvPrime), uint64(0x9e3779b97f4a7c15), uint64(0xc2b2ae3d27d4eb4f)
	for _, list := range in {
		for ; len(list) >= 4; list = list[4:] {
			a, b, c, d = mix(a, list[0]), mix(b, list[1]), mix(c, list[2]), mix(d, list[3])
		}
		for _, x := range list {
			a = mix(a, x)
		}
	}
	return (((a*fnvPrime^b)*fnvPrime)^c)*fnvPrime ^ d
}

const fnvPrime = 1099511628211

// mix adds a number to a hash: FNV-1a of 64-bit words, with high bits brought down.
func mix(h uint64, x float64) uint64 {
	h = (h ^ math.Float64bits(x)) * fnvPrime
	return h ^ h>>29
}

// gradients adds the adjoint operation, and takes its packed result apart.
func (w *window) gradients(name string, inputs G.Nodes, output, grad *G.Node, wrt []bool) (G.Nodes, error) {
	size := 0
	offsets := make([]int, len(inputs))
	for i, n := range inputs {
		if wrt[i] {
			offsets[i] = size
			size += n.Shape().TotalSize()
		}
	}
	o := &op{name: name + " adjoint", shape: tensor.Shape{size}}
	o.do = func(in [][]float64) ([]float64, error) { return w.reverse(in, wrt, size) }
	packed, err := o.apply(append(append(G.Nodes{}, inputs...), output, grad)...)
	if err != nil {
		return nil, err
	}
	grads := make(G.Nodes, len(inputs))
	for i, n := range inputs {
		if !wrt[i] {
			continue
		}
		if grads[i], err = part(name+" gradient", n.Shape().Clone(), packed, offsets[i]); err != nil {
			return nil, err
		}
	}
	return grads, nil
}

// reverse computes the packed gradients from (inputs…, packed output, its gradient).
func (w *window) reverse(in [][]float64, wrt []bool, size int) ([]float64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	operands := in[:2+len(w.slots)]
	x := w.inputs(operands)
	if output := in[len(operands)]; w.tape == nil || w.id != output[0] || w.sum != checksum(operands) {
		if err := w.solve(x, results(w.size()), true); err != nil {
			return nil, err
		}
		w.sum = checksum(operands)
	}
	result := results(size)
	clear(result)
	grads, finish := w.wants(operands, wrt, result)
	cot := w.outputs(in[len(operands)+1])
	if err := w.solver.reverse(w.shared.context(), x, w.tape, cot, grads, w.shared.maskedLanes()); err != nil {
		return nil, w.run.explain(err)
	}
	finish()
	return result, nil
}

// wants lays out where the engine writes gradients; finish brings them into the nodes' form.
func (w *window) wants(in [][]float64, wrt []bool, result []float64) (grads *engine.Gradients, finish func()) {
	grads = &engine.Gradients{
		Params: make([][]float64, len(w.compiled.model.Params)), Weights: make([][]float64, len(w.compiled.model.Couplings)),
		Series: make([][]float64, len(w.compiled.model.Series)),
	}
	at := 0
	take := func(n int) []float64 { at += n; return result[at-n : at] }
	if wrt[0] {
		grads.Carry = take(len(in[0]))
	}
	var reduce []func()
	for i, s := range w.slots {
		if !wrt[2+i] {
			continue
		}
		n := s.size
		if s.lanes {
			n *= w.run.Lanes
		}
		into := take(len(in[2+i]))
		g := into
		if len(into) != n {
			g = make([]float64, n)
			reduce = append(reduce, func() { s.reduce(into, g) })
		}
		*element(s, grads.Params, grads.Weights, grads.Series) = g
	}
	return grads, func() {
		for _, f := range reduce {
			f()
		}
	}
}
