package datasets

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MAT-files of level 5, which MATLAB writes by save -v6 and -v7, and scipy.io.savemat:
// a header of 128 bytes, then elements, each a type, a number of bytes and the bytes,
// padded to a multiple of 8; an element may be packed by zlib. There is no kept library.
//
// MathWorks, MAT-File Format, section Level 5 MAT-File Format.

// Types of elements.
const (
	miInt8 = 1 + iota
	miUint8
	miInt16
	miUint16
	miInt32
	miUint32
	miSingle
	_
	miDouble
	_
	_
	miInt64
	miUint64
	miMatrix
	miCompressed
	miUTF8
	miUTF16
)

// Classes of arrays.
const (
	mxCell   = 1
	mxStruct = 2
	mxChar   = 4
	mxSparse = 5
	mxDouble = 6
	mxUint64 = 15
)

const (
	maxMatArrays = 1 << 16 // arrays of one file, those in cells and structs included
	maxMatDepth  = 16      // cells and structs within each other
	maxMatText   = 1 << 24 // bytes of one char array
)

// matArray is an array that was found; its data are decoded when asked for.
type matArray struct {
	name    string // file and variable
	class   int
	complex bool
	shape   []int
	data    matElements // what follows the name
}

// matElements are elements one after another.
type matElements struct {
	bytes []byte
	next  int // where the next element starts
	order binary.ByteOrder
	file  string
	start int    // of the bytes in the file, or in what was unpacked
	note  string // how errors add that to a position
}

// matFile is a file being read.
type matFile struct {
	store  *store
	arrays map[string]*matArray
	room   int64 // bytes that may yet be unpacked
}

// matStore finds the arrays of a file; those of structs are called struct.field, those
// of cells cell{1} onwards.
func matStore(r io.Reader, file string) (*store, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", file, err)
	}
	order, err := matOrder(data, file)
	if err != nil {
		return nil, err
	}
	f := &matFile{store: &store{file: file}, arrays: map[string]*matArray{}, room: maxFileBytes}
	f.store.load = func(name string) (*variable, error) { return f.arrays[name].variable() }
	top := matElements{bytes: data[128:], order: order, file: file, start: 128}
	for !top.done() {
		if err := f.takeTop(&top); err != nil {
			return nil, err
		}
	}
	return f.store, nil
}

// matOrder reads the header.
func matOrder(data []byte, file string) (binary.ByteOrder, error) {
	switch {
	case int64(len(data)) > maxFileBytes:
		return nil, fmt.Errorf("datasets: %s: more than %d bytes", file, maxFileBytes)
	case len(data) >= 128 && string(data[124:128]) == "\x00\x01IM":
		return binary.LittleEndian, nil
	case len(data) >= 128 && string(data[124:128]) == "\x01\x00MI":
		return binary.BigEndian, nil
	}
	return nil, fmt.Errorf("datasets: %s: at byte 124: no MAT-file of level 5 (save -v6 or -v7)", file)
}

// takeTop takes one element of the file, unpacked if it is packed.
func (f *matFile) takeTop(top *matElements) error {
	at := top.next
	kind, body, err := top.element()
	if err != nil {
		return err
	}
	switch kind {
	case miMatrix:
		return f.takeArray(body, "", 0)
	case miCompressed:
		unpacked, err := f.unpack(body.bytes)
		if err != nil {
			return fmt.Errorf("datasets: %s: at byte %d: packed element: %w", top.file, top.start+at, err)
		}
		inner := matElements{bytes: unpacked, order: top.order, file: top.file, note: fmt.Sprintf(" unpacked from byte %d", top.start+at)}
		kind, body, err := inner.element()
		if err != nil {
			return err
		}
		if kind == miMatrix {
			return f.takeArray(body, "", 0)
		}
	}
	return nil // what is no array has no name to ask for
}

// unpack inflates, at most as much as is left for the file.
func (f *matFile) unpack(packed []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	out, err := io.ReadAll(io.LimitReader(z, f.room+1))
	if err != nil {
		return nil, err
	}
	if f.room -= int64(len(out)); f.room < 0 {
		return nil, fmt.Errorf("unpacks, with those before, to more than %d bytes", maxFileBytes)
	}
	return out, nil
}

func (e *matElements) done() bool { return e.next >= len(e.bytes) }

func (e *matElements) errorAt(at int, format string, args ...any) error {
	return fmt.Errorf("datasets: %s: at byte %d%s: %w", e.file, e.start+at, e.note, fmt.Errorf(format, args...))
}

