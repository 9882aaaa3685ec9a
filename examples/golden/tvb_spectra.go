package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/cmplx"
	"strings"

	"gonum.org/v1/gonum/dsp/window"
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
)

// complexArray is an array of complex numbers in two parts.
type complexArray struct{ Re, Im array }

// near compares both parts against the size of the whole.
func (c complexArray) near(cmp *comparison, what string, got []complex128) {
	re, im := make([]float64, len(got)), make([]float64, len(got))
	for k, v := range got {
		re[k], im[k] = real(v), imag(v)
	}
	cmp.near(what, append(re, im...), append(append([]float64{}, c.Re.data...), c.Im.data...), tvbPointwise, 0)
}

// tvbFFT is the result of the Fourier analyzer: spectra of segments without the frequency 0.
type tvbFFT struct {
	Segment float64 `json:"segment_length_ms"`
	Window  *string
	Detrend bool
	Shape   []int // [frequency, variable, node, mode, segment]
}

// tapers are numpy's windows by name.
var tapers = map[string]func([]float64) []float64{
	"hamming": window.Hamming, "hanning": window.Hann, "bartlett": window.Triangular, "blackman": window.Blackman,
}

func (r *tvbFFT) run(f *tvbAnalyzers, raw json.RawMessage) outcome {
	w := forward.Welch{Rate: 1000 / f.Period, Window: int(math.Round(r.Segment / f.Period)), KeepMean: true}
	for range w.Window {
		w.Taper = append(w.Taper, 1)
	}
	if r.Window != nil {
		taper, ok := tapers[*r.Window]
		if !ok {
			return skipped("needs the taper %s", *r.Window)
		}
		w.Taper = taper(w.Taper)
	}
	if r.Detrend || len(r.Shape) != 5 || r.Shape[4] < 1 {
		return skipped("Fourier segments without their trend, or of shape %v, are not known here", r.Shape)
	}
	var cmp comparison
	powers := eachResult(raw, "mean_power_var", &cmp, func(key string, want array) error {
		all, err := segments(f.series(indexOf(key)), w, r.Shape[4])
		if err == nil {
			cmp.near(key, meanPower(all), want.data, tvbPointwise, 0)
		}
		return err
	})
	if powers.verdict == fail {
		return powers
	}
	return eachResult(raw, "first_segment_var", &cmp, func(key string, want complexArray) error {
		all, err := segments(f.series(indexOf(key)), w, r.Shape[4])
		if err == nil {
			want.near(&cmp, key, complexColumn(all[0], nodeOf(key))[1:])
		}
		return err
	})
}

// segments returns the spectra of so many windows, the last of which ends with the series if they must
// overlap.
func segments(x *mat.Dense, w forward.Welch, count int) ([]*mat.CDense, error) {
	t, n := x.Dims()
	step := float64(w.Window)
	if count > 1 && count*w.Window > t {
		step -= float64(count*w.Window-t) / float64(count-1)
	}
	var all []*mat.CDense
	for k := range count {
		from := int(float64(k) * step)
		if from < 0 || from+w.Window > t {
			return nil, fmt.Errorf("segment %d of %d samples does not fit into %d", k, w.Window, t)
		}
		one, err := w.Spectra(mat.DenseCopyOf(x.Slice(from, from+w.Window, 0, n)))
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

// meanPower returns the mean over segments of the squares, [frequency][node], without the frequency 0.
func meanPower(segments []*mat.CDense) []float64 {
	rows, n := segments[0].Dims()
	power := make([]float64, (rows-1)*n)
	for _, s := range segments {
		for k := range power {
			power[k] += math.Pow(cmplx.Abs(s.At(1+k/n, k%n)), 2) / float64(len(segments))
		}
	}
	return power
}

// complexColumn returns a column of a complex matrix.
func complexColumn(m *mat.CDense, i int) []complex128 {
	rows, _ := m.Dims()
	c := make([]complex128, rows)
	for k := range c {
		c[k] = m.At(k, i)
	}
	return c
}

// nodeOf returns the number after "_node".
func nodeOf(key string) int {
	_, after, _ := strings.Cut(key, "_node")
	return indexOf(after)
}

// tvbWavelet is the result of the wavelet analyzer, whose coefficients are those of every so many samples.
type tvbWavelet struct {
	Frequencies   array   `json:"freqs_kHz"`
	Period        float64 `json:"sample_period_ms"`
	Ratio         float64 `json:"q_ratio"`
	Normalisation string
}

func (r *tvbWavelet) run(f *tvbAnalyzers, raw json.RawMessage) outcome {
	if r.Normalisation != "energy" {
		return skipped("wavelets of normalisation %q are not known here", r.Normalisation)
	}
	every := max(1, int(math.Round(r.Period/f.Period)))
	hertz := make([]float64, len(r.Frequencies.data))
	for k, v := range r.Frequencies.data {
		hertz[k] = 1000 * v
	}
	var cmp comparison
	return eachResult(raw, "coef_var", &cmp, func(key string, want complexArray) error {
		all, err := forward.Morlet{Rate: 1000 / f.Period, Ratio: r.Ratio}.Transform(f.series(indexOf(key)), hertz...)
		if err != nil {
			return err
		}
		var got []complex128
		for _, m := range all {
			for k, v := range complexColumn(m, nodeOf(key)) {
				if k%every == 0 {
					got = append(got, v)
				}
			}
		}
		want.near(&cmp, key, got)
		return nil
	})
}
