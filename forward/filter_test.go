package forward

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// chirps is the series that scipy's numbers below were computed of.
func chirps() *mat.Dense {
	x := mat.NewDense(40, 2, nil)
	for k := 0; k < 40; k++ {
		t := float64(k)
		x.Set(k, 0, math.Sin(.7*t)+.3*math.Cos(2.1*t+.4*t*t/40))
		x.Set(k, 1, math.Cos(.7*t+.5)+.01*t)
	}
	return x
}

// scipy 1.17.1, signal.sosfiltfilt(signal.butter(order, edges, kind, fs=10, output="sos"), x).
func TestButterworthAgainstScipy(t *testing.T) {
	cases := []struct {
		filter Butterworth
		want   [4][2]float64 // at samples 0, 1, 17, 39
	}{
		{Butterworth{3, .5, 2, 10}, [4][2]float64{{0.021480717821674877, -0.015467942940851132}, {0.4627730708301505, -0.4152041587917561}, {-0.6478058726169295, 0.9826573884606844}, {0.03204873083328658, -0.04084914873351786}}},
		{Butterworth{4, 0, 1.5, 10}, [4][2]float64{{0.2990151683121617, 0.8773974932006721}, {0.713629500582492, 0.17438606245032037}, {-0.5790033237889074, 1.09237915565803}, {0.5328824215758805, -0.500984457117457}}},
		{Butterworth{3, 0, 1.5, 10}, [4][2]float64{{0.29931373383991444, 0.8784563379672476}, {0.6753689319041489, 0.1909633099911277}, {-0.5446287125386503, 1.0385672234314607}, {0.5404557251287359, -0.5049167976813003}}},
		{Butterworth{5, .8, 0, 10}, [4][2]float64{{0.0012298349403819797, -0.014657079475335844}, {0.2766925874884475, -0.14564602109862815}, {-0.4110795155358196, 0.9855832638471228}, {-0.039606956945778066, 0.08928114949251009}}},
	}
	for _, c := range cases {
		y, err := c.filter.Filter(chirps())
		if err != nil {
			t.Fatal(err)
		}
		for r, k := range []int{0, 1, 17, 39} {
			for i := 0; i < 2; i++ {
				near(t, "filtered", y.At(k, i), c.want[r][i], 1e-12)
			}
		}
	}
}

func TestGradientOfFilter(t *testing.T) {
	x := oscillations(41, 2, 24, 3)
	for _, b := range []Butterworth{{2, .5, 2, 10}, {3, 0, 2, 10}, {1, 1, 0, 10}} {
		checkGradient(t, [][]int{{2, 24, 3}}, x, unary(b.FilterNode))
	}
	b := Butterworth{2, 1, 3, 10}
	checkGradient(t, [][]int{{1, 24, 3}}, x[:72], unary(b.EnvelopeFCNode))
	for k := 0; k < 24; k++ {
		x[k*3+2] = 0.1
	}
	values, gradient := checkFinite(t, [][]int{{1, 24, 3}}, x[:72], unary(b.EnvelopeFCNode))
	near(t, "envelope FC of a constant region", values[2], 0, 0)
	for k := 0; k < 24; k++ {
		near(t, "gradient of a constant region", gradient[k*3+2], 0, 0)
	}
	fc, err := b.EnvelopeFC(series(x, 24, 3))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "number and node", fc.At(0, 1), values[1], 0)
}

func TestLowPassLeavesConstants(t *testing.T) {
	y, err := Butterworth{4, 0, 1, 10}.Filter(mat.NewDense(30, 1, constants(30, 0.1)))
	if err != nil {
		t.Fatal(err)
	}
	for k := 0; k < 30; k++ {
		near(t, "constant", y.At(k, 0), 0.1, 0)
	}
}

func TestFilterRefusesSettings(t *testing.T) {
	x := inputs(G.NewGraph(), [][]int{{1, 24, 3}}, randomValues(1, 72))[0]
	for _, b := range []Butterworth{
		{0, 1, 2, 10}, {2, 0, 0, 10}, {2, 1, 5, 10}, {2, 3, 2, 10}, {2, 1, 2, 0}, {2, -1, 2, 10}, {2, 1, math.NaN(), 10}, {4, 1, 2, 10}, // the last needs 28 samples
	} {
		if _, err := b.Filter(mat.NewDense(24, 3, nil)); err == nil {
			t.Errorf("no error of %+v", b)
		}
		if _, err := b.FilterNode(x); err == nil {
			t.Errorf("no error of a node of %+v", b)
		}
	}
}
