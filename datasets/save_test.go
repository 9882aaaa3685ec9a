package datasets

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// odd are labels that plain text could take for something else.
var odd = []string{"1", "nan", "# c", `say "a"`, " b", "x;y, z", "R"}

func TestSeriesRoundTrip(t *testing.T) {
	data := mat.NewDense(3, 7, nil)
	data.Apply(func(i, j int, _ float64) float64 { return math.Sin(float64(7*i+j)) * 1e-3 }, data)
	one := mat.NewDense(1, 1, []float64{5})
	for name, s := range map[string]*TimeSeries{
		"all":      {Data: data, TR: 0.1 / 1000, Start: 12.5, Labels: odd, Unit: "% change"},
		"no times": {Data: data, Labels: odd},
		"started":  {Data: data, Labels: numbered(7), Start: -3},
		"one":      {Data: one, TR: 2, Labels: []string{"7"}, Unit: "mV"},
		"bare":     {Data: one, Labels: []string{"a b"}},
	} {
		for _, end := range []string{".npz", ".csv"} {
			path := filepath.Join(t.TempDir(), "s"+end)
			if err := s.Save(path); err != nil {
				t.Fatal(err)
			}
			if again, err := LoadTimeSeries(path, SeriesOptions{}); err != nil || !reflect.DeepEqual(again, s) {
				text, _ := os.ReadFile(path)
				t.Errorf("%s%s: %+v, %v, expected %+v of\n%s", name, end, again, err, s, text)
			}
		}
	}
	wantError(t, (&TimeSeries{}).Save("s.csv"), "s.csv: time series without data")
}

func TestTimeColumns(t *testing.T) {
	for _, test := range []struct {
		text      string
		tr, start float64
	}{
		{"time_s,a\n0.5,1\n1.0,2\n1.5,3\n", 0.5, 0.5},
		{"time_ms,a\n0,1\n0.1,2\n0.2,3\n0.30000000000000004,4\n", 0.0001, 0},
		{"time_s,a\n4,1\n", 0, 4},
		{"time,a\n4,1\n", 0, 0}, // a region of this name
		{"# TR_s: 0.25\na,b\n1,2\n", 0.25, 0},
		{"# start_s: 3\ntime_s,b\n1,2\n2,3\n", 1, 3},
	} {
		s, err := ReadTimeSeries(strings.NewReader(test.text), "s.csv", SeriesOptions{})
		if err != nil || math.Abs(s.TR-test.tr) > 1e-15 || s.Start != test.start {
			t.Errorf("%q: %+v, %v", test.text, s, err)
		}
	}
	for _, test := range []struct {
		text, want string
		tr         float64
	}{
		{"time_s,a\n0,1\n1,2\n3,3\n", `s.csv:3: column 1 ("time_s"): time 1, expected times in equal steps`, 0},
		{"time_s,a\n1,1\n0,2\n", "expected times in equal steps", 0},
		{"time_s,a\n1,1\nx,2\n", `s.csv:3: column 1 ("time_s"): "x" is not a number`, 0},
		{"# TR_s: x\na,b\n1,2\n", `s.csv: comment "TR_s" is "x", expected a number`, 0},
		{"# TR_s: -1\na,b\n1,2\n", "s.csv: TR is -1 s", 0},
		{"time_s,a\n0,1\n1,2\n", "s.csv is 1 s, but the options say TR 2 s", 2},
	} {
		_, err := ReadTimeSeries(strings.NewReader(test.text), "s.csv", SeriesOptions{TR: test.tr})
		wantError(t, err, test.want)
	}
}

