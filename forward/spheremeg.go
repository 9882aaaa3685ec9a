package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// MEG is the gain, sensors × 3 sources in T per A·m, of point magnetometers outside the head: the
// field along each one's normal, [sensor, 3], of length 1. The shells make no difference to it, and
// dipoles along a radius, or at the centre, have none.
//
// Sarvas, Phys. Med. Biol. 32 (1987) 11-22, doi:10.1088/0031-9155/32/1/004, eq. 25.
func (s Sphere) MEG(sensors, normals, sources *mat.Dense) (*mat.Dense, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	positions, err := s.inside(sources)
	if err != nil {
		return nil, err
	}
	at, err := s.outside(sensors)
	if err != nil {
		return nil, err
	}
	directions, err := points("normal", normals)
	if err != nil {
		return nil, err
	}
	if len(directions) != len(at) {
		return nil, fmt.Errorf("forward: sphere: %d normals for %d sensors", len(directions), len(at))
	}
	gain := mat.NewDense(len(at), 3*len(positions), nil)
	for k := range at {
		if l := directions[k].length(); math.Abs(l-1) > 1e-3 {
			return nil, fmt.Errorf("forward: sphere: normal of sensor %d has length %g, expected 1", k+1, l)
		}
		row := gainOf(at[k:k+1], positions, func(r, r0 vector) vector { return sarvas(r, r0, directions[k]) })
		gain.SetRow(k, row.RawRowView(0))
	}
	return gain, nil
}

// outside are the sensors in m from the centre.
func (s Sphere) outside(sensors *mat.Dense) ([]vector, error) {
	at, err := points("sensor", sensors)
	if err != nil {
		return nil, err
	}
	for k := range at {
		at[k] = at[k].minus(s.Centre)
		if r := at[k].length(); r <= s.scalp() {
			return nil, fmt.Errorf("forward: sphere: sensor %d is %.4g mm from the centre, expected more than the scalp's radius %.4g mm", k+1, r, s.scalp())
		}
		at[k] = at[k].times(millimetre)
	}
	return at, nil
}

// sarvas is the field along n at r, per component of a dipole q at r₀:
//
//	B = μ₀/4π (F q×r₀ − (q×r₀·r) ∇F) / F²,   a = r − r₀,   F = |a| (|r||a| + r·r − r₀·r)
//	∇F = (a²/r + a·r/a + 2a + 2r) r − (a + 2r + a·r/a) r₀
//
// and since q×r₀·v = q·r₀×v, that is q · r₀×(F n − (∇F·n) r) μ₀/4πF².
func sarvas(r, r0, n vector) vector {
	const permeability = 1e-7 // μ₀/4π, T m/A
	a := r.minus(r0)
	la, lr := a.length(), r.length()
	ar := a.dot(r) / la
	F := la * (lr*la + lr*lr - r0.dot(r))
	gradient := r.times(la*la/lr + ar + 2*la + 2*lr).minus(r0.times(la + 2*lr + ar))
	return r0.cross(n.times(F).minus(r.times(gradient.dot(n)))).times(permeability / (F * F))
}

// vector is a point or direction in space.
type vector [3]float64

func (v vector) minus(w vector) vector { return vector{v[0] - w[0], v[1] - w[1], v[2] - w[2]} }
func (v vector) plus(w vector) vector  { return vector{v[0] + w[0], v[1] + w[1], v[2] + w[2]} }
func (v vector) times(f float64) vector {
	return vector{f * v[0], f * v[1], f * v[2]}
}
func (v vector) dot(w vector) float64 { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }
func (v vector) length() float64      { return math.Sqrt(v.dot(v)) }

func (v vector) cross(w vector) vector {
	return vector{v[1]*w[2] - v[2]*w[1], v[2]*w[0] - v[0]*w[2], v[0]*w[1] - v[1]*w[0]}
}

// points reads the rows of a matrix [point, 3]; what names one in errors.
func points(what string, m *mat.Dense) ([]vector, error) {
	if m == nil || m.IsEmpty() {
		return nil, fmt.Errorf("forward: expected at least one %s position", what)
	}
	rows, columns := m.Dims()
	if columns != 3 {
		return nil, fmt.Errorf("forward: expected x, y and z of each %s, found %d columns", what, columns)
	}
	list := make([]vector, rows)
	for i := range list {
		copy(list[i][:], m.RawRowView(i))
		if l := list[i].length(); math.IsNaN(l) || math.IsInf(l, 0) {
			return nil, fmt.Errorf("forward: %s %d lies at %v", what, i+1, list[i])
		}
	}
	return list, nil
}
