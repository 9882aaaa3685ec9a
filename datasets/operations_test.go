package datasets

import (
	"math"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// triple has a link both ways of unlike length, one one-way link and a self-connection.
func triple() *Connectome {
	return &Connectome{
		Weights:         mat.NewDense(3, 3, []float64{1, 2, 0, 6, 0, 3, 0, 0, 0}),
		TractLengths:    mat.NewDense(3, 3, []float64{0, 10, 0, 30, 0, 50, 40, 0, 0}),
		Labels:          []string{"lA1", "lV1", "rA1"},
		Centres:         mat.NewDense(3, 3, []float64{-10, 0, 0, -40, 0, 3, 10, 0, 0}),
		Orientations:    mat.NewDense(3, 3, []float64{0, 3, 0, 4, 0, 0, 1, 0, 0}),
		Areas:           []float64{100, 200, 50},
		Cortical:        []bool{true, true, false},
		RightHemisphere: []bool{false, false, true},
	}
}

func entries(m *mat.Dense) []float64 {
	if m == nil {
		return nil
	}
	return mat.DenseCopyOf(m).RawMatrix().Data
}

func wantEntries(t *testing.T, what string, m *mat.Dense, want ...float64) {
	t.Helper()
	got := entries(m)
	if len(got) != len(want) {
		t.Fatalf("%s: %v, expected %v", what, got, want)
	}
	for k := range got {
		if math.Abs(got[k]-want[k]) > 1e-14*math.Max(1, math.Abs(want[k])) { // sums of three terms
			t.Fatalf("%s: %v, expected %v", what, got, want)
		}
	}
}

// TestOperationsChangeNothing runs each operation and compares its origin, the labels,
// and the soundness of the result.
func TestOperationsChangeNothing(t *testing.T) {
	for name, operation := range map[string]func(c *Connectome) (*Connectome, error){
		"ByMaximum":        func(c *Connectome) (*Connectome, error) { return c.Scaled(ByMaximum) },
		"ByRow":            func(c *Connectome) (*Connectome, error) { return c.Scaled(ByRow) },
		"BySpectralRadius": func(c *Connectome) (*Connectome, error) { return c.Scaled(BySpectralRadius) },
		"ByLogarithm":      func(c *Connectome) (*Connectome, error) { return c.Scaled(ByLogarithm) },
		"Thresholded":      func(c *Connectome) (*Connectome, error) { return c.Thresholded(2) },
		"WithDensity":      func(c *Connectome) (*Connectome, error) { return c.WithDensity(0.3) },
		"WithoutSelf":      (*Connectome).WithoutSelf,
		"Binarised":        (*Connectome).Binarised,
		"Symmetrised":      (*Connectome).Symmetrised,
		"Subnetwork":       func(c *Connectome) (*Connectome, error) { return c.Subnetwork("lA1", "lV1", "rA1") },
	} {
		t.Run(name, func(t *testing.T) {
			c := triple()
			out, err := operation(c)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(c, triple()) {
				t.Error("the connectome itself was changed")
			}
			if err := out.Check(); err != nil {
				t.Error(err)
			}
			if !reflect.DeepEqual(out.Labels, c.Labels) || !reflect.DeepEqual(out.Areas, c.Areas) {
				t.Errorf("labels or areas were lost: %+v", out)
			}
			c.Weights.Set(0, 1, math.NaN())
			_, err = operation(c)
			wantError(t, err, `weight to "lA1" from "lV1" is missing or NaN`)
		})
	}
}

func TestScaled(t *testing.T) {
	cycle := triple() // without the self-connection the only loop is 0 → 1 → 0, its radius √12
	cycle.Weights.Set(0, 0, 0)
	root := math.Sqrt(12)
	for _, test := range []struct {
		by   Scaling
		want []float64
	}{
		{ByMaximum, []float64{0, 1. / 3, 0, 1, 0, 0.5, 0, 0, 0}},
		{ByRow, []float64{0, 1, 0, 2. / 3, 0, 1. / 3, 0, 0, 0}},
		{BySpectralRadius, []float64{0, 2 / root, 0, 6 / root, 0, 3 / root, 0, 0, 0}},
		{ByLogarithm, []float64{0, math.Log(3), 0, math.Log(7), 0, math.Log(4), 0, 0, 0}},
	} {
		out, err := cycle.Scaled(test.by)
		if err != nil {
			t.Fatal(err)
		}
		wantEntries(t, test.by.String(), out.Weights, test.want...)
	}
	_, err := cycle.Scaled(Scaling(9))
	wantError(t, err, "Scaling(9) is no scaling")
	cycle.Weights.Set(0, 1, 0)
	_, err = cycle.Scaled(BySpectralRadius)
	wantError(t, err, "there are no loops to scale by")
	cycle.Weights.Set(0, 1, -0.5)
	_, err = cycle.Scaled(ByLogarithm)
	wantError(t, err, `Weights[0][1]: weight to "lA1" from "lV1" is negative (-0.5): log(1 + w) expects weights from 0`)
}

// TestSpectralRadiusWithoutLoops: a long chain is the hard case, whose eigenvalues
// rounding moves far from 0.
func TestSpectralRadiusWithoutLoops(t *testing.T) {
	const n = 12
	c := &Connectome{Weights: mat.NewDense(n, n, nil), Labels: numbered(n)}
	for i := 1; i < n; i++ {
		c.Weights.Set((5*i)%n, (5*(i-1))%n, float64(i))
	}
	radius, err := c.SpectralRadius()
	if err != nil || radius != 0 {
		t.Errorf("radius %g, %v, expected 0", radius, err)
	}
}

func TestThresholds(t *testing.T) {
	out, err := triple().Thresholded(2.5)
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, "Thresholded", out.Weights, 0, 0, 0, 6, 0, 3, 0, 0, 0)
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err := triple().Thresholded(bad)
		wantError(t, err, "expected a number not below 0")
	}
	if out, err = triple().Binarised(); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, "Binarised", out.Weights, 1, 1, 0, 1, 0, 1, 0, 0, 0)
	ties := triple()
	ties.Weights = mat.NewDense(3, 3, []float64{9, 2, -1, 2, 0, 1, 1, 1, 0})
	for _, test := range []struct {
		share float64
		want  []float64
	}{
		{1, []float64{9, 2, -1, 2, 0, 1, 1, 1, 0}},
		{5. / 6, []float64{9, 2, -1, 2, 0, 1, 1, 1, 0}}, // 5 of 6 pairs: 6 are nearer than 2
		{4. / 6, []float64{9, 2, -1, 2, 0, 1, 1, 1, 0}}, // as near: the denser one
		{3. / 6, []float64{9, 2, 0, 2, 0, 0, 0, 0, 0}},
		{2. / 6, []float64{9, 2, 0, 2, 0, 0, 0, 0, 0}},
		{1. / 6, []float64{9, 2, 0, 2, 0, 0, 0, 0, 0}},
		{0, []float64{9, 0, 0, 0, 0, 0, 0, 0, 0}},
	} {
		out, err := ties.WithDensity(test.share)
		if err != nil {
			t.Fatal(err)
		}
		wantEntries(t, "WithDensity", out.Weights, test.want...)
	}
	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		_, err := ties.WithDensity(bad)
		wantError(t, err, "expected 0 to 1")
	}
}

