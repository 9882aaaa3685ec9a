package forward

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

var responses = map[string]*HRF{
	"volterra":            VolterraHRF(),
	"volterra overdamped": VolterraHRF().Set("tau_s", 0.2).Set("scale", -0.8),
	"volterra critical":   VolterraHRF().Set("tau_s", 0.5).Set("tau_f", 1.00001),
	"gamma":               GammaHRF().Set("n", 3.4),
	"double exponential":  DoubleExponentialHRF(),
	"mixture":             MixtureOfGammasHRF().Set("l", 1.1),
}

// The integrals from 0 to infinity that the formulas of the defaults have.
func TestHRFIntegrals(t *testing.T) {
	wave := func(amp, tau, f float64) float64 {
		w := 2 * math.Pi * f
		return amp * w / (w*w + 1/(tau*tau))
	}
	d := DoubleExponentialHRF().Over(300)
	raw := func(t float64) float64 {
		return math.Exp(-t/7.22)*math.Sin(2*math.Pi*0.03*t) - math.Exp(-t/7.4)*math.Sin(2*math.Pi*0.12*t)
	}
	peak := 0.0
	for k := range 400000 {
		peak = math.Max(peak, raw(1e-4*float64(k)))
	}
	for name, c := range map[string]struct {
		h    *HRF
		want float64
	}{
		"volterra":           {VolterraHRF().Over(100), 0.4 / 3},
		"overdamped":         {VolterraHRF().Set("tau_s", 0.2).Over(200), 0.4 / 3},
		"gamma":              {GammaHRF().Over(100), 0.1 * 1.08 * 2 * math.Exp(2) / 4},
		"double exponential": {d, 0.1 * (wave(1, 7.22, 0.03) - wave(1, 7.4, 0.12)) / peak},
		"mixture":            {MixtureOfGammasHRF().Set("l", 2).Over(100), (1 - 0.4) / 2},
	} {
		for _, step := range []float64{10, 720, 3000} {
			sum := 0.0
			kernel, err := c.h.Kernel(step)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range kernel {
				sum += v
			}
			near(t, fmt.Sprintf("%s in steps of %g ms", name, step), sum, c.want, 1e-10)
		}
	}
}

// Peaks are where and as high as they are said to be, and the default lengths leave nothing out.
func TestHRFPeaks(t *testing.T) {
	near(t, "gamma", GammaHRF().At(2*1.08), 0.1, 1e-15)
	for _, h := range []*HRF{GammaHRF(), DoubleExponentialHRF().Set("a", 0.1)} {
		largest := 0.0
		for k := range 4000 {
			largest = math.Max(largest, h.At(1e-2*float64(k)))
		}
		near(t, h.shape.name, largest, 0.1, 1e-6)
	}
	for name, h := range responses {
		largest := 0.0
		for k := range 500 {
			largest = math.Max(largest, math.Abs(h.At(h.Seconds()*float64(k)/500)))
		}
		if last := math.Abs(h.At(h.Seconds())); !(last > 0 && last < 0.01*largest) {
			t.Errorf("%s: %g at the end, at most %g", name, last, largest)
		}
	}
	if h := VolterraHRF(); h.At(0) != 0 || h.At(-1) != 0 || h.At(20.1) != 0 {
		t.Error("a response before its cause or after its end")
	}
}

// A response cut into any steps adds up to the same signal of the same activity.
func TestHRFSignalDoesNotDependOnStep(t *testing.T) {
	const n, coarse = 2, 240 // steps of 250 ms
	x := randomValues(7, coarse*n)
	var want *mat.Dense
	for _, fine := range []int{1, 5, 25} {
		a := mat.NewDense(coarse*fine, n, nil)
		for k := range coarse * fine {
			for i := range n {
				a.Set(k, i, x[k/fine*n+i])
			}
		}
		got, err := HRFSignal{HRF: GammaHRF(), Step: 250 / float64(fine), Period: 1000}.Signal(a)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
			if r, _ := got.Dims(); r != 41 { // at 20 s, 21 s, … 60 s
				t.Fatalf("%d samples", r)
			}
			near(t, "first sample", got.At(0, 1), handSum(x, n, 1, 80), 1e-15)
		}
		for k := range 41 {
			for i := range n {
				near(t, fmt.Sprintf("%d parts, sample %d", fine, k), got.At(k, i), want.At(k, i), 1e-12)
			}
		}
	}
}

