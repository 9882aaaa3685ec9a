// Package hdf5 reads arrays, texts and references of HDF5 files that nobody vouches
// for: whatever a file declares is compared with its size before memory is taken, and
// all that is read of it, but the data of the arrays asked for, adds up to a few times
// its size at most.
//
// It is our own because the pure-Go library there is (scigolib/hdf5 0.13.1) opens no
// file with a user block, which every MAT-file of version 7.3 has, follows no object
// references, which MATLAB's cells are, tells no shapes, knows no chunk index but the
// oldest, and allocates what files declare.
//
// Read are superblocks 0 to 3, object headers 1 and 2, groups of symbol tables and of
// links, also many, compact, contiguous and chunked layouts 3 to 5 with all their
// indices, the filters deflate, shuffle and Fletcher-32, numbers, enumerations, fixed
// and variable texts and object references. Checksums of metadata are not compared.
//
// The HDF Group, HDF5 File Format Specification Version 3.0,
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
package hdf5

import (
	"encoding/binary"
	"fmt"
	"io"
)

const signature = "\x89HDF\r\n\x1a\n"

// undefined is the address of what does not exist.
const undefined = ^uint64(0)

// File is an open file.
type File struct {
	// Root is the outermost group.
	Root *Object

	r       io.ReaderAt
	size    int64 // bytes of the file
	limit   int64 // bytes of one array
	room    int64 // bytes of metadata that may yet be read
	work    int64 // bytes of metadata and data that arrays may yet take
	base    int64 // where addresses count from: behind the user block
	offsets int   // bytes of an address
	lengths int   // bytes of a length

	objects     map[uint64]*Object        // those that were read
	collections map[uint64]map[int][]byte // global heaps that were read
}

// Find is the position of the superblock, behind a user block if there is one; -1 if
// the file is not HDF5.
func Find(r io.ReaderAt, size int64) int64 {
	start := make([]byte, len(signature))
	for at := int64(0); at < size; at = max(512, 2*at) {
		if _, err := r.ReadAt(start, at); err != nil {
			return -1
		}
		if string(start) == signature {
			return at
		}
	}
	return -1
}

// Open reads the superblock of a file of a size; no array of more bytes than the limit
// will be read.
func Open(r io.ReaderAt, size, limit int64) (*File, error) {
	f := &File{r: r, size: size, limit: limit, work: 16 * limit, objects: map[uint64]*Object{}, collections: map[uint64]map[int][]byte{}}
	f.room = f.mostMetadata()
	if f.base = Find(r, size); f.base < 0 {
		return nil, fmt.Errorf("no HDF5 file: no signature at byte 0, 512, 1024, …")
	}
	root, err := f.superblock()
	if err != nil {
		return nil, err
	}
	f.Root, err = f.Object(root)
	return f, err
}

// mostMetadata is what of metadata is read for all objects, and for the data of each.
func (f *File) mostMetadata() int64 { return min(1<<20+16*min(f.size, f.limit), f.limit) }

// superblock reads what the file starts with, and returns the address of the root group.
func (f *File) superblock() (root uint64, err error) {
	c := f.block(8, 16, "superblock")
	version := c.uint(1, "version")
	switch {
	case c.err != nil:
		return 0, c.err
	case version <= 1:
		c.skip(4, "versions")
	case version > 3:
		return 0, c.fail("superblock", "version %d, expected 0 to 3", version)
	}
	f.offsets, f.lengths = int(c.uint(1, "size of offsets")), int(c.uint(1, "size of lengths"))
	for _, n := range []int{f.offsets, f.lengths} {
		if n != 4 && n != 8 && n != 2 {
			return 0, c.fail("superblock", "offsets of %d and lengths of %d bytes, expected 2, 4 or 8", f.offsets, f.lengths)
		}
	}
	start := map[uint64]uint64{0: 24, 1: 28, 2: 12, 3: 12}[version] // of the addresses
	c = f.block(start, int64(5*f.offsets), "superblock")
	c.skip(2*f.offsets, "base address")
	end := c.address("end of file")
	if c.err == nil && int64(end) > f.size && end != undefined {
		return 0, c.fail("end of file", "the file has %d bytes, expected %d: it is cut short", f.size, end)
	}
	if version <= 1 {
		c.skip(2*f.offsets, "driver information") // and the name of the root
		c = f.block(start+uint64(5*f.offsets), int64(f.offsets), "superblock")
	}
	return c.address("root group"), c.err
}

