package hdf5

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// Classes of types.
const (
	fixedClass     = 0
	floatClass     = 1
	textClass      = 3
	compoundClass  = 6
	referenceClass = 7
	enumClass      = 8
	variableClass  = 9
)

const (
	maxTexts     = 1 << 20 // a text takes more memory than its bytes in the file
	maxTextBytes = 1 << 24 // of one array
)

// Array is what a dataset or an attribute holds, the last index running fastest: one
// of numbers, texts and references is not nil.
type Array struct {
	Shape      []int // none of a single value
	Numbers    []float64
	Texts      []string
	References []uint64 // addresses for File.Object
}

// space is the extent of an array.
type space struct {
	dims, most []uint64 // most is what they may grow to, undefined without a limit
}

// space reads a dataspace message.
func (c *cursor) space() *space {
	version, rank, flags := c.uint(1, "version of a dataspace"), int(c.uint(1, "rank")), c.uint(1, "flags")
	s := &space{}
	switch {
	case version == 1:
		c.skip(5, "reserved")
	case version == 2:
		if kind := c.uint(1, "kind of a dataspace"); kind == 2 {
			s.dims = []uint64{0} // null
			s.most = s.dims
			return s
		}
	default:
		c.fail("dataspace", "version %d, expected 1 or 2", version)
	}
	if rank > 32 {
		c.fail("rank", "%d, expected at most 32", rank)
		return s
	}
	for k := 0; k < rank; k++ {
		s.dims = append(s.dims, c.length("dimension"))
	}
	s.most = s.dims
	if flags&1 != 0 {
		s.most = nil
		for k := 0; k < rank; k++ {
			n := c.uint(c.f.lengths, "largest dimension")
			if n == undefined>>(64-8*c.f.lengths) {
				n = undefined
			}
			s.most = append(s.most, n)
		}
	}
	return s
}

func (s *space) ints() []int {
	out := make([]int, len(s.dims))
	for k, n := range s.dims {
		out[k] = int(n)
	}
	return out
}

// count is the number of elements, refused if they, or the numbers they become, take
// more bytes than the limit.
func (s *space) count(size int, limit int64) (int, error) {
	n, ok := product(s.dims, uint64(limit)/uint64(max(size, 1)))
	if !ok {
		return 0, fmt.Errorf("shape %v of %d bytes each: more than %d bytes", s.dims, size, limit)
	}
	return int(n), nil
}

// product multiplies; false if the product is above a limit.
func product(factors []uint64, limit uint64) (uint64, bool) {
	n := uint64(1)
	for _, x := range factors {
		if x == 0 {
			return 0, true
		}
	}
	for _, x := range factors {
		if n > limit/x {
			return 0, false
		}
		n *= x
	}
	return n, n <= limit
}

// datatype is the type of an element.
type datatype struct {
	class   int
	size    int // bytes
	order   binary.ByteOrder
	signed  bool
	padding int // of texts: 0 ends by a zero, 1 and 2 are filled up by zeros or spaces
	problem string
}