// element reads the next element.
func (e *matElements) element() (kind int, body matElements, err error) {
	at := e.next
	if len(e.bytes)-at < 8 {
		return 0, body, e.errorAt(at, "%s left, expected an element", plural(len(e.bytes)-at, "byte"))
	}
	kind, size, start := int(e.order.Uint32(e.bytes[at:])), int64(e.order.Uint32(e.bytes[at+4:])), at+8
	small := kind>>16 != 0
	if small { // four bytes of data in the tag
		kind, size, start = kind&0xffff, int64(kind>>16), at+4
	}
	if room := int64(len(e.bytes) - start); size > room || small && size > 4 {
		return 0, body, e.errorAt(at, "element of %d bytes, expected at most %d", size, room)
	}
	body = *e
	body.bytes, body.start, body.next = e.bytes[start:start+int(size)], e.start+start, 0
	e.next = start + int(size)
	switch {
	case small:
		e.next = at + 8
	case kind != miCompressed:
		e.next = min((e.next+7)/8*8, len(e.bytes))
	}
	return kind, body, nil
}

// integers reads an element of 32-bit integers.
func (e *matElements) integers(what string) ([]int, error) {
	at := e.next
	kind, body, err := e.element()
	if err != nil {
		return nil, err
	}
	if kind != miInt32 && kind != miUint32 || len(body.bytes)%4 != 0 || len(body.bytes) > 128 {
		return nil, e.errorAt(at, "%s: %s of type %d, expected up to 32 integers", what, plural(len(body.bytes), "byte"), kind)
	}
	var x []int
	for b := body.bytes; len(b) > 0; b = b[4:] {
		x = append(x, int(int32(e.order.Uint32(b))))
	}
	return x, nil
}

// takeArray takes an array, and those within it. An outer name stands for its own.
func (f *matFile) takeArray(e matElements, outer string, depth int) error {
	if len(e.bytes) == 0 {
		return nil // an empty field
	}
	if depth > maxMatDepth || len(f.arrays) >= maxMatArrays {
		return e.errorAt(0, "more than %d arrays, or %d within each other", maxMatArrays, maxMatDepth)
	}
	a, name, err := e.array()
	if err != nil {
		return err
	}
	if outer == "" {
		outer = name
	}
	a.name = e.file + ": " + outer
	if outer == "" || f.arrays[outer] != nil {
		return nil // what MATLAB keeps for itself, or a second of the name
	}
	f.arrays[outer] = a
	f.store.names = append(f.store.names, outer)
	switch {
	case a.class == mxCell:
		return f.takeCells(a.data, outer, depth)
	case a.class == mxStruct && !slices.ContainsFunc(a.shape, func(n int) bool { return n != 1 }):
		return f.takeFields(a.data, outer, depth)
	}
	return nil
}

// array reads what precedes the data of an array.
func (e matElements) array() (a *matArray, name string, err error) {
	flags, err := e.integers("flags of an array")
	if err != nil {
		return nil, "", err
	}
	if len(flags) == 0 {
		return nil, "", e.errorAt(0, "array without flags")
	}
	a = &matArray{class: flags[0] & 0xff, complex: flags[0]&0x800 != 0}
	if a.shape, err = e.integers("size of an array"); err != nil {
		return nil, "", err
	}
	_, text, err := e.element()
	if err != nil {
		return nil, "", err
	}
	a.data = e
	return a, strings.ToValidUTF8(string(text.bytes), "�"), nil
}

// takeCells takes the arrays of a cell array.
func (f *matFile) takeCells(e matElements, outer string, depth int) error {
	for k := 1; !e.done(); k++ {
		_, body, err := e.element()
		if err != nil {
			return err
		}
		if err := f.takeArray(body, fmt.Sprintf("%s{%d}", outer, k), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// takeFields takes the arrays of a struct.
func (f *matFile) takeFields(e matElements, outer string, depth int) error {
	length, err := e.integers("length of the names of fields")
	if err != nil {
		return err
	}
	at := e.next
	_, names, err := e.element()
	if err != nil {
		return err
	}
	if len(length) != 1 || length[0] < 1 || len(names.bytes)%length[0] != 0 {
		return e.errorAt(at, "names of fields: %s, expected names of %v bytes", plural(len(names.bytes), "byte"), length)
	}
	for b := names.bytes; len(b) > 0; b = b[length[0]:] {
		name, _, _ := strings.Cut(string(b[:length[0]]), "\x00")
		_, body, err := e.element()
		if err != nil {
			return err
		}
		if err := f.takeArray(body, outer+"."+strings.ToValidUTF8(name, "�"), depth+1); err != nil {
			return err
		}
	}
	return nil
}
