package datasets

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestLoadHDF5 reads connectivities in the layout of The Virtual Brain, whatever the
// version of the format.
func TestLoadHDF5(t *testing.T) {
	want := &Connectome{
		Weights:         mat.NewDense(3, 3, []float64{0, 2, 0, 1, 0, 3, 0, 4, 0}),
		TractLengths:    mat.NewDense(3, 3, []float64{0, 10.5, 20, 30, 0, 40, 50, 60, 0}),
		Labels:          []string{"a", "bcd", "long one"},
		Centres:         mat.NewDense(3, 3, []float64{0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5, 12}),
		Areas:           []float64{1, 2, 3},
		Cortical:        []bool{true, false, true},
		RightHemisphere: []bool{false, false, true},
	}
	for _, name := range []string{"tvb.h5", "tvb_packed.h5", "tvb_latest.h5"} {
		path := filepath.Join("testdata/arrays", name)
		c, err := LoadConnectome(path, ConnectomeOptions{})
		if err != nil || !reflect.DeepEqual(c, want) {
			t.Errorf("%s: %+v, %v, expected %+v", name, c, err, want)
		}
		if c, err = LoadTVB(path); err != nil || !reflect.DeepEqual(c, want) {
			t.Errorf("%s: %+v, %v, expected %+v", name, c, err, want)
		}
	}
	s, err := LoadTimeSeries("testdata/arrays/kinds.h5", SeriesOptions{})
	if err != nil || !reflect.DeepEqual(s, &TimeSeries{Data: mat.NewDense(2, 3, []float64{-3, -2, -1, 0, 1, 2}), TR: 0.72, Labels: []string{"a", "β", "long one"}, Unit: "mV"}) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := LoadTimeSeries("testdata/arrays/many.h5", SeriesOptions{Variable: "a007"}); err != nil {
		t.Error(err)
	}
	_, err = LoadTimeSeries("testdata/arrays/kinds.h5", SeriesOptions{Variable: "group/sequences"})
	wantError(t, err, "kinds.h5: group/sequences: sequences of variable length, expected texts")
	_, err = LoadTimeSeries("testdata/arrays/kinds.h5", SeriesOptions{Variable: "group/single", TR: 1})
	wantError(t, err, "tr_s is 0.72 s, but the options say TR 1 s")
}

// TestLoadMat73 reads what MATLAB writes by save -v7.3, as TestLoadMatOfSciPy does what it
// writes by -v7.
func TestLoadMat73(t *testing.T) {
	path := "testdata/arrays/matlab.mat"
	c, err := LoadConnectome(path, ConnectomeOptions{})
	want := &Connectome{
		Weights:      mat.NewDense(3, 3, []float64{0, 2, 0, 1, 0, 3, 0, 4, 0}),
		TractLengths: mat.NewDense(3, 3, []float64{0, 10.5, 20, 30, 0, 40, 50, 60, 0}),
		Labels:       []string{"a", "bcd", "long one"},
	}
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("%+v, %v, expected %+v", c, err, want)
	}
	if c, err = LoadConnectome(path, ConnectomeOptions{Labels: "rows"}); err != nil || !reflect.DeepEqual(c.Labels, []string{"ab", "cd", "efgh"}) {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = LoadConnectome("testdata/arrays/hdf5storage.mat", ConnectomeOptions{}); err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("%+v, %v, expected %+v", c, err, want)
	}
	s, err := LoadTimeSeries(path, SeriesOptions{})
	if err != nil || !reflect.DeepEqual(s, &TimeSeries{Data: mat.NewDense(2, 3, []float64{-3, -2, -1, 0, 1, 2}), TR: 0.72, Labels: want.Labels, Unit: "mV"}) {
		t.Errorf("%+v, %v", s, err)
	}
	for _, test := range []struct{ variable, want string }{
		{"no", `no variable "no": there are `},
		{"z", "matlab.mat: z: compounds (complex numbers?)"},
		{"cells", "matlab.mat: cells: {1} is of class double, expected text: of cells of numbers name one, as "},
		{"labels", "matlab.mat: labels holds text"},
		{"SUBJ", "matlab.mat: SUBJ: of class struct, expected an array: name a field"},
		{"ALL.SC", "matlab.mat: ALL.SC: references, expected numbers or text: name one, as name{1}"},
		{"SUBJ.SC", "labels has 3 labels for 2 regions"},
		{"empty", "matlab.mat: empty is empty: [0 0]"},
	} {
		_, err := LoadTimeSeries(path, SeriesOptions{Variable: test.variable})
		wantError(t, err, test.want)
	}
	f, closer, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	for name, want := range map[string][]float64{"SUBJ.SC": {0, 1.5, 2.5, 0}, "cells{1}": {1, 0, 0, 1}, "cells{2}": {1, 1, 1}, "yes": {1, 0, 1}, "ALL.SC{2}": {2, 2, 2, 2}} {
		if v, err := f.must(name); err != nil || !reflect.DeepEqual(v.numbers, want) {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	if v, err := f.must("SUBJ.name"); err != nil || !reflect.DeepEqual(v.texts, []string{"S1β"}) {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestHDF5Errors(t *testing.T) {
	_, err := LoadConnectome(write(t, "c.h5", "no such thing"), ConnectomeOptions{})
	wantError(t, err, "c.h5: no HDF5 file: no signature at byte 0")
	_, err = LoadConnectome(write(t, "c.h5", "\x89HDF\r\n\x1a\n"), ConnectomeOptions{})
	wantError(t, err, "c.h5: at byte 8: superblock of 16 bytes, but 0 are left of the file")
	whole, err := os.ReadFile("testdata/arrays/tvb.h5")
	if err != nil {
		t.Fatal(err)
	}
	_, err = LoadConnectome(write(t, "c.h5", string(whole[:4000])), ConnectomeOptions{})
	wantError(t, err, "c.h5: at byte 48: end of file: the file has 4000 bytes, expected 5360: it is cut short")
	_, err = LoadTVB("testdata/arrays/kinds.h5")
	wantError(t, err, "kinds.h5: no weights: name one of ")
}

// FuzzHDF5File feeds what is made of a file's arrays.
func FuzzHDF5File(f *testing.F) {
	for _, name := range []string{"tvb.h5", "tvb_latest.h5", "hdf5storage.mat"} { // small ones: a mutation is likely to matter
		f.Add(testFile(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := hdf5Store(bytes.NewReader(b), int64(len(b)), "fuzz.h5")
		if err != nil {
			wantError(t, err, "fuzz.h5")
			return
		}
		checkStore(t, s)
		for _, name := range s.names {
			if _, err := s.load(name); err != nil {
				wantError(t, err, "fuzz.h5")
			}
		}
	})
}
