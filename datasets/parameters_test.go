package datasets

import (
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func found() Parameters {
	return Parameters{
		{Address: "coupling:G", Unit: "", Values: []float64{0.3}, Start: []float64{0.1}},
		{Address: "cortex.a", Unit: "1/s", Regions: []string{"l, 1", "β"}, Shape: []int{2, 1}, Start: []float64{1, 2}, Values: []float64{math.Pi, -1e-300}},
		{Address: "init:x", Unit: "mV", Shape: []int{3}, Values: []float64{1, 2, 3}},
	}
}

func TestParametersRoundTrip(t *testing.T) {
	for _, end := range []string{".csv", ".npz"} {
		path := filepath.Join(t.TempDir(), "p"+end)
		if err := found().Save(path); err != nil {
			t.Fatal(err)
		}
		if again, err := LoadParameters(path); err != nil || !reflect.DeepEqual(again, found()) {
			t.Errorf("%s: %+v, %v", end, again, err)
		}
	}
	p := found()
	p[1].Start = p[1].Start[:1]
	wantError(t, p.Save("p.csv"), "p.csv: cortex.a: 2 values, 1 starts and 2 regions")
	wantError(t, Parameters{p[0], p[0]}.Save("p.csv"), "p.csv: coupling:G is there twice")
	wantError(t, Parameters{}.Save("p.csv"), "p.csv: no parameters")
	wantError(t, found().Save("p.txt"), "p.txt: parameters are saved as .csv or .npz")
	const header = "address,shape,region,unit,start,value\n"
	for _, test := range []struct{ text, want string }{
		{"", "p.csv: header [], expected"},
		{"a,b\n", `p.csv: header ["a" "b"], expected`},
		{header, "p.csv: no data: no parameter"},
		{header + "a,,,,,\n", "p.csv:2: a: value NaN from NaN, expected finite numbers"},
		{header + "a,,,,x,1\n", `p.csv:2: start: "x" is not a number`},
		{header + "a,2x,,,1,1\n", ""},
		{header + "a,2y,,,1,1\n", `p.csv:2: shape "2y"`},
		{header + "a,,,,1,1\na,,,mV,1,1\n", `p.csv:3: a: unit "mV" and shape [], but "" and [] before`},
		{header + "a,,x,,1,1\na,,,,1,1\n", "p.csv: a has 1 regions and 2 starts for 2 values"},
		{header + "a,,,1,1\n", "p.csv: record on line 2: wrong number of fields"},
	} {
		_, err := LoadParameters(write(t, "p.csv", test.text))
		if test.want == "" && err == nil {
			continue
		}
		wantError(t, err, test.want)
	}
	_, err := LoadParameters(write(t, "p.npz", npz(t, map[string]string{"address.npy": npy(descr("|S1", "1,"), "a")})))
	wantError(t, err, `p.npz: no variable "shape"`)
}

func FuzzParameters(f *testing.F) {
	f.Add("address,shape,region,unit,start,value\na,2x1,r,mV,1,2\na,2x1,s,mV,1,2\n")
	f.Add("address,shape,region,unit,start,value\na,,,,,2\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := readParameters(strings.NewReader(text), "fuzz")
		if err != nil {
			wantError(t, err, "fuzz")
			return
		}
		path := filepath.Join(t.TempDir(), "p.npz")
		if err := p.Save(path); err != nil {
			t.Fatal(err)
		}
		if again, err := LoadParameters(path); err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("read %+v, then %+v, %v", p, again, err)
		}
	})
}
