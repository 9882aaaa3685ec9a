package hdf5

// attribute is a small array that describes an object; it is decoded when asked for.
type attribute struct {
	name  string
	space *space
	kind  *datatype
	data  []byte
}

// attribute reads an attribute message; one that cannot be read is left out.
func (c *cursor) attribute() (a attribute, ok bool) {
	version := c.uint(1, "version of an attribute")
	flags := c.uint(1, "flags")
	sizes := [3]int{int(c.uint(2, "name")), int(c.uint(2, "type")), int(c.uint(2, "space"))}
	switch {
	case version == 3:
		c.skip(1, "character set")
	case version < 1 || version > 3 || version > 1 && flags != 0:
		return a, false
	}
	var parts [3]*cursor
	for k, n := range sizes {
		parts[k] = c.sub(n, "attribute")
		if version == 1 {
			c.skip((8-n%8)%8, "attribute")
		}
	}
	a.name, a.kind, a.space = text(parts[0].b, 0), parts[1].datatype(0), parts[2].space()
	a.data = c.take(c.left(), "attribute")
	return a, c.err == nil && parts[1].err == nil && parts[2].err == nil
}

// Attribute is an attribute by its name; nil if there is none that can be read.
func (o *Object) Attribute(name string) *Array {
	for _, a := range o.attributes {
		if a.name != name {
			continue
		}
		count, err := a.space.count(a.kind.size, int64(len(a.data)))
		if err != nil || int64(count)*int64(a.kind.size) > int64(len(a.data)) {
			return nil
		}
		v := &Array{Shape: a.space.ints()}
		if err := o.f.decode(v, a.kind, a.data, count); err != nil {
			return nil
		}
		return v
	}
	return nil
}
