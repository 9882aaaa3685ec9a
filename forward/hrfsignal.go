package forward

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// HRFSignal turns activity into a signal by convolution with a response function,
//
//	y(t) = ∫ h(s) x(t−s) ds
//
// for activity x given as means over successive steps, such as [TemporalAverage]
// records; it is exact if x is constant within a step. Sample k of the signal is at
// the end of period k, or, with the warm-up left out, so many periods later.
type HRFSignal struct {
	HRF    *HRF
	Step   float64     // ms, of the activity
	Period float64     // ms between samples of the signal, a whole number of steps; default Step
	WarmUp HRFWarmUp   // what was before the activity; default WarmUpLeftOut
	Method Convolution // default the faster one
}

// HRFWarmUp says what becomes of the samples of which h reaches to before the activity's
// first step. Started from silence, all regions rise together, which no FC survives.
type HRFWarmUp int

const (
	WarmUpLeftOut HRFWarmUp = iota // they are left out
	WarmUpSilent                   // there was no activity before
	WarmUpSteady                   // the first step's activity had always been
)

// Convolution says how the sums are computed; the results agree to rounding.
type Convolution int

const (
	ConvolveFastest Convolution = iota
	ConvolveDirect
	ConvolveByFFT
)

// Signal is the signal [time, region] of activity [time, region].
func (s HRFSignal) Signal(activity *mat.Dense) (*mat.Dense, error) {
	t, n := activity.Dims()
	c, err := s.convolution(t)
	if err != nil {
		return nil, err
	}
	kernel, err := s.HRF.Kernel(s.Step)
	if err != nil {
		return nil, err
	}
	out := mat.NewDense(c.samples, n, nil)
	c.apply(out.RawMatrix().Data, values(activity), kernel, n)
	return out, nil
}

// SignalNode is [HRFSignal.Signal] of every lane of activity, shape (lane, time, region).
// parameters are scalar nodes in the place of the response function's parameters of
// these names, through which it can be learned; nil: none.
func (s HRFSignal) SignalNode(activity *G.Node, parameters map[string]*G.Node) (*G.Node, error) {
	if activity == nil {
		return nil, fmt.Errorf("forward: HRF signal: the activity is nil")
	}
	if s.HRF == nil {
		return nil, fmt.Errorf("forward: HRF signal: expected a response function, found none")
	}
	kernel, err := s.HRF.KernelNode(activity.Graph(), s.Step, parameters)
	if err != nil {
		return nil, err
	}
	return s.function().Apply(activity, kernel)
}

func (s HRFSignal) function() *NodeFunction {
	return &NodeFunction{
		Name: "HRF signal", Inputs: []int{3, 1}, Output: 3,
		Shape: func(in [][]int) ([]int, error) {
			c, err := s.convolution(in[0][1])
			return []int{in[0][0], c.samples, in[0][2]}, err
		},
		Value: func(in []Array, out Array) error {
			c, err := s.convolution(in[0].Shape[1])
			for lane := range out.Shape[0] {
				c.apply(laneOf(out, lane), laneOf(in[0], lane), in[1].Data, in[0].Shape[2])
			}
			return err
		},
		Gradient: func(k int, in []Array, _, outGrad, inGrad Array) error {
			c, err := s.convolution(in[0].Shape[1])
			for lane := range outGrad.Shape[0] {
				if d := laneOf(outGrad, lane); k == 0 {
					c.activityGradient(laneOf(inGrad, lane), d, in[1].Data, in[0].Shape[2])
				} else {
					c.kernelGradient(inGrad.Data, d, laneOf(in[0], lane), in[0].Shape[2])
				}
			}
			return err
		},
	}
}

// convolution of a series of t steps, or what is wrong with it.
func (s HRFSignal) convolution(t int) (convolution, error) {
	if s.HRF == nil {
		return convolution{}, fmt.Errorf("forward: HRF signal: expected a response function, found none")
	}
	if s.HRF.err != nil {
		return convolution{}, s.HRF.err
	}
	if s.Period == 0 {
		s.Period = s.Step
	}
	taps, err := s.HRF.steps(s.Step)
	if err != nil {
		return convolution{}, err
	}
	every := math.Round(s.Period / s.Step)
	if !(every >= 1) || math.Abs(every*s.Step-s.Period) > 1e-9*s.Period || every > math.MaxInt32 {
		return convolution{}, fmt.Errorf("forward: HRF signal: expected a period of whole steps of %g ms, found %g ms", s.Step, s.Period)
	}
	c := convolution{t: t, taps: taps, every: int(every), first: int(every) - 1, steady: s.WarmUp == WarmUpSteady}
	if s.WarmUp == WarmUpLeftOut {
		c.first += c.every * ((taps - 1) / c.every)
		if c.first < taps-1 {
			c.first += c.every
		}
	}
	if t <= c.first {
		return convolution{}, fmt.Errorf("forward: HRF signal: expected at least %d steps of %g ms for a first sample (a response of %g s, %d steps a period), found %d; see HRFSignal.WarmUp",
			c.first+1, s.Step, s.HRF.length, c.every, t)
	}
	c.samples = 1 + (t-1-c.first)/c.every
	c.fft = s.Method == ConvolveByFFT || s.Method == ConvolveFastest && c.fftIsFaster()
	return c, nil
}
