package main

import (
	"encoding/json"
	"io"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets"
)

func (r *result) writeJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// write puts every signal, spectrum and FC into a directory, and pictures, and names the files.
func (r *result) write(dir string) (names []string, err error) {
	save := func(name string, save func(path string) error) {
		for _, ext := range []string{".npz", ".csv"} {
			if err == nil {
				err = save(filepath.Join(dir, name+ext))
			}
			names = append(names, name+ext)
		}
	}
	write := func(name string, write func(io.Writer) error) {
		if err == nil {
			err = datasets.WriteFile(filepath.Join(dir, name), write)
		}
		names = append(names, name)
	}
	for _, m := range r.list {
		labels := m.series.Labels
		samples, channels := m.series.Dims()
		last := *m.series
		last.Data = last.Data.Slice(samples-m.kept, samples, 0, channels).(*mat.Dense)
		last.Start += float64(samples-m.kept) * last.TR
		save(m.name, last.Save)
		save(m.name+"_fc", (&datasets.Matrix{Data: mat.DenseCopyOf(m.fc), RowLabels: labels, ColumnLabels: labels}).Save)
		if m.envelopeFC != nil {
			save(m.name+"_amplitude_fc", (&datasets.Matrix{Data: mat.DenseCopyOf(m.envelopeFC), RowLabels: labels, ColumnLabels: labels}).Save)
		}
		save(m.name+"_spectrum", m.spectrum().Save)
		write(m.name+".png", func(w io.Writer) error { return m.draw(w, r.config) })
	}
	write("summary.json", r.writeJSON)
	return names, err
}

// spectrum has the frequencies as first column.
func (m *measured) spectrum() *datasets.Matrix {
	rows, columns := m.psd.Dims()
	table := mat.NewDense(rows, columns+1, nil)
	table.SetCol(0, m.frequencies)
	table.Slice(0, rows, 1, columns+1).(*mat.Dense).Copy(m.psd)
	return &datasets.Matrix{Data: table, ColumnLabels: slices.Concat([]string{"frequency_hz"}, m.series.Labels), Unit: m.series.Unit + "²/Hz"}
}

// median is the middle value; it sorts x.
func median(x []float64) float64 {
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
