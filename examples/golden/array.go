package main

import (
	"encoding/json"
	"fmt"
	"math"
)

// array is one JSON value of a golden file as numbers: a scalar has no shape, a list of lists has one
// length per level, row-major. null is NaN, true 1 and false 0. A JSON string is kept as text, except
// for the infinities, which the generators write as strings.
type array struct {
	shape []int
	data  []float64
	text  string
}

// UnmarshalJSON reads numbers, booleans, null, strings and regular nested lists of them.
func (a *array) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if s, ok := v.(string); ok {
		switch s {
		case "inf", "Infinity":
			v = math.Inf(1)
		case "-inf", "-Infinity":
			v = math.Inf(-1)
		default:
			a.text, a.data = s, []float64{math.NaN()}
			return nil
		}
	}
	if err := a.fill(v, 0); err != nil {
		return err
	}
	n := 1
	for _, length := range a.shape {
		n *= length
	}
	if n != len(a.data) {
		return fmt.Errorf("ragged list: %d numbers where shape %v has %d", len(a.data), a.shape, n)
	}
	return nil
}

// fill appends v, which lies level lists deep, and checks that all lists of a level are equally long.
func (a *array) fill(v any, level int) error {
	switch v := v.(type) {
	case float64:
		a.data = append(a.data, v)
	case bool:
		if v {
			a.data = append(a.data, 1)
		} else {
			a.data = append(a.data, 0)
		}
	case nil:
		a.data = append(a.data, math.NaN())
	case []any:
		if len(a.shape) == level {
			a.shape = append(a.shape, len(v))
		} else if a.shape[level] != len(v) {
			return fmt.Errorf("ragged list at level %d: %d and %d entries", level, a.shape[level], len(v))
		}
		for _, e := range v {
			if err := a.fill(e, level+1); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("expected numbers or lists of numbers, found %T", v)
	}
	return nil
}

// at returns the entry with the given indices. One that the array does not have is a panic, which
// fails the case with this message.
func (a array) at(index ...int) float64 {
	k := 0
	for d, i := range index {
		if len(index) != len(a.shape) || i >= a.shape[d] {
			panic(fmt.Sprintf("a list of shape %v has no entry %v", a.shape, index))
		}
		k = k*a.shape[d] + i
	}
	return a.data[k]
}

// dim returns the length of level d, 0 where there is no such level.
func (a array) dim(d int) int {
	if d >= len(a.shape) {
		return 0
	}
	return a.shape[d]
}

// row returns entry i of the outermost level, with one level less; as at, it panics if there is none.
func (a array) row(i int) array {
	if i >= a.dim(0) {
		panic(fmt.Sprintf("a list of shape %v has no row %d", a.shape, i))
	}
	n := len(a.data) / a.shape[0]
	return array{shape: a.shape[1:], data: a.data[i*n : (i+1)*n]}
}

// rows returns a two-level array as a slice of rows.
func (a array) rows() [][]float64 {
	out := make([][]float64, a.dim(0))
	for i := range out {
		out[i] = a.row(i).data
	}
	return out
}

// ints returns a two-level array of whole numbers as such.
func (a array) ints() [][]int {
	out := make([][]int, a.dim(0))
	for i, row := range a.rows() {
		for _, v := range row {
			out[i] = append(out[i], int(v))
		}
	}
	return out
}

// needs returns an error unless the array has the given shape; −1 stands for any length.
func (a array) needs(what string, shape ...int) error {
	if len(a.shape) != len(shape) {
		return fmt.Errorf("%s: expected %d levels of lists, found shape %v", what, len(shape), a.shape)
	}
	for d, n := range shape {
		if n >= 0 && a.shape[d] != n {
			return fmt.Errorf("%s: expected shape %v, found %v", what, shape, a.shape)
		}
	}
	return nil
}

// spread returns n values: the array's own, or its single one repeated.
func (a array) spread(what string, n int) ([]float64, error) {
	switch len(a.data) {
	case n:
		return append([]float64(nil), a.data...), nil
	case 1:
		return repeat(a.data[0], n), nil
	}
	return nil, fmt.Errorf("%s: expected 1 or %d values, found %d", what, n, len(a.data))
}

// repeat returns n times v.
func repeat(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// scaled returns s·x.
func scaled(x []float64, s float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = s * v
	}
	return out
}
