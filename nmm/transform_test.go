package nmm

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

var transforms = []Transform{
	Free, Positive, Exp, Between(-2, 3), Between(1, math.Inf(1)), Between(math.Inf(-1), 2), Between(math.Inf(-1), math.Inf(1)),
	Affine(-3, 0.5), Scaled(Positive, 0.01), Scaled(Exp, -2), Scaled(Between(0, 1), -4), Scaled(Between(1, math.Inf(1)), 3),
	Softsign(-1, 2), Scaled(Softsign(0, 1), -4), Shifted(Exp, 0.1), Shifted(Scaled(Positive, -2), 3),
}

func TestTransformInverse(t *testing.T) {
	for _, f := range transforms {
		for _, raw := range []float64{-30, -3, -0.4, 0, 0.7, 2, 25} {
			value := f.Forward(raw)
			if !f.Contains(value) {
				t.Errorf("%v: does not contain its own value %v of %v", f, value, raw)
			}
			back, err := f.Inverse(value)
			// at raw = ±30 the value keeps about 1e-16/e^-30 of relative precision
			if err != nil || !closeTo(back, raw, 2e-3, 1e-9) || math.Abs(raw) < 4 && !closeTo(back, raw, 1e-13, 1) {
				t.Errorf("%v: the inverse of %v's value is %v, %v", f, raw, back, err)
			}
		}
	}
}

// Node agrees with Forward and with differences, for each shape, (1) included.
func TestTransformNode(t *testing.T) {
	for _, f := range transforms {
		for _, shape := range []tensor.Shape{{1}, {4}, {2, 3}} {
			raw := random(3, shape.TotalSize(), -2, 2)
			value, slope := nodeOf(t, f, shape, raw)
			for i, x := range raw {
				if !closeTo(value[i], f.Forward(x), 1e-15, 0) {
					t.Errorf("%v at %v: node %v, Forward %v", f, x, value[i], f.Forward(x))
				}
				const h = 6e-6
				if want := (f.Forward(x+h) - f.Forward(x-h)) / (2 * h); !closeTo(slope[i], want, 1e-6, 1e-6) {
					t.Errorf("%v: derivative at %v: Grad %v, differences %v", f, x, slope[i], want)
				}
			}
		}
	}
}

// nodeOf evaluates a transform's node and the gradient of the sum of its values.
func nodeOf(t *testing.T, f Transform, shape tensor.Shape, raw []float64) (value, slope []float64) {
	t.Helper()
	g := G.NewGraph()
	x := G.NewTensor(g, G.Float64, len(shape), G.WithName("raw"), G.WithShape(shape...),
		G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64{}, raw...)))))
	y, err := f.Node(x)
	if err != nil {
		t.Fatal(err)
	}
	d, err := G.Grad(G.Must(G.Sum(y)), x)
	if err != nil {
		t.Fatal(err)
	}
	run(t, g)
	if !y.Value().Shape().Eq(shape) {
		t.Errorf("%v: expected shape %v, found %v", f, shape, y.Value().Shape())
	}
	return numbersOf(t, y), numbersOf(t, d[0])
}

func TestTransformSecondDerivative(t *testing.T) {
	for _, b := range []baseFunction{identityBase, softplusBase, exponentialBase, sigmoidBase, softsignBase} {
		for _, x := range []float64{-2, 0, 0.3, 1.7} {
			for n := 0; n < 2 && !(b == softsignBase && x == 0); n++ { // whose second derivative jumps there
				const h = 6e-6
				want := (b.derivative(n, x+h) - b.derivative(n, x-h)) / (2 * h)
				if got := b.derivative(n+1, x); !closeTo(got, want, 1e-8, 0.1) {
					t.Errorf("%v: derivative %d at %v: expected %v, found %v", b, n+1, x, want, got)
				}
			}
		}
	}
}

func TestTransformFarOut(t *testing.T) {
	for _, f := range []Transform{Positive, Between(-2, 3), Between(1, math.Inf(1))} {
		value, slope := nodeOf(t, f, tensor.Shape{4}, []float64{-1e6, -800, 800, 1e6})
		for i := range value {
			if math.IsNaN(value[i]) || math.IsInf(value[i], 0) || math.IsNaN(slope[i]) || math.IsInf(slope[i], 0) {
				t.Errorf("%v: found value %v, derivative %v", f, value[i], slope[i])
			}
		}
	}
	if got := Positive.Forward(20); got != 20+math.Log1p(math.Exp(-20)) {
		t.Errorf("Positive(20): found %v", got) // Gorgonia's Softplus drops the 2e-9
	}
}

