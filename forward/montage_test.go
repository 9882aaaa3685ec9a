package forward

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The 10-20 system by its rules: all on the scalp, odd numbers left and mirrored, the ring's neighbours
// 10 or 20 % of its circle apart, z the midline.
func TestTenTwenty(t *testing.T) {
	s := HeadSphere(offCentre, 92)
	labels, positions, err := s.TenTwenty()
	if err != nil || len(labels) != 21 {
		t.Fatal(labels, err)
	}
	at := func(label string) vector {
		return row(positions, slices.Index(labels, label)).minus(offCentre).times(1. / 92)
	}
	for _, label := range labels {
		near(t, "radius of "+label, at(label).length(), 1, 1e-12)
	}
	for left, right := range map[string]string{"Fp1": "Fp2", "F7": "F8", "F3": "F4", "T7": "T8", "C3": "C4", "P7": "P8", "P3": "P4", "O1": "O2"} {
		l, r := at(left), at(right)
		l[0] = -l[0]
		near(t, left+" mirrored", l.minus(r).length(), 0, 1e-12)
		if r[0] <= 0 {
			t.Errorf("%s lies at x = %g", right, r[0])
		}
	}
	for _, label := range []string{"Fpz", "Fz", "Cz", "Pz", "Oz"} {
		near(t, label+" on the midline", at(label)[0], 0, 1e-12)
	}
	angle := func(a, b string) float64 { return math.Acos(at(a).dot(at(b))) * 180 / math.Pi }
	for _, arc := range [][2]string{{"Fpz", "Fz"}, {"Fz", "Cz"}, {"Cz", "Pz"}, {"Pz", "Oz"}, {"T7", "C3"}, {"C3", "Cz"}} {
		near(t, arc[0]+" to "+arc[1], angle(arc[0], arc[1]), 36, 1e-9)
	}
	near(t, "F3 between F7 and Fz", angle("F7", "F3"), angle("F3", "Fz"), 1e-9)
	if at("Fz")[1] <= 0 || at("Pz")[1] >= 0 || at("Cz")[2] < 1-1e-12 {
		t.Error("front, back or top are wrong")
	}
}

func TestHelmet(t *testing.T) {
	s := HeadSphere(offCentre, 92)
	labels, positions, normals, err := s.Helmet(100, 25)
	if err != nil || len(labels) != 100 {
		t.Fatal(labels, err)
	}
	nearest := math.Inf(1)
	for i := range labels {
		p := row(positions, i).minus(offCentre)
		near(t, "distance", p.length(), 117, 1e-10)
		near(t, "normal", p.times(1./117).minus(row(normals, i)).length(), 0, 1e-12)
		for j := 0; j < i; j++ {
			nearest = math.Min(nearest, p.minus(row(positions, j).minus(offCentre)).length())
		}
	}
	// 100 discs of equal share of the covered area have centres that far apart
	if share := 117 * math.Sqrt(2*math.Pi*1.342/100); nearest < 0.7*share {
		t.Errorf("two sensors are %g mm apart, their share is %g mm wide", nearest, share)
	}
	for _, bad := range []struct {
		n        int
		distance float64
	}{{0, 25}, {10, 0}, {10, math.NaN()}} {
		if _, _, _, err := s.Helmet(bad.n, bad.distance); err == nil {
			t.Errorf("no error of %v", bad)
		}
	}
}

func TestHeadAround(t *testing.T) {
	sources := randomPoints(12, 40, offCentre, 20, 70)
	s, err := HeadAround(sources)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.inside(sources); err != nil {
		t.Error(err)
	}
	_, electrodes, _ := s.TenTwenty()
	if _, err := s.EEG(electrodes, sources); err != nil {
		t.Error(err)
	}
	for _, bad := range []*mat.Dense{nil, mat.NewDense(2, 3, nil)} {
		if _, err := HeadAround(bad); err == nil {
			t.Error("no error without an extent")
		}
	}
}
