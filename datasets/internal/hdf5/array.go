package hdf5

import (
	"fmt"
	"math/bits"
)

// entrySize is the size of an entry of an index of chunks: address, and of packed
// chunks size and filter mask.
func (g *grid) entrySize() int {
	if len(g.o.filters) == 0 {
		return g.o.f.offsets
	}
	return g.o.f.offsets + g.sizeBytes() + 4
}

// sizeBytes is the size of the size of a packed chunk.
func (g *grid) sizeBytes() int {
	if g.o.layout.wide {
		return g.o.f.lengths
	}
	return min(1+(bits.Len64(uint64(g.bytes))-1+8)/8, 8)
}

// entry reads an entry.
func (g *grid) entry(c *cursor) chunk {
	e := chunk{address: c.address("chunk"), size: g.bytes}
	if len(g.o.filters) > 0 {
		e.size = int64(c.uint(g.sizeBytes(), "size of a chunk"))
		e.mask = uint32(c.uint(4, "filter mask"))
	}
	return e
}

// listed finds chunks in a list of entries.
func (g *grid) listed(entries map[uint64]*cursor) func(uint64) (chunk, bool, error) {
	return func(k uint64) (chunk, bool, error) {
		c := entries[k]
		if c == nil {
			return chunk{}, false, nil
		}
		e := g.entry(c)
		return e, e.address != undefined, c.err
	}
}

// linear finds chunks by their numbers, among so many entries. Numbers count what the array may
// grow to; the dimension that grows without a limit, if there is one, comes first.
func (g *grid) linear(entries uint64, find func(number uint64) (chunk, bool, error)) error {
	order := []int{}
	most := g.o.space.most
	for k := range g.counts {
		if most[k] == undefined && g.o.layout.index == extensibleIndex {
			order = append([]int{k}, order...)
		} else {
			order = append(order, k)
		}
	}
	total, _ := product(g.counts, 1<<40)
	if total > entries+maxFilled {
		return fmt.Errorf("%d chunks of %d bytes, but the index lists %d", total, g.bytes, entries)
	}
	for n := uint64(0); n < total; n++ {
		place, number := g.at(n), uint64(0)
		for _, k := range order {
			number = number*((most[k]-1)/g.chunk[k]+1) + place[k]
		}
		c, ok, err := find(number)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := g.add(place, c); err != nil {
			return err
		}
	}
	return nil
}

// fixedArray reads the entries of a fixed array.
func (f *File) fixedArray(address uint64, entry int) (map[uint64]*cursor, error) {
	c := f.block(address, int64(8+f.lengths+f.offsets), "fixed array")
	c.expect("FAHD")
	c.skip(2, "version")
	size, pageBits, n := int(c.uint(1, "size of an entry")), uint(c.uint(1, "bits of a page")), c.length("number of entries")
	block := c.address("entries")
	if c.err != nil {
		return nil, c.err
	}
	if size != entry || pageBits > 32 || n > uint64(f.size) {
		return nil, c.fail("fixed array", "%d entries of %d bytes, pages of 2^%d, expected entries of %d bytes", n, size, pageBits, entry)
	}
	entries := map[uint64]*cursor{}
	if block == undefined {
		return entries, nil
	}
	page, header := uint64(1)<<pageBits, uint64(6+f.offsets)
	c = f.block(block, int64(header), "entries of a fixed array")
	c.expect("FADB")
	if c.err != nil {
		return nil, c.err
	}
	if n <= page {
		return entries, f.list(entries, block+header, 0, n, entry)
	}
	pages := (n + page - 1) / page
	there := f.block(block+header, int64((pages+7)/8), "pages of a fixed array")
	if there.err != nil {
		return nil, there.err
	}
	at := block + header + (pages+7)/8 + 4
	for p := uint64(0); p < pages; p++ {
		if there.b[p/8]&(0x80>>(p%8)) != 0 {
			if err := f.list(entries, at, p*page, min(page, n-p*page), entry); err != nil {
				return nil, err
			}
		}
		at += page*uint64(entry) + 4
	}
	return entries, nil
}

// list takes n entries, numbered from first.
func (f *File) list(entries map[uint64]*cursor, address, first, n uint64, entry int) error {
	if n > uint64(f.size) {
		n = uint64(f.size) // which is an error
	}
	c := f.block(address, int64(n)*int64(entry), "entries of chunks")
	c.list(entries, first, n, entry)
	return c.err
}

// list takes the next n entries.
func (c *cursor) list(entries map[uint64]*cursor, first, n uint64, entry int) {
	for k := uint64(0); k < n && c.err == nil; k++ {
		entries[first+k] = c.sub(entry, "entry")
	}
}

// extensible is the header of an extensible array: entries in an index block, then in
// data blocks, some of which super blocks list.
type extensible struct {
	f             *File
	entry         int
	bits          uint   // of the largest number of entries
	inIndex       uint64 // entries in the index block
	first         uint64 // entries of the first data block
	superPointers uint64
	page          uint64 // entries of a page
	entries       map[uint64]*cursor
	offsetBytes   int
}

