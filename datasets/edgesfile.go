package datasets

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// maxEdgeRegions bounds the regions that a file of edges may have.
const maxEdgeRegions = 1<<31 - 1

// EdgeOptions say how to read edges.
type EdgeOptions struct {
	// Regions is their number; 0 takes it from the file, or, where that does not tell,
	// one more than the highest that an edge has.
	Regions int
	// First is the number of the first region in a text file, such as 0 or 1.
	First int
	// Weights and TractLengths name variables of a file of arrays; "" is the usual name.
	Weights, TractLengths string
}

// LoadEdges reads the links of a large network. A text file has a line per link, its
// fields separated by commas, semicolons, tabs or spaces: to, from, weight and, if the
// file has them, length in mm. A header may name and order them (to or target, from or
// source, weight, length or length_mm); other columns are ignored then. A file of arrays
// has those that [Edges.Save] writes, a sparse matrix of SciPy's (save_npz) or MATLAB's,
// or a full one.
//
// It fails if a line or array is not so, and if the edges are not sound ([Edges.Check]),
// as when a link is there twice.
func LoadEdges(path string, options EdgeOptions) (*Edges, error) {
	if isStore(path) {
		s, closer, err := openStore(path)
		if err != nil {
			return nil, err
		}
		defer closer.Close()
		return s.edges(options)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	return ReadEdges(f, path, options)
}

// edgeColumns are the columns of the parts of an edge, -1 of one that is not there.
type edgeColumns struct{ to, from, weight, length int }

// ReadEdges is [LoadEdges] from a stream of text; name stands for it in errors.
func ReadEdges(r io.Reader, name string, options EdgeOptions) (*Edges, error) {
	if options.Weights != "" || options.TractLengths != "" {
		return nil, fmt.Errorf("datasets: %s: variables can be named in files of arrays only", name)
	}
	if options.Regions < 0 || options.Regions > maxEdgeRegions {
		return nil, fmt.Errorf("datasets: %s: %d regions, expected 0 to %d", name, options.Regions, maxEdgeRegions)
	}
	limited := &io.LimitedReader{R: r, N: maxFileBytes + 1}
	lines := bufio.NewScanner(limited)
	e := &Edges{Regions: options.Regions}
	columns, first := edgeColumns{0, 1, 2, -1}, true
	for line := 1; lines.Scan(); line++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if n, ok := strings.CutPrefix(text, regionsNote); ok && options.Regions == 0 {
			if k, err := strconv.Atoi(n); err == nil && k > 0 && k <= maxEdgeRegions {
				e.Regions = k
			}
		}
		if text == "" || text[0] == '#' || text[0] == '%' {
			continue
		}
		fields := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",; \t", c) })
		if len(fields) == 0 {
			return nil, fmt.Errorf("datasets: %s:%d: only separators", name, line)
		}
		if first {
			first = false
			header, err := columns.takeHeader(fields)
			if err != nil {
				return nil, fmt.Errorf("datasets: %s:%d: %w", name, line, err)
			}
			if header {
				continue
			}
		}
		if err := e.takeLine(fields, columns, options.First); err != nil {
			return nil, fmt.Errorf("datasets: %s:%d: %w", name, line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", name, err)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("datasets: %s: more than %d bytes", name, maxFileBytes)
	}
	return e.finish(options.Regions, name)
}

// finish counts the regions if nobody told their number, and brings edges into order.
func (e *Edges) finish(told int, name string) (*Edges, error) {
	if len(e.To) == 0 && e.Regions == 0 {
		return nil, fmt.Errorf("datasets: %s: no data: no edge", name)
	}
	if told == 0 && len(e.To) > 0 {
		e.Regions = max(e.Regions, slices.Max(e.To)+1, slices.Max(e.From)+1)
	}
	e.sort()
	if err := e.Check(); err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, name)
	}
	return e, nil
}

// takeHeader reads the first line: a header if its first field is no number, otherwise
// the fields tell whether there are lengths.
func (c *edgeColumns) takeHeader(fields []string) (bool, error) {
	if !isWord(strings.Trim(fields[0], `"`)) {
		if len(fields) > 3 {
			c.length = 3
		}
		return false, nil
	}
	*c = edgeColumns{-1, -1, -1, -1}
	for k, field := range fields {
		switch strings.ToLower(strings.Trim(field, `"`)) {
		case "to", "target":
			c.to = k
		case "from", "source":
			c.from = k
		case "weight":
			c.weight = k
		case "length", "length_mm", "tract_length", "tract_length_mm":
			c.length = k
		}
	}
	if c.to < 0 || c.from < 0 || c.weight < 0 {
		return true, fmt.Errorf("columns %q, expected to, from, weight and perhaps length", fields)
	}
	return true, nil
}

// takeLine adds an edge.
func (e *Edges) takeLine(fields []string, c edgeColumns, first int) error {
	if most := max(c.to, c.from, c.weight, c.length); len(fields) <= most {
		return fmt.Errorf("%s, expected at least %d", plural(len(fields), "field"), most+1)
	}
	to, err := region(fields[c.to], first)
	if err != nil {
		return err
	}
	from, err := region(fields[c.from], first)
	if err != nil {
		return err
	}
	w, err := finiteNumber(fields[c.weight])
	if err != nil {
		return fmt.Errorf("weight: %w", err)
	}
	e.To, e.From, e.Weights = append(e.To, to), append(e.From, from), append(e.Weights, w)
	if c.length < 0 {
		return nil
	}
	length, err := finiteNumber(fields[c.length])
	if err == nil && length < 0 {
		err = fmt.Errorf("%g mm is below 0", length)
	}
	if err != nil {
		return fmt.Errorf("length: %w", err)
	}
	e.Lengths = append(e.Lengths, length)
	return nil
}

// region reads the number of a region.
func region(field string, first int) (int, error) {
	n, err := strconv.Atoi(field)
	if err != nil || n < first || n-first >= maxEdgeRegions {
		return 0, fmt.Errorf("region %q, expected a whole number from %d", field, first)
	}
	return n - first, nil
}

// finiteNumber reads a number that is there and finite.
func finiteNumber(field string) (float64, error) {
	x, err := number(field)
	if err == nil && notFinite(x) {
		err = fmt.Errorf("%q is missing or not finite", field)
	}
	return x, err
}
