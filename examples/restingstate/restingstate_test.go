package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
)

// files writes a small connectome as a user has it.
func files(t *testing.T, n int) (dir, weights, lengths string) {
	t.Helper()
	sc := synthetic(n)
	dir = t.TempDir()
	weights, lengths = filepath.Join(dir, "W.csv"), filepath.Join(dir, "L.csv")
	for path, m := range map[string]*mat.Dense{weights: sc.Weights, lengths: sc.TractLengths} {
		if err := (&datasets.Matrix{Data: m, RowLabels: sc.Labels, ColumnLabels: sc.Labels}).Save(path); err != nil {
			t.Fatal(err)
		}
	}
	return dir, weights, lengths
}

// synthetic is a connectome whose weights span fewer decades than those of so few regions usually do: one pair of
// regions would be all there is of a network.
func synthetic(n int) *datasets.Connectome {
	sc := datasets.Synthetic(n, 5)
	sc.Weights.Apply(func(_, _ int, w float64) float64 { return math.Cbrt(w) }, sc.Weights)
	return sc
}

// quick are flags of a run in seconds.
var quick = []string{"-minutes", "3", "-seeds", "1", "-rounds", "1", "-iterations", "25", "-json"}

func start(t *testing.T, args ...string) results {
	t.Helper()
	var out bytes.Buffer
	if err := run(context.Background(), args, &out, io.Discard); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var r results
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil {
		t.Fatalf("the last line is no results: %v", err)
	}
	return r
}

