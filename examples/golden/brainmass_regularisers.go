package main

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/euryale-ml/euryale/train"
)

// brainmassRegularisers is the block regularizers of params.json: "L1Reg(.3) HuberReg(1,.7) …" of one array.
type brainmassRegularisers struct {
	ValueIn array `json:"value_in"`
	Regs    map[string]struct {
		Value float64
		Grad  array
	}
	Ctor string
}

// brainmassEpsilon is what brainmass adds to thresholds, and to the arguments of roots and logarithms.
const brainmassEpsilon = 1e-8

// run compares value and gradient of one.
func (b *brainmassRegularisers) run(name string) outcome {
	r, relative, ok := b.ours(name)
	if !ok {
		return skipped("needs regulariser %s", name)
	}
	gradient := make([]float64, len(b.ValueIn.data))
	value := r(b.ValueIn.data, gradient)
	var cmp comparison
	cmp.near("value", []float64{value}, []float64{b.Regs[name].Value}, relative, 0)
	cmp.near("gradient", gradient, b.Regs[name].Grad.data, math.Max(brainmassGradient, relative), 0)
	return cmp.outcome()
}

// ours returns the regulariser that the text describes, and how well brainmass's is known.
func (b *brainmassRegularisers) ours(name string) (r train.Regulariser, relative float64, ok bool) {
	a, ok := b.arguments(name)
	if !ok {
		return nil, 0, false
	}
	at := func(i int) float64 { return a[min(i, len(a)-1)] }
	relative = brainmassTrajectory
	switch columns := b.ValueIn.dim(1); name {
	case "L1Reg":
		r = multiplied(at(0), train.L1)
	case "L2Reg":
		r = multiplied(at(0), train.L2)
	case "ElasticNetReg": // sizes of both, and the share of the first
		r = together(multiplied(at(0)*at(2), train.L1), multiplied(at(1)*(1-at(2)), train.L2))
	case "GaussianReg": // twice the negative logarithm, with one constant for all values; precision in float32
		r = together(multiplied(2, train.GaussianPrior(at(0), at(1))), func(_, _ []float64) float64 { return 2 * math.Log(at(1)) })
		relative = 1e-6
	case "HuberReg":
		r = multiplied(at(0), train.Huber(at(1)+brainmassEpsilon))
	case "GroupLassoReg":
		r, relative = multiplied(at(0), train.GroupLasso(int(at(1)))), brainmassEpsilon // √(Σ v² + ε)
	case "TotalVariationReg": // the second number is the order
		r, ok = multiplied(at(0), train.TotalVariation), at(1) == 1
	case "MaxNormReg":
		r, relative = multiplied(at(0), train.MaxNorm(at(1))), brainmassEpsilon // the same, and of limit + ε
	case "EntropyReg":
		r, relative = multiplied(at(0), train.NegativeEntropy), 10*brainmassEpsilon // Σ p ln(p + ε)
	case "OrthogonalReg":
		r = multiplied(at(0), train.Orthogonal(columns))
	default:
		ok = false
	}
	return r, relative, ok
}

// arguments reads the numbers of "name(1,mean=.2)".
func (b *brainmassRegularisers) arguments(name string) (list []float64, ok bool) {
	m := regexp.MustCompile(name + `\(([^)]*)\)`).FindStringSubmatch(b.Ctor)
	if m == nil {
		return nil, false
	}
	for _, field := range strings.Split(m[1], ",") {
		_, number, named := strings.Cut(field, "=")
		if !named {
			number = field
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil {
			return nil, false
		}
		list = append(list, v)
	}
	return list, true
}

func multiplied(f float64, r train.Regulariser) train.Regulariser {
	return func(values, gradient []float64) float64 {
		value := r(values, gradient)
		for i := range gradient {
			gradient[i] *= f
		}
		return f * value
	}
}

func together(a, b train.Regulariser) train.Regulariser {
	return func(values, gradient []float64) float64 {
		second := make([]float64, len(gradient))
		value := a(values, gradient) + b(values, second)
		for i, v := range second {
			gradient[i] += v
		}
		return value
	}
}
