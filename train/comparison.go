package train

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Analysis is what is computed of a signal and of the recording it is compared with: the same preprocessing, and
// windows of the same length for FCD. The zero value is no preprocessing and windows of 60 s, a sample apart.
type Analysis struct {
	Preprocessing forward.Preprocessing `json:"preprocessing"`
	Window        float64               `json:"window_ms"` // of FCD; 0: 60000
	Step          float64               `json:"step_ms"`   // from a window to the next; 0: one sample
}

// Empirical is what simulations are compared with. What is nil is not compared.
type Empirical struct {
	FC  mat.Matrix // region × region
	FCD []float64  // values of the FCD above its diagonal, in any order
}

// Comparison is how a signal compares with a recording. What cannot be had, for want of data or samples, is NaN.
type Comparison struct {
	FCCorrelation float64 // Pearson's r of the FC's pairs
	FCRMSE        float64 // root mean square difference of the FC's pairs
	FCNoise       float64 // part of it that is chance: root mean square standard error of the signals' mean FC, by how they differ
	FCDKS         float64 // Kolmogorov-Smirnov distance of the values of FCD
	Metastability float64 // standard deviation over time of the Kuramoto order of the signal's Hilbert phases
	Synchrony     float64 // its mean

	FC *mat.SymDense // of the signal; the mean where there are several
}

// window and step in samples that are period ms apart.
func (a Analysis) window(period float64) (window, step int) {
	length := a.Window
	if length == 0 {
		length = 60_000
	}
	return int(math.Round(length / period)), max(1, int(math.Round(a.Step/period)))
}

// String says how it is computed, for a caption.
func (a Analysis) String() string {
	window, step := a.Window, "1 sample"
	if window == 0 {
		window = 60_000
	}
	if a.Step != 0 {
		step = fmt.Sprintf("%g s", a.Step/1000)
	}
	return fmt.Sprintf("preprocessing: %v; FCD: windows of %g s, step %s", a.Preprocessing, window/1000, step)
}

// Empirical computes what simulations are compared with of recordings [time, region], of one subject each, whose
// volumes are period ms apart: the mean of their FC, the values of FCD of all of them.
func (a Analysis) Empirical(period float64, recordings ...*mat.Dense) (*Empirical, error) {
	c, fcd, err := a.signals(a.Preprocessing, period, recordings)
	if err != nil {
		return nil, fmt.Errorf("train: recording: %w", err)
	}
	return &Empirical{FC: c.FC, FCD: fcd}, nil
}

// Compare compares simulated signals [time, region] of the same parameters, with noise of their own, with a
// recording; e may be nil. FC and metastability are means over the signals, FCD has the values of all of them. A
// statement of columns and volumes, which concerns a recording, is not applied.
func (a Analysis) Compare(e *Empirical, period float64, signals ...*mat.Dense) (*Comparison, error) {
	c, fcd, err := a.signals(a.Preprocessing.Simulated(), period, signals)
	if err != nil || e == nil {
		return c, err
	}
	if e.FC != nil {
		if c.FCCorrelation, c.FCRMSE, err = CompareFC(c.FC, e.FC); err != nil {
			return nil, err
		}
	}
	if e.FCD != nil && fcd != nil {
		c.FCDKS = forward.KSDistance(fcd, e.FCD)
	}
	return c, nil
}

// CompareFC is Pearson's correlation and the root mean square difference of two FC over the pairs above the
// diagonal. Where one of them does not vary the correlation is 0.
func CompareFC(a, b mat.Matrix) (correlation, rmse float64, err error) {
	n, m := a.Dims()
	if r, c := b.Dims(); n != m || r != n || c != n {
		return 0, 0, fmt.Errorf("train: expected two square FC of one size, found %d × %d and %d × %d", n, m, r, c)
	}
	if n < 2 {
		return 0, 0, fmt.Errorf("train: an FC of %d region has no pairs", n)
	}
	x, y := forward.UpperTriangle(a, 1), forward.UpperTriangle(b, 1)
	if correlation = stat.Correlation(x, y, nil); math.IsNaN(correlation) {
		correlation = 0
	}
	return correlation, forward.RMSE(mat.NewVecDense(len(x), x), mat.NewVecDense(len(y), y)), nil
}

// signals computes what needs no other recording, and the values of FCD, none where signals are too short for it.
func (a Analysis) signals(p forward.Preprocessing, period float64, signals []*mat.Dense) (c *Comparison, fcd []float64, err error) {
	if len(signals) == 0 {
		return nil, nil, fmt.Errorf("train: no signal to compare")
	}
	nan := math.NaN()
	c = &Comparison{FCCorrelation: nan, FCRMSE: nan, FCNoise: nan, FCDKS: nan}
	var each []*mat.SymDense
	share := 1 / float64(len(signals))
	window, step := a.window(period)
	for _, s := range signals {
		x, err := p.Apply(s, period)
		if err != nil {
			return nil, nil, err
		}
		samples, n := x.Dims()
		if samples < 2 {
			return nil, nil, fmt.Errorf("train: FC needs 2 samples, found %d", samples)
		}
		fc := forward.FC(x)
		each = append(each, fc)
		if c.FC == nil {
			c.FC = mat.NewSymDense(n, nil)
		}
		if have := c.FC.SymmetricDim(); have != n {
			return nil, nil, fmt.Errorf("train: expected signals of the same regions, found %d and %d", have, n)
		}
		for i := range n {
			for j := i; j < n; j++ {
				c.FC.SetSym(i, j, c.FC.At(i, j)+share*fc.At(i, j))
			}
		}
		phases := forward.Phase(forward.ZScore(x))
		c.Metastability += share * forward.Metastability(phases)
		c.Synchrony += share * forward.Synchrony(phases)
		if n >= 3 && window >= 2 && samples >= window+step {
			fcd = append(fcd, forward.UpperTriangle(forward.FCD(x, window, step), 1)...)
		}
	}
	if n := c.FC.SymmetricDim(); len(each) > 1 && n > 1 {
		c.FCNoise = standardError(c.FC, each)
	}
	return c, fcd, nil
}

// standardError is the root over pairs of the mean square standard error of a mean FC.
func standardError(mean *mat.SymDense, each []*mat.SymDense) float64 {
	middle, sum := forward.UpperTriangle(mean, 1), 0.0
	for _, fc := range each {
		for k, v := range forward.UpperTriangle(fc, 1) {
			sum += (v - middle[k]) * (v - middle[k])
		}
	}
	m := float64(len(each))
	return math.Sqrt(sum / (m * (m - 1) * float64(len(middle))))
}
