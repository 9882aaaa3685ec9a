package forward

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/integrate/quad"
)

// HRF is a haemodynamic response function h(t): the signal t seconds after a brief
// activity, per activity and second. Its parameters have names and are changed with
// Set, chained; Err returns the first mistake.
//
//	h := forward.GammaHRF().Set("tau", 1.2)
type HRF struct {
	shape  *hrfShape
	values []float64
	length float64 // s
	err    error

	factor, peak float64 // what scales the shape to its peak, and its time, s
}

// hrfShape is a family of response functions.
type hrfShape struct {
	name       string
	parameters []hrfParameter
	length     float64 // s, of what is used
	// check refuses values of which each is well by itself.
	check func(p []float64) error
	// value is h(t), t > 0 in s; with peaked, before it is scaled to have its last
	// parameter as peak.
	value  func(p []float64, t float64) float64
	peaked bool
	// gradient adds scale·∂value/∂p to d.
	gradient func(d, p []float64, t, scale float64)
}

type hrfParameter struct {
	name     string
	value    float64
	positive bool
}

func newHRF(shape *hrfShape) *HRF {
	var values []float64
	for _, p := range shape.parameters {
		values = append(values, p.value)
	}
	return shape.with(values, shape.length)
}

// with is the response of these values.
func (s *hrfShape) with(values []float64, length float64) *HRF {
	h := &HRF{shape: s, values: values, length: length, err: s.checkAll(values)}
	if h.err == nil {
		h.factor, h.peak = s.factor(values)
	}
	return h
}

// Set returns h with another value of a parameter; times are in s, frequencies in Hz.
func (h *HRF) Set(name string, value float64) *HRF {
	c := *h
	i := h.shape.index(name)
	switch {
	case h.err != nil:
	case i < 0:
		c.err = fmt.Errorf("forward: %s: unknown parameter %q; expected one of %s", h.shape.name, name, strings.Join(h.Parameters(), ", "))
	default:
		values := slices.Clone(h.values)
		values[i] = value
		return h.shape.with(values, h.length)
	}
	return &c
}

// Over returns h cut off after so many seconds.
func (h *HRF) Over(seconds float64) *HRF {
	c := *h
	c.length = seconds
	if c.err == nil && (!(seconds > 0) || math.IsInf(seconds, 0)) {
		c.err = fmt.Errorf("forward: %s: expected a positive length, found %g s", h.shape.name, seconds)
	}
	return &c
}

// Err returns the first error of the chained settings.
func (h *HRF) Err() error { return h.err }

// Parameters lists the names of the parameters.
func (h *HRF) Parameters() []string {
	var names []string
	for _, p := range h.shape.parameters {
		names = append(names, p.name)
	}
	return names
}

// Seconds is the length of what is used of h; by default, what is left out is below
// 1 % of the largest value.
func (h *HRF) Seconds() float64 { return h.length }

// At is h(t), t in s: 0 before 0 and after the length. It is NaN of wrong settings.
func (h *HRF) At(t float64) float64 {
	switch {
	case h.err != nil:
		return math.NaN()
	case t <= 0 || t > h.length:
		return 0
	}
	return h.factor * h.shape.value(h.values, t)
}

// Kernel returns the integrals of h over successive steps, step in ms: what a series
// of means over such steps is convolved with. Their sum is the integral of h for every
// step, so that amplitudes do not depend on it.
func (h *HRF) Kernel(step float64) ([]float64, error) {
	if h.err != nil {
		return nil, h.err
	}
	steps, err := h.steps(step)
	if err != nil {
		return nil, err
	}
	kernel := make([]float64, steps)
	h.integrate(step, func(k int, t, weight float64) { kernel[k] += h.factor * weight * h.shape.value(h.values, t) })
	return kernel, nil
}

