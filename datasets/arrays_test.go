package datasets

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// byNumPy is an archive that numpy 2 wrote by savez_compressed: weights int32, lengths
// big-endian float32 in Fortran order, labels, Areas, cortical bool, data int16, tr_s and
// unit without dimensions, names as bytes.
const byNumPy = "UEsDBC0AAAAIAAAAIQA3K6N6//////////8LABQAd2VpZ2h0cy5ucHkBABAApAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CsaaOgq1CmQDLgYgYGKAAEYozQylWaA0AFBLAwQtAAAACAAAACEAAOmnIf//////////CwAUAGxlbmd0aHMubnB5AQAQAKQAAAAAAAAAXAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBul2airqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GsY6CsaaOgq1CuQDLgYgcPzAwODkAaQ1GMDAqQDIXgCkFSB8AFBLAwQtAAAACAAAACEAsDCECv//////////CgAUAGxhYmVscy5ucHkBABAA4AAAAAAAAABcAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG4TaqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAK5EBvxgEzN++RwgzgfiPCBOB2IFJH4qEAMAUEsDBC0AAAAIAAAAIQAqwR1E//////////8JABQAQXJlYXMubnB5AQAQAJgAAAAAAAAAUAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuBjD4YA+hGRwgFIcDAFBLAwQtAAAACAAAACEAFpOMu///////////DAAUAGNvcnRpY2FsLm5weQEAEACDAAAAAAAAAEcAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXpNkqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQALkYGRgBQSwMELQAAAAgAAAAhAOW22h7//////////wgAFABkYXRhLm5weQEAEACMAAAAAAAAAFMAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNppK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKxpo6CrUKZAOuv////f//n4GBkYGJAQBQSwMELQAAAAgAAAAhAJF/+7D//////////wgAFAB0cl9zLm5weQEAEACIAAAAAAAAAEsAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNmoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkamjoKtQoUAS6u64sLbLme2wMAUEsDBC0AAAAIAAAAIQA0SZbu//////////8IABQAdW5pdC5ucHkBABAAiAAAAAAAAABJAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG4TaqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5Gpo6CrUKFAGuXAYGhjAgBgBQSwMELQAAAAgAAAAhAC+WrpP//////////wkAFABuYW1lcy5ucHkBABAAhgAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF4TbKSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAK4KhsqqcgYAUEsBAi0DLQAAAAgAAAAhADcro3pUAAAApAAAAAsAAAAAAAAAAAAAAIABAAAAAHdlaWdodHMubnB5UEsBAi0DLQAAAAgAAAAhAADppyFcAAAApAAAAAsAAAAAAAAAAAAAAIABkQAAAGxlbmd0aHMubnB5UEsBAi0DLQAAAAgAAAAhALAwhApcAAAA4AAAAAoAAAAAAAAAAAAAAIABKgEAAGxhYmVscy5ucHlQSwECLQMtAAAACAAAACEAKsEdRFAAAACYAAAACQAAAAAAAAAAAAAAgAHCAQAAQXJlYXMubnB5UEsBAi0DLQAAAAgAAAAhABaTjLtHAAAAgwAAAAwAAAAAAAAAAAAAAIABTQIAAGNvcnRpY2FsLm5weVBLAQItAy0AAAAIAAAAIQDlttoeUwAAAIwAAAAIAAAAAAAAAAAAAACAAdICAABkYXRhLm5weVBLAQItAy0AAAAIAAAAIQCRf/uwSwAAAIgAAAAIAAAAAAAAAAAAAACAAV8DAAB0cl9zLm5weVBLAQItAy0AAAAIAAAAIQA0SZbuSQAAAIgAAAAIAAAAAAAAAAAAAACAAeQDAAB1bml0Lm5weVBLAQItAy0AAAAIAAAAIQAvlq6TSgAAAIYAAAAJAAAAAAAAAAAAAACAAWcEAABuYW1lcy5ucHlQSwUGAAAAAAkACQD0AQAA7AQAAAAA"

