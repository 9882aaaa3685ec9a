package datasets

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Subnetwork is the connectome of some of the regions, by their labels, in the order
// given. It fails if c is not sound, and if a label is unknown, given twice or borne by
// two regions.
func (c *Connectome) Subnetwork(labels ...string) (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if len(labels) == 0 {
		return nil, fmt.Errorf("datasets: sub-network of no regions")
	}
	var regions []int
	for _, label := range labels {
		i := slices.Index(c.Labels, label)
		switch {
		case i < 0:
			return nil, fmt.Errorf("datasets: sub-network: no region %q: there are %s", label, abbreviated(c.Labels))
		case slices.Contains(c.Labels[i+1:], label):
			return nil, fmt.Errorf("datasets: sub-network: two regions are called %q", label)
		case slices.Contains(regions, i):
			return nil, fmt.Errorf("datasets: sub-network: region %q is given twice", label)
		}
		regions = append(regions, i)
	}
	return c.subset(regions), nil
}

// subset is the connectome of the regions with these indices, of which there is one.
func (c *Connectome) subset(regions []int) *Connectome {
	return &Connectome{
		Weights:         pick(c.Weights, regions, regions),
		TractLengths:    pick(c.TractLengths, regions, regions),
		Labels:          take(c.Labels, regions),
		Centres:         pick(c.Centres, regions, []int{0, 1, 2}),
		Orientations:    pick(c.Orientations, regions, []int{0, 1, 2}),
		Areas:           take(c.Areas, regions),
		Cortical:        take(c.Cortical, regions),
		RightHemisphere: take(c.RightHemisphere, regions),
	}
}

// pick copies rows and columns of a matrix; of nil, nil.
func pick(m *mat.Dense, rows, columns []int) *mat.Dense {
	if m == nil {
		return nil
	}
	out := mat.NewDense(len(rows), len(columns), nil)
	out.Apply(func(i, j int, _ float64) float64 { return m.At(rows[i], columns[j]) }, out)
	return out
}

// take copies entries of a list; of nil, nil.
func take[T any](list []T, indices []int) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(indices))
	for k, i := range indices {
		out[k] = list[i]
	}
	return out
}

// Hemispheres are the networks of the left and of the right hemisphere, without the
// links between them. Which region is where tells RightHemisphere or, where that is nil,
// the labels: a part "L", "lh" or "left" between other signs, as in "Precentral_L" and
// "7Networks_LH_Vis_1", or a first letter l before a capital or digit, as in "lA1"; r
// likewise, in both cases. It fails if c is not sound, if a label tells neither or
// both, and if a hemisphere has no region.
func (c *Connectome) Hemispheres() (left, right *Connectome, err error) {
	if err := c.Check(); err != nil {
		return nil, nil, err
	}
	var sides [2][]int
	for i, label := range c.Labels {
		isRight := false
		if c.RightHemisphere != nil {
			isRight = c.RightHemisphere[i]
		} else if isRight, err = labelledRight(label); err != nil {
			return nil, nil, err
		}
		if isRight {
			sides[1] = append(sides[1], i)
		} else {
			sides[0] = append(sides[0], i)
		}
	}
	for k, name := range []string{"left", "right"} {
		if len(sides[k]) == 0 {
			return nil, nil, fmt.Errorf("datasets: no region of %d is in the %s hemisphere", c.Regions(), name)
		}
	}
	return c.subset(sides[0]), c.subset(sides[1]), nil
}

// labelledRight reads the hemisphere from a label.
func labelledRight(label string) (bool, error) {
	left, right := false, false
	for _, part := range strings.FieldsFunc(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch strings.ToLower(part) {
		case "l", "lh", "left":
			left = true
		case "r", "rh", "right":
			right = true
		}
	}
	if runes := []rune(label); !left && !right && len(runes) > 1 && (unicode.IsUpper(runes[1]) || unicode.IsDigit(runes[1])) {
		left, right = unicode.ToLower(runes[0]) == 'l', unicode.ToLower(runes[0]) == 'r'
	}
	if left == right {
		return false, fmt.Errorf("datasets: the label %q does not tell the hemisphere: set RightHemisphere", label)
	}
	return right, nil
}

