package datasets

import (
	"fmt"
	"io"
)

// Array is a named array of numbers or of texts, row by row.
type Array struct {
	Name    string
	Shape   []int // nil: one entry
	Numbers []float64
	Texts   []string // in the place of numbers
}

// SaveArrays writes arrays to a .npz file, which numpy.load reads: results of programs, beside which texts tell
// labels, units and what was done to the data. The file appears when it is complete. It fails if the name ends
// otherwise, if two arrays share a name, and if a shape does not fit.
func SaveArrays(path string, arrays ...Array) error {
	if extension(path) != ".npz" {
		return fmt.Errorf("datasets: %s: arrays are saved as .npz", path)
	}
	var list []*variable
	seen := map[string]bool{}
	for _, a := range arrays {
		if a.Name == "" || seen[a.Name] {
			return fmt.Errorf("datasets: %s: expected every array to have a name of its own, found %q", path, a.Name)
		}
		seen[a.Name] = true
		size := 1
		for _, n := range a.Shape {
			size *= n
		}
		if entries := len(a.Numbers) + len(a.Texts); entries != size || a.Numbers != nil && a.Texts != nil {
			return fmt.Errorf("datasets: %s: %s: expected %d numbers or texts for shape %v, found %d and %d", path, a.Name, size, a.Shape, len(a.Numbers), len(a.Texts))
		}
		list = append(list, &variable{name: a.Name, shape: a.Shape, numbers: a.Numbers, texts: a.Texts})
	}
	return WriteFile(path, func(w io.Writer) error { return writeNpz(w, list) })
}
