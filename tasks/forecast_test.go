package tasks

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestPersistence(t *testing.T) {
	data := mat.NewDense(4, 1, []float64{1, 2, 4, 7})
	score, err := ScoreOneStep(Persistence{}, data, 0)
	if err != nil {
		t.Fatal(err)
	}
	if score.MSE != (1+4+9)/3.0 || score.OverPersistence != 0 {
		t.Errorf("%+v", score)
	}
	run, _ := Persistence{}.Forecast(data, 2)
	if run.At(0, 0) != 7 || run.At(1, 0) != 7 {
		t.Errorf("forecast %v", mat.Formatted(run))
	}
}

// A known autoregression is found again, and no better one.
func TestARFindsItsCoefficients(t *testing.T) {
	s := newStream(1, Train, 0, forNoise)
	const n = 20_000
	data := mat.NewDense(n, 2, nil)
	for i := 2; i < n; i++ {
		data.Set(i, 0, 0.5+0.6*data.At(i-1, 0)-0.3*data.At(i-2, 0)+0.2*data.At(i-1, 1)+s.normal())
		data.Set(i, 1, 0.7*data.At(i-1, 1)+s.normal())
	}
	ar, err := FitAR(data, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		to, from, lag int
		want          float64
	}{{0, 0, 0, 0.6}, {0, 0, 1, -0.3}, {0, 1, 0, 0.2}, {1, 1, 0, 0.7}, {1, 0, 0, 0}, {1, 1, 1, 0}, {0, 1, 1, 0}} {
		// Standard error at most 1/√n = 0.007; five of them.
		if got := ar.Coefficient(c.to, c.from, c.lag); math.Abs(got-c.want) > 5/math.Sqrt(n) {
			t.Errorf("coefficient %+v is %.3f", c, got)
		}
	}
	score, err := ScoreOneStep(ar, data, 2)
	if err != nil || math.Abs(score.MSE-1) > 0.05 {
		t.Errorf("error %v of a noise of variance 1, %v", score.MSE, err)
	}
}

// A sine is an autoregression of order 2 without noise, so a forecast is exact.
func TestARForecastsASine(t *testing.T) {
	wave := func(i int) float64 { return math.Sin(0.3 * float64(i)) }
	data := mat.NewDense(200, 1, nil)
	for i := range 200 {
		data.Set(i, 0, wave(i))
	}
	ar, err := FitAR(data, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	run, err := ar.Forecast(data, 50)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if math.Abs(run.At(i, 0)-wave(200+i)) > 1e-9 {
			t.Fatalf("step %d: %g, expected %g", i, run.At(i, 0), wave(200+i))
		}
	}
	predicted, err := ar.Predict(data)
	if err != nil || math.Abs(predicted.At(50, 0)-wave(51)) > 1e-10 {
		t.Errorf("prediction %v, %v", predicted.At(50, 0), err)
	}
}

