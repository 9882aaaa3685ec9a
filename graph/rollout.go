package graph

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/engine"
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

// Rollout adds a run of the network to graph g. What learns, and how, is what Learn has declared;
// Run.Nodes puts nodes of g in the place of values. Values that neither learn nor have a node are
// those of the moment. Two rollouts of one network in one graph share its learnables.
func (n *Network) Rollout(g *G.ExprGraph, run Run) (*Rollout, error) {
	run, err := run.withDefaults()
	if err != nil {
		return nil, err
	}
	run.graph = true
	if err := n.checkRollout(g, &run); err != nil {
		return nil, err
	}
	r := &Rollout{run: run, records: map[string]*G.Node{}, labels: map[string][]string{}, inputs: map[string]*G.Node{}}
	r.state = &rolloutState{masked: make([]bool, run.Lanes), bytes: map[*window]int64{}}
	if err := r.makeLearnables(n, g); err != nil {
		return nil, err
	}
	nodes := r.nodes()
	var learned map[string]bool
	if len(nodes) > 0 || run.From != nil {
		learned = map[string]bool{}
		for address := range nodes {
			learned[address] = true
		}
	}
	if r.compiled, err = n.compile(&run, learned); err != nil {
		return nil, err
	}
	if err := r.build(n, g, nodes); err != nil {
		return nil, err
	}
	return r, nil
}

// checkRollout checks what a rollout takes beyond a simulation.
func (n *Network) checkRollout(g *G.ExprGraph, run *Run) error {
	if g == nil {
		return fmt.Errorf("graph: Rollout: the graph is nil")
	}
	for _, seed := range run.Seeds {
		if seed >= maxSeed {
			return fmt.Errorf("graph: seed %d: a rollout's seeds are below 2⁵³, because nodes hold them", seed)
		}
	}
	for address, node := range run.Nodes {
		if _, err := n.lookup(address); err != nil {
			return fmt.Errorf("graph: Run.Nodes: %w", err)
		}
		if node == nil {
			return fmt.Errorf("graph: Run.Nodes[%q] is nil", address)
		}
		if node.Graph() != g {
			return fmt.Errorf("graph: Run.Nodes[%q] is in another graph than the rollout", address)
		}
	}
	if run.From != nil && run.From.Graph() != g {
		return fmt.Errorf("graph: Run.From is in another graph than the rollout")
	}
	return n.checkValues(run)
}

// maxSeed is the first whole number that a node of float64 cannot hold together with its successors.
const maxSeed = 1 << 53

// nodes maps addresses to the nodes that give their values.
func (r *Rollout) nodes() map[string]*G.Node {
	nodes := map[string]*G.Node{}
	for _, l := range r.learned {
		nodes[l.Address] = l.Value
	}
	for address, node := range r.run.Nodes {
		nodes[address] = node
	}
	return nodes
}

// build adds seeds, inputs, the start and the windows.
func (r *Rollout) build(n *Network, g *G.ExprGraph, nodes map[string]*G.Node) error {
	for k := range r.compiled.model.Series {
		if err := r.inputLeaf(n, g, nodes, r.compiled.model.Series[k].Address); err != nil {
			return err
		}
	}
	fixed, err := r.compiled.present(n, &r.run)
	if err != nil {
		return err
	}
	slots, initial, err := r.compiled.slots(n, &r.run, nodes)
	if err != nil {
		return err
	}
	carry := r.run.From
	if carry == nil {
		if carry, err = r.startNode(g, fixed.Carry, initial); err != nil {
			return err
		}
	} else if want := (tensor.Shape{r.run.Lanes, r.compiled.model.CarryWidth()}); !slices.Equal(carry.Shape(), want) {
		return fmt.Errorf("graph: Run.From: expected a carry of shape %v, found %v: it must come from a rollout of the same network, step and records", want, carry.Shape())
	}
	return r.chain(g, carry, fixed, slots)
}

// inputLeaf makes an input series a leaf of the graph, so that it can be changed between runs with G.Let.
func (r *Rollout) inputLeaf(n *Network, g *G.ExprGraph, nodes map[string]*G.Node, address string) error {
	if node, ok := nodes[address]; ok {
		r.inputs[address] = node
		return nil
	}
	v := n.value(address)
	rows, cols, data := r.run.rows(v), v.Cols, append([]float64(nil), v.Data...)
	if v.Data == nil {
		data = make([]float64, rows*cols)
	}
	shape := tensor.Shape{rows, cols}
	if over, ok := r.run.Values[address]; ok {
		given, err := laneValue(address, over, rows*cols, r.run.Lanes)
		if err != nil {
			return err
		}
		data, shape = given.Data, tensor.Shape{r.run.Lanes, rows, cols}
	}
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	node := G.NewTensor(g, tensor.Float64, shape.Dims(), G.WithShape(shape...), G.WithName(unique(g, address)), G.WithValue(t))
	nodes[address], r.inputs[address] = node, node
	return nil
}

// unique returns a name that no leaf of the graph has: Gorgonia merges leaves of equal names.
func unique(g *G.ExprGraph, name string) string {
	used := map[string]bool{}
	for _, n := range g.AllNodes() {
		used[n.Name()] = true
	}
	for k, try := 2, name; ; k++ {
		if !used[try] {
			return try
		}
		try = fmt.Sprintf("%s#%d", name, k)
	}
}

