package graph

import (
	"context"
	"fmt"
	"math"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Rollout is a network unrolled in time in a Gorgonia graph: a chain of window nodes, by default one
// for the whole run. Everything about it is ordinary Gorgonia: differentiate with G.Grad, run with a
// TapeMachine, step with any solver.
//
// Nodes are float64. Shapes, with B lanes, n regions, T samples:
//
//	recorded variables      (B, T, n)
//	shared values           (1)
//	values per region       (n)
//	values per lane         (B, 1), (B, n)
//	weights                 (to, from), sparse (edges); per lane (B, …)
//	initial states          as values; histories (D, n), inputs (T, n)
//	carry                   (B, C)
type Rollout struct {
	run      Run
	compiled *compiled
	state    *rolloutState
	records  map[string]*G.Node
	labels   map[string][]string
	order    []string // of the recorded variables
	learned  []*Learnable
	inputs   map[string]*G.Node
	carry    *G.Node
	windows  G.Nodes
}

// Node returns the node of a recorded variable, shape (B, T, n). It panics, naming what there is, if
// Run.Record does not list the address.
func (r *Rollout) Node(address string) *G.Node {
	if n, ok := r.records[address]; ok {
		return n
	}
	panic(fmt.Sprintf("graph: %s is not recorded%s", address, nearest(address, r.order)))
}

// Learnables returns the raw nodes that an optimiser moves, in the order of Learned.
func (r *Rollout) Learnables() G.Nodes {
	var nodes G.Nodes
	for _, l := range r.learned {
		nodes = append(nodes, l.Raw)
	}
	return nodes
}

// Learned describes what learns.
func (r *Rollout) Learned() []*Learnable { return r.learned }

// Input returns the leaf of a run-time input, to be changed with G.Let between runs: "seed", shape
// (B), with one whole number below 2⁵³ per lane, or "input:NAME".
func (r *Rollout) Input(address string) *G.Node {
	if n, ok := r.inputs[address]; ok {
		return n
	}
	var names []string
	for name := range r.inputs {
		names = append(names, name)
	}
	panic(fmt.Sprintf("graph: the rollout has no input %s%s", address, nearest(address, names)))
}

// Carry returns the node, shape (B, C), of all that passes on to a following run: states, delay
// histories, partial means, absolute step. Give it to another rollout's Run.From.
func (r *Rollout) Carry() *G.Node { return r.carry }

// Windows returns the nodes of the chain, one per window.
func (r *Rollout) Windows() G.Nodes { return r.windows }

// Lanes returns the number of lanes B.
func (r *Rollout) Lanes() int { return r.run.Lanes }

// Labels returns the region labels of a recorded variable.
func (r *Rollout) Labels(address string) []string { return r.labels[address] }

// Recorded lists the addresses of the recorded variables.
func (r *Rollout) Recorded() []string { return r.order }

// SetContext lets later runs of the rollout's nodes end with ctx.
func (r *Rollout) SetContext(ctx context.Context) {
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	r.state.ctx = ctx
}

// Masked tells for each lane whether it diverged in the last run, see Run.NonFinite.
func (r *Rollout) Masked() []bool {
	return r.state.maskedLanes()
}

// TapeBytes is the memory held by tapes, checkpoints and delay histories for the reverse pass, and
// Recomputation the number of steps solved, the first solve included, per step of the run. Both are
// known after the first run.
func (r *Rollout) TapeBytes() int64 {
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	var sum int64
	for _, b := range r.state.bytes {
		sum += b
	}
	return sum
}

// Recomputation: see TapeBytes.
func (r *Rollout) Recomputation() float64 {
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	return r.state.factor
}

// String prints the run and the compiled programs.
func (r *Rollout) String() string {
	var b strings.Builder
	warmup, recorded := r.run.steps()
	fmt.Fprintf(&b, "%d + %d steps of %g ms, %s, %s, %d lanes, %d windows\n", warmup, recorded, r.run.Dt,
		r.run.Integrator.Name, r.run.Precision, r.run.Lanes, len(r.windows))
	fmt.Fprintf(&b, "step\n%s", r.compiled.model.Step.Program)
	if a := r.compiled.model.Adjoint; a != nil {
		fmt.Fprintf(&b, "adjoint step\n%s", a.Program)
	}
	return b.String()
}

// MaskLoss returns a loss per lane, shape (B), that is +Inf with zero gradient in the lanes that
// diverged: see Run.NonFinite.
func (r *Rollout) MaskLoss(loss *G.Node) (*G.Node, error) {
	if !r.has(loss, tensor.Shape{r.run.Lanes}) {
		return nil, fmt.Errorf("graph: expected a loss for each of %d lanes, a node of shape (%d) in the rollout's graph; found %v", r.run.Lanes, r.run.Lanes, shown(loss))
	}
	replace := func(name string, by float64) *op {
		o := &op{name: name, shape: loss.Shape().Clone(), wrt: []bool{true}}
		o.do = func(in [][]float64) ([]float64, error) {
			out := append([]float64(nil), in[0]...)
			for l, masked := range r.Masked() {
				if masked {
					out[l] = by
				}
			}
			return out, nil
		}
		return o
	}
	o := replace("mask loss", math.Inf(1))
	o.symDiff = func(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		back, err := replace("mask gradient", 0).apply(grad)
		return G.Nodes{back}, err
	}
	return o.apply(loss)
}
