package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/vm"
)

// flowGraph is the right side of a network as nodes: what a step graph is made of, without a step.
type flowGraph struct {
	net         *Network
	flow        *Flow
	g           *G.ExprGraph
	in          *stepNodes
	leaves      []flowLeaf // states, then sums, then parameters and inputs
	derivatives []*G.Node  // of each state of the network
}

// flowLeaf is a leaf of the graph; n = 0 is a scalar.
type flowLeaf struct {
	node *G.Node
	n    int
}

// newFlowGraph makes leaves and right sides. What the flow is a function of has a leaf of one number per region, so that
// its derivative is one of each region too.
func (n *Network) newFlowGraph(f *Flow) (*flowGraph, error) {
	b := &flowGraph{net: n, flow: f, g: G.NewGraph()}
	b.in = &stepNodes{param: map[string]*G.Node{}, series: map[string]*G.Node{}, noise: map[string]*G.Node{}}
	s := &stepGraph{g: b.g}
	s.stateLeaves(n, b.in)
	s.paramLeaves(n, b.in)
	s.sumLeaves(n, b.in)
	s.drivenLeaves(n, b.in)
	for _, x := range s.states {
		b.leaves = append(b.leaves, flowLeaf{x.Leaf, x.N})
	}
	for _, x := range s.sums {
		b.leaves = append(b.leaves, flowLeaf{x.Leaf, x.N})
	}
	for _, p := range s.params {
		b.in.param[p.Address] = b.slot(p.Address, p.N, p.Leaf)
	}
	for _, i := range s.series {
		b.in.series[i.Address] = b.slot(i.Address, i.N, i.Leaf)
	}
	for _, name := range f.names {
		if all := f.addresses(); !slices.Contains(all, name) {
			return nil, fmt.Errorf("graph: flow: expected the address of a model parameter, a gain or an input of regions, found %q%s", name, nearest(name, all))
		}
	}
	return b, b.rightSides()
}

// slot enters a parameter or input with its present value.
func (b *flowGraph) slot(address string, n int, leaf *G.Node) *G.Node {
	v := b.net.values[address]
	data := v.Data
	if v.Kind == inputKind {
		data, _ = v.constantRow() // autonomous has checked it
	}
	slot := &flowSlot{address: address, active: slices.Contains(b.flow.names, address)}
	if slot.active && n == 0 {
		n = v.N
		leaf = vector(b.g, "flow/"+leaf.Name(), n, "")
	}
	slot.data = make([]float64, max(n, 1))
	for i := range slot.data {
		slot.data[i] = data[i%len(data)]
	}
	b.flow.slots = append(b.flow.slots, slot)
	b.leaves = append(b.leaves, flowLeaf{leaf, n})
	return leaf
}

// addresses lists what a flow may be a function of.
func (f *Flow) addresses() []string {
	var list []string
	for _, s := range f.slots {
		list = append(list, s.address)
	}
	return list
}

// rightSides makes dx/dt of every state.
func (b *flowGraph) rightSides() error {
	ports, err := b.net.portNodes(b.g, b.in)
	if err != nil {
		return err
	}
	for _, p := range b.net.populations {
		sys, err := b.net.newSystem(p, 1, b.g, b.in, ports[p.index])
		if err != nil {
			return within(err, "population %s", p.name)
		}
		list, err := sys.rhs.at(b.g, sys.x)
		if err != nil {
			return within(err, "population %s", p.name)
		}
		b.derivatives = append(b.derivatives, list...)
	}
	return nil
}

// compile makes both programs of the flow.
func (b *flowGraph) compile() error {
	var err error
	if b.flow.value, err = b.program(nil); err != nil {
		return err
	}
	var slopes []*flowSlope
	var nodes []*G.Node
	for k := range b.derivatives {
		list, made, err := b.slopes(k)
		if err != nil {
			return within(err, "differentiating %s", b.flow.variables[b.flow.offset[k]].Address)
		}
		slopes, nodes = append(slopes, list...), append(nodes, made...)
	}
	b.flow.slope, err = b.program(slopes, nodes...)
	return err
}

