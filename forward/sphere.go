package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Sphere is a head of concentric shells of homogeneous conductivity, for lead fields without a head
// model. Sources lie in the innermost one. Positions are in mm, [point, 3], in any one frame; gains
// are of current dipoles and have three columns per source, x, y and z one after the other: see
// [FixedOrientations].
type Sphere struct {
	Centre         [3]float64 // mm
	Radii          []float64  // mm, of the shells' outer surfaces, rising; the last is the scalp's
	Conductivities []float64  // S/m, of the shells
}

// HeadSphere is a sphere of brain, skull and scalp with the usual proportions and conductivities:
// radii of 87 and 92 % of the scalp's; 0.33, 0.33/80 and 0.33 S/m.
//
// Rush and Driscoll, Anesth. Analg. 47 (1968) 717-723, doi:10.1213/00000539-196811000-00016.
func HeadSphere(centre [3]float64, scalp float64) Sphere {
	return Sphere{centre, []float64{0.87 * scalp, 0.92 * scalp, scalp}, []float64{0.33, 0.33 / 80, 0.33}}
}

// EEG is the gain, sensors × 3 sources in V per A·m, of electrodes on the scalp: each is moved along
// its radius to the outermost surface. The potential has no common reference; that of a sphere has
// mean 0 over its surface.
//
// One shell uses the closed form, from the Neumann function of the sphere,
//
//	V(r) = p · ∇₀ [ 2/d − ln((R² − r·r₀ + R d)/2R²)/R ] / 4πσ,   d = |r − r₀|
//
// (Brody, Terry and Ideker 1973, IEEE Trans. Biomed. Eng. 20: 141-143), several the series of Legendre
// polynomials, summed until rounding (Zhang 1995, Phys. Med. Biol. 40: 335-349, doi:10.1088/0031-9155/40/3/001).
func (s Sphere) EEG(sensors, sources *mat.Dense) (*mat.Dense, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	electrodes, err := points("sensor", sensors)
	if err != nil {
		return nil, err
	}
	positions, err := s.inside(sources)
	if err != nil {
		return nil, err
	}
	for k := range electrodes {
		r := electrodes[k].minus(s.Centre)
		if r.length() == 0 {
			return nil, fmt.Errorf("forward: sphere: sensor %d lies at the centre", k+1)
		}
		electrodes[k] = r.times(1 / r.length()) // a direction
	}
	potential := s.closedForm
	if len(s.Radii) > 1 {
		potential = s.series(positions)
	}
	return gainOf(electrodes, positions, potential), nil
}

// inside are the sources in m from the centre, which all must lie in the innermost shell.
func (s Sphere) inside(sources *mat.Dense) ([]vector, error) {
	positions, err := points("source", sources)
	if err != nil {
		return nil, err
	}
	for j := range positions {
		positions[j] = positions[j].minus(s.Centre)
		if r := positions[j].length(); r >= s.Radii[0] {
			return nil, fmt.Errorf("forward: sphere: source %d is %.4g mm from the centre, expected less than the innermost radius %.4g mm", j+1, r, s.Radii[0])
		}
		positions[j] = positions[j].times(millimetre)
	}
	return positions, nil
}

func (s Sphere) check() error {
	if len(s.Radii) == 0 || len(s.Radii) != len(s.Conductivities) {
		return fmt.Errorf("forward: sphere: expected a conductivity for every radius, found %d and %d", len(s.Conductivities), len(s.Radii))
	}
	below := 0.0
	for k, r := range s.Radii {
		if !(r > below) || math.IsInf(r, 0) {
			return fmt.Errorf("forward: sphere: expected rising radii above 0 mm, found %v", s.Radii)
		}
		if c := s.Conductivities[k]; !(c > 0) || math.IsInf(c, 0) {
			return fmt.Errorf("forward: sphere: expected conductivities above 0 S/m, found %v", s.Conductivities)
		}
		below = r
	}
	for _, c := range s.Centre {
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return fmt.Errorf("forward: sphere: centre %v", s.Centre)
		}
	}
	return nil
}

const millimetre = 1e-3 // m

// closedForm is the potential per dipole at the point of the surface in direction u.
func (s Sphere) closedForm(u, r0 vector) vector {
	R := s.Radii[0] * millimetre
	r := u.times(R)
	d := r.minus(r0)
	length := d.length()
	first := d.times(2 / (length * length * length))
	second := r.plus(d.times(R / length)).times(1 / (R * (R*R - r.dot(r0) + R*length)))
	return first.plus(second).times(1 / (4 * math.Pi * s.Conductivities[0]))
}

// gainOf fills a gain with a field that gives a row's value per component of a source's dipole.
func gainOf(sensors, sources []vector, field func(sensor, source vector) vector) *mat.Dense {
	gain := mat.NewDense(len(sensors), 3*len(sources), nil)
	for k, sensor := range sensors {
		row := gain.RawRowView(k)
		for j, source := range sources {
			v := field(sensor, source)
			copy(row[3*j:], v[:])
		}
	}
	return gain
}

// InfiniteMedium is the gain, contacts × 3 sources in V per A·m, of electrodes within tissue of one
// conductivity, in S/m, without borders: depth electrodes (sEEG), whose contacts are closer to their
// sources than to the skull. Positions are in mm, [point, 3].
//
//	V(r) = p · (r − r₀) / (4πσ |r − r₀|³)
//
// A contact within nearest mm of a source, where it is no point, sees it from this distance in the
// same direction; one at the source itself sees nothing.
func InfiniteMedium(contacts, sources *mat.Dense, conductivity, nearest float64) (*mat.Dense, error) {
	if !(conductivity > 0) || math.IsInf(conductivity, 0) || !(nearest > 0) || math.IsInf(nearest, 0) {
		return nil, fmt.Errorf("forward: infinite medium: expected a conductivity and a nearest distance above 0, found %g S/m and %g mm", conductivity, nearest)
	}
	at, err := points("contact", contacts)
	if err != nil {
		return nil, err
	}
	positions, err := points("source", sources)
	if err != nil {
		return nil, err
	}
	return gainOf(at, positions, func(r, r0 vector) vector {
		d := r.minus(r0).times(millimetre)
		length := d.length()
		if length == 0 {
			return vector{}
		}
		seen := max(length, nearest*millimetre)
		return d.times(1 / (4 * math.Pi * conductivity * length * seen * seen))
	}), nil
}