// cursor reads fields of a block one after another; after an error they are 0.
type cursor struct {
	f    *File
	b    []byte
	at   int64 // position of b in the file
	next int
	err  error
}

// block reads bytes that must be in the file. The address counts from the base.
func (f *File) block(address uint64, n int64, what string) *cursor {
	c := &cursor{f: f}
	switch left := f.left(address); {
	case left < 0:
		c.err = fmt.Errorf("%s: address %d is beyond the end of the file of %d bytes", what, address, f.size)
		return c
	case n < 0 || n > left:
		c.err = fmt.Errorf("at byte %d: %s of %d bytes, but %d are left of the file", f.base+int64(address), what, uint64(n), left)
		return c
	case n > f.room:
		c.err = fmt.Errorf("at byte %d: %s of %d bytes: more metadata than a sound file of %d bytes has", f.base+int64(address), what, n, f.size)
		return c
	}
	f.room -= n
	c.at = f.base + int64(address)
	c.b, c.err = f.bytes(address, n)
	return c
}

// left is the number of bytes behind an address, below 0 if it is not in the file.
func (f *File) left(address uint64) int64 {
	if address > uint64(f.size-f.base) {
		return -1
	}
	return f.size - f.base - int64(address)
}

// bytes reads what left says is there.
func (f *File) bytes(address uint64, n int64) ([]byte, error) {
	b := make([]byte, n)
	if _, err := f.r.ReadAt(b, f.base+int64(address)); err != nil && n > 0 {
		return nil, fmt.Errorf("at byte %d: %w", f.base+int64(address), err)
	}
	return b, nil
}

// fail keeps the first error, which says where the cursor stands.
func (c *cursor) fail(what, format string, args ...any) error {
	if c.err == nil {
		c.err = fmt.Errorf("at byte %d: %s: %w", c.at+int64(c.next), what, fmt.Errorf(format, args...))
	}
	return c.err
}

// take are the next bytes; nil after an error.
func (c *cursor) take(n int, what string) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > len(c.b)-c.next {
		c.fail(what, "%d bytes, but %d are left of the block", n, len(c.b)-c.next)
		return nil
	}
	c.next += n
	return c.b[c.next-n : c.next]
}

func (c *cursor) skip(n int, what string) { c.take(n, what) }

// sub is a cursor of the next bytes.
func (c *cursor) sub(n int, what string) *cursor {
	at := c.at + int64(c.next)
	return &cursor{f: c.f, b: c.take(n, what), at: at, err: c.err}
}

// left is the number of bytes not yet taken.
func (c *cursor) left() int {
	if c.err != nil {
		return 0
	}
	return len(c.b) - c.next
}

// uint is an unsigned integer of up to 8 bytes.
func (c *cursor) uint(n int, what string) uint64 {
	var b [8]byte
	copy(b[:], c.take(n, what))
	return binary.LittleEndian.Uint64(b[:])
}

// length is a number of bytes or elements, no more than 2⁶²: sums cannot overflow.
func (c *cursor) length(what string) uint64 {
	n := c.uint(c.f.lengths, what)
	if n > 1<<62 {
		c.fail(what, "%d is too large", n)
		return 0
	}
	return n
}

// address is undefined where its bits are all 1.
func (c *cursor) address(what string) uint64 {
	a := c.uint(c.f.offsets, what)
	if c.err != nil || a == undefined>>(64-8*c.f.offsets) {
		return undefined
	}
	return a
}

// expect takes a signature.
func (c *cursor) expect(signature string) {
	if b := c.take(len(signature), signature); c.err == nil && string(b) != signature {
		c.next -= len(signature)
		c.fail(signature, "found %q", b)
	}
}
