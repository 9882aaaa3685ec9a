package hdf5

import (
	"fmt"
	"math/bits"
)

// heapObject is an object of a global heap, by its index.
func (f *File) heapObject(address uint64, index int) ([]byte, error) {
	collection, ok := f.collections[address]
	if !ok {
		var err error
		if collection, err = f.collection(address); err != nil {
			return nil, err
		}
		f.collections[address] = collection
	}
	object, ok := collection[index]
	if !ok {
		return nil, fmt.Errorf("no object %d in the global heap at address %d", index, address)
	}
	return object, nil
}

// collection reads a global heap, all of which is aligned to 8 bytes.
func (f *File) collection(address uint64) (map[int][]byte, error) {
	header := 8 + (f.lengths+7)/8*8
	c := f.block(address, int64(header), "global heap")
	c.expect("GCOL")
	c.skip(4, "version")
	size := c.length("size of the global heap")
	if c.err != nil {
		return nil, c.err
	}
	if size < uint64(header) {
		return nil, c.fail("size of the global heap", "%d bytes", size)
	}
	c = f.block(address+uint64(header), int64(size)-int64(header), "global heap")
	objects := map[int][]byte{}
	for c.left() >= header {
		index := int(c.uint(2, "index"))
		c.skip(6, "reference count")
		n := c.length("size of an object")
		c.skip(header-8-f.lengths, "padding")
		if index == 0 {
			break // free space
		}
		if n > uint64(c.left()) {
			return nil, c.fail("object of a global heap", "%d bytes, but %d are left", n, c.left())
		}
		objects[index] = c.take(int(n), "object")
		c.skip(min(int(-n&7), c.left()), "padding")
	}
	return objects, c.err
}

// fractalHeap is a heap of blocks that double in size, in rows of a width.
type fractalHeap struct {
	f            *File
	width        uint64
	start        uint64 // bytes of a block of the first two rows
	directRows   int    // rows of blocks that hold data; those behind hold tables of blocks
	offsetBytes  int
	lengthBytes  int
	root         uint64
	rows         int                 // of the root table; 0 if the root holds data
	tables       map[uint64][]uint64 // children of the tables that were read
	largestBlock uint64
}

// fractalHeap reads the header of a heap.
func (f *File) fractalHeap(address uint64) (*fractalHeap, error) {
	c := f.block(address, int64(22+12*f.lengths+3*f.offsets), "fractal heap")
	c.expect("FRHP")
	c.skip(3, "version")
	filtered := c.uint(2, "size of filters")
	c.skip(1, "flags")
	mostObject := c.uint(4, "largest object")
	c.skip(f.lengths+f.offsets+f.lengths+f.offsets, "huge objects, free space")
	c.skip(8*f.lengths, "statistics")
	h := &fractalHeap{f: f, width: c.uint(2, "width of the table"), start: c.length("first block"), tables: map[uint64][]uint64{}}
	h.largestBlock = c.length("largest block")
	heapBits := int(c.uint(2, "size of the heap"))
	c.skip(2, "rows")
	h.root, h.rows = c.address("root"), int(c.uint(2, "rows of the root"))
	if c.err != nil {
		return nil, c.err
	}
	powers := bits.OnesCount64(h.width) == 1 && bits.OnesCount64(h.start) == 1 && bits.OnesCount64(h.largestBlock) == 1
	if filtered != 0 || !powers || h.largestBlock < h.start || h.largestBlock > 1<<32 || h.width > 1<<10 || heapBits > 64 || h.rows > 64 {
		return nil, c.fail("fractal heap", "filters of %d bytes, width %d, blocks of %d to %d bytes, %d bits, %d rows", filtered, h.width, h.start, h.largestBlock, heapBits, h.rows)
	}
	h.directRows = bits.Len64(h.largestBlock) - bits.Len64(h.start) + 2
	h.offsetBytes = (heapBits + 7) / 8
	h.lengthBytes = (bits.Len64(min(h.largestBlock, mostObject)) + 7) / 8
	return h, nil
}

// object finds the object of the identifier that follows in a record.
func (h *fractalHeap) object(id *cursor) *cursor {
	if kind := id.uint(1, "kind of a heap object"); kind != 0 {
		id.fail("heap object", "kind %#x, expected 0: huge and tiny objects are not read", kind)
	}
	offset, size := id.uint(h.offsetBytes, "offset in the heap"), id.uint(h.lengthBytes, "size of a heap object")
	if id.err != nil {
		return id
	}
	address, err := h.locate(h.root, h.rows, offset)
	if err != nil {
		id.fail("heap object", "%w", err)
		return id
	}
	return h.f.block(address, int64(size), "heap object")
}

// blockSize is the size of the blocks of a row.
func (h *fractalHeap) blockSize(row int) uint64 { return h.start << max(row-1, 0) }

// locate is the address of an offset within a table of so many rows, or a block of data.
func (h *fractalHeap) locate(table uint64, rows int, offset uint64) (uint64, error) {
	for depth := 0; rows > 0; depth++ {
		row, passed := 0, uint64(0)
		for ; row < rows && offset-passed >= h.width*h.blockSize(row); row++ {
			passed += h.width * h.blockSize(row)
		}
		if row == rows || depth > 8 {
			return 0, fmt.Errorf("offset %d is beyond a table of %d rows", offset, rows)
		}
		children, err := h.children(table, rows)
		if err != nil {
			return 0, err
		}
		column := (offset - passed) / h.blockSize(row)
		offset = (offset - passed) % h.blockSize(row)
		table = children[uint64(row)*h.width+column]
		if rows = 0; row >= h.directRows {
			rows = bits.Len64(h.blockSize(row)) - bits.Len64(h.start*h.width) + 1
		}
	}
	if offset >= h.largestBlock || table == undefined || table > 1<<62 {
		return 0, fmt.Errorf("offset %d in the block at address %d", offset, table)
	}
	return table + offset, nil
}

// children are the addresses in a table.
func (h *fractalHeap) children(table uint64, rows int) ([]uint64, error) {
	if children, ok := h.tables[table]; ok && len(children) == rows*int(h.width) {
		return children, nil
	}
	c := h.f.block(table, int64(5+h.f.offsets+h.offsetBytes+rows*int(h.width)*h.f.offsets), "table of a fractal heap")
	c.expect("FHIB")
	c.skip(1+h.f.offsets+h.offsetBytes, "heap")
	children := make([]uint64, rows*int(h.width))
	for k := range children {
		children[k] = c.address("block of a fractal heap")
	}
	h.tables[table] = children
	return children, c.err
}
