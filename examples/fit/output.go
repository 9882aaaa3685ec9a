package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/euryale-ml/euryale/datasets"
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
		err = datasets.WriteFile(filepath.Join(dir, ".probe"), func(io.Writer) error { return nil })
	}
	if err != nil {
		return fmt.Errorf("-out %s: %w", dir, err)
	}
	return os.Remove(filepath.Join(dir, ".probe"))
}

// write puts picture, matrices and parameters into a directory and names the files.
func (r *result) write(dir string) ([]string, error) {
	type file struct {
		name string
		save func(path string) error
	}
	files := []file{
		{"fc_empirical.csv", r.matrix(r.empirical).Save},
		{"weights.csv", r.matrix(r.network.Weights).Save},
		{"parameters.csv", r.parameters().Save},
		{"fc_simulated.csv", r.matrix(r.simulated).Save},
		{"fc.png", saved(r.drawFC)},
	}
	if r.dot {
		files = append(files, file{"network.dot", saved(r.writeDOT)})
	}
	var names []string
	for _, f := range files {
		if err := f.save(filepath.Join(dir, f.name)); err != nil {
			return nil, err
		}
		names = append(names, f.name)
	}
	return names, nil
}

func saved(write func(io.Writer) error) func(path string) error {
	return func(path string) error { return datasets.WriteFile(path, write) }
}

// matrix has a row and a column per region.
func (r *result) matrix(m *mat.Dense) *datasets.Matrix {
	return &datasets.Matrix{Data: m, RowLabels: r.data.labels, ColumnLabels: r.data.labels}
}

// parameters has a row per region.
func (r *result) parameters() *datasets.Matrix {
	m := &datasets.Matrix{Data: mat.NewDense(len(r.data.labels), 4, nil), RowLabels: r.data.labels,
		ColumnLabels: []string{"bifurcation (1/s)", "relaxation (1/s)", "frequency (Hz)", "noise (1/√s)"}}
	relaxation := r.network.relaxation()
	for i := range r.data.labels {
		m.Data.SetRow(i, []float64{r.network.Bifurcation[i], relaxation[i], r.network.Frequency[i], r.network.Amplitude * r.network.Noise[i]})
	}
	return m
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
