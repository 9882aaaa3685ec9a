package main

import (
	"errors"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

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
