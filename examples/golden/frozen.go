package main

import "math"

// brainmass never writes the initial state into its delay buffer: what a coupling reads at time 0 is
// history[0], a number of its own that does not vary with init, so its gradient with respect to init
// leaves that path out (brainmass.md §12.3 item 10). frozenStart computes that path from our gradient
// with respect to each step's input,
//
//	∂L/∂history[0]_j = Σ_i ∂L/∂u_i(d_ij) k_i post'(S_i(d_ij)) W_ij pre'(x_j(0)),
//
// so that the rest can be compared. A laplacian reads the target's own state there, too, without delay.
// All in the peer's units.
type frozenStart struct {
	link  link
	input int         // of p.inputs: zeros, there to be differentiated by
	path  [][]float64 // [step][node] of the source, path[0] = init
	past  [][]float64 // [k][node], k steps before time 0
}

// newFrozenStarts prepares the problem: one for each link.
func (p *problem) newFrozenStarts() ([]*frozenStart, *outcome) {
	q := *p
	q.record = nil
	for m := 1; m <= p.steps; m++ {
		q.record = append(q.record, m)
	}
	got, o := q.simulate()
	if o != nil {
		return nil, o
	}
	var all []*frozenStart
	for _, l := range p.reads() {
		all = append(all, &frozenStart{link: *l, input: len(p.inputs), past: p.history[l.from],
			path: append([][]float64{p.init[l.from]}, got[l.from]...)})
		p.series(l.port, p.zeros())
	}
	return all, nil
}

// zeros is a series of nothing.
func (p *problem) zeros() [][]float64 {
	rows := make([][]float64, p.steps)
	for k := range rows {
		rows[k] = repeat(0, p.n)
	}
	return rows
}

// delay is that of an edge in steps.
func (l link) delay(i, j int) int {
	if l.delays == nil {
		return 0
	}
	return l.delays[i][j]
}

// sum is S_i at step n.
func (f *frozenStart) sum(i, n int) float64 {
	s := 0.0
	for j, w := range f.link.weights[i] {
		if w == 0 {
			continue
		}
		x := 0.0
		if k := n - f.link.delay(i, j); k >= 0 {
			x = f.path[k][j]
		} else {
			x = f.past[-k][j]
		}
		s += w * x
	}
	return s
}

// gradient returns ∂L/∂history[0] from ∂L/∂u, which is [step][node].
func (f *frozenStart) gradient(du [][]float64) []float64 {
	out := make([]float64, len(f.path[0]))
	f.link.atZero(len(du), func(n, i, j int) {
		w, gain := f.link.weights[i][j], f.link.gain[i%len(f.link.gain)]
		out[j] += du[n][i] * gain * f.link.postSlope(f.sum(i, n)) * w * f.link.preSlope(f.path[0][j])
		if f.link.laplacian {
			out[i] -= du[0][i] * gain * w
		}
	})
	return out
}

// postSlope and preSlope are the derivatives of the link's texts with respect to S1 and to x.
func (l link) postSlope(s float64) float64 {
	if l.dPost == nil {
		return 1
	}
	return l.dPost(s)
}

func (l link) preSlope(x float64) float64 {
	if l.dPre == nil {
		return 1
	}
	return l.dPre(x)
}

// dSigmoid is the derivative of 1/(1 + e^−x).
func dSigmoid(x float64) float64 {
	s := 1 / (1 + math.Exp(-x))
	return s * (1 - s)
}

// dTanh is the derivative of tanh.
func dTanh(x float64) float64 { return 1 - math.Tanh(x)*math.Tanh(x) }
