package main

import (
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/forward"
)

// brainmassLeadField are signals (scale X) L of regions, by a gain of [region][sensor].
type brainmassLeadField struct {
	L      array
	X      array `json:"X_mV"`
	Scale  float64
	Scaled array `json:"y_V"`
	EEG    array `json:"eeg_mV"` // without the scale
}

func (f *brainmassLeadField) run() outcome {
	l := &forward.LeadField{Gain: mat.DenseCopyOf(dense(f.L.rows()).T())}
	scaled, err := l.Scaled(f.Scale, "V")
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	for name, c := range map[string]struct {
		field *forward.LeadField
		want  array
	}{"y": {scaled, f.Scaled}, "eeg": {l, f.EEG}} {
		y, err := c.field.Apply(dense(f.X.rows()))
		if err != nil {
			return failed("%v", err)
		}
		cmp.near(name, rowMajor(y), c.want.data, brainmassPointwise, 0)
	}
	return cmp.outcome()
}

// brainmassReadout is a trainable readout cy0 L̂ x − y0, L̂ with rows normalised and the mean over sensors
// subtracted, and the gradients of the mean square of y.
type brainmassReadout struct {
	Normalize any // true: the sum of absolute values, "l2", false
	Demean    bool
	Gain      array   `json:"lm"` // [sensor][region]
	X, Y      array   // [time][…]
	Offset    float64 `json:"y0"`
	Factor    float64 `json:"cy0"`
	Loss      string

	GradGain   array   `json:"grad_lm"`
	GradX      array   `json:"grad_x"`
	GradOffset float64 `json:"grad_y0"`
	GradFactor float64 `json:"grad_cy0"`
}

func (r *brainmassReadout) run() outcome {
	if r.Loss != "mean(y^2)" {
		return skipped("needs the loss %q", r.Loss)
	}
	norm, ok := map[any]int{true: 1, "l1": 1, "l2": 2, false: 0}[r.Normalize]
	if !ok {
		return skipped("needs the normalisation %v", r.Normalize)
	}
	l := &forward.LeadField{Gain: dense(r.Gain.rows()), Norm: norm}
	if r.Demean {
		l.Reference = forward.AverageReference
	}
	g := G.NewGraph()
	leaf := func(name string, shape tensor.Shape, data []float64) *G.Node {
		t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), data...)))
		return G.NewTensor(g, tensor.Float64, shape.Dims(), G.WithName(name), G.WithShape(shape...), G.WithValue(t))
	}
	gain, x := leaf("gain", r.Gain.shape, r.Gain.data), leaf("x", append(tensor.Shape{1}, r.X.shape...), r.X.data)
	offset, factor := G.NewScalar(g, G.Float64, G.WithName("y0"), G.WithValue(r.Offset)), G.NewScalar(g, G.Float64, G.WithName("cy0"), G.WithValue(r.Factor))
	signal, err := l.NodeOf(x, gain)
	if err != nil {
		return failed("%v", err)
	}
	y := G.Must(G.Sub(G.Must(G.HadamardProd(signal, factor)), offset))
	loss := G.Must(G.Mean(G.Must(G.Square(y))))
	grads, err := G.Grad(loss, gain, x, offset, factor)
	if err != nil {
		return failed("%v", err)
	}
	values := make([]G.Value, 1+len(grads))
	for k, n := range append(G.Nodes{y}, grads...) { // read: a machine uses a node's memory again
		G.Read(n, &values[k])
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	cmp.near("y", numbersOf(values[0]), r.Y.data, brainmassPointwise, 0)
	for k, want := range [][]float64{r.GradGain.data, r.GradX.data, {r.GradOffset}, {r.GradFactor}} {
		cmp.near([]string{"grad_lm", "grad_x", "grad_y0", "grad_cy0"}[k], numbersOf(values[1+k]), want, brainmassGradient, 0)
	}
	return cmp.outcome()
}

// numbersOf are a value's numbers.
func numbersOf(v G.Value) []float64 {
	if x, ok := v.Data().(float64); ok {
		return []float64{x}
	}
	return v.Data().([]float64)
}
