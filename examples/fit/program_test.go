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

	"gonum.org/v1/plot"
)

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
	twins := filepath.Join(t.TempDir(), "twins.csv")
	if err := os.WriteFile(twins, []byte("a,b,a\n"+strings.Repeat("1,2,3\n3,1,2\n1,1,5\n", 8)), 0o644); err != nil {
		t.Fatal(err)
	}
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
		{"-bold " + twins + " -tr 2", `twins.csv: expected a name of its own for every region, found "a" for regions 1 and 3`},
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
	bold := csvFile(t, "bold.csv", 60, 3, func(i, j int) float64 { return math.Sin(float64(i*(2+j))) + float64(i%7) })
	for text, want := range map[string]string{
		"stage a":        "before the first iteration",
		"stage b":        "after 30 of 50 iterations",
		"iteration 1/20": "after 31 of 50 iterations",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var out bytes.Buffer
		dir := t.TempDir()
		err := run(ctx, []string{"-bold", bold, "-tr", "2", "-iterations", "30", "-json", "-out", dir}, &out, cancelAt{cancel, text})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("cancelled at %q: expected an error with %q, found %v", text, want, err)
		}
		_, missing := os.Stat(filepath.Join(dir, "fc.png"))
		if text != "stage a" && (!strings.Contains(out.String(), `"cancelled":true`) || missing != nil) {
			t.Errorf("cancelled at %q: expected JSON and picture of the partial result, found %v and %s", text, missing, out.String())
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("temporary files are left: %v", left)
		}
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
