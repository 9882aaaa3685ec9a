package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/euryale-ml/euryale/graph"
	"gonum.org/v1/gonum/mat"
)

// number is a float64 whose NaN is JSON's null and prints as a dash.
type number float64

var nan = number(math.NaN())

func (v number) MarshalJSON() ([]byte, error) {
	if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return json.Marshal(f)
	}
	return []byte("null"), nil
}

func (v number) String() string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return strconv.FormatFloat(float64(v), 'f', 3, 64)
}

func (r *result) writeJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// checkDirectory makes a directory and sees, before the work, that it can be written to.
func checkDirectory(dir string) error {
	err := os.MkdirAll(dir, 0o777)
	if err == nil {
		err = writeFile(dir, ".probe", func(io.Writer) error { return nil })
	}
	if err != nil {
		return fmt.Errorf("-out %s: %w", dir, err)
	}
	return os.Remove(filepath.Join(dir, ".probe"))
}

// write puts picture, matrices and parameters into a directory and names the files.
func (r *result) write(dir string) ([]string, error) {
	type file struct {
		name  string
		write func(io.Writer) error
	}
	files := []file{
		{"fc_empirical.csv", r.matrix(r.empirical)},
		{"weights.csv", r.matrix(r.network.Weights)},
		{"parameters.csv", r.writeParameters},
		{"fc_simulated.csv", r.matrix(r.simulated)},
		{"fc.png", r.drawFC},
	}
	if r.dot {
		files = append(files, file{"network.dot", r.writeDOT})
	}
	var names []string
	for _, f := range files {
		if err := writeFile(dir, f.name, f.write); err != nil {
			return nil, err
		}
		names = append(names, f.name)
	}
	return names, nil
}

func (r *result) matrix(m *mat.Dense) func(io.Writer) error {
	return func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Write(append([]string{""}, r.data.labels...))
		for i, label := range r.data.labels {
			out.Write(append([]string{label}, texts(m.RawRowView(i))...))
		}
		out.Flush()
		return out.Error()
	}
}

func (r *result) writeParameters(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"region", "bifurcation (1/s)", "relaxation (1/s)", "frequency (Hz)", "noise (1/√s)"})
	relaxation := r.network.relaxation()
	for i, label := range r.data.labels {
		out.Write(append([]string{label}, texts([]float64{r.network.Bifurcation[i], relaxation[i], r.network.Frequency[i], r.network.Amplitude * r.network.Noise[i]})...))
	}
	out.Flush()
	return out.Error()
}

func texts(v []float64) []string {
	s := make([]string, len(v))
	for i := range v {
		s[i] = strconv.FormatFloat(v[i], 'g', -1, 64)
	}
	return s
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

// writeDOT writes the step graph for Graphviz.
func (r *result) writeDOT(w io.Writer) error {
	net, err := r.network.build(r.data.labels, saturation, r.data.lengths)
	if err != nil {
		return err
	}
	text, err := net.DOT(settings(r.data.train.TR, 1, r.Seed).Dt, graph.Heun)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}
