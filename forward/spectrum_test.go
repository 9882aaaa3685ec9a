package forward

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// scipy 1.17.1, signal.welch(x, 10, window="hann", …, axis=0) of the chirps.
func TestWelchAgainstScipy(t *testing.T) {
	cases := []struct {
		welch Welch
		want  map[int][2]float64 // by frequency
	}{
		{Welch{Rate: 10, Window: 16, Overlap: 8}, map[int][2]float64{
			0: {0.016878018644132603, 0.012424464951185158}, 1: {0.2810997573873618, 0.2901092927079859},
			4: {0.00015592493439117364, 0.00027322018669722974}, 8: {0.001953548851687637, 1.982910495220218e-07}}},
		{Welch{Rate: 10, Window: 16, Overlap: 8, Power: true}, map[int][2]float64{
			0: {0.01582314247887431, 0.011647935891736091}, 3: {0.0579451765791635, 0.05814513754667683}, 8: {0.00183145204845716, 1.8589785892690122e-07}}},
		{Welch{Rate: 10, Window: 15, Overlap: 5, KeepMean: true}, map[int][2]float64{
			0: {0.0027509237394677294, 0.0678748724434114}, 1: {0.27888746299479755, 0.3835964877879155}, 7: {0.011341946430906363, 1.9339277991476996e-06}}},
	}
	for _, c := range cases {
		p, err := c.welch.PSD(chirps())
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range c.want {
			for i, w := range want {
				near(t, "power", p.At(k, i), w, 1e-15)
			}
		}
	}
}

// scipy.signal.coherence(…, 10, nperseg=16, noverlap=8) of the chirps.
func TestCoherenceAgainstScipy(t *testing.T) {
	w := Welch{Rate: 10, Window: 16, Overlap: 8}
	want := map[int]float64{0: 0.23182519730577955, 1: 0.9921914043661142, 2: 0.9999872597895216, 3: 0.9999191835347467, 4: 0.638640465119411, 8: 0.04330231745550603}
	for k, v := range want {
		f := w.Frequencies()[k]
		c, err := w.Coherence(chirps(), f, f)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "coherence", c.At(0, 1), v, 1e-12)
		near(t, "coherence with itself", c.At(1, 1), 1, 1e-15)
	}
	c, err := w.Coherence(chirps(), 0.7, 1.9)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean over the band", c.At(1, 0), (want[2]+want[3])/2, 1e-12)
}

func TestGradientOfSpectra(t *testing.T) {
	x := oscillations(51, 2, 21, 3)
	shapes := [][]int{{2, 21, 3}}
	for _, w := range []Welch{{Rate: 10, Window: 8, Overlap: 4}, {Rate: 10, Window: 7, Overlap: 2, KeepMean: true, Power: true}, {Rate: 5, Window: 9, Overlap: 8, Taper: constants(9, 1)}} {
		checkGradient(t, shapes, x, unary(w.PSDNode))
		coherence := func(x *G.Node) (*G.Node, error) { return w.CoherenceNode(x, 0.5, 3) }
		checkGradient(t, shapes, x, unary(coherence))
		silent := append([]float64{}, x[:63]...)
		for k := 0; k < 21; k++ {
			silent[3*k+1] = 0.1
		}
		values, gradient := checkFinite(t, [][]int{{1, 21, 3}}, silent, unary(coherence))
		if w.KeepMean {
			continue // its constant is power at the lower frequencies
		}
		near(t, "coherence of a constant region", values[4], 0, 0)
		for k := 0; k < 21; k++ {
			near(t, "gradient of a constant region", gradient[3*k+1], 0, 0)
		}
	}
}

func TestLogSpectralDistance(t *testing.T) {
	p, q := mat.NewDense(2, 1, []float64{1, 1e-9}), mat.NewDense(2, 1, []float64{100, 0})
	near(t, "distance", LogSpectralDistance(p, q, 1e-3), math.Sqrt(20*20/2.0), 1e-13)
	f := func(a, b *G.Node) (*G.Node, error) { return LogSpectralDistanceNode(a, b, 0.05) }
	x := randomValues(52, 18)
	for i := range x {
		x[i] = x[i] * x[i]
	}
	checkGradient(t, [][]int{{2, 2, 3}, {1, 2, 3}}, x, binary(f))
	same := append(append([]float64{}, x[:6]...), x[:6]...)
	_, gradient := checkFinite(t, [][]int{{1, 2, 3}, {1, 2, 3}}, same, binary(f))
	allZero(t, "gradient of a distance of 0", gradient)
	_, gradient = checkFinite(t, [][]int{{1, 2, 3}, {1, 2, 3}}, append(constants(6, 0), x[:6]...), binary(f))
	allZero(t, "gradient of silence", gradient[:6])
	if _, err := LogSpectralDistanceNode(nil, nil, 0); err == nil {
		t.Error("no error of floor 0")
	}
}

func TestSpectralPeak(t *testing.T) {
	frequencies := []float64{0, 1, 2, 3, 4}
	p := mat.NewDense(5, 2, []float64{9, 0, 1, 0, 4, 0, 1, 0, 9, 0})
	near(t, "centre of gravity", SpectralPeak(p, frequencies, 1, 4, 1)[0], (1+8+3+36)/15.0, 1e-15)
	near(t, "sharp peak", SpectralPeak(p, frequencies, 1, 3.5, 20)[0], 2, 1e-9)
	near(t, "silence", SpectralPeak(p, frequencies, 1, 3, 2)[1], 2, 0)
	f := func(x *G.Node) (*G.Node, error) { return SpectralPeakNode(x, frequencies, 1, 3, 3) }
	x := randomValues(53, 20)
	for i := range x {
		x[i] = x[i]*x[i] + 0.1
	}
	checkGradient(t, [][]int{{2, 5, 2}}, x, unary(f))
	_, gradient := checkFinite(t, [][]int{{1, 5, 2}}, constants(10, 0), unary(f))
	allZero(t, "gradient of silence", gradient)
}

func TestSpectraRefuseSettings(t *testing.T) {
	x := mat.NewDense(20, 2, randomValues(1, 40))
	node := inputs(G.NewGraph(), [][]int{{1, 20, 2}}, randomValues(1, 40))[0]
	for _, w := range []Welch{{}, {Rate: 10, Window: 21}, {Rate: 10, Window: 8, Overlap: 8}, {Rate: 10, Window: 8, Taper: []float64{1}}, {Rate: 10, Window: 8, Taper: make([]float64, 8)}} {
		if _, err := w.PSD(x); err == nil {
			t.Errorf("no error of %+v", w)
		}
		if _, err := w.PSDNode(node); err == nil {
			t.Errorf("no error of a node of %+v", w)
		}
	}
	for _, w := range []Welch{{Rate: 10, Window: 16}, {Rate: 10, Window: 2, Overlap: 1}} { // one window; no frequency in the band
		if _, err := w.CoherenceNode(node, 1, 2); err == nil {
			t.Errorf("no error of the coherence of %+v", w)
		}
	}
}
