package hdf5

import "fmt"

// chunk is a piece of an array in the file.
type chunk struct {
	address uint64
	size    int64  // bytes in the file
	mask    uint32 // of filters that were left out
}

// grid is an array cut into chunks.
type grid struct {
	o      *Object
	chunk  []uint64 // elements in every dimension
	counts []uint64 // chunks in every dimension
	bytes  int64    // of a chunk
	least  int64    // bytes of a chunk in the file
	found  map[uint64]chunk
}

// chunked reads data that lie in chunks.
func (o *Object) chunked(size int) ([]byte, error) {
	if err := o.checkFilters(); err != nil {
		return nil, err
	}
	g, err := o.grid()
	if err != nil {
		return nil, err
	}
	if err := g.index(); err != nil {
		return nil, err
	}
	total, _ := product(g.counts, 1<<40)
	missing := size
	if uint64(len(g.found)) == total {
		missing = 0
	} else if stored := int64(len(g.found)) * g.bytes; stored < int64(size) {
		missing -= int(stored)
	}
	out, err := o.filled(size, missing)
	if err != nil {
		return nil, err
	}
	for number, c := range g.found { // chunks do not overlap: any order
		data, err := o.unpack(c, g.bytes, o.layout.plain && g.partial(number))
		if err != nil {
			return nil, fmt.Errorf("at byte %d: chunk %d: %w", o.f.base+int64(c.address), number, err)
		}
		g.place(out, data, number)
	}
	return out, nil
}

// grid checks the sizes of chunks: all together are no more than the limit.
func (o *Object) grid() (*grid, error) {
	l, dims := o.layout, o.space.dims
	if len(l.chunk) != len(dims)+1 || len(dims) == 0 {
		return nil, fmt.Errorf("chunks of %d dimensions for shape %v", len(l.chunk)-1, dims)
	}
	g := &grid{o: o, chunk: l.chunk[:len(dims)], found: map[uint64]chunk{}}
	for k, n := range g.chunk {
		if n == 0 {
			return nil, fmt.Errorf("chunks of shape %v", g.chunk)
		}
		g.counts = append(g.counts, (dims[k]-1)/n+1)
	}
	elements, ok := product(g.chunk, uint64(o.f.limit)/uint64(max(o.kind.size, 1)))
	g.bytes = int64(elements) * int64(o.kind.size)
	if _, fits := product(g.counts, uint64(o.f.limit)/uint64(max(g.bytes, 1))); !ok || !fits {
		return nil, fmt.Errorf("shape %v in chunks of %v, elements of %d bytes: more than %d bytes", dims, g.chunk, o.kind.size, o.f.limit)
	}
	g.least = g.bytes
	for _, f := range o.filters {
		if f.id == deflateFilter {
			g.least = g.bytes / 1032 // deflate packs no better
		}
	}
	return g, nil
}

// add takes a chunk that an index lists, by its place in the grid.
func (g *grid) add(place []uint64, c chunk) error {
	number := uint64(0)
	for k, n := range place {
		if n >= g.counts[k] {
			return nil // left from when the array was larger
		}
		number = number*g.counts[k] + n
	}
	if _, twice := g.found[number]; twice {
		return fmt.Errorf("two chunks at %v", place)
	}
	if most := g.bytes + g.bytes/64 + 1024; c.size > most { // what does not pack grows a little
		return fmt.Errorf("at address %d: a packed chunk of %d bytes, expected at most %d", c.address, uint64(c.size), most)
	}
	if c.size < g.least {
		return fmt.Errorf("at address %d: a chunk of %d bytes cannot unpack to %d", c.address, c.size, g.bytes)
	}
	if left := g.o.f.left(c.address); left < c.size || c.size < 0 {
		return fmt.Errorf("at address %d: a chunk of %d bytes, but %d are left of the file", c.address, uint64(c.size), max(left, 0))
	}
	g.found[number] = c
	return nil
}

// place is the place of a chunk by its number.
func (g *grid) at(number uint64) []uint64 {
	place := make([]uint64, len(g.counts))
	for k := len(place) - 1; k >= 0; k-- {
		place[k] = number % g.counts[k]
		number /= g.counts[k]
	}
	return place
}

// partial tells whether a chunk reaches over the edge of the array.
func (g *grid) partial(number uint64) bool {
	for k, n := range g.at(number) {
		if (n+1)*g.chunk[k] > g.o.space.dims[k] {
			return true
		}
	}
	return false
}

// place copies the rows of a chunk to where they belong.
func (g *grid) place(out, data []byte, number uint64) {
	dims, size := g.o.space.dims, uint64(g.o.kind.size)
	last := len(dims) - 1
	start, within := g.at(number), make([]uint64, len(dims))
	for k := range start {
		start[k] *= g.chunk[k]
	}
	row := min(g.chunk[last], dims[last]-start[last]) * size
	for from := uint64(0); from < uint64(len(data)); from += g.chunk[last] * size {
		to, inside := uint64(0), true
		for k := range dims {
			inside = inside && start[k]+within[k] < dims[k]
			to = to*dims[k] + start[k] + within[k]
		}
		if inside {
			copy(out[to*size:], data[from:from+row])
		}
		for k := last - 1; k >= 0; k-- {
			if within[k]++; within[k] < g.chunk[k] {
				break
			}
			within[k] = 0
		}
	}
}

// index finds the chunks.
func (g *grid) index() error {
	l, f := g.o.layout, g.o.f
	if l.address == undefined {
		return nil // nothing was written
	}
	switch l.index {
	case treeIndex:
		return g.oldTree()
	case singleIndex:
		c := l.single
		c.address = l.address
		if len(g.o.filters) == 0 {
			c.size = g.bytes
		}
		return g.add(make([]uint64, len(g.counts)), c)
	case implicitIndex:
		return g.linear(uint64(g.o.f.size), func(k uint64) (chunk, bool, error) {
			return chunk{l.address + k*uint64(g.bytes), g.bytes, 0}, true, nil
		})
	case fixedIndex:
		entries, err := f.fixedArray(l.address, g.entrySize())
		if err != nil {
			return err
		}
		return g.linear(uint64(len(entries)), g.listed(entries))
	case extensibleIndex:
		entries, err := f.extensibleArray(l.address, g.entrySize())
		if err != nil {
			return err
		}
		return g.linear(uint64(len(entries)), g.listed(entries))
	}
	return g.newTree()
}

// oldTree finds chunks by a B-tree of version 1.
func (g *grid) oldTree() error {
	return g.o.f.oldTree(g.o.layout.address, 1, len(g.chunk)+1, func(key *cursor, child uint64) error {
		c := chunk{address: child, size: int64(key.uint(4, "size of a chunk")), mask: uint32(key.uint(4, "filter mask"))}
		place := make([]uint64, len(g.chunk))
		for k, n := range g.chunk {
			offset := key.uint(8, "offset of a chunk")
			if offset%n != 0 {
				return key.fail("offset of a chunk", "%d, expected a multiple of %d", offset, n)
			}
			place[k] = offset / n
		}
		if key.err != nil {
			return key.err
		}
		return g.add(place, c)
	})
}

// newTree finds chunks by a B-tree of version 2.
func (g *grid) newTree() error {
	f := g.o.f
	return f.newTree(g.o.layout.address, g.entrySize()+8*len(g.chunk), func(record *cursor) error {
		c := g.entry(record)
		place := make([]uint64, len(g.chunk))
		for k := range place {
			place[k] = record.uint(8, "place of a chunk")
		}
		if record.err != nil {
			return record.err
		}
		return g.add(place, c)
	})
}
