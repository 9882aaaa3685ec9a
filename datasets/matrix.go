package datasets

import (
	"fmt"
	"io"
	"math"
	"os"

	"gonum.org/v1/gonum/mat"
)

// Matrix is a matrix of numbers read from a file, with the names the file gives.
type Matrix struct {
	Data         *mat.Dense
	RowLabels    []string // nil if the file names no rows
	ColumnLabels []string // nil if the file names no columns
	Unit         string   // of the numbers; "" if unknown
}

// LoadMatrix reads a matrix from a text file (see the package documentation), with
// or without a header of column names and a first column of row names; or, by the end
// of the name, from arrays: .npz, .npy, .mat or .h5, the one called data or the only
// matrix, with row_labels and column_labels, or labels. It fails if the file is missing
// or empty, if rows differ in length, and if a value is missing, NaN, infinite or no
// number.
func LoadMatrix(path string) (*Matrix, error) {
	if isStore(path) {
		s, closer, err := openStore(path)
		if err != nil {
			return nil, err
		}
		defer closer.Close()
		return s.labelled()
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	return ReadMatrix(f, path)
}

// ReadMatrix is [LoadMatrix] from a stream; name stands for it in errors.
func ReadMatrix(r io.Reader, name string) (*Matrix, error) {
	g, err := readGrid(r, name)
	if err != nil {
		return nil, err
	}
	rowLabels := g.matrixRowNames()
	data, err := g.finite(g.allColumns())
	if err != nil {
		return nil, err
	}
	m := &Matrix{Data: data, RowLabels: rowLabels, Unit: g.notes[unitNote]}
	if g.header != nil {
		m.ColumnLabels = g.labels(g.allColumns())
	}
	return m, nil
}

// labelled reads a matrix with its labels.
func (s *store) labelled() (*Matrix, error) {
	v, err := s.signal("")
	if err != nil {
		return nil, err
	}
	m := &Matrix{}
	if m.Data, err = v.matrix(); err != nil {
		return nil, err
	}
	rows, columns := m.Data.Dims()
	for k, x := range m.Data.RawMatrix().Data {
		if notFinite(x) {
			return nil, fmt.Errorf("datasets: %s[%d][%d]: the value is missing or not finite", v.name, k/columns, k%columns)
		}
	}
	if m.RowLabels, err = s.labelList(rows, "row_labels", "labels"); err != nil {
		return nil, err
	}
	if m.ColumnLabels, err = s.labelList(columns, "column_labels", "labels"); err != nil {
		return nil, err
	}
	if v, err := s.find("unit"); err != nil {
		return nil, err
	} else if v != nil && len(v.texts) == 1 {
		m.Unit = v.texts[0]
	}
	return m, nil
}

// labelList reads n labels, by the first name if it is there; by others only if they are
// as many.
func (s *store) labelList(n int, names ...string) ([]string, error) {
	for k, name := range names {
		v, err := s.find(name)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		labels, err := v.names()
		if err != nil {
			return nil, err
		}
		if len(labels) == n {
			return labels, nil
		}
		if k == 0 {
			return nil, fmt.Errorf("datasets: %s has %s, expected %d", v.name, plural(len(labels), "value"), n)
		}
	}
	return nil, nil
}

// matrixRowNames removes the column of row names or numbers, if there is one.
func (g *grid) matrixRowNames() []string {
	g.takeIndex()
	return g.takeRowNames()
}

// LoadFC reads a functional connectivity matrix: square, symmetric, correlations in
// [-1, 1]. Its diagonal, in files often 0, is returned as 1. Labels are those of the
// file, or "region 1" onwards. The errors of [LoadMatrix] apply, and entries that
// break a rule are named with their regions.
func LoadFC(path string) (fc *mat.Dense, labels []string, err error) {
	m, err := LoadMatrix(path)
	if err != nil {
		return nil, nil, err
	}
	rows, columns := m.Data.Dims()
	if rows != columns {
		return nil, nil, fmt.Errorf("datasets: %s: an FC matrix is square, found %d rows and %d columns", path, rows, columns)
	}
	if labels, err = m.names(path); err != nil {
		return nil, nil, err
	}
	if labels == nil {
		labels = numbered(rows)
	}
	if err := checkFC(m.Data, labels, path); err != nil {
		return nil, nil, err
	}
	for i := 0; i < rows; i++ {
		m.Data.Set(i, i, 1)
	}
	return m.Data, labels, nil
}

// checkFC refuses entries outside [-1, 1] or unlike their mirror image; 1e-6 leaves
// room for files written with seven digits.
func checkFC(fc *mat.Dense, labels []string, name string) error {
	const rounding = 1e-6
	n, _ := fc.Dims()
	for i := 0; i < n; i++ {
		for j := 0; j < i; j++ {
			x, mirror := fc.At(i, j), fc.At(j, i)
			if math.Abs(x) > 1+rounding {
				return fmt.Errorf("datasets: %s: FC of %q and %q is %g, expected -1 to 1 (Fisher z? take tanh)", name, labels[i], labels[j], x)
			}
			if math.Abs(x-mirror) > rounding {
				return fmt.Errorf("datasets: %s: FC is not symmetric: %q, %q is %g and %q, %q is %g",
					name, labels[i], labels[j], x, labels[j], labels[i], mirror)
			}
		}
	}
	return nil
}

// names are the names of the regions of a square matrix, by its rows or columns, which
// must agree; nil if it has none.
func (m *Matrix) names(file string) ([]string, error) {
	switch {
	case m.RowLabels == nil:
		return m.ColumnLabels, nil
	case m.ColumnLabels == nil:
		return m.RowLabels, nil
	}
	return m.RowLabels, sameLabels(m.RowLabels, m.ColumnLabels, file+" (rows)", file+" (columns)")
}

// sameLabels refuses two lists of labels that differ, naming the first difference.
func sameLabels(a, b []string, aName, bName string) error {
	if len(a) != len(b) {
		return fmt.Errorf("datasets: %s has %s, %s has %d", aName, plural(len(a), "label"), bName, len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			return fmt.Errorf("datasets: region %d is %q in %s but %q in %s", i+1, a[i], aName, b[i], bName)
		}
	}
	return nil
}
