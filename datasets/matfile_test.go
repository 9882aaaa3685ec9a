package datasets

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func sciPy(t testing.TB, packed bool) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(bySciPy[packed])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestLoadMatOfSciPy(t *testing.T) {
	for _, packed := range []bool{true, false} {
		path := write(t, "c.mat", sciPy(t, packed))
		c, err := LoadConnectome(path, ConnectomeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want := &Connectome{
			Weights:      mat.NewDense(3, 3, []float64{0, 2, 0, 1, 0, 3, 0, 4, 0}),
			TractLengths: mat.NewDense(3, 3, []float64{0, 10.5, 20, 30, 0, 40, 50, 60, 0}),
			Labels:       []string{"a", "bcd", "long one"},
		}
		if !reflect.DeepEqual(c, want) {
			t.Errorf("%+v, expected %+v", c, want)
		}
		if c, err = LoadConnectome(path, ConnectomeOptions{Labels: "rows"}); err != nil || !reflect.DeepEqual(c.Labels, []string{"ab", "cd", "efgh"}) {
			t.Errorf("%+v, %v", c, err)
		}
		s, err := LoadTimeSeries(path, SeriesOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(s, &TimeSeries{Data: mat.NewDense(2, 3, []float64{-3, -2, -1, 0, 1, 2}), TR: 0.72, Labels: want.Labels, Unit: "mV"}) {
			t.Errorf("%+v", s)
		}
		for _, test := range []struct{ variable, want string }{
			{"no", `no variable "no": there are `},
			{"z", "c.mat: z is complex"},
			{"cells", "c.mat: cells{1} is no text: of cells of numbers name one, as "},
			{"labels", "c.mat: labels holds text"},
			{"SUBJ", "c.mat: SUBJ is of class 2"},
			{"SUBJ.SC", "labels has 3 labels for 2 regions"},
		} {
			_, err := LoadTimeSeries(path, SeriesOptions{Variable: test.variable})
			wantError(t, err, test.want)
		}
		f, err := matStore(strings.NewReader(sciPy(t, packed)), "c.mat")
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string][]float64{"SUBJ.SC": {0, 1.5, 2.5, 0}, "cells{1}": {1, 0, 0, 1}, "cells{2}": {1, 1, 1}} {
			if v, err := f.must(name); err != nil || !reflect.DeepEqual(v.numbers, want) {
				t.Errorf("%s: %+v, %v", name, v, err)
			}
		}
	}
}

// matBytes is a file of elements.
func matBytes(elements ...string) string {
	return strings.Repeat(" ", 124) + "\x00\x01IM" + strings.Join(elements, "")
}

func word(x int) string {
	return string(binary.LittleEndian.AppendUint32(nil, uint32(x)))
}

// element is one element, padded.
func element(kind int, data string) string {
	return word(kind) + word(len(data)) + data + strings.Repeat("\x00", (8-len(data)%8)%8)
}

// array is an array of a class, called w.
func array(class, rows, columns int, data string) string {
	return element(miMatrix, element(miUint32, word(class)+word(0))+element(miInt32, word(rows)+word(columns))+element(miInt8, "w")+data)
}

func deflated(data string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(data))
	z.Close()
	return word(miCompressed) + word(b.Len()) + b.String()
}

func TestMatTypes(t *testing.T) {
	for _, test := range []struct {
		kind int
		data string
		want []float64
	}{
		{miInt8, "\xff\x02", []float64{-1, 2}}, {miUint8, "\xff\x02", []float64{255, 2}},
		{miInt16, "\xff\xff\x02\x00", []float64{-1, 2}}, {miUint16, "\xff\xff\x02\x00", []float64{65535, 2}},
		{miInt32, word(-1) + word(2), []float64{-1, 2}}, {miUint32, word(-1) + word(2), []float64{1<<32 - 1, 2}},
		{miSingle, word(0x3fc00000) + word(0), []float64{1.5, 0}}, {miDouble, word(0) + word(0x3ff80000) + word(0) + word(0), []float64{1.5, 0}},
		{miInt64, word(-2) + word(-1) + word(1) + word(0), []float64{-2, 1}}, {miUint64, word(0) + word(1) + word(1) + word(0), []float64{1 << 32, 1}},
	} {
		s, err := matStore(strings.NewReader(matBytes(array(mxDouble, 1, 2, element(test.kind, test.data)))), "x.mat")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := s.must("w"); err != nil || !reflect.DeepEqual(v.numbers, test.want) {
			t.Errorf("type %d: %+v, %v", test.kind, v, err)
		}
	}
}