func numPy(t testing.TB) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(byNumPy)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestLoadNpzOfNumPy(t *testing.T) {
	path := write(t, "c.npz", numPy(t))
	c, err := LoadConnectome(path, ConnectomeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := &Connectome{
		Weights:      mat.NewDense(3, 3, []float64{0, 2, 0, 1, 0, 3, 0, 4, 0}),
		TractLengths: mat.NewDense(3, 3, []float64{0, 10.5, 20, 30, 0, 40, 50, 60, 0}),
		Labels:       []string{"a", "β", "long one"},
		Areas:        []float64{1, 2, 3},
		Cortical:     []bool{true, false, true},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("%+v, expected %+v", c, want)
	}
	if c, err = LoadConnectome(path, ConnectomeOptions{Weights: "lengths", Labels: "names"}); err != nil || c.Labels[1] != "yz" || c.Weights.At(1, 0) != 30 {
		t.Errorf("%+v, %v", c, err)
	}
	s, err := LoadTimeSeries(path, SeriesOptions{Columns: "β,a"})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, &TimeSeries{Data: mat.NewDense(2, 2, []float64{-2, -3, 1, 0}), TR: 0.72, Labels: []string{"β", "a"}, Unit: "mV"}) {
		t.Errorf("%+v", s)
	}
	if s, err = LoadTimeSeries(path, SeriesOptions{Variable: "lengths", Transposed: true}); err != nil || s.Data.At(0, 1) != 30 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, test := range []struct {
		options SeriesOptions
		want    string
	}{
		{SeriesOptions{Variable: "no"}, `no variable "no": there are weights, lengths, labels`},
		{SeriesOptions{Variable: "labels"}, "c.npz: labels holds text, expected a matrix"},
		{SeriesOptions{TR: 2}, "tr_s is 0.72 s, but the options say TR 2 s"},
		{SeriesOptions{TR: -2}, "c.npz: TR is -2 s"},
		{SeriesOptions{Transposed: true}, "labels has 3 labels for 2 regions (Transposed?)"},
		{SeriesOptions{Columns: "4"}, "no column 4"},
	} {
		_, err := LoadTimeSeries(path, test.options)
		wantError(t, err, test.want)
	}
}

func TestSaveAndLoad(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]*Connectome{"all": triple(), "bare": {Weights: pair().Weights, Labels: []string{"ä", ""}}, "synthetic": Synthetic(9, 1)} {
		path := filepath.Join(folder, name+".npz")
		if err := c.Save(path); err != nil {
			t.Fatal(err)
		}
		if again, err := LoadConnectome(path, ConnectomeOptions{}); err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%s: %+v, %v, expected %+v", name, again, err, c)
		}
	}
	s := &TimeSeries{Data: mat.NewDense(3, 2, []float64{0.1, -1e-300, math.Pi, 4, 5e100, 6}), TR: 0.72, Labels: []string{"left, one", "b"}, Unit: "mV"}
	for _, name := range []string{"s.npz", "s.csv"} {
		path := filepath.Join(folder, name)
		if err := s.Save(path); err != nil {
			t.Fatal(err)
		}
		again, err := LoadTimeSeries(path, SeriesOptions{TR: 0.72})
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := os.ReadFile(path); name == "s.csv" && !strings.HasPrefix(string(text), "# layout: header\n# unit: mV\n# TR_s: 0.72\ntime_s,\"left, one\",b\n0,0.1,") {
			t.Errorf("%s", text)
		}
		if !reflect.DeepEqual(again, s) {
			t.Errorf("%s: %+v, expected %+v", name, again, s)
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, ".*"))
	if err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
	wantError(t, s.Save(filepath.Join(folder, "s.txt")), "s.txt: a time series is saved as .npz or .csv")
	wantError(t, triple().Save(filepath.Join(folder, "c.csv")), "c.csv: a connectome is saved as .npz or .zip")
	wantError(t, triple().Save(filepath.Join(folder, "gone", "c.npz")), "no such file")
	wantError(t, (&Connectome{}).Save(filepath.Join(folder, "c.npz")), "without weights")
	s.Labels = nil
	wantError(t, s.Save(filepath.Join(folder, "s.npz")), "0 labels for 2 regions")
}

// npy is an array with the header of a dictionary.
func npy(dictionary, data string) string {
	return npyMagic + "\x01\x00" + string([]byte{byte(len(dictionary)), byte(len(dictionary) >> 8)}) + dictionary + data
}

func descr(kind, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, shape)
}

