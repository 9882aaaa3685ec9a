package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
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
		largest := 0.0
		for _, v := range want {
			largest = math.Max(largest, math.Abs(v))
		}
		for i := range x {
			if math.Abs(got[i]-want[i]) > 1e-6*largest {
				t.Errorf("nonnegative %v, variable %d: expected %g, found %g", nonNegative, i, want[i], got[i])
			}
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

func runProgram(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

func TestProgram(t *testing.T) {
	dir := t.TempDir()
	out, err := runProgram(t, "-iterations", "60", "-refine", "0", "-json", "-out", dir)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatalf("last line %q: %v", lines[len(lines)-1], err)
	}
	for _, key := range strings.Fields("model regions parameters iterations seconds seconds_per_iteration loss fc_train fc_rmse_train fc_test fc_rmse_test fc_copy fc_simulated lag_train lag_test") {
		if _, ok := got[key]; !ok {
			t.Errorf("the JSON object lacks %q", key)
		}
	}
	if r := got["fc_copy"].(float64); math.Abs(r-0.676) > 5e-4 {
		t.Errorf("copying the first half: expected r 0.676, found %g", r)
	}
	if r := got["fc_train"].(float64); r < 0.9 {
		t.Errorf("expected fc_train ≥ 0.9 after 60 iterations, found %g", r)
	}
	if r := got["fc_simulated"].(float64); r < 0.88 {
		t.Errorf("expected fc_simulated ≥ 0.88 after 60 iterations, found %g", r)
	}
	for _, baseline := range []string{"0.230", "0.205", "0.277"} {
		if !strings.Contains(out, baseline) {
			t.Errorf("the report lacks the baseline %s", baseline)
		}
	}
	f, err := os.Open(filepath.Join(dir, "fc.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Error(err)
	}
}

func TestBothStages(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	common := 0.0
	bold := csvFile(t, "bold.csv", 80, 3, func(_, j int) float64 {
		common = 0.8*common + r.NormFloat64()
		return common + r.NormFloat64()
	})
	dir := t.TempDir()
	out, err := runProgram(t, "-bold", bold, "-tr", "2", "-iterations", "50", "-refine", "2", "-out", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"stage a, analytic", "stage b, fitted", "stage b, 120 min simulated", "52 iterations"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

// csvFile writes rows × cols numbers without a header.
func csvFile(t *testing.T, name string, rows, cols int, value func(i, j int) float64) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprint(&b, value(i, j))
		}
		b.WriteByte('\n')
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProgramOnGivenFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	bold := csvFile(t, "bold.csv", 60, 4, func(i, j int) float64 { return 100 + r.NormFloat64() })
	fc := csvFile(t, "fc.csv", 3, 3, func(i, j int) float64 { return offDiagonal(i, j)*0.3 + 1 - offDiagonal(i, j) })
	weights := csvFile(t, "w.csv", 3, 3, func(i, j int) float64 { return float64(max(j-i, 0)) })
	lengths := csvFile(t, "l.csv", 3, 3, func(i, j int) float64 { return 100 * math.Abs(float64(i-j)) })
	common := []string{"-iterations", "5", "-refine", "0", "-json", "-out", t.TempDir()}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-bold", bold, "-tr", "2"}, `"regions":4,"parameters":24,`},
		{[]string{"-bold", bold, "-tr", "0.72", "-columns", "2:3", "-nonnegative", "-detrend"}, `"regions":2,"parameters":8,`},
		{[]string{"-fc", fc}, `"fc_test":null`},
		{[]string{"-fc", fc, "-dot"}, "network.dot"},
		{[]string{"-fc", fc, "-weights", weights, "-lengths", lengths, "-seed", "7"}, `"regions":3,"parameters":12,`}, // 9 + 3 edges
	} {
		out, err := runProgram(t, append(c.args, common...)...)
		if err != nil {
			t.Errorf("%v: %v", c.args, err)
		} else if !strings.Contains(out, c.want) {
			t.Errorf("%v: expected %s in %s", c.args, c.want, out)
		}
	}
}

func TestProgramErrors(t *testing.T) {
	constant := csvFile(t, "constant.csv", 40, 3, func(i, j int) float64 { return float64(j * (i % 5)) })
	bold := csvFile(t, "bold.csv", 40, 3, func(i, j int) float64 { return float64((i*i + 3*j*i) % 11) })
	short := csvFile(t, "short.csv", 5, 3, func(i, j int) float64 { return float64(i * j) })
	two := csvFile(t, "two.csv", 2, 2, func(i, j int) float64 { return offDiagonal(i, j) })
	empty := csvFile(t, "empty.csv", 0, 0, nil)
	holes := csvFile(t, "nan.csv", 40, 3, func(i, j int) float64 {
		if i == 7 && j == 1 {
			return math.NaN()
		}
		return float64((i * j) % 7)
	})
	for _, c := range []struct{ args, want string }{
		{"-bold " + bold, "-tr > 0"},
		{"-bold missing.csv -tr 2", "missing.csv"},
		{"-bold " + empty + " -tr 2", "empty.csv"},
		{"-bold " + short + " -tr 2", "at least 20 volumes, found 5"},
		{"-bold " + constant + " -tr 2", "constant"},
		{"-bold " + holes + " -tr 2", "NaN"},
		{"-bold " + bold + " -tr 2 -columns 1:1", "at least 2 regions, found 1"},
		{"-bold " + bold + " -tr 2 -weights " + two, "weights of 3 regions as the signal, found 2"},
		{"-bold " + bold + " -tr 2 -fc " + two, "found both"},
		{"-lengths " + two, "-lengths needs -weights"},
		{"-tr 2", "belong to -bold"},
		{"-model jansenrit", "BOLD observer"},
		{"-model nonsense", "expected hopf"},
		{"-iterations 0", "-iterations"},
		{"-bold " + bold + " -tr 1e-9", "between 0.05 and 30 s, found 1e-09"},
		{"-bold " + bold + " -tr 2000", "milliseconds?"},
		{"-fc " + two + " -detrend", "-detrend needs a series"},
		{"-fc " + two + " -out " + bold, "-out " + bold},
		{"-fc " + two + " -out=", "-out needs a directory"},
		{"surplus", "surplus"},
	} {
		args := append([]string{"-out", t.TempDir()}, strings.Fields(c.args)...)
		if _, err := runProgram(t, args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: expected an error with %q, found %v", c.args, c.want, err)
		}
	}
}

func TestCancelledFitStillReports(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c, err := parse([]string{"-iterations", "100000"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	d := small(4, 1)
	r, err := fit(ctx, c, d, cancelAt{cancel, "iteration"})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Cancelled || r.Iterations == 0 || math.IsNaN(float64(r.FCSimulated)) || !strings.Contains(r.String(), "partial") {
		t.Errorf("expected a partial result, simulated, that says so, found %v", r)
	}
}

func TestInterruptedProgram(t *testing.T) {
	for text, want := range map[string]string{"stage a": "before the first iteration", "stage b": "after 30 of 50 iterations"} {
		ctx, cancel := context.WithCancel(context.Background())
		var out bytes.Buffer
		dir := t.TempDir()
		err := run(ctx, []string{"-iterations", "30", "-json", "-out", dir}, &out, cancelAt{cancel, text})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("cancelled in %s: expected an error with %q, found %v", text, want, err)
		}
		_, missing := os.Stat(filepath.Join(dir, "fc.png"))
		if text == "stage b" && (!strings.Contains(out.String(), `"cancelled":true`) || missing != nil) {
			t.Errorf("expected JSON and picture of the partial result, found %v and %s", missing, out.String())
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("temporary files are left: %v", left)
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

// cancelAt cancels when a line with the text is written.
type cancelAt struct {
	cancel context.CancelFunc
	text   string
}

func (c cancelAt) Write(p []byte) (int, error) {
	if strings.Contains(string(p), c.text) {
		c.cancel()
	}
	return len(p), nil
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
		x := problem.Values()
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
		largest := 0.0
		for _, v := range want {
			largest = math.Max(largest, math.Abs(v))
		}
		for i := range x {
			if math.Abs(got[i]-want[i]) > 1e-6*largest {
				t.Errorf("nonnegative %v, variable %d: expected %g, found %g", nonNegative, i, want[i], got[i])
			}
		}
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

func TestPictureLabels(t *testing.T) {
	for _, c := range []struct{ label, want string }{
		{"left superior frontal gyrus 3", "left su…yrus 3"}, {"fourteen-chars", "fourteen-chars"}, {"précunéus gauche 12", "précuné…che 12"},
	} {
		if got := shortened(c.label); got != c.want {
			t.Errorf("expected %q, found %q", c.want, got)
		}
	}
	for n, want := range map[int]int{3: 3, 28: 28, 40: 40, 76: 38, 200: 40} {
		labels := make([]string, n)
		p := plot.New()
		labelAxes(p, labels)
		if got := len(p.X.Tick.Marker.Ticks(0, 1)); got != want {
			t.Errorf("%d regions: expected %d labels, found %d", n, want, got)
		}
	}
}
