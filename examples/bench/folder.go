package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets"
)

// readNetwork reads the wiring from the folder Network: weights.csv and, if there, delays.csv in ms,
// both [to][from], and init.csv with a row per region and a column per state; or else a connectome
// in TVB's layout, whose rows are scaled to sum to 1.
func (j *job) readNetwork() (*wiring, error) {
	w := new(wiring)
	weights, err := readMatrix(j.Network, "weights.csv", j.Regions, j.Regions)
	if err != nil {
		return nil, err
	}
	w.weights = weights
	if c, err := datasets.LoadTVB(j.Network); err == nil {
		return &wiring{weights: c.NormalisedRows(), delays: delaysOf(c)}, nil
	}
	delays, err := readMatrix(j.Network, "delays.csv", j.Regions, j.Regions)
	if err == nil {
		w.delays = delays
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	states := j.of.model().States()
	init, err := readMatrix(j.Network, "init.csv", j.Regions, len(states))
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil
	}
	if err != nil {
		return nil, err
	}
	w.init = map[string][]float64{}
	for k, s := range states {
		w.init[s.Name] = mat.Col(nil, k, init)
	}
	return w, nil
}

// delaysOf divides lengths by the speed.
func delaysOf(c *datasets.Connectome) *mat.Dense {
	delays := mat.DenseCopyOf(c.TractLengths)
	delays.Scale(1/speed, delays)
	return delays
}

// readMatrix reads one file of the folder.
func readMatrix(folder, name string, rows, cols int) (*mat.Dense, error) {
	m, err := datasets.LoadMatrix(filepath.Join(folder, name))
	if err != nil {
		return nil, fmt.Errorf("-network: %w", err)
	}
	if r, c := m.Data.Dims(); r != rows || c != cols {
		return nil, fmt.Errorf("-network: %s: expected %d × %d numbers, found %d × %d", name, rows, cols, r, c)
	}
	return m.Data, nil
}

// regionsOf is the number of rows of a folder's weights.
func regionsOf(folder string) (int, error) {
	m, err := datasets.LoadMatrix(filepath.Join(folder, "weights.csv"))
	if err != nil {
		return 0, fmt.Errorf("-network: %w", err)
	}
	n, _ := m.Data.Dims()
	return n, nil
}

// assignment is a value for an address.
type assignment struct {
	address string
	value   float64
}

// assignments reads address=number, comma separated.
func assignments(text string) ([]assignment, error) {
	var list []assignment
	if text == "" {
		return nil, nil
	}
	for _, w := range strings.Split(text, ",") {
		address, number, ok := strings.Cut(w, "=")
		x, err := strconv.ParseFloat(number, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("-set: expected address=number, found %q", w)
		}
		list = append(list, assignment{address, x})
	}
	return list, nil
}
