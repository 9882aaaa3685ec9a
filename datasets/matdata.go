package datasets

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// variable decodes an array: numbers, texts of a char array, one a row, or texts of a
// cell array of them.
func (a *matArray) variable() (*variable, error) {
	v := &variable{name: a.name, shape: a.shape}
	if a.class == mxSparse && !a.complex {
		return v, a.sparse(v)
	}
	count, err := v.count(8)
	if err != nil {
		return nil, err
	}
	switch {
	case a.complex:
		return nil, fmt.Errorf("datasets: %s is complex, expected real numbers", a.name)
	case a.class == mxCell:
		err = a.cellTexts(v, count)
	case a.class == mxChar:
		err = a.rowTexts(v)
	case a.class >= mxDouble && a.class <= mxUint64:
		err = a.numbers(v, count)
	default:
		err = fmt.Errorf("datasets: %s is of class %d, expected a full array of numbers, text or a cell array of text; of a struct name a field, as %s.field", a.name, a.class, a.name)
	}
	return v, err
}

// numbers decodes numbers.
func (a *matArray) numbers(v *variable, count int) error {
	e := a.data
	at := e.next
	numbers, err := e.numbers()
	if err == nil && len(numbers) != count {
		err = e.errorAt(at, "%s, expected %d of shape %v", plural(len(numbers), "number"), count, a.shape)
	}
	if err != nil {
		return fmt.Errorf("%w (data of %s)", err, a.name)
	}
	v.numbers = numbers
	v.toRowMajor()
	return nil
}

// sparse decodes a sparse matrix: rows, where columns start, values.
func (a *matArray) sparse(v *variable) error {
	e := a.data
	at := e.next
	var lists [3][]float64
	var err error
	for k := range lists {
		if lists[k], err = e.numbers(); err != nil {
			return fmt.Errorf("%w (data of %s)", err, a.name)
		}
	}
	if len(a.shape) != 2 || a.shape[0] < 0 || a.shape[1] < 0 {
		return fmt.Errorf("%w (data of %s)", e.errorAt(at, "a sparse array of shape %v", a.shape), a.name)
	}
	if v.sparse, err = fromColumns(lists[0], lists[1], lists[2], a.shape[0], a.shape[1]); err != nil {
		return fmt.Errorf("%w (data of %s)", e.errorAt(at, "%w", err), a.name)
	}
	return nil
}

// numbers decodes an element of numbers, which a file keeps in the smallest type that
// holds them.
func (e *matElements) numbers() ([]float64, error) {
	at := e.next
	kind, body, err := e.element()
	if err != nil {
		return nil, err
	}
	width := matWidth(kind)
	if width == 0 || len(body.bytes)%width != 0 || int64(len(body.bytes)/width) > maxFileBytes/8 {
		return nil, e.errorAt(at, "%s of type %d, expected numbers", plural(len(body.bytes), "byte"), kind)
	}
	numbers := make([]float64, len(body.bytes)/width)
	for k := range numbers {
		numbers[k] = body.number(kind, k*width)
	}
	return numbers, nil
}

// matWidth is the number of bytes of one number, 0 if the type is none of numbers.
func matWidth(kind int) int {
	switch kind {
	case miInt8, miUint8:
		return 1
	case miInt16, miUint16:
		return 2
	case miInt32, miUint32, miSingle:
		return 4
	case miDouble, miInt64, miUint64:
		return 8
	}
	return 0
}

// number decodes the number that starts at a byte.
func (e *matElements) number(kind, at int) float64 {
	b := e.bytes[at:]
	switch kind {
	case miInt8:
		return float64(int8(b[0]))
	case miUint8:
		return float64(b[0])
	case miInt16:
		return float64(int16(e.order.Uint16(b)))
	case miUint16:
		return float64(e.order.Uint16(b))
	case miInt32:
		return float64(int32(e.order.Uint32(b)))
	case miUint32:
		return float64(e.order.Uint32(b))
	case miSingle:
		return float64(math.Float32frombits(e.order.Uint32(b)))
	case miInt64:
		return float64(int64(e.order.Uint64(b)))
	case miUint64:
		return float64(e.order.Uint64(b))
	}
	return math.Float64frombits(e.order.Uint64(b))
}

