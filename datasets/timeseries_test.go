package datasets

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func TestLoadTimeSeriesFiles(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.csv")
	_, err := LoadTimeSeries(missing, SeriesOptions{})
	wantError(t, err, missing)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	_, err = LoadTimeSeries(t.TempDir(), SeriesOptions{})
	wantError(t, err, "directory")
	_, err = LoadTimeSeries(write(t, "empty.csv", ""), SeriesOptions{})
	wantError(t, err, "empty.csv: no data: the file is empty")
	for _, tr := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err = LoadTimeSeries(write(t, "x.csv", "1\n"), SeriesOptions{TR: tr})
		wantError(t, err, "expected a positive time")
	}
}

func TestSidecarOfTable(t *testing.T) {
	path := write(t, "sub-1_timeseries.tsv", "a\tb\n1\t2\n3\t4\n")
	sidecar := strings.TrimSuffix(path, ".tsv") + ".json"
	for text, want := range map[string]float64{`{"RepetitionTime": 0.8}`: 0.8, `{}`: 0} {
		if err := os.WriteFile(sidecar, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err := LoadTimeSeries(path, SeriesOptions{}); err != nil || s.TR != want {
			t.Errorf("%v, %v", s, err)
		}
		if s, err := LoadTimeSeries(path, SeriesOptions{TR: 2}); err != nil || s.TR != 2 {
			t.Errorf("%v, %v", s, err)
		}
	}
	if err := os.WriteFile(sidecar, []byte(`{"RepetitionTime": -1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := LoadTimeSeries(path, SeriesOptions{})
	wantError(t, err, "sub-1_timeseries.json: RepetitionTime is -1 s")
}

func series(tr float64, rows ...[]float64) *TimeSeries {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, row := range rows {
		m.SetRow(i, row)
	}
	return &TimeSeries{Data: m, TR: tr, Labels: numbered(len(rows[0]))}
}

func TestHalves(t *testing.T) {
	s := series(2, []float64{1}, []float64{2}, []float64{3}, []float64{4}, []float64{5})
	first, second := s.Halves()
	if got := first.Data.RawMatrix().Data; !reflect.DeepEqual(got, []float64{1, 2}) {
		t.Errorf("first half %v", got)
	}
	if got := second.Data.RawMatrix().Data; !reflect.DeepEqual(got, []float64{3, 4, 5}) {
		t.Errorf("second half %v", got)
	}
	if first.TR != 2 || second.Duration() != 6 || second.Labels[0] != "region 1" {
		t.Errorf("halves lost TR, duration or labels: %v, %v", first, second)
	}
	first.Data.Set(0, 0, 99)
	if s.Data.At(0, 0) != 1 {
		t.Error("halves share memory with the whole")
	}
}

func TestColumnsOfSeries(t *testing.T) {
	s, err := series(1, []float64{1, 2, 3}, []float64{4, 5, 6}).Columns("region 3,1")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Data.RawMatrix().Data; !reflect.DeepEqual(got, []float64{3, 1, 6, 4}) {
		t.Errorf("data %v", got)
	}
	if !reflect.DeepEqual(s.Labels, []string{"region 3", "region 1"}) {
		t.Errorf("labels %q", s.Labels)
	}
	_, err = s.Columns("3")
	wantError(t, err, "no column 3: there are columns 1 to 2")
}

func TestDetrended(t *testing.T) {
	const samples = 9
	s := &TimeSeries{Data: mat.NewDense(samples, 2, nil), Labels: numbered(2)}
	residual := []float64{1, -2, 1, 0, 0, 0, 1, -2, 1} // orthogonal to constants and lines
	for k := 0; k < samples; k++ {
		s.Data.Set(k, 0, 3-0.7*float64(k))
		s.Data.Set(k, 1, residual[k]+100+5*float64(k))
	}
	d := s.Detrended()
	for k := 0; k < samples; k++ {
		// 1e-13: a few roundings of numbers near 100.
		if x := d.Data.At(k, 0); math.Abs(x) > 1e-13 {
			t.Errorf("a line leaves %g at sample %d", x, k)
		}
		if x := d.Data.At(k, 1); math.Abs(x-residual[k]) > 1e-13 {
			t.Errorf("sample %d is %g, expected %g", k, x, residual[k])
		}
	}
	if s.Data.At(0, 0) != 3 {
		t.Error("Detrended changed its receiver")
	}
	if x := series(1, []float64{7}).Detrended().Data.At(0, 0); x != 0 {
		t.Errorf("a single sample becomes %g, expected 0", x)
	}
}

func TestZScored(t *testing.T) {
	z, err := series(1, []float64{1, 10}, []float64{2, 10}, []float64{6, 40}).ZScored()
	if err != nil {
		t.Fatal(err)
	}
	for j := 0; j < 2; j++ {
		mean, variance := stat.PopMeanVariance(mat.Col(nil, j, z.Data), nil)
		if math.Abs(mean) > 1e-15 || math.Abs(variance-1) > 1e-15 {
			t.Errorf("region %d has mean %g and variance %g", j+1, mean, variance)
		}
	}
	if want := -1 / math.Sqrt2; math.Abs(z.Data.At(0, 1)-want) > 1e-15 {
		t.Errorf("z-score %g, expected %g", z.Data.At(0, 1), want)
	}
	_, err = series(1, []float64{1, 5}, []float64{2, 5}).ZScored()
	wantError(t, err, `region 2 ("region 2") is constant`)
}

// TestRestingState compares the recording with the figures published beside it in the
// repository's data notes, which were computed independently.
func TestRestingState(t *testing.T) {
	bold := RestingState()
	if samples, regions := bold.Dims(); samples != 250 || regions != 28 || bold.TR != 1.89 {
		t.Fatalf("%v", bold)
	}
	if bold.Labels[0] != "LCau" || bold.Labels[27] != "RPrec" {
		t.Errorf("labels %q", bold.Labels)
	}
	first, second := bold.Halves()
	var a, b []float64
	negative, squares := 0, 0.0
	for i := 0; i < 28; i++ {
		for j := 0; j < i; j++ {
			x := stat.Correlation(mat.Col(nil, i, first.Data), mat.Col(nil, j, first.Data), nil)
			y := stat.Correlation(mat.Col(nil, i, second.Data), mat.Col(nil, j, second.Data), nil)
			a, b = append(a, x), append(b, y)
			squares += (x - y) * (x - y)
			if x < 0 {
				negative++
			}
		}
	}
	// Half a unit of the last published digit.
	if r := stat.Correlation(a, b, nil); math.Abs(r-0.676) > 5e-4 {
		t.Errorf("halves' FC correlate at %.4f, expected 0.676", r)
	}
	if rmse := math.Sqrt(squares / float64(len(a))); math.Abs(rmse-0.230) > 5e-4 {
		t.Errorf("halves' FC differ by %.4f RMS, expected 0.230", rmse)
	}
	if share := float64(negative) / float64(len(a)); math.Abs(share-0.47) > 5e-3 {
		t.Errorf("%.3f of the first half's pairs are negative, expected 0.47", share)
	}
}

func TestRestingStateCarriesItsLicence(t *testing.T) {
	if b, err := nitime.ReadFile("nitime_fmri/LICENSE"); err != nil || len(b) == 0 {
		t.Errorf("licence: %d bytes, %v", len(b), err)
	}
}
