package graph

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
)

// reader is a network with a readout of a state and of an observable, and of what is in another population.
type reader struct {
	net     *Network
	g       *G.ExprGraph
	nodes   map[string]*G.Node
	weights G.Nodes // of terms, then the bias
	terms   []string
}

const readOutputs = 3

func newReader(t *testing.T) *reader {
	t.Helper()
	c := Coupling{Name: "c", From: "a.y0", To: "b.x", Pre: []string{"y0/1[mV]"}, Weights: mat.NewDense(2, 3, []float64{0.1, 0.2, 0.3, -0.1, 0.4, 0.2}), Gain: []float64{0.01}}
	net := must(t, Population("a", Regions(3), nmm.JansenRit()), Population("b", Regions(2), nmm.Hopf()), &c)
	if err := net.Set("init:b.x", []float64{0.3, -0.2}); err != nil {
		t.Fatal(err)
	}
	r := &reader{net: net, g: G.NewGraph(), terms: []string{"a.psp", "b.x", "a.y1"}}
	r.nodes = leaves(net, r.g)
	for i, shape := range []tensor.Shape{{readOutputs, 3}, {readOutputs, 2}, {readOutputs, 3}, {1, readOutputs}} {
		data := make([]float64, shape.TotalSize())
		for k := range data {
			data[k] = math.Sin(float64(10*i + k + 1))
		}
		v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
		r.weights = append(r.weights, G.NewMatrix(r.g, tensor.Float64, G.WithShape(shape...), G.WithName(fmt.Sprint("weights ", i)), G.WithValue(v)))
	}
	return r
}

// outputs are those of a readout, or of products of what is recorded.
func (r *reader) outputs(t *testing.T, run Run, products bool) *G.Node {
	t.Helper()
	run.Nodes, run.Record = r.nodes, r.terms
	if !products {
		run.Record, run.Readouts = nil, []Readout{{Name: "o", Bias: r.weights[3]}}
		for i, state := range r.terms {
			run.Readouts[0].Terms = append(run.Readouts[0].Terms, ReadoutTerm{state, r.weights[i]})
		}
	}
	roll, err := r.net.Rollout(r.g, run)
	if err != nil {
		t.Fatal(err)
	}
	if !products {
		return roll.Node("o")
	}
	var sum *G.Node
	for i, state := range r.terms {
		x := roll.Node(state)
		rows := x.Shape()[0] * x.Shape()[1]
		term := G.Must(G.Mul(G.Must(G.Reshape(x, tensor.Shape{rows, x.Shape()[2]})), G.Must(G.Transpose(r.weights[i]))))
		if sum == nil {
			sum = term
		} else {
			sum = G.Must(G.Add(sum, term))
		}
	}
	sum = G.Must(G.BroadcastAdd(sum, r.weights[3], nil, []byte{0}))
	return G.Must(G.Reshape(sum, tensor.Shape{run.Lanes, sum.Shape()[0] / run.Lanes, readOutputs}))
}