// slopes differentiates one state's dx/dt by all that it depends on, in a graph of its own, because Gorgonia can
// differentiate a graph only once.
func (b *flowGraph) slopes(state int) ([]*flowSlope, []*G.Node, error) {
	g := G.NewGraph()
	there, back := map[*G.Node]*G.Node{}, map[*G.Node]*G.Node{}
	for _, leaf := range b.leaves {
		copied := likeLeaf(g, leaf.node.Name(), leaf.node)
		there[leaf.node], back[copied] = copied, leaf.node
	}
	f, err := copyNode(g, b.derivatives[state], there)
	if err != nil {
		return nil, nil, err
	}
	var list []*flowSlope
	var wanted []*G.Node
	used := ancestors(f)
	for i, leaf := range b.leaves {
		if d := b.slopeBy(state, i); d != nil && used[there[leaf.node]] {
			list, wanted = append(list, d), append(wanted, there[leaf.node])
		}
	}
	if len(wanted) == 0 {
		return nil, nil, nil
	}
	if !f.IsScalar() {
		if f, err = G.Sum(f); err != nil {
			return nil, nil, err
		}
	}
	gradients, err := G.Grad(f, wanted...)
	if err != nil {
		return nil, nil, err
	}
	for i, d := range gradients {
		if gradients[i], err = copyNode(b.g, d, back); err != nil {
			return nil, nil, err
		}
	}
	return list, gradients, nil
}

// slopeBy is where the derivative by the i-th leaf goes, nil if nobody wants it.
func (b *flowGraph) slopeBy(state, i int) *flowSlope {
	f := b.flow
	d := &flowSlope{state: state, index: i, kind: byState, data: make([]float64, f.length[state])}
	if i -= len(f.length); i >= 0 {
		d.kind, d.index = byLink, i
	}
	if i -= len(f.links); i >= 0 {
		if !f.slots[i].active {
			return nil
		}
		d.kind, d.index = byParameter, slices.Index(f.names, f.slots[i].address)
	}
	return d
}

// program compiles the right sides, and slopes if there are any.
func (b *flowGraph) program(slopes []*flowSlope, nodes ...*G.Node) (*flowProgram, error) {
	f := b.flow
	p := &flowProgram{flow: f, slopes: slopes, derivative: make([]float64, len(f.variables)), stale: true}
	var in []vm.Input
	for i, leaf := range b.leaves {
		class := vm.Varying
		if i >= len(f.length)+len(f.links) {
			class = vm.Invariant
		}
		in = append(in, vm.Input{Node: leaf.node, Name: leaf.node.Name(), Len: max(leaf.n, 1), Scalar: leaf.n == 0, Class: class})
	}
	var out []vm.Output
	for k, d := range b.derivatives {
		out = append(out, vm.Output{Node: d, Name: fmt.Sprintf("d%s/dt", f.variables[f.offset[k]].Address), Len: f.length[k]})
	}
	for i, d := range slopes {
		out = append(out, vm.Output{Node: nodes[i], Name: fmt.Sprintf("slope %d", i), Len: len(d.data)})
	}
	compiled, err := vm.Compile(in, out)
	if err != nil {
		return nil, within(err, "flow")
	}
	p.bind(vm.NewFrame[float64](compiled))
	return p, nil
}

// bind joins the program's memory: all but the states, which come with each evaluation.
func (p *flowProgram) bind(frame *vm.Frame[float64]) {
	f := p.flow
	p.frame = frame
	for i, l := range f.links {
		frame.Bind(len(f.length)+i, l.sum)
	}
	for i, s := range f.slots {
		frame.Bind(len(f.length)+len(f.links)+i, s.data)
	}
	for k, at := range f.offset {
		frame.BindOutput(k, p.derivative[at:at+f.length[k]])
	}
	for i, d := range p.slopes {
		frame.BindOutput(len(f.offset)+i, d.data)
	}
}
