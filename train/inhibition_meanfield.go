package train

import (
	"context"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/graph"
)

// meanField is the network without noise at rest, as an equation for J_i: where rates are given, S_e follows from
// them, from S_e all currents but that of the inhibition, from the inhibitory pool's current its S_i, and
// J_i is what brings the excitatory pool's current to that of its rate. Currents come from the network itself, in
// its first step, so that couplings, delays and inputs may be any.
type meanField struct {
	net        *graph.Network // a copy
	run        graph.Run
	population string
	labels     []string
	parameters map[string][]float64 // per region
}

// newMeanField reads the parameters of a population.
func newMeanField(net *graph.Network, run graph.Run, population string) (*meanField, error) {
	own, err := net.Clone()
	if err != nil {
		return nil, err
	}
	f := &meanField{net: own, population: population, parameters: map[string][]float64{}}
	f.run = graph.Run{Dt: run.Dt, Duration: run.Dt, Integrator: run.Integrator, Values: run.Values, Lanes: run.Lanes, Unobserved: true,
		Record: []string{population + ".I_e", population + ".I_i"}}
	for _, s := range []string{"S_e", "S_i"} {
		if err := own.Set("history:"+population+"."+s, nil); err != nil {
			return nil, err
		}
	}
	res, err := own.Simulate(context.Background(), f.run)
	if err != nil {
		return nil, err
	}
	f.labels = res.Series(population + ".I_e").Labels
	for _, name := range []string{"a_e", "b_e", "d_e", "gamma_e", "tau_e", "M_e", "a_i", "b_i", "d_i", "gamma_i", "tau_i", "M_i"} {
		v, err := own.Get(population + "." + name)
		if err != nil {
			return nil, err
		}
		f.parameters[name] = perRegion(v, len(f.labels))
	}
	return f, nil
}

// threshold is the excitatory pool's, nA.
func (f *meanField) threshold(i int) float64 { return f.parameters["b_e"][i] / f.parameters["a_e"][i] }

// inhibition returns J_i of given rates.
func (f *meanField) inhibition(ctx context.Context, rates []float64) ([]float64, error) {
	n, p := len(f.labels), f.parameters
	open := make([]float64, n)
	for i, r := range rates {
		drive := p["gamma_e"][i] * p["tau_e"][i] * max(r, leastRate)
		open[i] = drive / (1 + drive)
	}
	excitatory, inhibitory, err := f.currents(ctx, open)
	if err != nil {
		return nil, err
	}
	j := make([]float64, n)
	for i, r := range rates {
		closed := f.inhibitoryState(i, inhibitory[i])
		j[i] = (excitatory[i] - f.inputOf(i, max(r, leastRate))) / closed
		if !isFinite(j[i]) {
			return nil, fmt.Errorf("region %s: the mean field has no J_i at %g Hz: currents of %g and %g nA, S_i of %g", f.labels[i], r, excitatory[i], inhibitory[i], closed)
		}
	}
	return j, nil
}

// leastRate, Hz, stands for that of a silent pool, whose current could be anything.
const leastRate = 1e-6

// currents returns those of both pools without inhibition, at given S_e.
func (f *meanField) currents(ctx context.Context, open []float64) (excitatory, inhibitory []float64, err error) {
	if err := f.net.Set("init:"+f.population+".S_e", open); err != nil {
		return nil, nil, err
	}
	if err := f.net.Set("init:"+f.population+".S_i", make([]float64, len(open))); err != nil {
		return nil, nil, err
	}
	res, err := f.net.Simulate(ctx, f.run)
	if err != nil {
		return nil, nil, err
	}
	return laneMean(res.Series(f.population + ".I_e")), laneMean(res.Series(f.population + ".I_i")), nil
}

// inputOf is the current of the excitatory pool at a rate: linoid(y) = d r, which grows with y.
func (f *meanField) inputOf(i int, rate float64) float64 {
	p := f.parameters
	y := rootOf(func(y float64) float64 { return linoid(y) - p["d_e"][i]*rate }, -100, 1+p["d_e"][i]*rate)
	return (y/(p["d_e"][i]*p["M_e"][i]) + p["b_e"][i]) / p["a_e"][i]
}

// inhibitoryState is S_i of a current of the inhibitory pool, to which it adds −1 nA S_i.
func (f *meanField) inhibitoryState(i int, current float64) float64 {
	p := f.parameters
	rate := func(s float64) float64 {
		d := p["d_i"][i]
		return linoid(d*p["M_i"][i]*(p["a_i"][i]*(current-s)-p["b_i"][i])) / d
	}
	return rootOf(func(s float64) float64 { return s - p["gamma_i"][i]*p["tau_i"][i]*rate(s) }, 0, 1)
}

// rootOf is where a growing function is 0, at the nearer end if that is not within [lo, hi], by bisection down to
// the last bit.
func rootOf(f func(float64) float64, lo, hi float64) float64 {
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return mid
		}
		if f(mid) < 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// linoid is x/(1 − e^−x).
func linoid(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x / -math.Expm1(-x)
}