// slots lists the values that nodes give: those of the step, and those of the start.
func (c *compiled) slots(n *Network, run *Run, nodes map[string]*G.Node) (step, start []*slot, err error) {
	add := func(list *[]*slot, address string, size, index int) {
		node, ok := nodes[address]
		if !ok || err != nil {
			return
		}
		var s *slot
		if s, err = n.value(address).newSlot(node, size, index, run.Lanes); err == nil {
			*list = append(*list, s)
		}
	}
	for i, p := range c.model.Params {
		add(&step, p.Address, p.N, i)
	}
	for i, p := range c.plans {
		add(&step, p.Weights, c.model.Couplings[i].Weights, i)
	}
	for i, s := range c.model.Series {
		add(&step, s.Address, s.N*s.Rows, i)
	}
	for i, s := range c.model.States {
		add(&start, "init:"+s.Address, s.N, i)
		if v := n.value("history:" + s.Address); v.Data != nil {
			add(&start, v.Address, len(v.Data), i)
		}
	}
	for k := range c.model.Observers {
		for i, s := range c.model.Observers[k].Model.States {
			before := len(start)
			add(&start, "init:"+s.Address, s.N, i)
			if len(start) > before {
				start[before].observer = k + 1
			}
		}
	}
	return step, start, err
}

func (r *Rollout) startNode(g *G.ExprGraph, fixed []float64, slots []*slot) (*G.Node, error) {
	if len(slots) > 0 {
		return r.compiled.start(&r.run, fixed, slots)
	}
	shape := tensor.Shape{r.run.Lanes, r.compiled.model.CarryWidth()}
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(fixed))
	return G.NewMatrix(g, tensor.Float64, G.WithShape(shape...), G.WithName(unique(g, "start")), G.WithValue(t)), nil
}

// chain adds the windows, one after the other, and collects what they record.
func (r *Rollout) chain(g *G.ExprGraph, carry *G.Node, fixed *engine.Inputs, slots []*slot) error {
	warmup, recorded := r.run.steps()
	total := warmup + recorded
	base := newSolver(r.compiled.model, r.run.Precision)
	seeds := r.seedLeaf(g)
	var all []*window
	for at := 0; at < total; at += r.run.Window {
		set := r.run.settings(at, min(r.run.Window, total-at))
		if windows := int64((total + r.run.Window - 1) / r.run.Window); set.Budget > 0 {
			set.Budget = max(set.Budget/windows, 1) // 0 would be unlimited
		}
		report, restart := r.run.progress(at)
		set.Progress = report
		w := &window{solver: base.with(set), compiled: r.compiled, run: &r.run, fixed: fixed, slots: slots, shared: r.state, restart: restart}
		packed, err := w.node(unique(g, fmt.Sprintf("rollout %d–%d", at, at+set.Steps)), carry, seeds)
		if err != nil {
			return err
		}
		width := r.compiled.model.CarryWidth()
		end := span{offset: w.size() - r.run.Lanes*width, count: 1, total: 1, n: width, lanes: r.run.Lanes}
		if carry, err = collect("carry", tensor.Shape{r.run.Lanes, width}, G.Nodes{packed}, []span{end}); err != nil {
			return err
		}
		r.windows, all = append(r.windows, packed), append(all, w)
	}
	r.carry = carry
	return r.collectRecords(all)
}

func (r *Rollout) seedLeaf(g *G.ExprGraph) *G.Node {
	seeds := make([]float64, r.run.Lanes)
	for l := range seeds {
		seeds[l] = float64(r.run.Seeds[l])
	}
	t := tensor.New(tensor.WithShape(r.run.Lanes), tensor.WithBacking(seeds))
	node := G.NewVector(g, tensor.Float64, G.WithShape(r.run.Lanes), G.WithName(unique(g, "seed")), G.WithValue(t))
	r.inputs["seed"] = node
	return node
}

// collectRecords makes the (B, T, n) node of every recorded variable.
func (r *Rollout) collectRecords(windows []*window) error {
	offset := make([]int, len(windows)) // in the packed result, behind the run id
	warmup, recorded := r.run.steps()
	for i, all := range r.compiled.samplings(r.run.settings(0, warmup+recorded)) {
		var packed G.Nodes
		var spans []span
		for k, w := range windows {
			part := r.compiled.samplings(w.solver.settings())[i]
			if part.count > 0 {
				packed = append(packed, r.windows[k])
				spans = append(spans, span{1 + offset[k], part.count, part.first, all.count, all.n, r.run.Lanes})
			}
			offset[k] += r.run.Lanes * part.count * part.n
		}
		if len(packed) == 0 {
			return fmt.Errorf("graph: the run is too short for one sample of %s, which takes %d steps", all.Address, all.every)
		}
		node, err := collect(all.Address, tensor.Shape{r.run.Lanes, all.count, all.n}, packed, spans)
		if err != nil {
			return err
		}
		r.records[all.Address], r.labels[all.Address] = node, all.Labels
		r.order = append(r.order, all.Address)
	}
	return nil
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
	if !slices.Equal(loss.Shape(), tensor.Shape{r.run.Lanes}) {
		return nil, fmt.Errorf("graph: expected a loss for each of %d lanes, shape (%d); found %v", r.run.Lanes, r.run.Lanes, loss.Shape())
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
