package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets"
)

func (r *result) writeJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// write puts every signal, spectrum and FC into a directory, and pictures, and names the files.
func (r *result) write(dir string) (names []string, err error) {
	save := func(name string, s *datasets.TimeSeries) {
		for _, ext := range []string{".npz", ".csv"} {
			if err == nil {
				err = s.Save(filepath.Join(dir, name+ext))
			}
			names = append(names, name+ext)
		}
	}
	for _, m := range r.list {
		labels := m.series.Labels
		samples, channels := m.series.Dims()
		last := m.series.Data.Slice(samples-m.kept, samples, 0, channels).(*mat.Dense)
		save(m.name, &datasets.TimeSeries{Data: last, TR: m.series.TR, Labels: labels, Unit: m.series.Unit})
		save(m.name+"_fc", &datasets.TimeSeries{Data: mat.DenseCopyOf(m.fc), Labels: labels})
		if m.envelopeFC != nil {
			save(m.name+"_amplitude_fc", &datasets.TimeSeries{Data: mat.DenseCopyOf(m.envelopeFC), Labels: labels})
		}
		save(m.name+"_spectrum", m.spectrum())
		if err == nil {
			err = writeFile(dir, m.name+".png", func(w io.Writer) error { return m.draw(w, r.config) })
		}
		names = append(names, m.name+".png")
	}
	if err == nil {
		err = writeFile(dir, "summary.json", r.writeJSON)
	}
	return append(names, "summary.json"), err
}

// spectrum has the frequencies as first column.
func (m *measured) spectrum() *datasets.TimeSeries {
	rows, columns := m.psd.Dims()
	table := mat.NewDense(rows, columns+1, nil)
	table.SetCol(0, m.frequencies)
	table.Slice(0, rows, 1, columns+1).(*mat.Dense).Copy(m.psd)
	return &datasets.TimeSeries{Data: table, Labels: slices.Concat([]string{"frequency_hz"}, m.series.Labels), Unit: m.series.Unit + "²/Hz"}
}

// writeFile writes beside and renames, so that no file is ever half written.
func writeFile(dir, name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(dir, "."+name)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	err = write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Join(dir, name), err)
	}
	return nil
}

// median is the middle value; it sorts x.
func median(x []float64) float64 {
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
