package forward

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// Filter filters every region of a series [time, region]. Settings that make no
// filter, and a series that is not longer than the extension of its ends, are errors.
func (b Butterworth) Filter(series *mat.Dense) (*mat.Dense, error) {
	return b.function().tryMatrix(series)
}

// FilterNode is [Butterworth.Filter] of every lane of x, shape (lane, time, region).
func (b Butterworth) FilterNode(x *G.Node) (*G.Node, error) { return b.function().node(x) }

// EnvelopeFC is the functional connectivity of the amplitudes in the filter's band:
// the [FC] of the [Envelope] of the filtered series.
//
// Hipp et al. 2012, doi:10.1038/nn.3101 (here without orthogonalising the pairs).
func (b Butterworth) EnvelopeFC(series *mat.Dense) (*mat.SymDense, error) {
	band, err := b.Filter(series)
	if err != nil {
		return nil, err
	}
	return FC(Envelope(band)), nil
}

// EnvelopeFCNode is [Butterworth.EnvelopeFC] of every lane of x, shape (lane, time,
// region), as a node of shape (lane, region, region).
func (b Butterworth) EnvelopeFCNode(x *G.Node) (*G.Node, error) {
	band, err := b.FilterNode(x)
	if err != nil {
		return nil, err
	}
	envelope, err := EnvelopeNode(band)
	if err != nil {
		return nil, err
	}
	return FCNode(envelope)
}

func (b Butterworth) function() laneFunction {
	return laneFunction{
		name: fmt.Sprintf("Butterworth filter of order %d, %g to %g Hz", b.Order, b.Low, b.High),
		shape: func(t, n int) ([]int, error) {
			if err := b.check(); err != nil {
				return nil, err
			}
			if pad := padding(b.sections()); t <= pad {
				return nil, fmt.Errorf("expected more than %d samples, by which the ends are extended, found %d", pad, t)
			}
			return []int{t, n}, nil
		},
		value: func(out, x []float64, t, n int) {
			f := newZeroPhase(b, t)
			f.eachRegion(out, x, n, f.apply)
		},
		gradient: func(dx, dout, _, _ []float64, t, n int) {
			f := newZeroPhase(b, t)
			f.eachRegion(dx, dout, n, f.transpose)
		},
	}
}

// padding is by how many samples each end is extended.
func padding(sections []section) int {
	taps := 2*len(sections) + 1
	for _, s := range sections {
		if s.first {
			taps--
		}
	}
	return 3 * taps
}

// zeroPhase is the filter as a linear map C R L R L E of t samples: E extends the
// ends, L filters from the steady state of its first sample, R reverses time, C cuts
// the ends off.
type zeroPhase struct {
	sections []section
	pad, t   int
	passes0  bool      // frequency 0 passes
	free     []float64 // what the steady state of 1 decays to without input
	work     []float64
}

func newZeroPhase(b Butterworth, t int) *zeroPhase {
	f := &zeroPhase{sections: b.sections(), t: t, passes0: b.Low == 0}
	f.pad = padding(f.sections)
	f.free, f.work = make([]float64, t+2*f.pad), make([]float64, t+2*f.pad)
	f.cascade(f.free, 1)
	return f
}

func (f *zeroPhase) eachRegion(out, x []float64, n int, apply func(column []float64)) {
	column := make([]float64, f.t)
	for i := 0; i < n; i++ {
		gather(column, x, i, n)
		apply(column)
		scatter(out, column, i, n)
	}
}

// cascade filters x in place, from the sections' steady state of a constant input.
func (f *zeroPhase) cascade(x []float64, input float64) {
	for i := range f.sections {
		z, out := f.sections[i].steady()
		z[0], z[1] = z[0]*input, z[1]*input
		f.sections[i].run(x, z)
		input *= out
	}
}

// apply filters a column in place. Frequency 0 has gain 1 or 0, so the first sample
// may go round the filter, which leaves constants exactly constant.
func (f *zeroPhase) apply(column []float64) {
	first := column[0]
	for k := range column {
		column[k] -= first
	}
	f.extend(column)
	for pass := 0; pass < 2; pass++ {
		f.cascade(f.work, f.work[0])
		reverse(f.work)
	}
	copy(column, f.work[f.pad:])
	if f.passes0 {
		for k := range column {
			column[k] += first
		}
	}
}

// transpose applies the transposed map Eᵀ Lᵀ R Lᵀ R Cᵀ in place. L is a filter from
// rest and f.free times its first sample; the transpose of the former is R L R.
func (f *zeroPhase) transpose(column []float64) {
	clear(f.work)
	copy(f.work[f.pad:], column)
	for pass := 0; pass < 2; pass++ {
		reverse(f.work)
		first := 0.0
		for k, v := range f.free {
			first += v * f.work[k]
		}
		reverse(f.work)
		f.cascade(f.work, 0)
		reverse(f.work)
		f.work[0] += first
	}
	f.extendTransposed(column)
}

// extend writes column with both ends reflected at their last points.
func (f *zeroPhase) extend(column []float64) {
	last := f.t - 1
	copy(f.work[f.pad:], column)
	for k := 1; k <= f.pad; k++ {
		f.work[f.pad-k] = 2*column[0] - column[k]
		f.work[f.pad+last+k] = 2*column[last] - column[last-k]
	}
}

func (f *zeroPhase) extendTransposed(column []float64) {
	last := f.t - 1
	copy(column, f.work[f.pad:])
	for k := 1; k <= f.pad; k++ {
		before, after := f.work[f.pad-k], f.work[f.pad+last+k]
		column[0] += 2 * before
		column[k] -= before
		column[last] += 2 * after
		column[last-k] -= after
	}
}

func reverse(x []float64) {
	for i, j := 0, len(x)-1; i < j; i, j = i+1, j-1 {
		x[i], x[j] = x[j], x[i]
	}
}
