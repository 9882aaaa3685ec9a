package datasets

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The readers must not panic whatever they are given; and what they accept must be
// sound, and read the same when written again.

func FuzzReadTimeSeries(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n3,4\n", "1 2\n3 4", "\"a;b\";c\n1;2\n", ",0,1\n0,0.5,1\n", "x\t y\n1\t2\n", "1,nan\n", "#c\n\ufeff1\r2", "\"", "1,\"2\n", "a b\n\"1\" 2 3\n"} {
		f.Add(text, "")
		f.Add(text, "2:")
	}
	f.Fuzz(func(t *testing.T, text, columns string) {
		s, err := ReadTimeSeries(strings.NewReader(text), "fuzz", SeriesOptions{Columns: columns})
		if err != nil {
			wantError(t, err, "")
			return
		}
		samples, regions := s.Dims()
		if samples == 0 || regions == 0 || len(s.Labels) != regions {
			t.Fatalf("accepted %d samples of %d regions with %d labels", samples, regions, len(s.Labels))
		}
		again, err := ReadTimeSeries(strings.NewReader(csvText(s.Data, numbered(regions))), "again", SeriesOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !mat.Equal(s.Data, again.Data) {
			t.Fatalf("read %v, then %v", s.Data.RawMatrix().Data, again.Data.RawMatrix().Data)
		}
	})
}

func FuzzReadMatrix(f *testing.F) {
	for _, text := range []string{"1,2\n3,4\n", ",a,b\np,1,2\nq,3,4\n", "a b\np 1 2\n", "0,1\n0.5,1.5\n", "p,1\n", "\"a\",\"b\"\n1,2\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadMatrix(strings.NewReader(text), "fuzz")
		if err != nil {
			wantError(t, err, "")
			return
		}
		rows, columns := m.Data.Dims()
		if m.RowLabels != nil && len(m.RowLabels) != rows || m.ColumnLabels != nil && len(m.ColumnLabels) != columns {
			t.Fatalf("accepted %d×%d with %d and %d labels", rows, columns, len(m.RowLabels), len(m.ColumnLabels))
		}
		again, err := ReadMatrix(strings.NewReader(csvText(m.Data, numbered(columns))), "again")
		if err != nil {
			t.Fatal(err)
		}
		if !mat.Equal(m.Data, again.Data) {
			t.Fatalf("read %v, then %v", m.Data.RawMatrix().Data, again.Data.RawMatrix().Data)
		}
	})
}

// csvText writes numbers so that they read back exactly.
func csvText(m *mat.Dense, header []string) string {
	var b strings.Builder
	b.WriteString(strings.Join(header, ","))
	rows, columns := m.Dims()
	for i := 0; i < rows; i++ {
		for j := 0; j < columns; j++ {
			sep := ","
			if j == 0 {
				sep = "\n"
			}
			fmt.Fprintf(&b, "%s%.17g", sep, m.At(i, j))
		}
	}
	return b.String()
}

// FuzzTVBFiles feeds the files of the layout one by one.
func FuzzTVBFiles(f *testing.F) {
	s := small()
	f.Add(s["weights.txt"], s["tract_lengths.txt"], s["centres.txt"], s["areas.txt"], s["cortical.txt"], "{}")
	f.Add("0", "0", "a 1 2 3", "1", "true", `{"cortical":[true],"right_hemisphere":null}`)
	f.Add("a,b\n0,1\n1,0", "0;1\n1;0", "1 1 2 3\n2 1 2 3", "1,2", "0,1", "[]")
	f.Add("0", "0", "\u2000", "0", "true", "{}") // a space of Unicode's is no field
	f.Fuzz(func(t *testing.T, weights, lengths, centres, areas, cortical, meta string) {
		data := zipped(t, "", map[string]string{"weights.txt": weights, "tract_lengths.txt": lengths,
			"centres.txt": centres, "areas.txt": areas, "cortical.txt": cortical, "meta.json": meta})
		checkZip(t, data)
	})
}