// datatype reads a datatype message, depth levels within another.
func (c *cursor) datatype(depth int) *datatype {
	class, bits, size := c.uint(1, "class of a datatype")&15, c.uint(3, "bits of a datatype"), c.uint(4, "size of a datatype")
	t := &datatype{class: int(class), order: binary.LittleEndian}
	if size > 1<<24 || size == 0 && class != textClass && c.err == nil {
		c.fail("size of a datatype", "%d bytes", size)
		size = 1
	}
	t.size = int(size)
	if bits&1 != 0 {
		t.order = binary.BigEndian
	}
	switch t.class {
	case fixedClass:
		t.signed = bits&8 != 0
		offset, precision := c.uint(2, "bit offset"), int(c.uint(2, "precision"))
		if offset != 0 || precision != 8*t.size || size != 1 && size != 2 && size != 4 && size != 8 {
			t.problem = fmt.Sprintf("integers of %d bits in %d bytes, expected 1, 2, 4 or 8 whole bytes", precision, size)
		}
	case floatClass:
		var layout [6]uint64 // precision, exponent and mantissa: location and size
		c.skip(2, "bit offset")
		layout[0] = c.uint(2, "precision")
		for k := 1; k < 5; k++ {
			layout[k] = c.uint(1, "floating-point layout")
		}
		layout[5] = c.uint(4, "exponent bias")
		if layout != [6]uint64{64, 52, 11, 0, 52, 1023} && layout != [6]uint64{32, 23, 8, 0, 23, 127} || uint64(t.size)*8 != layout[0] || bits&64 != 0 {
			t.problem = fmt.Sprintf("floating-point numbers of %d bits in %d bytes, expected IEEE 754 of 32 or 64", layout[0], size)
		}
	case textClass:
		t.padding = int(bits & 15)
	case referenceClass:
		if bits&15 != 0 || t.size != c.f.offsets {
			t.problem = "references to regions, expected those to objects"
		}
	case variableClass:
		if bits&15 != 1 || t.size != 8+c.f.offsets {
			t.problem = "sequences of variable length, expected texts"
		}
	case enumClass:
		if depth > 0 {
			c.fail("datatype", "an enumeration of an enumeration")
			return t
		}
		base := c.datatype(depth + 1)
		if base.class != fixedClass || base.size != t.size {
			c.fail("datatype", "an enumeration of class %d", base.class)
			return t
		}
		return base
	case compoundClass:
		t.problem = "compounds (complex numbers?), expected numbers or text"
	default:
		t.problem = fmt.Sprintf("elements of class %d, expected numbers, text or references", t.class)
	}
	return t
}

// decode turns bytes into numbers, texts or references.
func (f *File) decode(v *Array, t *datatype, data []byte, count int) error {
	if t.problem != "" {
		return fmt.Errorf("%s", t.problem)
	}
	if (t.class == textClass || t.class == variableClass) && count > maxTexts {
		return fmt.Errorf("%d texts, expected at most %d", count, maxTexts)
	}
	switch t.class {
	case textClass:
		v.Texts = make([]string, count)
		for k := range v.Texts {
			v.Texts[k] = text(data[k*t.size:(k+1)*t.size], t.padding)
		}
	case variableClass:
		return f.variableTexts(v, data, count)
	case referenceClass:
		v.References = make([]uint64, count)
		for k := range v.References {
			c := cursor{f: f, b: data[k*t.size:]}
			v.References[k] = c.address("reference")
		}
	default:
		v.Numbers = make([]float64, count)
		for k := range v.Numbers {
			v.Numbers[k] = t.number(data[k*t.size:])
		}
	}
	return nil
}

// text is one text, without what fills it up.
func text(b []byte, padding int) string {
	s := string(b)
	if padding == 2 {
		s = strings.TrimRight(s, " ")
	} else {
		s, _, _ = strings.Cut(s, "\x00")
	}
	return strings.ToValidUTF8(s, "�")
}

// number is one number.
func (t *datatype) number(b []byte) float64 {
	var bits uint64
	switch t.size {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(t.order.Uint16(b))
	case 4:
		bits = uint64(t.order.Uint32(b))
	case 8:
		bits = t.order.Uint64(b)
	}
	switch {
	case t.class == floatClass && t.size == 4:
		return float64(math.Float32frombits(uint32(bits)))
	case t.class == floatClass:
		return math.Float64frombits(bits)
	case t.signed:
		shift := 64 - 8*t.size
		return float64(int64(bits<<shift) >> shift)
	}
	return float64(bits)
}

// variableTexts reads texts that lie in global heaps.
func (f *File) variableTexts(v *Array, data []byte, count int) error {
	v.Texts = make([]string, count)
	total := 0
	for k := range v.Texts {
		c := cursor{f: f, b: data[k*(8+f.offsets):]}
		length, address, index := int(c.uint(4, "length")), c.address("global heap"), int(c.uint(4, "index"))
		if length == 0 || address == 0 || address == undefined {
			continue
		}
		object, err := f.heapObject(address, index)
		if err != nil {
			return fmt.Errorf("text %d: %w", k, err)
		}
		if length > len(object) {
			return fmt.Errorf("text %d: %d bytes, but the object %d of the global heap at %d has %d", k, length, index, address, len(object))
		}
		if total += length; total > maxTextBytes {
			return fmt.Errorf("texts of more than %d bytes", maxTextBytes)
		}
		v.Texts[k] = text(object[:length], 0)
	}
	return nil
}