func TestReadNpy(t *testing.T) {
	for _, test := range []struct {
		text    string
		numbers []float64
		texts   []string
	}{
		{npy(descr("<f8", ""), "\x00\x00\x00\x00\x00\x00\xf0\x3f"), []float64{1}, nil},
		{npy(descr(">f4", "1,"), "\x3f\x80\x00\x00"), []float64{1}, nil},
		{npy(descr("|i1", "3,"), "\xff\x00\x7f"), []float64{-1, 0, 127}, nil},
		{npy(descr("<u2", "1,"), "\xff\xff"), []float64{65535}, nil},
		{npy(descr("<i2", "1,"), "\xff\xff"), []float64{-1}, nil},
		{npy(descr("<i4", "1,"), "\xfe\xff\xff\xff"), []float64{-2}, nil},
		{npy(descr(">i8", "1,"), "\xff\xff\xff\xff\xff\xff\xff\xfe"), []float64{-2}, nil},
		{npy(descr("<f8", "0, 3"), ""), []float64{}, nil},
		{npy(strings.Replace(descr("|u1", "2, 3"), "False", "True", 1), "\x01\x02\x03\x04\x05\x06"), []float64{1, 3, 5, 2, 4, 6}, nil},
		{npy(strings.Replace(descr("|u1", "2, 2, 2"), "False", "True", 1), "\x00\x01\x02\x03\x04\x05\x06\x07"), []float64{0, 4, 2, 6, 1, 5, 3, 7}, nil},
		{npy(descr("|S2", "2,"), "ab\xff\x00"), nil, []string{"ab", "�"}},
		{npy(descr(">U2", "1,"), "\x00\x00\x03\xb1\x00\x00\x00\x00"), nil, []string{"α"}},
		{npy(descr("<U1", "1,"), "\xff\xff\xff\xff"), nil, []string{"�"}},
	} {
		v, err := readNpy(strings.NewReader(test.text), "x.npy")
		if err != nil {
			t.Errorf("%.60q: %v", test.text, err)
		} else if !reflect.DeepEqual(v.numbers, test.numbers) || !reflect.DeepEqual(v.texts, test.texts) {
			t.Errorf("%.60q: %v %q", test.text, v.numbers, v.texts)
		}
	}
}

