package datasets

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestLoadTVBBundled compares the bundled connectomes with the facts in their
// meta.json, which were computed independently, and with single entries of the files.
func TestLoadTVBBundled(t *testing.T) {
	c, err := LoadTVB("../testdata/tvb76")
	if err != nil {
		t.Fatal(err)
	}
	if c.Regions() != 76 || c.Labels[0] != "rA1" || c.Labels[75] != "lCC" {
		t.Errorf("%v", c)
	}
	nonzero, rowSum := 0, 0.0
	for i := 0; i < 76; i++ {
		sum := 0.0
		for _, w := range c.Weights.RawRowView(i) {
			sum += w
			if w != 0 {
				nonzero++
			}
		}
		rowSum = max(rowSum, sum)
	}
	if nonzero != 1560 || rowSum != 71 {
		t.Errorf("%d weights, largest row sum %g, expected 1560 and 71", nonzero, rowSum)
	}
	if to, from := c.Weights.At(1, 0), c.Weights.At(0, 1); to != 3 || from != 2 {
		t.Errorf("weights to rA2 from rA1 and back are %g, %g, expected 3, 2", to, from)
	}
	if c.TractLengths.At(0, 1) != 20.330072000000001 || c.Centres.At(1, 2) != -7.065423 || c.Areas[2] != 1903.8602000000001 || c.Orientations.At(0, 1) != -0.019247798999999999 {
		t.Error("tract lengths, centres, areas or orientations differ from the files")
	}
	if !c.RightHemisphere[37] || c.RightHemisphere[38] || !c.Cortical[75] {
		t.Error("hemispheres or cortical flags differ from meta.json")
	}
	c, err = LoadTVB("../testdata/tvb68")
	if err != nil {
		t.Fatal(err)
	}
	if c.Regions() != 68 || c.Labels[0] != "r_lateralorbitofrontal" || c.Cortical != nil || c.Areas != nil || c.TractLengths.At(0, 0) != 17.367657000000001 {
		t.Errorf("%v", c)
	}
}