// handSum is the convolution with the gamma response at the end of step count.
func handSum(x []float64, n, i, count int) float64 {
	kernel, _ := GammaHRF().Kernel(250)
	sum := 0.0
	for j := range count {
		sum += kernel[j] * x[(count-1-j)*n+i]
	}
	return sum
}

func TestHRFWarmUp(t *testing.T) {
	const steps, n = 30, 2 // of 1 s, shorter than the response
	a := mat.NewDense(steps, n, constants(steps*n, 3))
	h := MixtureOfGammasHRF()
	kernel, _ := h.Kernel(1000)
	total, partial := 0.0, 0.0
	for j, v := range kernel {
		total += v
		if j < 6 {
			partial += v
		}
	}
	s := HRFSignal{HRF: h, Step: 1000, Period: 3000, WarmUp: WarmUpSteady}
	steady, err := s.Signal(a)
	if err != nil {
		t.Fatal(err)
	}
	s.WarmUp = WarmUpSilent
	silent, err := s.Signal(a)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 10 {
		near(t, "steady", steady.At(k, 1), 3*total, 1e-14)
	}
	near(t, "silent", silent.At(1, 0), 3*partial, 1e-15)
	s.WarmUp = WarmUpLeftOut
	if _, err := s.Signal(a); err == nil || !strings.Contains(err.Error(), "at least 42 steps") {
		t.Errorf("error %v", err)
	}
	long, err := s.Signal(mat.NewDense(44, n, constants(44*n, 3)))
	if r, _ := long.Dims(); err != nil || r != 1 {
		t.Fatalf("%d samples, %v", r, err)
	}
	near(t, "left out", long.At(0, 0), 3*total, 1e-14)
}

// Both ways to convolve agree, also where the series is shorter than the response.
func TestHRFConvolutions(t *testing.T) {
	for _, steps := range []int{7, 200, 900} {
		const n = 3
		x := randomValues(uint64(steps), steps*n)
		kernel, _ := DoubleExponentialHRF().Kernel(100)
		for _, warmUp := range []HRFWarmUp{WarmUpSilent, WarmUpSteady, WarmUpLeftOut} {
			s := HRFSignal{HRF: DoubleExponentialHRF(), Step: 100, Period: 700, WarmUp: warmUp}
			c, err := s.convolution(steps)
			if err != nil {
				continue // too short to leave the warm-up out
			}
			dout := randomValues(3, c.samples*n)
			var out, dx [2][]float64
			for i, fft := range []bool{false, true} {
				c.fft = fft
				out[i], dx[i] = make([]float64, c.samples*n), make([]float64, steps*n)
				c.apply(out[i], x, kernel, n)
				c.activityGradient(dx[i], dout, kernel, n)
			}
			for k, v := range out[0] {
				near(t, "signal", out[1][k], v, 1e-12)
			}
			for k, v := range dx[0] {
				near(t, "gradient", dx[1][k], v, 1e-12)
			}
		}
	}
}

func TestGradientOfHRFSignal(t *testing.T) {
	for name, h := range responses {
		for _, warmUp := range []HRFWarmUp{WarmUpLeftOut, WarmUpSilent, WarmUpSteady} {
			t.Run(fmt.Sprintf("%s %d", name, warmUp), func(t *testing.T) {
				steps := 12
				if warmUp == WarmUpLeftOut {
					steps = 30
				}
				shapes, x := [][]int{{2, steps, 2}}, randomValues(5, 2*steps*2)
				for _, p := range h.values {
					shapes, x = append(shapes, []int{}), append(x, p)
				}
				method := []Convolution{ConvolveDirect, ConvolveByFFT, ConvolveFastest}[warmUp]
				checkGradient(t, shapes, x, func(in G.Nodes) (*G.Node, error) {
					parameters := map[string]*G.Node{}
					for i, p := range h.Parameters() {
						parameters[p] = in[1+i]
					}
					return HRFSignal{HRF: h, Step: 2000, Period: 4000, WarmUp: warmUp, Method: method}.SignalNode(in[0], parameters)
				})
			})
		}
	}
}

