package vm

import (
	"fmt"
	"testing"

	G "gorgonia.org/gorgonia"
)

type nodes = map[string]*G.Node

func f64(x float64) *G.Node { return G.NewConstant(x) }

var (
	add = func(a, b *G.Node) *G.Node { return must(G.Add(a, b)) }
	sub = func(a, b *G.Node) *G.Node { return must(G.Sub(a, b)) }
	mul = func(a, b *G.Node) *G.Node { return must(G.HadamardProd(a, b)) }
	div = func(a, b *G.Node) *G.Node { return must(G.HadamardDiv(a, b)) }
	pow = func(a, b *G.Node) *G.Node { return must(G.Pow(a, b)) }
)

func unaryCase(name string, f func(*G.Node) (*G.Node, error), lo, hi float64) testCase {
	return testCase{name: name, leaves: []leafSpec{vec("x", lo, hi), inv(num("s", 0.5, 1))},
		build: func(x nodes) *G.Node { return mul(x["s"], must(f(mul(x["s"], x["x"])))) }}
}

// mpr are the derivatives of Montbrió, Pazó and Roxin's mass, one Heun step, r or v.
func mpr(component string) testCase {
	return testCase{name: "mpr " + component,
		leaves: []leafSpec{vec("r", 0.1, 1), vec("v", -2, 1), vec("c", 0, 1), inv(vec("eta", -6, -4)),
			inv(num("tau", 0.8, 1.2)), inv(num("delta", 0.5, 1)), inv(num("J", 14, 16))},
		build: func(x nodes) *G.Node {
			r, v := heun(x)
			if component == "r" {
				return r
			}
			return v
		}}
}

func mprRate(x nodes, r, v *G.Node) (dr, dv *G.Node) {
	tau := x["tau"]
	dr = div(add(div(x["delta"], mul(f64(3.141592653589793), tau)), mul(mul(f64(2), r), v)), tau)
	p := must(G.Square(mul(mul(f64(3.141592653589793), tau), r)))
	dv = div(sub(add(add(add(must(G.Square(v)), x["eta"]), mul(mul(x["J"], tau), r)), x["c"]), p), tau)
	return dr, dv
}

func heun(x nodes) (r, v *G.Node) {
	r, v = x["r"], x["v"]
	dt := f64(0.01)
	half := f64(0.005)
	dr, dv := mprRate(x, r, v)
	er, ev := mprRate(x, add(r, mul(dt, dr)), add(v, mul(dt, dv)))
	return add(r, mul(half, add(dr, er))), add(v, mul(half, add(dv, ev)))
}

var testCases = []testCase{
	{name: "arithmetic", leaves: []leafSpec{vec("x", 1, 2), vec("y", 1, 2), inv(vec("p", 1, 2)), num("s", 1, 2), inv(num("q", 1, 2))},
		build: func(x nodes) *G.Node {
			a := add(mul(x["x"], x["y"]), div(x["p"], x["s"]))
			b := sub(div(x["q"], x["y"]), sub(x["s"], x["x"]))
			return div(sub(mul(a, x["q"]), f64(3)), add(mul(b, b), f64(1)))
		}},
	{name: "scalars", leaves: []leafSpec{num("a", 1, 2), num("b", 1, 2)},
		build: func(x nodes) *G.Node { return div(sub(mul(x["a"], x["b"]), f64(2)), add(x["b"], f64(1))) }},
	{name: "power", leaves: []leafSpec{vec("x", 1, 2)},
		build: func(x nodes) *G.Node {
			return add(pow(x["x"], f64(1.7)), add(pow(x["x"], f64(2)), pow(x["x"], f64(3))))
		}},
	{name: "identities", leaves: []leafSpec{vec("x", 1, 2), vec("y", 1, 2)},
		build: func(x nodes) *G.Node {
			a := mul(f64(1), add(x["x"], f64(0)))
			b := must(G.Neg(must(G.Neg(mul(x["y"], f64(-1))))))
			return sub(add(a, b), must(G.Neg(div(x["x"], f64(1)))))
		}},
	unaryCase("exp", G.Exp, -2, 2), unaryCase("log", G.Log, 0.5, 2), unaryCase("sqrt", G.Sqrt, 0.5, 2),
	unaryCase("tanh", G.Tanh, -2, 2), unaryCase("sigmoid", G.Sigmoid, -2, 2), unaryCase("sin", G.Sin, -2, 2),
	unaryCase("cos", G.Cos, -2, 2), unaryCase("square", G.Square, -2, 2), unaryCase("cube", G.Cube, -2, 2),
	unaryCase("neg", G.Neg, -2, 2), unaryCase("log1p", G.Log1p, -0.5, 2), unaryCase("expm1", G.Expm1, -2, 2),
	unaryCase("inverse", G.Inverse, 0.5, 2), unaryCase("softplus", G.Softplus, -2, 2), unaryCase("abs", G.Abs, 0.5, 2),
	{name: "select", leaves: []leafSpec{vec("x", -1, 1), inv(num("lo", -0.5, 0)), num("hi", 0.3, 0.4)},
		build: func(x nodes) *G.Node {
			low := choose("select<", x["x"], x["lo"], x["lo"], x["x"])
			return mul(x["x"], choose("select<=", x["hi"], low, x["hi"], must(G.Square(low))))
		}},
	{name: "function", leaves: []leafSpec{vec("x", -1, 1), num("s", 1, 2)},
		build: func(x nodes) *G.Node { return mul(apply(cosh, mul(x["x"], x["s"])), apply(cosh, x["s"])) }},
	{name: "function of two", leaves: []leafSpec{vec("x", -1, 1), vec("y", 1, 2), num("s", 1, 2), inv(num("r", 1, 2))},
		build: func(x nodes) *G.Node {
			like := must(G.ApplyOp(zerosOp{testOp{"zeros"}}, x["x"]))
			spread := must(G.Add(like, x["s"])) // the compiler sees a scalar beside a vector
			return mul(must(G.ApplyOp(hypotenuse, x["x"], x["y"])),
				mul(must(G.ApplyOp(hypotenuse, x["y"], spread)), must(G.ApplyOp(hypotenuse, x["s"], x["r"]))))
		}},
	{name: "foreign", leaves: []leafSpec{vec("x", -1, 1), vec("y", -1, 1)},
		build: func(x nodes) *G.Node {
			return mul(x["y"], must(G.ApplyOp(running{}, mul(x["x"], x["y"]))))
		}},
	{name: "scalar chains", leaves: []leafSpec{vec("x", 1, 2), num("a", 1, 2), num("b", 1, 2), inv(num("c", 1, 2))},
		build: func(x nodes) *G.Node {
			s := div(add(mul(x["a"], x["b"]), x["c"]), sub(x["c"], f64(5)))
			return add(mul(s, x["x"]), mul(must(G.Exp(s)), f64(2)))
		}},
	mpr("r"), mpr("v"),
}

