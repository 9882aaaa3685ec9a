package train

import (
	"fmt"
	"math"
	"strings"

	"github.com/euryale-ml/euryale/forward"
	G "gorgonia.org/gorgonia"
)

// Penalty is what is added to the loss that learns,
//
//	ActivityL1 ⟨|r|⟩ + ActivityL2 ⟨r²⟩ + WeightL1 Σ|w| + WeightL2 Σ w²
//
// with the mean ⟨⟩ over trials, their own steps and units of the states r as the readout sees them, and
// the sum Σ over the weights w that learn, of encoder, couplings and readout, before a coupling's gain.
// The zero value adds nothing.
type Penalty struct {
	ActivityL1, ActivityL2 float64
	WeightL1, WeightL2     float64
}

func (p Penalty) check() error {
	for _, v := range []float64{p.ActivityL1, p.ActivityL2, p.WeightL1, p.WeightL2} {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("train: expected penalties of 0 or more, found %+v", p)
		}
	}
	return nil
}

// ofActivity says whether the penalty needs the states of every step, which the network's outputs do not.
func (p Penalty) ofActivity() bool { return p.ActivityL1 > 0 || p.ActivityL2 > 0 }

// penalised is the loss with the penalty added.
func (t *trainer) penalised(loss *G.Node) (*G.Node, error) {
	p, terms := t.Penalty, G.Nodes{}
	add := func(f *forward.NodeFunction, of *G.Node) error {
		term, err := f.Apply(of)
		terms = append(terms, term)
		return err
	}
	if p.ofActivity() {
		reads := t.reads
		for _, r := range reads {
			share := 1 / float64(len(reads))
			f := t.activity(r.State, r.Offset, r.Factor(), size{p.ActivityL1 * share, p.ActivityL2 * share})
			if err := add(f, t.network.Rollout.Node("cortex."+r.State)); err != nil {
				return nil, err
			}
		}
	}
	if p.WeightL1 > 0 || p.WeightL2 > 0 {
		for _, w := range t.weights() {
			if err := add(t.weight(w, size{p.WeightL1, p.WeightL2}), w); err != nil {
				return nil, err
			}
		}
	}
	var err error
	for _, term := range terms {
		if loss, err = G.Add(loss, term); err != nil {
			return nil, err
		}
	}
	return loss, nil
}

// weights are the nodes of the weights that learn, as the network uses them.
func (t *trainer) weights() (nodes G.Nodes) {
	for _, l := range t.network.Rollout.Learned() {
		if strings.HasSuffix(l.Address, "/weights") {
			nodes = append(nodes, l.Value)
		}
	}
	for _, n := range t.network.Learnables() {
		if strings.HasPrefix(n.Name(), "readout/") && n.Name() != "readout/bias" {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// size is l1 |v| + l2 v².
type size struct{ l1, l2 float64 }

func (s size) of(v float64) float64 { return s.l1*math.Abs(v) + s.l2*v*v }

func (s size) slope(v float64) float64 {
	if v == 0 {
		return 0
	}
	return math.Copysign(s.l1, v) + 2*s.l2*v
}

// activity is the mean size of a state [lane, step, unit] over the trials' own steps.
func (t *trainer) activity(state string, offset, scale float64, s size) *forward.NodeFunction {
	each := func(x forward.Array, do func(i int, r, share float64)) {
		steps, units := x.Shape[1], x.Shape[2]
		total := 0
		for _, n := range t.batch.Lengths {
			total += n * units
		}
		for lane, n := range t.batch.Lengths {
			for i := lane * steps * units; i < (lane*steps+n)*units; i++ {
				do(i, scale*(x.Data[i]-offset), 1/float64(total))
			}
		}
	}
	return &forward.NodeFunction{
		Name: "activity of " + state, Inputs: []int{3}, Output: 0,
		Shape: func([][]int) ([]int, error) { return nil, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			each(in[0], func(_ int, r, share float64) { out.Data[0] += share * s.of(r) })
			t.penalty += out.Data[0]
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			each(in[0], func(i int, r, share float64) { inGrad.Data[i] = outGrad.Data[0] * share * scale * s.slope(r) })
			return nil
		},
	}
}

// weight is the total size of the weights of a node.
func (t *trainer) weight(w *G.Node, s size) *forward.NodeFunction {
	return &forward.NodeFunction{
		Name: "size of " + w.Name(), Inputs: []int{w.Dims()}, Output: 0,
		Shape: func([][]int) ([]int, error) { return nil, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			for _, v := range in[0].Data {
				out.Data[0] += s.of(v)
			}
			t.penalty += out.Data[0]
			return nil
		},
		Gradient: func(_ int, in []forward.Array, _, outGrad, inGrad forward.Array) error {
			for i, v := range in[0].Data {
				inGrad.Data[i] = outGrad.Data[0] * s.slope(v)
			}
			return nil
		},
	}
}
