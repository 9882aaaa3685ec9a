package datasets

import (
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestLoadRegionMap(t *testing.T) {
	text := write(t, "map.txt", "0\n2\n-1\n0\n1\n")
	array := write(t, "map.npy", npy(descr("<i4", "5,"), "\x00\x00\x00\x00\x02\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00\x01\x00\x00\x00"))
	several := write(t, "map.npz", npz(t, map[string]string{"x.npy": npy(descr("|i1", "1,"), "\x00"), "region_mapping.npy": npy(descr("|i1", "1, 5"), "\x00\x02\xff\x00\x01")}))
	image := atlas() // values 0, 1 and more
	volume := write(t, "map.nii", image.bytes())
	for _, test := range []struct {
		path    string
		options MapOptions
		want    *RegionMap
	}{
		{text, MapOptions{}, &RegionMap{[]int{0, 2, -1, 0, 1}, []int{0, 1, 2}, numbered(3)}},
		{array, MapOptions{}, &RegionMap{[]int{0, 2, -1, 0, 1}, []int{0, 1, 2}, numbered(3)}},
		{several, MapOptions{Labels: []string{"a", "b", "c"}}, &RegionMap{[]int{0, 2, -1, 0, 1}, []int{0, 1, 2}, []string{"a", "b", "c"}}},
		{text, MapOptions{First: 1}, &RegionMap{[]int{-1, 1, -1, -1, 0}, []int{1, 2}, numbered(2)}},
		{text, MapOptions{Names: map[int]string{2: "x", -1: "y"}}, &RegionMap{[]int{-1, 1, 0, -1, -1}, []int{-1, 2}, []string{"y", "x"}}},
	} {
		m, err := LoadRegionMap(test.path, test.options)
		if err != nil || !reflect.DeepEqual(m, test.want) {
			t.Errorf("%s %+v: %+v, %v, expected %+v", test.path, test.options, m, err, test.want)
		}
	}
	m, err := LoadRegionMap(volume, MapOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for voxel, x := range image.data {
		if want := int(x) - 1; m.Regions[voxel] != want {
			t.Errorf("voxel %d of value %v is of region %d", voxel, x, m.Regions[voxel])
		}
	}
	for _, test := range []struct {
		path    string
		options MapOptions
		want    string
	}{
		{text, MapOptions{Labels: []string{"a", "b"}}, "map.txt: vertex 1 is of region 2, but there are 2 labels from 0"},
		{text, MapOptions{Labels: []string{"a", "b", "c", "d"}}, `map.txt: no vertex of region 3 ("d")`},
		{text, MapOptions{Names: map[int]string{7: "x"}}, `map.txt: no vertex of region 7 ("x")`},
		{text, MapOptions{Names: map[int]string{0: "x"}, Labels: []string{"a"}}, "named by Names and by Labels"},
		{text, MapOptions{First: 3}, "map.txt: values from -1 to 2, expected 1 to 65536 regions from 3"},
		{write(t, "m.txt", "0\n1.5\n"), MapOptions{}, "m.txt: vertex 1 is of region 1.5, expected a whole number"},
		{write(t, "m.txt", "0 1\n1 0\n"), MapOptions{}, "m.txt: expected one number per region, found 2×2"},
		{write(t, "m.txt", "1e300\n"), MapOptions{}, "m.txt: vertex 0 is of region 1e+300"},
		{write(t, "m.txt", "100000\n"), MapOptions{}, "m.txt: values from 100000 to 100000, expected 1 to 65536 regions"},
		{several, MapOptions{Variable: "no"}, `no variable "no"`},
		{write(t, "m.nii", image.bytes()[:360]), MapOptions{}, "m.nii: at byte 36"},
		{"gone.txt", MapOptions{}, "gone.txt: no such file"},
		{"gone.nii.gz", MapOptions{}, "gone.nii.gz: no such file"},
	} {
		_, err := LoadRegionMap(test.path, test.options)
		wantError(t, err, test.want)
	}
}

func TestRegionMapReduces(t *testing.T) {
	m := &RegionMap{Regions: []int{0, 2, -1, 0}, Values: []int{0, 1, 2}, Labels: []string{"a", "b", "c"}}
	values := mat.NewDense(2, 4, []float64{1, 2, 3, 5, -1, 0.5, 9, 0})
	means, err := m.Means(values)
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, "means", means, 3, 0, 2, -0.5, 0, 0.5)
	sums, err := m.Sums(values)
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, "sums", sums, 6, 0, 2, -1, 0, 0.5)
	if got := m.Vertices(); !reflect.DeepEqual(got, [][]int{{0, 3}, nil, {1}}) {
		t.Errorf("%v", got)
	}
	_, err = m.Means(mat.NewDense(1, 3, nil))
	wantError(t, err, "a matrix of 1×3 for 3 regions of 4 vertices")
	merged, err := m.Merged(map[string]string{"a": "", "b": "y", "c": "y"})
	if want := (&RegionMap{[]int{-1, 0, -1, -1}, []int{0}, []string{"y"}}); err != nil || !reflect.DeepEqual(merged, want) {
		t.Errorf("%+v, %v", merged, err)
	}
	_, err = m.Merged(map[string]string{"a": "x"})
	wantError(t, err, `no entry for region "b"`)
	_, err = m.Merged(map[string]string{"a": "", "b": "", "c": ""})
	wantError(t, err, "all 3 regions are left out")
}

func FuzzRegionMap(f *testing.F) {
	f.Add("0\n1\n-1\n", 0)
	f.Add("1,2,3", 1)
	f.Fuzz(func(t *testing.T, text string, first int) {
		path := write(t, "fuzz.txt", text)
		m, err := LoadRegionMap(path, MapOptions{First: first})
		if err != nil {
			wantError(t, err, "fuzz.txt")
			return
		}
		for v, k := range m.Regions {
			if k < -1 || k >= len(m.Labels) || len(m.Values) != len(m.Labels) {
				t.Fatalf("vertex %d is of region %d of %d, %d values", v, k, len(m.Labels), len(m.Values))
			}
		}
		if strings.TrimSpace(text) == "" {
			t.Fatal("accepted nothing")
		}
	})
}
