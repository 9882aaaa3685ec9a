package datasets

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// niftiFile makes images by the standard's table of fields, not by the reader's.
type niftiFile struct {
	order        binary.ByteOrder
	wide         bool // NIfTI-2
	dims         []int
	kind         int16
	tr           float64
	units        byte
	slope, inter float64
	sform        bool
	shift        float64 // of the grid along x, mm
	data         []float64
}

func (f niftiFile) bytes() string {
	if f.order == nil {
		f.order = binary.LittleEndian
	}
	var h []byte
	dims := append([]int{len(f.dims)}, f.dims...)
	for len(dims) < 8 {
		dims = append(dims, 1)
	}
	pixdim := []float64{1, 2, 2, 2, f.tr, 0, 0, 0}
	affine := []float64{2, 0, 0, f.shift, 0, 2, 0, 0, 0, 0, 2, 0}
	if f.wide {
		h = make([]byte, 544)
		f.order.PutUint32(h, 540)
		copy(h[4:], "n+2\x00\r\n\x1a\n")
		f.order.PutUint16(h[12:], uint16(f.kind))
		for k := range dims {
			f.order.PutUint64(h[16+8*k:], uint64(dims[k]))
			f.order.PutUint64(h[104+8*k:], math.Float64bits(pixdim[k]))
		}
		f.order.PutUint64(h[168:], 544)
		f.order.PutUint64(h[176:], math.Float64bits(f.slope))
		f.order.PutUint64(h[184:], math.Float64bits(f.inter))
		for k, x := range affine {
			f.order.PutUint64(h[400+8*k:], math.Float64bits(x))
		}
		f.order.PutUint32(h[500:], uint32(f.units))
		if f.sform {
			f.order.PutUint32(h[348:], 1)
		}
	} else {
		h = make([]byte, 352)
		f.order.PutUint32(h, 348)
		for k := range dims {
			f.order.PutUint16(h[40+2*k:], uint16(dims[k]))
			f.order.PutUint32(h[76+4*k:], math.Float32bits(float32(pixdim[k])))
		}
		f.order.PutUint16(h[70:], uint16(f.kind))
		f.order.PutUint32(h[108:], math.Float32bits(352))
		f.order.PutUint32(h[112:], math.Float32bits(float32(f.slope)))
		f.order.PutUint32(h[116:], math.Float32bits(float32(f.inter)))
		h[123] = f.units
		if f.sform {
			f.order.PutUint16(h[254:], 1)
		}
		for k, x := range affine {
			f.order.PutUint32(h[280+4*k:], math.Float32bits(float32(x)))
		}
		copy(h[344:], "n+1\x00")
	}
	for _, x := range f.data {
		switch f.kind {
		case 2, 256:
			h = append(h, byte(int(x)))
		case 4, 512:
			h = append(h, f.word(uint64(int64(x)), 2)...)
		case 8, 768:
			h = append(h, f.word(uint64(int64(x)), 4)...)
		case 1024, 1280:
			h = append(h, f.word(uint64(int64(x)), 8)...)
		case 16:
			h = append(h, f.word(uint64(math.Float32bits(float32(x))), 4)...)
		case 64:
			h = append(h, f.word(math.Float64bits(x), 8)...)
		}
	}
	return string(h)
}

func (f niftiFile) word(x uint64, size int) []byte {
	b := make([]byte, 8)
	f.order.PutUint64(b, x)
	if f.order == binary.ByteOrder(binary.BigEndian) {
		return b[8-size:]
	}
	return b[:size]
}

// atlas marks 2×2×2 voxels: label 5 twice, 2 three times, 9 once.
func atlas() niftiFile {
	return niftiFile{dims: []int{2, 2, 2}, kind: 4, data: []float64{5, 2, 0, 2, 9, 0, 2, 5}}
}

