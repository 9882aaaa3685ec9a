package datasets

import (
	"fmt"
	"math"
)

// triplets are the entries of a sparse array that are not 0.
type triplets struct {
	rows, columns []int
	values        []float64
}

// fromColumns makes entries of what MATLAB and SciPy keep: the row of every value, and
// for every column where its values start, and where the last ends. Of rows instead of
// columns it makes the transpose.
func fromColumns(rows, starts, values []float64, n, columns int) (*triplets, error) {
	if len(starts) != columns+1 {
		return nil, fmt.Errorf("%s of columns, expected %d", plural(len(starts), "start"), columns+1)
	}
	count, ok := index(starts[columns], len(values)+1)
	if !ok || count > len(rows) {
		return nil, fmt.Errorf("%v values, but there are %d, and %s", starts[columns], len(values), plural(len(rows), "row"))
	}
	t := &triplets{values: values[:count]}
	for j := 0; j < columns; j++ {
		from, ok := index(starts[j], count+1)
		to, ok2 := index(starts[j+1], count+1)
		if !ok || !ok2 || from != len(t.rows) || to < from {
			return nil, fmt.Errorf("column %d has the values %v to %v of %d", j, starts[j], starts[j+1], count)
		}
		for _, x := range rows[from:to] {
			i, ok := index(x, n)
			if !ok {
				return nil, fmt.Errorf("column %d: row %v, expected 0 to %d", j, x, n-1)
			}
			t.rows, t.columns = append(t.rows, i), append(t.columns, j)
		}
	}
	return t, nil
}

// index is a number as one of n indices; false if it is none.
func index(x float64, n int) (int, bool) {
	if !(x >= 0 && x < float64(n)) || x != math.Trunc(x) {
		return 0, false
	}
	return int(x), true
}

func (t *triplets) transposed() *triplets {
	return &triplets{rows: t.columns, columns: t.rows, values: t.values}
}

// full fills an array of so many columns; entries that come twice are added, as SciPy
// does.
func (t *triplets) full(numbers []float64, columns int) {
	for k, x := range t.values {
		numbers[t.rows[k]*columns+t.columns[k]] += x
	}
}

// dense turns a sparse variable into one of numbers.
func (v *variable) dense() error {
	if v.sparse == nil {
		return nil
	}
	count, err := v.count(8)
	if err != nil {
		return fmt.Errorf("%w: LoadEdges reads it as sparse", err)
	}
	v.numbers = make([]float64, count)
	v.sparse.full(v.numbers, v.shape[1])
	v.sparse = nil
	return nil
}

// edges are the entries that are not 0 of a square array.
func (v *variable) edges() (*Edges, error) {
	if v.sparse == nil {
		m, err := v.matrix()
		if err != nil {
			return nil, err
		}
		v.shape, v.sparse = []int{m.RawMatrix().Rows, m.RawMatrix().Cols}, &triplets{}
		for k, x := range v.numbers {
			if x != 0 {
				v.sparse.rows = append(v.sparse.rows, k/v.shape[1])
				v.sparse.columns = append(v.sparse.columns, k%v.shape[1])
				v.sparse.values = append(v.sparse.values, x)
			}
		}
	}
	if len(v.shape) != 2 || v.shape[0] != v.shape[1] {
		return nil, fmt.Errorf("datasets: %s: shape %v, expected a square of regions", v.name, v.shape)
	}
	e := &Edges{Regions: v.shape[0], To: v.sparse.rows, From: v.sparse.columns, Weights: v.sparse.values}
	e.sort()
	return e, nil
}

// ofSciPy reads what scipy.sparse.save_npz writes: nil if the file is none of it.
func (s *store) ofSciPy() (*variable, error) {
	shape, err := s.find("shape")
	if shape == nil || err != nil {
		return nil, err
	}
	kind, err := s.find("format")
	if kind == nil || err != nil || len(kind.texts) != 1 {
		return nil, err
	}
	v := &variable{name: s.file}
	for _, x := range shape.numbers {
		n, ok := index(x, maxEdgeRegions)
		if !ok {
			return nil, fmt.Errorf("datasets: %s: %v, expected whole numbers below %d", shape.name, shape.numbers, maxEdgeRegions)
		}
		v.shape = append(v.shape, n)
	}
	if len(v.shape) != 2 {
		return nil, fmt.Errorf("datasets: %s: shape of %d dimensions, expected 2", shape.name, len(v.shape))
	}
	names := map[string][3]string{"csr": {"indices", "indptr", "data"}, "csc": {"indices", "indptr", "data"}, "coo": {"row", "col", "data"}}[kind.texts[0]]
	if names[0] == "" {
		return nil, fmt.Errorf("datasets: %s: a sparse matrix of the format %q, expected csr, csc or coo", s.file, kind.texts[0])
	}
	var lists [3][]float64
	for k, name := range names {
		part, err := s.must(name)
		if err != nil {
			return nil, err
		}
		if lists[k], err = part.list(); err != nil && len(part.numbers) > 0 {
			return nil, err
		}
	}
	switch kind.texts[0] {
	case "coo":
		v.sparse, err = fromPairs(lists[0], lists[1], lists[2], v.shape)
	case "csc":
		v.sparse, err = fromColumns(lists[0], lists[1], lists[2], v.shape[0], v.shape[1])
	case "csr":
		if v.sparse, err = fromColumns(lists[0], lists[1], lists[2], v.shape[1], v.shape[0]); err == nil {
			v.sparse = v.sparse.transposed()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", s.file, err)
	}
	return v, nil
}

// fromPairs makes entries of their rows and columns.
func fromPairs(rows, columns, values []float64, shape []int) (*triplets, error) {
	if len(rows) != len(values) || len(columns) != len(values) {
		return nil, fmt.Errorf("%d rows, %d columns and %d values, expected the same number", len(rows), len(columns), len(values))
	}
	t := &triplets{values: values}
	for k := range values {
		i, ok := index(rows[k], shape[0])
		j, ok2 := index(columns[k], shape[1])
		if !ok || !ok2 {
			return nil, fmt.Errorf("entry %d at (%v, %v), expected whole numbers below %v", k, rows[k], columns[k], shape)
		}
		t.rows, t.columns = append(t.rows, i), append(t.columns, j)
	}
	return t, nil
}