// Merged is the connectome of a coarser parcellation: coarse gives the new name of every
// region by its label, "" to leave the region out. New regions come in the order of
// their first members.
//
// A weight is the sum of the weights it replaces, links within a new region adding to
// the diagonal ([Connectome.WithoutSelf] removes them); a tract length is the mean of
// those it replaces weighted with their absolute weights, or their plain mean where
// there is no link; areas add; centres and orientations are means weighted with the
// areas, where known, orientations of length 1 again. Flags (Cortical,
// RightHemisphere) stay only if the members of each new region agree in them.
//
// It fails if c is not sound, if a label has no entry, or an entry no region, and if
// nothing is left.
func (c *Connectome) Merged(coarse map[string]string) (*Connectome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	names, members, err := c.grouped(coarse)
	if err != nil {
		return nil, err
	}
	n := len(names)
	out := &Connectome{Weights: mat.NewDense(n, n, nil), Labels: names}
	if c.TractLengths != nil {
		out.TractLengths = mat.NewDense(n, n, nil)
	}
	for a := range members {
		for b := range members {
			var p pool
			for _, i := range members[a] {
				for _, j := range members[b] {
					p.add(c, i, j)
				}
			}
			out.Weights.Set(a, b, p.weight)
			if out.TractLengths != nil {
				out.TractLengths.Set(a, b, p.length())
			}
		}
	}
	out.Centres = c.meanVectors(c.Centres, members)
	out.Orientations = unitRows(c.meanVectors(c.Orientations, members))
	if c.Areas != nil {
		out.Areas = make([]float64, n)
		for a, group := range members {
			out.Areas[a] = floats.Sum(take(c.Areas, group))
		}
	}
	out.Cortical = agreed(c.Cortical, members)
	out.RightHemisphere = agreed(c.RightHemisphere, members)
	return out, nil
}

// grouped lists the new regions and the old ones in each.
func (c *Connectome) grouped(coarse map[string]string) (names []string, members [][]int, err error) {
	used := map[string]bool{}
	for i, label := range c.Labels {
		name, ok := coarse[label]
		if !ok {
			return nil, nil, fmt.Errorf("datasets: merge: no entry for region %q (\"\" leaves it out)", label)
		}
		used[label] = true
		if name == "" {
			continue
		}
		a := slices.Index(names, name)
		if a < 0 {
			a = len(names)
			names, members = append(names, name), append(members, nil)
		}
		members[a] = append(members[a], i)
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("datasets: merge: all %s are left out", plural(len(c.Labels), "region"))
	}
	unknown := []string{}
	for label := range coarse {
		if !used[label] {
			unknown = append(unknown, label)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, nil, fmt.Errorf("datasets: merge: no region %q: there are %s", unknown[0], abbreviated(c.Labels))
	}
	return names, members, nil
}

// meanVectors are the means of rows over groups, weighted with areas where these are
// known and not all 0; nil of nil.
func (c *Connectome) meanVectors(m *mat.Dense, members [][]int) *mat.Dense {
	if m == nil {
		return nil
	}
	out := mat.NewDense(len(members), 3, nil)
	for a, group := range members {
		weights := make([]float64, len(group))
		for k := range weights {
			weights[k] = 1
		}
		if areas := take(c.Areas, group); floats.Sum(areas) > 0 {
			weights = areas
		}
		for k, i := range group {
			floats.AddScaled(out.RawRowView(a), weights[k]/floats.Sum(weights), m.RawRowView(i))
		}
	}
	return out
}

// unitRows scales rows to length 1 in place; opposite vectors that cancel stay 0.
func unitRows(m *mat.Dense) *mat.Dense {
	if m == nil {
		return nil
	}
	rows, _ := m.Dims()
	for i := 0; i < rows; i++ {
		if length := floats.Norm(m.RawRowView(i), 2); length > 0 && !math.IsInf(length, 0) {
			floats.Scale(1/length, m.RawRowView(i))
		}
	}
	return m
}

// agreed are the flags of groups whose members agree, nil if some do not.
func agreed(flags []bool, members [][]int) []bool {
	if flags == nil {
		return nil
	}
	out := make([]bool, len(members))
	for a, group := range members {
		out[a] = flags[group[0]]
		for _, i := range group {
			if flags[i] != out[a] {
				return nil
			}
		}
	}
	return out
}
