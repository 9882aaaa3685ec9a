package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

// Readout is a linear function of states that a rollout records,
//
//	o_k(t) = c_k + Σ_s Σ_i R_s,ki x_s,i(t)
//
// for outputs k, recorded states s and their regions i. It gives what G.Mul of the recorded states gives,
// but inside the solve, in its precision: a readout of few outputs then needs neither the states of all
// steps as nodes nor their gradients, which takes longer than the solve of a small network.
type Readout struct {
	Name  string // under which Rollout.Node has it, shape (B, T, outputs)
	Terms []ReadoutTerm
	Bias  *G.Node // c, shape (outputs) or (1, outputs); nil: 0
}

// ReadoutTerm is what a state adds to a readout.
type ReadoutTerm struct {
	State   string  // its address, or that of an observable
	Weights *G.Node // R_s, shape (outputs, regions)
}

// readoutWeights are those of a term, or a bias, as the engine has them: a coupling from a state, or from
// a single 1.
type readoutWeights struct {
	name     string
	node     *G.Node
	to, from int
}

// check looks for nodes that the rollout cannot use.
func (r *Readout) check(g *G.ExprGraph) error {
	if len(r.Terms) == 0 {
		return fmt.Errorf("it reads no state")
	}
	for _, t := range r.Terms {
		if w := t.Weights; w == nil || w.Graph() != g || w.Dtype() != tensor.Float64 || w.Dims() != 2 || w.Shape()[0] != r.outputs() {
			return fmt.Errorf("weights of %s: expected a float64 node of the rollout's graph of shape (outputs, regions), found %v", t.State, w)
		}
	}
	if b := r.Bias; b != nil && (b.Graph() != g || b.Dtype() != tensor.Float64 || b.Shape().TotalSize() != r.outputs()) {
		return fmt.Errorf("bias: expected a float64 node of the rollout's graph with %d numbers, found %v", r.outputs(), b)
	}
	return nil
}

func (r *Readout) outputs() int { return r.Terms[0].Weights.Shape()[0] }

// readouts adds the run's readouts to what is recorded. Each of their matrices is a coupling of the model,
// behind those of the network.
func (c *compiled) readouts(n *Network, run *Run, learned map[string]bool) error {
	for i := range run.Readouts {
		r := &run.Readouts[i]
		if err := c.readout(n, r, learned); err != nil {
			return within(err, "readout %q", r.Name)
		}
	}
	return nil
}

func (c *compiled) readout(n *Network, r *Readout, learned map[string]bool) error {
	taken := func(info recordInfo) bool { return info.Address == r.Name }
	if r.Name == "" || slices.ContainsFunc(c.records, taken) || slices.ContainsFunc(c.observers, func(o *compiled) bool { return slices.ContainsFunc(o.records, taken) }) {
		return fmt.Errorf("expected a name that nothing else that is recorded has")
	}
	outputs := r.outputs()
	record := engine.Record{Address: r.Name, Labels: numbered("output", outputs), N: outputs}
	if r.Bias != nil {
		record.Taps = append(record.Taps, c.tap(-1, readoutWeights{r.Name + "/bias", r.Bias, outputs, 1}))
	}
	for _, t := range r.Terms {
		read, _, err := c.newRecord(n, t.State, learned)
		if err != nil {
			return err
		}
		if found := t.Weights.Shape()[1]; found != read.N {
			return fmt.Errorf("weights of %s: expected shape (%d, %d), found %v", t.State, outputs, read.N, t.Weights.Shape())
		}
		c.model.Read = append(c.model.Read, read)
		record.Taps = append(record.Taps, c.tap(len(c.model.Read)-1, readoutWeights{r.Name + "/" + t.State, t.Weights, outputs, read.N}))
	}
	c.model.Records = append(c.model.Records, record)
	c.records = append(c.records, recordInfo{Address: r.Name, Unit: "1", Labels: record.Labels})
	return nil
}

// tap adds weights to the model.
func (c *compiled) tap(read int, w readoutWeights) engine.Tap {
	c.read = append(c.read, w)
	return engine.Tap{Read: read, Coupling: c.addMatrix(w.name, w.to, w.from, true)}
}

// addMatrix adds a coupling that no sum uses, whose weights taps use, and returns its number.
func (c *compiled) addMatrix(name string, to, from int, learned bool) int {
	k := engine.Coupling{Name: name, NTo: to, NFrom: from, Weights: to * from, Dense: true, Learned: learned}
	for e := range k.Weights {
		k.I, k.J = append(k.I, e/from), append(k.J, e%from)
		k.Index, k.Delay = append(k.Index, e), append(k.Delay, 0)
	}
	c.model.Couplings = append(c.model.Couplings, k)
	return len(c.model.Couplings) - 1
}

// readoutSlots are the nodes of the readouts.
func (c *compiled) readoutSlots() []*slot {
	var list []*slot
	for i, w := range c.read {
		v := &value{Address: w.name, Kind: weightsKind, N: w.to, Rows: w.to, Cols: w.from}
		list = append(list, &slot{value: v, node: w.node, size: w.to * w.from, index: len(c.plans) + len(c.projections) + i})
	}
	return list
}
