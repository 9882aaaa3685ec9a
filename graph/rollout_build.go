package graph

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

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
	if len(nodes) > 0 || run.From != nil || run.Readouts != nil {
		learned = map[string]bool{}
		for address := range nodes {
			learned[address] = true
		}
	}
	if r.compiled, err = n.compile(&run, learned); err != nil {
		return nil, err
	}
	if err := r.compiled.checkSize(&run); err != nil {
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
	if run.Unobserved {
		return fmt.Errorf("graph: Run.Unobserved is for Simulate, not for Rollout")
	}
	for _, seed := range run.Seeds {
		if seed >= maxSeed {
			return fmt.Errorf("graph: seed %d: a rollout's seeds are below 2⁵³, because nodes hold them", seed)
		}
	}
	for address, node := range run.Nodes {
		v, err := n.lookup(address)
		if err == nil {
			err = v.checkLag()
		}
		if err != nil {
			return within(err, "Run.Nodes")
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
	for i := range run.Readouts {
		if err := run.Readouts[i].check(g); err != nil {
			return within(err, "readout %q", run.Readouts[i].Name)
		}
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
	for i, v := range c.projections {
		add(&step, v.Address, len(v.Data), len(c.plans)+i)
	}
	for i, s := range c.model.Series {
		add(&step, s.Address, s.N*s.Rows, i)
	}
	for i, s := range c.model.States[:n.stateCount()] {
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
	step = append(step, c.readoutSlots()...)
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
		windows := int64((total + r.run.Window - 1) / r.run.Window)
		set.Budget = max(set.Budget/windows, 1) // 0 would be unlimited
		report, restart := r.run.progress(at)
		set.Progress = report
		w := &window{solver: base.with(set), compiled: r.compiled, run: &r.run, fixed: fixed, slots: slots, shared: r.state, restart: restart}
		packed, err := w.node(unique(g, fmt.Sprintf("rollout %d–%d", at, at+set.Steps)), carry, seeds)
		if err != nil {
			return err
		}
		width := r.compiled.model.CarryWidth()
		end := span{offset: w.size() - r.run.Lanes*width, count: 1, total: 1, n: width, lanes: r.run.Lanes}
		if carry, err = gather("carry", tensor.Shape{r.run.Lanes, width}, G.Nodes{packed}, []span{end}); err != nil {
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
		node, err := gather(all.Address, tensor.Shape{r.run.Lanes, all.count, all.n}, packed, spans)
		if err != nil {
			return err
		}
		r.records[all.Address], r.labels[all.Address] = node, all.Labels
		r.order = append(r.order, all.Address)
	}
	return nil
}
