package hdf5

import "math/bits"

// oldTree visits the children of the leaves of a B-tree of version 1, each with the key
// before it. Dimensions are those of the keys of a tree of chunks (kind 1).
func (f *File) oldTree(address uint64, kind, dimensions int, visit func(key *cursor, child uint64) error) error {
	if address == undefined {
		return nil
	}
	return f.oldNode(address, kind, dimensions, -1, visit)
}

// oldNode visits a node, which must have a level unless that is -1.
func (f *File) oldNode(address uint64, kind, dimensions, level int, visit func(key *cursor, child uint64) error) error {
	header := 8 + 2*f.offsets
	c := f.block(address, int64(header), "B-tree")
	c.expect("TREE")
	gotKind, gotLevel, n := int(c.uint(1, "kind of a B-tree")), int(c.uint(1, "level of a B-tree")), int(c.uint(2, "entries of a B-tree"))
	if c.err != nil {
		return c.err
	}
	if gotKind != kind || level >= 0 && gotLevel != level {
		return c.fail("B-tree", "node of kind %d and level %d, expected kind %d and level %d", gotKind, gotLevel, kind, level)
	}
	keySize := f.lengths
	if kind == 1 {
		keySize = 8 + 8*dimensions
	}
	c = f.block(address+uint64(header), int64(n*(keySize+f.offsets)), "entries of a B-tree")
	for k := 0; k < n; k++ {
		key := c.sub(keySize, "key of a B-tree")
		child := c.address("child of a B-tree")
		if c.err != nil {
			return c.err
		}
		var err error
		if gotLevel > 0 {
			err = f.oldNode(child, kind, dimensions, gotLevel-1, visit)
		} else {
			err = visit(key, child)
		}
		if err != nil {
			return err
		}
	}
	return c.err
}

// newBTree is a B-tree of version 2.
type newBTree struct {
	f       *File
	node    int // bytes of a node
	record  int // bytes of a record
	counts  int // bytes of the number of records of a node
	totals  []int
	visit   func(record *cursor) error
	visited map[uint64]bool
}

// newTree visits the records of a B-tree of version 2, each of a size unless that is 0.
func (f *File) newTree(address uint64, record int, visit func(record *cursor) error) error {
	c := f.block(address, int64(18+f.offsets+f.lengths), "B-tree")
	c.expect("BTHD")
	c.skip(2, "version")
	t := &newBTree{f: f, node: int(c.uint(4, "size of a node")), record: int(c.uint(2, "size of a record")), visit: visit, visited: map[uint64]bool{}}
	depth := int(c.uint(2, "depth"))
	c.skip(2, "split")
	root, n := c.address("root"), int(c.uint(2, "records of the root"))
	if c.err != nil {
		return c.err
	}
	if t.node < 32 || t.node > 1<<24 || t.record == 0 || t.record > t.node || depth > 16 || record != 0 && t.record != record {
		return c.fail("B-tree", "nodes of %d bytes, records of %d, depth %d", t.node, t.record, depth)
	}
	if root == undefined {
		return nil
	}
	t.measure(depth)
	return t.walk(root, n, depth)
}

// measure finds how many bytes the numbers of records below a child take.
func (t *newBTree) measure(depth int) {
	const frame = 10 // signature, version, kind, checksum
	most := uint64(t.node-frame) / uint64(t.record)
	t.counts = bytesOf(most)
	t.totals = []int{0}
	total := most
	for d := 1; d <= depth; d++ {
		pointer := t.f.offsets + t.counts + t.totals[d-1]
		most = uint64(max(t.node-frame-pointer, 0)) / uint64(t.record+pointer)
		total = min((most+1)*total+most, 1<<56)
		t.totals = append(t.totals, bytesOf(total))
	}
}

// bytesOf is the number of bytes that hold numbers up to a limit.
func bytesOf(limit uint64) int { return max(bits.Len64(limit)-1, 0)/8 + 1 }

// walk visits a node with n records, at a height above the leaves.
func (t *newBTree) walk(address uint64, n, height int) error {
	pointer, signature := 0, "BTLF"
	if height > 0 {
		pointer, signature = t.f.offsets+t.counts+t.totals[height-1], "BTIN"
	}
	c := t.f.block(address, int64(6+n*(t.record+pointer)+pointer), "node of a B-tree")
	c.expect(signature)
	c.skip(2, "version")
	if c.err == nil && t.visited[address] {
		return c.fail("node of a B-tree", "it is a child of itself")
	}
	t.visited[address] = true
	for k := 0; k < n && c.err == nil; k++ {
		if err := t.visit(c.sub(t.record, "record")); err != nil {
			return err
		}
	}
	for k := 0; k <= n && height > 0 && c.err == nil; k++ {
		child, records := c.address("child"), int(c.uint(t.counts, "records of a child"))
		c.skip(t.totals[height-1], "records below a child")
		if c.err != nil {
			break
		}
		if err := t.walk(child, records&(1<<30-1), height-1); err != nil {
			return err
		}
	}
	return c.err
}
