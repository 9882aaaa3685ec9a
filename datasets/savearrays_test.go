package datasets

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSaveArrays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.npz")
	err := SaveArrays(path,
		Array{Name: "fc", Shape: []int{2, 2}, Numbers: []float64{1, 0.25, 0.25, 1}},
		Array{Name: "labels", Shape: []int{2}, Texts: []string{"left", "Brücke"}},
		Array{Name: "unit", Texts: []string{"1/ms"}},
		Array{Name: "coupling", Numbers: []float64{0.5}})
	if err != nil {
		t.Fatal(err)
	}
	s, closer, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	fc, err := s.load("fc")
	if err != nil || !slices.Equal(fc.numbers, []float64{1, 0.25, 0.25, 1}) || !slices.Equal(fc.shape, []int{2, 2}) {
		t.Errorf("expected the matrix back, found %v (%v)", fc, err)
	}
	labels, err := s.load("labels")
	if err != nil || !slices.Equal(labels.texts, []string{"left", "Brücke"}) {
		t.Errorf("expected the labels back, found %v (%v)", labels, err)
	}
	for want, a := range map[string][]Array{
		"shape":       {{Name: "a", Shape: []int{3}, Numbers: []float64{1}}},
		"name of its": {{Name: "a", Numbers: []float64{1}}, {Name: "a", Numbers: []float64{1}}},
		"numbers or":  {{Name: "a", Numbers: []float64{1}, Texts: []string{"x"}}},
	} {
		if err := SaveArrays(path, a...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, found %v", want, err)
		}
	}
	if err := SaveArrays("results.csv"); err == nil {
		t.Error("expected another ending to be refused")
	}
}
