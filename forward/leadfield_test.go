package forward

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

func threeSensors(reference string) *LeadField {
	return &LeadField{
		Gain: mat.NewDense(3, 2, []float64{1, 2, 3, 5, -4, 2}), Sensors: []string{"Fz", "Cz", "Oz"},
		Regions: []string{"a", "b"}, Unit: "µV", Reference: reference,
	}
}

func TestLeadFieldByHand(t *testing.T) {
	x := mat.NewDense(2, 2, []float64{1, 1, 2, -1})
	for reference, want := range map[string][]float64{
		"":               {3, 8, -2, 0, 1, -10},
		AverageReference: {0, 5, -5, 3, 4, -7},
		"Cz":             {-5, 0, -10, -1, 0, -11},
	} {
		got, err := threeSensors(reference).Apply(x)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range want {
			near(t, "signal with reference "+reference, got.RawMatrix().Data[i], v, 1e-14)
		}
	}
}

func TestLeadFieldNodeIsApply(t *testing.T) {
	values := randomValues(1, 2*5*2)
	for _, reference := range []string{"", AverageReference, "Oz"} {
		l := threeSensors(reference)
		want, err := l.Apply(series(values, 5, 2))
		if err != nil {
			t.Fatal(err)
		}
		fixed, _ := evaluateNode(t, [][]int{{2, 5, 2}}, values, unary(l.Node))
		free, _ := evaluateNode(t, [][]int{{2, 5, 2}, {3, 2}}, append(slices.Clone(values), l.Gain.RawMatrix().Data...), binary(l.NodeOf))
		for i, v := range want.RawMatrix().Data {
			near(t, "node", fixed[i], v, 1e-14)
			near(t, "node of a gain", free[i], v, 1e-14)
		}
	}
}

func TestGradientOfLeadField(t *testing.T) {
	for _, reference := range []string{"", AverageReference, "Cz"} {
		l := threeSensors(reference)
		x := randomValues(2, 2*4*2+6)
		t.Run("of the activity "+reference, func(t *testing.T) { checkGradient(t, [][]int{{2, 4, 2}}, x[:16], unary(l.Node)) })
		for l.Norm = range 3 {
			t.Run(fmt.Sprintf("of activity and gain %s, norm %d", reference, l.Norm), func(t *testing.T) {
				checkGradient(t, [][]int{{2, 4, 2}, {3, 2}}, x, binary(l.NodeOf))
			})
			checkFinite(t, [][]int{{2, 4, 2}, {3, 2}}, constants(22, 0), binary(l.NodeOf))
			checkFinite(t, [][]int{{2, 4, 2}, {3, 2}}, append(constants(20, 0), 1, 0), binary(l.NodeOf))
		}
	}
	single := &LeadField{Gain: mat.NewDense(1, 1, []float64{2}), Reference: AverageReference}
	values, gradient := checkFinite(t, [][]int{{1, 3, 1}}, []float64{1, 2, 3}, unary(single.Node))
	allZero(t, "one sensor with an average reference", append(values, gradient...))
}

func TestGradientOfSensorNoise(t *testing.T) {
	checkGradient(t, [][]int{{2, 3, 4}, {2, 3, 2}, {4, 2}}, randomValues(3, 24+12+8), func(in G.Nodes) (*G.Node, error) {
		return SensorNoiseNode(in[0], in[1], in[2])
	})
	g := G.NewGraph()
	in := inputs(g, [][]int{{2, 3, 5}, {2, 3, 2}, {4, 2}}, randomValues(3, 30+12+8))
	if _, err := SensorNoiseNode(in[0], in[1], in[2]); err == nil {
		t.Error("no error of signals of 5 sensors with noise of 4")
	}
}

// The covariance of 200 000 samples is within 5 standard errors of the one asked for.
func TestSensorNoiseHasItsCovariance(t *testing.T) {
	full := mat.NewSymDense(3, []float64{4, 1, -2, 1, 3, 0.5, -2, 0.5, 2})
	var average mat.Dense // an average reference makes it singular
	reference := mat.NewDense(3, 3, []float64{2. / 3, -1. / 3, -1. / 3, -1. / 3, 2. / 3, -1. / 3, -1. / 3, -1. / 3, 2. / 3})
	average.Mul(reference, full)
	average.Mul(&average, reference)
	singular := mat.NewSymDense(3, nil)
	for i := 0; i < 3; i++ {
		for j := i; j < 3; j++ {
			singular.SetSym(i, j, average.At(i, j))
		}
	}
	for name, want := range map[string]*mat.SymDense{"full": full, "singular": singular, "none": mat.NewSymDense(2, nil)} {
		noise, err := NewSensorNoise(want)
		if err != nil {
			t.Fatal(err)
		}
		const samples = 200_000
		got := Covariance(noise.Samples(samples, 7))
		for i := 0; i < want.SymmetricDim(); i++ {
			for j := i; j < want.SymmetricDim(); j++ {
				near(t, name+" L Lᵀ", noise.Covariance().At(i, j), want.At(i, j), 1e-13)
				error := math.Sqrt((want.At(i, i)*want.At(j, j) + want.At(i, j)*want.At(i, j)) / samples)
				near(t, name, got.At(i, j), want.At(i, j), 5*error+1e-12)
			}
		}
	}
	for _, bad := range []*mat.SymDense{mat.NewSymDense(2, []float64{1, 2, 2, 1}), mat.NewSymDense(1, []float64{math.NaN()}), mat.NewSymDense(1, []float64{-1})} {
		if _, err := NewSensorNoise(bad); err == nil {
			t.Errorf("no error of the covariance %v", mat.Formatted(bad))
		}
	}
}

