package vm

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// A linear coupling, its gradient with respect to the source, and the outer
// product that is the gradient with respect to the weights.
func TestMatrix(t *testing.T) {
	const rows, cols = 5, 3
	g := G.NewGraph()
	w := G.NewMatrix(g, G.Float64, G.WithName("w"), G.WithShape(rows, cols))
	x := leaf(g, "x", false, cols)
	u := leaf(g, "u", false, rows)
	y := must(G.Mul(w, x))
	loss := must(G.Sum(mul(u, y)))
	grads := must(G.Grad(loss, w, x))
	p := must(Compile(
		[]Input{{w, "w", rows * cols, false, Invariant}, {x, "x", cols, false, Varying}, {u, "u", rows, false, Varying}},
		[]Output{{y, "y", rows, false, PerStep}, {grads[0], "dw", rows * cols, false, Accumulate}, {grads[1], "dx", cols, false, PerStep}}))
	wd := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	xd, ud := []float64{1, -1, 2}, []float64{1, 0, 2, 0, -1}
	got := simulate[float64](p, [][][]float64{{wd, xd, ud}, {wd, xd, ud}})[1]
	want := [][]float64{{5, 11, 17, 23, 29},
		{2, -2, 4, 0, 0, 0, 4, -4, 8, 0, 0, 0, -2, 2, -4},
		{1 + 14 - 13, 2 + 16 - 14, 3 + 18 - 15}}
	for i := range want {
		if err := near(got[i], want[i], 0); err != nil {
			t.Errorf("%s: %v\n%v", p.out[i].Name, err, p)
		}
	}
}

// What needs no computing is delivered all the same: inputs, invariants, constants,
// one value twice, a scalar as a vector.
func TestOutputsWithoutComputation(t *testing.T) {
	g := G.NewGraph()
	x, c, s := leaf(g, "x", false, 3), leaf(g, "c", false, 3), leaf(g, "s", true, 0)
	square := must(G.Square(c))
	sum := add(x, s)
	zero := mul(x, f64(0))
	v := func(n *G.Node, name string, m Mode) Output { return Output{Node: n, Name: name, Len: 3, Mode: m} }
	p := must(Compile(
		[]Input{{x, "x", 3, false, Varying}, {c, "c", 3, false, Invariant}, {s, "s", 1, true, Varying}},
		[]Output{v(x, "input", PerStep), v(square, "invariant", PerStep), v(zero, "constant", PerStep), v(sum, "one", PerStep),
			v(sum, "two", PerStep), v(s, "scalar", PerStep), v(x, "Σ input", Accumulate), v(square, "Σ invariant", Accumulate),
			v(s, "Σ scalar", Accumulate), v(zero, "Σ constant", Accumulate)}))
	got := simulate[float64](p, [][][]float64{{{1, 2, 3}, {2, 3, 4}, {10}}, {{4, 5, 6}, {2, 3, 4}, {20}}})[1]
	want := [][]float64{{4, 5, 6}, {4, 9, 16}, {0, 0, 0}, {24, 25, 26}, {24, 25, 26}, {20, 20, 20},
		{5, 7, 9}, {8, 18, 32}, {30, 30, 30}, {0, 0, 0}}
	for i := range want {
		if err := near(got[i], want[i], 0); err != nil {
			t.Errorf("%s: %v\n%v", p.out[i].Name, err, p)
		}
	}
}

// Clipping to bounds that do not bind costs nothing, to others one loop a bound.
func TestClip(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		loops  int
		want   []float64
	}{
		{math.Inf(-1), math.Inf(1), 1, []float64{-2, 0.5, 3}},
		{0, math.Inf(1), 1, []float64{0, 0.5, 3}},
		{0, 1, 2, []float64{0, 0.5, 1}},
	} {
		g := G.NewGraph()
		x := leaf(g, "x", false, 3)
		low := choose("select<", x, f64(c.lo), f64(c.lo), x)
		p := must(Compile([]Input{{x, "x", 3, false, Varying}},
			[]Output{{choose("select<", f64(c.hi), low, f64(c.hi), low), "clipped", 3, false, PerStep}}))
		if err := near(simulate[float64](p, [][][]float64{{{-2, 0.5, 3}}})[0][0], c.want, 0); err != nil || len(p.body) != c.loops {
			t.Errorf("[%g, %g]: %v, %d loops\n%v", c.lo, c.hi, err, len(p.body), p)
		}
	}
}