func TestSymmetrised(t *testing.T) {
	out, err := triple().Symmetrised()
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, "weights", out.Weights, 1, 4, 0, 4, 0, 1.5, 0, 1.5, 0)
	// (2·10 + 6·30)/8 = 25; only 40 mm known between 0 and 2; 50 mm by the one link of 1 and 2.
	wantEntries(t, "lengths", out.TractLengths, 0, 25, 40, 25, 0, 50, 40, 50, 0)
}

func TestEdges(t *testing.T) {
	want := &Edges{Regions: 3, To: []int{0, 0, 1, 1}, From: []int{0, 1, 0, 2}, Weights: []float64{1, 2, 6, 3}, Lengths: []float64{0, 10, 30, 50}, Labels: triple().Labels}
	if got := triple().Edges(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, expected %+v", got, want)
	}
	c := triple()
	c.TractLengths = nil
	if got := c.Edges(); got.Lengths != nil {
		t.Errorf("lengths %v of none", got.Lengths)
	}
}

func TestSubnetwork(t *testing.T) {
	out, err := triple().Subnetwork("rA1", "lV1")
	if err != nil {
		t.Fatal(err)
	}
	want := &Connectome{
		Weights:         mat.NewDense(2, 2, []float64{0, 0, 3, 0}),
		TractLengths:    mat.NewDense(2, 2, []float64{0, 0, 50, 0}),
		Labels:          []string{"rA1", "lV1"},
		Centres:         mat.NewDense(2, 3, []float64{10, 0, 0, -40, 0, 3}),
		Orientations:    mat.NewDense(2, 3, []float64{1, 0, 0, 4, 0, 0}),
		Areas:           []float64{50, 200},
		Cortical:        []bool{false, true},
		RightHemisphere: []bool{true, false},
	}
	if !reflect.DeepEqual(out, want) {
		t.Errorf("%+v, expected %+v", out, want)
	}
	bare := &Connectome{Weights: triple().Weights, Labels: []string{"a", "b", "a"}}
	if out, err := bare.Subnetwork("b"); err != nil || out.TractLengths != nil || out.Areas != nil {
		t.Errorf("%+v, %v", out, err)
	}
	for _, test := range []struct {
		labels []string
		want   string
	}{
		{nil, "sub-network of no regions"},
		{[]string{"b", "c"}, `no region "c": there are a, b, a`},
		{[]string{"b", "b"}, `region "b" is given twice`},
		{[]string{"a"}, `two regions are called "a"`},
	} {
		_, err := bare.Subnetwork(test.labels...)
		wantError(t, err, test.want)
	}
}