// signal has three volumes; voxel v of volume t is 10 t + v.
func signal() niftiFile {
	f := niftiFile{dims: []int{2, 2, 2, 3}, kind: 16, tr: 0.72, units: 2 + 8}
	for t := 0; t < 3; t++ {
		for v := 0; v < 8; v++ {
			f.data = append(f.data, float64(10*t+v))
		}
	}
	return f
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

func readPair(image, labels string, sidecar float64, options NIfTIOptions) (*TimeSeries, error) {
	return readNIfTI(strings.NewReader(image), strings.NewReader(labels), "bold.nii", "atlas.nii", sidecar, options)
}

func TestRegionMeans(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, wide := range []bool{false, true} {
			for kind := range niftiWidths {
				image, labels := signal(), atlas()
				image.order, image.wide, image.kind = order, wide, int16(kind)
				labels.order, labels.wide, labels.kind = order, !wide, int16(kind)
				s, err := readPair(image.bytes(), gzipped(labels.bytes()), 0, NIfTIOptions{Unit: "a.u."})
				if err != nil {
					t.Fatalf("type %d: %v", kind, err)
				}
				if !reflect.DeepEqual(s.Labels, []string{"label 2", "label 5", "label 9"}) || s.TR != 0.72 || s.Unit != "a.u." {
					t.Errorf("%+v", s)
				}
				// Voxels 1, 3, 6; 0, 7; 4.
				wantEntries(t, "means", s.Data, 10./3, 3.5, 4, 10+10./3, 13.5, 14, 20+10./3, 23.5, 24)
			}
		}
	}
	image := signal()
	image.slope, image.inter = 2, -1
	s, err := readPair(image.bytes(), atlas().bytes(), 0, NIfTIOptions{Names: map[int]string{9: "V1", 5: "A1"}})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s.Labels, []string{"A1", "V1"}) {
		t.Errorf("%q", s.Labels)
	}
	wantEntries(t, "scaled", s.Data, 6, 7, 26, 27, 46, 47)
}

func TestRepetitionTime(t *testing.T) {
	for _, test := range []struct {
		tr               float64
		units            byte
		sidecar, options float64
		want             float64
		fails            string
	}{
		{0.72, 10, 0, 0, 0.72, ""},
		{720, 16, 0, 0, 0.72, ""},
		{720000, 24, 0, 0, 0.72, ""},
		{0.72, 2, 0, 0, 0, ""}, // no unit of time
		{0, 8, 0, 0, 0, ""},
		{0, 8, 2, 0, 2, ""},
		{720, 16, 0.72, 0, 0.72, ""},
		{1, 8, 0.72, 3, 3, ""},
		{1, 8, 0.72, 0, 0, "TR is 1 s in the header and 0.72 s in the sidecar"},
		{-1, 8, 0, 0, 0, "time between volumes is -1"},
		{math.NaN(), 8, 0, 0, 0, "time between volumes is NaN"},
		{1, 8, 0, -3, 0, "bold.nii: TR is -3 s"},
	} {
		for _, wide := range []bool{false, true} {
			image := signal()
			image.tr, image.units, image.wide = test.tr, test.units, wide
			s, err := readPair(image.bytes(), atlas().bytes(), test.sidecar, NIfTIOptions{TR: test.options})
			if test.fails != "" {
				wantError(t, err, test.fails)
			} else if err != nil || s.TR != test.want {
				t.Errorf("%+v: %v, %v", test, s, err)
			}
		}
	}
}

func TestLoadNIfTI(t *testing.T) {
	folder := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	image := signal()
	image.units = 0
	bold, labels := put("sub-1_bold.nii.gz", gzipped(image.bytes())), put("atlas.nii", atlas().bytes())
	for _, test := range []struct {
		sidecar string
		want    float64
		fails   string
	}{
		{"", 0, ""},
		{`{"RepetitionTime": 2.5, "TaskName": "rest"}`, 2.5, ""},
		{`{"TaskName": "rest"}`, 0, ""},
		{`{"RepetitionTime": 0}`, 0, "sub-1_bold.json: RepetitionTime is 0 s"},
		{`{"RepetitionTime": "2"}`, 0, "sub-1_bold.json: json: cannot unmarshal string"},
		{`{`, 0, "sub-1_bold.json: unexpected end"},
	} {
		if test.sidecar != "" {
			put("sub-1_bold.json", test.sidecar)
		}
		s, err := LoadNIfTI(bold, labels, NIfTIOptions{})
		if test.fails != "" {
			wantError(t, err, test.fails)
		} else if err != nil || s.TR != test.want {
			t.Errorf("%q: %v, %v", test.sidecar, s, err)
		}
	}
	_, err := LoadNIfTI(filepath.Join(folder, "gone.nii"), labels, NIfTIOptions{})
	wantError(t, err, "gone.nii: no such file")
	_, err = LoadNIfTI(labels, filepath.Join(folder, "gone.nii"), NIfTIOptions{})
	wantError(t, err, "gone.nii: no such file")
}

