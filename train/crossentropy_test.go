package train

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// entropy evaluates the cross-entropy of 2 lanes, 3 steps and 4 classes, and its gradient of the sum.
func entropy(logits, classes, weights []float64) (losses, grad []float64, err error) {
	g := G.NewGraph()
	leaf := func(name string, data []float64, shape ...int) *G.Node {
		return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName(name),
			G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), data...)))))
	}
	o := leaf("o", logits, 2, 3, 4)
	loss, err := CrossEntropy(o, leaf("classes", classes, 2, 3), leaf("weights", weights, 2, 3))
	if err != nil {
		return nil, nil, err
	}
	grads, err := G.Grad(G.Must(G.Sum(loss)), o)
	if err != nil {
		return nil, nil, err
	}
	var value, gradient G.Value
	G.Read(loss, &value)
	G.Read(grads[0], &gradient)
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return nil, nil, err
	}
	return value.Data().([]float64), gradient.Data().([]float64), nil
}

// Values and gradients where weights differ and one step is masked; its class is no class. Numbers that
// exp cannot take make no difference.
func TestCrossEntropy(t *testing.T) {
	logits := make([]float64, 24)
	for i := range logits {
		logits[i] = math.Sin(float64(3*i)) * 2
	}
	classes, weights := []float64{0, 3, 2, 1, -1, 2}, []float64{0.5, 0.2, 0.3, 2, 0, 1}
	losses, grad, err := entropy(logits, classes, weights)
	if err != nil {
		t.Fatal(err)
	}
	for l := range losses {
		want := 0.0
		for s := 3 * l; s < 3*l+3; s++ {
			if weights[s] == 0 {
				continue
			}
			sum := 0.0
			for _, v := range logits[4*s : 4*s+4] {
				sum += math.Exp(v)
			}
			want -= weights[s] * math.Log(math.Exp(logits[4*s+int(classes[s])])/sum)
		}
		if math.Abs(losses[l]-want) > 1e-14*want {
			t.Errorf("lane %d: %v, expected %v", l, losses[l], want)
		}
	}
	total := func(x []float64) float64 { l, _, _ := entropy(x, classes, weights); return l[0] + l[1] }
	for i, want := range fd.Gradient(nil, total, logits, &fd.Settings{Formula: fd.Central}) {
		if math.Abs(grad[i]-want) > 1e-6*(1e-2+math.Abs(want)) {
			t.Errorf("gradient %d: %v, expected %v", i, grad[i], want)
		}
	}
	for i := range logits {
		logits[i] += 1e4
	}
	if far, _, err := entropy(logits, classes, weights); err != nil || math.Abs(far[0]-losses[0]) > 1e-10 {
		t.Errorf("far out %v, expected %v, %v", far, losses, err)
	}
}

func TestCrossEntropyErrors(t *testing.T) {
	for _, class := range []float64{-1, 4, 0.5, math.NaN()} {
		_, _, err := entropy(make([]float64, 24), []float64{0, 0, 0, 0, class, 0}, []float64{1, 1, 1, 1, 1, 1})
		if err == nil || !strings.Contains(err.Error(), "lane 1, step 1: expected a class from 0 to 3") {
			t.Errorf("class %v: error %v", class, err)
		}
	}
	g := G.NewGraph()
	node := func(shape ...int) *G.Node {
		return G.NewTensor(g, tensor.Float64, len(shape), G.WithShape(shape...), G.WithName("x"), G.WithInit(G.Zeroes()))
	}
	for _, c := range []struct {
		logits, classes, weights *G.Node
		want                     string
	}{
		{node(2, 3, 1), node(2, 3), node(2, 3), "at least 2 classes"},
		{node(2, 3, 4), node(3, 2), node(2, 3), "classes of shape [2 3]"},
		{node(2, 3, 4), node(2, 3), node(2, 4), "weights of shape [2 3]"},
		{node(2, 3), node(2, 3), node(2, 3), "3 dimensions"},
	} {
		if _, err := CrossEntropy(c.logits, c.classes, c.weights); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected one with %q", err, c.want)
		}
	}
}
