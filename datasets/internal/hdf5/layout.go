package hdf5

import (
	"bytes"
	"fmt"
)

// Classes of layouts.
const (
	compactLayout    = 0
	contiguousLayout = 1
	chunkedLayout    = 2
)

// layout says where the data of a dataset are.
type layout struct {
	class   int
	compact []byte
	address uint64
	size    uint64 // bytes, of contiguous data

	chunk  []uint64 // elements of a chunk in every dimension, and bytes of an element
	index  int      // kind of the index of chunks, treeIndex of those before version 4
	wide   bool     // sizes of filtered chunks take 8 bytes
	plain  bool     // chunks that reach over the edge are not filtered
	single chunk    // the only chunk, where there is one
	pages  uint     // binary logarithm of the entries of a page, of a fixed array
}

// Kinds of the index of chunks, numbered as the file does.
const (
	treeIndex       = 0 // B-tree of version 1
	singleIndex     = 1
	implicitIndex   = 2
	fixedIndex      = 3
	extensibleIndex = 4
	newTreeIndex    = 5
)

// layout reads a data layout message.
func (c *cursor) layout() *layout {
	version := c.uint(1, "version of the layout")
	l := &layout{class: int(c.uint(1, "class of the layout")), wide: version == 5}
	if version < 3 || version > 5 {
		c.fail("layout", "version %d, expected 3 to 5 (a file from before 2005?)", version)
		return l
	}
	switch {
	case l.class == compactLayout:
		l.compact = c.take(int(c.uint(2, "size of the data")), "data")
	case l.class == contiguousLayout:
		l.address, l.size = c.address("data"), c.length("size of the data")
	case l.class == chunkedLayout && version == 3:
		rank := int(c.uint(1, "rank of chunks"))
		l.address = c.address("B-tree of chunks")
		for k := 0; k < rank; k++ {
			l.chunk = append(l.chunk, c.uint(4, "size of a chunk"))
		}
	case l.class == chunkedLayout:
		c.newChunks(l)
	default:
		c.fail("layout", "class %d, expected compact, contiguous or chunked (virtual datasets are not read)", l.class)
	}
	return l
}

// newChunks reads what layouts of version 4 and 5 tell of chunks.
func (c *cursor) newChunks(l *layout) {
	const plain, filtered = 1, 2
	flags, rank, width := c.uint(1, "flags of the layout"), int(c.uint(1, "rank of chunks")), int(c.uint(1, "width of sizes"))
	if width < 1 || width > 8 {
		c.fail("width of sizes", "%d bytes", width)
		return
	}
	for k := 0; k < rank; k++ {
		l.chunk = append(l.chunk, c.uint(width, "size of a chunk"))
	}
	l.plain = flags&plain != 0
	switch l.index = int(c.uint(1, "index of chunks")); l.index {
	case singleIndex:
		if flags&filtered != 0 {
			l.single.size = int64(c.length("size of the chunk"))
			l.single.mask = uint32(c.uint(4, "filter mask"))
		}
	case implicitIndex:
	case fixedIndex:
		l.pages = uint(c.uint(1, "bits of a page"))
	case extensibleIndex:
		c.skip(5, "extensible array")
	case newTreeIndex:
		c.skip(6, "B-tree of chunks")
	default:
		c.fail("index of chunks", "kind %d, expected 1 to 5", l.index)
	}
	l.address = c.address("index of chunks")
}

// fill reads a fill value message; nil is zeros.
func (c *cursor) fill(kind int) []byte {
	if kind == oldFillMessage {
		return c.take(int(c.uint(4, "size of the fill value")), "fill value")
	}
	version, there := c.uint(1, "version of the fill value"), false
	switch version {
	case 1, 2:
		c.skip(2, "times")
		there = c.uint(1, "fill value defined") != 0 || version == 1
	case 3:
		there = c.uint(1, "flags of the fill value")&0x20 != 0
	default:
		c.fail("fill value", "version %d, expected 1 to 3", version)
	}
	if !there {
		return nil
	}
	return c.take(int(c.uint(4, "size of the fill value")), "fill value")
}

// data are the bytes of all elements.
func (o *Object) data(count int) ([]byte, error) {
	size := count * o.kind.size
	switch l := o.layout; {
	case size == 0:
		return nil, nil
	case l.class == compactLayout:
		if len(l.compact) < size {
			return nil, fmt.Errorf("%d bytes of data, expected %d of shape %v", len(l.compact), size, o.space.dims)
		}
		return l.compact, nil
	case l.class == contiguousLayout:
		return o.contiguous(size)
	}
	return o.chunked(size)
}

// contiguous reads data of one piece.
func (o *Object) contiguous(size int) ([]byte, error) {
	l := o.layout
	if l.address == undefined {
		return o.filled(size, size)
	}
	if l.size < uint64(size) {
		return nil, fmt.Errorf("%d bytes of data, expected %d of shape %v", l.size, size, o.space.dims)
	}
	if left := o.f.left(l.address); left < int64(size) {
		return nil, fmt.Errorf("at byte %d: %d bytes of data of shape %v, but the file ends at byte %d", o.f.base+int64(min(l.address, 1<<62)), size, o.space.dims, o.f.size)
	}
	return o.f.bytes(l.address, int64(size))
}

// maxFilled bounds the bytes of an array that the file does not hold.
const maxFilled = 1 << 20

// filled are bytes of which some are not in the file: they have the fill value.
func (o *Object) filled(size, missing int) ([]byte, error) {
	if missing > maxFilled {
		return nil, fmt.Errorf("%d of %d bytes of shape %v were never written, expected at most %d", missing, size, o.space.dims, maxFilled)
	}
	if missing == 0 || len(o.fill) != o.kind.size {
		return make([]byte, size), nil
	}
	return bytes.Repeat(o.fill, size/o.kind.size), nil
}