// gradient returns the gradient of the parameters, given that of the kernel. By the
// envelope theorem, the derivative of the peak is that of the function at the peak.
func (h *HRF) gradient(step float64, dKernel []float64) []float64 {
	d, sum := make([]float64, len(h.values)), 0.0
	h.integrate(step, func(k int, t, weight float64) {
		h.shape.gradient(d, h.values, t, h.factor*weight*dKernel[k])
		if h.shape.peaked {
			sum += weight * dKernel[k] * h.shape.value(h.values, t)
		}
	})
	if h.shape.peaked {
		largest := h.shape.value(h.values, h.peak)
		h.shape.gradient(d, h.values, h.peak, -sum*h.factor/largest)
		d[len(d)-1] += sum / largest
	}
	return d
}

// mostHRFSteps bounds a kernel, 40 s in steps of 0.01 ms.
const mostHRFSteps = 1 << 22

// steps is the number of steps that reach over h.
func (h *HRF) steps(step float64) (int, error) {
	n := math.Ceil(h.length*1000/step - 1e-9)
	if !(step > 0) || math.IsInf(step, 0) || n > mostHRFSteps {
		return 0, fmt.Errorf("forward: %s of %g s: expected a positive step and at most %d of them, found %g ms", h.shape.name, h.length, mostHRFSteps, step)
	}
	return int(n), nil
}

const (
	hrfPoints = 5  // of Gauss and Legendre's rule
	hrfPieces = 80 // of h, each with one rule or more; none is longer than 0.25 s, where the error is below 1e-11
)

// integrate visits the points and weights of the integral of h over each step.
func (h *HRF) integrate(step float64, visit func(k int, t, weight float64)) {
	steps, _ := h.steps(step)
	longest := min(0.25, h.length/hrfPieces)
	x, w := make([]float64, hrfPoints), make([]float64, hrfPoints)
	for k := range steps {
		from := float64(k) * step / 1000
		width := min(float64(k+1)*step/1000, h.length) - from
		pieces := math.Ceil(width / longest)
		for piece := 0.0; piece < pieces; piece++ {
			quad.Legendre{}.FixedLocations(x, w, from+width*piece/pieces, from+width*(piece+1)/pieces)
			for i, t := range x {
				visit(k, t, w[i])
			}
		}
	}
}

func (s *hrfShape) index(name string) int {
	return slices.IndexFunc(s.parameters, func(p hrfParameter) bool { return p.name == name })
}

func (s *hrfShape) checkAll(values []float64) error {
	for i, p := range s.parameters {
		if v := values[i]; math.IsNaN(v) || math.IsInf(v, 0) || p.positive && !(v > 0) {
			return fmt.Errorf("forward: %s: parameter %s: expected a finite number%s, found %g", s.name, p.name, map[bool]string{true: " above 0"}[p.positive], v)
		}
	}
	if s.check != nil {
		if err := s.check(values); err != nil {
			return fmt.Errorf("forward: %s: %w", s.name, err)
		}
	}
	if s.peaked && !(s.value(values, s.peak(values)) > 0) {
		return fmt.Errorf("forward: %s: it has no positive peak to be scaled to", s.name)
	}
	return nil
}

// factor scales a peaked shape to its last parameter; at is the time of the peak.
func (s *hrfShape) factor(p []float64) (factor, at float64) {
	if !s.peaked {
		return 1, 0
	}
	at = s.peak(p)
	return p[len(p)-1] / s.value(p, at), at
}

// peak is the time of the largest value, by a scan and golden sections.
func (s *hrfShape) peak(p []float64) float64 {
	const scan = 400
	step, best := s.length/scan, 0.0
	for k := 1; k <= scan; k++ {
		if t := float64(k) * step; best == 0 || s.value(p, t) > s.value(p, best) {
			best = t
		}
	}
	low, high := best-step, best+step
	for ratio := (math.Sqrt(5) - 1) / 2; high-low > 1e-9*s.length; {
		x, y := high-ratio*(high-low), low+ratio*(high-low)
		if s.value(p, x) > s.value(p, y) {
			high = y
		} else {
			low = x
		}
	}
	return (low + high) / 2
}
