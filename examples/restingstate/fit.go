package main

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/train"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// fit finds regional parameters by gradient, from the best point of a sweep on: by moments where the model has
// them, and through the simulation if that is asked for or all there is. The first candidate is that point.
func (s *study) fit(ctx context.Context, b *brain, sweep *train.SweepResult, rounds int) ([]*candidate, error) {
	best := sweep.Points[sweep.Best]
	start := &candidate{name: "best of the sweep", r: uniform(len(b.labels), best.Value, b.recurrence())}
	var err error
	if start.net, err = b.network(best.Value); err != nil {
		return nil, err
	}
	if err := b.balance(ctx, start.net, s.config.seed); err != nil {
		return nil, err
	}
	list := []*candidate{start}
	if b.fic {
		for _, edges := range []bool{false, true} {
			if edges && !s.config.edges {
				continue
			}
			next, err := s.fitRounds(ctx, b, list[len(list)-1], best.FC, edges, rounds)
			if err != nil {
				return nil, err
			}
			list = append(list, next)
		}
	}
	iterations := s.config.refine
	if iterations < 0 && !b.fic {
		iterations = 15
	}
	if iterations > 0 {
		next, err := s.fitSimulation(ctx, b, list[len(list)-1], iterations)
		if err != nil {
			return nil, err
		}
		list = append(list, next)
	}
	return list, nil
}

// fitRounds fits by moments: in every round the network is linearised where it has come to, and balanced and
// simulated where the moments lead. A round that leads to a network that cannot be balanced is the last.
func (s *study) fitRounds(ctx context.Context, b *brain, from *candidate, simulated mat.Matrix, edges bool, rounds int) (*candidate, error) {
	name := "regional fit"
	if edges {
		name = "with gains of edges"
	}
	at := &candidate{name: name, net: from.net, r: from.r}
	for round := range rounds {
		if round > 0 || from.r.edges != nil {
			bold, err := b.simulate(ctx, at.net, s.config.minutes, seedsFrom(s.config.seed+1000, 3)...)
			if err != nil {
				return nil, err
			}
			c, err := s.analysis.Compare(s.empirical, b.tr, bold...)
			if err != nil {
				return nil, err
			}
			simulated = c.FC
			fmt.Fprintf(s.progress, "%s, round %d of %d: simulated FC r %.3f, RMSE %.3f\n", name, round, rounds, c.FCCorrelation, c.FCRMSE)
		}
		w, err := b.workingPoint(ctx, at.net, at.r, simulated, s.band, s.config.seed)
		if err != nil {
			return nil, err
		}
		next, found, err := b.fitMoments(ctx, w, at.r, edges, s.empirical.FC, s.band, train.Settings{Iterations: s.config.iterations})
		if err != nil {
			return nil, err
		}
		s.FitIterations += found.Iterations
		net, err := b.balanced(ctx, next, s.config.seed)
		for part := 0.5; errors.Is(err, train.ErrUnbalanced) && part > 0.1; part /= 2 {
			next = next.towards(at.r, 0.5)
			net, err = b.balanced(ctx, next, s.config.seed)
		}
		if errors.Is(err, train.ErrUnbalanced) {
			fmt.Fprintf(s.progress, "%s, round %d: ends here: %v\n", name, round+1, err)
			break
		}
		if err != nil {
			return nil, err
		}
		at.net, at.r = net, next
	}
	return at, nil
}

// towards moves part of the way to other parameters, on a logarithmic scale.
func (r *regional) towards(other *regional, part float64) *regional {
	mix := func(a, b []float64) []float64 {
		list := append([]float64{}, a...)
		for i := range list {
			to := 1.0 // gains of edges that there are none of yet
			if b != nil {
				to = b[i]
			}
			list[i] = math.Pow(a[i], 1-part) * math.Pow(to, part)
		}
		return list
	}
	return &regional{
		coupling: mix([]float64{r.coupling}, []float64{other.coupling})[0], recurrence: mix(r.recurrence, other.recurrence),
		gain: mix(r.gain, other.gain), noise: mix(r.noise, other.noise), edges: mix(r.edges, other.edges),
	}
}

// balanced is a balanced network with regional parameters.
func (b *brain) balanced(ctx context.Context, r *regional, seed uint64) (*graph.Network, error) {
	net, err := b.network(r.coupling)
	if err != nil {
		return nil, err
	}
	if err := b.set(net, r); err != nil {
		return nil, err
	}
	return net, b.balance(ctx, net, seed)
}

// workingPoint is measured and calibrated.
func (b *brain) workingPoint(ctx context.Context, net *graph.Network, r *regional, simulated mat.Matrix, band forward.Band, seed uint64) (*workingPoint, error) {
	w, err := b.measure(ctx, net, r, seed+2000)
	if err != nil {
		return nil, err
	}
	return w, w.calibrate(r, b.weights, simulated, band)
}

// fitSimulation fits through the simulation itself, BOLD included: train.Fit.
func (s *study) fitSimulation(ctx context.Context, b *brain, from *candidate, iterations int) (*candidate, error) {
	net, err := from.net.Clone()
	if err != nil {
		return nil, err
	}
	gain, err := net.Get(couplingGain)
	if err != nil {
		return nil, err
	}
	if len(gain) == 1 {
		gain = same(len(b.labels), gain[0])
	}
	errs := []error{net.Set(couplingGain, gain), net.Learn(couplingGain, nmm.Exp, nmm.PerRegion)}
	for _, p := range b.fitted {
		v, err := net.Get("cortex." + p.name)
		if len(v) == 1 {
			errs = append(errs, err, net.Set("cortex."+p.name, same(len(b.labels), v[0])))
		}
		errs = append(errs, err, net.Learn("cortex."+p.name, p.domain, nmm.PerRegion))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	run := b.run(s.config.minutes, seedsFrom(s.config.seed+3000, s.config.seeds)...)
	run.MemoryBudget = graph.MemoryBudget(512 << 20)
	fmt.Fprintln(s.progress, "fit through the simulation")
	found, err := train.Fit(ctx, net, run, s.objective, train.Settings{Method: train.LBFGS{FirstStep: 0.02}, Iterations: iterations, Progress: s.progress})
	if err != nil {
		return nil, err
	}
	s.FitIterations += found.Iterations
	return &candidate{name: "fit through simulation", net: net}, nil
}

// objective is the mean square difference of the preprocessed signal's FC, averaged over lanes by the sum of the
// losses.
func (s *study) objective(r *graph.Rollout) (*G.Node, error) {
	x, err := s.analysis.Preprocessing.Simulated().Node(r.Node(observed), s.tr)
	if err != nil {
		return nil, err
	}
	fc, err := forward.FCNode(x)
	if err != nil {
		return nil, err
	}
	return train.PairError(fc, s.empirical.FC)
}