// lengths of vectors; 1 has a graph of dummy shape (2).
var lengths = []int{1, 2, 3, 7, 84}

// forAll runs f for every case and length.
func forAll(t *testing.T, mode Mode, f func(t *testing.T, p *problem, prog *Program)) {
	for _, c := range testCases {
		for _, n := range lengths {
			if c.name == "foreign" && n == 1 {
				continue // a running sum over the dummy shape is another function
			}
			t.Run(fmt.Sprintf("%s/%d", c.name, n), func(t *testing.T) {
				p := newProblem(c, n)
				prog, err := Compile(p.inputs(), p.outputs(mode))
				if err != nil {
					t.Fatal(err)
				}
				f(t, p, prog)
				if t.Failed() {
					t.Log("\n" + prog.String())
				}
			})
		}
	}
}

// Values and gradients agree with Gorgonia's own machine to rounding. The tolerance
// is relative to the largest output times the length, because the gradient of a
// scalar is a sum that may cancel.
func TestAgainstTapeMachine(t *testing.T) {
	forAll(t, PerStep, func(t *testing.T, p *problem, prog *Program) {
		data := p.data(uint64(p.n), 1)
		want := p.oracle(t, data[0])
		got := simulate[float64](prog, data)[0]
		tol := 1e-14 * scale(want...)
		for i, o := range p.outputs(PerStep) {
			limit := tol
			if o.Scalar {
				limit *= float64(p.n)
			}
			if err := near(got[i], want[i], limit); err != nil {
				t.Errorf("%s: %v", o.Name, err)
			}
		}
	})
}

// What Finish delivers is the sum of what the steps would have written.
func TestAccumulatedIsSumOfSteps(t *testing.T) {
	const steps = 9
	forAll(t, Accumulate, func(t *testing.T, p *problem, prog *Program) {
		data := p.data(uint64(p.n)+7, steps)
		single := must(Compile(p.inputs(), p.outputs(PerStep)))
		each := simulate[float64](single, data)
		got := simulate[float64](prog, data)[steps-1]
		for i, o := range prog.out {
			if o.Mode != Accumulate {
				continue
			}
			want := make([]float64, o.Len)
			size := 0.0
			for _, outs := range each {
				for j, x := range outs[i] {
					want[j] += x
				}
				size = max(size, scale(outs...))
			}
			if err := near(got[i], want, 1e-14*steps*float64(p.n)*size); err != nil {
				t.Errorf("%s: %v", o.Name, err)
			}
		}
	})
}

// float32 follows float64 to its own rounding: 2⁻²⁴ ≈ 6e-8 in each of a few dozen
// operations, amplified by at most ten in the cases' functions.
func TestFloat32(t *testing.T) {
	forAll(t, PerStep, func(t *testing.T, p *problem, prog *Program) {
		data := p.data(uint64(p.n)+3, 1)
		for _, step := range data { // inputs that both precisions hold
			for _, in := range step {
				for i, x := range in {
					in[i] = float64(float32(x))
				}
			}
		}
		want := simulate[float64](prog, data)[0]
		got := simulate[float32](prog, data)[0]
		for i, o := range prog.out {
			if err := near(got[i], want[i], 1e-5*float64(o.Len)*scale(want...)); err != nil {
				t.Errorf("%s: %v", o.Name, err)
			}
		}
	})
}
