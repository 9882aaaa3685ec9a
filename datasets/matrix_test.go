package datasets

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// write puts text into a file of a temporary folder, and returns its path.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadMatrix(t *testing.T) {
	for _, test := range []struct {
		name, text    string
		rows, columns []string
	}{
		{"bare", "1,2,3\n4,5,6\n", nil, nil},
		{"column names", "a,b,c\n1,2,3\n4,5,6\n", nil, []string{"a", "b", "c"}},
		{"row names", "p,1,2,3\nq,4,5,6\n", []string{"p", "q"}, nil},
		{"both", ",a,b,c\np,1,2,3\nq,4,5,6\n", []string{"p", "q"}, []string{"a", "b", "c"}},
		{"both, corner named", "to,a,b,c\np,1,2,3\nq,4,5,6\n", []string{"p", "q"}, []string{"a", "b", "c"}},
		{"R", "a b c\np 1 2 3\nq 4 5 6\n", []string{"p", "q"}, []string{"a", "b", "c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := LoadMatrix(write(t, "m.csv", test.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Data.RawMatrix().Data; !reflect.DeepEqual(got, []float64{1, 2, 3, 4, 5, 6}) {
				t.Errorf("data %v", got)
			}
			if !reflect.DeepEqual(m.RowLabels, test.rows) || !reflect.DeepEqual(m.ColumnLabels, test.columns) {
				t.Errorf("labels %q, %q", m.RowLabels, m.ColumnLabels)
			}
		})
	}
	_, err := LoadMatrix(write(t, "m.csv", "1,2\n3,\n"))
	wantError(t, err, "m.csv:2: column 2: the value is missing or not finite")
	_, err = LoadMatrix(filepath.Join(t.TempDir(), "no.csv"))
	wantError(t, err, "no.csv: no such file")
}

func TestLoadFC(t *testing.T) {
	fc, labels, err := LoadFC(write(t, "fc.csv", ",a,b\na,0,-0.25\nb,-0.2500001,0\n"))
	if err != nil {
		t.Fatal(err)
	}
	if fc.At(0, 0) != 1 || fc.At(1, 1) != 1 || fc.At(0, 1) != -0.25 || !reflect.DeepEqual(labels, []string{"a", "b"}) {
		t.Errorf("%v %q", fc.RawMatrix().Data, labels)
	}
	if _, labels, err = LoadFC(write(t, "fc.csv", "1 0.5\n0.5 1\n")); err != nil || labels[1] != "region 2" {
		t.Errorf("%q, %v", labels, err)
	}
	for _, test := range []struct{ text, want string }{
		{"1,0.5\n", "square, found 1 rows and 2 columns"},
		{"1,0.5\n0.4,1\n", `not symmetric: "region 2", "region 1" is 0.4 and "region 1", "region 2" is 0.5`},
		{"1,1.5\n1.5,1\n", "is 1.5, expected -1 to 1"},
		{"inf,0.5\n0.5,inf\n", "fc.csv:1: column 1: the value is missing or not finite"},
		{",a,b\na,1,0\nc,0,1\n", `region 2 is "c" in `},
	} {
		path := write(t, "fc.csv", test.text)
		_, _, err := LoadFC(path)
		wantError(t, err, test.want)
		if err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("%v does not name %s", err, path)
		}
	}
}
