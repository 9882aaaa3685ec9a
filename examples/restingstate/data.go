package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
)

// recordings are the empirical data: an FC, or BOLD of one or more subjects.
type recordings struct {
	fc   mat.Matrix   // of a file; nil with BOLD
	bold []*mat.Dense // [volume, region] of each subject, columns chosen
	tr   float64      // s
	from string       // where they come from
}

// loadConnectome reads -sc and -lengths, without links of a region with itself.
func loadConnectome(c *config) (*datasets.Connectome, error) {
	sc, err := readConnectome(c)
	if err != nil {
		return nil, err
	}
	if sc, err = sc.WithoutSelf(); err != nil {
		return nil, err
	}
	for i := range sc.Regions() {
		for j := range sc.Regions() {
			if sc.Weights.At(i, j) < 0 {
				return nil, fmt.Errorf("%s: weight to %s from %s is %g: expected none below 0", c.sc, sc.Labels[i], sc.Labels[j], sc.Weights.At(i, j))
			}
		}
	}
	switch {
	case sc.Regions() < 3:
		return nil, fmt.Errorf("%s: expected 3 regions at least, found %d", c.sc, sc.Regions())
	case mat.Max(sc.Weights) == 0:
		return nil, fmt.Errorf("%s: all weights are 0", c.sc)
	}
	return scaled(sc, c.scale)
}

func readConnectome(c *config) (*datasets.Connectome, error) {
	switch {
	case c.sc == "" && c.lengths != "":
		return nil, errors.New("-lengths needs -sc")
	case c.sc == "":
		folder, err := bundled()
		if err != nil {
			return nil, err
		}
		return datasets.LoadTVB(folder)
	case c.lengths != "" || isText(c.sc):
		return datasets.LoadCSV(c.sc, c.lengths)
	}
	return datasets.LoadConnectome(c.sc, datasets.ConnectomeOptions{})
}

// isText tells by the name whether a file holds a table.
func isText(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".tsv", ".txt", ".dat":
		return true
	}
	return false
}

// bundled finds testdata/tvb76, from anywhere in the repository.
func bundled() (string, error) {
	up := ""
	for range 4 {
		folder := filepath.Join(up, "testdata", "tvb76")
		if _, err := os.Stat(folder); err == nil {
			return folder, nil
		}
		up = filepath.Join(up, "..")
	}
	return "", errors.New("testdata/tvb76 is not here: run this inside the repository, or give -sc")
}

func scaled(sc *datasets.Connectome, by string) (*datasets.Connectome, error) {
	scalings := map[string][]datasets.Scaling{
		"max": {datasets.ByMaximum}, "row": {datasets.ByRow}, "radius": {datasets.BySpectralRadius}, "none": nil,
		"log": {datasets.ByLogarithm, datasets.ByMaximum},
	}
	list, ok := scalings[by]
	if !ok {
		return nil, fmt.Errorf("-scale %q: expected max, row, radius, log or none", by)
	}
	for _, s := range list {
		var err error
		if sc, err = sc.Scaled(s); err != nil {
			return nil, err
		}
	}
	return sc, nil
}

// loadRecordings reads -fc or -bold and checks them against the connectome.
func loadRecordings(c *config, sc *datasets.Connectome) (*recordings, error) {
	n := sc.Regions()
	if c.fc != "" {
		fc, labels, err := datasets.LoadFC(c.fc)
		if err != nil {
			return nil, err
		}
		if err := sameRegions(c.fc, labels, sc.Labels); err != nil {
			return nil, err
		}
		return &recordings{fc: fc, tr: trOr(c.tr, 2), from: c.fc}, nil
	}
	r := &recordings{tr: c.tr, from: c.bold}
	for _, path := range strings.Split(c.bold, ",") {
		series, err := datasets.LoadTimeSeries(path, datasets.SeriesOptions{TR: c.tr, Columns: c.columns})
		if err != nil {
			return nil, err
		}
		samples, regions := series.Dims()
		switch {
		case regions != n:
			return nil, fmt.Errorf("%s: %d regions, where the connectome has %d: choose with -columns", path, regions, n)
		case samples < 20:
			return nil, fmt.Errorf("%s: %d volumes are too few for an FC: expected 20 at least (a line per volume, a column per region)", path, samples)
		case series.TR == 0:
			return nil, fmt.Errorf("%s does not tell its repetition time: give -tr in s", path)
		case r.tr != 0 && series.TR != r.tr:
			return nil, fmt.Errorf("%s: repetition time %g s, where the others have %g", path, series.TR, r.tr)
		}
		r.tr = series.TR
		r.bold = append(r.bold, series.Data)
	}
	return r, nil
}

func trOr(tr, otherwise float64) float64 {
	if tr == 0 {
		return otherwise
	}
	return tr
}

// sameRegions refuses another number of regions, and the same regions in another order; other names may be another
// way to write them.
func sameRegions(path string, labels, expected []string) error {
	if len(labels) != len(expected) {
		return fmt.Errorf("%s: %d regions, where the connectome has %d", path, len(labels), len(expected))
	}
	place := map[string]int{}
	for i, l := range expected {
		place[l] = i
	}
	for i, l := range labels {
		if j, ok := place[l]; ok && j != i {
			return fmt.Errorf("%s: region %d is %s, which is region %d of the connectome: expected the same order", path, i+1, l, j+1)
		}
	}
	return nil
}

// preprocessing of what is compared.
func (c *config) preprocessing() forward.Preprocessing {
	return forward.Preprocessing{Censored: c.censored, Detrend: c.detrend, Low: c.low, High: c.high}
}
