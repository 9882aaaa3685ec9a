package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
)

// brainmassTransform is an entry of the block transforms of params.json.
type brainmassTransform struct {
	Repr      string
	X         []float64
	Forward   []float64
	Inverse   []float64 `json:"inverse_of_forward"`
	GradSumSq []float64 `json:"grad_sum_sq"` // of Σ forward²
}

// brainmassAdam is the block adam: weights after some steps from w0 on Σ A (w − 1)².
type brainmassAdam struct {
	LR    float64
	W0, A array
	Loss  string
	After map[string]array `json:"w_after_steps"`
}

// readBrainmassParams makes a case of each transform, of each regulariser and of Adam.
func readBrainmassParams(d *document) ([]instance, error) {
	var f struct {
		Transforms   map[string]brainmassTransform
		Regularizers brainmassRegularisers
		Adam         brainmassAdam
	}
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for _, name := range sortedKeys(f.Transforms) {
		t := f.Transforms[name]
		all = append(all, instance{"transform " + name, t.run})
	}
	for _, name := range sortedKeys(f.Regularizers.Regs) {
		all = append(all, instance{"regulariser " + name, func() outcome { return f.Regularizers.run(name) }})
	}
	return append(all, instance{"adam", f.Adam.run}), nil
}

var reprName = regexp.MustCompile(`^\w+`)

// ours returns the transform of ours that repr describes; our raw number is stretch times theirs.
func (t *brainmassTransform) ours() (tr nmm.Transform, stretch float64, ok bool) {
	args := map[string]float64{"lower": 0, "upper": 0, "scale": 1, "shift": 0, "beta": 1}
	for _, m := range assignment.FindAllStringSubmatch(t.Repr, -1) {
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return tr, 0, false
		}
		args[m[1]] = v
	}
	switch reprName.FindString(t.Repr) {
	case "SigmoidT":
		return nmm.Between(args["lower"], args["upper"]), 1, true
	case "SoftplusT":
		return nmm.Between(args["lower"], math.Inf(1)), 1, true
	case "NegSoftplusT": // upper − log(1 + e^−x)
		return nmm.Between(math.Inf(-1), args["upper"]), -1, true
	case "TanhT": // (1 + tanh x)/2 = 1/(1 + e^−2x)
		return nmm.Between(args["lower"], args["upper"]), 2, true
	case "ScaledSigmoidT":
		return nmm.Between(args["lower"], args["upper"]), args["beta"], args["beta"] != 0
	case "AffineT":
		return nmm.Affine(args["scale"], args["shift"]), 1, true
	case "ExpT", "LogT", "PositiveT":
		return nmm.Shifted(nmm.Exp, args["lower"]), 1, true
	case "NegativeT": // −log(1 + e^−x)
		return nmm.Between(math.Inf(-1), 0), -1, true
	case "SoftsignT":
		return nmm.Softsign(args["lower"], args["upper"]), 1, true
	}
	return tr, 0, false
}

// run compares values, inverse and gradient.
func (t *brainmassTransform) run() outcome {
	tr, stretch, ok := t.ours()
	if !ok {
		return skipped("needs transform %s", t.Repr)
	}
	raw := scaled(t.X, stretch)
	gradient, err := gradientOfSquares(tr, raw)
	if err != nil {
		return failed("%v", err)
	}
	var forward, inverse []float64
	for i, x := range raw {
		forward = append(forward, tr.Forward(x))
		back, err := tr.Inverse(t.Forward[i])
		if err != nil {
			return failed("%v", err)
		}
		inverse = append(inverse, back/stretch)
	}
	var cmp comparison
	cmp.near("forward", forward, t.Forward, brainmassTrajectory, 0)
	cmp.near("inverse", inverse, t.Inverse, brainmassTrajectory, 0)
	cmp.near("gradient", scaled(gradient, stretch), t.GradSumSq, brainmassGradient, 0)
	return cmp.outcome()
}

// gradientOfSquares differentiates Σ t(raw)² with Gorgonia.
func gradientOfSquares(t nmm.Transform, raw []float64) ([]float64, error) {
	g := G.NewGraph()
	x := G.NewVector(g, G.Float64, G.WithShape(len(raw)), G.WithName("raw"),
		G.WithValue(tensor.New(tensor.WithShape(len(raw)), tensor.WithBacking(append([]float64(nil), raw...)))))
	value, err := t.Node(x)
	if err != nil {
		return nil, err
	}
	loss, err := meanSquare(value, 1)
	if err != nil {
		return nil, err
	}
	if _, err := G.Grad(loss, x); err != nil {
		return nil, err
	}
	vm := G.NewTapeMachine(g, G.BindDualValues(x))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return nil, err
	}
	d, err := x.Grad()
	if err != nil {
		return nil, err
	}
	return floats(d)
}

// run takes Adam's steps and compares where they lead. The loss of iteration k + 1 is taken where k
// steps have led.
func (a *brainmassAdam) run() outcome {
	if a.Loss != "sum(A*(w-1)^2)" {
		return skipped("needs Adam on the loss %s", a.Loss)
	}
	last, reached := 0, map[int][]float64{}
	for key := range a.After {
		k, err := strconv.Atoi(key)
		if err != nil {
			return failed("w_after_steps: %q is no number of steps", key)
		}
		last = max(last, k)
	}
	_, err := train.Minimize(context.Background(), train.Problem{Initial: a.W0.data, Func: a.loss}, train.Settings{
		Method: train.Adam{Rate: a.LR}, Iterations: last + 1,
		Callback: func(r train.Report) error {
			reached[r.Iteration-1] = append([]float64(nil), r.X...)
			return nil
		},
	})
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	for _, key := range sortedKeys(a.After) {
		k, _ := strconv.Atoi(key) // checked above
		cmp.near(fmt.Sprintf("after %d steps", k), reached[k], a.After[key].data, brainmassTrajectory, 0)
	}
	return cmp.outcome()
}

// loss is Σ A (w − 1)² with its gradient.
func (a *brainmassAdam) loss(w, grad []float64) (float64, error) {
	sum := 0.0
	for i, f := range a.A.data {
		sum += f * (w[i] - 1) * (w[i] - 1)
		if grad != nil {
			grad[i] = 2 * f * (w[i] - 1)
		}
	}
	return sum, nil
}