func TestMatrixRoundTrip(t *testing.T) {
	data := mat.NewDense(2, 7, nil)
	data.Apply(func(i, j int, _ float64) float64 { return float64(i+1) / float64(j+1) }, data)
	counted := mat.NewDense(2, 3, []float64{0, 1, 2, 0.5, 1.5, 2.5}) // might be a header of numbers
	for name, m := range map[string]*Matrix{
		"all":     {Data: data, RowLabels: []string{"a", "b c"}, ColumnLabels: odd, Unit: "nA·m"},
		"columns": {Data: data, ColumnLabels: numbered(7)},
		"rows":    {Data: counted, RowLabels: []string{"0", "1"}},
		"plain":   {Data: counted},
		"words":   {Data: counted, RowLabels: []string{"p", "q"}, ColumnLabels: []string{"x", "y", "z"}},
		"one":     {Data: mat.NewDense(1, 1, []float64{3}), RowLabels: []string{"r"}, ColumnLabels: []string{"c"}},
	} {
		for _, end := range []string{".npz", ".csv"} {
			path := filepath.Join(t.TempDir(), "m"+end)
			if err := m.Save(path); err != nil {
				t.Fatal(err)
			}
			again, err := LoadMatrix(path)
			text, _ := os.ReadFile(path)
			if err != nil || !reflect.DeepEqual(again, m) {
				t.Errorf("%s%s: %+v, %v, expected %+v of\n%s", name, end, again, err, m, text)
			}
			if name == "words" && end == ".csv" && string(text) != ",x,y,z\np,0,1,2\nq,0.5,1.5,2.5\n" {
				t.Errorf("%s", text)
			}
		}
	}
	m := &Matrix{Data: counted, RowLabels: []string{"a"}}
	wantError(t, m.Save("m.csv"), "m.csv: a matrix of 2×3 with 1 and 0 labels")
	wantError(t, (&Matrix{}).Save("m.csv"), "m.csv: matrix without data")
	m.RowLabels = nil
	wantError(t, m.Save("m.txt"), "m.txt: a matrix is saved as .npz or .csv")
}

func TestLoadMatrixOfArrays(t *testing.T) {
	fc := npz(t, map[string]string{"fc.npy": npy(descr("<f4", "2, 2"), "\x00\x00\x00\x00\x00\x00\x00\x3f\x00\x00\x00\x3f\x00\x00\x00\x00"), "labels.npy": npy(descr("|S1", "2,"), "ab")})
	m, labels, err := LoadFC(write(t, "fc.npz", fc))
	if err != nil || m.At(0, 1) != 0.5 || m.At(0, 0) != 1 || !reflect.DeepEqual(labels, []string{"a", "b"}) {
		t.Errorf("%v, %v, %v", m, labels, err)
	}
	wrong := npz(t, map[string]string{"data.npy": npy(descr("|i1", "2, 1"), "\x00\x01"), "row_labels.npy": npy(descr("|S1", "1,"), "a")})
	_, err = LoadMatrix(write(t, "m.npz", wrong))
	wantError(t, err, "m.npz: row_labels has 1 value, expected 2")
	_, err = LoadMatrix(write(t, "m.npz", npz(t, map[string]string{"data.npy": npy(descr("<f4", "1, 1"), "\x00\x00\xc0\x7f")})))
	wantError(t, err, "m.npz: data[0][0]: the value is missing or not finite")
	_, err = LoadMatrix("testdata/arrays/matlab.mat")
	if err != nil {
		t.Error(err)
	}
}

func TestFromSamples(t *testing.T) {
	s, err := FromSamples([][]float64{{1, 2}, {3, 4}, {5, 6}}, 500, 0.5, "mV", []string{"a", "b"})
	want := &TimeSeries{Data: mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 6}), TR: 0.0005, Start: 0.5, Labels: []string{"a", "b"}, Unit: "mV"}
	if err != nil || !reflect.DeepEqual(s, want) {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err = FromSamples([][]float64{{1}}, 0, 0, "", nil); err != nil || s.Labels[0] != "region 1" {
		t.Errorf("%+v, %v", s, err)
	}
	_, second := want.Halves()
	if math.Abs(second.Start-0.5005) > 1e-15 {
		t.Errorf("second half starts at %v s", second.Start)
	}
	for _, test := range []struct {
		samples [][]float64
		dt      float64
		labels  []string
		want    string
	}{
		{nil, 1, nil, "no samples"},
		{[][]float64{{}}, 1, nil, "no regions"},
		{[][]float64{{1, 2}, {1}}, 1, nil, "sample 1 has 1 region, expected 2"},
		{[][]float64{{1}}, -1, nil, "at -1 ms"},
		{[][]float64{{1}}, 1, []string{}, "0 labels for 1 region"},
	} {
		_, err := FromSamples(test.samples, 0, test.dt, "", test.labels)
		wantError(t, err, test.want)
	}
}