func TestForecasterErrors(t *testing.T) {
	ramp := mat.NewDense(50, 1, nil)
	for i := range 50 {
		ramp.Set(i, 0, float64(i%7))
	}
	two := mat.NewDense(50, 2, nil)
	ar, err := FitAR(ramp, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	reservoir, err := FitReservoir(ramp, ReservoirSettings{Units: 10, Washout: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Forecaster{ar, reservoir} {
		if _, err := f.Predict(two); err == nil {
			t.Errorf("%T predicts two channels", f)
		}
		if _, err := f.Forecast(two, 3); err == nil {
			t.Errorf("%T forecasts two channels", f)
		}
	}
	for _, f := range []Forecaster{Persistence{}, ar, reservoir} {
		for _, history := range []*mat.Dense{nil, {}, ramp} {
			if _, err := f.Forecast(history, 0); err == nil {
				t.Errorf("%T forecasts no step", f)
			}
		}
		if _, err := f.Forecast(nil, 2); err == nil {
			t.Errorf("%T forecasts from nothing", f)
		}
	}
	for _, bad := range []ReservoirSettings{{Units: -1}, {Radius: math.NaN()}, {Degree: -3}, {Ridge: math.Inf(1)}, {Leak: -1}} {
		bad.Washout = 10
		if _, err := FitReservoir(ramp, bad); err == nil {
			t.Errorf("a reservoir with %+v", bad)
		}
	}
	if _, err := FitAR(ramp, 0, 0); err == nil {
		t.Error("order 0")
	}
	if _, err := FitAR(ramp, 30, 0); err == nil {
		t.Error("more coefficients than samples")
	}
	if _, err := FitAR(two, 1, 0); err == nil || !strings.Contains(err.Error(), "singular") {
		t.Errorf("constant data: %v", err)
	}
	if _, err := FitReservoir(ramp, ReservoirSettings{Washout: 49}); err == nil {
		t.Error("a reservoir from one sample")
	}
	if _, err := ScoreOneStep(ar, ramp, 49); err == nil {
		t.Error("nothing left to judge")
	}
}

// A ring of weights 2 has eigenvalues of modulus 2.
func TestSpectralRadius(t *testing.T) {
	ring := []synapse{}
	for i := range 10 {
		ring = append(ring, synapse{i, (i + 1) % 10, 2})
	}
	if got := spectralRadius(ring, 10); math.Abs(got-2) > 1e-9 {
		t.Errorf("radius %g of a ring", got)
	}
	s := newStream(2, Train, 0, forChoice)
	const n = 60
	dense, w := mat.NewDense(n, n, nil), []synapse{}
	for range 5 * n {
		x := synapse{s.below(n), s.below(n), s.uniform(-1, 1)}
		w = append(w, x)
		dense.Set(x.to, x.from, dense.At(x.to, x.from)+x.weight)
	}
	var eigen mat.Eigen
	eigen.Factorize(dense, mat.EigenNone)
	want := 0.0
	for _, v := range eigen.Values(nil) {
		want = math.Max(want, math.Hypot(real(v), imag(v)))
	}
	if got := spectralRadius(w, n); math.Abs(got/want-1) > 0.01 { // swings average out as 1/steps
		t.Errorf("radius %g, expected %g", got, want)
	}
}

// On Lorenz the baselines come in the order of the literature: persistence, autoregression, reservoir.
func TestBaselinesOnLorenz(t *testing.T) {
	s := LorenzSeries()
	train := s.Part(Train).Slice(0, 5000, 0, 3).(*mat.Dense)
	ar, err := FitAR(train, 4, 0)
	if err != nil {
		t.Fatal(err)
	}
	reservoir, err := FitReservoir(train, ReservoirSettings{Units: 150})
	if err != nil {
		t.Fatal(err)
	}
	median := map[string]float64{}
	for name, f := range map[string]Forecaster{"persistence": Persistence{}, "AR(4)": ar, "reservoir": reservoir} {
		times, err := ValidTimes(f, s, Starts{Number: 15}, 600)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(times) || len(times) != 15 {
			t.Errorf("%s: times %v", name, times)
		}
		median[name] = times[7]
	}
	t.Logf("valid times in Lyapunov times: %v", median)
	if median["persistence"] > 0.2 || median["AR(4)"] <= median["persistence"] || median["reservoir"] < 2 {
		t.Errorf("valid times %v", median)
	}
	run, err := reservoir.Forecast(train, 4000)
	if err != nil {
		t.Fatal(err)
	}
	alike, err := CompareFreeRun(run, s.Part(Test))
	if err != nil {
		t.Fatal(err)
	}
	still, _ := Persistence{}.Forecast(train, 4000)
	dead, err := CompareFreeRun(still, s.Part(Test))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("reservoir %v; persistence %v", alike, dead)
	if alike.Spectrum > 0.3 || dead.Spectrum != 1 || alike.StateSpace > dead.StateSpace/2 {
		t.Errorf("reservoir %v, persistence %v", alike, dead)
	}
}

func TestBaselinesOnMackeyGlass(t *testing.T) {
	s, err := MackeyGlassSeries(17)
	if err != nil {
		t.Fatal(err)
	}
	reservoir, err := FitReservoir(s.Part(Train).Slice(0, 4000, 0, 1).(*mat.Dense), ReservoirSettings{Units: 200, Input: 0.5, Ridge: 1e-8})
	if err != nil {
		t.Fatal(err)
	}
	good, err := NRMSEAt(reservoir, s, Starts{Number: 20}, 84)
	if err != nil {
		t.Fatal(err)
	}
	poor, err := NRMSEAt(Persistence{}, s, Starts{Number: 20}, 84)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("NRMSE84: reservoir %.4f, persistence %.3f", good, poor)
	if good > 0.2 || poor < 0.5 {
		t.Errorf("NRMSE84: reservoir %.4f, persistence %.3f", good, poor)
	}
}

// inLanes forecasts all at once, and counts how often it was asked to.
type inLanes struct {
	Forecaster
	asked *int
}

func (l inLanes) ForecastLanes(histories []*mat.Dense, steps int) ([]*mat.Dense, error) {
	*l.asked++
	out := []*mat.Dense{}
	for _, history := range histories {
		forecast, err := l.Forecast(history, steps)
		if err != nil {
			return nil, err
		}
		out = append(out, forecast)
	}
	return out, nil
}

func TestForecastsInLanes(t *testing.T) {
	s := LorenzSeries()
	starts, asked := Starts{Number: 6, Warmup: 10}, 0
	alone, err := ValidTimes(Persistence{}, s, starts, 100)
	if err != nil {
		t.Fatal(err)
	}
	together, err := ValidTimes(inLanes{Persistence{}, &asked}, s, starts, 100)
	if err != nil || !slices.Equal(alone, together) || asked != 1 {
		t.Errorf("%v alone, %v in lanes, asked %d times, %v", alone, together, asked, err)
	}
	histories, truths, err := starts.Cut(s, 100)
	if err != nil || len(histories) != 6 {
		t.Fatal(err)
	}
	test := s.Part(Test)
	n, _ := test.Dims()
	if truths[0].At(0, 0) != test.At(10, 0) || histories[0].At(9, 1) != test.At(9, 1) || truths[5].At(99, 2) != test.At(n-1, 2) {
		t.Error("the cuts do not span the test part")
	}
	for _, bad := range []Starts{{Number: -1}, {Warmup: -1}, {Warmup: 20_000}} {
		if _, _, err := bad.Cut(s, 100); err == nil {
			t.Errorf("%+v: no error", bad)
		}
	}
}

func TestValidSteps(t *testing.T) {
	truth := mat.NewDense(4, 2, nil)
	off := mat.NewDense(4, 2, []float64{0, 0, 3, 4, 6, 8, math.NaN(), 0})
	for _, c := range []struct {
		distance float64
		want     int
	}{{0, 1}, {5, 2}, {10, 3}, {1e9, 3}} {
		if got := ValidSteps(off, truth, c.distance); got != c.want {
			t.Errorf("within %g for %d steps, expected %d", c.distance, got, c.want)
		}
	}
	if ValidSteps(truth, truth, 0) != 4 {
		t.Error("the truth does not hold")
	}
}

func TestCompareFreeRun(t *testing.T) {
	s := newStream(5, Train, 0, forNoise)
	noise := func(n, channels int, scale float64) *mat.Dense {
		out := mat.NewDense(n, channels, nil)
		for i := range n {
			common := s.normal()
			for j := range channels {
				out.Set(i, j, scale*(common*float64(j)+s.normal()))
			}
		}
		return out
	}
	truth := noise(20_000, 3, 1)
	same, err := CompareFreeRun(truth, truth)
	if err != nil || same.Spectrum > 1e-7 || same.StateSpace != 0 || same.Outside != 0 || math.Abs(same.Correlation-1) > 1e-12 {
		t.Errorf("the truth against itself: %v, %v", same, err)
	}
	again, err := CompareFreeRun(noise(20_000, 3, 1), truth)
	if err != nil || again.Spectrum > 0.1 || again.Correlation < 0.99 {
		t.Errorf("another sample: %v, %v", again, err)
	}
	wide, err := CompareFreeRun(noise(20_000, 3, 3), truth)
	if err != nil || wide.StateSpace < 2*again.StateSpace || wide.Outside < 0.1 {
		t.Errorf("three times the size: %v, %v", wide, err)
	}
	other := noise(2_000, 3, 1)
	first, _ := CompareFreeRun(other, truth)
	for range 5 {
		if once, err := CompareFreeRun(other, truth); err != nil || once.StateSpace != first.StateSpace {
			t.Errorf("another sum: %v and %v, %v", once.StateSpace, first.StateSpace, err)
		}
	}
	if _, err := CompareFreeRun(noise(20, 2, 1), truth); err == nil {
		t.Error("two channels against three")
	}
}

// An error of 0.1 from every start is one of 0.01; half of the starts diverging makes it √(0.01·4).
func TestFreeError(t *testing.T) {
	s := LorenzSeries()
	starts := Starts{Number: 4, Warmup: 10}
	for _, c := range []struct {
		diverging int
		want      float64
	}{{0, 0.01}, {2, 0.2}, {4, 4}} {
		got, err := FreeError(offBy{0.1, s, starts, c.diverging}, s, Validation, starts, 30)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d of 4 starts diverge: %v, expected %v, %v", c.diverging, got, c.want, err)
		}
	}
	if _, err := FreeError(Persistence{}, s, Validation, starts, 3000); err == nil {
		t.Error("a run longer than the part")
	}
}

// offBy knows the truth and misses it by a constant; the first starts diverge.
type offBy struct {
	by        float64
	series    *Series
	starts    Starts
	diverging int
}

func (offBy) Predict(data *mat.Dense) (*mat.Dense, error)            { return data, nil }
func (offBy) Forecast(history *mat.Dense, _ int) (*mat.Dense, error) { return history, nil }

func (o offBy) ForecastLanes(_ []*mat.Dense, steps int) ([]*mat.Dense, error) {
	_, truths, err := o.starts.cut(o.series, Validation, steps)
	for i, truth := range truths {
		truths[i] = mat.DenseCopyOf(truth)
		truths[i].Apply(func(_, _ int, v float64) float64 {
			if i < o.diverging {
				return math.NaN()
			}
			return v + o.by
		}, truth)
	}
	return truths, err
}