// Lengths come from the inputs: one graph of shape (2) serves any length, and a sum
// or a repeated scalar follows.
func TestLengthsFollowInputs(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		g := G.NewGraph()
		x := leaf(g, "x", false, 2)
		mean := div(must(G.Sum(x)), f64(2))
		p := must(Compile([]Input{{x, "x", n, false, Varying}}, []Output{{sub(x, mean), "y", n, false, PerStep}}))
		in, want := make([]float64, n), make([]float64, n)
		total := 0.0
		for i := range in {
			in[i] = float64(i + 1)
			total += in[i]
		}
		for i := range want {
			want[i] = in[i] - total/2
		}
		if err := near(simulate[float64](p, [][][]float64{{in}})[0][0], want, 0); err != nil {
			t.Errorf("length %d: %v", n, err)
		}
	}
}

// Constant vectors are part of the program.
func TestConstantVector(t *testing.T) {
	g := G.NewGraph()
	x := leaf(g, "x", false, 3)
	c := G.NewConstant(tensor.New(tensor.WithBacking([]float64{1, 2, 3})))
	p := must(Compile([]Input{{x, "x", 3, false, Varying}}, []Output{{mul(x, c), "y", 3, false, PerStep}}))
	if err := near(simulate[float64](p, [][][]float64{{{5, 6, 7}}})[0][0], []float64{5, 12, 21}, 0); err != nil {
		t.Error(err)
	}
}

// Dividing by an invariant is within one unit in the last place of a division.
func TestDivisionByInvariant(t *testing.T) {
	g := G.NewGraph()
	x, c := leaf(g, "x", false, 1000), leaf(g, "c", true, 0)
	p := must(Compile([]Input{{x, "x", 1000, false, Varying}, {c, "c", 1, true, Invariant}},
		[]Output{{div(x, c), "y", 1000, false, PerStep}}))
	in := make([]float64, 1000)
	for i := range in {
		in[i] = 1 + float64(i)*0.0137
	}
	for _, c := range []float64{3, 0.7, 10, 1.9999999999999998} {
		for i, y := range simulate[float64](p, [][][]float64{{in, {c}}})[0][0] {
			if q := in[i] / c; math.Abs(y-q) > math.Nextafter(q, math.Inf(1))-q {
				t.Fatalf("%g/%g: got %.17g, want %.17g", in[i], c, y, q)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	g := G.NewGraph()
	x, y := leaf(g, "x", false, 3), leaf(g, "y", false, 3)
	sum := add(x, y)
	in := func(nx, ny int) []Input { return []Input{{x, "x", nx, false, Varying}, {y, "y", ny, false, Varying}} }
	out := func(n int, scalar bool) []Output { return []Output{{sum, "sum", n, scalar, PerStep}} }
	m := G.NewMatrix(g, G.Float64, G.WithName("m"), G.WithShape(2, 2))
	for _, c := range []struct {
		name string
		in   []Input
		out  []Output
		want string
	}{
		{"missing leaf", in(3, 3)[:1], out(3, false), `output "sum": vm: leaf "y" is not among the inputs`},
		{"lengths", in(3, 4), out(3, false), "expected operands of one length, found [3] and [4]"},
		{"output length", in(3, 3), out(4, false), `output "sum": expected 4 elements, the node has [3]`},
		{"vector as scalar", in(3, 3), out(1, true), `output "sum": expected 1 elements, the node has [3]`},
		{"no length", in(0, 3), out(3, false), `input "x": expected a positive length, found 0`},
		{"long scalar", []Input{{x, "x", 2, true, Varying}}, nil, `input "x": expected length 1 of a scalar, found 2`},
		{"twice", append(in(3, 3), Input{x, "again", 3, false, Varying}), nil, "input 2 (again): its node is an earlier input"},
		{"matrix", []Input{{m, "m", 3, false, Varying}}, nil, `input "m": expected 4 elements for shape [2 2], found 3`},
		{"no node", []Input{{nil, "x", 3, false, Varying}}, nil, `input "x": no node`},
	} {
		_, err := Compile(c.in, c.out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
	}
}

// Short slices are refused where they are bound.
func TestBindShort(t *testing.T) {
	f := NewFrame[float64](mprStep(false))
	for name, bind := range map[string]func(){
		"input":  func() { f.Bind(0, make([]float64, 83, 100)) },
		"output": func() { f.BindOutput(0, make([]float64, 83, 100)) },
	} {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.Contains(r, "expected 84 elements, found 83") {
					t.Errorf("%s: got panic %v", name, r)
				}
			}()
			bind()
		}()
	}
}

func TestNoAllocations(t *testing.T) {
	for _, adjoint := range []bool{false, true} {
		p := mprStep(adjoint)
		f := ready[float32](p)
		out := make([]float32, 84)
		if n := testing.AllocsPerRun(10, func() {
			f.Bind(0, out)
			f.BindOutput(0, out)
			f.Begin()
			f.Step()
			f.Finish(0, out)
		}); n != 0 {
			t.Errorf("adjoint %t: %g allocations per run", adjoint, n)
		}
	}
}

// One program runs in many goroutines, each with a frame, to the same bits; and
// compiling again gives the same program.
func TestSharedAndDeterministic(t *testing.T) {
	c := mpr("v")
	p := newProblem(c, 84)
	prog := must(Compile(p.inputs(), p.outputs(Accumulate)))
	data := p.data(1, 20)
	want := simulate[float32](prog, data)
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i, outs := range simulate[float32](prog, data) {
				for k, o := range outs {
					for j, x := range o {
						if math.Float32bits(x) != math.Float32bits(want[i][k][j]) {
							t.Errorf("step %d, %s, element %d: got %g, want %g", i, prog.out[k].Name, j, x, want[i][k][j])
							return
						}
					}
				}
			}
		}()
	}
	wg.Wait()
	for range 3 {
		q := newProblem(c, 84)
		if again := must(Compile(q.inputs(), q.outputs(Accumulate))); again.String() != prog.String() {
			t.Fatalf("compiled anew:\n%v\nwas\n%v", again, prog)
		}
	}
}

