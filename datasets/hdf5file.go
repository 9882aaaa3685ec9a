package datasets

import (
	"fmt"
	"io"
	"strings"

	"github.com/euryale-ml/euryale/datasets/internal/hdf5"
)

// hdf5Store finds the arrays of an HDF5 file, a MAT-file of version 7.3 among them.
// Those in groups are called group/name, those in structs and cells of MATLAB's as
// matStore calls them.
func hdf5Store(r io.ReaderAt, size int64, file string) (*store, error) {
	f, err := hdf5.Open(r, size, maxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", file, err)
	}
	h := &hdf5File{file: f, store: &store{file: file}, arrays: map[string]*hdf5Array{}, groups: map[uint64]bool{}}
	h.store.load = func(name string) (*variable, error) {
		v, err := h.arrays[name].variable(f)
		if err != nil {
			return nil, fmt.Errorf("datasets: %s: %s: %w", file, name, err)
		}
		v.name = file + ": " + name
		return v, nil
	}
	if err := h.takeGroup(f.Root, "", "/", 0); err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", file, err)
	}
	return h.store, nil
}

// hdf5File is a file being read.
type hdf5File struct {
	file   *hdf5.File
	store  *store
	arrays map[string]*hdf5Array
	groups map[uint64]bool // those that were taken: links may lead in circles
}

// hdf5Array is an array that was found, or why it was not.
type hdf5Array struct {
	object *hdf5.Object
	class  string // MATLAB's; "" of other files
	err    error
}

