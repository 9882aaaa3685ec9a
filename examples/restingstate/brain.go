package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
)

// Addresses of the network.
const (
	couplingGain = "long-range/gain"
	observed     = "bold"
	msPerSecond  = 1000.0
)

// local is a model of a region, with what the program has to know of it.
type local struct {
	name      string
	model     func() *nmm.Model
	state     string   // that is coupled, and whose activity BOLD shows
	seen      string   // expression of BOLD's activity, of x the state
	noisy     []string // states with noise
	sigma     float64  // of all of them
	watched   train.Watched
	inhibited bool    // has an inhibition J_i to balance, and the moments of moments.go
	reach     float64 // times 1/(largest eigenvalue of the weights): the coupling that eight steps of a sweep reach
	fitted    []fitted
}

// fitted is a parameter that learns in every region through the simulation, and how far it may go.
type fitted struct {
	name   string
	domain nmm.Transform
}

// locals are the models that there are.
var locals = []local{
	{
		name: "ReducedWongWangExcInh", model: nmm.ReducedWongWangExcInh, state: "S_e", noisy: []string{"S_e", "S_i"}, sigma: 0.01,
		watched: train.Watched{Address: "cortex.H_e", Low: 1, High: 10}, inhibited: true, reach: 1,
		fitted: []fitted{{"w_p", nmm.Between(0, 3)}, {"J_i", nmm.Between(0, 20)}},
	},
	{
		name: "ReducedWongWang", model: func() *nmm.Model { return nmm.ReducedWongWang().Set("w", 0.9).Set("I_o", 0.3) }, state: "S", noisy: []string{"S"}, sigma: 0.001,
		watched: train.Watched{Address: "cortex.S", Low: 0, High: 0.3}, reach: 1,
		fitted: []fitted{{"w", nmm.Between(0, 2)}, {"I_o", nmm.Between(0, 0.6)}},
	},
}

func localNames() []string {
	var names []string
	for _, l := range locals {
		names = append(names, l.name)
	}
	return names
}

// brain is a connectome with a model: the networks that the program runs.
type brain struct {
	local
	labels  []string
	weights *mat.Dense // normalised, nothing on the diagonal
	lengths *mat.Dense // mm; nil: no delays
	speed   float64    // mm/ms
	tr      float64    // ms
	dt      float64    // ms
	fic     bool
	rate    float64 // that the inhibition is balanced at, Hz
}

// regional are parameters: the coupling, and by region the local recurrence, the gain of what comes in and the noise,
// both relative to 1, as are the gains of the edges, one for every weight that is not 0, row by row.
type regional struct {
	coupling                       float64
	recurrence, gain, noise, edges []float64
}

func uniform(n int, coupling, recurrence float64) *regional {
	return &regional{coupling: coupling, recurrence: same(n, recurrence), gain: same(n, 1), noise: same(n, 1)}
}

// scaled are weights times the edges' gains.
func (r *regional) scaled(weights *mat.Dense) *mat.Dense {
	m := mat.DenseCopyOf(weights)
	k := 0
	for i, v := range m.RawMatrix().Data {
		if v != 0 && r.edges != nil {
			m.RawMatrix().Data[i] *= r.edges[k]
			k++
		}
	}
	return m
}

// coupled is M_ij = G g_i e_ij C_ij.
func (r *regional) coupled(weights *mat.Dense) *mat.Dense {
	m := r.scaled(weights)
	for i, g := range r.gain {
		row := m.RawRowView(i)
		for j := range row {
			row[j] *= r.coupling * g
		}
	}
	return m
}

// network builds one with equal regions.
func (b *brain) network(coupling float64) (*graph.Network, error) {
	long := layers.Couple("cortex."+b.state, "cortex."+b.state).Named("long-range").Weights(b.weights).Gain(coupling)
	if b.lengths != nil {
		long = long.Delays(b.lengths, nmm.Q(b.speed, "mm/ms"))
	}
	bold := forward.Balloon("cortex."+b.state, b.tr)
	if b.seen != "" {
		bold.Pre = b.seen
	}
	parts := []graph.Part{graph.Population("cortex", b.labels, b.model()), long, bold}
	for _, s := range b.noisy {
		parts = append(parts, layers.WhiteNoise("cortex."+s, b.sigma))
	}
	return graph.NewNetwork(parts...)
}

// set gives a network of the balanced model regional parameters.
func (b *brain) set(net *graph.Network, r *regional) error {
	gain, sigma := make([]float64, len(r.gain)), make([]float64, len(r.gain))
	for i, g := range r.gain {
		gain[i], sigma[i] = r.coupling*g, b.sigma*r.noise[i]
	}
	err := errors.Join(net.Set(couplingGain, gain), net.Set("cortex.w_p", r.recurrence), net.Set("long-range/weights", r.scaled(b.weights)))
	for _, s := range b.noisy {
		err = errors.Join(err, net.Set("noise:cortex."+s+"/sigma", sigma))
	}
	return err
}

