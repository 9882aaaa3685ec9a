package train

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/euryale-ml/euryale/datasets"
)

// TestSaveResult: the parameters of a fit read back as they were, but for names that are not one per value.
func TestSaveResult(t *testing.T) {
	r := &Result{Parameters: []Parameter{
		{Address: "coupling:G", Unit: "1/ms", Start: []float64{0.1}, Values: []float64{0.25}},
		{Address: "cortex.a", Regions: []string{"l", "r"}, Shape: []int{2, 2}, Start: []float64{1, 2, 3, 4}, Values: []float64{5, 6, 7, 8}},
		{Address: "cortex.b", Regions: []string{"l", "r"}, Shape: []int{2}, Start: []float64{1, 2}, Values: []float64{3, 4}},
	}}
	for _, name := range []string{"p.csv", "p.npz"} {
		path := filepath.Join(t.TempDir(), name)
		if err := r.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := datasets.LoadParameters(path)
		if err != nil {
			t.Fatal(err)
		}
		want := datasets.Parameters{datasets.Parameter(r.Parameters[0]), datasets.Parameter(r.Parameters[1]), datasets.Parameter(r.Parameters[2])}
		want[1].Regions = nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, expected %+v", name, got, want)
		}
	}
	if r.Parameters[1].Regions == nil {
		t.Error("saving changed the result")
	}
}
