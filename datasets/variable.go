package datasets

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// variable is a named array of a file: numbers, or texts.
type variable struct {
	name    string    // file and variable, as errors name them
	shape   []int     // lengths, the last index running fastest; none of a single value
	numbers []float64 // nil if it is of texts, or sparse
	texts   []string  // nil if it is of numbers
	sparse  *triplets // of a sparse array, with two lengths in shape
}

// count is the number of elements, refused if it cannot be right: one less than 0, or
// data of more than maxFileBytes.
func (v *variable) count(bytes int) (int, error) {
	count := int64(1)
	for _, n := range v.shape {
		if n < 0 || n > 0 && count > maxFileBytes/int64(n) {
			return 0, fmt.Errorf("datasets: %s: shape %v: more than %d elements, or fewer than 0", v.name, v.shape, maxFileBytes)
		}
		count *= int64(n)
	}
	if count > maxFileBytes/int64(max(bytes, 8)) { // 8: each becomes a float64
		return 0, fmt.Errorf("datasets: %s: shape %v: more than %d bytes", v.name, v.shape, maxFileBytes)
	}
	return int(count), nil
}

// toRowMajor reorders elements of which the first index runs fastest.
func (v *variable) toRowMajor() {
	order := make([]int, 0, max(len(v.numbers), len(v.texts)))
	index := make([]int, len(v.shape))
	for k := 0; k < cap(order); k++ {
		from, stride := 0, 1
		for d, n := range v.shape {
			from += index[d] * stride
			stride *= n
		}
		order = append(order, from)
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < v.shape[d] {
				break
			}
			index[d] = 0
		}
	}
	v.numbers, v.texts = take(v.numbers, order), take(v.texts, order)
}

// matrix is the variable as a matrix, in which a list is a row, and of more dimensions
// those of length 1 are left out: The Virtual Brain keeps time × 1 × region × 1.
func (v *variable) matrix() (*mat.Dense, error) {
	if err := v.dense(); err != nil {
		return nil, err
	}
	if v.numbers == nil {
		return nil, fmt.Errorf("datasets: %s holds text, expected a matrix of numbers", v.name)
	}
	rows, columns, shape := 1, len(v.numbers), v.shape
	if len(shape) > 2 {
		shape = slices.DeleteFunc(slices.Clone(shape), func(n int) bool { return n == 1 })
	}
	switch {
	case len(shape) == 2:
		rows, columns = shape[0], shape[1]
	case len(v.shape) > 1:
		return nil, fmt.Errorf("datasets: %s has %d dimensions %v, expected a matrix", v.name, len(v.shape), v.shape)
	}
	if rows == 0 || columns == 0 {
		return nil, fmt.Errorf("datasets: %s is empty: %v", v.name, v.shape)
	}
	return mat.NewDense(rows, columns, v.numbers), nil
}

// list are the numbers of a row or column.
func (v *variable) list() ([]float64, error) {
	if m, err := v.matrix(); err != nil {
		return nil, err
	} else if rows, columns := m.Dims(); rows != 1 && columns != 1 {
		return nil, fmt.Errorf("datasets: %s is %d×%d, expected a list", v.name, rows, columns)
	}
	return v.numbers, nil
}

// names are the texts, or numbers as texts.
func (v *variable) names() ([]string, error) {
	if v.texts != nil {
		return v.texts, nil
	}
	numbers, err := v.list()
	names := make([]string, len(numbers))
	for k, x := range numbers {
		names[k] = fmt.Sprint(x)
	}
	return names, err
}

// flags are numbers of which each is 0 or 1.
func (v *variable) flags() ([]bool, error) {
	numbers, err := v.list()
	flags := make([]bool, len(numbers))
	for k, x := range numbers {
		if x != 0 && x != 1 {
			return nil, fmt.Errorf("datasets: %s[%d]: flag is %g, expected 0 or 1", v.name, k, x)
		}
		flags[k] = x == 1
	}
	return flags, err
}

// scalar is the only number.
func (v *variable) scalar() (float64, error) {
	if len(v.numbers) != 1 {
		return 0, fmt.Errorf("datasets: %s has shape %v, expected one number", v.name, v.shape)
	}
	return v.numbers[0], nil
}