// rowTexts decodes a char array, a text per row, without the blanks that fill it up.
func (a *matArray) rowTexts(v *variable) error {
	e := a.data
	at := e.next
	kind, body, err := e.element()
	if err != nil {
		return fmt.Errorf("%w (text of %s)", err, a.name)
	}
	if len(body.bytes) > maxMatText {
		return fmt.Errorf("datasets: %s: text of %d bytes, expected at most %d", a.name, len(body.bytes), maxMatText)
	}
	text := body.runes(kind)
	if text == nil {
		err = fmt.Errorf("no characters")
	} else {
		err = v.takeRows(text)
	}
	if err != nil {
		return fmt.Errorf("%w (text of %s)", e.errorAt(at, "%s of type %d: %w", plural(len(body.bytes), "byte"), kind, err), a.name)
	}
	return nil
}

// takeRows takes characters as texts of equal length, a row each, without the blanks that
// fill it up; columns follow one another.
func (v *variable) takeRows(text []rune) error {
	rows := 1
	if len(v.shape) > 0 {
		rows = v.shape[0]
	}
	if len(v.shape) > 2 || rows > maxTexts || rows > 1 && len(text)%rows != 0 {
		return fmt.Errorf("%d characters, expected %d texts of equal length", len(text), rows)
	}
	v.shape, v.texts = []int{rows}, make([]string, rows)
	for i := range v.texts {
		var s []rune
		for k := i; k < len(text); k += rows {
			s = append(s, text[k])
		}
		v.texts[i] = strings.TrimRight(string(s), " \x00")
	}
	return nil
}

// runes decodes characters; nil if the type holds none.
func (e *matElements) runes(kind int) []rune {
	out := []rune{}
	switch kind {
	case miInt8, miUint8:
		for _, b := range e.bytes {
			out = append(out, rune(b))
		}
	case miUTF8:
		return append(out, []rune(strings.ToValidUTF8(string(e.bytes), string(utf8.RuneError)))...)
	case miUint16, miUTF16:
		units := make([]uint16, len(e.bytes)/2)
		for k := range units {
			units[k] = e.order.Uint16(e.bytes[2*k:])
		}
		return utf16Runes(units)
	default:
		return nil
	}
	return out
}

// utf16Runes decodes characters; never nil.
func utf16Runes(units []uint16) []rune { return append([]rune{}, utf16.Decode(units)...) }

// cellTexts decodes a cell array of texts.
func (a *matArray) cellTexts(v *variable, count int) error {
	v.texts = []string{}
	e := a.data
	for !e.done() {
		kind, body, err := e.element()
		if err != nil {
			return err
		}
		if kind != miMatrix || len(body.bytes) == 0 {
			return fmt.Errorf("datasets: %s{%d} is empty, expected text", a.name, len(v.texts)+1)
		}
		text, _, err := body.array()
		if err != nil {
			return err
		}
		if text.class != mxChar {
			return fmt.Errorf("datasets: %s{%d} is no text: of cells of numbers name one, as %s{1}", a.name, len(v.texts)+1, a.name)
		}
		text.name = fmt.Sprintf("%s{%d}", a.name, len(v.texts)+1)
		one, err := text.variable()
		if err != nil {
			return err
		}
		if len(one.texts) > 1 {
			return fmt.Errorf("datasets: %s{%d} has %d lines of text, expected one", a.name, len(v.texts)+1, len(one.texts))
		}
		v.texts = append(v.texts, strings.Join(one.texts, ""))
	}
	if len(v.texts) != count {
		return fmt.Errorf("datasets: %s: %s of shape %v", a.name, plural(len(v.texts), "cell"), a.shape)
	}
	v.toRowMajor()
	return nil
}
