package datasets

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// byNiBabel is a file of labels that nibabel 5.4 wrote: vertices of 0, 3, 7, 3, -1 and 5, names of 0,
// 3, 7 and 9.
func byNiBabel(t testing.TB) string {
	t.Helper()
	return string(testFile(t, "nibabel.label.gii"))
}

const packedLabels = "eJxjYGBgYAZidij9HwhYgTQAGuIEDw=="

func TestLoadGIFTI(t *testing.T) {
	named := &RegionMap{[]int{-1, 0, 2, 0, -1, 1}, []int{3, 5, 7}, []string{"bankssts", "label 5", "insula & more"}}
	plain := strings.Replace(strings.Replace(byNiBabel(t), packedLabels, "0 3\n7 3 -1 5", 1), "GZipBase64Binary", "ASCII", 1)
	base64 := strings.Replace(strings.Replace(byNiBabel(t), packedLabels, "AAAAAAMAAAAHAAAAAwAAAP////8FAAAA", 1), "GZipBase64Binary", "Base64Binary", 1)
	big := strings.Replace(strings.Replace(base64, "AAAAAAMAAAAHAAAAAwAAAP////8FAAAA", "AAAAAAAAAAMAAAAHAAAAA/////8AAAAF", 1), "LittleEndian", "BigEndian", 1)
	for k, text := range []string{byNiBabel(t), plain, base64, big} {
		path := write(t, "l.label.gii", text)
		if m, err := LoadRegionMap(path, MapOptions{}); err != nil || !reflect.DeepEqual(m, named) {
			t.Errorf("%d: %+v, %v, expected %+v", k, m, err, named)
		}
		some := &RegionMap{[]int{0, -1, 1, -1, -1, -1}, []int{0, 7}, []string{"x", "y"}}
		if m, err := LoadRegionMap(path, MapOptions{Names: map[int]string{0: "x", 7: "y"}}); err != nil || !reflect.DeepEqual(m, some) {
			t.Errorf("%d: %+v, %v, expected %+v", k, m, err, some)
		}
	}
}

// TestHostileGIFTI: files that declare more than they hold, or hold more than they declare,
// give errors, and take no memory first.
func TestHostileGIFTI(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, test := range []struct{ old, new, want string }{
		{`Dim0="6"`, `Dim0="33554432"`, "GZipBase64Binary: 24 bytes or more of data, expected 134217728 by Dim0"},
		{`Dim0="6"`, `Dim0="99999999999"`, `Dim0 is "99999999999", expected 1 to 33554432 vertices`},
		{`Dim0="6"`, `Dim0="0"`, `Dim0 is "0"`},
		{`Dim0="6"`, `Dim0="2"`, "9 bytes or more of data, expected 8 by Dim0"},
		{`Dimensionality="1"`, `Dimensionality="2"`, `dimensionality "2", expected 1`},
		{"NIFTI_TYPE_INT32", "NIFTI_TYPE_FLOAT64", `type "NIFTI_TYPE_FLOAT64"`},
		{"LittleEndian", "", `byte order ""`},
		{"GZipBase64Binary", "ExternalFileBinary", `encoding "ExternalFileBinary"`},
		{"GZipBase64Binary", "ASCII", `vertex 0: "` + packedLabels + `" is not a number`},
		{packedLabels, "", "GZipBase64Binary: unexpected EOF"},
		{packedLabels, "!!!!", "GZipBase64Binary: illegal base64 data"},
		{packedLabels, packedLabels[:20], "GZipBase64Binary: at byte "},
		{"NIFTI_INTENT_LABEL", "NIFTI_INTENT_SHAPE", "no array of the intent NIFTI_INTENT_LABEL"},
		{`Key="3"`, `Key="x"`, `LabelTable: key "x" of "bankssts"`},
		{"</GIFTI>", "", "at byte "},
		{"GIFTI Version", "GIFT Version", "at byte "},
		{`encoding="UTF-8"`, `encoding="UTF-7"`, "at byte "},
	} {
		text := strings.Replace(byNiBabel(t), test.old, test.new, 1)
		if text == byNiBabel(t) {
			t.Errorf("%q is not there", test.old)
		}
		_, _, err := giftiLabels(strings.NewReader(text), "l.gii")
		wantError(t, err, "l.gii: ")
		wantError(t, err, test.want)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 8<<20 {
		t.Errorf("%d bytes taken", taken)
	}
	zeros := strings.Replace(byNiBabel(t), packedLabels, "0", 1)
	_, err := LoadRegionMap(write(t, "l.gii", strings.Replace(strings.Replace(zeros, "GZipBase64Binary", "ASCII", 1), `Dim0="6"`, `Dim0="1"`, 1)), MapOptions{})
	wantError(t, err, "l.gii: 0 regions, expected 1 to 65536")
}

func FuzzGIFTI(f *testing.F) {
	f.Add(byNiBabel(f))
	f.Add(`<GIFTI><LabelTable><Label Key="1">a</Label></LabelTable><DataArray Intent="NIFTI_INTENT_LABEL" DataType="NIFTI_TYPE_UINT8" Dimensionality="1" Dim0="2" Encoding="ASCII"><Data>1 0</Data></DataArray></GIFTI>`)
	f.Fuzz(func(t *testing.T, text string) {
		numbers, names, err := giftiLabels(strings.NewReader(text), "fuzz.gii")
		if err != nil {
			wantError(t, err, "fuzz.gii")
			return
		}
		if len(numbers) == 0 {
			t.Fatal("accepted no vertex")
		}
		o := MapOptions{}
		o.nameFound(numbers, names)
		m := &RegionMap{}
		if err := m.takeNames([]int{0}, o); err == nil && len(m.Values) != len(m.Labels) {
			t.Fatalf("%d values, %d labels", len(m.Values), len(m.Labels))
		}
	})
}
