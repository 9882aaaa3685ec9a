package nmm

import (
	"fmt"
	"hash"
	"strings"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// goFunction is a function of one or two numbers that is given in Go, with its
// derivatives in the language: texts in x and y, the names of its arguments. They
// may call the functions of the language and the helpers: a derivative that is
// itself given in Go is one, with a prime in its name.
type goFunction struct {
	name    string
	id      uint64 // 0 for the functions of this package, unique for a user's
	one     func(x float64) float64
	two     func(x, y float64) float64
	slopes  []string // one per argument; empty where it cannot be differentiated
	helpers []*goFunction
}

func (f *goFunction) arity() int {
	if f.two != nil {
		return 2
	}
	return 1
}

// value is the function over a list of its arguments.
func (f *goFunction) value(x []float64) float64 {
	if f.two != nil {
		return f.two(x[0], x[1])
	}
	return f.one(x[0])
}

// inText makes the function callable in equations.
func (f *goFunction) inText(rule unitRule) function {
	return function{arity: f.arity(), rule: rule, value: f.value, own: f, slopes: f.slopes}
}

// enter adds the function and its helpers to a table by name.
func (f *goFunction) enter(table map[string]function, rule unitRule) {
	table[f.name] = f.inText(rule)
	for _, h := range f.helpers {
		h.enter(table, rule)
	}
}

// apply makes the node of the function.
func (f *goFunction) apply(x []*G.Node) (*G.Node, error) { return f.applyAt(nil, x) }

// callSite is where a text calls a function: what a missing derivative is blamed on.
type callSite struct {
	src *source
	at  place
}

// applyAt is apply for a call in a text; site may be nil.
func (f *goFunction) applyAt(site *callSite, x []*G.Node) (*G.Node, error) {
	op := elementwise{goFunction: f, site: site}
	for i, n := range x {
		op.dims[i] = n.Dims()
	}
	var made G.Op = mapped{op}
	if f.two != nil {
		made = paired{op}
	}
	n, err := G.ApplyOp(made, x...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return n, nil
}

// slope makes the node of the derivative with respect to argument i.
func (f *goFunction) slope(i int, x G.Nodes, site *callSite) (*G.Node, error) {
	e, src, err := parseExpression(f.slopes[i])
	if err != nil {
		return nil, err
	}
	helpers := map[string]function{}
	f.enter(helpers, pureNumbers)
	b := &builder{src: src, graph: x[0].Graph(), functions: helpers, site: site,
		names: func() []string { return argumentNames[:f.arity()] },
		lookup: func(name string) (term, bool, error) {
			for k, n := range x {
				if argumentNames[k] == name {
					return nodeTerm(n, varying), true, nil
				}
			}
			return term{}, false, nil
		},
	}
	t, err := b.build(e)
	if err != nil {
		return nil, fmt.Errorf("nmm: derivative of %s: %w", f.name, err)
	}
	return b.node(t), nil
}

// notGiven says which derivative of what the user calls the function is missing.
func (f *goFunction) notGiven() error {
	name := strings.TrimRight(f.name, "'")
	return fmt.Errorf("function %s: its derivative of order %d is needed and not given", name, len(f.name)-len(name)+1)
}

// argumentNames are the names that the texts of derivatives use.
var argumentNames = []string{"x", "y", "z"}

// elementwise is y = f(x) or f(x1, x2) for every element. Operands are scalars or
// tensors of one shape, in any mixture.
type elementwise struct {
	*goFunction
	dims [2]int // of the operands
	site *callSite
}

// mapped and paired tell an executor without a kernel of the op's name how to
// compute it.
type (
	mapped struct{ elementwise }
	paired struct{ elementwise }
)

var (
	_ G.SDOp = mapped{}
	_ G.SDOp = paired{}
)

// Func is the function over numbers.
func (op mapped) Func() func(float64) float64 { return op.one }

// Pair is the function over pairs of numbers.
func (op paired) Pair() func(x, y float64) float64 { return op.two }

// Fixed says that the name alone tells the function.
func (op elementwise) Fixed() bool { return op.id == 0 }

// SymDiff returns grad ⊙ ∂f/∂x_i.
func (op elementwise) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	if len(op.slopes) == 0 {
		err := op.notGiven()
		if op.site != nil {
			return nil, op.site.src.wrapAt(op.site.at, "", err)
		}
		return nil, fmt.Errorf("nmm: %w", err)
	}
	var list G.Nodes
	for i, x := range in {
		slope, err := op.slope(i, in, op.site)
		if err != nil {
			return nil, err
		}
		d, err := G.HadamardProd(grad, slope)
		if err != nil {
			return nil, err
		}
		if d, err = sumTo(x, d); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// Do computes the function elementwise.
func (op elementwise) Do(in ...G.Value) (G.Value, error) {
	data, shape, n, err := aligned(in)
	if err != nil {
		return nil, err
	}
	out, x := make([]float64, n), make([]float64, len(data))
	for k := range out {
		for i, d := range data {
			x[i] = d[k%len(d)]
		}
		out[k] = op.value(x)
	}
	return valueOf(out, shape), nil
}

// aligned returns the numbers of values that are scalars or of one shape, that
// shape and its size.
func aligned(in []G.Value) (data [][]float64, shape tensor.Shape, n int, err error) {
	shape, n = tensor.Shape{}, 1
	for _, v := range in {
		d, s, err := elements(v)
		if err != nil {
			return nil, nil, 0, err
		}
		if data = append(data, d); len(s) > 0 {
			shape, n = s.Clone(), len(d)
		}
	}
	return data, shape, n, nil
}

// InferShape is the one shape of the operands that are no scalars.
func (op elementwise) InferShape(in ...G.DimSizer) (tensor.Shape, error) { return commonShape(in) }

// Type maps the operands' types to the type of the one with most dimensions.
func (op elementwise) Type() hm.Type {
	types := []hm.Type{nodeType(op.dims[0])}
	if op.two != nil {
		types = append(types, nodeType(op.dims[1]))
	}
	return hm.NewFnType(append(types, nodeType(max(op.dims[0], op.dims[1])))...)
}

func (op elementwise) String() string { return op.name }

// WriteHash tells apart functions of one name that different models define.
func (op elementwise) WriteHash(h hash.Hash) { fmt.Fprintf(h, "nmm %s %d %v", op.name, op.id, op.dims) }
func (op elementwise) Hashcode() uint32      { return hashcode(op) }
func (op elementwise) Arity() int            { return op.arity() }
func (op elementwise) DiffWRT(n int) []bool  { return []bool{true, true}[:n] }
func (op elementwise) ReturnsPtr() bool      { return false }
func (op elementwise) CallsExtern() bool     { return false }
func (op elementwise) OverwritesInput() int  { return -1 }
