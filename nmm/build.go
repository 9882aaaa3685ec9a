package nmm

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"
)

// stage says when the value of a subexpression is known; the builder keeps what
// is known earlier together, so that it is computed once.
type stage int

const (
	known     stage = iota // a number
	invariant              // depends on parameters only
	varying                // depends on states or ports
)

// term is a built subexpression: a number or a node.
type term struct {
	stage stage
	value float64
	node  *G.Node
}

func numberTerm(v float64) term { return term{value: v} }

// nodeTerm wraps a node; a constant scalar, such as the 0 of a port that nothing
// is attached to, becomes a number and is folded away.
func nodeTerm(n *G.Node, s stage) term {
	if n.Op() != nil && n.Op().Arity() == 0 && strings.HasPrefix(n.Op().String(), "const") {
		if v, ok := n.Value().(*G.F64); ok {
			return numberTerm(float64(*v))
		}
	}
	return term{stage: s, node: n}
}

// builder turns syntax trees into nodes.
type builder struct {
	src       *source
	graph     *G.ExprGraph
	lookup    func(name string) (term, bool, error)
	names     func() []string // for the error about an unknown one
	functions map[string]function

	// site is that of the call whose derivative is built; nil where each call is its
	// own.
	site *callSite
}

// node returns the term as a node.
func (b *builder) node(t term) *G.Node {
	if t.stage == known {
		return constant(b.graph, t.value)
	}
	return t.node
}

// build makes the term of e; a number that it comes to must be finite.
func (b *builder) build(e *expr) (term, error) {
	t, err := b.term(e)
	if err == nil && t.stage == known && (math.IsNaN(t.value) || math.IsInf(t.value, 0)) {
		err = b.src.errorAt(e.at, fmt.Sprintf("expected a finite number, found %v", t.value))
	}
	return t, err
}

func (b *builder) term(e *expr) (term, error) {
	switch e.kind {
	case numberExpr:
		return numberTerm(e.value), nil
	case nameExpr:
		return b.name(e)
	case callExpr:
		return b.call(e)
	case sumExpr, differenceExpr:
		return b.sum(e)
	case productExpr, ratioExpr, negateExpr:
		return b.product(e)
	case powerExpr:
		return b.power(e)
	}
	return term{}, b.src.errorAt(e.at, `a condition can only be the first argument of where`)
}

func (b *builder) name(e *expr) (term, error) {
	if v, ok := constants[e.text]; ok {
		return numberTerm(v), nil
	}
	t, ok, err := b.lookup(e.text)
	if err == nil && !ok {
		err = b.src.unknownName(e, b.names())
	}
	return t, err
}

// unknownName is the error about a name that is not declared.
func (s *source) unknownName(e *expr, names []string) error {
	return s.errorAt(e.at, fmt.Sprintf("unknown name %q; %s", e.text, nearest(e.text, names)))
}

// lookupFunction finds a function of the language or the model and checks the
// number of arguments.
func (s *source) lookupFunction(e *expr, own map[string]function) (function, error) {
	f, ok := own[e.text]
	if !ok {
		f, ok = functions[e.text]
	}
	if !ok {
		all := slices.AppendSeq(slices.Collect(maps.Keys(functions)), maps.Keys(own))
		all = slices.DeleteFunc(all, func(name string) bool { return strings.HasSuffix(name, "'") })
		return f, s.errorAt(e.at, fmt.Sprintf("unknown function %q; %s", e.text, nearest(e.text, all)))
	}
	if len(e.args) != f.arity {
		return f, s.errorAt(e.at, fmt.Sprintf("function %s: expected %d arguments, found %d", e.text, f.arity, len(e.args)))
	}
	for i, a := range e.args {
		if a.kind == compareExpr && (f.rule != choice || i > 0) {
			return f, s.errorAt(a.at, "a condition can only be the first argument of where")
		}
	}
	if f.rule == choice && e.args[0].kind != compareExpr {
		return f, s.errorAt(e.args[0].at, "expected a condition (a < b) as first argument of where")
	}
	return f, nil
}

