package hdf5

import "fmt"

// Types of the messages of an object header that are read.
const (
	spaceMessage        = 0x01
	linkInfoMessage     = 0x02
	typeMessage         = 0x03
	oldFillMessage      = 0x04
	fillMessage         = 0x05
	linkMessage         = 0x06
	externalMessage     = 0x07
	layoutMessage       = 0x08
	filterMessage       = 0x0b
	attributeMessage    = 0x0c
	continuationMessage = 0x10
	symbolsMessage      = 0x11
)

// Object is a group or a dataset.
type Object struct {
	f       *File
	address uint64
	seen    map[uint64]bool // blocks of the header

	group      bool
	symbols    *symbolTable
	links      []Link
	linkInfo   *linkInfo
	space      *space
	kind       *datatype
	layout     *layout
	filters    []filter
	fill       []byte
	attributes []attribute
	problem    error // why the data cannot be read
}

// Object is the object at an address.
func (f *File) Object(address uint64) (*Object, error) {
	if o := f.objects[address]; o != nil {
		return o, nil
	}
	o, err := f.readObject(address)
	if err != nil {
		return nil, err
	}
	f.objects[address] = o
	return o, nil
}

// readObject reads the header at an address.
func (f *File) readObject(address uint64) (*Object, error) {
	o := &Object{f: f, address: address, seen: map[uint64]bool{}}
	start := f.block(address, 4, "object header")
	if start.err != nil {
		return nil, start.err
	}
	if string(start.b) == "OHDR" {
		return o, o.newHeader()
	}
	if start.b[0] != 1 {
		return nil, start.fail("object header", "found %q, expected version 1, or OHDR", start.b)
	}
	return o, o.oldHeader()
}

// IsGroup tells groups from datasets.
func (o *Object) IsGroup() bool { return o.group }

// IsReferences tells whether a dataset refers to other objects.
func (o *Object) IsReferences() bool { return o.kind != nil && o.kind.class == referenceClass }

// oldHeader reads a header of version 1.
func (o *Object) oldHeader() error {
	c := o.f.block(o.address, 16, "object header")
	c.skip(8, "version")
	size := c.uint(4, "size of the object header")
	if c.err != nil {
		return c.err
	}
	return o.oldMessages(o.f.block(o.address+16, int64(size), "messages of an object header"))
}

// oldMessages reads a block of messages, and those that it continues in.
func (o *Object) oldMessages(c *cursor) error {
	for c.left() >= 8 {
		kind, size, flags := int(c.uint(2, "type")), int(c.uint(2, "size of a message")), c.uint(1, "flags")
		c.skip(3, "reserved")
		body := c.sub(size, "message")
		if kind == continuationMessage {
			if err := o.continued(body, "", o.oldMessages); err != nil {
				return err
			}
			continue
		}
		if err := o.message(kind, flags, body); err != nil {
			return err
		}
	}
	return c.err
}

// newHeader reads a header of version 2.
func (o *Object) newHeader() error {
	c := o.f.block(o.address, 6, "object header")
	c.skip(4, "signature")
	version, flags := c.uint(1, "version"), c.uint(1, "flags")
	if c.err == nil && version != 2 {
		return c.fail("object header", "version %d, expected 2", version)
	}
	skipped := 0
	if flags&0x20 != 0 {
		skipped += 16 // times
	}
	if flags&0x10 != 0 {
		skipped += 4 // limits of attributes
	}
	width := 1 << (flags & 3)
	c = o.f.block(o.address+6, int64(skipped+width), "object header")
	c.skip(skipped, "times")
	size := c.uint(width, "size of the messages")
	if c.err != nil {
		return c.err
	}
	if size > 1<<40 {
		return c.fail("size of the messages", "%d bytes", size)
	}
	body := o.f.block(o.address+6+uint64(skipped+width), int64(size), "messages of an object header")
	return o.newMessages(body, flags&4 != 0)
}

