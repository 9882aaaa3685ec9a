package forward

import (
	"math"
	"math/cmplx"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func TestPrincipalComponentsAgainstStat(t *testing.T) {
	for _, size := range [][2]int{{50, 4}, {3, 5}, {2, 1}} {
		x := mat.NewDense(size[0], size[1], randomValues(84, size[0]*size[1]))
		components, fractions := PrincipalComponents(x)
		var pc stat.PC
		if !pc.PrincipalComponents(x, nil) {
			t.Fatal("no components")
		}
		var want mat.Dense
		pc.VectorsTo(&want)
		variances := pc.VarsTo(nil)
		total := 0.0
		for _, v := range variances {
			total += v
		}
		if r, _ := components.Dims(); r != min(size[0], size[1]) || len(fractions) != r {
			t.Fatalf("%v: found %d components", size, r)
		}
		for c, f := range fractions {
			near(t, "fraction", f, variances[c]/total, 1e-14)
			if f < 1e-12 {
				continue // any direction
			}
			dot := mat.Dot(components.RowView(c), want.ColView(c))
			near(t, "angle", math.Abs(dot), 1, 1e-14)
		}
	}
	_, fractions := PrincipalComponents(mat.NewDense(5, 2, constants(10, 0.1)))
	allZero(t, "fractions of constants", fractions)
}

func TestSampleEntropyByHand(t *testing.T) {
	// Stretches of 2 with a third sample: 12 21 12 21; equal with it: 121 = 121, 212 = 212. Then one of
	// length 2 more, 12: B is 2 of 4 stretches and 4 of 5.
	x := mat.NewDense(6, 1, []float64{1, 2, 1, 2, 1, 2})
	for last, want := range map[bool]float64{false: 0, true: math.Log(2)} {
		h, err := SampleEntropy{LastStretch: last}.Of(x)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "entropy", h[0], want, 1e-15)
	}
	h, err := SampleEntropy{}.Of(mat.NewDense(6, 2, []float64{1, 5, 2, 5, 4, 5, 8, 5, 16, 5, 32, 5}))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "nothing matches: the largest of 4 stretches", h[0], math.Log(6), 1e-15)
	near(t, "a constant", h[1], 0, 0)
	for _, e := range []SampleEntropy{{Length: -1}, {Length: 5}, {Scale: 3}, {Scale: -1}, {Tolerance: -1}, {Tolerance: math.NaN()}} {
		if _, err := e.Of(x); err == nil {
			t.Errorf("no error of %+v", e)
		}
	}
}

// Two independent normals differ by at most r with probability erf(r/2); means of s of them by r√s.
func TestSampleEntropyOfNoise(t *testing.T) {
	x := mat.NewDense(4000, 1, randomValues(85, 4000))
	for _, scale := range []int{1, 4} {
		h, err := SampleEntropy{Scale: scale, Tolerance: 0.3}.Of(x)
		if err != nil {
			t.Fatal(err)
		}
		p := math.Erf(0.15 * math.Sqrt(float64(scale)))
		pairs := math.Pow(float64(4000/scale), 2) / 2
		near(t, "entropy", h[0], -math.Log(p), 4*math.Sqrt((1-p)/(p*p*p*pairs))) // four times the deviation of A/B, of pairs as if independent
	}
}

func TestMorletIsItsConvolution(t *testing.T) {
	x := series(oscillations(86, 1, 60, 2), 60, 2)
	m := Morlet{Rate: 100, Ratio: 5}
	for _, f := range []float64{1.5, 9, 49} { // the first longer than the series
		y, err := m.Transform(x, f)
		if err != nil {
			t.Fatal(err)
		}
		sigma := 5 / (2 * math.Pi * f)
		for i := 0; i < 2; i++ {
			for k := 0; k < 60; k++ {
				want := complex(0, 0)
				for j := 0; j < 60; j++ {
					if s := float64(k-j) / 100; math.Abs(s) <= 4*sigma {
						want += complex(x.At(j, i)*math.Exp(-s*s/(2*sigma*sigma))/math.Sqrt(100*sigma*math.Sqrt(math.Pi)), 0) * cmplx.Rect(1, 2*math.Pi*f*s)
					}
				}
				if e := cmplx.Abs(y[0].At(k, i) - want); e > 1e-12 {
					t.Fatalf("%g Hz, sample %d: off by %g", f, k, e)
				}
			}
		}
	}
	for _, f := range []float64{0, 50, -3, math.NaN()} {
		if _, err := m.Transform(x, f); err == nil {
			t.Errorf("no error of %g Hz", f)
		}
	}
	if _, err := (Morlet{Rate: math.Inf(1)}).Transform(x, 3); err == nil {
		t.Error("no error of an infinite rate")
	}
}

// Of a sine the power is largest at its frequency, evenly in time.
func TestMorletFindsASine(t *testing.T) {
	x := mat.NewDense(1000, 1, nil)
	for k := 0; k < 1000; k++ {
		x.Set(k, 0, math.Cos(2*math.Pi*10*float64(k)/100))
	}
	y, err := Morlet{Rate: 100}.Transform(x, 8, 10, 12)
	if err != nil {
		t.Fatal(err)
	}
	at := func(k, i int) float64 { return cmplx.Abs(y[k].At(i, 0)) }
	if at(0, 500) > at(1, 500)/2 || at(2, 500) > at(1, 500)/2 {
		t.Errorf("found %g, %g and %g at 8, 10 and 12 Hz", at(0, 500), at(1, 500), at(2, 500))
	}
	near(t, "power over time", at(1, 400), at(1, 600), 1e-9)
	y, err = Morlet{Rate: 100}.Transform(mat.NewDense(20000, 1, randomValues(88, 20000)), 5, 30)
	if err != nil {
		t.Fatal(err)
	}
	for k := range y {
		power := 0.0
		for i := 0; i < 20000; i++ {
			power += math.Pow(cmplx.Abs(y[k].At(i, 0)), 2) / 20000
		}
		near(t, "power of noise", power, 1, 0.22) // four deviations √(√(2π) σ/T), σ = 22 samples at most
	}
}

func TestSpectraOfWindows(t *testing.T) {
	x := series(oscillations(87, 1, 70, 2), 70, 2)
	for _, w := range []Welch{{Rate: 10, Window: 16, Overlap: 8}, {Rate: 10, Window: 15, Taper: constants(15, 1), KeepMean: true}} {
		windows, err := w.Spectra(x)
		if err != nil {
			t.Fatal(err)
		}
		psd, err := w.PSD(x)
		if err != nil {
			t.Fatal(err)
		}
		for f := range w.Frequencies() {
			sum := 0.0
			for _, s := range windows {
				sum += math.Pow(cmplx.Abs(s.At(f, 1)), 2)
			}
			scale := 1 / (10 * power(w.taper()) * float64(len(windows)))
			if f > 0 && 2*f < w.Window {
				scale *= 2
			}
			near(t, "power", scale*sum, psd.At(f, 1), 1e-14)
		}
	}
	if _, err := (Welch{Rate: 10, Window: 71}).Spectra(x); err == nil {
		t.Error("no error of a window longer than the series")
	}
}
