package train

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

// ring is a network of noisy linear regions that diverges at a gain above 0.02.
func ring(t *testing.T) *graph.Network {
	t.Helper()
	w, err := datasets.WattsStrogatz(8, 2, 0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	net, err := graph.NewNetwork(
		graph.Population("cortex", w.Labels, nmm.Linear().Set("gamma", -0.05)),
		layers.Couple("cortex.x", "cortex.x").Named("c").Weights(w.NormalisedRows()).Gain(0.01),
		layers.WhiteNoise("cortex.x", 0.1))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

var ringRun = graph.Run{Dt: 1, Duration: 4000, Warmup: 200, Every: 5, Seed: 3}

func ringSettings(t *testing.T, hidden float64) SweepSettings {
	t.Helper()
	net := ring(t)
	if err := net.Set("c/gain", hidden); err != nil {
		t.Fatal(err)
	}
	run := ringRun
	run.Duration, run.Seed = 20_000, 77
	r, err := net.Simulate(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	analysis := Analysis{Window: 500, Step: 50}
	e, err := analysis.Empirical(5, r.Series("cortex.x").Matrix(0))
	if err != nil {
		t.Fatal(err)
	}
	return SweepSettings{
		Address: "c/gain", Values: []float64{0, 0.01, 0.02, 0.03, 0.04, 1}, Signal: "cortex.x", Empirical: e, Analysis: analysis,
		Seeds: []uint64{1, 2, 3}, Watch: []Watched{{Address: "cortex.x", Low: -100, High: 100}},
	}
}

func TestSweepFindsTheHiddenGain(t *testing.T) {
	for _, hidden := range []float64{0.01, 0.03} {
		r, err := Sweep(context.Background(), ring(t), ringRun, ringSettings(t, hidden))
		if err != nil {
			t.Fatal(err)
		}
		if r.Best < 0 || r.Points[r.Best].Value != hidden {
			t.Errorf("expected the hidden gain %g to be found:\n%v", hidden, r)
		}
		last := r.Points[len(r.Points)-1]
		if last.Stable || !strings.Contains(last.Why, "cortex.x") || !math.IsNaN(last.FCRMSE) {
			t.Errorf("expected the gain 1 to diverge, found %+v", last)
		}
		low, high, ok := r.StableRange()
		if !ok || low != 0 || high != 0.04 {
			t.Errorf("expected 0 to 0.04 to be stable, found %g to %g", low, high)
		}
		best := r.Points[r.Best]
		if !(best.FCCorrelation > 0.5 && best.FCDKS >= 0 && best.FCDKS < 0.3 && best.Synchrony > 0 && best.Metastability > 0) {
			t.Errorf("expected measures of a good fit, found %+v", best)
		}
	}
}

func TestSweepSameBitsAnyParallelism(t *testing.T) {
	settings := ringSettings(t, 0.02)
	settings.Prepare = func(_ context.Context, net *graph.Network, value float64) error {
		return net.Set("noise:cortex.x/sigma", 0.1+value)
	}
	run := func(parallel, processors int) *SweepResult {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		s := settings
		s.Parallel = parallel
		r, err := Sweep(context.Background(), ring(t), ringRun, s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	want := run(1, 1)
	for _, c := range [][2]int{{3, 2}, {6, 4}} {
		if got := withoutTimes(run(c[0], c[1])); got != withoutTimes(want) {
			t.Errorf("%d side by side: expected\n%s\nfound\n%s", c[0], withoutTimes(want), got)
		}
	}
}

// withoutTimes prints a sweep's numbers exactly.
func withoutTimes(r *SweepResult) string {
	var b strings.Builder
	for _, p := range r.Points {
		fmt.Fprintln(&b, p.Value, p.FCCorrelation, p.FCRMSE, p.FCNoise, p.FCDKS, p.Metastability, p.Synchrony, p.Means, p.Stable, p.Why)
		if p.FC != nil {
			fmt.Fprintln(&b, p.FC.RawSymmetric().Data)
		}
	}
	return b.String() + fmt.Sprint(r.Best, r.Labels)
}

func TestSweepResumes(t *testing.T) {
	settings := ringSettings(t, 0.02)
	want, err := Sweep(context.Background(), ring(t), ringRun, settings)
	if err != nil {
		t.Fatal(err)
	}
	settings.Dir, settings.Parallel = t.TempDir(), 1
	ctx, cancel := context.WithCancel(context.Background())
	var prepared atomic.Int64
	settings.Prepare = func(context.Context, *graph.Network, float64) error {
		if prepared.Add(1) == 3 {
			cancel()
		}
		return nil
	}
	part, err := Sweep(ctx, ring(t), ringRun, settings)
	if !errors.Is(err, context.Canceled) || part == nil || len(part.Points) != 2 {
		t.Fatalf("expected the context's error and 2 points, found %v and %v", err, part)
	}
	got, err := Sweep(context.Background(), ring(t), ringRun, settings)
	if err != nil {
		t.Fatal(err)
	}
	if withoutTimes(got) != withoutTimes(want) {
		t.Errorf("resumed: expected\n%s\nfound\n%s", withoutTimes(want), withoutTimes(got))
	}
	if n := prepared.Load(); n != 3+4 {
		t.Errorf("expected the 2 points that were done not to be prepared again: 7 calls, found %d", n)
	}
	// More values join those that are there.
	settings.Values = append(settings.Values, 0.015)
	more, err := Sweep(context.Background(), ring(t), ringRun, settings)
	if err != nil || len(more.Points) != 7 || prepared.Load() != 8 {
		t.Errorf("expected one value more, found %d of %v, %v", prepared.Load(), more, err)
	}
	// Other settings are refused.
	run := ringRun
	run.Seed, run.Duration = 9, 5000
	if _, err := Sweep(context.Background(), ring(t), run, settings); err == nil || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("expected another run to be refused, found %v", err)
	}
	if err := os.WriteFile(filepath.Join(settings.Dir, "value_0.01.json"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Sweep(context.Background(), ring(t), ringRun, settings); err == nil || !strings.Contains(err.Error(), "value_0.01.json") {
		t.Errorf("expected a broken file to be named, found %v", err)
	}
}

func TestSweepPrepareFails(t *testing.T) {
	settings := ringSettings(t, 0.02)
	settings.Prepare = func(_ context.Context, _ *graph.Network, v float64) error {
		if v > 0.01 {
			return errors.New("no balance")
		}
		return nil
	}
	r, err := Sweep(context.Background(), ring(t), ringRun, settings)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Points[2]; p.Stable || p.Why != "no balance" || r.Best != 1 {
		t.Errorf("expected values that cannot be prepared to be unstable and the best to be among the others, found\n%v", r)
	}
	settings.Prepare = func(context.Context, *graph.Network, float64) error { return errors.New("no balance") }
	if _, err := Sweep(context.Background(), ring(t), ringRun, settings); err == nil || !strings.Contains(err.Error(), "no balance") {
		t.Errorf("expected an error if no value can be prepared, found %v", err)
	}
}

func TestSweepOutput(t *testing.T) {
	settings := ringSettings(t, 0.02)
	settings.Note = "weights by rows"
	settings.Watch[0].High = 0.2
	var progress bytes.Buffer
	settings.Progress = &progress
	r, err := Sweep(context.Background(), ring(t), ringRun, settings)
	if err != nil {
		t.Fatal(err)
	}
	text := r.String()
	for _, want := range []string{"c/gain", "FC r", "* |", "preprocessing: none", "weights by rows", "not stable at 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
	if n := strings.Count(progress.String(), "\n"); n != len(settings.Values) {
		t.Errorf("expected a line of progress for each value, found %d", n)
	}
	var b bytes.Buffer
	if err := r.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(&b)
	in.Comment = '#'
	rows, err := in.ReadAll()
	if err != nil || len(rows) != 7 || rows[6][1] != "" || rows[0][0] != "c/gain (1/ms)" {
		t.Errorf("expected a header and 6 rows, the last without a correlation, found %v (%v)", rows, err)
	}
	path := filepath.Join(t.TempDir(), "sweep.npz")
	if err := r.SaveNPZ(path); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var names []string
	for _, f := range archive.File {
		names = append(names, strings.TrimSuffix(f.Name, ".npy"))
	}
	for _, want := range []string{"values", "fc", "labels", "analysis", "fc_rmse", "mean cortex.x (1)"} {
		if !slices.Contains(names, want) {
			t.Errorf("expected an array %q, found %q", want, names)
		}
	}
}

func TestSweepErrors(t *testing.T) {
	for want, change := range map[string]func(*SweepSettings){
		"c/gain":    func(s *SweepSettings) { s.Address = "c/gian" },
		"values":    func(s *SweepSettings) { s.Values = nil },
		"each once": func(s *SweepSettings) { s.Values = []float64{1, 1} },
		"Signal":    func(s *SweepSettings) { s.Signal = "" },
		"cortex.x":  func(s *SweepSettings) { s.Signal = "bold" },
		"one size":  func(s *SweepSettings) { s.Empirical = &Empirical{FC: mat.NewDense(3, 3, nil)} },
		"unknown":   func(s *SweepSettings) { s.Watch = []Watched{{Address: "cortex.y"}} },
	} {
		settings := ringSettings(t, 0.02)
		change(&settings)
		if _, err := Sweep(context.Background(), ring(t), ringRun, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, found %v", want, err)
		}
	}
}

func TestComparisonOfDegenerateSignals(t *testing.T) {
	constant := mat.NewDense(40, 3, nil)
	e := &Empirical{FC: mat.NewDense(3, 3, nil), FCD: []float64{0, 1}}
	c, err := (Analysis{Window: 10}).Compare(e, 1, constant)
	if err != nil {
		t.Fatal(err)
	}
	if c.FCCorrelation != 0 || c.FCRMSE != 0 || c.Metastability != 0 || math.IsNaN(c.FCDKS) {
		t.Errorf("expected constant regions to have defined measures, found %+v", c)
	}
	if _, err := (Analysis{}).Compare(e, 1, mat.NewDense(1, 3, nil)); err == nil {
		t.Error("expected one sample to be refused")
	}
	if _, err := (Analysis{}).Compare(e, 1, constant, mat.NewDense(40, 2, nil)); err == nil {
		t.Error("expected signals of different regions to be refused")
	}
	// Two signals of opposite FC: their mean is 0, its standard error 1.
	up, down := mat.NewDense(4, 2, []float64{1, 1, 2, 2, 3, 3, 4, 4}), mat.NewDense(4, 2, []float64{1, 4, 2, 3, 3, 2, 4, 1})
	both, err := (Analysis{}).Compare(&Empirical{FC: mat.NewDense(2, 2, nil)}, 1, up, down)
	if err != nil || math.Abs(both.FCNoise-1) > 1e-12 || math.Abs(both.FCDistance()+1) > 1e-12 {
		t.Errorf("expected a standard error of 1 and a distance of 0 − 1, found %+v (%v)", both, err)
	}
	short, err := (Analysis{}).Compare(e, 1000, constant)
	if err != nil || !math.IsNaN(short.FCDKS) {
		t.Errorf("expected no FCD of a signal shorter than a window, found %v (%v)", short, err)
	}
	if !reflect.DeepEqual(e.FCD, []float64{0, 1}) {
		t.Error("the recording's FCD was changed")
	}
}
