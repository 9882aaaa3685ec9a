package main

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/euryale-ml/euryale/forward"
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/train"
	G "gorgonia.org/gorgonia"
)

const (
	refineMinutes = 30 // simulated per lane
	refineLanes   = 4  // with noise of their own, whose FC are averaged
)

// refine is stage b: the loss of stage a with the FC and lagged covariance of the
// nonlinear stochastic network, differentiated through every step of its simulation.
//
// A simulation of minutes knows an FC to 0.05 only, and a fit to it would follow the
// noise. So the linear network is simulated with the same noise (common random
// numbers), and what is compared with the data is
//
//	FC = FC(nonlinear, simulated) − FC(linear, simulated) + FC(linear, analytic)
//
// in whose difference the sampling error cancels (a control variate). The linear
// network has no delays in either of its two places.
//
// The parameters are the nodes of stage a, so bounds and stability stay; the rollouts
// get relaxation, angular frequency, noise and both couplings' weights from them.
func refine(ctx context.Context, start *network, d *data, c *config, progress io.Writer) (*fitted, error) {
	l, err := newFit(start, d.edges, c.nonNegative)
	if err != nil {
		return nil, err
	}
	run := settings(d.train.TR, refineMinutes, c.seed)
	run.Lanes = refineLanes
	loss, err := l.simulatedLoss(ctx, start, d, run)
	if err != nil {
		return nil, err
	}
	b, err := l.search(ctx, loss, train.LBFGS{FirstStep: 0.05}, c.refine, progress)
	if b != nil {
		b.network.Amplitude = start.Amplitude
	}
	return b, err
}

// simulatedLoss is the loss of the nonlinear network.
func (l *fitNodes) simulatedLoss(ctx context.Context, start *network, d *data, run graph.Run) (*G.Node, error) {
	run.Nodes = l.rolloutNodes(start.Amplitude)
	fc, lagged := l.linearCorrelations(d.train)
	for _, beta := range []float64{saturation, 0} {
		lengths := d.lengths
		if beta == 0 {
			lengths = nil
		}
		net, err := start.build(d.labels, beta, lengths)
		if err != nil {
			return nil, err
		}
		if l.err != nil {
			return nil, l.err
		}
		roll, err := net.Rollout(l.g, run)
		if err != nil {
			return nil, err
		}
		roll.SetContext(ctx)
		l.rollouts = append(l.rollouts, roll)
		z := l.node(forward.ZScoreNode(roll.Node("cortex.x")))
		add := G.Add
		if beta == 0 {
			add = G.Sub
		}
		fc = l.node(add(fc, l.node(laneMean.Apply(l.node(forward.CovarianceNode(z))))))
		if lagged != nil {
			lagged = l.node(add(lagged, l.node(laneMean.Apply(l.node(forward.LaggedCovarianceNode(z, 1))))))
		}
	}
	return l.loss(fc, lagged, d.train), l.err
}

// rolloutNodes gives the network's parameters in the framework's units.
func (l *fitNodes) rolloutNodes(amplitude float64) map[string]*G.Node {
	sigma := l.node(scaledVector(amplitude / math.Sqrt(msPerSecond)).Apply(l.noise.value))
	return map[string]*G.Node{
		"cortex.a":             l.node(relaxationFunction.Apply(l.bifurcation.value, l.weights)),
		"cortex.omega":         l.node(scaledVector(2 * math.Pi / msPerSecond).Apply(l.frequency.value)),
		"noise:cortex.x/sigma": sigma,
		"noise:cortex.y/sigma": sigma,
		"x/weights":            l.weights,
		"y/weights":            l.weights,
	}
}

// eulerNote says where the explicit Euler method would have distorted the oscillators.
// Its step multiplies the amplitude by √((1+a dt)² + (ω dt)²), as a does when it is
// larger by ω² dt / 2.
func (p *network) eulerNote(dt float64) string {
	count := 0
	for i, a := range p.relaxation() {
		omega := 2 * math.Pi * p.Frequency[i]
		if omega*omega*dt/2 > 0.1*math.Abs(a) {
			count++
		}
	}
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("warning: in %d of %d regions explicit Euler's ω² dt/2 exceeds 10 %% of |a| at dt = %.3f s; Heun, used here, has no such term", count, p.regions(), dt)
}
