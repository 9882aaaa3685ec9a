package datasets

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// edged are the edges of the files of testdata/arrays.
func edged() *Edges {
	return &Edges{Regions: 3, To: []int{0, 1, 1, 2}, From: []int{1, 0, 2, 1}, Weights: []float64{2, 1, 3, 4}}
}

func TestLoadEdges(t *testing.T) {
	for _, name := range []string{"scipy_csr.npz", "scipy_csc.npz", "scipy_coo.npz"} {
		e, err := LoadEdges(filepath.Join("testdata/arrays", name), EdgeOptions{})
		if err != nil || !reflect.DeepEqual(e, edged()) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	want := edged()
	want.Lengths = []float64{10.5, 30, 40, 60}
	e, err := LoadEdges("testdata/arrays/scipy_sparse.mat", EdgeOptions{})
	if err != nil || !reflect.DeepEqual(e, want) {
		t.Errorf("%+v, %v, expected %+v", e, err, want)
	}
	want.Labels = []string{"a", "bcd", "long one"}
	if e, err = LoadEdges("testdata/arrays/matlab.mat", EdgeOptions{Weights: "sparse"}); err != nil || !reflect.DeepEqual(e, want) {
		t.Errorf("%+v, %v, expected %+v", e, err, want)
	}
	if e, err = LoadEdges("testdata/arrays/matlab.mat", EdgeOptions{}); err != nil || !reflect.DeepEqual(e, want) {
		t.Errorf("%+v, %v, expected %+v", e, err, want)
	}
	c, err := LoadConnectome("testdata/arrays/scipy_sparse.mat", ConnectomeOptions{})
	if err != nil || c.Weights.At(2, 1) != 4 || c.TractLengths.At(2, 1) != 60 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestReadEdges(t *testing.T) {
	want := edged()
	want.Lengths = []float64{10.5, 30, 40, 60}
	plain := edged()
	for _, test := range []struct {
		text    string
		options EdgeOptions
		want    *Edges
	}{
		{"0 1 2 10.5\n1 0 1 30\n1 2 3 40\n2 1 4 60\n", EdgeOptions{}, want},
		{"# c\n2;3;3;40\n\n3;2;4;60\n1;2;2;10.5\n2;1;1;30\n", EdgeOptions{First: 1}, want},
		{"\ufeff\"source\",\"target\",\"name\",\"length\",\"weight\"\r\n1,0,x,10.5,2\r\n0,1,x,30,1\r\n2,1,x,40,3\r\n1,2,x,60,4\r\n", EdgeOptions{}, want},
		{"0\t1\t2\n1\t0\t1\n1\t2\t3\n2\t1\t4", EdgeOptions{Regions: 3}, plain},
		{"# regions: 9\nto,from,weight\n", EdgeOptions{}, &Edges{Regions: 9}},
	} {
		e, err := ReadEdges(strings.NewReader(test.text), "e.csv", test.options)
		if err != nil || !reflect.DeepEqual(e, test.want) {
			t.Errorf("%q: %+v, %v, expected %+v", test.text, e, err, test.want)
		}
	}
	for _, test := range []struct {
		text    string
		options EdgeOptions
		want    string
	}{
		{"", EdgeOptions{}, "e.csv: no data: no edge"},
		{"0 1\n", EdgeOptions{}, "e.csv:1: 2 fields, expected at least 3"},
		{"0 1 2 3\n0 1 2\n", EdgeOptions{}, "e.csv:2: 3 fields, expected at least 4"},
		{"to,weight\n", EdgeOptions{}, `e.csv:1: columns ["to" "weight"], expected to, from, weight`},
		{"0 1 2\n\n0 -1 2\n", EdgeOptions{}, `e.csv:3: region "-1", expected a whole number from 0`},
		{"0 1 2\n", EdgeOptions{First: 1}, `e.csv:1: region "0", expected a whole number from 1`},
		{"0 1 nan\n", EdgeOptions{}, `e.csv:1: weight: "nan" is missing or not finite`},
		{"0 1 x\n", EdgeOptions{}, `e.csv:1: weight: "x" is not a number`},
		{"0 1 1 -2\n", EdgeOptions{}, "e.csv:1: length: -2 mm is below 0"},
		{"0 1 1\n0 1 2\n", EdgeOptions{}, "edge 1 to region 0 from region 1 is there twice (in e.csv)"},
		{"0 5 1\n", EdgeOptions{Regions: 3}, "edge 0 to 0 from 5, expected regions 0 to 2 (in e.csv)"},
		{"0 5 1\n", EdgeOptions{Regions: -1}, "e.csv: -1 regions"},
		{"0 99999999999 1\n", EdgeOptions{}, `e.csv:1: region "99999999999"`},
		{"0 1 2\n", EdgeOptions{Weights: "w"}, "variables can be named in files of arrays only"},
		{strings.Repeat("1", 1<<17), EdgeOptions{}, "e.csv: bufio.Scanner: token too long"},
	} {
		_, err := ReadEdges(strings.NewReader(test.text), "e.csv", test.options)
		wantError(t, err, test.want)
	}
}

func TestEdgesErrors(t *testing.T) {
	integers := func(x ...byte) string { return npy(descr("|u1", fmt.Sprintf("%d,", len(x))), string(x)) }
	shape, csr := integers(2, 2), npy(descr("|S3", ""), "csr")
	for _, test := range []struct {
		arrays map[string]string
		want   string
	}{
		{map[string]string{"shape.npy": integers(2, 3), "format.npy": csr, "indices.npy": integers(0), "indptr.npy": integers(0, 1, 1), "data.npy": integers(1)}, "shape [2 3], expected a square"},
		{map[string]string{"shape.npy": shape, "format.npy": csr, "indices.npy": integers(2), "indptr.npy": integers(0, 1, 1), "data.npy": integers(1)}, "column 0: row 2, expected 0 to 1"},
		{map[string]string{"shape.npy": shape, "format.npy": csr, "indices.npy": integers(0), "indptr.npy": integers(0, 1), "data.npy": integers(1)}, "2 starts of columns, expected 3"},
		{map[string]string{"shape.npy": shape, "format.npy": csr, "indices.npy": integers(0), "indptr.npy": integers(0, 2, 1), "data.npy": integers(1)}, "column 0 has the values 0 to 2 of 1"},
		{map[string]string{"shape.npy": shape, "format.npy": csr, "indices.npy": integers(0), "indptr.npy": integers(0, 1, 9), "data.npy": integers(1)}, "9 values, but there are 1"},
		{map[string]string{"shape.npy": shape, "format.npy": npy(descr("|S3", ""), "dia")}, `a sparse matrix of the format "dia"`},
		{map[string]string{"shape.npy": shape, "format.npy": csr}, `no variable "indices"`},
		{map[string]string{"shape.npy": integers(2), "format.npy": csr}, "shape of 1 dimensions"},
		{map[string]string{"x.npy": shape}, "no weights: name one of x"},
		{map[string]string{"regions.npy": integers(2), "to.npy": integers(0), "from.npy": integers(2), "weights.npy": integers(1)}, "entry 0 at (0, 2), expected whole numbers below [2 2]"},
		{map[string]string{"regions.npy": integers(2), "to.npy": integers(0), "from.npy": integers(1), "weights.npy": integers(1), "labels.npy": integers(1)}, "2 regions with 1 label"},
	} {
		_, err := LoadEdges(write(t, "e.npz", npz(t, test.arrays)), EdgeOptions{})
		wantError(t, err, test.want)
	}
	_, err := LoadEdges("testdata/arrays/scipy_csr.npz", EdgeOptions{Regions: 4})
	wantError(t, err, "3 regions, but the options say 4")
	e := edged()
	e.To[0] = 2
	wantError(t, e.Check(), "edge 1 to 1 from 0 comes after one to 2 from 1")
	e = edged()
	e.Weights = nil
	wantError(t, e.Check(), "have 4, 4, 0 and 0 entries")
	_, err = edged().WithLengths(&Edges{Regions: 2})
	wantError(t, err, "lengths of 2 regions for edges of 3")
}

// TestEdgesAgainstMatrices: every operation on edges does what that on matrices does.
func TestEdgesAgainstMatrices(t *testing.T) {
	c := Synthetic(30, 1)
	c.Weights.Set(3, 3, 0.5)
	e := c.Edges()
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	if !mat.Equal(e, c.Weights) || !mat.Equal(e.T(), c.Weights.T()) {
		t.Error("weights differ")
	}
	for k := range e.To {
		if e.TractLengths().At(e.To[k], e.From[k]) != c.TractLengths.At(e.To[k], e.From[k]) {
			t.Fatal("lengths differ")
		}
	}
	for _, by := range []Scaling{ByMaximum, ByRow, BySpectralRadius, ByLogarithm, ByInput} {
		got, err := e.Scaled(by)
		if err != nil {
			t.Fatal(err)
		}
		want, err := c.Scaled(by)
		if err != nil {
			t.Fatal(err)
		}
		if !mat.EqualApprox(got, want.Weights, 1e-10) {
			t.Errorf("%v differs", by)
		}
	}
	got, err := e.Thresholded(0.01)
	want, err2 := c.Thresholded(0.01)
	if err != nil || err2 != nil || !mat.Equal(got, want.Weights) || len(got.To) == len(e.To) {
		t.Errorf("threshold: %v, %v", err, err2)
	}
	got, err = e.WithoutSelf()
	want, err2 = c.WithoutSelf()
	if err != nil || err2 != nil || !mat.Equal(got, want.Weights) || len(got.To) != len(e.To)-1 {
		t.Errorf("self: %v, %v", err, err2)
	}
	full, err := e.Connectome()
	if err != nil || !mat.Equal(full.Weights, c.Weights) || !reflect.DeepEqual(full.Labels, c.Labels) {
		t.Errorf("connectome: %v", err)
	}
	for _, panics := range []func(){func() { e.At(30, 0) }, func() { e.At(0, -1) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic outside the matrix")
				}
			}()
			panics()
		}()
	}
	e.Weights[0] = -1
	for _, by := range []Scaling{BySpectralRadius, ByLogarithm} {
		_, err = e.Scaled(by)
		wantError(t, err, "is negative (-1)")
	}
	_, err = (&Edges{Regions: 2, To: []int{0}, From: []int{1}, Weights: []float64{1}}).SpectralRadius()
	wantError(t, err, "did not converge")
	_, err = (&Edges{Regions: 2}).Scaled(BySpectralRadius)
	wantError(t, err, "no loops to scale by")
}

