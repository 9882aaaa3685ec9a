package vm

import "github.com/euryale-ml/euryale/graph/internal/kernel"

// tile is one way to compute an arithmetic value: a loop over a chain of up to
// maxChain operations whose operands are computed before.
type tile struct {
	form   int
	leaves []*value
	cost   float64 // ns for itself and for the operands it alone needs
}

const maxChain = 3

// fuse covers the arithmetic of the graph with the cheapest set of loops.
//
// A value with one reader may be computed inside its reader's loop. Each tree of
// such values is covered by dynamic programming, operands first.
func (t *target) fuse() {
	f := &fusion{uses: t.uses(), best: map[*value]*tile{}}
	done := map[*value]*value{}
	var visit func(v *value) *value
	visit = func(v *value) *value {
		if r, ok := done[v]; ok {
			return r
		}
		r := v
		if !v.op.leaf() {
			r = t.fused(f, v, visit)
		}
		done[v] = r
		return r
	}
	for _, list := range [][]*value{t.updates, t.roots} {
		for i, v := range list {
			list[i] = visit(v)
		}
	}
}

// fused is v with the operands of its tile.
func (t *target) fused(f *fusion, v *value, visit func(*value) *value) *value {
	c := *v
	leaves := v.args
	switch {
	case v.op.arithmetic():
		best := f.tile(v)
		leaves = best.leaves
		c.op, c.fusion = opFused, best.form
	case v.op.choice():
		c.op, c.fusion = opFused, choiceForm(v)
	}
	c.args = make([]*value, len(leaves))
	for i, a := range leaves {
		c.args[i] = visit(a)
	}
	return t.append(&c)
}

// choiceForm is the loop for a choice with its mixture of vectors and scalars.
func choiceForm(v *value) int {
	chain := ""
	for _, a := range v.args {
		chain += kind(v, a)
	}
	chain += map[opcode]string{opSelectLT: "<", opSelectLE: "≤"}[v.op]
	form, ok := kernel.Form(chain)
	if !ok {
		panic("vm: no loop for choice " + chain)
	}
	return form
}

// kind is how a is an operand in the loop of root: a vector or a scalar beside one.
func kind(root, a *value) string {
	if a.shape.scalar() && !root.shape.scalar() {
		return "s"
	}
	return "v"
}

type fusion struct {
	uses map[*value]int
	best map[*value]*tile
}

// tile is the cheapest tile for an arithmetic value.
func (f *fusion) tile(v *value) *tile {
	if b := f.best[v]; b != nil {
		return b
	}
	var best *tile
	for _, c := range f.covers(v, v, maxChain) {
		form, ok := kernel.Form(c.chain)
		if !ok || c.ops == 0 {
			continue
		}
		cost := price(form)
		for _, a := range c.leaves {
			if _, _, scaled := f.scaled(v, a); scaled || f.inside(v, a) {
				cost += f.tile(a).cost
			}
		}
		if best == nil || cost < best.cost {
			best = &tile{form: form, leaves: c.leaves, cost: cost}
		}
	}
	if best == nil {
		panic("vm: no loop for " + v.op.String())
	}
	f.best[v] = best
	return best
}

// price is what a loop costs per 84 float32 elements in ns, from measurements: it
// is bound by its loads, two per cycle, and by divisions.
func price(form int) float64 {
	start, vector, operation, division := 14.0, 11.0, 0.5, 25.0
	if kernel.Vectorised(form) {
		start, vector, operation, division = 3.5, 1.6, 0.2, 4
	}
	cost := start
	for _, c := range kernel.FormName(form) {
		switch c {
		case 'v':
			cost += vector
		case '/', '\\':
			cost += division
		default:
			cost += operation
		}
	}
	return cost
}

// inside reports whether a may be computed in the loop of its reader, which is
// part of the tree of root.
func (f *fusion) inside(root, a *value) bool {
	return a.op.arithmetic() && f.uses[a] == 1 && a.shape.equal(root.shape) && a.invariant == root.invariant
}

// scaled takes apart a multiple of a vector by an invariant number that has several readers: each of
// them may as well multiply for itself.
func (f *fusion) scaled(root, a *value) (x, c *value, ok bool) {
	if a.op != opMul || f.uses[a] == 1 || !a.shape.equal(root.shape) || a.invariant != root.invariant {
		return nil, nil, false
	}
	x, c = a.args[0], a.args[1]
	if x.shape.scalar() {
		x, c = c, x
	}
	return x, c, c.shape.scalar() && c.invariant && !x.shape.scalar()
}

// cover is a chain in the notation of kernel.Form and its operands.
type cover struct {
	chain  string
	leaves []*value
	ops    int
}

// covers lists the chains of at most depth operations that compute v as part of
// the loop of root, the operand itself included.
func (f *fusion) covers(root, v *value, depth int) []cover {
	var all []cover
	if v != root {
		all = append(all, cover{kind(root, v), []*value{v}, 0})
		if x, c, ok := f.scaled(root, v); ok && depth > 0 {
			return append(all, cover{"vs*", []*value{x, c}, 1})
		}
		if !f.inside(root, v) {
			return all
		}
	}
	if depth == 0 {
		return all
	}
	for _, x := range f.covers(root, v.args[0], depth-1) {
		if len(v.args) == 1 {
			all = append(all, x.then(unarySymbols[v.op]))
			continue
		}
		for _, y := range f.covers(root, v.args[1], depth-1-x.ops) {
			all = append(all, join(v.op, x, y)...)
		}
	}
	return all
}

var (
	unarySymbols    = map[opcode]string{opNeg: "n", opSquare: "q"}
	binarySymbols   = map[opcode]string{opAdd: "+", opSub: "-", opMul: "*", opDiv: "/", opAtLeast: "^", opAtMost: "_"}
	exchangeSymbols = map[opcode]string{opAdd: "+", opSub: "~", opMul: "*", opDiv: "\\"}
)

func (c cover) then(symbol string) cover {
	return cover{c.chain + symbol, c.leaves, c.ops + 1}
}

// join is x ∘ y, in both orders when x and y may be exchanged.
func join(op opcode, x, y cover) []cover {
	ab := cover{x.chain + y.chain, append(x.leaves[:len(x.leaves):len(x.leaves)], y.leaves...), x.ops + y.ops}
	ba := cover{y.chain + x.chain, append(y.leaves[:len(y.leaves):len(y.leaves)], x.leaves...), x.ops + y.ops}
	both := []cover{ab.then(binarySymbols[op])}
	if y.ops > 0 && x.ops == 0 || op == opAdd || op == opMul {
		both = append(both, ba.then(exchangeSymbols[op]))
	}
	return both
}
