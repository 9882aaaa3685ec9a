package datasets

import (
	"math"
	"path/filepath"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func pair() *Connectome {
	return &Connectome{
		Weights:      mat.NewDense(2, 2, []float64{0, -4, 1, 1}),
		TractLengths: mat.NewDense(2, 2, []float64{0, 30, 30, 0}),
		Labels:       []string{"a", "b"},
	}
}

func TestConnectomeCheck(t *testing.T) {
	if err := pair().Check(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		want   string
		damage func(c *Connectome)
	}{
		{"connectome without weights", func(c *Connectome) { c.Weights = nil }},
		{"Weights: weights must be square (to × from), found 2×3", func(c *Connectome) { c.Weights = mat.NewDense(2, 3, nil) }},
		{"TractLengths is 3×3, expected 2×2: Weights has 2 regions", func(c *Connectome) { c.TractLengths = mat.NewDense(3, 3, nil) }},
		{"Centres is 2×2, expected 2×3", func(c *Connectome) { c.Centres = mat.NewDense(2, 2, nil) }},
		{"Orientations is 1×3, expected 2×3", func(c *Connectome) { c.Orientations = mat.NewDense(1, 3, nil) }},
		{"Labels has 1 value, expected 2", func(c *Connectome) { c.Labels = c.Labels[:1] }},
		{"Areas has 3 values", func(c *Connectome) { c.Areas = make([]float64, 3) }},
		{"Cortical has 0 values", func(c *Connectome) { c.Cortical = []bool{} }},
		{"RightHemisphere has 1 value", func(c *Connectome) { c.RightHemisphere = []bool{true} }},
		{`Weights[1][0]: weight to "b" from "a" is missing or NaN`, func(c *Connectome) { c.Weights.Set(1, 0, math.NaN()) }},
		{`Weights[0][1]: weight to "a" from "b" is infinite`, func(c *Connectome) { c.Weights.Set(0, 1, math.Inf(-1)) }},
		{`TractLengths[0][1]: tract length to "a" from "b" is negative (-3)`, func(c *Connectome) { c.TractLengths.Set(0, 1, -3) }},
		{`TractLengths[1][1]: tract length to "b" from "b" is infinite`, func(c *Connectome) { c.TractLengths.Set(1, 1, math.Inf(1)) }},
		{`Centres[1][2]: coordinate "z" of "b"`, func(c *Connectome) {
			c.Centres = mat.NewDense(2, 3, nil)
			c.Centres.Set(1, 2, math.NaN())
		}},
		{`area of "b" is -1 mm²`, func(c *Connectome) { c.Areas = []float64{1, -1} }},
	} {
		c := pair()
		test.damage(c)
		wantError(t, c.Check(), test.want)
	}
	c := pair()
	c.TractLengths = nil
	if err := c.Check(); err != nil {
		t.Errorf("unknown tract lengths: %v", err)
	}
}

func TestNormalised(t *testing.T) {
	c := pair()
	if got := c.Normalised().RawMatrix().Data; !reflect.DeepEqual(got, []float64{0, -1, 0.25, 0.25}) {
		t.Errorf("Normalised %v", got)
	}
	if got := c.NormalisedRows().RawMatrix().Data; !reflect.DeepEqual(got, []float64{0, -1, 0.5, 0.5}) {
		t.Errorf("NormalisedRows %v", got)
	}
	if c.Weights.At(0, 1) != -4 {
		t.Error("the weights themselves were changed")
	}
	c.Weights.Zero()
	for _, m := range []*mat.Dense{c.Normalised(), c.NormalisedRows()} {
		if !reflect.DeepEqual(m.RawMatrix().Data, make([]float64, 4)) {
			t.Errorf("zero weights became %v", m.RawMatrix().Data)
		}
	}
}

func TestLoadCSV(t *testing.T) {
	c, err := LoadCSV(write(t, "w.csv", "a,b\n0,2\n3,0\n"), write(t, "l.csv", "0 10\n20 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Weights.At(0, 1) != 2 || c.TractLengths.At(1, 0) != 20 || !reflect.DeepEqual(c.Labels, []string{"a", "b"}) {
		t.Errorf("%v", c)
	}
	if c, err = LoadCSV(write(t, "w.csv", "0,2\n3,0\n"), ""); err != nil || c.TractLengths != nil || c.Labels[1] != "region 2" {
		t.Errorf("%v, %v", c, err)
	}
	if c, err = LoadCSV(write(t, "w.csv", "0,2\n3,0\n"), write(t, "l.csv", ",p,q\np,0,1\nq,1,0\n")); err != nil || c.Labels[1] != "q" {
		t.Errorf("labels of the lengths: %v, %v", c, err)
	}
	missing := filepath.Join(t.TempDir(), "gone.csv")
	_, err = LoadCSV(missing, "")
	wantError(t, err, "gone.csv: no such file")
	_, err = LoadCSV(write(t, "w.csv", "0\n"), missing)
	wantError(t, err, "gone.csv: no such file")
}

func TestLoadCSVErrors(t *testing.T) {
	const good = "0,1\n1,0\n"
	for _, test := range []struct{ name, weights, lengths, want string }{
		{"empty", "", good, "w.csv: no data: the file is empty"},
		{"not square", "0,1,2\n1,0,2\n", good, "w.csv: weights must be square (to × from), found 2×3"},
		{"sizes differ", good, "0,1,2\n1,0,2\n2,2,0\n", "l.csv is 3×3, expected 2×2:"},
		{"lengths not square", good, "0,1\n", "l.csv is 1×2, expected 2×2:"},
		{"ragged", "0,1\n1\n", good, "w.csv:2: 1 field, expected 2 as in line 1"},
		{"word", good, "0,1\nx,0\n", `l.csv:2: column 1: "x" is not a number`},
		{"NaN", "a,b\n0,1\nnan,0\n", good, `w.csv:3: column 1 ("a"): weight to "b" from "a" is missing or NaN`},
		{"gap in the lengths", "a,b\n0,1\n1,0\n", "0,\n1,0\n", `l.csv:1: column 2: tract length to "a" from "b" is missing or NaN`},
		{"infinite", good, "0,inf\n1,0\n", `l.csv:1: column 2: tract length to "region 1" from "region 2" is infinite`},
		{"negative length", good, "0,-5\n1,0\n", `l.csv:1: column 2: tract length to "region 1" from "region 2" is negative (-5)`},
		{"labels differ", "a,b\n0,1\n1,0\n", "b,a\n0,1\n1,0\n", `region 1 is "a" in `},
		{"rows and columns differ", ",a,b\nb,0,1\na,1,0\n", good, `region 1 is "b" in `},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := LoadCSV(write(t, "w.csv", test.weights), write(t, "l.csv", test.lengths))
			wantError(t, err, test.want)
		})
	}
}
