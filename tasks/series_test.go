package tasks

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Against a reference integration with a fiftieth of the step, the error falls with the fourth power.
func TestLorenzAgainstFineSteps(t *testing.T) {
	start := [3]float64{1, 2, 20}
	const duration = 0.5
	worst := func(dt float64) float64 {
		n := int(math.Round(duration / dt))
		a, b := Lorenz(start, dt, n+1), Lorenz(start, dt/50, 50*n+1)
		off := 0.0
		for i := range n + 1 {
			for j := range 3 {
				off = math.Max(off, math.Abs(a.At(i, j)-b.At(50*i, j)))
			}
		}
		return off
	}
	coarse, half := worst(0.005), worst(0.0025)
	if order := math.Log2(coarse / half); math.Abs(order-4) > 0.2 {
		t.Errorf("order %.2f", order)
	}
	if off := worst(LorenzStep); off > 1e-2 {
		t.Errorf("off by %g after %g units of time", off, duration)
	}
}

// The largest exponent, from the growth of a small difference that is rescaled at each step.
func TestLorenzExponent(t *testing.T) {
	a := [3]float64{-5.8, -7.5, 21}
	b := a
	b[0] += 1e-8
	const steps = 100_000
	growth := 0.0
	for range steps {
		a, b = rungeKutta(lorenzFlow, a, 0.01), rungeKutta(lorenzFlow, b, 0.01)
		d := math.Sqrt(square(a[0]-b[0]) + square(a[1]-b[1]) + square(a[2]-b[2]))
		growth += math.Log(d / 1e-8)
		for i := range b {
			b[i] = a[i] + (b[i]-a[i])*1e-8/d
		}
	}
	// Finite-time exponents spread by about 0.6/√time, here 0.02.
	if got := growth / (steps * 0.01); math.Abs(got-LorenzExponent) > 0.05 {
		t.Errorf("exponent %.3f, expected %.3f", got, LorenzExponent)
	}
}

// With the past constant, the first delay has a closed form: dx/dt = c - x/10.
func TestMackeyGlassFirstDelay(t *testing.T) {
	x := MackeyGlass(17, 18)
	c := 0.2 * 1.2 / (1 + math.Pow(1.2, 10))
	for i := range 18 {
		want := 10*c + (1.2-10*c)*math.Exp(-float64(i)/10)
		if math.Abs(x.At(i, 0)-want) > 1e-8 { // (h/10)⁴·time
			t.Errorf("x(%d) = %.12f, expected %.12f", i, x.At(i, 0), want)
		}
	}
}

// Against the method of steps with Euler's method extrapolated: an integration of another kind.
func TestMackeyGlassAgainstEuler(t *testing.T) {
	euler := func(perUnit int) float64 {
		h := 1 / float64(perUnit)
		x := []float64{1.2}
		for i := range 60 * perUnit {
			past := 1.2
			if lag := 17 * perUnit; i >= lag {
				past = x[i-lag]
			}
			x = append(x, x[i]+h*mackeyFlow(x[i], past))
		}
		return x[60*perUnit]
	}
	a, b, c := euler(200), euler(400), euler(800)
	want := (8*c - 6*b + a) / 3
	if got := MackeyGlass(17, 61).At(60, 0); math.Abs(got-want) > 1e-6 { // third order: (1/800)³·curvature
		t.Errorf("x(60) = %.9f, expected %.9f", got, want)
	}
}

func TestMackeyGlassErrors(t *testing.T) {
	for _, tau := range []float64{0, -1, math.NaN(), 1e6} {
		if _, err := NewMackeyGlass(tau); err == nil {
			t.Errorf("a delay of %g", tau)
		}
	}
}