func TestMasked(t *testing.T) {
	mask := []bool{true, false, true}
	f := Masked(mask, Exp)
	mask[0] = false // the transform has its own
	value, slope := nodeOf(t, f, tensor.Shape{2, 3}, []float64{1, 2, 3, 4, 5, 6})
	for i, x := range []float64{1, 2, 3, 4, 5, 6} {
		want := math.Exp(x)
		if value[i] != want {
			t.Errorf("entry %d: expected %v, found %v", i, want, value[i])
		}
		if i%3 == 1 {
			want = 0
		}
		if slope[i] != want {
			t.Errorf("derivative %d: expected %v, found %v", i, want, slope[i])
		}
	}
	g := G.NewGraph()
	_, err := f.Node(leaves(g, vars{"x": {1, 2, 3, 4}})["x"])
	wantError(t, err, "expected a mask as long as the last axis of shape (4), found 3 entries")
}

func TestTransformDomains(t *testing.T) {
	for _, c := range []struct {
		domain Transform
		value  float64
		inside bool
	}{
		{Free, -1e300, true}, {Free, math.NaN(), false}, {Free, math.Inf(1), false},
		{Positive, 0, false}, {Positive, 1e-300, true}, {Positive, math.Inf(1), false},
		{Between(0, 1), 0, true}, {Between(0, 1), 1, true}, {Between(0, 1), 1.01, false}, {Between(0, 1), math.NaN(), false},
		{Between(0, math.Inf(1)), 0, true}, {Between(0, math.Inf(1)), -1e-300, false}, {Between(0, math.Inf(1)), math.Inf(1), false},
		{Between(math.Inf(-1), 2), 2, true}, {Between(math.Inf(-1), 2), 2.1, false},
		{Scaled(Exp, -2), 1, false}, {Scaled(Exp, -2), -1, true},
		{Softsign(0, 1), 0, true}, {Softsign(0, 1), 1.01, false}, {Shifted(Exp, 0.1), 0.1, false}, {Shifted(Exp, 0.1), 0.11, true},
	} {
		if got := c.domain.Contains(c.value); got != c.inside {
			t.Errorf("%v contains %v: expected %v, found %v", c.domain, c.value, c.inside, got)
		}
	}
}

func TestTransformErrors(t *testing.T) {
	_, err := Positive.Inverse(-1)
	wantError(t, err, "nmm: value -1 is outside the range of transform positive: expected 0 < value")
	_, err = Between(0, 1).Inverse(1)
	wantError(t, err, "transform between(0, 1): expected 0 < value < 1")
	_, err = Free.Inverse(math.NaN())
	wantError(t, err, "expected a finite number")
	_, err = Between(2, 1).Inverse(1)
	wantError(t, err, "between(2, 1): expected the lower bound first")
	_, err = Softsign(0, math.Inf(1)).Inverse(1)
	wantError(t, err, "softsign(0, +Inf): expected two finite bounds")
	_, err = Shifted(Exp, math.NaN()).Inverse(1)
	wantError(t, err, "offset NaN: expected a finite number")
	_, err = Affine(0, 1).Inverse(1)
	wantError(t, err, "scale 0: expected a finite number other than 0")
	_, err = Masked(nil, Free).Node(nil)
	wantError(t, err, "expected a mask with at least one entry")
}

func TestTransformString(t *testing.T) {
	want := "[free positive exp between(-2, 3) between(1, +Inf) between(-Inf, 2) free affine(-3, 0.5) 0.01·positive -2·exp -4·sigmoid 3 + 3·positive softsign(-1, 2) -4·softsign 0.1 + exp 3 + -2·positive]"
	if got := fmt.Sprint(transforms); got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
	if got := Masked([]bool{true, false}, Exp).String(); got != "masked(1 of 2, exp)" {
		t.Errorf("found %s", got)
	}
}
