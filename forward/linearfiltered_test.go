package forward

import (
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// covered is a band that passes everything, in Gauss-Legendre fashion coarse enough to be quick: midpoints of
// f = tan(u)/2π, under which the whole axis is finite.
func covered(points int) Band {
	var b Band
	for k := range points {
		u := (float64(k) + 0.5) / float64(points) * math.Pi / 2
		b.Frequencies = append(b.Frequencies, math.Tan(u)/(2*math.Pi))
		b.Power = append(b.Power, math.Pi/2/float64(points)/(2*math.Pi*math.Cos(u)*math.Cos(u)))
	}
	return b
}

func TestFilteredCovarianceOfAllFrequenciesIsTheStationaryOne(t *testing.T) {
	J := stable(3, 5, 0.3)
	root := mat.NewDense(5, 5, randomValues(4, 25))
	var Q mat.Dense
	Q.Mul(root, root.T())
	want, err := StationaryCovariance(J, &Q)
	if err != nil {
		t.Fatal(err)
	}
	got, err := FilteredCovariance(J, &Q, covered(2000))
	if err != nil {
		t.Fatal(err)
	}
	var difference mat.Dense
	difference.Sub(got, want)
	if r := mat.Norm(&difference, 2) / mat.Norm(want, 2); r > 1e-6 { // the midpoint rule's error
		t.Errorf("expected\n%v, found\n%v: relative difference %g", mat.Formatted(want), mat.Formatted(got), r)
	}
}

func TestFilteredCovarianceGradient(t *testing.T) {
	const n = 4
	J := stable(5, n, 0.4)
	x := append(append([]float64{}, J.RawMatrix().Data...), randomValues(6, n*n)...)
	band := Band{[]float64{0, 0.05, 0.2}, []float64{1, 0.7, 0.1}}
	checkGradient(t, [][]int{{n, n}, {n, n}}, x, func(in G.Nodes) (*G.Node, error) {
		return LinearFilteredCovariance(in[0], in[1], band)
	})
	// One region, and no noise.
	one := func(in G.Nodes) (*G.Node, error) { return LinearFilteredCovariance(in[0], in[1], band) }
	checkGradient(t, [][]int{{1, 1}, {1, 1}}, []float64{-0.3, 0.2}, one)
	checkFinite(t, [][]int{{1, 1}, {1, 1}}, []float64{-0.3, 0}, one)
}

func TestFilteredCovarianceErrors(t *testing.T) {
	one := mat.NewDense(1, 1, []float64{1})
	band := Band{[]float64{0, 0.1}, []float64{1, 1}}
	var unstable *UnstableError
	if _, err := FilteredCovariance(one, one, band); !errors.As(err, &unstable) || unstable.LargestRealPart != 1 {
		t.Errorf("expected an UnstableError naming 1, found %v", err)
	}
	if _, err := FilteredCovariance(mat.NewDense(1, 1, nil), one, band); !errors.As(err, &unstable) {
		t.Errorf("expected an UnstableError for a network without decay, found %v", err)
	}
	if _, err := FilteredCovariance(one, mat.NewDense(2, 2, nil), band); err == nil {
		t.Error("expected matrices of different sizes to be refused")
	}
	if _, err := FilteredCovariance(one, one, Band{Frequencies: []float64{1}}); err == nil {
		t.Error("expected a band without power to be refused")
	}
}
