package datasets

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// WriteFile writes a file beside its place, and puts it there when it is complete: no
// file is ever half written. Errors name the file.
//
//	err := datasets.WriteFile("sweep.csv", result.WriteCSV)
func WriteFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".datasets-*")
	if err != nil {
		return fmt.Errorf("datasets: %w", err)
	}
	defer os.Remove(f.Name()) // fails once it is renamed
	buffered := bufio.NewWriter(f)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("datasets: %s: %w", path, err)
	}
	return nil
}

// Save writes the time series to a .npz file, which numpy.load reads, as data [time,
// region], labels, tr_s, start_s and unit; or to a .csv file, a line per sample and a
// column per region, the first column being the time in s where the repetition time is
// known, after comments that tell that, the start and the unit. [LoadTimeSeries] gets
// back the same. The file appears when it is complete. It fails if the name ends
// otherwise, and if labels and data differ in number.
func (s *TimeSeries) Save(path string) error {
	if s.Data == nil {
		return fmt.Errorf("datasets: %s: time series without data", path)
	}
	if _, regions := s.Dims(); len(s.Labels) != regions {
		return fmt.Errorf("datasets: %s: time series with %s for %s", path, plural(len(s.Labels), "label"), plural(regions, "region"))
	}
	switch extension(path) {
	case ".npz":
		arrays := []*variable{matrixOf("data", s.Data), textsOf("labels", s.Labels), {name: "tr_s", numbers: []float64{s.TR}},
			{name: "start_s", numbers: []float64{s.Start}}, {name: "unit", texts: []string{s.Unit}}}
		return WriteFile(path, func(w io.Writer) error { return writeNpz(w, arrays) })
	case ".csv":
		return WriteFile(path, s.writeCSV)
	}
	return fmt.Errorf("datasets: %s: a time series is saved as .npz or .csv", path)
}

func (s *TimeSeries) writeCSV(w io.Writer) error {
	t := textTable{columns: s.Labels, data: s.Data, notes: []string{layoutNote, "header", unitNote, s.Unit}}
	if s.TR > 0 {
		t.notes = append(t.notes, trNote, exact(s.TR))
		samples, _ := s.Dims()
		t.corner = timeColumn
		for k := 0; k < samples; k++ { // rounded: 0.3, not 0.30000000000000004
			t.rows = append(t.rows, strconv.FormatFloat(s.Start+float64(k)*s.TR, 'g', 12, 64))
		}
	}
	if s.Start != 0 {
		t.notes = append(t.notes, startNote, exact(s.Start))
	}
	return t.write(w)
}

// Save writes the matrix to a .npz file, which numpy.load reads, as data, row_labels,
// column_labels and unit; or to a .csv file with a header of column labels and a first
// column of row labels, those that there are. [LoadMatrix] gets back the same. The file
// appears when it is complete. It fails if the name ends otherwise, and if labels and
// data differ in number.
func (m *Matrix) Save(path string) error {
	if m.Data == nil {
		return fmt.Errorf("datasets: %s: matrix without data", path)
	}
	rows, columns := m.Data.Dims()
	if m.RowLabels != nil && len(m.RowLabels) != rows || m.ColumnLabels != nil && len(m.ColumnLabels) != columns {
		return fmt.Errorf("datasets: %s: a matrix of %d×%d with %d and %d labels", path, rows, columns, len(m.RowLabels), len(m.ColumnLabels))
	}
	switch extension(path) {
	case ".npz":
		arrays := []*variable{matrixOf("data", m.Data), labelsOf("row_labels", m.RowLabels), labelsOf("column_labels", m.ColumnLabels)}
		if m.Unit != "" {
			arrays = append(arrays, &variable{name: "unit", texts: []string{m.Unit}})
		}
		return WriteFile(path, func(w io.Writer) error { return writeNpz(w, arrays) })
	case ".csv":
		return WriteFile(path, m.writeCSV)
	}
	return fmt.Errorf("datasets: %s: a matrix is saved as .npz or .csv", path)
}

func labelsOf(name string, labels []string) *variable {
	if labels == nil {
		return nil
	}
	return textsOf(name, labels)
}

