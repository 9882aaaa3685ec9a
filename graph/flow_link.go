package graph

import (
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// flowLink is one sum of a coupling in a flow, S_i = Σ_j W_ij pre(x_j).
type flowLink struct {
	flow    *Flow
	index   int // among the links
	plan    *couplingPlan
	weights []float64
	sum     []float64

	frame    *vm.Frame[float64] // of pre and its derivatives; nil if what is sent is a state, or never changes
	sent     []float64
	constant bool
	sources  []int // states of the network that pre reads
	gradient [][]float64
}

// link makes the sums of all couplings.
func (f *Flow) link(n *Network) error {
	plans, err := n.couplingPlans(1)
	if err != nil {
		return err
	}
	for i, c := range n.couplings {
		for _, pre := range plans[i].Pre {
			l := &flowLink{flow: f, index: len(f.links), plan: plans[i], weights: c.weights.Data, sum: make([]float64, plans[i].To), sent: make([]float64, plans[i].From)}
			if err := l.source(n, pre); err != nil {
				return within(err, "coupling %s", c.Name)
			}
			f.links = append(f.links, l)
		}
	}
	return nil
}

// source finds what is sent.
func (l *flowLink) source(n *Network, pre *preGraph) error {
	switch {
	case l.plan.FromInput != "":
		l.constant = true
		row, err := n.values[l.plan.FromInput].constantRow()
		copy(l.sent, row)
		return err
	case pre == nil:
		l.sources = []int{l.plan.FromState}
		return nil
	case pre.Constant:
		l.constant = true
		for j := range l.sent {
			l.sent[j] = pre.Value
		}
		return nil
	}
	return l.compile(pre)
}

// compile makes the program of a pre and of its derivatives, ⟨1, pre⟩ by each source.
func (l *flowLink) compile(pre *preGraph) error {
	size := len(l.sent)
	in := []vm.Input{{Node: pre.U, Name: "adj/pre", Len: size}}
	out := []vm.Output{{Node: pre.Out, Name: "pre", Len: size}}
	for _, s := range pre.Sources {
		in = append(in, vm.Input{Node: s.Leaf, Name: s.Address, Len: size, Class: vm.Varying})
		out = append(out, vm.Output{Node: s.Gradient, Name: "slope by " + s.Address, Len: size})
		l.sources, l.gradient = append(l.sources, s.State), append(l.gradient, make([]float64, size))
	}
	p, err := vm.Compile(in, out)
	if err != nil {
		return err
	}
	l.frame = vm.NewFrame[float64](p)
	l.frame.Bind(0, repeat(1, size))
	l.frame.BindOutput(0, l.sent)
	for k, gradient := range l.gradient {
		l.frame.BindOutput(1+k, gradient)
	}
	l.frame.Begin()
	return nil
}

// send forms the sum at x.
func (l *flowLink) send(x []float64) {
	from := func(k int) []float64 { return x[l.flow.offset[k] : l.flow.offset[k]+len(l.sent)] }
	sent := l.sent
	switch {
	case l.frame != nil:
		for k, s := range l.sources {
			l.frame.Bind(1+k, from(s))
		}
		l.frame.Step()
	case !l.constant:
		sent = from(l.sources[0])
	}
	for i := range l.sum {
		l.sum[i] = 0
	}
	for e, i := range l.plan.I {
		l.sum[i] += l.weights[l.plan.Entry[e]] * sent[l.plan.J[e]]
	}
}

// add adds what the sum does to the states that depend on it, by way of the states that are sent.
func (l *flowLink) add(j *mat.Dense) {
	if l.constant {
		return
	}
	for _, d := range l.flow.slope.slopes {
		if d.kind != byLink || d.index != l.index {
			continue
		}
		row := l.flow.offset[d.state]
		for k, s := range l.sources {
			col := l.flow.offset[s]
			for e, to := range l.plan.I {
				from, w := l.plan.J[e], l.weights[l.plan.Entry[e]]*d.data[to]
				if l.gradient != nil {
					w *= l.gradient[k][from]
				}
				j.Set(row+to, col+from, j.At(row+to, col+from)+w)
			}
		}
	}
}