// newMessages reads a block of messages, and those that it continues in.
func (o *Object) newMessages(c *cursor, ordered bool) error {
	header := 4
	if ordered {
		header = 6
	}
	for c.left() >= header {
		kind, size, flags := int(c.uint(1, "type")), int(c.uint(2, "size of a message")), c.uint(1, "flags")
		c.skip(header-4, "creation order")
		body := c.sub(size, "message")
		if kind == continuationMessage {
			err := o.continued(body, "OCHK", func(c *cursor) error { return o.newMessages(c, ordered) })
			if err != nil {
				return err
			}
			continue
		}
		if err := o.message(kind, flags, body); err != nil {
			return err
		}
	}
	return c.err
}

// continued reads the block that a continuation message points to; in version 2 it has
// a signature, and a checksum at its end.
func (o *Object) continued(c *cursor, signature string, read func(*cursor) error) error {
	address, size := c.address("continuation"), c.length("size of a continuation")
	if c.err != nil {
		return c.err
	}
	if o.seen[address] {
		return c.fail("continuation", "the object header at %d continues in itself", o.address)
	}
	o.seen[address] = true
	block := o.f.block(address, int64(size), "continuation of an object header")
	if signature != "" {
		block.expect(signature)
		block = block.sub(block.left()-4, "messages")
	}
	return read(block)
}

// message takes one message. What is wrong with the data of an object is told when
// they are read: there may be other arrays.
func (o *Object) message(kind int, flags uint64, c *cursor) error {
	if c.err != nil {
		return c.err
	}
	const shared = 2
	if flags&shared != 0 {
		switch kind {
		case spaceMessage, typeMessage, oldFillMessage, fillMessage, filterMessage:
			o.problem = c.fail("message", "of type %d is shared (a committed datatype?), which is not read", kind)
		}
		return nil
	}
	switch kind {
	case linkInfoMessage:
		o.group, o.linkInfo = true, c.linkInfo()
		return c.err
	case linkMessage:
		o.group = true
		link, ok := c.link()
		if ok {
			o.links = append(o.links, link)
		}
		return c.err
	case symbolsMessage:
		o.group, o.symbols = true, &symbolTable{c.address("B-tree of the group"), c.address("local heap")}
		return c.err
	case attributeMessage:
		if a, ok := c.attribute(); ok {
			o.attributes = append(o.attributes, a)
		}
		return nil
	case spaceMessage:
		o.space = c.space()
	case typeMessage:
		o.kind = c.datatype(0)
	case oldFillMessage, fillMessage:
		o.fill = c.fill(kind)
	case layoutMessage:
		o.layout = c.layout()
	case externalMessage:
		c.fail("message", "the data lie in another file, which is not read")
	case filterMessage:
		o.filters = c.filters()
	}
	if o.problem == nil {
		o.problem = c.err
	}
	return nil
}

// Address tells objects apart.
func (o *Object) Address() uint64 { return o.address }

// Read reads the data of a dataset.
func (o *Object) Read() (*Array, error) {
	switch {
	case o.group:
		return nil, fmt.Errorf("a group, expected an array")
	case o.problem != nil:
		return nil, o.problem
	case o.space == nil || o.kind == nil || o.layout == nil:
		return nil, fmt.Errorf("the object at address %d lacks a dataspace, a datatype or a layout: it is no array", o.address)
	}
	count, err := o.space.count(max(o.kind.size, 8), o.f.limit) // 8: each becomes a float64
	if err != nil {
		return nil, err
	}
	if o.f.work < 0 {
		return nil, fmt.Errorf("with those before it more than %d bytes", 16*o.f.limit)
	}
	o.f.room = o.f.mostMetadata()
	data, err := o.data(count)
	o.f.work -= o.f.mostMetadata() - o.f.room + int64(count*o.kind.size)
	if err != nil {
		return nil, err
	}
	v := &Array{Shape: o.space.ints()}
	return v, o.f.decode(v, o.kind, data, count)
}