// TestWriteFile: what fails leaves the old file, and nothing beside it.
func TestWriteFile(t *testing.T) {
	path := write(t, "a.txt", "old")
	stop := errors.New("stop")
	err := WriteFile(path, func(w io.Writer) error { w.Write([]byte("new")); return stop })
	if !errors.Is(err, stop) || !strings.Contains(err.Error(), "a.txt: stop") {
		t.Error(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "old" {
		t.Errorf("%q", b)
	}
	if err := WriteFile(path, func(w io.Writer) error { _, err := w.Write([]byte("new")); return err }); err != nil {
		t.Error(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "new" {
		t.Errorf("%q", b)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// FuzzSaveText: labels of any text read back as they were, but for what no line holds.
func FuzzSaveText(f *testing.F) {
	for _, label := range odd {
		f.Add(label, "b", "mV", 0.5)
	}
	f.Add("0", "1", "", 0.0)
	f.Add("\u00a0", "\u2028", "\u3000", 2.0)
	f.Fuzz(func(t *testing.T, a, b, unit string, tr float64) {
		if strings.ContainsAny(a+b+unit, "\x00\t\r\n") || a == "" || b == "" || checkTR(tr, "") != nil {
			return
		}
		s := &TimeSeries{Data: mat.NewDense(2, 2, []float64{0, 1, 0.5, 1.5}), TR: tr, Labels: []string{a, b}, Unit: strings.Join(strings.Fields(unit), " ")}
		var text strings.Builder
		if err := s.writeCSV(&text); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadTimeSeries(strings.NewReader(text.String()), "s.csv", SeriesOptions{}); err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%+v, %v, expected %+v of\n%s", again, err, s, text.String())
		}
		m := &Matrix{Data: s.Data, RowLabels: s.Labels, ColumnLabels: []string{b, a}, Unit: s.Unit}
		text.Reset()
		if err := m.writeCSV(&text); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadMatrix(strings.NewReader(text.String()), "m.csv"); err != nil || !reflect.DeepEqual(again, m) {
			t.Fatalf("%+v, %v, expected %+v of\n%s", again, err, m, text.String())
		}
	})
}

func TestConnectomeRoundTrip(t *testing.T) {
	all := triple()
	all.Labels = []string{"l A 1", "7", "ä;b"}
	all.Weights = mat.NewDense(3, 3, []float64{0, 1, 2, 0.5, 1.5, 2.5, 0.25, 1.25, 2.25}) // the first row might be a header
	for name, c := range map[string]*Connectome{"all": all, "synthetic": Synthetic(9, 1)} {
		for _, end := range []string{".npz", ".zip"} {
			path := filepath.Join(t.TempDir(), "c"+end)
			if err := c.Save(path); err != nil {
				t.Fatal(err)
			}
			if again, err := LoadConnectome(path, ConnectomeOptions{}); err != nil || !reflect.DeepEqual(again, c) {
				t.Errorf("%s%s: %+v, %v, expected %+v", name, end, again, err, c)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "c.zip")
	all.Labels[0] = " a"
	wantError(t, all.Save(path), `c.zip: label 0 is " a"`)
	all.Labels[0] = "a"
	all.Centres = nil
	if err := all.Save(path); err != nil {
		t.Error(err)
	}
	if again, err := LoadTVB(path); err != nil || !reflect.DeepEqual(again, all) {
		t.Errorf("%+v, %v, expected %+v", again, err, all)
	}
	all.TractLengths = nil
	wantError(t, all.Save(path), "c.zip: the layout of The Virtual Brain has tract lengths")
}
