package datasets

import (
	"fmt"
	"io"
	"strconv"
)

// edges reads edges from a file of arrays.
func (s *store) edges(options EdgeOptions) (*Edges, error) {
	e, err := s.listedEdges(options)
	if err != nil {
		return nil, err
	}
	if e == nil {
		if e, err = s.matrixEdges(options); err != nil {
			return nil, err
		}
	}
	if v, err := s.find("labels", "region_labels"); err != nil {
		return nil, err
	} else if v != nil {
		if e.Labels, err = v.names(); err != nil {
			return nil, err
		}
	}
	if options.Regions != 0 && options.Regions != e.Regions {
		return nil, fmt.Errorf("datasets: %s: %d regions, but the options say %d", s.file, e.Regions, options.Regions)
	}
	return e.finish(e.Regions, s.file)
}

// matrixEdges reads edges from a sparse or full matrix, lengths where there are weights.
func (s *store) matrixEdges(options EdgeOptions) (*Edges, error) {
	v, err := s.part("Weights", options.Weights)
	if err == nil && v == nil {
		v, err = s.ofSciPy()
	}
	if err == nil && v == nil {
		err = fmt.Errorf("datasets: %s: no weights: name one of %s", s.file, abbreviated(s.names))
	}
	if err != nil {
		return nil, err
	}
	e, err := v.edges()
	if err != nil {
		return nil, err
	}
	if v, err = s.part("TractLengths", options.TractLengths); v == nil || err != nil {
		return e, err
	}
	lengths, err := v.edges()
	if err != nil {
		return nil, err
	}
	if e, err = e.WithLengths(lengths); err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, s.file)
	}
	return e, nil
}

// WithLengths are the edges with tract lengths in mm that are the weights of others: 0
// where those have no edge. It fails if either is not sound, and if regions differ in
// number.
func (e *Edges) WithLengths(lengths *Edges) (*Edges, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	if err := lengths.Check(); err != nil {
		return nil, fmt.Errorf("%w (of lengths)", err)
	}
	if lengths.Regions != e.Regions {
		return nil, fmt.Errorf("datasets: lengths of %d regions for edges of %d", lengths.Regions, e.Regions)
	}
	out := *e
	out.Lengths = make([]float64, len(e.To))
	for k := range e.To {
		out.Lengths[k] = lengths.At(e.To[k], e.From[k])
	}
	return &out, out.Check()
}

// listedEdges reads what Edges.Save writes; nil if the file is none of it.
func (s *store) listedEdges(options EdgeOptions) (*Edges, error) {
	regions, err := s.find("regions")
	if regions == nil || err != nil || options.Weights != "" {
		return nil, err
	}
	n, err := regions.scalar()
	if err != nil {
		return nil, err
	}
	e := &Edges{}
	var ok bool
	if e.Regions, ok = index(n, maxEdgeRegions); !ok {
		return nil, fmt.Errorf("datasets: %s is %v, expected a whole number", regions.name, n)
	}
	var lists [3][]float64
	for k, name := range []string{"to", "from", "weights"} {
		v, err := s.must(name)
		if err != nil {
			return nil, err
		}
		if v.numbers == nil || len(v.shape) != 1 {
			return nil, fmt.Errorf("datasets: %s has shape %v, expected a list of numbers", v.name, v.shape)
		}
		lists[k] = v.numbers
	}
	t, err := fromPairs(lists[0], lists[1], lists[2], []int{e.Regions, e.Regions})
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", s.file, err)
	}
	e.To, e.From, e.Weights = t.rows, t.columns, t.values
	if v, err := s.find("tract_lengths_mm"); err != nil {
		return nil, err
	} else if v != nil {
		if e.Lengths = v.numbers; len(e.Lengths) != len(e.To) {
			return nil, fmt.Errorf("datasets: %s has %d values, expected %d", v.name, len(e.Lengths), len(e.To))
		}
	}
	return e, nil
}

// regionsNote begins the comment that tells the number of regions.
const regionsNote = "# regions: "

// Save writes the edges, to a .npz file as regions, to, from, weights, tract_lengths_mm
// and labels, or to a .csv file, a line per edge, which does not hold the labels. Regions
// count from 0. The file appears when it is complete. It fails if the edges are not
// sound, or the name ends otherwise.
func (e *Edges) Save(path string) error {
	if err := e.Check(); err != nil {
		return err
	}
	switch extension(path) {
	case ".npz":
		arrays := []*variable{{name: "regions", numbers: []float64{float64(e.Regions)}},
			listOf("to", floatsOf(e.To)), listOf("from", floatsOf(e.From)), listOf("weights", e.Weights), listOf("tract_lengths_mm", e.Lengths)}
		if e.Labels != nil {
			arrays = append(arrays, textsOf("labels", e.Labels))
		}
		return WriteFile(path, func(w io.Writer) error { return writeNpz(w, arrays) })
	case ".csv":
		return WriteFile(path, e.writeCSV)
	}
	return fmt.Errorf("datasets: %s: edges are saved as .npz or .csv", path)
}

func (e *Edges) writeCSV(w io.Writer) error {
	header := "to,from,weight"
	if e.Lengths != nil {
		header += ",length_mm"
	}
	if _, err := fmt.Fprintf(w, "%s%d\n%s\n", regionsNote, e.Regions, header); err != nil {
		return err
	}
	var line []byte
	for k := range e.To {
		line = fmt.Appendf(line[:0], "%d,%d,", e.To[k], e.From[k])
		line = strconv.AppendFloat(line, e.Weights[k], 'g', -1, 64)
		if e.Lengths != nil {
			line = strconv.AppendFloat(append(line, ','), e.Lengths[k], 'g', -1, 64)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// floatsOf are indices as numbers; never nil.
func floatsOf(indices []int) []float64 {
	x := make([]float64, len(indices))
	for k, i := range indices {
		x[k] = float64(i)
	}
	return x
}