// TestHostileNpy: files whose headers lie give errors, and take no memory first.
func TestHostileNpy(t *testing.T) {
	const one = "\x00\x00\x00\x00\x00\x00\xf0\x3f"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, test := range []struct{ text, want string }{
		{"", "x.npy: no NumPy array"},
		{"PK\x03\x04 and more", "x.npy: no NumPy array"},
		{npyMagic + "\x07\x00", "at byte 6: version 7"},
		{npyMagic + "\x01\x00\x05", "at byte 8: length of the header: unexpected EOF"},
		{npyMagic + "\x02\x00\xff\xff\xff\xff{", "at byte 8: a header of 4294967295 bytes"},
		{npyMagic + "\x02\x00\x20\x00\x00\x00{", "at byte 12: header of 32 bytes: unexpected EOF"},
		{npy("{'descr': [('a', '<f8')]}", one), "at byte 10: header"},
		{npy(descr("|O", "1,"), one), `elements of type "O"`},
		{npy(descr("<c16", "1,"), one+one), `elements of type "c16"`},
		{npy(descr("<f2", "1,"), one), `elements of type "f2"`},
		{npy(descr("<i3", "1,"), one), `elements of type "i3"`},
		{npy(descr("<U99999999999999999999", "1,"), one), `elements of type "U99`},
		{npy(descr("<U70000", "1,"), one), `elements of type "U70000"`},
		{npy(descr("|S0", "30000000,"), ""), "30000000 texts, expected at most 1048576"},
		{npy(descr("<f8", "2,"), one), "the data end at byte 75, expected 83: 2 elements of 8 bytes"},
		{npy(descr("<f8", "34000000,"), one), "more than 268435456 bytes"},
		{npy(descr("|u1", "99000000,"), one), "more than 268435456 bytes"},
		{npy(descr("<f8", "34000, 1000"), one), "shape [34000 1000]: more than 268435456 bytes"},
		{npy(descr("<f8", "4611686018427387904, 4"), ""), "shape [4611686018427387904 4]: more than"},
		{npy(descr("<f8", "99999999999999999999"), ""), "value out of range"},
		{npy(descr("<f8", "30000000,"), one), "the data end at byte 82, expected 240000074"},
	} {
		_, err := readNpy(strings.NewReader(test.text), "x.npy")
		wantError(t, err, test.want)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 8<<20 {
		t.Errorf("%d bytes taken", taken)
	}
}

// npz is an archive of arrays.
func npz(t testing.TB, arrays map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range arrays {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNpzErrors(t *testing.T) {
	square := npy(descr("|i1", "2, 2"), "\x00\x01\x02\x00")
	for _, test := range []struct {
		arrays map[string]string
		want   string
	}{
		{map[string]string{"readme.txt": "x"}, "c.npz: no weights: name one of "},
		{map[string]string{"weights.npy": npy(descr("|i1", "2, 3"), "\x00\x01\x02\x00\x00\x00")}, "c.npz: weights: weights must be square (to × from), found 2×3"},
		{map[string]string{"weights.npy": npy(descr("|i1", "2, 1, 2, 2"), strings.Repeat("\x00", 8))}, "c.npz: weights has 4 dimensions [2 1 2 2]"},
		{map[string]string{"weights.npy": npy(descr("|i1", "0, 0"), "")}, "c.npz: weights is empty: [0 0]"},
		{map[string]string{"weights.npy": npy(descr("<f4", "1, 1"), "\x00\x00\xc0\x7f")}, `c.npz: weights[0][0]: weight to "region 1" from "region 1" is missing or NaN`},
		{map[string]string{"weights.npy": square, "tracts.npy": npy(descr("|i1", "2, 2"), "\x00\x01\xfe\x00")}, `c.npz: tracts[1][0]: tract length to "region 2" from "region 1" is negative (-2)`},
		{map[string]string{"weights.npy": square, "labels.npy": npy(descr("|S1", "3,"), "abc")}, "c.npz: labels has 3 values, expected 2: "},
		{map[string]string{"weights.npy": square, "cortical.npy": npy(descr("|u1", "2,"), "\x00\x02")}, "c.npz: cortical[1]: flag is 2, expected 0 or 1"},
		{map[string]string{"weights.npy": square, "areas.npy": square}, "c.npz: areas is 2×2, expected a list"},
	} {
		_, err := LoadConnectome(write(t, "c.npz", npz(t, test.arrays)), ConnectomeOptions{})
		wantError(t, err, test.want)
	}
	for _, test := range []struct {
		arrays map[string]string
		want   string
	}{
		{map[string]string{"a.npy": square, "b.npy": square}, "several matrices, and none called data: name one of "},
		{map[string]string{"a.npy": "x"}, "no matrix that can be read: name one of a to learn why"},
		{map[string]string{"a.npy": npy(descr("<f4", "1, 2"), "\x00\x00\x00\x00\x00\x00\xc0\x7f")}, `c.npz: a: sample 0 of "region 2" is missing or not finite`},
		{map[string]string{"data.npy": square, "tr_s.npy": square}, "c.npz: tr_s has shape [2 2], expected one number"},
		{map[string]string{"data.npy": square, "tr_s.npy": npy(descr("|i1", ""), "\xff")}, "c.npz: tr_s: TR is -1 s"},
	} {
		_, err := LoadTimeSeries(write(t, "c.npz", npz(t, test.arrays)), SeriesOptions{})
		wantError(t, err, test.want)
	}
	_, err := LoadConnectome(write(t, "c.npz", "no zip"), ConnectomeOptions{})
	wantError(t, err, "c.npz: zip: not a valid zip file")
	_, err = LoadConnectome(filepath.Join(t.TempDir(), "gone.npz"), ConnectomeOptions{})
	wantError(t, err, "gone.npz: no such file")
	_, err = LoadConnectome("../testdata/tvb76", ConnectomeOptions{Weights: "w"})
	wantError(t, err, "tvb76: variables can be named in files of arrays only")
	if c, err := LoadConnectome("../testdata/tvb76", ConnectomeOptions{}); err != nil || c.Regions() != 76 {
		t.Errorf("%v, %v", c, err)
	}
	if s, err := LoadTimeSeries(write(t, "s.npy", square), SeriesOptions{TR: 1}); err != nil || s.Data.At(1, 0) != 2 || s.TR != 1 {
		t.Errorf("%v, %v", s, err)
	}
	_, err = LoadTimeSeries(write(t, "s.csv", "1,2\n"), SeriesOptions{Transposed: true})
	wantError(t, err, "text has no variables")
}
