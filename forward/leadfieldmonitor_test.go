package forward

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
)

// An observed lead field is the lead field's node of the observed source: the same numbers, and the same
// gradients of a model parameter and of the coupling's gain, and the gain's own is that of the node.
func TestLeadFieldMonitorIsTheNode(t *testing.T) {
	l := threeSensors(AverageReference)
	l.Name = "eeg"
	value, model, gain := withLeadField(t, l, true)
	want, wantModel, wantGain := withLeadField(t, l, false)
	near(t, "loss", value, want, 1e-12*math.Abs(want))
	for i := range wantModel {
		near(t, "gradient of the model", model[i], wantModel[i], 1e-9*norm(wantModel))
	}
	for i := range wantGain {
		near(t, "gradient of the gain", gain[i], wantGain[i], 1e-9*norm(wantGain))
	}
}

func norm(x []float64) (sum float64) {
	for _, v := range x {
		sum += math.Abs(v)
	}
	if sum == 0 {
		return math.NaN() // nothing to compare with
	}
	return sum
}

// withLeadField is a loss of EEG of two Jansen-Rit columns, by the observer or by the node, with its gradients.
func withLeadField(t *testing.T, l *LeadField, observed bool) (loss float64, model, gain []float64) {
	t.Helper()
	eeg, err := l.Monitor("cortex.y1", 5)
	if err != nil {
		t.Fatal(err)
	}
	eeg.Pre = "x - y2"
	source := &graph.Observer{Name: "source", From: "cortex.psp", Period: 5, Average: true}
	net, err := graph.NewNetwork(
		graph.Population("cortex", l.Regions, nmm.JansenRit()), eeg, source,
		layers.Couple("cortex.y1", "cortex.y5_in").Weights(mat.NewDense(2, 2, []float64{0, 1, 2, 0})).Gain(0.1),
		layers.WhiteNoise("cortex.y4", 0.05))
	if err != nil {
		t.Fatal(err)
	}
	learned := []string{"cortex.mu", "cortex.y1->cortex.y5_in/gain"}
	if observed {
		learned = append(learned, "eeg/projection")
	}
	for _, address := range learned {
		scope := nmm.PerRegion
		if address == "eeg/projection" {
			scope = nmm.PerEdge
		}
		if err := net.Learn(address, nmm.Free, scope); err != nil {
			t.Fatal(err)
		}
	}
	g := G.NewGraph()
	roll, err := net.Rollout(g, graph.Run{Dt: 0.5, Duration: 60, Warmup: 20, Record: []string{}, Seed: 4, Lanes: 2})
	if err != nil {
		t.Fatal(err)
	}
	x, gainNode := roll.Node("eeg"), (*G.Node)(nil)
	if observed && !slices.Equal(roll.Labels("eeg"), l.Labels()) {
		t.Errorf("labels %v", roll.Labels("eeg"))
	}
	if !observed {
		referenced, err := l.Referenced()
		if err != nil {
			t.Fatal(err)
		}
		gainNode = G.NewMatrix(g, tensor.Float64, G.WithName("gain"), G.WithShape(3, 2), G.WithValue(tensor.New(tensor.WithShape(3, 2), tensor.WithBacking(values(referenced)))))
		if x, err = (&LeadField{Gain: referenced}).NodeOf(roll.Node("source"), gainNode); err != nil {
			t.Fatal(err)
		}
	}
	weights := G.NewConstant(tensor.New(tensor.WithShape(x.Shape()...), tensor.WithBacking(randomValues(8, x.Shape().TotalSize()))), G.WithName("weights"))
	total := G.Must(G.Sum(G.Must(G.HadamardProd(G.Must(G.Square(x)), weights))))
	var wrt G.Nodes // the gain last
	for _, learnable := range roll.Learned() {
		if learnable.Address == "eeg/projection" {
			gainNode = learnable.Raw
		} else {
			wrt = append(wrt, learnable.Raw)
		}
	}
	wrt = append(wrt, gainNode)
	return gradients(t, g, total, wrt)
}

// gradients returns a loss, its gradients but the last, and the last.
func gradients(t *testing.T, g *G.ExprGraph, loss *G.Node, wrt G.Nodes) (value float64, first, last []float64) {
	t.Helper()
	grads, err := G.Grad(loss, wrt...)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	for k, d := range grads {
		a, err := array(d.Value())
		if err != nil {
			t.Fatal(err)
		}
		if k < len(grads)-1 {
			first = append(first, a.Data...)
		} else {
			last = a.Data
		}
	}
	return float64(*loss.Value().(*G.F64)), first, last
}

func TestLeadFieldMonitorErrors(t *testing.T) {
	if _, err := threeSensors("Pz").Monitor("cortex.y0", 5); err == nil {
		t.Error("no error of an unknown reference")
	}
	eeg, err := threeSensors("").Monitor("cortex.y0", 5)
	if err != nil || eeg.Name != "leadfield" {
		t.Fatal(eeg, err)
	}
	if _, err := graph.NewNetwork(graph.Population("cortex", graph.Regions(3), nmm.JansenRit()), eeg); err == nil {
		t.Error("no error of a gain of 2 regions for 3")
	}
}
