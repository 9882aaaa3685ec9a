package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/euryale-ml/euryale/datasets"
	"gonum.org/v1/gonum/mat"
)

// write puts tables, arrays and pictures into -out and names the files.
func (s *study) write() ([]string, error) {
	first, last := s.candidates[0], s.candidates[len(s.candidates)-1]
	files := []struct {
		name  string
		write func(io.Writer) error
	}{
		{"results.json", s.writeJSON},
		{"sweep.csv", s.sweep.WriteCSV},
		{"sweep.png", s.drawSweep},
		{"fc.png", s.drawFC},
		{"parameters.csv", s.writeParameters},
		{"fc_empirical.csv", s.matrixCSV(s.empirical.FC)},
		{"fc_sweep.csv", s.matrixCSV(first.comparison.FC)},
		{"fc_fit.csv", s.matrixCSV(last.comparison.FC)},
	}
	var names []string
	for _, f := range files {
		if err := datasets.WriteFile(filepath.Join(s.config.out, f.name), f.write); err != nil {
			return nil, err
		}
		names = append(names, f.name)
	}
	if err := s.sweep.SaveNPZ(filepath.Join(s.config.out, "sweep.npz")); err != nil {
		return nil, err
	}
	if err := s.saveArrays(filepath.Join(s.config.out, "results.npz")); err != nil {
		return nil, err
	}
	names = append(names, "sweep.npz", "results.npz")
	if s.truth != nil {
		err := s.writeHidden()
		return append(names, "hidden_bold.csv", "hidden_fc.csv", "hidden_parameters.csv"), err
	}
	return names, nil
}

// matrixCSV writes an FC with its labels, after a comment that says what it was computed with.
func (s *study) matrixCSV(m mat.Matrix) func(io.Writer) error {
	return func(w io.Writer) error {
		fmt.Fprintf(w, "# FC; %s\n", s.Preprocessing)
		out := csv.NewWriter(w)
		out.Write(append([]string{""}, s.labels...))
		for i, label := range s.labels {
			line := []string{label}
			for j := range s.labels {
				line = append(line, exact(m.At(i, j)))
			}
			out.Write(line)
		}
		out.Flush()
		return out.Error()
	}
}

func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// writeParameters writes the regional parameters of every candidate's network.
func (s *study) writeParameters(w io.Writer) error {
	fmt.Fprintf(w, "# %s; %s\n", s.Setup, s.Preprocessing)
	out := csv.NewWriter(w)
	out.Write([]string{"candidate", "address", "unit", "region", "value"})
	for _, c := range s.candidates {
		for _, address := range s.regionalAddresses() {
			values, err := c.net.Get(address)
			if err != nil {
				return err
			}
			unit, err := c.net.Unit(address)
			if err != nil {
				return err
			}
			for i, v := range values {
				region := "all"
				if len(values) == len(s.labels) {
					region = s.labels[i]
				}
				out.Write([]string{c.name, address, unit, region, exact(v)})
			}
		}
	}
	out.Flush()
	return out.Error()
}

// regionalAddresses are those of parameters that fits change.
func (s *study) regionalAddresses() []string {
	list := []string{couplingGain}
	for _, p := range s.fitted {
		list = append(list, "cortex."+p.name)
	}
	for _, state := range s.noisy {
		list = append(list, "noise:cortex."+state+"/sigma")
	}
	return list
}

// saveArrays writes FC, connectome and fitted parameters for numpy.load.
func (s *study) saveArrays(path string) error {
	n := len(s.labels)
	square := func(name string, m mat.Matrix) datasets.Array {
		return datasets.Array{Name: name, Shape: []int{n, n}, Numbers: mat.DenseCopyOf(m).RawMatrix().Data}
	}
	text := func(name, value string) datasets.Array { return datasets.Array{Name: name, Texts: []string{value}} }
	arrays := []datasets.Array{
		{Name: "labels", Shape: []int{n}, Texts: s.labels}, text("preprocessing", s.Preprocessing), text("setup", s.Setup), text("data", s.Data),
		square("weights", s.weights), square("fc_empirical", s.empirical.FC),
		{Name: "coupling", Numbers: []float64{s.Coupling}},
	}
	if s.lengths != nil {
		arrays = append(arrays, square("tract_lengths_mm", s.lengths))
	}
	for _, c := range s.candidates {
		arrays = append(arrays, square("fc "+c.name, c.comparison.FC))
		for _, address := range append(s.regionalAddresses(), "long-range/weights") {
			values, err := c.net.Get(address)
			if err != nil {
				return err
			}
			unit, err := c.net.Unit(address)
			if err != nil {
				return err
			}
			shape := []int{len(values)}
			if len(values) == n*n {
				shape = []int{n, n}
			}
			name := filepath.Base(filepath.Dir(address)) + " " + filepath.Base(address)
			if filepath.Dir(address) == "." {
				name = address
			}
			unit = strings.ReplaceAll(unit, "/", " per ") // a slash in the name of an array would be a folder of the archive
			arrays = append(arrays, datasets.Array{Name: fmt.Sprintf("%s: %s (%s)", c.name, name, unit), Shape: shape, Numbers: values})
		}
	}
	return datasets.SaveArrays(path, arrays...)
}

// writeHidden writes what a test with hidden parameters has made, for other programs and for -bold and -fc.
func (s *study) writeHidden() error {
	path := func(name string) string { return filepath.Join(s.config.out, name) }
	bold := &datasets.TimeSeries{Data: s.data.bold[0], TR: s.data.tr, Labels: s.labels, Unit: "1"}
	if err := bold.Save(path("hidden_bold.csv")); err != nil {
		return err
	}
	if err := datasets.WriteFile(path("hidden_fc.csv"), s.matrixCSV(s.empirical.FC)); err != nil {
		return err
	}
	return datasets.WriteFile(path("hidden_parameters.csv"), func(w io.Writer) error {
		fmt.Fprintf(w, "# hidden coupling %s\n", exact(s.truth.coupling))
		out := csv.NewWriter(w)
		out.Write([]string{"region", "w_p", "gain of the coupling", "noise"})
		for i, label := range s.labels {
			out.Write([]string{label, exact(s.truth.recurrence[i]), exact(s.truth.gain[i]), exact(s.truth.noise[i])})
		}
		out.Flush()
		return out.Error()
	})
}
