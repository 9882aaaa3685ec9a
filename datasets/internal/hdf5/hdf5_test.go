package hdf5

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

const folder = "../../testdata/arrays"

// content reads a file of the folder.
func content(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// all reads every array of a file, by path, or why it cannot be read.
func all(f *File) (map[string]*Array, map[string]error) {
	arrays, errors := map[string]*Array{}, map[string]error{}
	var take func(o *Object, path string, depth int)
	take = func(o *Object, path string, depth int) {
		if o.IsGroup() && depth < 4 {
			links, err := o.Links()
			if err != nil {
				errors[path] = err
			}
			for _, l := range links {
				child, err := f.Object(l.Address)
				if err != nil {
					errors[path+"/"+l.Name] = err
					continue
				}
				take(child, path+"/"+l.Name, depth+1)
			}
			return
		}
		a, err := o.Read()
		if err != nil {
			errors[path] = err
			return
		}
		arrays[path] = a
	}
	take(f.Root, "", 0)
	return arrays, errors
}

// open opens what a file holds.
func open(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b)), 256<<20) }

// counting is an array of 0, 1, 2, ….
func counting(shape ...int) *Array {
	n := 1
	for _, k := range shape {
		n *= k
	}
	a := &Array{Shape: shape, Numbers: make([]float64, n)}
	for k := range a.Numbers {
		a.Numbers[k] = float64(k)
	}
	return a
}

// TestKinds reads all kinds of types, layouts, indices of chunks and filters.
func TestKinds(t *testing.T) {
	f, err := open(content(t, "kinds.h5"))
	if err != nil {
		t.Fatal(err)
	}
	arrays, errors := all(f)
	want := map[string]*Array{
		"/data":               {Shape: []int{2, 3}, Numbers: []float64{-3, -2, -1, 0, 1, 2}},
		"/tr_s":               {Shape: []int{}, Numbers: []float64{0.72}},
		"/unit":               {Shape: []int{}, Texts: []string{"mV"}},
		"/labels":             {Shape: []int{3}, Texts: []string{"a", "β", "long one"}},
		"/group/single":       counting(2, 3),
		"/group/single_plain": counting(2, 3),
		"/group/tree":         counting(5, 6),
		"/group/tree_deep":    counting(1, 100),
		"/group/ext":          counting(300, 2),
		"/group/ext_second":   counting(4, 5),
		"/group/fixed":        counting(5, 6),
		"/group/fixed_paged":  counting(1030),
		"/group/cube":         counting(3, 4, 5),
		"/group/implicit":     counting(4, 2),
		"/group/compact":      counting(4, 2),
		"/group/sparse":       {Shape: []int{4, 4}, Numbers: []float64{7, 7, 1, 1, 7, 7, 1, 1, 7, 7, 7, 7, 7, 7, 7, 7}},
		"/group/never":        {Shape: []int{2, 2}, Numbers: []float64{2.5, 2.5, 2.5, 2.5}},
	}
	for path, a := range want {
		if !reflect.DeepEqual(arrays[path], a) {
			t.Errorf("%s: %+v, expected %+v", path, arrays[path], a)
		}
	}
	if len(arrays) != len(want) {
		t.Errorf("%d arrays, expected %d", len(arrays), len(want))
	}
	if err := errors["/group/sequences"]; len(errors) != 1 || err == nil || !strings.Contains(err.Error(), "sequences of variable length") {
		t.Errorf("%v", errors)
	}
}

// TestManyMembers reads groups whose members fill more than one block.
func TestManyMembers(t *testing.T) {
	for name, want := range map[string]struct {
		arrays, length int
		first          float64
	}{"groups.h5": {151, 2, 7}, "many.h5": {301, 100, 0}} {
		f, err := open(content(t, name))
		if err != nil {
			t.Fatal(err)
		}
		arrays, errors := all(f)
		if len(arrays) != want.arrays || len(errors) > 0 {
			t.Errorf("%s: %d arrays, expected %d; %v", name, len(arrays), want.arrays, errors)
		}
		for path, a := range arrays {
			if len(a.Numbers) != want.length || a.Numbers[0] != want.first {
				t.Errorf("%s%s: %+v", name, path, a)
			}
		}
	}
}

func TestAttributes(t *testing.T) {
	f, err := open(content(t, "many.h5"))
	if err != nil {
		t.Fatal(err)
	}
	links, err := f.Root.Links()
	if err != nil || len(links) != 301 {
		t.Fatalf("%d links, %v", len(links), err)
	}
	o, err := f.Object(links[5].Address)
	if err != nil {
		t.Fatal(err)
	}
	if a := o.Attribute("attribute 3"); a == nil || !reflect.DeepEqual(a.Texts, []string{"xxx"}) {
		t.Errorf("%+v", a)
	}
	if a := o.Attribute("none"); a != nil {
		t.Errorf("%+v", a)
	}
}

