package forward

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	G "gorgonia.org/gorgonia"
)

func TestFCDAgainstStat(t *testing.T) {
	const T, n, window, step = 41, 4, 12, 5
	x := series(randomValues(21, T*n), T, n)
	var rows [][]float64
	for from := 0; from+window <= T; from += step {
		var row []float64
		for i := 0; i < n; i++ {
			for j := i + 1; j < n; j++ {
				part := x.Slice(from, from+window, 0, n)
				row = append(row, stat.Correlation(mat.Col(nil, i, part), mat.Col(nil, j, part), nil))
			}
		}
		rows = append(rows, row)
	}
	fcd := FCD(x, window, step)
	if got := fcd.SymmetricDim(); got != len(rows) || got != 6 {
		t.Fatalf("expected %d windows, found %d", len(rows), got)
	}
	for a := range rows {
		for b := range rows {
			near(t, "FCD", fcd.At(a, b), stat.Correlation(rows[a], rows[b], nil), 1e-13)
		}
	}
}

func TestGradientOfFCD(t *testing.T) {
	f := func(x *G.Node) (*G.Node, error) { return FCDNode(x, 5, 2) }
	x := randomValues(22, 2*11*4)
	checkGradient(t, [][]int{{2, 11, 4}}, x, unary(f))
	checkGradient(t, [][]int{{1, 11, 4}}, x[:44], unary(func(x *G.Node) (*G.Node, error) { return WindowedFCNode(x, 4, 3) }))
	for k := 0; k < 11; k++ {
		x[k*4+1] = 2.5 // a constant region
	}
	_, gradient := checkFinite(t, [][]int{{1, 11, 4}}, x[:44], unary(f))
	for k := 0; k < 11; k++ {
		near(t, "gradient of a constant region", gradient[k*4+1], 0, 0)
	}
	_, gradient = checkFinite(t, [][]int{{1, 11, 4}}, constants(44, 0.1), unary(f))
	allZero(t, "gradient of constant regions", gradient)
}

func TestFCDRefusesWindows(t *testing.T) {
	g := G.NewGraph()
	x := inputs(g, [][]int{{1, 9, 3}}, randomValues(1, 27))[0]
	for _, w := range [][2]int{{1, 1}, {10, 1}, {4, 0}} {
		if _, err := FCDNode(x, w[0], w[1]); err == nil {
			t.Errorf("no error of window %d, step %d of 9 samples", w[0], w[1])
		}
	}
}

func TestUpperTriangle(t *testing.T) {
	m := mat.NewDense(3, 3, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9})
	for k, want := range [][]float64{{1, 2, 3, 5, 6, 9}, {2, 3, 6}, {3}} {
		got := UpperTriangle(m, k)
		if len(got) != len(want) {
			t.Fatalf("diagonal %d: found %v", k, got)
		}
		for i := range want {
			near(t, "entry", got[i], want[i], 0)
		}
	}
	checkGradient(t, [][]int{{2, 3, 3}}, randomValues(23, 18), unary(func(x *G.Node) (*G.Node, error) { return UpperTriangleNode(x, 1) }))
}

func TestDistancesByHand(t *testing.T) {
	// W₁ of {0, 1} and {0, 1, 5}: F differs by 1/6 on [0,1) and by 1/3 on [1,5).
	near(t, "Wasserstein", Wasserstein([]float64{1, 0}, []float64{5, 1, 0}), 1.0/6+4.0/3, 1e-15)
	near(t, "KS", KSDistance([]float64{1, 0}, []float64{5, 1, 0}), 1.0/3, 1e-15)
	near(t, "Wasserstein of a shift", Wasserstein([]float64{3, 1, 2}, []float64{2.5, 1.5, 3.5}), 0.5, 1e-15)
	near(t, "Wasserstein of equals", Wasserstein([]float64{3, 1, 2}, []float64{2, 1, 3}), 0, 0)
	near(t, "KS of densities", DensityKS([]float64{1, 1, 2}, []float64{2, 2, 0}), 0.5, 1e-15)
	near(t, "Wasserstein of densities", DensityWasserstein([]float64{1, 1, 2}, []float64{2, 2, 0}, 0.1), 0.1*(0.25+0.5), 1e-15)
}

func TestGradientOfDistances(t *testing.T) {
	checkGradient(t, [][]int{{2, 5}, {1, 7}}, randomValues(24, 17), binary(WassersteinNode))
	p := randomValues(25, 18)
	for i := range p {
		p[i] = math.Abs(p[i]) + 0.1
	}
	checkGradient(t, [][]int{{2, 6}, {1, 6}}, p, binary(DensityKSNode))
	checkGradient(t, [][]int{{2, 6}, {1, 6}}, p, binary(func(a, b *G.Node) (*G.Node, error) { return DensityWassersteinNode(a, b, 0.3) }))
	same := append(append([]float64{}, p[:6]...), p[:6]...)
	for _, f := range []func(a, b *G.Node) (*G.Node, error){WassersteinNode, DensityKSNode} {
		_, gradient := checkFinite(t, [][]int{{1, 6}, {1, 6}}, same, binary(f))
		allZero(t, "gradient between equal distributions", gradient)
	}
	checkFinite(t, [][]int{{1, 6}, {1, 6}}, constants(12, 0), binary(DensityKSNode))
}

func TestDensity(t *testing.T) {
	grid := []float64{-1, -0.5, 0, 0.5, 1}
	f := func(x *G.Node) (*G.Node, error) { return DensityNode(x, grid) }
	x := randomValues(26, 12)
	checkGradient(t, [][]int{{2, 6}}, x, unary(f))
	for name, x := range map[string][]float64{"equal": constants(6, 0.3), "far away": {50, 51, 52, 53, 54, 55}, "one": {0.2}} {
		values, _ := checkFinite(t, [][]int{{1, len(x)}}, x, unary(f))
		sum := 0.0
		for _, v := range values {
			sum += v * 0.5
		}
		near(t, "integral, "+name, sum, 1, 1e-14)
	}
	// Two values ±s/√2 about 0.1, s = 0.2 √2, so h = s 2^(−1/5).
	d := Density([]float64{-0.1, 0.3}, grid)
	h := 0.2 * math.Sqrt2 * math.Pow(2, -0.2)
	e := func(g float64) float64 {
		return math.Exp(-(g+0.1)*(g+0.1)/2/h/h) + math.Exp(-(g-0.3)*(g-0.3)/2/h/h)
	}
	near(t, "ratio", d[2]/d[3], e(0)/e(0.5), 1e-13)
	g := G.NewGraph()
	for _, bad := range [][]float64{{1}, {0, 1, 3}, {1, 0}} {
		if _, err := DensityNode(inputs(g, [][]int{{1, 6}}, x[:6])[0], bad); err == nil {
			t.Errorf("no error of grid %v", bad)
		}
	}
}