// FuzzTVBZip feeds the archive itself.
func FuzzTVBZip(f *testing.F) {
	f.Add(zipped(f, "", small()))
	f.Add(zipped(f, "../", small()))
	f.Add(zipped(f, "/", small()))
	f.Add(zipped(f, `a\`, small()))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) { checkZip(t, data) })
}

func checkZip(t *testing.T, data []byte) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return
	}
	c, err := readTVB(archive, "fuzz.zip")
	if err != nil {
		wantError(t, err, "")
		return
	}
	if err := c.Check(); err != nil {
		t.Fatalf("accepted, but: %v", err)
	}
	if c.String() == "" {
		t.Fatal("no summary")
	}
}

func FuzzNpz(f *testing.F) {
	f.Add([]byte(numPy(f)))
	f.Add(testFile(f, "scipy_csr.npz"))
	f.Add(testFile(f, "scipy_coo.npz"))
	f.Add([]byte(npz(f, map[string]string{"address.npy": npy(descr("|S1", "1,"), "a"), "shape.npy": npy(descr("|S1", "1,"), "2"), "region.npy": npy(descr("|S1", "1,"), "r"),
		"unit.npy": npy(descr("|S1", "1,"), "s"), "start.npy": npy(descr("|i1", "1,"), "1"), "value.npy": npy(descr("|i1", "1,"), "2")})))
	f.Add([]byte(npz(f, map[string]string{"weights.npy": npy(descr("|i1", "2, 2"), "\x00\x01\x02\x00"), "data.npy": npy(descr(">U1", "1, 1"), "\x00\x00\x00a")})))
	f.Fuzz(func(t *testing.T, data []byte) {
		archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		checkStore(t, npzStore(archive, "fuzz.npz"))
	})
}

func FuzzNpy(f *testing.F) {
	f.Add([]byte(npy(descr("<f8", "1, 1"), "\x00\x00\x00\x00\x00\x00\xf0\x3f")))
	f.Add([]byte(npy(strings.Replace(descr("|u1", "2, 3"), "False", "True", 1), "\x01\x02\x03\x04\x05\x06")))
	f.Add([]byte(npy(descr(">U2", "1,"), "\x00\x00\x03\xb1\x00\x00\x00\x00")))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := readNpy(bytes.NewReader(data), "fuzz.npy")
		if err != nil {
			wantError(t, err, "fuzz.npy")
			return
		}
		var b bytes.Buffer
		if err := writeNpy(&b, v); err != nil {
			t.Fatal(err)
		}
		again, err := readNpy(&b, "again")
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%v %v %q", again.shape, again.numbers, again.texts) != fmt.Sprintf("%v %v %q", v.shape, v.numbers, v.texts) {
			t.Fatalf("read %v, then %v", v, again)
		}
		checkStore(t, npyStore(bytes.NewReader(data), "fuzz.npy"))
	})
}

// checkStore reads all that a file of arrays may hold: what is accepted is sound.
func checkStore(t *testing.T, s *store) {
	if c, err := s.connectome(ConnectomeOptions{}); err != nil {
		wantError(t, err, s.file)
	} else if err := c.Check(); err != nil {
		t.Fatalf("accepted, but: %v", err)
	}
	if e, err := s.edges(EdgeOptions{}); err != nil {
		wantError(t, err, s.file)
	} else if err := e.Check(); err != nil {
		t.Fatalf("accepted, but: %v", err)
	}
	if m, err := s.labelled(); err != nil {
		wantError(t, err, s.file)
	} else if rows, columns := m.Data.Dims(); m.RowLabels != nil && len(m.RowLabels) != rows || m.ColumnLabels != nil && len(m.ColumnLabels) != columns {
		t.Fatalf("accepted %d×%d with %d and %d labels", rows, columns, len(m.RowLabels), len(m.ColumnLabels))
	}
	if _, err := s.regionNumbers(""); err != nil {
		wantError(t, err, s.file)
	}
	if p, err := s.parameters(); err != nil {
		wantError(t, err, s.file)
	} else if _, err := p.lines(); err != nil {
		t.Fatalf("accepted, but: %v", err)
	}
	series, err := s.series(SeriesOptions{})
	if err != nil {
		wantError(t, err, s.file)
		return
	}
	if samples, regions := series.Dims(); samples == 0 || regions == 0 || len(series.Labels) != regions {
		t.Fatalf("accepted %d samples of %d regions with %d labels", samples, regions, len(series.Labels))
	}
}

// testFile reads a file of testdata/arrays.
func testFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata/arrays", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