// TestHostileNifti: headers that lie give errors, and take no memory first.
func TestHostileNifti(t *testing.T) {
	const header = 352
	good, labels := signal().bytes(), atlas().bytes()
	with := func(text string, at int, change string) string { return text[:at] + change + text[at+len(change):] }
	float := func(x float32) string { return word(int(math.Float32bits(x))) }
	placed, moved := signal(), atlas()
	placed.sform, moved.sform, moved.shift = true, true, 1
	wrong, rest := signal(), atlas()
	wrong.data[8+4] = math.Inf(1)
	rest.kind, rest.data = 16, []float64{0, 0, 0, 2.5, 0, 0, 0, 0}
	none := atlas()
	none.data = make([]float64, 8)
	wide := signal()
	wide.wide = true
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, test := range []struct{ image, labels, want string }{
		{"", labels, "bold.nii: at byte 0: size of the header: EOF"},
		{"text, not an image", labels, "bold.nii: at byte 0: no NIfTI image"},
		{good[:100], labels, "bold.nii: at byte 100: header of 348 bytes: unexpected EOF"},
		{good[:350], labels, "bold.nii: the voxels start at byte 352: EOF"},
		{gzipped(good)[:30], labels, "bold.nii: at byte"},
		{"\x1f\x8b\x00", labels, "bold.nii: unexpected EOF"},
		{with(good, 344, "ni1"), labels, `at byte 344: magic "ni1\x00", expected n+1 or n+2`},
		{with(good, 40, "\x09"), labels, "at byte 40: 9 dimensions"},
		{with(good, 42, "\xff\xff"), labels, "at byte 40: size [-1 2 2 3]"},
		{with(good, 42, "\xff\x7f\xff\x7f\xff\x7f"), labels, "at byte 40: size [32767 32767 32767 3]: more than 33554432 voxels"},
		{with(wide.bytes(), 24, "\xff\xff\xff\xff\xff\xff\xff\x7f"), labels, "at byte 16: size [9223372036854775807 2 2 3]"},
		{with(wide.bytes(), 168, "\xff\xff\xff\xff\xff\xff\xff\x7f"), labels, "at byte 168: the voxels start at byte 9.2"},
		{with(good, 70, "\x20\x00"), labels, "at byte 70: data type 32, expected real numbers"},
		{with(good, 108, float(0)), labels, "at byte 108: the voxels start at byte 0, expected 348 to"},
		{with(good, 108, float(float32(math.NaN()))), labels, "the voxels start at byte NaN"},
		{with(good, 108, float(60e6)), labels, "the voxels start at byte 60000000: EOF"},
		{good[:header+40], labels, "bold.nii: at byte 392: volume 1 of 3: unexpected EOF"},
		{good, labels[:header+15], "atlas.nii: at byte 367: voxels up to byte 368: unexpected EOF"},
		{with(good, 42, "\x00\x04\x00\x04\x10\x00"), with(labels, 42, "\x00\x04\x00\x04\x10\x00"), "atlas.nii: at byte 368: voxels up to byte 33554784"},
		{good, good, "bold.nii has 3 volumes, expected the one of labels"[len("bold.nii"):]},
		{with(good, 42, "\x01"), labels, "bold.nii has [1 2 2] voxels, atlas.nii has [2 2 2]: resample"},
		{placed.bytes(), moved.bytes(), "the voxels of bold.nii and atlas.nii lie apart"},
		{wrong.bytes(), labels, `bold.nii: volume 1, voxel (0, 0, 1) of "label 9": the value is +Inf`},
		{good, rest.bytes(), "atlas.nii: voxel (1, 1, 0): label 2.5, expected a whole number"},
		{good, none.bytes(), "atlas.nii: no voxel of any label"},
	} {
		_, err := readPair(test.image, test.labels, 0, NIfTIOptions{})
		wantError(t, err, test.want)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 32<<20 { // buffers of 64 KiB each
		t.Errorf("%d bytes taken", taken)
	}
	_, err := readPair(good, labels, 0, NIfTIOptions{Names: map[int]string{5: "A1", 7: "x", 8: "y"}})
	wantError(t, err, `atlas.nii: no voxel of label 7 ("x")`)
}

func FuzzNIfTI(f *testing.F) {
	f.Add([]byte(signal().bytes()), []byte(atlas().bytes()))
	f.Add([]byte(gzipped(signal().bytes())), []byte(atlas().bytes()))
	wide := signal()
	wide.wide, wide.order = true, binary.BigEndian
	f.Add([]byte(wide.bytes()), []byte(atlas().bytes()))
	f.Fuzz(func(t *testing.T, image, labels []byte) {
		s, err := readPair(string(image), string(labels), 0, NIfTIOptions{})
		if err != nil {
			wantError(t, err, ".nii")
			return
		}
		samples, regions := s.Dims()
		if samples == 0 || len(s.Labels) != regions || s.TR < 0 {
			t.Fatalf("accepted %v", s)
		}
	})
}