func TestHemispheres(t *testing.T) {
	for _, labels := range [][]string{
		{"lA1", "lV1", "rA1"}, {"L1", "L2", "R1"}, {"LCau", "LPut", "RCau"}, {"Precentral_L", "Calcarine_L", "Precentral_R"},
		{"7Networks_LH_Vis_1", "7Networks_LH_Cont_1", "7Networks_RH_Vis_1"}, {"ctx-lh-cuneus", "Left-Caudate", "ctx-rh-cuneus"},
		{"lingual left", "l.rest", "rest (r)"}, nil,
	} {
		c := triple()
		if len(labels) > 0 {
			c.Labels, c.RightHemisphere = labels, nil
		}
		left, right, err := c.Hemispheres()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(left.Labels, c.Labels[:2]) || !reflect.DeepEqual(right.Labels, c.Labels[2:]) {
			t.Errorf("left %q, right %q of %q", left.Labels, right.Labels, c.Labels)
		}
		wantEntries(t, "left", left.Weights, 1, 2, 6, 0)
	}
	for _, test := range []struct{ label, want string }{
		{"lingual", `the label "lingual" does not tell the hemisphere`},
		{"LH_right", `"LH_right" does not tell`},
		{"", `"" does not tell`},
		{"lB", "in the right hemisphere"},
	} {
		c := triple()
		c.RightHemisphere = nil
		c.Labels = []string{"lA", test.label, "lC"}
		_, _, err := c.Hemispheres()
		wantError(t, err, test.want)
	}
	c, err := LoadTVB("../testdata/tvb76")
	if err != nil {
		t.Fatal(err)
	}
	for _, flags := range []bool{true, false} {
		if !flags {
			c.RightHemisphere = nil
		}
		left, right, err := c.Hemispheres()
		if err != nil || left.Regions() != 38 || right.Regions() != 38 || left.Labels[0] != "lA1" || right.Labels[0] != "rA1" {
			t.Errorf("%v, %v, %v", left, right, err)
		}
	}
}

func TestMerged(t *testing.T) {
	out, err := triple().Merged(map[string]string{"lA1": "left", "lV1": "left", "rA1": "right"})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(out.Labels, []string{"left", "right"}) || !reflect.DeepEqual(out.Areas, []float64{300, 50}) {
		t.Errorf("%q, areas %v", out.Labels, out.Areas)
	}
	wantEntries(t, "weights", out.Weights, 9, 3, 0, 0)
	// (1·0 + 2·10 + 6·30)/9 within; 50 mm by the one link; 40 mm the one known length back.
	wantEntries(t, "lengths", out.TractLengths, 200./9, 50, 40, 0)
	wantEntries(t, "centres", out.Centres, -30, 0, 2, 10, 0, 0)
	wantEntries(t, "orientations", out.Orientations, 8/math.Sqrt(73), 3/math.Sqrt(73), 0, 1, 0, 0)
	if !reflect.DeepEqual(out.Cortical, []bool{true, false}) || !reflect.DeepEqual(out.RightHemisphere, []bool{false, true}) {
		t.Errorf("flags %v, %v", out.Cortical, out.RightHemisphere)
	}
	if out, err = triple().Merged(map[string]string{"lA1": "A1", "lV1": "", "rA1": "A1"}); err != nil || out.RightHemisphere != nil || out.Weights.At(0, 0) != 1 || out.Regions() != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	for _, test := range []struct {
		coarse map[string]string
		want   string
	}{
		{map[string]string{"lA1": "x", "lV1": "x"}, `no entry for region "rA1"`},
		{map[string]string{"lA1": "x", "lV1": "x", "rA1": "y", "rV1": "y"}, `no region "rV1": there are lA1, lV1, rA1`},
		{map[string]string{"lA1": "", "lV1": "", "rA1": ""}, "all 3 regions are left out"},
	} {
		_, err := triple().Merged(test.coarse)
		wantError(t, err, test.want)
	}
	broken := triple()
	broken.Areas[0] = -1
	_, err = broken.Merged(nil)
	wantError(t, err, "area of")
}

// TestMergedKeepsTheWhole: merging neither adds to the sum of the weights nor takes
// from it, and merging each region into itself changes nothing.
func TestMergedKeepsTheWhole(t *testing.T) {
	c := Synthetic(20, 5)
	same, halves := map[string]string{}, map[string]string{}
	for i, label := range c.Labels {
		same[label], halves[label] = label, []string{"a", "b", "c"}[i%3]
	}
	out, err := c.Merged(same)
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, "weights", out.Weights, entries(c.Weights)...)
	wantEntries(t, "lengths", out.TractLengths, entries(c.TractLengths)...)
	if out, err = c.Merged(halves); err != nil {
		t.Fatal(err)
	}
	if a, b := mat.Sum(out.Weights), mat.Sum(c.Weights); math.Abs(a-b) > 1e-12*b {
		t.Errorf("weights add to %g, before to %g", a, b)
	}
}