// TestManyRegions: 20 000 regions are written, read and scaled in the memory of their
// 200 000 links; the matrix would take 3.2 GB.
func TestManyRegions(t *testing.T) {
	const regions, links = 20000, 10
	e := &Edges{Regions: regions}
	for i := 0; i < regions; i++ {
		for k := 0; k < links; k++ {
			e.To, e.From = append(e.To, i), append(e.From, k*(regions/links)+i%(regions/links))
			e.Weights, e.Lengths = append(e.Weights, math.Sqrt(float64(k+1))), append(e.Lengths, float64(10*k))
		}
	}
	for _, name := range []string{"e.npz", "e.csv"} {
		path := filepath.Join(t.TempDir(), name)
		if err := e.Save(path); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		again, err := LoadEdges(path, EdgeOptions{})
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err = again.Scaled(ByRow); err != nil || again.At(0, 0) >= 1 {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 200<<20 {
			t.Errorf("%s: %d bytes taken", name, taken)
		}
	}
	_, err := e.Connectome()
	wantError(t, err, "a matrix of 20000 regions has more than 268435456 bytes: use the edges")
	wantError(t, e.Save(filepath.Join(t.TempDir(), "e.txt")), "e.txt: edges are saved as .npz or .csv")
}

func FuzzReadEdges(f *testing.F) {
	for _, text := range []string{"0 1 2 3\n1 0 1 0\n", "to,from,weight\n0,1,2\n", "# regions: 4\n1;2;0.5", "length source\ttarget weight\n1 2 3 4"} {
		f.Add(text, 0)
		f.Add(text, 1)
	}
	f.Fuzz(func(t *testing.T, text string, first int) {
		e, err := ReadEdges(strings.NewReader(text), "fuzz", EdgeOptions{First: first})
		if err != nil {
			wantError(t, err, "fuzz")
			return
		}
		if err := e.Check(); err != nil {
			t.Fatalf("accepted, but: %v", err)
		}
		var b strings.Builder
		if err := e.writeCSV(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadEdges(strings.NewReader(b.String()), "again", EdgeOptions{})
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Fatalf("read %+v, then %+v, %v", e, again, err)
		}
	})
}
