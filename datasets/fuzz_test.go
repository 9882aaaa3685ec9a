package datasets

import (
	"archive/zip"
	"bytes"
	"fmt"
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
