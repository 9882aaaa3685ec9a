package forward

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	G "gorgonia.org/gorgonia"
)

func TestVariancesAgainstStat(t *testing.T) {
	x := series(oscillations(81, 1, 50, 4), 50, 4)
	var variances []float64
	for i := 0; i < 4; i++ {
		variances = append(variances, stat.PopVariance(mat.Col(nil, i, x), nil))
	}
	near(t, "global variance", GlobalVariance(x), stat.Mean(variances, nil), 1e-15)
	near(t, "variance of variances", VarianceOfVariances(x), stat.PopVariance(variances, nil), 1e-15)
}

func TestDispersionByHand(t *testing.T) {
	x := mat.NewDense(3, 2, []float64{0, 2, 5, 5, -1, 3}) // 1, 0 and 2 from the mean
	for k, want := range []float64{1, 0, 2} {
		near(t, "dispersion", Dispersion(x)[k], want, 0)
	}
	near(t, "proxy synchrony", ProxySynchrony(x), 1, 0)
	near(t, "proxy metastability", ProxyMetastability(x), math.Sqrt(2.0/3), 1e-15)
	equal := mat.NewDense(3, 3, []float64{0.1, 0.1, 0.1, 0.7, 0.7, 0.7, 1.3, 1.3, 1.3})
	if s := ProxySynchrony(equal); !math.IsInf(s, 1) {
		t.Errorf("equal regions: expected infinite synchrony, found %g", s)
	}
}

var variabilities = map[string]func(*G.Node) (*G.Node, error){
	"global variance":       GlobalVarianceNode,
	"variance of variances": VarianceOfVariancesNode,
	"dispersion":            DispersionNode,
	"proxy metastability":   ProxyMetastabilityNode,
}

func TestGradientOfVariabilities(t *testing.T) {
	for name, f := range variabilities {
		t.Run(name, func(t *testing.T) {
			checkGradient(t, [][]int{{2, 7, 3}}, randomValues(82, 42), unary(f))
			for _, shape := range [][]int{{1, 7, 3}, {2, 7, 1}, {1, 2, 1}, {2, 2, 3}} {
				size := shape[0] * shape[1] * shape[2]
				values, gradient := checkFinite(t, [][]int{shape}, constants(size, 0.1), unary(f))
				allZero(t, "value of constants", values)
				allZero(t, "gradient of constants", gradient)
				checkFinite(t, [][]int{shape}, randomValues(83, size), unary(f))
			}
		})
	}
}
