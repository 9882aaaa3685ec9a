package train

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// readEvent is one event of a file, by a decoder that shares nothing with the writer but crc32.
type readEvent struct {
	wallTime float64
	step     uint64
	version  string
	values   map[string]float32
}

// fieldsOf takes a protocol buffer apart, by field number; numbers are the bits.
func fieldsOf(t *testing.T, b []byte, each func(number, value uint64, data []byte)) {
	t.Helper()
	for at := 0; at < len(b); {
		number := func() (v uint64) {
			for shift := 0; ; shift += 7 {
				c := b[at]
				at++
				if v |= uint64(c&0x7f) << shift; c < 0x80 {
					return v
				}
			}
		}
		key := number()
		switch key & 7 {
		case 0:
			each(key>>3, number(), nil)
		case 1:
			each(key>>3, binary.LittleEndian.Uint64(b[at:]), nil)
			at += 8
		case 2:
			n := int(number())
			each(key>>3, 0, b[at:at+n])
			at += n
		case 5:
			each(key>>3, uint64(binary.LittleEndian.Uint32(b[at:])), nil)
			at += 4
		default:
			t.Fatalf("wire type %d", key&7)
		}
	}
}

func readEvents(t *testing.T, name string) (list []readEvent) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	checked := func(n int) []byte {
		part, sum := b[:n], binary.LittleEndian.Uint32(b[n:])
		rotated := sum - 0xa282ead8
		if rotated>>17|rotated<<15 != crc32.Checksum(part, crc32.MakeTable(crc32.Castagnoli)) {
			t.Fatalf("%s: wrong checksum of %q", name, part)
		}
		b = b[n+4:]
		return part
	}
	for len(b) > 0 {
		e := readEvent{values: map[string]float32{}}
		fieldsOf(t, checked(int(binary.LittleEndian.Uint64(checked(8)))), func(number, value uint64, data []byte) {
			switch number {
			case 1:
				e.wallTime = math.Float64frombits(value)
			case 2:
				e.step = value
			case 3:
				e.version = string(data)
			case 5:
				fieldsOf(t, data, func(_, _ uint64, data []byte) {
					var tag string
					fieldsOf(t, data, func(number, value uint64, data []byte) {
						if number == 1 {
							tag = string(data)
						} else {
							e.values[tag] = math.Float32frombits(uint32(value))
						}
					})
				})
			}
		})
		list = append(list, e)
	}
	return list
}

// The record that RecordWriter of Python's tensorboard 2.21 makes of
//
//	Event(wall_time=1.5e9, step=300, summary=Summary(value=[Summary.Value(tag="loss", simple_value=0.25)]))
func TestScalarEvent(t *testing.T) {
	want := "1b000000000000001a0d9e1309000000c00b5ad64110ac022a0d0a0b0a046c6f7373150000803e44e9d860"
	if got := hex.EncodeToString(scalarEvent(1.5e9, 300, []scalar{{"loss", 0.25}})); got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
}

// The files have each evaluation once, also after a training that was stopped behind its checkpoint and
// resumed.
func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	var saved []byte
	whole := short(t, TaskSettings{Updates: 13, Dir: dir, Callback: func(e *Evaluation) (err error) {
		if e.Update == 6 {
			saved, err = e.State()
		}
		return err
	}})
	checkDirectory(t, dir, whole)
	resumed := short(t, TaskSettings{Updates: 13, Dir: dir, Resume: saved})
	same(t, "resumed", whole, resumed)
	checkDirectory(t, dir, resumed)
	other := t.TempDir()
	checkpoint, err := os.ReadFile(filepath.Join(dir, "checkpoint.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkDirectory(t, other, short(t, TaskSettings{Updates: 18, Dir: other, Resume: checkpoint}))
}

// A checkpoint that does not fit leaves the files of the training that it was to go on with.
func TestDirectoryIsKeptFromErrors(t *testing.T) {
	dir := t.TempDir()
	done := short(t, TaskSettings{Updates: 6, Dir: dir})
	task := mustTask(t, "gonogo", 100)
	if err := trainError(mustNetwork(t, "horn", task, 4), task, TaskSettings{Dir: dir, Resume: done.State}); err == nil {
		t.Fatal("expected an error")
	}
	checkDirectory(t, dir, done)
}

func checkDirectory(t *testing.T, dir string, done *Trained) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "curve.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	events := readEvents(t, filepath.Join(dir, "events.out.tfevents"))
	if len(lines) != len(done.Curve) || len(events) != len(done.Curve)+1 || events[0].version != "brain.Event:2" {
		t.Fatalf("expected %d evaluations, found %d lines and %d events", len(done.Curve), len(lines), len(events)-1)
	}
	for i, e := range done.Curve {
		var line Evaluation
		if err := json.Unmarshal(lines[i], &line); err != nil || line.Update != e.Update || line.Loss != e.Loss || line.Accuracy != e.Accuracy || line.Seconds != e.Seconds {
			t.Errorf("line %d: expected %+v, found %+v, %v", i, e, line, err)
		}
		event := events[i+1]
		if event.step != uint64(e.Update) || event.values["loss"] != float32(e.Loss) || event.values["accuracy"] != float32(e.Accuracy) || event.values["rate"] != float32(e.Rate) {
			t.Errorf("event %d: expected %+v, found %+v", i, e, event)
		}
		if late := event.wallTime - events[0].wallTime - e.Seconds; math.Abs(late) > 1e-5 {
			t.Errorf("event %d is %v s late", i, late)
		}
	}
}