// Numbers and nodes are the same signal; silence gives silence and finite gradients.
func TestHRFSignalNode(t *testing.T) {
	x := randomValues(9, 2*40*3)
	s := HRFSignal{HRF: VolterraHRF(), Step: 1000, Period: 2000}
	node := unary(func(n *G.Node) (*G.Node, error) { return s.SignalNode(n, nil) })
	got, _ := evaluateNode(t, [][]int{{2, 40, 3}}, x, node)
	want, err := s.Signal(series(x, 40, 3))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range values(want) {
		near(t, "node", got[k], v, 0)
	}
	silence, _ := checkFinite(t, [][]int{{2, 40, 3}}, constants(240, 0), node)
	allZero(t, "signal of silence", silence)
}

// Two responses of one kind and length in one graph stay two.
func TestHRFKernelNodesAreDistinct(t *testing.T) {
	g := G.NewGraph()
	var kernels [2]*G.Node
	for i, tau := range []float64{1, 2} {
		var err error
		if kernels[i], err = GammaHRF().Set("tau", tau).KernelNode(g, 1000, nil); err != nil {
			t.Fatal(err)
		}
	}
	apart := G.Must(G.Sum(G.Must(G.Square(G.Must(G.Sub(kernels[0], kernels[1]))))))
	if err := G.NewTapeMachine(g).RunAll(); err != nil {
		t.Fatal(err)
	}
	if d := apart.Value().Data().(float64); !(d > 1e-3) {
		t.Errorf("kernels of different parameters are %g apart", d)
	}
}

func TestHRFErrors(t *testing.T) {
	activity := mat.NewDense(100, 1, nil)
	for want, s := range map[string]HRFSignal{
		"expected a response function":       {Step: 1000},
		`unknown parameter "tau_x"`:          {HRF: GammaHRF().Set("tau_x", 1).Set("tau", 2), Step: 1000},
		"parameter tau: expected a finite":   {HRF: GammaHRF().Set("tau", -1), Step: 1000},
		"expected n above 1":                 {HRF: GammaHRF().Set("n", 1), Step: 1000},
		"no positive peak":                   {HRF: DoubleExponentialHRF().Set("amp_1", 0).Set("amp_2", 0), Step: 1000},
		"expected a positive length":         {HRF: GammaHRF().Over(0), Step: 1000},
		"expected a positive step":           {HRF: GammaHRF()},
		"of them, found 1e-09 ms":            {HRF: GammaHRF(), Step: 1e-9},
		"a period of whole steps of 1000 ms": {HRF: GammaHRF(), Step: 1000, Period: 1500},
		"expected at least 6000 steps":       {HRF: GammaHRF().Over(6000), Step: 1000},
	} {
		if _, err := s.Signal(activity); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected %q", err, want)
		}
	}
	g := G.NewGraph()
	tau := G.NewScalar(g, G.Float64, G.WithName("tau"), G.WithValue(-1.0))
	if _, err := GammaHRF().KernelNode(g, 1000, map[string]*G.Node{"tau_y": tau}); err == nil {
		t.Error("no error of an unknown parameter")
	}
	if _, err := GammaHRF().KernelNode(g, 1000, map[string]*G.Node{"tau": tau}); err != nil {
		t.Fatal(err)
	}
	if err := G.NewTapeMachine(g).RunAll(); err == nil || !strings.Contains(err.Error(), "above 0, found -1") {
		t.Errorf("error %v", err)
	}
}
