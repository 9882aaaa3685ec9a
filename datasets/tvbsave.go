package datasets

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// writeTVB writes an archive in the layout of The Virtual Brain, without dates: the same
// connectome gives the same bytes. labels.txt is for connectomes without centres, whose
// file has the labels.
func (c *Connectome) writeTVB(w io.Writer) error {
	if c.TractLengths == nil {
		return fmt.Errorf("the layout of The Virtual Brain has tract lengths, and there are none")
	}
	for i, label := range c.Labels {
		if strings.TrimSpace(label) == "" || strings.TrimSpace(label) != label || strings.ContainsAny(label, "\"\n\r\t") {
			return fmt.Errorf("label %d is %q, expected one without quotes, line breaks or spaces around it", i, label)
		}
	}
	archive := zip.NewWriter(w)
	for _, part := range []struct {
		name string
		text []byte
	}{
		{"weights.txt", rowsOf(c.Weights, nil)}, {"tract_lengths.txt", rowsOf(c.TractLengths, nil)},
		{"centres.txt", rowsOf(c.Centres, c.Labels)}, {"labels.txt", []byte(strings.Join(c.Labels, "\n") + "\n")},
		{"average_orientations.txt", rowsOf(c.Orientations, nil)}, {"areas.txt", columnOf(c.Areas)},
		{"cortical.txt", columnOf(zerosAndOnes(c.Cortical))}, {"hemispheres.txt", columnOf(zerosAndOnes(c.RightHemisphere))},
	} {
		if part.text == nil {
			continue
		}
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := entry.Write(part.text); err != nil {
			return err
		}
	}
	return archive.Close()
}

// rowsOf are lines of numbers, after a label if there are some; nil of nil.
func rowsOf(m *mat.Dense, labels []string) []byte {
	if m == nil {
		return nil
	}
	var out bytes.Buffer
	rows, columns := m.Dims()
	switch {
	case labels != nil:
		fmt.Fprintf(&out, "# %s: row names\n", layoutNote)
	case columns > 1:
		fmt.Fprintf(&out, "# %s: numbers\n", layoutNote) // 0 1 2 might be a header
	}
	for i := 0; i < rows; i++ {
		var fields []string
		if labels != nil {
			fields = append(fields, quoted(labels[i]))
		}
		for _, x := range m.RawRowView(i) {
			fields = append(fields, exact(x))
		}
		out.WriteString(strings.Join(fields, " ") + "\n")
	}
	return out.Bytes()
}

// columnOf are lines of one number; nil of nil.
func columnOf(x []float64) []byte {
	if x == nil {
		return nil
	}
	return rowsOf(mat.NewDense(len(x), 1, x), nil)
}
