package datasets

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Connectome is a structural brain network of n regions. Matrices are [to][from]:
// row i holds what region i receives.
type Connectome struct {
	Weights      *mat.Dense // n×n connection strengths, in the unit of their source; 0 = no connection
	TractLengths *mat.Dense // n×n fibre lengths, mm; nil if unknown
	Labels       []string   // n names

	// What follows is nil where the source does not have it.
	Centres         *mat.Dense // n×3 positions, mm
	Orientations    *mat.Dense // n×3 mean surface normals
	Areas           []float64  // n surface areas, mm²
	Cortical        []bool     // n, false for subcortical regions
	RightHemisphere []bool     // n
}

// Regions is the number of regions.
func (c *Connectome) Regions() int {
	if c.Weights == nil {
		return 0
	}
	n, _ := c.Weights.Dims()
	return n
}

// Check refuses a connectome that no network can be built from: weights that are not
// square, parts of another size, values that are NaN or infinite, tract lengths or
// areas below zero. Errors name the entry, and the regions by their labels.
func (c *Connectome) Check() error { return c.check(nil) }

// sources are the files that the parts of a connectome were read from, by the name
// of the part.
type sources map[string]*grid

// part is how errors name a part: its file, or its field.
func (s sources) part(field string) string {
	if g := s[field]; g != nil {
		return g.name
	}
	return field
}

// entry is how errors name an entry: file, line and column, or field and indices.
func (s sources) entry(field string, i, j int) string {
	if g := s[field]; g != nil {
		return g.at(i, j)
	}
	return fmt.Sprintf("%s[%d][%d]", field, i, j)
}

func (c *Connectome) check(from sources) error {
	if err := c.checkSizes(from); err != nil {
		return err
	}
	if err := c.checkPairs("Weights", "weight", c.Weights, math.Inf(-1), from); err != nil {
		return err
	}
	if err := c.checkPairs("TractLengths", "tract length", c.TractLengths, 0, from); err != nil {
		return err
	}
	if err := c.checkVectors("Centres", c.Centres, from); err != nil {
		return err
	}
	if err := c.checkVectors("Orientations", c.Orientations, from); err != nil {
		return err
	}
	for i, a := range c.Areas {
		if notFinite(a) || a < 0 {
			return fmt.Errorf("datasets: %s: area of %q is %g mm², expected a number not below 0", from.part("Areas"), c.Labels[i], a)
		}
	}
	return nil
}

// checkSizes compares the size of every part with that of the weights.
func (c *Connectome) checkSizes(from sources) error {
	if c.Weights == nil || c.Weights.IsEmpty() {
		return fmt.Errorf("datasets: connectome without weights")
	}
	n, columns := c.Weights.Dims()
	weights := from.part("Weights")
	if n != columns {
		return fmt.Errorf("datasets: %s: weights must be square (to × from), found %d×%d", weights, n, columns)
	}
	for _, p := range []struct {
		field   string
		m       *mat.Dense
		columns int
	}{{"TractLengths", c.TractLengths, n}, {"Centres", c.Centres, 3}, {"Orientations", c.Orientations, 3}} {
		if p.m == nil {
			continue
		}
		if rows, columns := p.m.Dims(); rows != n || columns != p.columns {
			return fmt.Errorf("datasets: %s is %d×%d, expected %d×%d: %s has %d regions",
				from.part(p.field), rows, columns, n, p.columns, weights, n)
		}
	}
	for _, p := range []struct {
		field    string
		count    int
		optional bool
	}{{"Labels", len(c.Labels), false}, {"Areas", len(c.Areas), c.Areas == nil},
		{"Cortical", len(c.Cortical), c.Cortical == nil}, {"RightHemisphere", len(c.RightHemisphere), c.RightHemisphere == nil}} {
		if p.count != n && !p.optional {
			return fmt.Errorf("datasets: %s has %s, expected %d: %s has %d regions",
				from.part(p.field), plural(p.count, "value"), n, weights, n)
		}
	}
	return nil
}

// checkPairs refuses entries of an n×n part that are not finite or below a minimum.
func (c *Connectome) checkPairs(field, noun string, m *mat.Dense, minimum float64, from sources) error {
	if m == nil {
		return nil
	}
	n, _ := m.Dims()
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			x, problem := m.At(i, j), ""
			switch {
			case math.IsNaN(x):
				problem = "missing or NaN"
			case math.IsInf(x, 0):
				problem = "infinite"
			case x < minimum:
				problem = fmt.Sprintf("negative (%g)", x)
			default:
				continue
			}
			return fmt.Errorf("datasets: %s: %s to %q from %q is %s", from.entry(field, i, j), noun, c.Labels[i], c.Labels[j], problem)
		}
	}
	return nil
}

// checkVectors refuses entries of an n×3 part that are not finite.
func (c *Connectome) checkVectors(field string, m *mat.Dense, from sources) error {
	if m == nil {
		return nil
	}
	n, _ := m.Dims()
	for i := 0; i < n; i++ {
		for j := 0; j < 3; j++ {
			if notFinite(m.At(i, j)) {
				return fmt.Errorf("datasets: %s: coordinate %q of %q is missing or not finite", from.entry(field, i, j), "xyz"[j:j+1], c.Labels[i])
			}
		}
	}
	return nil
}

// Normalised are the weights divided by the largest absolute weight, as a new matrix.
// Weights that are all zero stay so.
func (c *Connectome) Normalised() *mat.Dense {
	out := mat.DenseCopyOf(c.Weights)
	data := out.RawMatrix().Data
	if largest := floats.Norm(data, math.Inf(1)); largest > 0 {
		floats.Scale(1/largest, data)
	}
	return out
}

// NormalisedRows are the weights with each row, what one region receives, divided by
// the sum of its absolute values, as a new matrix. Rows that are all zero stay so.
func (c *Connectome) NormalisedRows() *mat.Dense {
	out := mat.DenseCopyOf(c.Weights)
	for i := 0; i < c.Regions(); i++ {
		row := out.RawRowView(i)
		if sum := floats.Norm(row, 1); sum > 0 {
			floats.Scale(1/sum, row)
		}
	}
	return out
}

// String is a summary of a few lines.
func (c *Connectome) String() string {
	n := c.Regions()
	connections, largest := 0, 0.0
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			if w := math.Abs(c.Weights.At(i, j)); w > 0 && i != j {
				connections++
				largest = math.Max(largest, w)
			}
		}
	}
	possible := math.Max(1, float64(n*(n-1)))
	s := fmt.Sprintf("%s: %s\n%s between regions (%.1f %% of pairs), weights up to %.4g",
		plural(n, "region"), abbreviated(c.Labels), plural(connections, "connection"), 100*float64(connections)/possible, largest)
	if c.TractLengths != nil {
		s += fmt.Sprintf(", tracts up to %.4g mm", mat.Max(c.TractLengths))
	}
	return s
}
