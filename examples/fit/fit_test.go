package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// small is a problem of n regions with a made-up target.
func small(n int, seed uint64) *data {
	r := rand.New(rand.NewPCG(seed, 3))
	series := mat.NewDense(40, n, nil)
	series.Apply(func(_, _ int, _ float64) float64 { return r.NormFloat64() }, series)
	z := forward.ZScore(series)
	d := &data{train: &target{FC: mat.DenseCopyOf(forward.FC(z)), Lag: forward.LaggedCovariance(z, 1), TR: 1.5}}
	d.edges = mat.NewDense(n, n, nil)
	d.edges.Apply(func(i, j int, _ float64) float64 { return offDiagonal(i, j) * (0.5 + r.Float64()) }, d.edges)
	for i := 0; i < n; i++ {
		d.labels = append(d.labels, fmt.Sprint("r", i))
		d.frequencies = append(d.frequencies, 0.02+0.06*r.Float64())
	}
	return d
}

func TestLinearGradient(t *testing.T) {
	for _, nonNegative := range []bool{false, true} {
		d := small(4, 5)
		l, err := newFit(startNetwork(d, 2, nonNegative), d.edges, nonNegative)
		if err != nil {
			t.Fatal(err)
		}
		problem, err := l.problem(l.linearLoss(d.train))
		if err != nil {
			t.Fatal(err)
		}
		defer problem.Close()
		x := problem.Values()
		r := rand.New(rand.NewPCG(8, 8))
		for i := range x { // away from the start, where all rates and amplitudes are equal
			x[i] += 0.3 * r.NormFloat64()
		}
		checkGradient(t, problem, x, fmt.Sprint("nonnegative ", nonNegative))
	}
}

// checkGradient compares with central differences.
func checkGradient(t *testing.T, problem *train.GraphProblem, x []float64, what string) {
	t.Helper()
	got := make([]float64, len(x))
	if _, err := problem.Func(x, got); err != nil {
		t.Fatal(err)
	}
	want := fd.Gradient(nil, func(x []float64) float64 {
		f, err := problem.Func(x, nil)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}, x, &fd.Settings{Formula: fd.Central})
	largest := floats.Norm(want, math.Inf(1))
	for i := range x {
		if math.Abs(got[i]-want[i]) > 1e-6*largest {
			t.Errorf("%s, variable %d: expected %g, found %g", what, i, want[i], got[i])
		}
	}
}

// The loss node and the report's own numbers are two ways to the same value.
func TestLossAgreesWithTheReport(t *testing.T) {
	d := small(5, 6)
	l, err := newFit(startNetwork(d, 1, false), d.edges, false)
	if err != nil {
		t.Fatal(err)
	}
	problem, err := l.problem(l.linearLoss(d.train))
	if err != nil {
		t.Fatal(err)
	}
	defer problem.Close()
	x := problem.Values()
	for i := range x {
		x[i] += 0.1 * float64(i%7)
	}
	got, err := problem.Func(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := l.network()
	fc, lag, err := p.correlations(d.train.TR)
	if err != nil {
		t.Fatal(err)
	}
	want := dataLoss(fc, lag, d.train)
	for _, s := range p.Noise {
		want += noiseSpread * math.Log(s) * math.Log(s) / 5
	}
	for _, w := range p.Weights.RawMatrix().Data {
		want += weightDecay * w * w / 25
	}
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("expected %.15g, found %.15g", want, got)
	}
}

// Gershgorin's bound holds for any weights.
func TestStableByConstruction(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for trial := 0; trial < 50; trial++ {
		p := &network{Weights: mat.NewDense(6, 6, nil)}
		size := math.Pow(10, 2*r.Float64()-1)
		for i := 0; i < 6; i++ {
			p.Bifurcation = append(p.Bifurcation, -margin)
			p.Frequency = append(p.Frequency, lowestFrequency+r.Float64()*(highestFrequency-lowestFrequency))
			p.Noise = append(p.Noise, 1)
			for j := 0; j < 6; j++ {
				p.Weights.Set(i, j, offDiagonal(i, j)*size*r.NormFloat64())
			}
		}
		largest, err := forward.LargestRealPart(p.jacobian())
		if err != nil {
			t.Fatal(err)
		}
		if largest > -margin*(1-1e-9) {
			t.Errorf("weights of size %g: largest real part %g, expected at most %g", size, largest, -margin)
		}
	}
}

func TestSimulationAgreesWithTheLinearNetwork(t *testing.T) {
	d := small(3, 9)
	p := startNetwork(d, 3, false)
	for i := 0; i < 3; i++ {
		for j := 0; j < 3; j++ {
			p.Weights.Set(i, j, offDiagonal(i, j)*0.3*float64(i-j))
		}
	}
	var err error
	if p.Amplitude, err = p.noiseScale(); err != nil {
		t.Fatal(err)
	}
	x, err := simulate(p, d, 240, 4)
	if err != nil {
		t.Fatal(err)
	}
	fc, _, err := p.correlations(d.train.TR)
	if err != nil {
		t.Fatal(err)
	}
	// 9600 samples correlated over about 10 s: standard error 0.03, saturation included.
	if e := rmse(abovePairs(forward.FC(x)), abovePairs(fc)); e > 0.06 {
		t.Errorf("expected the simulated FC within 0.06 of the analytic one, found %g", e)
	}
}

