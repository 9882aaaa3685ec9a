package train

import (
	"math"
	"testing"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
)

// numbered is a recording whose samples tell where they come from.
func numbered(samples int) *mat.Dense {
	x := mat.NewDense(samples, 2, nil)
	for t := range samples {
		x.SetRow(t, []float64{float64(t), -float64(t * t)})
	}
	return x
}

func TestTimeBlocks(t *testing.T) {
	folds, err := TimeBlocks(numbered(23), 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	tested := map[float64]int{}
	for _, f := range folds {
		for _, p := range f.Test {
			for _, v := range mat.Col(nil, 0, p) {
				tested[v]++
			}
		}
		for _, a := range f.Train {
			for _, v := range mat.Col(nil, 0, a) {
				for _, w := range mat.Col(nil, 0, f.Test[0]) {
					if math.Abs(v-w) <= 2 {
						t.Errorf("%s: sample %g is fitted and %g tested, closer than the gap", f.Name, v, w)
					}
				}
			}
		}
	}
	if len(folds) != 4 || len(tested) != 23 {
		t.Errorf("expected 4 folds that test all 23 samples, found %d and %d", len(folds), len(tested))
	}
	for _, n := range tested {
		if n != 1 {
			t.Error("a sample is tested more than once")
		}
	}
	for _, c := range [][3]int{{23, 1, 0}, {23, 4, -1}, {5, 4, 0}, {8, 2, 8}} {
		if _, err := TimeBlocks(numbered(c[0]), c[1], c[2]); err == nil {
			t.Errorf("%v: expected an error", c)
		}
	}
}

func TestSubjects(t *testing.T) {
	var recordings []*mat.Dense
	for k := range 5 {
		recordings = append(recordings, numbered(10+k))
	}
	folds, err := Subjects(recordings, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(folds[0].Test)+len(folds[1].Test) != 5 || len(folds[0].Train)+len(folds[0].Test) != 5 || folds[0].Test[0] != recordings[0] || folds[0].Train[0] != recordings[2] {
		t.Errorf("expected each subject in one test, found %v", folds)
	}
	if _, err := Subjects(recordings, 6); err == nil {
		t.Error("expected more folds than subjects to be refused")
	}
}

func TestPooledFC(t *testing.T) {
	a, b := ornstein(1, 300, 3), ornstein(2, 100, 3)
	got, err := PooledFC(forward.Preprocessing{}, 1, []*mat.Dense{a, b})
	if err != nil {
		t.Fatal(err)
	}
	want := 0.75*forward.FC(a).At(0, 1) + 0.25*forward.FC(b).At(0, 1)
	if math.Abs(got.At(0, 1)-want) > 1e-15 {
		t.Errorf("expected %g, found %g", want, got.At(0, 1))
	}
	if _, err := PooledFC(forward.Preprocessing{}, 1, nil); err == nil {
		t.Error("expected no pieces to be refused")
	}
	if _, err := PooledFC(forward.Preprocessing{}, 1, []*mat.Dense{a, mat.NewDense(10, 2, nil)}); err == nil {
		t.Error("expected pieces of different regions to be refused")
	}
}

// ornstein are slow processes of which neighbours share a part.
func ornstein(seed uint64, samples, n int) *mat.Dense {
	base := mat.NewDense(samples, n, nil)
	own, err := ARSurrogate(ramp(samples, n+1), seed)
	if err != nil {
		panic(err)
	}
	for t := range samples {
		for i := range n {
			base.Set(t, i, own.At(t, i)+own.At(t, i+1))
		}
	}
	return base
}

func ramp(samples, n int) *mat.Dense {
	x := mat.NewDense(samples, n, nil)
	for t := range samples {
		for i := range n {
			x.Set(t, i, math.Sin(0.3*float64(t)+float64(i)))
		}
	}
	return x
}

func TestSurrogates(t *testing.T) {
	const samples, n = 6000, 4
	x := ornstein(3, samples, n)
	for name, make := range map[string]func(seed uint64) (*mat.Dense, error){
		"AR(1)":  func(seed uint64) (*mat.Dense, error) { return ARSurrogate(x, seed) },
		"VAR(1)": func(seed uint64) (*mat.Dense, error) { return VARSurrogate(x, 0, seed) },
	} {
		y, err := make(1)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := make(1)
		other, _ := make(2)
		if !mat.Equal(y, again) || mat.Equal(y, other) {
			t.Errorf("%s: expected the seed to decide", name)
		}
		got, want := forward.LaggedCovariance(y, 0), forward.LaggedCovariance(x, 0)
		lagged, wantLagged := forward.LaggedCovariance(y, 1), forward.LaggedCovariance(x, 1)
		for i := range n {
			// Processes this slow (autocorrelation 0.95) have some 150 independent samples in 6000: 10 %.
			if r := got.At(i, i) / want.At(i, i); math.Abs(r-1) > 0.35 {
				t.Errorf("%s: variance of region %d is %.2f times that of the series", name, i, r)
			}
			if a, b := lagged.At(i, i)/got.At(i, i), wantLagged.At(i, i)/want.At(i, i); math.Abs(a-b) > 0.03 {
				t.Errorf("%s: autocorrelation of region %d: expected %.3f, found %.3f", name, i, b, a)
			}
		}
		fc := forward.FC(y).At(0, 1)
		if name == "VAR(1)" && math.Abs(fc-forward.FC(x).At(0, 1)) > 0.2 || name == "AR(1)" && math.Abs(fc) > 0.2 {
			t.Errorf("%s: FC %.2f of two regions that have %.2f", name, fc, forward.FC(x).At(0, 1))
		}
	}
}

func TestSurrogatesOfDegenerateSeries(t *testing.T) {
	constant := mat.NewDense(10, 3, nil)
	short := ornstein(1, 8, 20) // fewer samples than regions
	for _, x := range []*mat.Dense{constant, short, mat.NewDense(10, 1, nil)} {
		ar, err := ARSurrogate(x, 1)
		if err != nil {
			t.Fatal(err)
		}
		v, err := VARSurrogate(x, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if s := mat.Sum(ar) + mat.Sum(v); math.IsNaN(s) || math.Abs(s) > 1e6 {
			t.Errorf("expected finite surrogates, found a sum of %g", s)
		}
	}
	if _, err := ARSurrogate(mat.NewDense(2, 1, nil), 1); err == nil {
		t.Error("expected 2 samples to be refused")
	}
	if _, err := VARSurrogate(constant, -1, 1); err == nil {
		t.Error("expected a negative ridge to be refused")
	}
}