func TestHiddenParametersAreFound(t *testing.T) {
	dir, weights, lengths := files(t, 16)
	out := filepath.Join(dir, "hidden")
	r := start(t, append(quick, "-sc", weights, "-lengths", lengths, "-hidden", "3", "-folds", "2", "-out", out)...)
	if math.Abs(r.Coupling-r.Hidden.Coupling) > r.GridStep {
		t.Errorf("expected the hidden coupling %g within a step %g of the grid, found %g", r.Hidden.Coupling, r.GridStep, r.Coupling)
	}
	if r.Gain < 0.05 { // 16 regions: less to gain than with 76
		t.Errorf("expected the fit to be above the sweep's best point, found r %v and %v", r.FCFit, r.FCSweep)
	}
	if len(r.HeldOut) != 4 || r.HeldOut[1].Test < r.HeldOut[0].Test {
		t.Errorf("expected the fit to predict left-out blocks better than the sweep, found %+v", r.HeldOut)
	}
	for _, want := range []string{"shuffled links: regional fit", "surrogate: AR(1) of each region", "surrogate: VAR(1) of all"} {
		if !strings.Contains(rowNames(r), want) {
			t.Errorf("expected a row %q, found %s", want, rowNames(r))
		}
	}
	for _, name := range []string{"sweep.png", "fc.png"} {
		f, err := os.Open(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
	userFiles(t, dir, weights, lengths, out)
}

// userFiles runs the program on what the hidden parameters have made, as files, with other flags.
func userFiles(t *testing.T, dir, weights, lengths, made string) {
	args := append(quick, "-sc", weights, "-lengths", lengths, "-bold", filepath.Join(made, "hidden_bold.csv"), "-low", "0.01", "-high", "0.1", "-detrend",
		"-censor", "3,4,100", "-couplings", "0.05:0.3:2", "-out", filepath.Join(dir, "bold"), "-nulls=false", "-edges=false", "-folds", "2", "-minutes", "1", "-refine", "1")
	bold := start(t, args...)
	if !strings.Contains(bold.Preprocessing, "3 volumes censored") || !strings.Contains(bold.Preprocessing, "band-pass 0.01 to 0.1 Hz") {
		t.Errorf("expected the preprocessing to be stated, found %q", bold.Preprocessing)
	}
	if !strings.Contains(rowNames(bold), "fit through simulation") || len(bold.HeldOut) == 0 {
		t.Errorf("expected a fit through the simulation and held-out blocks, found %s and %+v", rowNames(bold), bold.HeldOut)
	}
	var out bytes.Buffer
	err := run(context.Background(), append(args, "-resume", "-seed", "5"), &out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("expected resuming with another seed to be refused, found %v", err)
	}
}

func rowNames(r results) string {
	var names []string
	for _, row := range r.Rows {
		names = append(names, row.Name)
	}
	return strings.Join(names, "; ")
}

func TestOtherModel(t *testing.T) {
	dir, weights, _ := files(t, 5)
	fc := mat.NewDense(5, 5, []float64{1, .5, .2, .1, 0, .5, 1, .3, .1, .2, .2, .3, 1, .4, .1, .1, .1, .4, 1, .2, 0, .2, .1, .2, 1})
	path := filepath.Join(dir, "fc.csv")
	if err := (&datasets.Matrix{Data: fc}).Save(path); err != nil {
		t.Fatal(err)
	}
	r := start(t, append(quick, "-sc", weights, "-fc", path, "-model", "reducedwongwang", "-refine", "2", "-out", filepath.Join(dir, "rww"), "-nulls=false", "-minutes", "1")...)
	if r.Model != "ReducedWongWang" || !strings.Contains(rowNames(r), "fit through simulation") || r.HeldOut != nil || r.Hidden != nil {
		t.Errorf("expected a fit of the other model through its simulation, found %+v", r)
	}
}

func TestErrors(t *testing.T) {
	dir, weights, lengths := files(t, 5)
	bad := filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(bad, []byte("1,0.2\n0.2,1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"both":             {"-fc", bad, "-bold", bad},
		"milliseconds":     {"-bold", bad, "-tr", "2000"},
		"connectome has 5": {"-sc", weights, "-fc", bad},
		"needs -sc":        {"-lengths", lengths},
		"-model":           {"-model", "brain"},
		"from:to:number":   {"-couplings", "3:1:4"},
		"-scale":           {"-sc", weights, "-scale", "odd"},
		"-low":             {"-low", "0.2", "-high", "0.1"},
		"-hidden":          {"-hidden", "1", "-fc", bad},
		"flags only":       {"extra"},
		"-minutes":         {"-minutes", "0"},
		"-censor":          {"-bold", bad, "-tr", "2", "-censor", "0"},
		"no such file":     {"-sc", filepath.Join(dir, "none.csv")},
	} {
		var out bytes.Buffer
		err := run(context.Background(), append(args, "-out", filepath.Join(dir, "out")), &out, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: expected an error with %q, found %v", args, want, err)
		}
	}
}

// point is a working point that is not symmetric in anything.
func point(n int) *workingPoint {
	r := rand.New(rand.NewPCG(1, 2))
	list := func(scale float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = scale * (0.5 + r.Float64())
		}
		return x
	}
	return &workingPoint{
		jn: 0.15, decay: list(12), slope: list(40), inhibit: list(0.08), filter: list(0.004), se: list(0.16), si: list(0.04),
		inhibition: list(1.2), recurrence: list(1.4), coupled: mat.NewDense(n, n, list2(r, n*n)),
	}
}

func list2(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 0.1 * r.Float64()
	}
	return x
}

func TestMomentsGradients(t *testing.T) {
	const n = 4
	w := point(n)
	r := rand.New(rand.NewPCG(3, 4))
	recurrence, coupled, noise := list2(r, n), list2(r, n*n), list2(r, n)
	weights := mat.NewDense(n, n, list2(r, n*n))
	weights.Set(0, 1, 0)
	shape := func(dims ...int) []int { return dims }
	checkFunction(t, w.jacobian(), [][]int{shape(n), shape(n, n)}, shape(n, n), recurrence, coupled)
	checkFunction(t, w.noise(), [][]int{shape(n), shape(n, n), shape(n)}, shape(n, n), recurrence, coupled, noise)
	checkFunction(t, effective(weights), [][]int{shape(1), shape(n), shape(n*n - 1)}, shape(n, n), []float64{0.7}, noise, list2(r, n*n-1))
	checkFunction(t, distance(0.3, 2), [][]int{shape(n)}, shape(1), noise)
	checkFunction(t, weighted(0.4), [][]int{shape(1), shape(1)}, shape(1), []float64{2}, []float64{3})
}

// checkFunction compares the gradients of a node function with central differences, for a loss that weighs each
// entry of the result differently.
func checkFunction(t *testing.T, f *forward.NodeFunction, shapes [][]int, out []int, values ...[]float64) {
	t.Helper()
	size := 1
	for _, d := range out {
		size *= d
	}
	loss := func() float64 {
		y := forward.Array{Shape: out, Data: make([]float64, size)}
		if err := f.Value(arrays(shapes, values), y); err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, v := range y.Data {
			sum += math.Sin(float64(i)+1) * v
		}
		return sum
	}
	for k := range values {
		grad := forward.Array{Shape: shapes[k], Data: make([]float64, len(values[k]))}
		dy := forward.Array{Shape: out, Data: make([]float64, size)}
		for i := range dy.Data {
			dy.Data[i] = math.Sin(float64(i) + 1)
		}
		y := forward.Array{Shape: out, Data: make([]float64, size)}
		if err := f.Gradient(k, arrays(shapes, values), y, dy, grad); err != nil {
			t.Fatal(err)
		}
		for i := range values[k] {
			const h = 1e-5
			x := values[k][i]
			values[k][i] = x + h
			up := loss()
			values[k][i] = x - h
			want := (up - loss()) / (2 * h)
			values[k][i] = x
			if math.Abs(grad.Data[i]-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("%s: gradient of input %d, entry %d: expected %g, found %g", f.Name, k, i, want, grad.Data[i])
			}
		}
	}
}

func arrays(shapes [][]int, values [][]float64) []forward.Array {
	var list []forward.Array
	for k, v := range values {
		list = append(list, forward.Array{Shape: shapes[k], Data: v})
	}
	return list
}

// The moments are right where noise is a small fluctuation, whatever the regional parameters.
func TestMomentsAgainstSimulation(t *testing.T) {
	const n = 8
	sc := synthetic(n)
	b := &brain{local: locals[0], labels: sc.Labels, weights: sc.Weights, tr: 1000, dt: 1, fic: true, rate: 3}
	b.sigma = 0.001
	k, err := ratesOf(b.model())
	if err != nil {
		t.Fatal(err)
	}
	critical, err := k.critical(b.rate, 1.4, b.weights)
	if err != nil {
		t.Fatal(err)
	}
	hidden := b.hide(1, critical)
	net, err := b.balanced(context.Background(), hidden, 1)
	if err != nil {
		t.Fatal(err)
	}
	bold, err := b.simulate(context.Background(), net, 20, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	c, err := (train.Analysis{}).Compare(nil, b.tr, bold...)
	if err != nil {
		t.Fatal(err)
	}
	// At the working point without noise of another coupling and of equal regions: the balance makes it the same.
	w := k.quiet(b.rate, 1.4, uniform(n, critical/3, 1.4).coupled(b.weights))
	fc, err := w.predict(hidden, b.weights, boldBand(forward.Balloon("cortex.S_e", b.tr).Model, b.tr, forward.Preprocessing{}))
	if err != nil {
		t.Fatal(err)
	}
	// Forty minutes of BOLD know a correlation to about 1/√(2400 s / 5 s), 0.046.
	if _, rmse, err := train.CompareFC(fc, c.FC); err != nil || rmse > 0.07 || meanPair(c.FC) < 0.05 {
		t.Errorf("moments differ from 40 simulated minutes by %.3f RMSE, mean FC %.3f (%v)\n%.2f\n%.2f", rmse, meanPair(c.FC), err, mat.Formatted(fc), mat.Formatted(c.FC))
	}
	measured, err := b.measure(context.Background(), net, hidden, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if r := measured.slope[i] / w.slope[i]; math.Abs(r-1) > 0.05 {
			t.Errorf("slope of region %d: measured %.3g, expected %.3g", i, measured.slope[i], w.slope[i])
		}
	}
}
