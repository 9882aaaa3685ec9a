package forward

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// scipy 1.17.1, signal.resample(x, samples, axis=0) of the chirps.
func TestResampleAgainstScipy(t *testing.T) {
	x := chirps()
	for _, c := range []struct {
		from, to int
		want     [3][2]float64 // at samples 0, 3 and the last
	}{
		{40, 16, [3][2]float64{{0.395067679883351, 0.3481428278640407}, {-0.8485851725750158, 0.9676292336816682}, {0.9067066666219334, 0.1721183825844072}}},
		{40, 17, [3][2]float64{{0.3950676798833509, 0.34814282786404066}, {-0.9994854606219661, 0.8041657824846675}, {0.9193115231476429, 0.10290215817091714}}},
		{40, 60, [3][2]float64{{0.3, 0.8775825618903729}, {0.8489452509454684, -0.3032895668635035}, {0.26686856480568355, -0.08391559704706408}}},
		{40, 61, [3][2]float64{{0.3, 0.8775825618903729}, {0.8248283313228542, -0.2925216212886967}, {0.2614134356500534, -0.06662811349872177}}},
		{39, 16, [3][2]float64{{0.6039066345211619, 0.4856821790759328}, {-0.940567806853374, 0.8947751502525775}, {0.5354912083927308, 0.7833030939062637}}},
	} {
		y := Resample(x.Slice(0, c.from, 0, 2).(*mat.Dense), c.to)
		for r, k := range []int{0, 3, c.to - 1} {
			for i, want := range c.want[r] {
				near(t, "resampled", y.At(k, i), want, 1e-13)
			}
		}
	}
}

// scipy 1.17.1, signal.detrend(x, axis=0, bp=[13, 30]) of the chirps.
func TestDetrend(t *testing.T) {
	y, err := Detrend(chirps(), 13, 30)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int][2]float64{0: {0.0856014413237157, 0.8459186770375589}, 13: {0.43254793585277673, -0.7978352107052974}, 39: {0.10842862567150202, -1.1092595170568484}}
	for k, w := range want {
		near(t, "detrended", y.At(k, 0), w[0], 1e-13)
		near(t, "detrended", y.At(k, 1), w[1], 1e-13)
	}
	f := func(x *G.Node) (*G.Node, error) { return DetrendNode(x, 4, 5) }
	checkGradient(t, [][]int{{2, 9, 2}}, randomValues(61, 36), unary(f))
	line := mat.NewDense(30, 1, nil)
	for k := 0; k < 30; k++ {
		line.Set(k, 0, 0.1*float64(k)+17.3)
	}
	if y, err = Detrend(line); err != nil || mat.Norm(y, 1) != 0 {
		t.Errorf("a line leaves %g (%v)", mat.Norm(y, 1), err)
	}
	for _, breaks := range [][]int{{0}, {40}, {5, 5}} {
		if _, err := Detrend(chirps(), breaks...); err == nil {
			t.Errorf("no error of breaks %v", breaks)
		}
	}
}

// numpy 2.4.6, as the definition reads, of the chirps.
func TestDynamicsAgainstNumpy(t *testing.T) {
	tau := AutocorrelationTime(chirps(), 5)
	near(t, "autocorrelation time", tau[0], -0.5946809632332335, 1e-13)
	near(t, "autocorrelation time", tau[1], -0.602426526515234, 1e-13)
	amplitude := Amplitude(chirps())
	near(t, "amplitude", amplitude[0], 1.0374575923309446, 1e-14)
	near(t, "amplitude", amplitude[1], 1.0100280700279, 1e-14)
}

// Of an autoregressive process ρ_k = a^k, so τ = ½ + a/(1 − a) = 9.5 for a = 0.9.
func TestAutocorrelationTimeOfAProcess(t *testing.T) {
	const T = 400000
	x := randomValues(62, T)
	for k := 1; k < T; k++ {
		x[k] += 0.9 * x[k-1]
	}
	near(t, "τ", AutocorrelationTime(mat.NewDense(T, 1, x), 80)[0], 9.5, 0.81) // three times its deviation τ √(2 (2·80+1)/T) (Sokal)
}

func TestSwitchingCountsCrossings(t *testing.T) {
	x := mat.NewDense(8, 1, []float64{1, 2, -1, -3, 2, 1, 1, -3})
	near(t, "switching", Switching(x, 1e6)[0], 3.0/7, 1e-12)
}

func TestGradientOfDynamics(t *testing.T) {
	x := randomValues(63, 2*9*2)
	for name, f := range map[string]func(*G.Node) (*G.Node, error){
		"autocorrelation": func(x *G.Node) (*G.Node, error) { return AutocorrelationTimeNode(x, 4) },
		"amplitude":       AmplitudeNode,
		"switching":       func(x *G.Node) (*G.Node, error) { return SwitchingNode(x, 2) },
	} {
		t.Run(name, func(t *testing.T) {
			checkGradient(t, [][]int{{2, 9, 2}}, x, unary(f))
			values, gradient := checkFinite(t, [][]int{{1, 9, 2}}, constants(18, 0.1), unary(f))
			allZero(t, "value of a constant", values)
			allZero(t, "gradient of a constant", gradient)
		})
	}
	node := inputs(G.NewGraph(), [][]int{{1, 9, 2}}, x[:18])[0]
	if _, err := AutocorrelationTimeNode(node, 9); err == nil {
		t.Error("no error of as many lags as samples")
	}
	if _, err := SwitchingNode(node, math.NaN()); err == nil {
		t.Error("no error of sharpness NaN")
	}
}
