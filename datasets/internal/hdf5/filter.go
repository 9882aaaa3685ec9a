package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
)

// Numbers of the filters that are read.
const (
	deflateFilter    = 1
	shuffleFilter    = 2
	fletcher32Filter = 3
)

// filter is a step between the data of a chunk and its bytes in the file.
type filter struct {
	id   int
	name string
}

// filters reads a filter pipeline message.
func (c *cursor) filters() []filter {
	version, n := c.uint(1, "version of filters"), int(c.uint(1, "number of filters"))
	if version == 1 {
		c.skip(6, "reserved")
	} else if version != 2 {
		c.fail("filters", "version %d, expected 1 or 2", version)
	}
	var filters []filter
	for k := 0; k < n && c.err == nil; k++ {
		id, length := int(c.uint(2, "filter")), 0
		if version == 1 || id >= 256 {
			length = int(c.uint(2, "length of a filter's name"))
		}
		c.skip(2, "flags")
		values := int(c.uint(2, "values of a filter"))
		if version == 1 {
			length = (length + 7) / 8 * 8
			values += values % 2
		}
		filters = append(filters, filter{id, text(c.take(length, "name of a filter"), 0)})
		c.skip(4*values, "values of a filter")
	}
	return filters
}

// checkFilters refuses filters that are not read.
func (o *Object) checkFilters() error {
	for _, f := range o.filters {
		if f.id < deflateFilter || f.id > fletcher32Filter {
			return fmt.Errorf("filter %d (%q), expected deflate, shuffle or Fletcher-32", f.id, f.name)
		}
	}
	return nil
}

// unpack reads a chunk of so many bytes through its filters, the last one first; plain
// says that it has none.
func (o *Object) unpack(c chunk, size int64, plain bool) ([]byte, error) {
	data, err := o.f.bytes(c.address, c.size)
	for k := len(o.filters) - 1; k >= 0 && !plain && err == nil; k-- {
		if c.mask>>k&1 != 0 {
			continue
		}
		switch o.filters[k].id { // those of checkFilters
		case deflateFilter:
			data, err = inflate(data, size+4) // 4: a checksum
		case shuffleFilter:
			data = unshuffle(data, o.kind.size)
		case fletcher32Filter:
			data, err = checked(data)
		}
	}
	if err == nil && int64(len(data)) < size {
		err = fmt.Errorf("%d bytes, expected %d", len(data), size)
	}
	if err != nil {
		return nil, err
	}
	return data[:size], nil
}

// inflate unpacks at most so many bytes.
func inflate(packed []byte, most int64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("deflate: %w", err)
	}
	defer z.Close()
	data, err := io.ReadAll(io.LimitReader(z, most+1)) // grows with what is there
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	if err != nil {
		return nil, fmt.Errorf("deflate: %w", err)
	}
	return data, nil
}

// unshuffle brings together the bytes of each element; those left over stay.
func unshuffle(data []byte, size int) []byte {
	n := len(data) / max(size, 1)
	out := bytes.Clone(data)
	for k := 0; k < n; k++ {
		for b := 0; b < size; b++ {
			out[k*size+b] = data[b*n+k]
		}
	}
	return out
}

// checked takes off the checksum of Fletcher-32, over words of 16 bits with the high
// byte first, and compares it.
func checked(data []byte) ([]byte, error) {
	if len(data) < 4 {
		return nil, fmt.Errorf("%d bytes, expected a checksum of 4", len(data))
	}
	data, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	var low, high uint32
	for k := 0; k < len(data); k += 2 {
		word := uint32(data[k]) << 8
		if k+1 < len(data) {
			word |= uint32(data[k+1])
		}
		low = (low + word) % 65535
		high = (high + low) % 65535
	}
	if low != (sum&0xffff)%65535 || high != (sum>>16)%65535 { // 65535 stands for 0
		return nil, fmt.Errorf("Fletcher-32 checksum of halves %#x and %#x, expected %#x", high, low, sum)
	}
	return data, nil
}