// results are the outputs, and the gradient of a functional of them by everything there is.
func (r *reader) results(t *testing.T, out *G.Node) (values []float64, grads map[string][]float64) {
	t.Helper()
	w := make([]float64, out.Shape().TotalSize())
	for i := range w {
		w[i] = math.Cos(float64(i))
	}
	c := G.NewTensor(r.g, tensor.Float64, 3, G.WithShape(out.Shape()...), G.WithName("cotangent"), G.WithValue(tensor.New(tensor.WithShape(out.Shape()...), tensor.WithBacking(w))))
	loss := G.Must(G.Sum(G.Must(G.HadamardProd(out, c))))
	wrt := append(G.Nodes{}, r.weights...)
	for _, address := range slices.Sorted(maps.Keys(r.nodes)) {
		if ancestors(loss)[r.nodes[address]] {
			wrt = append(wrt, r.nodes[address])
		}
	}
	gradients, err := G.Grad(loss, wrt...)
	if err != nil {
		t.Fatal(err)
	}
	if ambiguous(r.g) {
		t.Skip("two nodes have one hash, by which a TapeMachine takes them for the same")
	}
	var value G.Value
	G.Read(out, &value)
	read := make([]G.Value, len(wrt))
	for i := range wrt {
		G.Read(gradients[i], &read[i])
	}
	vm := G.NewTapeMachine(r.g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	grads = map[string][]float64{}
	for i, n := range wrt {
		grads[n.Name()] = append([]float64{}, floats(read[i])...)
	}
	return append([]float64{}, floats(value)...), grads
}

// A readout is the product of the weights with what is recorded, with the same gradients.
func TestReadoutEqualsProducts(t *testing.T) {
	for what, run := range map[string]Run{
		"every step": {}, "means": {Every: 5, Average: true, Warmup: 2}, "windows": {Window: 7, Every: 2},
		"horizon": {Horizon: 8}, "budget": {MemoryBudget: MemoryBudget(60_000), Duration: 300},
	} {
		if run.Dt, run.Lanes = 0.5, 9; run.Duration == 0 {
			run.Duration = 15
		}
		readout, products := newReader(t), newReader(t)
		got, gotGrads := readout.results(t, readout.outputs(t, run, false))
		want, wantGrads := products.results(t, products.outputs(t, run, true))
		closeTo(t, what+": outputs", got, want, 1e-12)
		for name, g := range wantGrads {
			closeTo(t, what+": gradient of "+name, gotGrads[name], g, 1e-10)
		}
	}
}

// Of a lane that diverges nothing gets into the gradient of a readout's weights, which all lanes share.
func TestReadoutOfAMaskedLane(t *testing.T) {
	gradient := func(lanes int) []float64 {
		net := unstable(t)
		g := G.NewGraph()
		values := mat.NewDense(lanes, 1, nil)
		for l, gamma := range []float64{-0.1, -0.1, 2}[:lanes] {
			values.Set(l, 0, gamma)
		}
		w := G.NewMatrix(g, tensor.Float64, G.WithShape(1, 2), G.WithName("w"), G.WithValue(tensor.New(tensor.WithBacking([]float64{1, -2}), tensor.WithShape(1, 2))))
		roll, err := net.Rollout(g, Run{
			Dt: 1, Duration: 1000, Lanes: lanes, NonFinite: MaskLane, Every: 100, tile: lanes, Values: map[string]mat.Matrix{"cortex.gamma": values},
			Readouts: []Readout{{Name: "o", Terms: []ReadoutTerm{{"cortex.x", w}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		loss, err := roll.MaskLoss(G.Must(G.Sum(roll.Node("o"), 1, 2)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := G.Grad(G.Must(G.Sum(loss)), w); err != nil {
			t.Fatal(err)
		}
		vm := G.NewTapeMachine(g, G.BindDualValues(w))
		defer vm.Close()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
		grad, err := w.Grad()
		if err != nil {
			t.Fatal(err)
		}
		return floats(grad)
	}
	with, without := gradient(3), gradient(2)
	if closeTo(t, "gradient", with, without, 1e-12); without[0] == 0 {
		t.Error("the gradient is 0")
	}
}

func TestReadoutErrors(t *testing.T) {
	net := unstable(t)
	g, other := G.NewGraph(), G.NewGraph()
	fit := func(g *G.ExprGraph) *G.Node { return tensorNode(g, "w", 2, 2) }
	good := fit(g)
	for want, r := range map[string]Readout{
		"no state":                    {Name: "o"},
		"did you mean cortex.x":       {Name: "o", Terms: []ReadoutTerm{{"cortex.xx", good}}},
		"of the rollout's graph":      {Name: "o", Terms: []ReadoutTerm{{"cortex.x", fit(other)}}},
		"expected shape (2, 2)":       {Name: "o", Terms: []ReadoutTerm{{"cortex.x", tensorNode(g, "long", 2, 5)}}},
		"shape (outputs, regions)":    {Name: "o", Terms: []ReadoutTerm{{"cortex.x", good}, {"cortex.x", tensorNode(g, "high", 3, 2)}}},
		"with 2 numbers":              {Name: "o", Terms: []ReadoutTerm{{"cortex.x", good}}, Bias: tensorNode(g, "bias", 3)},
		"nothing else that is record": {Name: "cortex.x", Terms: []ReadoutTerm{{"cortex.x", good}}},
	} {
		_, err := net.Rollout(g, Run{Dt: 1, Duration: 10, Record: []string{"cortex.x"}, Readouts: []Readout{r}})
		if err == nil {
			t.Errorf("%s: no error", want)
			continue
		}
		wantError(t, err, want)
	}
	_, err := net.Simulate(t.Context(), Run{Dt: 1, Duration: 10, Readouts: []Readout{{}}})
	wantError(t, err, "Run.Readouts are for Rollout")
}
