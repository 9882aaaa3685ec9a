package main

import (
	"errors"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// workingPoint is what a linear noise approximation of the excitatory-inhibitory Reduced Wong-Wang network under
// balanced inhibition is made at (Deco et al. 2014, doi:10.1523/JNEUROSCI.5068-13.2014). The balance holds every
// region's mean rate, whatever the parameters, and with it all that is here; only the inhibition J_i follows
// them. Small fluctuations of S_e are
//
//	dx_i/dt = a_i x_i + k_i J_N Σ_j M_ij x_j + noise          M_ij = G g_i C_ij
//	a_i  = −decay_i + k_i J_N w_i − k_i inhibit_i J_i
//	Q_ii = σ_i² (1 + (k_i filter_i J_i)²)
//	J_i  = J_i0 + (J_N S_e,i (w_i − w_i0) + J_N Σ_j (M_ij − M_ij0) S_e,j)/S_i
//
// S_i, which is ten times as fast as S_e and hundreds of times as fast as BOLD, follows S_e at once. Delays of
// milliseconds are nothing at BOLD's frequencies. All by region, times in s, currents in nA.
//
// The noise of the model is no small fluctuation: the slope k_i is the mean slope over a simulation, as Gaussian
// statistical linearisation has it, not that at the mean. It is measured again where the parameters have moved.
type workingPoint struct {
	jn      float64   // J_N
	decay   []float64 // 1/τ_e + γ_e ⟨H_e⟩
	slope   []float64 // k = γ_e ⟨(1 − S_e) dH_e/dI_e⟩
	inhibit []float64 // change of S_i with S_e
	filter  []float64 // time in which S_i follows
	se, si  []float64 // means

	inhibition, recurrence []float64  // J_i0 and w_i0
	coupled                *mat.Dense // M0
}

// balance is J_i at other parameters.
func (w *workingPoint) balance(i int, recurrence float64, coupled []float64) float64 {
	change := w.se[i] * (recurrence - w.recurrence[i])
	for j, m := range coupled {
		change += (m - w.coupled.At(i, j)) * w.se[j]
	}
	return w.inhibition[i] + w.jn*change/w.si[i]
}

// fc is the FC of BOLD in a band, shape (1, n, n), of nodes w (n), M (n, n) and σ (n).
func (w *workingPoint) fc(recurrence, coupled, noise *G.Node, band forward.Band) (*G.Node, error) {
	J, err := w.jacobian().Apply(recurrence, coupled)
	if err != nil {
		return nil, err
	}
	Q, err := w.noise().Apply(recurrence, coupled, noise)
	if err != nil {
		return nil, err
	}
	c, err := forward.LinearFilteredCovariance(J, Q, band)
	if err != nil {
		return nil, err
	}
	lane, err := G.Reshape(c, append(tensor.Shape{1}, c.Shape()...))
	if err != nil {
		return nil, err
	}
	return forward.CorrelationNode(lane)
}

// linear are J and Q in numbers, J in 1/s, at regional parameters.
func (w *workingPoint) linear(r *regional, weights *mat.Dense) (J, Q *mat.Dense) {
	n := len(r.gain)
	matrix := func(m *mat.Dense) forward.Array { return forward.Array{Shape: []int{n, n}, Data: m.RawMatrix().Data} }
	vector := func(x []float64) forward.Array { return forward.Array{Shape: []int{n}, Data: x} }
	J, Q = mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	in := []forward.Array{vector(r.recurrence), matrix(r.coupled(weights)), vector(r.noise)}
	w.jacobian().Value(in[:2], matrix(J)) // whose Value has no errors
	w.noise().Value(in, matrix(Q))
	return J, Q
}

// predict is the FC of BOLD in a band, in numbers.
func (w *workingPoint) predict(r *regional, weights *mat.Dense, band forward.Band) (*mat.SymDense, error) {
	J, Q := w.linear(r, weights)
	c, err := forward.FilteredCovariance(J, Q, band)
	if err != nil {
		return nil, err
	}
	return forward.Correlation(c), nil
}

// calibrate scales the slopes so that the moments' FC has the mean of a simulated one of the same parameters: what
// the approximation misses, such as states that noise drives to their bounds, is nearly a matter of scale.
func (w *workingPoint) calibrate(r *regional, weights *mat.Dense, simulated mat.Matrix, band forward.Band) error {
	target, slope := meanPair(simulated), append([]float64{}, w.slope...)
	lo, hi := 0.3, 1.5
	scale := func(k float64) {
		for i, s := range slope {
			w.slope[i] = k * s
		}
	}
	for range 12 {
		mid := (lo + hi) / 2
		scale(mid)
		fc, err := w.predict(r, weights, band)
		var unstable *forward.UnstableError
		switch {
		case errors.As(err, &unstable) || err == nil && meanPair(fc) > target:
			hi = mid
		case err != nil:
			return err
		default:
			lo = mid
		}
	}
	scale(lo)
	return nil
}

// meanPair is the mean of the pairs of an FC.
func meanPair(fc mat.Matrix) float64 { return stat.Mean(forward.UpperTriangle(fc, 1), nil) }

// boldBand is the power with which the linear part of the balloon passes frequencies in Hz, within the edges of a
// band-pass filter and at most 0.25 Hz or what samples every tr ms can show: points of equal width.
func boldBand(balloon *nmm.Model, tr float64, p forward.Preprocessing) forward.Band {
	v := map[string]float64{}
	for _, info := range balloon.Parameters() {
		v[info.Name] = info.Values[0]
	}
	low, high := p.Low, min(0.25, 500/tr)
	if p.High > 0 {
		high = min(high, p.High)
	}
	const points = 6
	var band forward.Band
	for k := range points {
		f := low + (high-low)*(float64(k)+0.5)/points
		s := complex(0, 2*math.Pi*f)
		flow := 1 / (s*s + complex(v["kappa"], 0)*s + complex(v["gamma"], 0))
		tau, stiff, rho := complex(v["tau"], 0), complex(1/v["alpha"], 0), v["rho"]
		volume := flow / (s*tau + stiff)
		content := (flow*complex(1+(1-rho)*math.Log(1-rho)/rho, 0) - volume*(stiff-1)) / (s*tau + 1)
		y := complex(v["k_2"]-v["k_3"], 0)*volume - complex(v["k_1"]+v["k_2"], 0)*content
		band.Frequencies = append(band.Frequencies, f)
		band.Power = append(band.Power, (real(y)*real(y)+imag(y)*imag(y))*(high-low)/points)
	}
	return band
}
