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

// rates are the constants of the two pools' rates and synapses, in s.
type rates struct {
	aE, bE, dE, gammaE, tauE, aI, bI, dI, gammaI, tauI float64
	jn, background, wE, wI                             float64
}

func ratesOf(m *nmm.Model) (*rates, error) {
	p := map[string]float64{}
	for _, info := range m.Parameters() {
		p[info.Name] = info.Values[0]
	}
	if p["lambda"] != 0 || p["I_ext"] != 0 {
		return nil, errors.New("the linear noise approximation knows no feed-forward inhibition and no external current")
	}
	const perSecond = 1000
	return &rates{
		aE: p["M_e"] * p["a_e"], bE: p["M_e"] * p["b_e"], dE: p["d_e"], gammaE: p["gamma_e"] * perSecond, tauE: p["tau_e"] / perSecond,
		aI: p["M_i"] * p["a_i"], bI: p["M_i"] * p["b_i"], dI: p["d_i"], gammaI: p["gamma_i"] * perSecond, tauI: p["tau_i"] / perSecond,
		jn: p["J_N"], background: p["I_o"], wE: p["W_e"], wI: p["W_i"],
	}, nil
}

func (r *rates) excitatory(current float64) (h, slope float64) {
	return linoid(r.aE, r.bE, r.dE, current)
}
func (r *rates) inhibitory(current float64) (h, slope float64) {
	return linoid(r.aI, r.bI, r.dI, current)
}

// linoid is the rate y/(1 − exp(−d y)), y = a x − b, and its slope.
func linoid(a, b, d, x float64) (h, slope float64) {
	y := d * (a*x - b)
	if math.Abs(y) < 1e-6 {
		return 1 / d, a / 2
	}
	e := -math.Expm1(-y)
	return y / d / e, a * (1/e - y*math.Exp(-y)/(e*e))
}

// quiet is the working point without noise at a mean rate in Hz: all regions have the same.
func (r *rates) quiet(rate, recurrence float64, coupled *mat.Dense) *workingPoint {
	n, _ := coupled.Dims()
	drive := r.gammaE * r.tauE * rate
	se := drive / (1 + drive)
	ie := root(func(x float64) float64 { h, _ := r.excitatory(x); return h - rate })
	si := root(func(s float64) float64 {
		h, _ := r.inhibitory(r.wI*r.background + r.jn*se - s)
		return s - r.tauI*r.gammaI*h
	})
	_, ke := r.excitatory(ie)
	_, hi := r.inhibitory(r.wI*r.background + r.jn*se - si)
	b := 1/r.tauI + r.gammaI*hi
	w := &workingPoint{
		jn: r.jn, decay: same(n, 1/r.tauE+r.gammaE*rate), slope: same(n, (1-se)*r.gammaE*ke),
		inhibit: same(n, r.gammaI*hi*r.jn/b), filter: same(n, 1/b), se: same(n, se), si: same(n, si),
		inhibition: make([]float64, n), recurrence: same(n, recurrence), coupled: coupled,
	}
	for i := range n {
		w.inhibition[i] = (r.wE*r.background + recurrence*r.jn*se + r.jn*se*mat.Sum(coupled.RowView(i)) - ie) / si
	}
	return w
}

// root of a rising function between 0 and 10, by halving.
func root(f func(float64) float64) float64 {
	lo, hi := 0.0, 10.0
	for range 100 {
		if mid := (lo + hi) / 2; f(mid) > 0 {
			hi = mid
		} else {
			lo = mid
		}
	}
	return (lo + hi) / 2
}

func same(n int, v float64) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// balance is J_i at other parameters.
func (w *workingPoint) balance(i int, recurrence float64, coupled []float64) float64 {
	change := w.se[i] * (recurrence - w.recurrence[i])
	for j, m := range coupled {
		change += (m - w.coupled.At(i, j)) * w.se[j]
	}
	return w.inhibition[i] + w.jn*change/w.si[i]
}