// takeGroup takes the arrays of a group, and those within its groups.
func (h *hdf5File) takeGroup(group *hdf5.Object, outer, separator string, depth int) error {
	if h.groups[group.Address()] {
		return nil
	}
	h.groups[group.Address()] = true
	links, err := group.Links()
	if err != nil {
		return err
	}
	for _, link := range links {
		if outer == "" && strings.HasPrefix(link.Name, "#") {
			continue // where MATLAB keeps what cells refer to
		}
		name := strings.ToValidUTF8(link.Name, "�")
		if outer != "" {
			name = outer + separator + name
		}
		if err := h.take(link.Address, name, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// take takes an array, or those within a group or a cell array.
func (h *hdf5File) take(address uint64, name string, depth int) error {
	if depth > maxMatDepth || len(h.arrays) >= maxMatArrays {
		return fmt.Errorf("%s: more than %d arrays, or %d within each other", name, maxMatArrays, maxMatDepth)
	}
	if h.arrays[name] != nil {
		return nil // a second of the name
	}
	object, err := h.file.Object(address)
	a := &hdf5Array{object: object, err: err}
	if err == nil {
		a.class = attributeText(object, "MATLAB_class")
	}
	if err == nil && object.IsGroup() {
		separator := "/"
		if a.class != "" {
			separator = "."
		}
		if err := h.takeGroup(object, name, separator, depth); err != nil {
			return err
		}
		if a.class == "" {
			return nil
		}
	}
	h.arrays[name] = a
	h.store.names = append(h.store.names, name)
	if err == nil && object.IsReferences() {
		return h.takeReferred(a, name, depth)
	}
	return nil
}

// takeReferred takes what the references of a cell array lead to, or those of a field of
// a struct array. An array that cannot be read says so when it is asked for.
func (h *hdf5File) takeReferred(a *hdf5Array, outer string, depth int) error {
	cells, err := a.object.Read()
	if err != nil {
		return nil
	}
	for k, address := range cells.References {
		if err := h.take(address, fmt.Sprintf("%s{%d}", outer, k+1), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// attributeText is an attribute that holds a text, "" if there is none.
func attributeText(o *hdf5.Object, name string) string {
	if a := o.Attribute(name); a != nil && len(a.Texts) == 1 {
		return a.Texts[0]
	}
	return ""
}

// variable decodes an array.
func (a *hdf5Array) variable(f *hdf5.File) (*variable, error) {
	switch {
	case a.err != nil:
		return nil, a.err
	case a.object.IsGroup() && a.object.Attribute("MATLAB_sparse") != nil:
		return a.sparse(f)
	case a.object.IsGroup():
		return nil, fmt.Errorf("of class %s, expected an array: name a field, as name.field", a.class)
	}
	data, err := a.object.Read()
	if err != nil {
		return nil, err
	}
	if a.class != "" {
		return a.matlab(f, data)
	}
	if data.References != nil {
		return nil, fmt.Errorf("references, expected numbers or text: name one, as name{1}")
	}
	return &variable{shape: data.Shape, numbers: data.Numbers, texts: data.Texts}, nil
}

// matlab decodes an array of MATLAB's, which has its dimensions in the opposite order.
func (a *hdf5Array) matlab(f *hdf5.File, data *hdf5.Array) (*variable, error) {
	shape, numbers := data.Shape, data.Numbers
	if a.object.Attribute("MATLAB_empty") != nil { // the data are the shape
		shape, numbers = make([]int, len(numbers)), []float64{}
	}
	v := &variable{shape: make([]int, len(shape))}
	for k, n := range shape {
		v.shape[len(shape)-1-k] = n
	}
	switch a.class {
	case "char":
		return v, v.takeChars(numbers)
	case "cell":
		if data.References == nil && len(numbers) > 0 {
			return nil, fmt.Errorf("of class cell, but without references")
		}
		return v, v.takeReferredTexts(f, data.References)
	case "double", "single", "logical", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64":
		if numbers == nil {
			return nil, fmt.Errorf("of class %s, but without numbers", a.class)
		}
		v.numbers = numbers
		v.toRowMajor()
		return v, nil
	}
	return nil, fmt.Errorf("of class %s, expected numbers, text or a cell array of text (of strings save cellstr(…))", a.class)
}

// sparse decodes a sparse matrix of MATLAB's: a group of values, their rows, and where
// columns start; the attribute is the number of rows.
func (a *hdf5Array) sparse(f *hdf5.File) (*variable, error) {
	links, err := a.object.Links()
	if err != nil {
		return nil, err
	}
	lists := map[string][]float64{}
	for _, link := range links {
		object, err := f.Object(link.Address)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", link.Name, err)
		}
		part, err := object.Read()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", link.Name, err)
		}
		lists[link.Name] = part.Numbers
	}
	attribute := a.object.Attribute("MATLAB_sparse").Numbers
	if len(attribute) != 1 || len(lists["jc"]) == 0 {
		return nil, fmt.Errorf("a sparse matrix without its number of rows, or jc")
	}
	rows, ok := index(attribute[0], maxEdgeRegions)
	if !ok {
		return nil, fmt.Errorf("a sparse matrix of %v rows", attribute[0])
	}
	v := &variable{shape: []int{rows, len(lists["jc"]) - 1}}
	v.sparse, err = fromColumns(lists["ir"], lists["jc"], lists["data"], v.shape[0], v.shape[1])
	return v, err
}

// takeChars takes characters as the texts of the rows.
func (v *variable) takeChars(numbers []float64) error {
	if len(numbers) > maxMatText {
		return fmt.Errorf("text of %d characters, expected at most %d", len(numbers), maxMatText)
	}
	units := make([]uint16, len(numbers))
	for k, x := range numbers {
		if !(x >= 0 && x <= 0xffff) {
			return fmt.Errorf("character %d is %g, expected one of UTF-16", k, x)
		}
		units[k] = uint16(x)
	}
	return v.takeRows(utf16Runes(units))
}

// takeReferredTexts takes the texts that the references of a cell array lead to.
func (v *variable) takeReferredTexts(f *hdf5.File, references []uint64) error {
	v.texts = []string{}
	if len(references) > maxTexts {
		return fmt.Errorf("%d cells, expected at most %d", len(references), maxTexts)
	}
	for k, address := range references {
		cell, err := f.Object(address)
		if err != nil {
			return fmt.Errorf("{%d}: %w", k+1, err)
		}
		if class := attributeText(cell, "MATLAB_class"); class != "char" {
			return fmt.Errorf("{%d} is of class %s, expected text: of cells of numbers name one, as name{1}", k+1, class)
		}
		text, err := (&hdf5Array{object: cell, class: "char"}).variable(f)
		if err == nil && len(text.texts) > 1 {
			err = fmt.Errorf("%d lines of text, expected one", len(text.texts))
		}
		if err != nil {
			return fmt.Errorf("{%d}: %w", k+1, err)
		}
		v.texts = append(v.texts, strings.Join(text.texts, ""))
	}
	v.toRowMajor()
	return nil
}
