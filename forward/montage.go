package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// HeadAround is the [HeadSphere] about sources, [point, 3] in mm: its centre that of the box they
// fill, the brain just larger than the farthest.
func HeadAround(sources *mat.Dense) (Sphere, error) {
	positions, err := points("source", sources)
	if err != nil {
		return Sphere{}, err
	}
	low, high := positions[0], positions[0]
	for _, p := range positions {
		for c := range p {
			low[c], high[c] = min(low[c], p[c]), max(high[c], p[c])
		}
	}
	centre := low.plus(high).times(0.5)
	farthest := 0.0
	for _, p := range positions {
		farthest = max(farthest, p.minus(centre).length())
	}
	if farthest == 0 {
		return Sphere{}, fmt.Errorf("forward: sphere: all sources lie at %v", centre)
	}
	const margin = 1.05 // cortex has some mm of fluid above it
	return HeadSphere(centre, margin*farthest/0.87), nil
}

// TenTwenty are the electrodes of the international 10-20 system on the scalp, [electrode, 3] in mm,
// where x points right, y to the front and z up. Nasion, inion and ears lie on the sphere's equator,
// so that 10 % of the way from one to the other are 18°.
//
// Jasper 1958, doi:10.1016/0013-4694(58)90053-1; T7, T8, P7, P8 were T3, T4, T5, T6.
func (s Sphere) TenTwenty() (labels []string, positions *mat.Dense, err error) {
	if err := s.check(); err != nil {
		return nil, nil, err
	}
	at := map[string]vector{}
	for label, v := range tenTwentyArcs {
		inclination, azimuth := v[0]*math.Pi/180, v[1]*math.Pi/180 // from the vertex; from the front to the right
		at[label] = vector{math.Sin(inclination) * math.Sin(azimuth), math.Sin(inclination) * math.Cos(azimuth), math.Cos(inclination)}
	}
	for label, ends := range tenTwentyHalfway {
		middle := at[ends[0]].plus(at[ends[1]])
		at[label] = middle.times(1 / middle.length())
	}
	labels = tenTwenty
	positions = mat.NewDense(len(labels), 3, nil)
	for k, label := range labels {
		p := at[label].times(s.scalp()).plus(s.Centre)
		positions.SetRow(k, p[:])
	}
	return append([]string(nil), labels...), positions, nil
}

func (s Sphere) scalp() float64 { return s.Radii[len(s.Radii)-1] }

var tenTwenty = []string{
	"Fp1", "Fpz", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1", "Oz", "O2",
}

// tenTwentyArcs are degrees from the vertex and from the front to the right.
var tenTwentyArcs = map[string][2]float64{
	"Cz": {0, 0}, "Fz": {36, 0}, "C4": {36, 90}, "Pz": {36, 180}, "C3": {36, -90},
	"Fpz": {72, 0}, "Fp2": {72, 18}, "F8": {72, 54}, "T8": {72, 90}, "P8": {72, 126}, "O2": {72, 162},
	"Oz": {72, 180}, "O1": {72, -162}, "P7": {72, -126}, "T7": {72, -90}, "F7": {72, -54}, "Fp1": {72, -18},
}

var tenTwentyHalfway = map[string][2]string{
	"F3": {"F7", "Fz"}, "F4": {"F8", "Fz"}, "P3": {"P7", "Pz"}, "P4": {"P8", "Pz"},
}

// Helmet are n point magnetometers, [sensor, 3] in mm, distance mm above the upper part of the scalp,
// down to 20° below the equator and evenly spread, and their normals, which point outwards. z points
// up.
func (s Sphere) Helmet(n int, distance float64) (labels []string, positions, normals *mat.Dense, err error) {
	if err := s.check(); err != nil {
		return nil, nil, nil, err
	}
	if n < 1 || !(distance > 0) || math.IsInf(distance, 0) {
		return nil, nil, nil, fmt.Errorf("forward: helmet: expected sensors at a distance above 0 mm, found %d at %g mm", n, distance)
	}
	lowest := math.Sin(-20 * math.Pi / 180)
	goldenAngle := math.Pi * (3 - math.Sqrt(5)) // no two sensors of a spiral in a line
	positions, normals = mat.NewDense(n, 3, nil), mat.NewDense(n, 3, nil)
	for k := 0; k < n; k++ {
		z := 1 - (1-lowest)*(float64(k)+0.5)/float64(n)
		radius, angle := math.Sqrt(1-z*z), goldenAngle*float64(k)
		normal := vector{radius * math.Cos(angle), radius * math.Sin(angle), z}
		p := normal.times(s.scalp() + distance).plus(s.Centre)
		normals.SetRow(k, normal[:])
		positions.SetRow(k, p[:])
		labels = append(labels, fmt.Sprintf("M%d", k+1))
	}
	return labels, positions, normals, nil
}
