package forward

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Only is the lead field of some of the sensors, in the order given.
func (l *LeadField) Only(sensors ...string) (*LeadField, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	_, regions := l.Gain.Dims()
	labels := l.Labels()
	some := *l
	some.Gain, some.Sensors = &mat.Dense{}, slices.Clone(sensors)
	if len(sensors) > 0 {
		some.Gain = mat.NewDense(len(sensors), regions, nil)
	}
	for k, sensor := range sensors {
		i := slices.Index(labels, sensor)
		if i < 0 {
			return nil, fmt.Errorf("forward: lead field: no sensor %q", sensor)
		}
		some.Gain.SetRow(k, l.Gain.RawRowView(i))
	}
	return &some, some.Check()
}

// Silent tells for each sensor whether its gain is 0 for every region, as in the rows that files
// keep for triggers and for electrodes at the eyes and the heart. It panics without a gain.
func (l *LeadField) Silent() []bool {
	sensors, _ := l.Gain.Dims()
	silent := make([]bool, sensors)
	for i := range silent {
		silent[i] = !slices.ContainsFunc(l.Gain.RawRowView(i), func(v float64) bool { return v != 0 })
	}
	return silent
}

// Scaled is the lead field with another unit of activity or signal: 1e-9·1e6 makes of a gain in V
// per A·m one in µV per nA·m.
func (l *LeadField) Scaled(factor float64, unit string) (*LeadField, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	scaled := *l
	scaled.Gain, scaled.Unit = mat.DenseCopyOf(l.Gain), unit
	scaled.Gain.Scale(factor, scaled.Gain)
	return &scaled, scaled.Check()
}

// FixedOrientations reduces a gain for dipoles of any direction to one for dipoles along normals.
// gain is sensors × 3n, the columns of a source's x, y and z one after the other, normals n × 3:
//
//	G_kj = Σ_c gain_k,3j+c normals_jc
//
// Normals count as they are: the mean normal of a folded patch, shorter than 1, stands for the part
// of its dipoles that does not cancel.
func FixedOrientations(gain, normals mat.Matrix) (*mat.Dense, error) {
	sensors, components := gain.Dims()
	n, dims := normals.Dims()
	if dims != 3 || components != 3*n {
		return nil, fmt.Errorf("forward: fixed orientations: expected n × 3 normals and a gain of 3n columns, found %d×%d and %d×%d", n, dims, sensors, components)
	}
	fixed := mat.NewDense(sensors, n, nil)
	fixed.Apply(func(k, j int, _ float64) float64 {
		sum := 0.0
		for c := 0; c < 3; c++ {
			sum += gain.At(k, 3*j+c) * normals.At(j, c)
		}
		return sum
	}, fixed)
	return fixed, nil
}

// VertexMap says which region each vertex of a cortical surface belongs to.
type VertexMap struct {
	Region  []int     // per vertex, from 0; −1: none
	Regions int       // their number
	Areas   []float64 // per vertex, its weight; nil: 1. The dipole of a patch grows with its area.
	// Mean divides by the weights' sum: activity of a region is then its whole dipole, spread over its
	// vertices, and without it that of one vertex (or area).
	Mean bool
}

// Reduce adds up the columns of a gain, sensors × vertices, that belong to a region, giving sensors ×
// regions. A region without a vertex has gain 0.
func (m VertexMap) Reduce(gain mat.Matrix) (*mat.Dense, error) {
	sensors, vertices := gain.Dims()
	if err := m.check(vertices); err != nil {
		return nil, err
	}
	out := mat.NewDense(sensors, m.Regions, nil)
	sums := make([]float64, m.Regions)
	for v, r := range m.Region {
		if r < 0 {
			continue
		}
		sums[r] += m.weight(v)
		for k := 0; k < sensors; k++ {
			out.Set(k, r, out.At(k, r)+m.weight(v)*gain.At(k, v))
		}
	}
	for r, sum := range sums {
		for k := 0; m.Mean && sum > 0 && k < sensors; k++ {
			out.Set(k, r, out.At(k, r)/sum)
		}
	}
	return out, nil
}

func (m VertexMap) weight(v int) float64 {
	if m.Areas == nil {
		return 1
	}
	return m.Areas[v]
}

func (m VertexMap) check(vertices int) error {
	switch {
	case m.Regions < 1:
		return fmt.Errorf("forward: vertex map: expected at least 1 region, found %d", m.Regions)
	case len(m.Region) != vertices:
		return fmt.Errorf("forward: vertex map: %d vertices for a gain of %d", len(m.Region), vertices)
	case m.Areas != nil && len(m.Areas) != vertices:
		return fmt.Errorf("forward: vertex map: %d areas for %d vertices", len(m.Areas), vertices)
	}
	for v, r := range m.Region {
		if r < -1 || r >= m.Regions {
			return fmt.Errorf("forward: vertex map: expected a region from 0 to %d or −1, found %d at vertex %d", m.Regions-1, r, v)
		}
		if !(m.weight(v) >= 0) {
			return fmt.Errorf("forward: vertex map: area of vertex %d is %g", v, m.weight(v))
		}
	}
	return nil
}