// TestWhatIsNotRead: what is beyond the reader is told by the arrays that have it.
func TestWhatIsNotRead(t *testing.T) {
	f, err := open(content(t, "beyond.h5"))
	if err != nil {
		t.Fatal(err)
	}
	arrays, errors := all(f)
	for path, want := range map[string]string{
		"/elsewhere": "the data lie in another file, which is not read",
		"/committed": "message: of type 3 is shared (a committed datatype?)",
		"/type":      "lacks a dataspace, a datatype or a layout: it is no array",
		"/lzf":       `filter 32000 ("lzf"), expected deflate, shuffle or Fletcher-32`,
		"/half":      "floating-point numbers of 16 bits in 2 bytes",
		"/complex":   "compounds (complex numbers?)",
		"/virtual":   "layout: class 3, expected compact, contiguous or chunked",
	} {
		if err := errors[path]; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %q", path, err, want)
		}
	}
	if len(errors) != 7 || len(arrays) != 2 {
		t.Errorf("%v, %v", arrays, errors)
	}
	if a := arrays["/none"]; a == nil || !reflect.DeepEqual(a, &Array{Shape: []int{0}, Numbers: []float64{}}) {
		t.Errorf("%+v", a)
	}
}

// TestShortAddresses reads a file whose addresses and lengths have 4 bytes.
func TestShortAddresses(t *testing.T) {
	f, err := open(content(t, "short.h5"))
	if err != nil {
		t.Fatal(err)
	}
	arrays, errors := all(f)
	want := map[string]*Array{
		"/plain":  counting(3, 3),
		"/packed": counting(5, 6),
		"/texts":  {Shape: []int{3}, Texts: []string{"a", "bb", "c"}},
		"/g/x":    {Shape: []int{}, Numbers: []float64{1.5}},
	}
	if !reflect.DeepEqual(arrays, want) || len(errors) > 0 {
		t.Errorf("%+v, %v", arrays, errors)
	}
}

// taken is the memory that a call takes in all, in bytes.
func taken(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// mostTaken bounds what the arrays of a file may take: the best that deflate packs, and
// what was never written, of bytes that become float64, with as much again for copies.
func mostTaken(size int) uint64 { return 2 * 9 * uint64(1032*size+maxFilled) }

// TestCutShort: no file that ends early is read, or takes memory.
func TestCutShort(t *testing.T) {
	for _, name := range []string{"tvb.h5", "tvb_packed.h5", "tvb_latest.h5", "kinds.h5", "matlab.mat"} {
		whole := content(t, name)
		for n := 0; n < len(whole); n += 1 + len(whole)/200 {
			bytes := taken(func() {
				f, err := open(whole[:n])
				if err == nil {
					t.Errorf("%s: accepted %d of %d bytes: %v", name, n, len(whole), f)
				} else if n > 2048 && !strings.Contains(err.Error(), fmt.Sprintf("the file has %d bytes, expected ", n)) {
					t.Errorf("%s: %v", name, err)
				}
			})
			if bytes > 1<<20 {
				t.Errorf("%s: %d bytes taken for the first %d", name, bytes, n)
			}
		}
	}
}

// TestMutated: files with a wrong byte, at any place, neither stop the program nor take
// much memory or time.
func TestMutated(t *testing.T) {
	for _, name := range []string{"tvb.h5", "tvb_latest.h5"} {
		whole := content(t, name)
		for k := range whole {
			for _, value := range []byte{0x7f, 0xff} {
				b := bytes.Clone(whole)
				b[k] = value
				start := time.Now()
				n := taken(func() {
					if f, err := open(b); err == nil {
						all(f)
					}
				})
				if passed := time.Since(start); n > mostTaken(len(whole)) || passed > 5*time.Second {
					t.Errorf("%s with %#x at byte %d: %d bytes taken in %v", name, value, k, n, passed)
				}
			}
		}
	}
}

func FuzzHDF5(f *testing.F) {
	for _, name := range []string{"tvb.h5", "tvb_latest.h5", "small.h5", "hdf5storage.mat"} { // small ones: a mutation is likely to matter
		f.Add(content(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := open(b)
		if err != nil {
			return
		}
		arrays, _ := all(file)
		for path, a := range arrays {
			n := 1
			for _, k := range a.Shape {
				n *= k
			}
			if len(a.Numbers)+len(a.Texts)+len(a.References) != n {
				t.Fatalf("%s: shape %v, %d numbers, %d texts, %d references", path, a.Shape, len(a.Numbers), len(a.Texts), len(a.References))
			}
		}
	})
}