// TestHostileMat: files that lie, end early or unpack to too much give errors, and take
// no memory first.
func TestHostileMat(t *testing.T) {
	good := array(mxDouble, 1, 1, element(miUint8, "\x01"))
	deep := good
	for k := 0; k < 40; k++ {
		deep = array(mxCell, 1, 1, deep)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, test := range []struct{ text, want string }{
		{"", "x.mat: at byte 124: no MAT-file of level 5"},
		{strings.Repeat(" ", 200), "no MAT-file of level 5"},
		{matBytes("\x0e\x00\x00"), "x.mat: at byte 128: 3 bytes left, expected an element"},
		{matBytes(good, word(miMatrix)+word(1<<30)), "at byte 200: element of 1073741824 bytes, expected at most 0"},
		{matBytes(word(5<<16|miInt8) + word(0)), "at byte 128: element of 5 bytes"},
		{matBytes(element(miMatrix, element(miDouble, "12345678"))), "at byte 136: flags of an array: 8 bytes of type 9"},
		{matBytes(element(miMatrix, element(miUint32, ""))), "at byte 136: array without flags"},
		{matBytes(element(miMatrix, element(miUint32, word(6))+element(miInt32, strings.Repeat("x", 132)))), "size of an array: 132 bytes of type 5"},
		{matBytes(array(mxDouble, 1<<20, 1<<20, element(miUint8, "\x01"))), "x.mat: w: shape [1048576 1048576]: more than"},
		{matBytes(array(mxDouble, -1, 5, element(miUint8, "\x01"))), "x.mat: w: shape [-1 5]: more than 268435456 elements, or fewer than 0"},
		{matBytes(array(mxDouble, 2000, 1000, element(miDouble, "12345678"))), "at byte 184: 1 number, expected 2000000 of shape [2000 1000] (data of x.mat: w)"},
		{matBytes(array(mxDouble, 1, 1, element(miUTF8, "1"))), "of type 16, expected numbers"},
		{matBytes(array(mxDouble, 1, 1, "")), "at byte 184: 0 bytes left, expected an element (data of x.mat: w)"},
		{matBytes(array(mxChar, 3, 1, element(miUint16, "a\x00b\x00"))), "expected 3 texts of equal length (text of x.mat: w)"},
		{matBytes(array(mxCell, 3, 1, "")), "x.mat: w: 0 cells of shape [3 1]"},
		{matBytes(array(5, 1, 1, "")), "at byte 184: 0 bytes left, expected an element (data of x.mat: w)"},
		{matBytes(array(mxStruct, 1, 1, element(miInt32, word(0))+element(miInt8, "a"))), "names of fields: 1 byte, expected names of [0] bytes"},
		{matBytes(array(mxStruct, 1, 1, element(miInt32, word(1))+element(miInt8, "a"))), "0 bytes left, expected an element"},
		{matBytes(deep), "or 16 within each other"},
		{matBytes(word(miCompressed) + word(4) + "abcd"), "at byte 128: packed element: zlib: invalid header"},
		{matBytes(deflated(good)[:30]), "at byte 128: element of "},
		{matBytes(deflated(good[:20])), "at byte 0 unpacked from byte 128: element of 64 bytes"},
	} {
		s, err := matStore(strings.NewReader(test.text), "x.mat")
		if err == nil {
			_, err = s.must("w")
		}
		wantError(t, err, test.want)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 8<<20 {
		t.Errorf("%d bytes taken", taken)
	}
	defer func(limit int64) { maxFileBytes = limit }(maxFileBytes)
	maxFileBytes = 10_000
	_, err := matStore(strings.NewReader(matBytes(deflated(strings.Repeat("\x00", 6000)), deflated(strings.Repeat("\x00", 6000)))), "x.mat")
	wantError(t, err, "unpacks, with those before, to more than 10000 bytes")
	_, err = matStore(strings.NewReader(strings.Repeat(" ", 10_001)), "x.mat")
	wantError(t, err, "x.mat: more than 10000 bytes")
}

func FuzzMat(f *testing.F) {
	f.Add([]byte(sciPy(f, true)))
	f.Add([]byte(sciPy(f, false)))
	f.Add(testFile(f, "scipy_sparse.mat"))
	f.Add([]byte(matBytes(array(mxDouble, 1, 1, element(miUint8, "\x01")))))
	f.Add([]byte(strings.Repeat(" ", 124) + "\x01\x00MI"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := matStore(bytes.NewReader(data), "fuzz.mat")
		if err != nil {
			wantError(t, err, "fuzz.mat")
			return
		}
		for _, name := range s.names {
			if v, err := s.load(name); err != nil {
				wantError(t, err, "fuzz.mat")
			} else if n, err := v.count(1); v.sparse == nil && (err != nil || n != max(len(v.numbers), len(v.texts))) {
				t.Fatalf("%s: shape %v of %d numbers, %d texts", name, v.shape, len(v.numbers), len(v.texts))
			}
		}
		checkStore(t, s)
	})
}
