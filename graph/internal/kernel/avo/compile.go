package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"maps"
	"math"
	"path/filepath"
	"slices"
)

// A source is the portable Go of elementary functions. The assembly is compiled
// from it, so that both do the same operations in the same order.
type source struct {
	set       *token.FileSet
	info      *types.Info
	functions map[types.Object]*ast.FuncDecl
	named     map[string]*ast.FuncDecl
}

func parse(names ...string) *source {
	s := &source{
		set:       token.NewFileSet(),
		info:      &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}},
		functions: map[types.Object]*ast.FuncDecl{},
		named:     map[string]*ast.FuncDecl{},
	}
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(s.set, filepath.Join(folder, name), nil, 0)
		if err != nil {
			log.Fatal(err)
		}
		files = append(files, f)
	}
	config := types.Config{Importer: importer.ForCompiler(s.set, "source", nil)}
	if _, err := config.Check("kernel", s.set, files, s.info); err != nil {
		log.Fatal(err)
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				s.functions[s.info.Defs[d.Name]] = d
				s.named[d.Name.Name] = d
			}
		}
	}
	return s
}

// node is the result of an operation on vectors, used by one or more others.
type node struct {
	op      operation
	args    [3]*node
	number  uint64 // constant: its bits; shift: how far; comparison: the relation
	rounded bool   // product: not part of a fused multiply-add
}

type operation int

const (
	argument operation = iota
	constantOf
	sum
	difference
	product
	quotient
	root
	lower  // the first operand where it is less, else the second
	higher // the first operand where it is greater, else the second
	and
	andNot // without the bits of the second
	or
	xor
	shiftLeft
	shiftRight
	sumOfIntegers
	differenceOfIntegers
	comparison
	choice // the second operand where the first is true, else the third
)

// trace turns a function into nodes, equal ones made once, in the order in which
// they are computed. Calls are expanded, both sides of a condition are computed.
type trace struct {
	*source
	width int // of the numbers, in bits
	known map[node]*node
	all   []*node
}

// compiled is a function: its nodes in order, with those that are results.
type compiled struct {
	width        int // of the numbers, in bits
	all, results []*node
}

// compile compiles a function of so many numbers.
func (s *source) compile(name string, arguments int) *compiled {
	f := s.named[name]
	if f == nil {
		log.Fatalf("no function %s", name)
	}
	t := &trace{source: s, width: 64, known: map[node]*node{}}
	if s.info.TypeOf(f.Type.Params.List[0].Type) == types.Typ[types.Float32] {
		t.width = 32
	}
	var in []*node
	for i := range arguments {
		in = append(in, t.node(node{op: argument, number: uint64(i)}))
	}
	results := t.call(f, in)
	return &compiled{t.width, t.all, results}
}

func (t *trace) node(v node) *node {
	if known, ok := t.known[v]; ok {
		return known
	}
	p := new(node)
	*p = v
	t.known[v] = p
	t.all = append(t.all, p)
	return p
}

func (t *trace) fail(n ast.Node, format string, args ...any) {
	log.Fatalf("%v: %s", t.set.Position(n.Pos()), fmt.Sprintf(format, args...))
}

// scope holds the nodes of variables.
type scope map[types.Object]*node

func (t *trace) call(f *ast.FuncDecl, args []*node) []*node {
	variables := scope{}
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			variables[t.info.Defs[name]], args = args[0], args[1:]
		}
	}
	results := t.block(f.Body.List, variables)
	if results == nil {
		t.fail(f, "no result")
	}
	return results
}

// block runs statements and returns the results of the function, nil without a
// return.
func (t *trace) block(statements []ast.Stmt, variables scope) []*node {
	for i, s := range statements {
		switch s := s.(type) {
		case *ast.ReturnStmt:
			return t.list(s.Results, variables)
		case *ast.AssignStmt:
			t.assign(s, variables)
		case *ast.DeclStmt: // constants
		case *ast.IfStmt:
			if s.Else != nil || s.Init != nil {
				t.fail(s, "expected a plain if without else")
			}
			condition := t.expression(s.Cond, variables)
			inside := scope{}
			for k, v := range variables {
				inside[k] = v
			}
			if yes := t.block(s.Body.List, inside); yes != nil {
				no := t.block(statements[i+1:], variables)
				for k := range yes {
					yes[k] = t.choose(condition, yes[k], no[k])
				}
				return yes
			}
			changed := slices.SortedFunc(maps.Keys(variables), func(a, b types.Object) int { return cmp.Compare(a.Pos(), b.Pos()) })
			for _, k := range changed {
				if v := variables[k]; inside[k] != v {
					variables[k] = t.choose(condition, inside[k], v)
				}
			}
		default:
			t.fail(s, "unexpected statement %T", s)
		}
	}
	return nil
}