// jacobian is J in 1/s from w (n) and M (n, n).
func (w *workingPoint) jacobian() *forward.NodeFunction {
	return &forward.NodeFunction{
		Name: "Jacobian at balanced inhibition", Inputs: []int{1, 2}, Output: 2,
		Shape: func(in [][]int) ([]int, error) { return in[1], nil },
		Value: func(in []forward.Array, out forward.Array) error {
			n := len(in[0].Data)
			for i, recurrence := range in[0].Data {
				row := in[1].Data[i*n : (i+1)*n]
				for j, m := range row {
					out.Data[i*n+j] = w.slope[i] * w.jn * m
				}
				out.Data[i*n+i] += -w.decay[i] + w.slope[i]*(w.jn*recurrence-w.inhibit[i]*w.balance(i, recurrence, row))
			}
			return nil
		},
		Gradient: func(k int, in []forward.Array, _, dJ, grad forward.Array) error {
			n := len(in[0].Data)
			for i := range n {
				own := dJ.Data[i*n+i] * w.slope[i] * w.jn
				through := own * w.inhibit[i] / w.si[i]
				if k == 0 {
					grad.Data[i] = own - through*w.se[i]
					continue
				}
				for j := range n {
					grad.Data[i*n+j] = w.slope[i]*w.jn*dJ.Data[i*n+j] - through*w.se[j]
				}
			}
			return nil
		},
	}
}

// noise is Q, diagonal, in units of the model's σ², from w (n), M (n, n) and σ (n).
func (w *workingPoint) noise() *forward.NodeFunction {
	through := func(in []forward.Array, i int) float64 {
		n := len(in[0].Data)
		return w.slope[i] * w.filter[i] * w.balance(i, in[0].Data[i], in[1].Data[i*n:(i+1)*n])
	}
	return &forward.NodeFunction{
		Name: "noise at balanced inhibition", Inputs: []int{1, 2, 1}, Output: 2,
		Shape: func(in [][]int) ([]int, error) { return in[1], nil },
		Value: func(in []forward.Array, out forward.Array) error {
			n := len(in[0].Data)
			for i, s := range in[2].Data {
				t := through(in, i)
				out.Data[i*n+i] = s * s * (1 + t*t)
			}
			return nil
		},
		Gradient: func(k int, in []forward.Array, _, dQ, grad forward.Array) error {
			n := len(in[0].Data)
			for i, s := range in[2].Data {
				d, t := dQ.Data[i*n+i], through(in, i)
				own := d * s * s * 2 * t * w.slope[i] * w.filter[i] * w.jn / w.si[i] // of J_i S_i/J_N
				switch k {
				case 0:
					grad.Data[i] = own * w.se[i]
				case 1:
					for j := range n {
						grad.Data[i*n+j] = own * w.se[j]
					}
				case 2:
					grad.Data[i] = 2 * d * s * (1 + t*t)
				}
			}
			return nil
		},
	}
}

// effective is M_ij = G g_i e_ij C_ij, from G (1), g (n) and e, one gain for every weight that is not 0, row by row.
func effective(weights *mat.Dense) *forward.NodeFunction {
	n, _ := weights.Dims()
	c := weights.RawMatrix().Data
	each := func(f func(k, i, at int)) {
		k := 0
		for at, v := range c {
			if v != 0 {
				f(k, at/n, at)
				k++
			}
		}
	}
	return &forward.NodeFunction{
		Name: "effective coupling", Inputs: []int{1, 1, 1}, Output: 2,
		Shape: func([][]int) ([]int, error) { return []int{n, n}, nil },
		Value: func(in []forward.Array, out forward.Array) error {
			each(func(k, i, at int) { out.Data[at] = in[0].Data[0] * in[1].Data[i] * in[2].Data[k] * c[at] })
			return nil
		},
		Gradient: func(input int, in []forward.Array, _, dM, grad forward.Array) error {
			coupling, gain, edges := in[0].Data[0], in[1].Data, in[2].Data
			each(func(k, i, at int) {
				switch d := dM.Data[at] * c[at]; input {
				case 0:
					grad.Data[0] += d * gain[i] * edges[k]
				case 1:
					grad.Data[i] += d * coupling * edges[k]
				case 2:
					grad.Data[k] = d * coupling * gain[i]
				}
			})
			return nil
		},
	}
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

// critical is the coupling from which on a balanced network of equal regions without noise is unstable.
func (r *rates) critical(rate, recurrence float64, weights *mat.Dense) (float64, error) {
	stable := func(coupling float64) (bool, error) {
		n, _ := weights.Dims()
		equal := uniform(n, coupling, recurrence)
		J, _ := r.quiet(rate, recurrence, equal.coupled(weights)).linear(equal, weights)
		growth, err := forward.LargestRealPart(J)
		return growth < 0, err
	}
	lo, hi := 0.0, 1e-3
	for k := 0; ; k++ {
		ok, err := stable(hi)
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		if lo, hi = hi, 2*hi; k > 60 {
			return 0, errors.New("no coupling makes the network unstable, which would say where to look: give -couplings; are there connections that form loops?")
		}
	}
	for range 30 {
		mid := (lo + hi) / 2
		ok, err := stable(mid)
		if err != nil {
			return 0, err
		}
		if ok {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo, nil
}

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
