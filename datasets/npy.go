package datasets

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The format of NumPy's arrays: six bytes of magic, a version, the length of a header, a
// header that is the text of a Python dictionary, then the numbers.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
// The reader is our own because what files declare must not decide what is allocated:
// npyio, the library there is, believes every header.

const (
	npyMagic     = "\x93NUMPY"
	maxNpyHeader = 1 << 16 // bytes; the header of a plain array has about a hundred
	maxTexts     = 1 << 20 // a text takes more memory than its bytes in the file
)

var (
	npyType  = regexp.MustCompile(`'descr':\s*'([<>|=]?)([a-zA-Z])(\d*)'`)
	npyOrder = regexp.MustCompile(`'fortran_order':\s*(True|False)`)
	npyShape = regexp.MustCompile(`'shape':\s*\(([\d,\s]*)\)`)
)

// npyHeader is what a header declares.
type npyHeader struct {
	order   binary.ByteOrder
	kind    string // f, i, u, b, U, S
	bytes   int    // of one element
	fortran bool   // the first index runs fastest
	shape   []int
	offset  int // of the data in the file
}

// readNpy reads one array; name stands for the stream in errors.
func readNpy(r io.Reader, name string) (*variable, error) {
	h, err := readNpyHeader(r, name)
	if err != nil {
		return nil, err
	}
	v := &variable{name: name, shape: h.shape}
	count, err := v.count(h.bytes)
	if err != nil {
		return nil, err
	}
	if h.isText() && count > maxTexts {
		return nil, fmt.Errorf("datasets: %s: %d texts, expected at most %d", name, count, maxTexts)
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(count*h.bytes))) // grows with what is there
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: at byte %d: %w", name, h.offset+len(data), err)
	}
	if len(data) < count*h.bytes {
		return nil, fmt.Errorf("datasets: %s: the data end at byte %d, expected %d: %s of %s", name,
			h.offset+len(data), h.offset+count*h.bytes, plural(count, "element"), plural(h.bytes, "byte"))
	}
	h.decode(v, data, count)
	if h.fortran {
		v.toRowMajor()
	}
	return v, nil
}

// readNpyHeader reads all that precedes the data.
func readNpyHeader(r io.Reader, name string) (*npyHeader, error) {
	start := make([]byte, 8)
	if _, err := io.ReadFull(r, start); err != nil || string(start[:6]) != npyMagic {
		return nil, fmt.Errorf("datasets: %s: no NumPy array: it does not start with %q", name, npyMagic)
	}
	size := 2
	if version := start[6]; version == 2 || version == 3 {
		size = 4
	} else if version != 1 {
		return nil, fmt.Errorf("datasets: %s: at byte 6: version %d of the format, expected 1 to 3", name, version)
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(r, length[:size]); err != nil {
		return nil, fmt.Errorf("datasets: %s: at byte 8: length of the header: %w", name, err)
	}
	n := binary.LittleEndian.Uint32(length)
	if n > maxNpyHeader {
		return nil, fmt.Errorf("datasets: %s: at byte 8: a header of %d bytes, expected at most %d", name, n, maxNpyHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, fmt.Errorf("datasets: %s: at byte %d: header of %d bytes: %w", name, 8+size, n, err)
	}
	h := &npyHeader{offset: 8 + size + int(n)}
	if err := h.parse(string(text)); err != nil {
		return nil, fmt.Errorf("datasets: %s: at byte %d: %w", name, 8+size, err)
	}
	return h, nil
}

func (h *npyHeader) isText() bool { return h.kind == "U" || h.kind == "S" }

// parse reads the dictionary.
func (h *npyHeader) parse(text string) error {
	kind, order, shape := npyType.FindStringSubmatch(text), npyOrder.FindStringSubmatch(text), npyShape.FindStringSubmatch(text)
	if kind == nil || order == nil || shape == nil {
		return fmt.Errorf("header %.80q, expected descr of one type, fortran_order and shape", text)
	}
	h.order, h.fortran, h.kind = binary.LittleEndian, order[1] == "True", kind[2]
	if kind[1] == ">" {
		h.order = binary.BigEndian
	}
	size, err := strconv.Atoi(kind[3])
	switch name := kind[2] + kind[3]; {
	case name == "f4" || name == "f8" || name == "b1" || (h.kind == "i" || h.kind == "u") && (size == 1 || size == 2 || size == 4 || size == 8):
		h.bytes = size
	case err == nil && h.kind == "S" && size <= maxNpyHeader:
		h.bytes = size
	case err == nil && h.kind == "U" && size <= maxNpyHeader:
		h.bytes = 4 * size
	default:
		return fmt.Errorf("elements of type %q, expected f4, f8, i, u, b1, U or S", name)
	}
	for _, part := range strings.Split(shape[1], ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			return fmt.Errorf("shape (%s): %w", shape[1], err)
		}
		h.shape = append(h.shape, n)
	}
	return nil
}

// decode turns the bytes into numbers or texts.
func (h *npyHeader) decode(v *variable, data []byte, count int) {
	if h.isText() {
		v.texts = make([]string, count)
		for k := range v.texts {
			v.texts[k] = h.text(data[k*h.bytes : (k+1)*h.bytes])
		}
		return
	}
	v.numbers = make([]float64, count)
	for k := range v.numbers {
		v.numbers[k] = h.number(data[k*h.bytes:])
	}
}

// text is one text, without the zeros that fill it up.
func (h *npyHeader) text(b []byte) string {
	if h.kind == "S" {
		return strings.ToValidUTF8(strings.TrimRight(string(b), "\x00"), "�")
	}
	var s []rune
	for ; len(b) > 0; b = b[4:] {
		s = append(s, rune(h.order.Uint32(b)))
	}
	return strings.TrimRight(string(s), "\x00")
}

// number is one number.
func (h *npyHeader) number(b []byte) float64 {
	var bits uint64
	switch h.bytes {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(h.order.Uint16(b))
	case 4:
		bits = uint64(h.order.Uint32(b))
	case 8:
		bits = h.order.Uint64(b)
	}
	switch {
	case h.kind == "f" && h.bytes == 4:
		return float64(math.Float32frombits(uint32(bits)))
	case h.kind == "f":
		return math.Float64frombits(bits)
	case h.kind == "i":
		shift := 64 - 8*h.bytes
		return float64(int64(bits<<shift) >> shift)
	}
	return float64(bits)
}

// writeNpy writes an array of numbers, or of texts if there are any.
func writeNpy(w io.Writer, v *variable) error {
	kind, width := "<f8", 0
	if v.texts != nil {
		width = 1
		for _, s := range v.texts {
			width = max(width, utf8.RuneCountInString(s))
		}
		kind = fmt.Sprintf("<U%d", width)
	}
	shape := ""
	for _, n := range v.shape {
		shape += fmt.Sprintf("%d, ", n)
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, strings.TrimSuffix(shape, " "))
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n" // the data start at a multiple of 64
	out := append([]byte(npyMagic), 1, 0, byte(len(header)), byte(len(header)>>8))
	out = append(out, header...)
	for _, x := range v.numbers {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x))
	}
	for _, s := range v.texts {
		runes := []rune(s)
		for k := 0; k < width; k++ {
			if k < len(runes) {
				out = binary.LittleEndian.AppendUint32(out, uint32(runes[k]))
			} else {
				out = binary.LittleEndian.AppendUint32(out, 0)
			}
		}
	}
	_, err := w.Write(out)
	return err
}