func (t *trace) assign(s *ast.AssignStmt, variables scope) {
	values := t.list(s.Rhs, variables)
	for i, l := range s.Lhs {
		name := l.(*ast.Ident)
		object := t.info.Defs[name]
		if object == nil {
			object = t.info.Uses[name]
		}
		if name.Name != "_" {
			variables[object] = t.operate(name, assignments[s.Tok], variables[object], values[i])
		}
	}
}

var assignments = map[token.Token]token.Token{token.ASSIGN: token.ILLEGAL, token.DEFINE: token.ILLEGAL,
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.AND_ASSIGN: token.AND}

func (t *trace) list(expressions []ast.Expr, variables scope) []*node {
	if len(expressions) == 1 {
		if c, ok := expressions[0].(*ast.CallExpr); ok && t.info.Types[c].Value == nil {
			return t.invoke(c, variables)
		}
	}
	var all []*node
	for _, e := range expressions {
		all = append(all, t.expression(e, variables))
	}
	return all
}

func (t *trace) expression(e ast.Expr, variables scope) *node {
	if c := t.info.Types[e].Value; c != nil {
		return t.constant(e, c)
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return t.expression(e.X, variables)
	case *ast.Ident:
		if v := variables[t.info.Uses[e]]; v != nil {
			return v
		}
		t.fail(e, "%s has no value", e.Name)
	case *ast.UnaryExpr:
		if e.Op != token.SUB {
			t.fail(e, "unexpected %v", e.Op)
		}
		return t.node(node{op: xor, args: [3]*node{t.expression(e.X, variables), t.sign()}})
	case *ast.BinaryExpr:
		x := t.expression(e.X, variables)
		return t.operate(e, e.Op, x, t.expression(e.Y, variables))
	case *ast.CallExpr:
		return t.invoke(e, variables)[0]
	}
	t.fail(e, "unexpected %T", e)
	return nil
}

func (t *trace) bits(b uint64) *node { return t.node(node{op: constantOf, number: b}) }

// sign is the sign's bit.
func (t *trace) sign() *node { return t.bits(1 << (t.width - 1)) }

// float is a number.
func (t *trace) float(x float64) *node {
	if t.width == 32 {
		return t.bits(uint64(math.Float32bits(float32(x))))
	}
	return t.bits(math.Float64bits(x))
}

