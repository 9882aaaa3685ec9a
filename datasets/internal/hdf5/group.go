package hdf5

// Link is an entry of a group.
type Link struct {
	Name    string
	Address uint64 // of the object
}

// maxLinks bounds the entries of a group.
const maxLinks = 1 << 16

// symbolTable is where a group of the old kind lists its members.
type symbolTable struct{ tree, heap uint64 }

// linkInfo is where a group of the new kind lists its members if they are many.
type linkInfo struct{ heap, names uint64 }

// Links are the members of a group, hard links only: soft and external ones lead
// elsewhere.
func (o *Object) Links() ([]Link, error) {
	links := append([]Link(nil), o.links...)
	if o.symbols != nil {
		more, err := o.f.symbolLinks(o.symbols)
		if err != nil {
			return nil, err
		}
		links = append(links, more...)
	}
	if o.linkInfo != nil && o.linkInfo.heap != undefined {
		more, err := o.f.heapLinks(o.linkInfo)
		if err != nil {
			return nil, err
		}
		links = append(links, more...)
	}
	return links, nil
}

// linkInfo reads a link info message.
func (c *cursor) linkInfo() *linkInfo {
	c.skip(1, "version of link info")
	if c.uint(1, "flags of link info")&1 != 0 {
		c.skip(8, "creation order")
	}
	return &linkInfo{heap: c.address("heap of links"), names: c.address("index of links")}
}

// link reads a link message; false of what is no hard link.
func (c *cursor) link() (l Link, ok bool) {
	c.skip(1, "version of a link")
	flags, kind := c.uint(1, "flags of a link"), uint64(0)
	if flags&8 != 0 {
		kind = c.uint(1, "kind of a link")
	}
	if flags&4 != 0 {
		c.skip(8, "creation order")
	}
	if flags&16 != 0 {
		c.skip(1, "character set")
	}
	size := c.uint(1<<(flags&3), "length of a name")
	l.Name = string(c.take(int(min(size, 1<<30)), "name of a link"))
	if kind != 0 {
		return l, false
	}
	l.Address = c.address("object of a link")
	return l, c.err == nil
}

// symbolLinks reads the members of a symbol table.
func (f *File) symbolLinks(s *symbolTable) ([]Link, error) {
	heap, err := f.localHeap(s.heap)
	if err != nil {
		return nil, err
	}
	var links []Link
	err = f.oldTree(s.tree, 0, 0, func(_ *cursor, child uint64) error {
		c := f.block(child, 8, "symbol table")
		c.expect("SNOD")
		c.skip(2, "version")
		n := int(c.uint(2, "number of symbols"))
		if c.err != nil {
			return c.err
		}
		c = f.block(child+8, int64(n*(2*f.offsets+24)), "symbols")
		for k := 0; k < n && c.err == nil; k++ {
			name, address := c.uint(f.offsets, "name"), c.address("object header")
			c.skip(24, "cached values")
			if name >= uint64(len(heap)) {
				return c.fail("name", "at byte %d of a local heap of %d", name, len(heap))
			}
			links = append(links, Link{text(heap[name:min(uint64(len(heap)), name+1<<16)], 0), address})
			if len(links) > maxLinks {
				return c.fail("symbols", "more than %d", maxLinks)
			}
		}
		return c.err
	})
	return links, err
}

// localHeap reads the names of a symbol table.
func (f *File) localHeap(address uint64) ([]byte, error) {
	c := f.block(address, int64(8+2*f.lengths+f.offsets), "local heap")
	c.expect("HEAP")
	c.skip(4, "version")
	size := c.length("size of the local heap")
	c.skip(f.lengths, "free list")
	start := c.address("data of the local heap")
	if c.err != nil {
		return nil, c.err
	}
	c = f.block(start, int64(size), "data of the local heap")
	return c.b, c.err
}

// heapLinks reads links that a B-tree of names finds in a fractal heap.
func (f *File) heapLinks(info *linkInfo) ([]Link, error) {
	heap, err := f.fractalHeap(info.heap)
	if err != nil {
		return nil, err
	}
	var links []Link
	err = f.newTree(info.names, 0, func(record *cursor) error {
		record.skip(4, "hash")
		object := heap.object(record)
		link, ok := object.link()
		if ok {
			links = append(links, link)
		}
		if len(links) > maxLinks {
			return object.fail("links", "more than %d", maxLinks)
		}
		return object.err
	})
	return links, err
}