// settling is simulated before anything is recorded, ms: BOLD forgets its start in half a minute.
const settling = 40_000

// run is a simulation of some minutes of BOLD.
func (b *brain) run(minutes float64, seeds ...uint64) graph.Run {
	every := max(1, int(1000/b.dt))
	return graph.Run{
		Dt: b.dt, Duration: minutes * 60 * msPerSecond, Warmup: settling, Integrator: graph.Heun, Precision: graph.Float32,
		Record: []string{b.watched.Address}, Every: every, Average: true, Lanes: len(seeds), Seeds: seeds,
	}
}

// simulate returns BOLD of every seed, [time, region].
func (b *brain) simulate(ctx context.Context, net *graph.Network, minutes float64, seeds ...uint64) ([]*mat.Dense, error) {
	result, err := net.Simulate(ctx, b.run(minutes, seeds...))
	if err != nil {
		return nil, err
	}
	var list []*mat.Dense
	for lane := range seeds {
		list = append(list, result.Series(observed).Matrix(lane))
	}
	return list, nil
}

// balance sets the inhibition of a network of the balanced model so that every region has the target rate.
func (b *brain) balance(ctx context.Context, net *graph.Network, seed uint64) error {
	if !b.fic {
		return nil
	}
	// Rates of two minutes are known to some 3 %, and with them the working point, on which the level of FC depends.
	run := graph.Run{Dt: b.dt, Duration: 60_000, Warmup: 2000, Integrator: graph.Heun, Precision: graph.Float32, Seed: seed, Lanes: 2}
	found, err := train.BalanceInhibition(ctx, net, run, train.InhibitionSettings{Target: b.rate, Tolerance: 0.03 * b.rate, Iterations: 12})
	if errors.Is(err, train.ErrUnbalanced) && found.Worst < 0.1*b.rate {
		return nil // as near as it comes
	}
	return err
}

// measure finds the working point of a balanced network.
func (b *brain) measure(ctx context.Context, net *graph.Network, r *regional, seed uint64) (*workingPoint, error) {
	run := graph.Run{
		Dt: b.dt, Duration: 60_000, Warmup: 2000, Integrator: graph.Heun, Precision: graph.Float32, Seed: seed, Lanes: 2,
		Record: []string{"cortex.S_e", "cortex.S_i", "cortex.H_e", "cortex.I_e", "cortex.I_i"}, Every: max(1, int(10/b.dt)),
	}
	result, err := net.Simulate(ctx, run)
	if err != nil {
		return nil, err
	}
	c, err := ratesOf(b.model())
	if err != nil {
		return nil, err
	}
	ji, err := net.Get("cortex.J_i")
	if err != nil {
		return nil, err
	}
	n := len(b.labels)
	if len(ji) != n {
		ji = same(n, ji[0])
	}
	w := &workingPoint{jn: c.jn, inhibition: ji, recurrence: r.recurrence, coupled: r.coupled(b.weights)}
	mean := func(f func(k int) float64) []float64 {
		sum := make([]float64, n)
		samples := len(result.Series("cortex.S_e").Data)
		for k := range samples {
			sum[k%n] += f(k) / float64(samples/n)
		}
		return sum
	}
	se, si, he := result.Series("cortex.S_e").Data, result.Series("cortex.S_i").Data, result.Series("cortex.H_e").Data
	ie, ii := result.Series("cortex.I_e").Data, result.Series("cortex.I_i").Data
	w.se, w.si = mean(func(k int) float64 { return se[k] }), mean(func(k int) float64 { return si[k] })
	w.decay = mean(func(k int) float64 { return 1/c.tauE + c.gammaE*he[k] })
	w.slope = mean(func(k int) float64 { _, s := c.excitatory(ie[k]); return (1 - se[k]) * c.gammaE * s })
	hi := mean(func(k int) float64 { _, s := c.inhibitory(ii[k]); return c.gammaI * s })
	w.inhibit, w.filter = make([]float64, n), make([]float64, n)
	for i, h := range hi {
		w.filter[i] = 1 / (1/c.tauI + h)
		w.inhibit[i] = h * c.jn * w.filter[i]
	}
	return w, nil
}

// findLocal finds a model by its name.
func findLocal(name string) (local, error) {
	for _, l := range locals {
		if strings.EqualFold(l.name, name) {
			return l, nil
		}
	}
	return local{}, fmt.Errorf("-model %q: expected one of %s", name, strings.Join(localNames(), ", "))
}