// value is the number that float has made bits of.
func (t *trace) value(bits uint64) float64 {
	if t.width == 32 {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

func (t *trace) constant(e ast.Expr, c constant.Value) *node {
	if b, ok := t.info.Types[e].Type.Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
		n, exact := constant.Uint64Val(constant.ToInt(c))
		if !exact {
			i, _ := constant.Int64Val(constant.ToInt(c))
			n = uint64(i)
		}
		return t.bits(n)
	}
	f, _ := constant.Float64Val(constant.ToFloat(c))
	return t.float(f)
}

var (
	floatOperations   = map[token.Token]operation{token.ADD: sum, token.SUB: difference, token.MUL: product, token.QUO: quotient}
	integerOperations = map[token.Token]operation{token.ADD: sumOfIntegers, token.SUB: differenceOfIntegers, token.AND: and,
		token.AND_NOT: andNot, token.OR: or, token.XOR: xor, token.SHL: shiftLeft, token.SHR: shiftRight}

	// relations are the predicates of VCMPPD, false for NaN but for ≠.
	relations = map[token.Token]uint64{token.EQL: 0, token.NEQ: 4, token.LSS: 17, token.LEQ: 18, token.GEQ: 29, token.GTR: 30}
)

func (t *trace) operate(n ast.Expr, op token.Token, x, y *node) *node {
	kind, number := argument, uint64(0)
	switch {
	case op == token.ILLEGAL:
		return y
	case op == token.LAND:
		kind = and
	case op == token.LOR:
		kind = or
	case relations[op] != 0 || op == token.EQL:
		kind, number = comparison, relations[op]
	case t.integer(n):
		kind = integerOperations[op]
	default:
		kind = floatOperations[op]
		t.unfused(n, kind, x, y)
	}
	if kind == argument {
		t.fail(n, "unexpected %v", op)
	}
	if kind == shiftLeft || kind == shiftRight {
		return t.node(node{op: kind, args: [3]*node{x}, number: y.number})
	}
	if v := t.fold(kind, x, y); v != nil {
		return v
	}
	if kind == difference && y.op == constantOf && y.number == 0 {
		return x // -0 - 0 is -0
	}
	return t.node(node{op: kind, args: [3]*node{x, y}, number: number})
}

func (t *trace) integer(e ast.Expr) bool {
	typ := t.info.Types[e].Type
	if name, ok := e.(*ast.Ident); ok {
		object := t.info.Defs[name]
		if object == nil {
			object = t.info.Uses[name]
		}
		typ = object.Type()
	}
	return typ.Underlying().(*types.Basic).Info()&types.IsInteger != 0
}

// unfused refuses a sum of a product that a Go compiler may fuse into one rounding.
func (t *trace) unfused(n ast.Node, op operation, operands ...*node) {
	for _, v := range operands {
		if (op == sum || op == difference) && v.op == product && !v.rounded {
			t.fail(n, "a product in a sum needs a conversion, as in float64(x * y)")
		}
	}
}

// fold computes sums and differences of constants.
func (t *trace) fold(op operation, x, y *node) *node {
	if x.op != constantOf || y.op != constantOf {
		return nil
	}
	a, b := t.value(x.number), t.value(y.number)
	switch op { // rounded to float32, if so, as if once: float64 has more than twice its bits
	case sum:
		return t.float(a + b)
	case difference:
		return t.float(a - b)
	}
	return nil
}

// choose is yes where the condition holds; minima and maxima have instructions that
// treat NaN like the condition does.
func (t *trace) choose(condition, yes, no *node) *node {
	if yes == no {
		return yes
	}
	if condition.op == comparison {
		left, right := condition.args[0], condition.args[1]
		less, greater := condition.number == relations[token.LSS], condition.number == relations[token.GTR]
		switch {
		case less && left == yes && right == no, greater && left == no && right == yes:
			return t.node(node{op: lower, args: [3]*node{yes, no}})
		case greater && left == yes && right == no, less && left == no && right == yes:
			return t.node(node{op: higher, args: [3]*node{yes, no}})
		}
	}
	return t.node(node{op: choice, args: [3]*node{condition, yes, no}})
}

// invoke expands a call, of a function of this package or of the few of math that
// are instructions.
func (t *trace) invoke(c *ast.CallExpr, variables scope) []*node {
	args := t.list(c.Args, variables)
	if f, ok := t.info.Uses[called(c)].(*types.Func); ok && f.Pkg().Path() == "math" {
		return []*node{t.instruction(c, f.Name(), args)}
	}
	if converted := t.info.Types[c.Fun]; converted.IsType() {
		if b := converted.Type.Underlying().(*types.Basic); b.Info()&types.IsFloat != 0 && t.width != 8*int(types.SizesFor("gc", "amd64").Sizeof(b)) {
			t.fail(c, "a conversion to %v among numbers of %d bits", b, t.width)
		}
		if args[0].op == product {
			v := *args[0]
			v.rounded = true
			return []*node{t.node(v)}
		}
		return args
	}
	f := t.functions[t.info.Uses[called(c)]]
	if f == nil {
		t.fail(c, "unknown function")
	}
	return t.call(f, args)
}

func called(c *ast.CallExpr) *ast.Ident {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	}
	return nil
}

func (t *trace) instruction(c ast.Node, name string, args []*node) *node {
	sign := t.sign()
	switch name {
	case "Float64bits", "Float64frombits", "Float32bits", "Float32frombits":
		return args[0]
	case "Sqrt":
		return t.node(node{op: root, args: [3]*node{args[0]}})
	case "Abs":
		return t.node(node{op: andNot, args: [3]*node{args[0], sign}})
	case "Copysign":
		return t.node(node{op: or, args: [3]*node{
			t.node(node{op: andNot, args: [3]*node{args[0], sign}}),
			t.node(node{op: and, args: [3]*node{args[1], sign}})}})
	case "Inf":
		return t.float(math.Inf(int(int64(args[0].number))))
	case "NaN":
		return t.float(math.NaN())
	}
	t.fail(c, "unexpected math.%s", name)
	return nil
}
