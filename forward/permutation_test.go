package forward

import (
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Regions have no order: matrices of pairs permute with them, numbers of all stay.
func TestSummariesPermuteWithRegions(t *testing.T) {
	const T, n = 64, 4
	order := []int{2, 0, 3, 1}
	x := series(oscillations(71, 1, T, n), T, n)
	y := mat.NewDense(T, n, nil)
	for i, from := range order {
		y.SetCol(i, mat.Col(nil, from, x))
	}
	filter := Butterworth{Order: 2, Low: 0.5, High: 3, Rate: 10}
	welch := Welch{Rate: 10, Window: 16, Overlap: 8}
	for name, f := range map[string]func(*mat.Dense) (*mat.SymDense, error){
		"envelope FC":   filter.EnvelopeFC,
		"coherence":     func(x *mat.Dense) (*mat.SymDense, error) { return welch.Coherence(x, 0.5, 3) },
		"phase locking": func(x *mat.Dense) (*mat.SymDense, error) { return PhaseLocking(Phase(x)), nil },
	} {
		a, err := f(x)
		if err != nil {
			t.Fatal(err)
		}
		b, err := f(y)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range order {
			for j, q := range order {
				near(t, name, b.At(i, j), a.At(p, q), 1e-12)
			}
		}
	}
	a, b := FCD(x, 16, 8), FCD(y, 16, 8)
	for i := 0; i < a.SymmetricDim(); i++ {
		for j := 0; j < a.SymmetricDim(); j++ {
			near(t, "FCD", b.At(i, j), a.At(i, j), 1e-12)
		}
	}
	near(t, "metastability", Metastability(Phase(y)), Metastability(Phase(x)), 1e-14)
}