// small is a connectome of two regions as The Virtual Brain writes it.
func small() map[string]string {
	return map[string]string{
		"weights.txt":              "   0.0000000e+00   2.0000000e+00\n   1.0000000e+00   0.0000000e+00\n",
		"tract_lengths.txt":        "0 12.5\n13.5 0\n",
		"centres.txt":              "lA1\t-10.5  1 2\nrA1\t10.5   1 2\n",
		"average_orientations.txt": "-1 0 0\n1 0 0\n",
		"areas.txt":                "400\n500\n",
		"cortical.txt":             "1\n0\n",
		"hemispheres.txt":          "False\nTrue\n",
		"info.txt":                 "made by hand, not read",
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func zipped(t testing.TB, prefix string, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(prefix + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLoadTVBFolderAndZip(t *testing.T) {
	macOS := small()
	macOS["__MACOSX/weights.txt"] = "\x00\x05\x16\x07"
	for name, path := range map[string]string{
		"folder":          folder(t, small()),
		"zip":             write(t, "c.zip", string(zipped(t, "", small()))),
		"zip of a folder": write(t, "c.zip", string(zipped(t, "connectivity/", small()))),
		"zip by macOS":    write(t, "c.zip", string(zipped(t, "", macOS))),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := LoadTVB(path)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(c.Labels, []string{"lA1", "rA1"}) {
				t.Errorf("labels %q", c.Labels)
			}
			if !reflect.DeepEqual(c.Weights.RawMatrix().Data, []float64{0, 2, 1, 0}) ||
				!reflect.DeepEqual(c.TractLengths.RawMatrix().Data, []float64{0, 12.5, 13.5, 0}) ||
				!reflect.DeepEqual(c.Centres.RawMatrix().Data, []float64{-10.5, 1, 2, 10.5, 1, 2}) ||
				!reflect.DeepEqual(c.Orientations.RawMatrix().Data, []float64{-1, 0, 0, 1, 0, 0}) ||
				!reflect.DeepEqual(c.Areas, []float64{400, 500}) ||
				!reflect.DeepEqual(c.Cortical, []bool{true, false}) ||
				!reflect.DeepEqual(c.RightHemisphere, []bool{false, true}) {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestLoadTVBMinimal(t *testing.T) {
	c, err := LoadTVB(folder(t, map[string]string{"weights.csv": "0,1\n1,0\n", "tract_lengths.csv": "0,1\n1,0\n"}))
	if err != nil || c.Labels[1] != "region 2" || c.Centres != nil {
		t.Errorf("%v, %v", c, err)
	}
	c, err = LoadTVB(folder(t, map[string]string{"weights.txt": "0 1\n1 0\n", "tract_lengths.txt": "0 1\n1 0\n", "centres.txt": "101 1 2 3\n102 4 5 6\n"}))
	if err != nil || c.Labels[1] != "102" || c.Centres.At(1, 2) != 6 {
		t.Errorf("labels that are numbers: %v, %v", c, err)
	}
}

func TestLoadTVBErrors(t *testing.T) {
	for _, test := range []struct{ file, text, want string }{
		{"weights.txt", "", "weights.txt: no data: the file is empty"},
		{"weights.txt", "0 1\n1\n", "weights.txt:2: 1 field, expected 2 as in line 1"},
		{"weights.txt", "0 1 2\n1 0 2\n2 2 0\n", "Labels"},
		{"weights.txt", "0 x\n1 0\n", `weights.txt:1: column 2: "x" is not a number`},
		{"weights.txt", "0 nan\n1 0\n", `weights.txt:1: column 2: weight to "lA1" from "rA1" is missing or NaN`},
		{"tract_lengths.txt", "0 1\n-1 0\n", `tract_lengths.txt:2: column 1: tract length to "rA1" from "lA1" is negative (-1)`},
		{"tract_lengths.txt", "0\n", "tract_lengths.txt is 1×1, expected 2×2"},
		{"centres.txt", "lA1 1 2 3\n", "centres.txt is 1×3, expected 2×3"},
		{"centres.txt", "lA1 1 2\nrA1 1 2\n", "centres.txt is 2×2, expected 2×3"},
		{"centres.txt", "lA1 1 2 3\nrA1 1 NaN 3\n", `centres.txt:2: column 3: coordinate "y" of "rA1" is missing`},
		{"average_orientations.txt", "1 2 3\n", "average_orientations.txt is 1×3, expected 2×3"},
		{"areas.txt", "1\n2\n3\n", "areas.txt has 3 values, expected 2"},
		{"areas.txt", "1 2\n3 4\n", "areas.txt: expected one number per region, found 2×2"},
		{"areas.txt", "1\n-2\n", `areas.txt: area of "rA1" is -2 mm²`},
		{"cortical.txt", "1\n2\n", `cortical.txt: flag of region 2 is "2", expected 0 or 1`},
		{"cortical.txt", "\n", "cortical.txt: no data: the file is empty"},
		{"hemispheres.txt", "1\n", "hemispheres.txt has 1 value, expected 2"},
		{"labels.txt", "lA1\nrA2\n", `region 2 is "rA2" in `},
		{"labels.txt", "lA1\n", "labels.txt has 1 value, expected 2"},
		{"labels.txt", "\n", "labels.txt: no data: the file is empty"},
		{"meta.json", "{\"cortical\": 3}", "meta.json: json: cannot unmarshal"},
		{"weights.csv", "0,1\n1,0\n", "both weights.csv and weights.txt hold Weights"},
		{"weights.txt.bz2", "", "both weights.txt and weights.txt.bz2 hold Weights"},
	} {
		t.Run(test.file+" "+test.want, func(t *testing.T) {
			files := small()
			files[test.file] = test.text
			_, err := LoadTVB(folder(t, files))
			wantError(t, err, test.want)
		})
	}
	for _, missing := range []string{"weights.txt", "tract_lengths.txt"} {
		files := small()
		delete(files, missing)
		_, err := LoadTVB(folder(t, files))
		wantError(t, err, "no "+missing)
	}
	_, err := LoadTVB(filepath.Join(t.TempDir(), "gone"))
	wantError(t, err, "gone: no such file")
	_, err = LoadTVB(write(t, "c.zip", "not a zip"))
	wantError(t, err, "c.zip: expected a folder or a zip: zip: not a valid zip file")
	damaged := zipped(t, "", small())
	_, err = LoadTVB(write(t, "c.zip", string(damaged[:len(damaged)-30])))
	wantError(t, err, "not a valid zip file")
}

// TestLoadTVBReadsBzip2 reads a file packed by bzip2: the bytes of "0 1\n1 0\n".
func TestLoadTVBReadsBzip2(t *testing.T) {
	files := small()
	delete(files, "weights.txt")
	files["weights.txt.bz2"] = bz2Weights
	c, err := LoadTVB(folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c.Weights.RawMatrix().Data, []float64{0, 1, 1, 0}) {
		t.Errorf("weights %v", c.Weights.RawMatrix().Data)
	}
	files["weights.txt.bz2"] = bz2Weights[:20]
	_, err = LoadTVB(folder(t, files))
	wantError(t, err, "weights.txt.bz2: unexpected EOF")
}

const bz2Weights = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x5f\x52\xdf\x0f\x00\x00\x02\xd8\x00\x00\x10\x40\x00\x60\x00\x20\x00\x21\x9a\x68\x33\x4d\x33\x05\x0e\x2e\xe4\x8a\x70\xa1\x20\xbe\xa5\xbe\x1e"