// all builds several expressions and returns the latest stage among them.
func (b *builder) all(list []*expr) ([]term, stage, error) {
	terms, latest := make([]term, len(list)), known
	for i, e := range list {
		t, err := b.build(e)
		if err != nil {
			return nil, 0, err
		}
		terms[i], latest = t, max(latest, t.stage)
	}
	return terms, latest, nil
}

func (b *builder) nodes(terms []term) []*G.Node {
	list := make([]*G.Node, len(terms))
	for i, t := range terms {
		list[i] = b.node(t)
	}
	return list
}

func (b *builder) call(e *expr) (term, error) {
	f, err := b.src.lookupFunction(e, b.functions)
	if err != nil {
		return term{}, err
	}
	if f.rule == choice {
		return b.where(e)
	}
	args, latest, err := b.all(e.args)
	if err != nil {
		return term{}, err
	}
	if latest == known {
		values := make([]float64, len(args))
		for i, a := range args {
			values[i] = a.value
		}
		return numberTerm(f.value(values)), nil
	}
	if f.own != nil {
		site := b.site
		if site == nil {
			site = &callSite{b.src, e.at}
		}
		return b.made(e, latest)(f.own.applyAt(site, b.nodes(args)))
	}
	return b.made(e, latest)(f.node(b.nodes(args)))
}

// where builds where(l < r, a, b).
func (b *builder) where(e *expr) (term, error) {
	condition := e.args[0]
	sides, conditionStage, err := b.all(condition.args)
	if err != nil {
		return term{}, err
	}
	if l, r := sides[0].value, sides[1].value; conditionStage == known {
		if l < r || condition.text == "<=" && l == r {
			return b.build(e.args[1])
		}
		return b.build(e.args[2])
	}
	branches, branchStage, err := b.all(e.args[1:])
	if err != nil {
		return term{}, err
	}
	operands := b.nodes(append(sides, branches...))
	return b.made(e, max(conditionStage, branchStage))(chooseNode(condition.text, operands...))
}

// made returns a function that wraps a node just made, or the error, which it
// locates.
func (b *builder) made(e *expr, s stage) func(*G.Node, error) (term, error) {
	return func(n *G.Node, err error) (term, error) {
		if err != nil {
			return term{}, b.src.wrapAt(e.at, "", err)
		}
		return term{stage: s, node: n}, nil
	}
}

// power builds base^exponent; whole exponents become squares and cubes.
func (b *builder) power(e *expr) (term, error) {
	terms, latest, err := b.all(e.args)
	if err != nil {
		return term{}, err
	}
	base, exponent := terms[0], terms[1]
	if latest == known {
		return numberTerm(math.Pow(base.value, exponent.value)), nil
	}
	if exponent.stage == known {
		return b.made(e, latest)(constantPower(base.node, exponent.value))
	}
	return b.made(e, latest)(G.Pow(b.node(base), exponent.node))
}

// constantPower makes x^p for a number p.
func constantPower(x *G.Node, p float64) (*G.Node, error) {
	switch {
	case p == 0:
		return constant(x.Graph(), 1), nil
	case p == 0.5:
		return G.Sqrt(x)
	case p == math.Trunc(p) && math.Abs(p) <= 64:
		n, err := wholePower(x, int(math.Abs(p)))
		if err == nil && p < 0 {
			n, err = G.Inverse(n)
		}
		return n, err
	}
	return G.Pow(x, constant(x.Graph(), p))
}

// wholePower makes x^p, p ≥ 1, with few multiplications.
func wholePower(x *G.Node, p int) (*G.Node, error) {
	switch {
	case p == 1:
		return x, nil
	case p == 2:
		return G.Square(x)
	case p == 3:
		return G.Cube(x)
	case p%2 == 0:
		root, err := wholePower(x, p/2)
		if err != nil {
			return nil, err
		}
		return G.Square(root)
	}
	rest, err := wholePower(x, p-1)
	if err != nil {
		return nil, err
	}
	return G.HadamardProd(rest, x)
}