func TestSeriesParts(t *testing.T) {
	data := mat.NewDense(1000, 2, nil)
	for i := range 1000 {
		data.SetRow(i, []float64{float64(i), 5 + 3*math.Sin(float64(i)/10)})
	}
	s, err := NewSeries("two", data, 2)
	if err != nil {
		t.Fatal(err)
	}
	for split, want := range map[Split]int{Train: 700, Validation: 150, Test: 150} {
		if n, _ := s.Part(split).Dims(); n != want {
			t.Errorf("%v: %d samples, expected %d", split, n, want)
		}
	}
	column := mat.Col(nil, 1, s.Part(Train))
	mean, sd := stat.PopMeanStdDev(column, nil)
	if math.Abs(mean) > 1e-12 || math.Abs(sd-1) > 1e-12 {
		t.Errorf("training part of mean %g, sd %g", mean, sd)
	}
	if back := s.Part(Test).At(3, 0)*s.SD[0] + s.Mean[0]; math.Abs(back-853) > 1e-9 {
		t.Errorf("sample 853 is %g", back)
	}
	task, err := NewPrediction(s, Windows{Steps: 60, Warmup: 20})
	if err != nil {
		t.Fatal(err)
	}
	for split, bounds := range map[Split][2]float64{Train: {0, 700}, Validation: {700, 850}, Test: {850, 1000}} {
		checkWindows(t, s, mustBatch(t, task, split, 0, 100), bounds)
	}
}

// checkWindows sees that windows stay in their part, targets included, that targets are the next inputs, and
// that the warm-up has no weight.
func checkWindows(t *testing.T, s *Series, b *Batch, bounds [2]float64) {
	t.Helper()
	for _, tr := range b.Trials {
		first := tr.Inputs[0]*s.SD[0] + s.Mean[0]
		last := tr.Targets[2*79]*s.SD[0] + s.Mean[0]
		if math.Round(first) < bounds[0] || math.Round(last) >= bounds[1] || math.Round(last-first) != 80 {
			t.Fatalf("a window from %g to %g in %v", first, last, bounds)
		}
		for i := range 79 {
			if tr.Targets[2*i+1] != tr.Inputs[2*i+3] {
				t.Fatalf("step %d: the target is not the next input", i)
			}
		}
		if tr.Weights[19] != 0 || tr.Weights[20] == 0 {
			t.Fatalf("weights %v", tr.Weights[18:22])
		}
	}
}

func TestSeriesErrors(t *testing.T) {
	ramp := mat.NewDense(40, 1, nil)
	for i := range 40 {
		ramp.Set(i, 0, float64(i))
	}
	flat, broken := mat.NewDense(40, 1, nil), mat.DenseCopyOf(ramp)
	broken.Set(7, 0, math.NaN())
	for _, c := range []struct {
		data mat.Matrix
		dt   float64
		want string
	}{
		{flat, 1, "does not change"}, {broken, 1, "sample 8 of channel 1 is NaN"}, {ramp, 0, "not a positive time"},
		{ramp.Slice(0, 5, 0, 1), 1, "too few"}, {nil, 1, "no data"}, {(*mat.Dense)(nil), 1, "no data"}, {ramp, math.Inf(1), "not a positive time"},
	} {
		if _, err := NewSeries("x", c.data, c.dt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, expected %q", err, c.want)
		}
	}
	s, err := NewSeries("x", ramp, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewPrediction(nil, Windows{}); err == nil {
		t.Error("prediction of nothing: no error")
	}
	for _, w := range []Windows{{}, {Steps: -1}, {Steps: 2, Warmup: 4}, {Steps: math.MaxInt}, {Steps: 1, Warmup: math.MaxInt}} {
		if _, err := NewPrediction(s, w); err == nil {
			t.Errorf("%+v: no error", w)
		}
	}
}

func TestSkillRule(t *testing.T) {
	b := mustBatch(t, NewLorenz(), Test, 0, 5)
	if a := b.Accuracy(b.Inputs); a != 0 {
		t.Errorf("persistence scores %g", a)
	}
	half := make([]float64, len(b.Inputs))
	for i := range half {
		half[i] = (b.Inputs[i] + b.Targets[i]) / 2
	}
	if a := b.Accuracy(half); math.Abs(a-0.75) > 1e-12 {
		t.Errorf("half of the way scores %g, expected 0.75", a)
	}
}