func (m *Matrix) writeCSV(w io.Writer) error {
	t := textTable{columns: m.ColumnLabels, data: m.Data}
	if m.Unit != "" {
		t.notes = []string{unitNote, m.Unit}
	}
	layout := []string{}
	if m.ColumnLabels != nil {
		layout = append(layout, "header")
	}
	if m.RowLabels != nil {
		layout = append(layout, "row names")
		for _, label := range m.RowLabels {
			t.rows = append(t.rows, quoted(label))
		}
	}
	if m.ColumnLabels == nil || !allWords(m.ColumnLabels) || !allWords(m.RowLabels) { // not plain to see
		t.notes = append(t.notes, layoutNote, strings.Join(layout, ", "))
	}
	return t.write(w)
}

// Notes are comments of the form "# key: value" that readers understand.
const (
	layoutNote = "layout"  // header, row names, both or neither
	unitNote   = "unit"    // of the values
	trNote     = "TR_s"    // repetition time
	startNote  = "start_s" // time of the first sample
	timeColumn = "time_s"  // name of a first column of times
)

// textTable is what becomes a text file.
type textTable struct {
	notes   []string // keys and values; a value "" is not written, but for the layout
	corner  string   // header of the rows
	columns []string // header; nil if there is none
	rows    []string // first column, nil if there is none
	data    *mat.Dense
}

// write writes numbers so that they read back exactly, and labels in quotes.
func (t *textTable) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	for k := 0; k < len(t.notes); k += 2 {
		if value := strings.Join(strings.Fields(t.notes[k+1]), " "); value != "" || t.notes[k] == layoutNote {
			fmt.Fprintf(out, "# %s: %s\n", t.notes[k], value)
		}
	}
	if t.columns != nil {
		fields := []string{}
		if t.rows != nil {
			fields = append(fields, t.corner)
		}
		for _, label := range t.columns {
			fields = append(fields, quoted(label))
		}
		fmt.Fprintln(out, strings.Join(fields, ","))
	}
	rows, _ := t.data.Dims()
	for i := 0; i < rows; i++ {
		line := []byte{}
		if t.rows != nil {
			line = append(append(line, t.rows[i]...), ',')
		}
		for j, x := range t.data.RawRowView(i) {
			if j > 0 {
				line = append(line, ',')
			}
			line = strconv.AppendFloat(line, x, 'g', -1, 64)
		}
		out.Write(append(line, '\n'))
	}
	return out.Flush()
}

// quoted is a label as a field of text: in quotes where it might be taken for something
// else, line breaks and tabs as spaces.
func quoted(label string) string {
	label = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(label)
	if label != "" && !strings.ContainsAny(label, "\",;#% ") && strings.TrimSpace(label) == label && isWord(label) {
		return label
	}
	return `"` + strings.ReplaceAll(label, `"`, `""`) + `"`
}

// exact is a number as text that reads back exactly.
func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// FromSamples is a time series of samples [time][region] at a distance in ms, as the
// networks of package graph record them:
//
//	s := rollout.Series("cortex.x")
//	bold, err := datasets.FromSamples(s.Lane(0), s.Start, s.Dt, s.Unit, s.Labels)
//	err = bold.Save("bold.npz")
//
// start is the time of the first sample in ms. Regions without labels are "region 1"
// onwards. It fails if there are no samples, if they differ in length, and if there
// is not a label per region.
func FromSamples(samples [][]float64, start, dt float64, unit string, labels []string) (*TimeSeries, error) {
	if len(samples) == 0 || len(samples[0]) == 0 {
		return nil, fmt.Errorf("datasets: a time series of no samples, or no regions")
	}
	if dt < 0 || notFinite(dt) || notFinite(start) {
		return nil, fmt.Errorf("datasets: a time series from %v ms at %v ms, expected a positive distance, or 0 if unknown", start, dt)
	}
	n := len(samples[0])
	if labels == nil {
		labels = numbered(n)
	}
	if len(labels) != n {
		return nil, fmt.Errorf("datasets: %s for %s", plural(len(labels), "label"), plural(n, "region"))
	}
	s := &TimeSeries{Data: mat.NewDense(len(samples), n, nil), TR: dt / 1000, Start: start / 1000, Unit: unit, Labels: slices.Clone(labels)}
	for t, row := range samples {
		if len(row) != n {
			return nil, fmt.Errorf("datasets: sample %d has %s, expected %d as the first", t, plural(len(row), "region"), n)
		}
		s.Data.SetRow(t, row)
	}
	return s, nil
}