func TestSensorNoiseIsSeeded(t *testing.T) {
	noise := &SensorNoise{L: mat.NewDense(2, 1, []float64{1, -3})}
	quiet := mat.NewDense(4, 2, []float64{1, 2, 3, 4, 5, 6, 7, 8})
	first, err := noise.AddTo(quiet, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := noise.AddTo(quiet, 1)
	other, _ := noise.AddTo(quiet, 2)
	if !mat.Equal(first, again) || mat.Equal(first, other) || mat.Equal(first, quiet) {
		t.Error("expected the same noise for the same seed only")
	}
	if _, err := noise.AddTo(mat.NewDense(4, 3, nil), 1); err == nil {
		t.Error("no error of a series of 3 sensors with noise of 2")
	}
}

func TestFixedOrientations(t *testing.T) {
	gain := mat.NewDense(2, 6, []float64{1, 2, 3, 4, 5, 6, -1, 0, 1, 2, 0, 2})
	normals := mat.NewDense(2, 3, []float64{1, 0, 0, 0, 0.6, 0.8})
	got, err := FixedOrientations(gain, normals)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1, 7.8, -1, 1.6} {
		near(t, "fixed gain", got.RawMatrix().Data[i], want, 1e-15)
	}
	if _, err := FixedOrientations(gain, mat.NewDense(3, 3, nil)); err == nil {
		t.Error("no error of 3 normals for 2 sources")
	}
}

func TestVertexMap(t *testing.T) {
	gain := mat.NewDense(1, 5, []float64{1, 2, 4, 8, 16})
	m := VertexMap{Region: []int{0, 2, 0, -1, 2}, Regions: 3}
	for name, c := range map[string]struct {
		m    VertexMap
		want []float64
	}{
		"sum":           {m, []float64{5, 0, 18}},
		"mean":          {VertexMap{Region: m.Region, Regions: 3, Mean: true}, []float64{2.5, 0, 9}},
		"areas":         {VertexMap{Region: m.Region, Regions: 3, Areas: []float64{3, 1, 1, 9, 0}}, []float64{7, 0, 2}},
		"mean by areas": {VertexMap{Region: m.Region, Regions: 3, Areas: []float64{3, 1, 1, 9, 0}, Mean: true}, []float64{1.75, 0, 2}},
	} {
		got, err := c.m.Reduce(gain)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.RawRowView(0), c.want) {
			t.Errorf("%s: expected %v, found %v", name, c.want, got.RawRowView(0))
		}
	}
	for name, bad := range map[string]VertexMap{
		"region 3 of 3":  {Region: []int{0, 1, 2, 3, 0}, Regions: 3},
		"region −2":      {Region: []int{0, 1, 2, -2, 0}, Regions: 3},
		"few vertices":   {Region: []int{0, 1}, Regions: 3},
		"few areas":      {Region: m.Region, Regions: 3, Areas: []float64{1}},
		"a lacking area": {Region: m.Region, Regions: 3, Areas: []float64{1, 1, math.NaN(), 1, 1}},
		"no regions":     {Region: m.Region},
	} {
		if _, err := bad.Reduce(gain); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLeadFieldOfSomeSensors(t *testing.T) {
	l := threeSensors("Oz")
	some, err := l.Only("Oz", "Fz")
	if err != nil {
		t.Fatal(err)
	}
	if want := mat.NewDense(2, 2, []float64{-4, 2, 1, 2}); !mat.Equal(some.Gain, want) || !slices.Equal(some.Labels(), []string{"Oz", "Fz"}) {
		t.Errorf("found %v of %v", mat.Formatted(some.Gain), some.Labels())
	}
	l.Gain.SetRow(1, []float64{0, 0})
	if !slices.Equal(l.Silent(), []bool{false, true, false}) {
		t.Errorf("silent: %v", l.Silent())
	}
	scaled, err := l.Scaled(2, "mV")
	if err != nil || scaled.Unit != "mV" || scaled.Gain.At(0, 1) != 4 || l.Gain.At(0, 1) != 2 {
		t.Errorf("scaled: %v, %v", scaled, err)
	}
	for _, sensors := range [][]string{{"Fz"}, {"Oz", "Pz"}, {}} { // without the reference, unknown, none
		if _, err := l.Only(sensors...); err == nil {
			t.Errorf("no error of sensors %v", sensors)
		}
	}
}

func TestLeadFieldErrors(t *testing.T) {
	x := mat.NewDense(2, 2, nil)
	for want, change := range map[string]func(l *LeadField){
		"without a gain": func(l *LeadField) { l.Gain = nil },
		"sensor labels":  func(l *LeadField) { l.Sensors = []string{"Fz"} },
		"region labels":  func(l *LeadField) { l.Regions = []string{"a"} },
		`"Cz" (row 2)`:   func(l *LeadField) { l.Gain.Set(1, 1, math.NaN()) },
		"norm of 1":      func(l *LeadField) { l.Norm = 3 },
		`found "Pz"`:     func(l *LeadField) { l.Reference = "Pz" },
		"found 2":        func(l *LeadField) { l.Gain = mat.NewDense(3, 4, nil); l.Regions = nil },
	} {
		l := threeSensors("")
		change(l)
		if _, err := l.Apply(x); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, found %v", want, err)
		}
		node := inputs(G.NewGraph(), [][]int{{1, 2, 2}}, make([]float64, 4))[0]
		if _, err := l.Node(node); err == nil {
			t.Errorf("%s: no error of the node", want)
		}
	}
	l := threeSensors("")
	in := inputs(G.NewGraph(), [][]int{{1, 2, 2}, {2, 2}}, make([]float64, 8))
	if _, err := l.NodeOf(in[0], in[1]); err == nil {
		t.Error("no error of a gain of another shape")
	}
	if _, err := l.NodeOf(in[0], nil); err == nil {
		t.Error("no error of a nil gain")
	}
}
