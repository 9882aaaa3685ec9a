package forward

import (
	"math"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestPeaks(t *testing.T) {
	x := []float64{0, 5, 0, 4, 3, 3.5, 0, 2, 2, 2, 1, 9}
	for _, c := range []struct {
		peaks Peaks
		want  []int
	}{
		{Peaks{}, []int{1, 3, 5, 8}},
		{Peaks{Prominence: 1}, []int{1, 3, 8}}, // 3.5 is 0.5 above its valley, the plateau 1 above its
		{Peaks{Distance: 3}, []int{1, 5, 8}},   // 5 drops 4, which so spares 3.5
		{Peaks{Prominence: 6}, nil},
	} {
		if got := c.peaks.find(x); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v: expected %v, found %v", c.peaks, c.want, got)
		}
	}
}

func TestPeakPhase(t *testing.T) {
	x := mat.NewDense(7, 2, nil)
	for k, v := range []float64{0, 1, 3, 1, 0, 1, 0} {
		x.Set(k, 0, v) // the other region has no peak
	}
	phase := PeakPhase(x, Peaks{})
	for k, want := range []float64{0, 0.5, 0, 1.0 / 3, 2.0 / 3, 0, 1} {
		near(t, "phase", phase.At(k, 0), 2*math.Pi*want, 1e-15)
		near(t, "phase without peaks", phase.At(k, 1), 2*math.Pi*float64(k)/6, 1e-15)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic of a negative prominence")
		}
	}()
	PeakPhase(x, Peaks{Prominence: -1})
}

// A Gaussian keeps constants, and the middle of a line.
func TestSmooth(t *testing.T) {
	line := make([]float64, 41)
	for k := range line {
		line[k] = float64(k)
	}
	near(t, "middle", smooth(line, 2)[20], 20, 1e-13)
	near(t, "a constant", smooth(constants(5, 0.7), 3)[0], 0.7, 1e-15)
	impulse := smooth([]float64{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}, 1)
	near(t, "shape", impulse[4]/impulse[5], math.Exp(-0.5), 1e-15)
	near(t, "reflection", smooth([]float64{1, 0, 0, 0, 0, 0, 0, 0, 0}, 1)[0]/impulse[5], 1+math.Exp(-0.5), 1e-14)
}
