package datasets

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// links are the sorted weights off the diagonal, and the numbers of links into and out of each region.
func links(w *mat.Dense) (weights []float64, in, out []int) {
	n, _ := w.Dims()
	in, out = make([]int, n), make([]int, n)
	for i := range n {
		for j := range n {
			if v := w.At(i, j); i != j && v != 0 {
				weights = append(weights, v)
				in[i]++
				out[j]++
			}
		}
	}
	slices.Sort(weights)
	return weights, in, out
}

func TestShuffled(t *testing.T) {
	directed := Synthetic(30, 3)
	directed.Weights.Set(4, 4, 0.5)
	symmetric, err := directed.Symmetrised()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*Connectome{directed, symmetric} {
		for _, by := range []Shuffling{WeightsOverEdges, EdgesOverPairs, KeepingDegrees, KeepingStrengths} {
			before := mat.DenseCopyOf(c.Weights)
			s, err := c.Shuffled(by, 7)
			if err != nil {
				t.Fatal(err)
			}
			if !mat.Equal(c.Weights, before) {
				t.Fatalf("%v changed the connectome", by)
			}
			weights, in, out := links(s.Weights)
			was, wasIn, wasOut := links(c.Weights)
			if !slices.Equal(weights, was) || s.Weights.At(4, 4) != 0.5 {
				t.Errorf("%v: expected the same weights, and the diagonal where it was", by)
			}
			if c == symmetric && !mat.Equal(s.Weights, s.Weights.T()) {
				t.Errorf("%v: expected symmetric weights to stay so", by)
			}
			moved, places := 0, 0
			for i, v := range s.Weights.RawMatrix().Data {
				if w := c.Weights.RawMatrix().Data[i]; v != w {
					moved++
				}
				if v != 0 != (c.Weights.RawMatrix().Data[i] != 0) {
					places++
				}
			}
			if moved < len(was)/2 {
				t.Errorf("%v: only %d of %d links have moved", by, moved, len(was))
			}
			if (by == WeightsOverEdges) != (places == 0) {
				t.Errorf("%v: %d entries changed between linked and not", by, places)
			}
			if by >= KeepingDegrees && !(slices.Equal(in, wasIn) && slices.Equal(out, wasOut)) {
				t.Errorf("%v: expected the same degrees", by)
			}
			again, err := c.Shuffled(by, 7)
			if err != nil || !mat.Equal(again.Weights, s.Weights) {
				t.Errorf("%v: the same seed gave other weights (%v)", by, err)
			}
			other, err := c.Shuffled(by, 8)
			if err != nil || mat.Equal(other.Weights, s.Weights) {
				t.Errorf("%v: another seed gave the same weights (%v)", by, err)
			}
		}
	}
}

func TestShuffledKeepsStrengths(t *testing.T) {
	brain, err := LoadTVB("../testdata/tvb76")
	if err != nil {
		t.Fatal(err)
	}
	symmetric, err := brain.Symmetrised()
	if err != nil {
		t.Fatal(err)
	}
	// Directed links take their weight along to the same region; symmetric ones have to be sorted.
	for c, tolerance := range map[*Connectome]float64{brain: 1e-12, symmetric: 0.005} {
		degrees, err := c.Shuffled(KeepingDegrees, 1)
		if err != nil {
			t.Fatal(err)
		}
		strengths, err := c.Shuffled(KeepingStrengths, 1)
		if err != nil {
			t.Fatal(err)
		}
		if e := strengthError(strengths, c); e > tolerance {
			t.Errorf("strengths are off by %.3g of their mean, %.3g without annealing", e, strengthError(degrees, c))
		}
	}
}

// strengthError is the mean absolute change of what regions receive, in units of the mean.
func strengthError(a, b *Connectome) float64 {
	e, all := 0.0, 0.0
	for i := range a.Regions() {
		e += math.Abs(mat.Sum(a.Weights.RowView(i)) - mat.Sum(b.Weights.RowView(i)))
		all += mat.Sum(b.Weights.RowView(i))
	}
	return e / all
}

func TestShuffledSmallAndWrong(t *testing.T) {
	for n := 1; n <= 2; n++ {
		c := Synthetic(n, 1)
		for _, by := range []Shuffling{WeightsOverEdges, EdgesOverPairs, KeepingDegrees, KeepingStrengths} {
			if _, err := c.Shuffled(by, 1); err != nil {
				t.Errorf("%d regions, %v: %v", n, by, err)
			}
		}
	}
	if _, err := Synthetic(3, 1).Shuffled(Shuffling(9), 1); err == nil {
		t.Error("expected an unknown shuffling to be refused")
	}
	bad := Synthetic(3, 1)
	bad.Weights.Set(0, 1, math.NaN())
	if _, err := bad.Shuffled(WeightsOverEdges, 1); err == nil {
		t.Error("expected a connectome that is not sound to be refused")
	}
}