// extensibleArray reads the entries of an extensible array.
func (f *File) extensibleArray(address uint64, entry int) (map[uint64]*cursor, error) {
	c := f.block(address, int64(12+6*f.lengths+f.offsets), "extensible array")
	c.expect("EAHD")
	c.skip(2, "version")
	size := int(c.uint(1, "size of an entry"))
	a := &extensible{f: f, entry: entry, entries: map[uint64]*cursor{}}
	a.bits = uint(c.uint(1, "bits of the number of entries"))
	a.inIndex = c.uint(1, "entries of the index block")
	a.first, a.superPointers = c.uint(1, "entries of a data block"), c.uint(1, "data blocks of a super block")
	pageBits := uint(c.uint(1, "bits of a page"))
	c.skip(6*f.lengths, "statistics")
	block := c.address("index block")
	if c.err != nil {
		return nil, c.err
	}
	powers := bits.OnesCount64(a.first) == 1 && bits.OnesCount64(a.superPointers) == 1
	if size != entry || !powers || a.bits > 62 || pageBits > 32 || a.bits < uint(bits.Len64(a.first)) {
		return nil, c.fail("extensible array", "entries of %d bytes, %d bits, blocks of %d and %d, expected entries of %d bytes", size, a.bits, a.first, a.superPointers, entry)
	}
	a.page, a.offsetBytes = uint64(1)<<pageBits, int(a.bits+7)/8
	if block == undefined {
		return a.entries, nil
	}
	return a.entries, a.indexBlock(block)
}

// indexBlock reads the index block and what it lists.
func (a *extensible) indexBlock(address uint64) error {
	f := a.f
	direct := 2 * (bits.Len64(a.superPointers) - 1) // super blocks whose data blocks are listed here
	all := 1 + int(a.bits) - (bits.Len64(a.first) - 1)
	blocks, supers := 2*(a.superPointers-1), max(all-direct, 0)
	header := 6 + f.offsets
	c := f.block(address, int64(header+int(a.inIndex)*a.entry+(int(blocks)+supers)*f.offsets), "index block")
	c.expect("EAIB")
	c.skip(header-4, "header")
	c.list(a.entries, 0, a.inIndex, a.entry)
	first := a.inIndex
	for u := 0; u < direct && u < all; u++ {
		for k := uint64(0); k < 1<<(u/2); k++ {
			if err := a.dataBlock(c.address("data block"), first, a.blockEntries(u), nil); err != nil {
				return err
			}
			first += a.blockEntries(u)
		}
	}
	for u := direct; u < all && c.err == nil; u++ {
		if err := a.superBlock(c.address("super block"), u, first); err != nil {
			return err
		}
		first += a.blockEntries(u) << (u / 2)
	}
	return c.err
}

// blockEntries is the number of entries of the data blocks of super block u.
func (a *extensible) blockEntries(u int) uint64 { return a.first << ((u + 1) / 2) }

// superBlock reads a super block and the data blocks that it lists.
func (a *extensible) superBlock(address uint64, u int, first uint64) error {
	if address == undefined {
		return nil
	}
	blocks, n := uint64(1)<<(u/2), a.blockEntries(u)
	pages := 0 // bytes of flags of a data block
	if n > a.page {
		pages = int((n/a.page + 7) / 8)
	}
	if blocks*uint64(pages+a.f.offsets) > uint64(a.f.size) {
		return fmt.Errorf("super block at address %d: %d data blocks in a file of %d bytes", address, blocks, a.f.size)
	}
	header := 6 + a.f.offsets + a.offsetBytes
	c := a.f.block(address, int64(header)+int64(blocks)*int64(pages+a.f.offsets), "super block")
	c.expect("EASB")
	c.skip(header-4, "header")
	flags := c.take(int(blocks)*pages, "pages")
	for k := uint64(0); k < blocks; k++ {
		var there []byte
		if block := c.address("data block"); c.err != nil {
			return c.err
		} else {
			if pages > 0 {
				there = flags[int(k)*pages : int(k+1)*pages]
			}
			if err := a.dataBlock(block, first+k*n, n, there); err != nil {
				return err
			}
		}
	}
	return c.err
}

// dataBlock reads the entries of a data block; there are flags of the pages it has.
func (a *extensible) dataBlock(address, first, n uint64, there []byte) error {
	if address == undefined {
		return nil
	}
	header := uint64(6 + a.f.offsets + a.offsetBytes)
	c := a.f.block(address, int64(header), "data block")
	c.expect("EADB")
	if c.err != nil {
		return c.err
	}
	if there == nil {
		return a.f.list(a.entries, address+header, first, n, a.entry)
	}
	at := address + header + 4
	for p := uint64(0); p < n/a.page; p++ {
		if there[p/8]&(0x80>>(p%8)) != 0 {
			if err := a.f.list(a.entries, at, first+p*a.page, a.page, a.entry); err != nil {
				return err
			}
		}
		at += a.page*uint64(a.entry) + 4
	}
	return nil
}
