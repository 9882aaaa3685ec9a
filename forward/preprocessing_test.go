package forward

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

func TestPreprocessingStatement(t *testing.T) {
	for want, p := range map[string]Preprocessing{
		"none":                    {},
		"linear trend subtracted": {Detrend: true},
		"columns 4:6, 2 (from 1)": {Columns: []int{3, 4, 5, 1}},
		"2 volumes censored: 1, 3 (from 1); z-scored":                 {Censored: []int{0, 2}, ZScore: true},
		"band-pass 0.01 to 0.1 Hz (Butterworth, order 2, zero phase)": {Low: 0.01, High: 0.1},
		"high-pass 0.01 Hz (Butterworth, order 3, zero phase)":        {Low: 0.01, Order: 3},
	} {
		if got := p.String(); got != want {
			t.Errorf("expected %q, found %q", want, got)
		}
	}
}

func TestPreprocessingSteps(t *testing.T) {
	// Straight lines with one bad volume: interpolated, the line is what is subtracted and nothing is left.
	x := mat.NewDense(6, 3, nil)
	for i := range 6 {
		x.SetRow(i, []float64{7, 1 + 2*float64(i), 3 - float64(i)})
	}
	x.SetRow(2, []float64{1e6, 1e6, -1e6})
	p := Preprocessing{Columns: []int{2, 1}, Censored: []int{2}, Detrend: true}
	y, err := p.Apply(x, 2000)
	if err != nil {
		t.Fatal(err)
	}
	if r, c := y.Dims(); r != 5 || c != 2 {
		t.Fatalf("expected 5 volumes of 2 regions, found %d of %d", r, c)
	}
	if worst := mat.Max(y) - mat.Min(y); worst > 1e-12 {
		t.Errorf("expected nothing left of straight lines, found %g", worst)
	}
	if x.At(2, 0) != 1e6 {
		t.Error("the recording was changed")
	}
	// Censored ends take the nearest volume.
	ends, err := Preprocessing{Censored: []int{0, 5}, ZScore: true}.Apply(x, 2000)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "deviation of a z-scored region", mat.Norm(ends.ColView(1), 2), math.Sqrt(3), 1e-12)
	// The band is that of a filter by itself.
	long := series(oscillations(3, 1, 120, 2), 120, 2)
	band := Preprocessing{Low: 0.02, High: 0.1}
	got, err := band.Apply(long, 2000)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Butterworth{Order: 2, Low: 0.02, High: 0.1, Rate: 0.5}.Filter(long)
	if err != nil || !mat.Equal(got, want) {
		t.Errorf("expected the Butterworth filter's values (%v)", err)
	}
}

func TestPreprocessingNode(t *testing.T) {
	const lanes, samples, regions = 2, 40, 3
	x := oscillations(5, lanes, samples, regions)
	p := Preprocessing{Detrend: true, Low: 0.05, High: 0.2, ZScore: true}
	node := unary(func(n *G.Node) (*G.Node, error) { return p.Node(n, 2000) })
	shapes := [][]int{{lanes, samples, regions}}
	values, _ := evaluateNode(t, shapes, x, node)
	want, err := p.Apply(series(x, samples, regions), 2000)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want.RawMatrix().Data {
		near(t, "value of the node", values[i], w, 1e-12)
	}
	checkGradient(t, shapes, x, node)
	constant := make([]float64, lanes*samples*regions)
	for i := range constant {
		constant[i] = 5
	}
	checkFinite(t, shapes, constant, node)
}

func TestPreprocessingErrors(t *testing.T) {
	x := mat.NewDense(50, 2, nil)
	for want, p := range map[string]Preprocessing{
		"column 3":      {Columns: []int{2}},
		"no column":     {Columns: []int{}},
		"rising order":  {Censored: []int{3, 3}},
		"from 1 to 50":  {Censored: []int{50}},
		"preprocessing": {High: 0.6},
	} {
		if _, err := p.Apply(x, 1000); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: expected an error with %q, found %v", p, want, err)
		}
	}
	all := make([]int, 50)
	for i := range all {
		all[i] = i
	}
	if _, err := (Preprocessing{Censored: all}).Apply(x, 1000); err == nil {
		t.Error("expected an error where all volumes are censored")
	}
	if _, err := (Preprocessing{Low: 0.01}).Apply(x, 0); err == nil {
		t.Error("expected an error without a period")
	}
	g := G.NewGraph()
	if _, err := (Preprocessing{Censored: []int{1}}).Node(inputs(g, [][]int{{1, 50, 2}}, make([]float64, 100))[0], 1000); err == nil {
		t.Error("expected censoring of a simulation to be refused")
	}
}
