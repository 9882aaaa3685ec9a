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
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/datasets"
)

func runProgram(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

// summaryOf is the JSON object in the last line.
func summaryOf(t *testing.T, out string) result {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var r result
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil {
		t.Fatalf("last line %q: %v", lines[len(lines)-1], err)
	}
	return r
}

const tvb76 = "../../testdata/tvb76/"

// The default model with the bundled connectome and gains: alpha rhythm in EEG and MEG, of the usual
// size, and every file there.
func TestDefaultsOnTVB76(t *testing.T) {
	dir := t.TempDir()
	out, err := runProgram(t, "-sc", tvb76, "-eeg", tvb76+"eeg65_region_gain.csv", "-eeg-sensors", tvb76+"eeg65_sensors.csv",
		"-meg", tvb76+"meg276_region_gain.csv", "-meg-sensors", tvb76+"meg276_sensors.csv",
		"-duration", "20", "-warmup", "5", "-tr", "1", "-keep", "2", "-json", "-out", dir)
	if err != nil {
		t.Fatal(err)
	}
	r := summaryOf(t, out)
	eeg, meg, bold := r.Signals["eeg"], r.Signals["meg"], r.Signals["bold"]
	if eeg.Channels != 63 || meg.Channels != 248 || bold.Channels != 76 || bold.Samples != 20 || eeg.Samples != 5000 {
		t.Errorf("channels and samples: %+v", r.Signals)
	}
	for name, s := range map[string]summary{"EEG": eeg, "MEG": meg} {
		if s.Peak < 8 || s.Peak > 12 {
			t.Errorf("%s has its peak at %g Hz, expected alpha", name, s.Peak)
		}
	}
	if eeg.SD < 2 || eeg.SD > 100 || meg.SD < 0.1 || meg.SD > 10 {
		t.Errorf("EEG of %g µV and MEG of %g pT", eeg.SD, meg.SD)
	}
	checkFiles(t, dir, map[string][2]int{"bold": {20, 76}, "eeg": {500, 63}, "meg": {500, 248}})
}

// checkFiles reads back what was written: signals of a size, spectra, FC, pictures.
func checkFiles(t *testing.T, dir string, sizes map[string][2]int) {
	t.Helper()
	for name, size := range sizes {
		for _, ext := range []string{".npz", ".csv"} {
			x := loadSeries(t, filepath.Join(dir, name+ext))
			if rows, columns := x.Dims(); rows != size[0] || columns != size[1] {
				t.Errorf("%s: expected %v, found %d × %d", name+ext, size, rows, columns)
			}
			if fc := loadMatrix(t, filepath.Join(dir, name+"_fc"+ext)); !mat.EqualApprox(fc.Data, fc.Data.T(), 1e-15) || math.Abs(fc.Data.At(0, 0)-1) > 1e-9 || !slices.Equal(fc.RowLabels, x.Labels) || !slices.Equal(fc.ColumnLabels, x.Labels) {
				t.Errorf("%s_fc%s is no FC of the channels", name, ext)
			}
			spectrum := loadMatrix(t, filepath.Join(dir, name+"_spectrum"+ext))
			if rows, columns := spectrum.Data.Dims(); columns != size[1]+1 || spectrum.ColumnLabels[0] != "frequency_hz" || !(spectrum.Data.At(rows-1, 0) > 0) || mat.Min(spectrum.Data) < 0 {
				t.Errorf("%s_spectrum%s: %v", name, ext, spectrum)
			}
		}
		f, err := os.Open(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := png.Decode(f); err != nil {
			t.Errorf("%s.png: %v", name, err)
		}
	}
}

func loadSeries(t *testing.T, path string) *datasets.TimeSeries {
	t.Helper()
	x, err := datasets.LoadTimeSeries(path, datasets.SeriesOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func loadMatrix(t *testing.T, path string) *datasets.Matrix {
	t.Helper()
	m, err := datasets.LoadMatrix(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// files are a small brain of one's own, as flags.
func files(t *testing.T) map[string]string {
	t.Helper()
	sc := datasets.Synthetic(6, 3)
	r := rand.New(rand.NewPCG(1, 2))
	gain := mat.NewDense(5, 6, nil)
	gain.Apply(func(i, j int, _ float64) float64 { return float64(min(i, 1)) * 1000 * r.NormFloat64() }, gain) // the first is silent
	dir := t.TempDir()
	paths := map[string]string{}
	for name, m := range map[string]*mat.Dense{"sc": sc.Weights, "lengths": sc.TractLengths, "centres": sc.Centres, "normals": sc.Centres, "eeg": gain} {
		paths[name] = filepath.Join(dir, name+".csv")
		if err := os.WriteFile(paths[name], []byte(csvOf(m)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	paths["eeg-sensors"] = filepath.Join(dir, "sensors.csv")
	if err := os.WriteFile(paths["eeg-sensors"], []byte("label,x\nTRIGGER,0\nFz,1\nCz,2\nPz,3\nOz,4\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return paths
}

func csvOf(m *mat.Dense) string {
	var b strings.Builder
	rows, _ := m.Dims()
	for i := 0; i < rows; i++ {
		b.WriteString(strings.Trim(strings.ReplaceAll(fmt.Sprint(m.RawRowView(i)), " ", ","), "[]") + "\n")
	}
	return b.String()
}

// small are flags of a short run on the files named.
func small(paths map[string]string, dir string, names ...string) []string {
	args := []string{"-duration", "12", "-warmup", "2", "-tr", "1", "-rate", "100", "-keep", "0", "-json", "-out", dir}
	for _, name := range names {
		args = append(args, "-"+name, paths[name])
	}
	return args
}

// EEG by a gain of one's own is that gain times the sources, which the program shows as EEG when the gain
// is the identity.
func TestOwnGain(t *testing.T) {
	paths, dir := files(t), t.TempDir()
	quiet := []string{"-eeg-noise", "0", "-reference", "none", "-dipole", "1"}
	out, err := runProgram(t, append(small(paths, dir, "sc", "lengths", "eeg", "eeg-sensors"), quiet...)...)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "left out (TRIGGER)") || summaryOf(t, out).Signals["eeg"].Channels != 4 {
		t.Errorf("expected 4 sensors and the silent one named:\n%s", out)
	}
	eeg := loadSeries(t, filepath.Join(dir, "eeg.npz"))
	if !slices.Equal(eeg.Labels, []string{"Fz", "Cz", "Pz", "Oz"}) || eeg.Unit != "µV" || eeg.TR != 0.01 || math.Abs(eeg.Start-0.005) > 1e-9 {
		t.Errorf("labels %v, unit %q, interval %g s from %g s", eeg.Labels, eeg.Unit, eeg.TR, eeg.Start)
	}
	gain, err := datasets.LoadMatrix(paths["eeg"])
	if err != nil {
		t.Fatal(err)
	}
	identity := mat.NewDense(6, 6, nil)
	for i := 0; i < 6; i++ {
		identity.Set(i, i, 1)
	}
	if err := os.WriteFile(paths["eeg"], []byte(csvOf(identity)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := runProgram(t, append(small(paths, dir, "sc", "lengths", "eeg"), quiet...)...); err != nil {
		t.Fatal(err)
	}
	var want mat.Dense
	want.Mul(loadSeries(t, filepath.Join(dir, "eeg.npz")).Data, gain.Data.Slice(1, 5, 0, 6).T())
	if !mat.EqualApprox(eeg.Data, &want, 1e-9*mat.Max(&want)) {
		t.Error("EEG is not the gain times the sources")
	}
}

// Centres and normals alone give EEG by the 10-20 system, with an average reference, and MEG; the same
// seed gives the same bytes.
func TestSphere(t *testing.T) {
	paths, dir, again := files(t), t.TempDir(), t.TempDir()
	for _, d := range []string{dir, again} {
		out, err := runProgram(t, append(small(paths, d, "sc", "lengths", "centres", "normals"), "-model", "hopf")...)
		if err != nil {
			t.Fatal(err)
		}
		if r := summaryOf(t, out); r.Signals["eeg"].Channels != 21 || r.Signals["meg"].Channels != 100 || r.Model != "hopf" {
			t.Errorf("%+v", r)
		}
	}
	eeg := loadSeries(t, filepath.Join(dir, "eeg.csv"))
	samples, channels := eeg.Dims()
	noise := 6 * 0.5 * math.Sqrt(21) // the only part of the sum that is not 0
	for k := range samples {
		if sum := mat.Sum(eeg.Data.Slice(k, k+1, 0, channels)); math.Abs(sum) > noise {
			t.Fatalf("sample %d: channels add up to %g µV", k, sum)
		}
	}
	for _, name := range []string{"eeg.npz", "meg_spectrum.csv", "bold_fc.csv", "meg.png"} {
		a, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := os.ReadFile(filepath.Join(again, name))
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs between two runs of one seed", name)
		}
	}
	out, err := runProgram(t, small(paths, dir, "sc", "lengths", "centres")...)
	if err != nil || !strings.Contains(out, "radial") || strings.Contains(out, "MEG sensors") {
		t.Errorf("without normals expected radial dipoles and no MEG: %v\n%s", err, out)
	}
	out, err = runProgram(t, small(paths, dir, "sc")...)
	if err != nil || !strings.Contains(out, "neither gains nor centres") {
		t.Errorf("without centres expected BOLD alone: %v\n%s", err, out)
	}
}

func TestAxes(t *testing.T) {
	point := mat.NewDense(1, 3, []float64{1, 2, 3})
	for directions, want := range map[string][]float64{"RAS": {1, 2, 3}, "als": {-2, 1, 3}, "LPS": {-1, -2, 3}, "PRS": {2, -1, 3}, "SRA": {2, 3, 1}, "RAI": {1, 2, -3}} {
		turn, err := axes(directions, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got mat.Dense
		if got.Mul(point, turn); !slices.Equal(got.RawRowView(0), want) {
			t.Errorf("%s: expected %v, found %v", directions, want, got.RawRowView(0))
		}
	}
	for _, bad := range []string{"RA", "RRS", "RLS", "XAS", "RASS"} {
		if _, err := axes(bad, nil); err == nil {
			t.Errorf("no error of -axes %s", bad)
		}
	}
	sc, err := datasets.LoadTVB(tvb76)
	if err != nil {
		t.Fatal(err)
	}
	if got := guessedAxes(sc); got != "ALS" {
		t.Errorf("tvb76: expected ALS, found %s", got)
	}
	sc.Centres.Mul(sc.Centres, mustAxes(t, "ALS"))
	if got := guessedAxes(sc); got != "RAS" {
		t.Errorf("tvb76 turned: expected RAS, found %s", got)
	}
}

func mustAxes(t *testing.T, directions string) *mat.Dense {
	turn, err := axes(directions, nil)
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func TestErrors(t *testing.T) {
	paths, dir := files(t), t.TempDir()
	wrong := filepath.Join(dir, "wrong.csv")
	if err := os.WriteFile(wrong, []byte("1,2\n3,4\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"expected one of jansenrit":   {"-model", "horn"},
		"-band":                       {"-band", "13:8"},
		"expected -duration":          {"-duration", "1"},
		"at least 10":                 {"-tr", "5"},
		"expected flags only":         {"weights.csv"},
		"6 regions, found 2":          {"-eeg", wrong},
		"x, y and z of 6 regions":     {"-centres", wrong},
		"names of 5 sensors, found 0": {"-eeg", paths["eeg"], "-eeg-sensors", wrong},
		`found "Xz"`:                  {"-eeg", paths["eeg"], "-reference", "Xz"},
		"-axes":                       {"-centres", paths["centres"], "-axes", "RAR"},
		"no such file":                {"-meg", filepath.Join(dir, "none.csv")},
		"number from 0":               {"-noise", "-3"},
		"belongs to weights in CSV":   {"-sc", tvb76, "-lengths", paths["lengths"]},
		"no activity":                 {"-noise", "0", "-model", "hopf"},
	} {
		_, err := runProgram(t, append(small(paths, dir, "sc"), args...)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: expected an error with %q, found %v", args, want, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, small(paths, dir, "sc"), io.Discard, io.Discard); err == nil {
		t.Error("no error of a cancelled run")
	}
}

// A network without noise is silent; spectra, FC and pictures of silence are defined.
func TestSilence(t *testing.T) {
	paths, dir := files(t), t.TempDir()
	if _, err := runProgram(t, append(small(paths, dir, "sc", "eeg"), "-noise", "0", "-coupling", "0", "-eeg-noise", "0")...); err != nil {
		t.Fatal(err)
	}
	if fc := loadMatrix(t, filepath.Join(dir, "eeg_fc.csv")); math.IsNaN(mat.Sum(fc.Data)) {
		t.Error("FC is not a number")
	}
}