// The passes do what they are for: a step of the Montbrió-Pazó-Roxin network needs
// no division, and as few loops as the arithmetic allows.
func TestProgramSize(t *testing.T) {
	for _, c := range []struct {
		adjoint bool
		loops   int
	}{{false, 15}, {true, 44}} {
		p := mprStep(c.adjoint)
		if len(p.body) > c.loops {
			t.Errorf("adjoint %t: %d loops, expected at most %d\n%v", c.adjoint, len(p.body), c.loops, p)
		}
		for i := range p.body {
			if s := p.show(&p.body[i]); strings.Contains(s, "/") {
				t.Errorf("adjoint %t: division in the body: %s", c.adjoint, s)
			}
		}
	}
}

func Example() {
	g := G.NewGraph()
	x := G.NewVector(g, G.Float64, G.WithName("x"), G.WithShape(3))
	a := G.NewScalar(g, G.Float64, G.WithName("a"))
	u := G.NewVector(g, G.Float64, G.WithName("u"), G.WithShape(3))
	next := G.Must(G.Sub(x, G.Must(G.HadamardProd(a, G.Must(G.Cube(x))))))
	loss := G.Must(G.Sum(G.Must(G.HadamardProd(u, next))))
	grads, _ := G.Grad(loss, x, a)
	p, err := Compile(
		[]Input{
			{Node: x, Name: "x", Len: 3, Class: Varying},
			{Node: a, Name: "a", Len: 1, Scalar: true},
			{Node: u, Name: "u", Len: 3, Class: Varying},
		},
		[]Output{
			{Node: grads[0], Name: "dx", Len: 3},
			{Node: grads[1], Name: "da", Len: 1, Scalar: true, Mode: Accumulate},
		})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Print(p)
	// Output:
	// in   r0    x, varying, 3
	// in   r1    a, invariant, 1
	// in   r2    u, varying, 3
	// out  r3    dx, per step, 3
	// out  r4    da, accumulated, from r9, 1
	// step r6    = cube r0
	// step r5    = (r2 * r6) + r5
	// step r6    = r0² * 3
	// step r3    = r2 - ((r2 * r1) * r6)
	// last r8    = sum r5
	// last r9    = -r8
}

// The functions of package nmm, which are fixed, run as kernels, by their names; a function of a user's
// is what the user wrote.
func TestOwnFunctions(t *testing.T) {
	square := func(x float64) float64 { return x * x }
	for name, want := range map[string]func(float64) float64{"exprel": kernel.Functions["exprel"].Of,
		"linoid'": kernel.Functions["linoid'"].Of, "linoid''": square, "tanh": square} {
		g := G.NewGraph()
		x := leaf(g, "x", false, 3)
		own := funcOp{testOp{name}, []func(float64) float64{square}}
		y := apply(map[bool]G.Op{false: own, true: fixedOp{own}}[name != "tanh"], x)
		p := must(Compile([]Input{{x, "x", 3, false, Varying}}, []Output{{y, "y", 3, false, PerStep}}))
		at := []float64{-2, 0, 3}
		if err := near(simulate[float64](p, [][][]float64{{at}})[0][0], []float64{want(at[0]), want(at[1]), want(at[2])}, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
