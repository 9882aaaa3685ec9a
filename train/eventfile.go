package train

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

// A TensorBoard event file is a sequence of TFRecords, each the length of its data, 8 bytes little
// endian, the masked CRC-32C of these 8 bytes, the data, and its masked CRC-32C. The data are protocol
// buffers, of which scalars need these fields:
//
//	Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 }
//	Summary { repeated Value value = 1 }
//	Value   { string tag = 1; float simple_value = 2 }
//
// tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and
// tensorflow/core/lib/io/record_writer.h in github.com/tensorflow/tensorflow.

// scalar is a number with its name.
type scalar struct {
	tag   string
	value float64
}

// firstEvent begins a file.
func firstEvent(wallTime float64) []byte {
	return tfRecord(textField(event(wallTime, 0), 3, []byte("brain.Event:2")))
}

// scalarEvent holds scalars of a step; wallTime in s since 1970.
func scalarEvent(wallTime float64, step int, scalars []scalar) []byte {
	var summary []byte
	for _, s := range scalars {
		value := textField(nil, 1, []byte(s.tag))
		value = binary.AppendUvarint(value, 2<<3|fixed32)
		value = binary.LittleEndian.AppendUint32(value, math.Float32bits(float32(s.value)))
		summary = textField(summary, 1, value)
	}
	return tfRecord(textField(event(wallTime, step), 5, summary))
}

// Wire types of protocol buffers.
const (
	varint  = 0
	fixed64 = 1
	text    = 2 // strings and messages, after their length
	fixed32 = 5
)

func event(wallTime float64, step int) []byte {
	b := binary.AppendUvarint(nil, 1<<3|fixed64)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(wallTime))
	b = binary.AppendUvarint(b, 2<<3|varint)
	return binary.AppendUvarint(b, uint64(step))
}

func textField(b []byte, field uint64, data []byte) []byte {
	b = binary.AppendUvarint(b, field<<3|text)
	b = binary.AppendUvarint(b, uint64(len(data)))
	return append(b, data...)
}

func tfRecord(data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, maskedCRC(b))
	b = append(b, data...)
	return binary.LittleEndian.AppendUint32(b, maskedCRC(data))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// maskedCRC is turned and shifted, because a checksum of data that contain checksums is weak.
func maskedCRC(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}