func TestSpectralPeak(t *testing.T) {
	for _, f := range []float64{0.02, 0.05, 0.09} {
		x := make([]float64, 300)
		r := rand.New(rand.NewPCG(4, 4))
		for k := range x {
			x[k] = 5 + math.Sin(2*math.Pi*f*2*float64(k)) + 0.2*r.NormFloat64()
		}
		if got := spectralPeak(x, 2); math.Abs(got-f) > 3.0/600 { // within the smoothing
			t.Errorf("expected %g Hz, found %g", f, got)
		}
	}
}

// With delays, stage b's FC is that of the delayed simulation, which is far from the
// analytic FC without delays.
func TestStageBSeesDelays(t *testing.T) {
	d := small(2, 1)
	start := startNetwork(d, 1, false)
	start.Frequency = []float64{0.05, 0.05}
	start.Weights = mat.NewDense(2, 2, []float64{0, 0.2, 0.2, 0})
	start.Amplitude = 0.01
	d.edges = start.Weights
	d.lengths = mat.NewDense(2, 2, []float64{0, 1e5, 1e5, 0}) // 10 s: half a cycle
	l, err := newFit(start, d.edges, false)
	if err != nil {
		t.Fatal(err)
	}
	run := settings(d.train.TR, 60, 11)
	loss, err := l.simulatedLoss(context.Background(), start, d, run)
	if err != nil {
		t.Fatal(err)
	}
	problem, err := l.problem(loss)
	if err != nil {
		t.Fatal(err)
	}
	defer problem.Close()
	if _, err := problem.Func(problem.Values(), nil); err != nil {
		t.Fatal(err)
	}
	x, err := simulate(start, d, 600, 4)
	if err != nil {
		t.Fatal(err)
	}
	fc, _, err := start.correlations(d.train.TR)
	if err != nil {
		t.Fatal(err)
	}
	got, want := l.read(l.fcValue).At(0, 1), forward.FC(x).At(0, 1)
	if math.Abs(got-want) > 0.1 { // three standard errors of an hour
		t.Errorf("expected the FC of the delayed network, %g, found %g", want, got)
	}
	if math.Abs(want-fc.At(0, 1)) < 0.5 {
		t.Errorf("delays are expected to matter here: analytic FC %g, simulated with delays %g", fc.At(0, 1), want)
	}
}

func TestSimulatedGradient(t *testing.T) {
	d := small(3, 12)
	for _, nonNegative := range []bool{false, true} {
		start := startNetwork(d, 5, nonNegative)
		for i := range start.Noise {
			start.Noise[i] = 0.7 + 0.3*float64(i)
			start.Bifurcation[i] -= 0.05 * float64(i)
		}
		start.Amplitude = 0.3 // strong noise: saturation matters
		l, err := newFit(start, d.edges, nonNegative)
		if err != nil {
			t.Fatal(err)
		}
		run := settings(d.train.TR, 1, 11)
		run.Lanes = 2
		loss, err := l.simulatedLoss(context.Background(), start, d, run)
		if err != nil {
			t.Fatal(err)
		}
		problem, err := l.problem(loss)
		if err != nil {
			t.Fatal(err)
		}
		defer problem.Close()
		checkGradient(t, problem, problem.Values(), fmt.Sprint("nonnegative ", nonNegative))
	}
}

func TestEulerNote(t *testing.T) {
	p := &network{Bifurcation: []float64{-0.02, -1}, Frequency: []float64{0.1, 0.1}, Noise: []float64{1, 1}, Weights: mat.NewDense(2, 2, nil)}
	// ω = 0.63/s: ω² dt/2 = 0.0197/s at 0.1 s, against 0.1·0.02 and 0.1·1.
	if note := p.eulerNote(0.1); !strings.Contains(note, "1 of 2 regions") {
		t.Errorf("expected a warning about 1 of 2 regions, found %q", note)
	}
	if note := p.eulerNote(1e-4); note != "" {
		t.Errorf("expected no warning, found %q", note)
	}
}

// correlations are the analytic FC and lagged covariance of z-scored activity.
func (p *network) correlations(tr float64) (fc, lag *mat.Dense, err error) {
	C, err := p.covariance()
	if err != nil {
		return nil, nil, err
	}
	var e, L mat.Dense
	e.Scale(tr, p.jacobian())
	e.Exp(&e)
	L.Mul(&e, C)
	n := p.regions()
	fc, lag = mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			deviation := math.Sqrt(C.At(i, i) * C.At(j, j))
			fc.Set(i, j, C.At(i, j)/deviation)
			lag.Set(i, j, L.At(i, j)/deviation)
		}
	}
	return fc, lag, nil
}
