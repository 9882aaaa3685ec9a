package main

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// compareGradients compares every expected gradient with ours, taken back to the peer's numbers.
func (p *problem) compareGradients(want *gradient, ours map[string][]float64, frozen []*frozenStart, cmp *comparison) *outcome {
	for _, a := range want.arrays() {
		want.top = max(want.top, largest(a))
	}
	for _, name := range sortedKeys(want.params) {
		if reason, ok := p.class.differs[name]; ok {
			cmp.note("gradient of %s not compared: %s", name, reason)
			continue
		}
		got := repeat(0, p.n)
		for _, q := range paired(p.class.params, name) {
			got = add(got, times(q.factor(p.params), ours[cortex+"."+q.ours]))
		}
		got = add(got, p.factorGradient(name, ours))
		want.entries(cmp, name, got, want.params[name])
	}
	for _, name := range sortedKeys(want.init) {
		s, err := p.class.state(name)
		if err != nil {
			return decline(failed("%v", err))
		}
		got := ours["init:"+cortex+"."+s.ours]
		if h := ours["history:"+cortex+"."+s.ours]; want.constantHistory && h != nil {
			for k, v := range h {
				got[k%p.n] += v
			}
		}
		got = scaled(got, s.scale)
		for _, f := range frozen {
			if f.link.from != name {
				continue
			}
			got = add(got, scaled(f.gradient(p.inputGradient(f.input, ours)), -1))
			cmp.note("gradient of init %s compared without what the coupling reads at time 0, which brainmass leaves out (brainmass.md §12.3 item 10)", name)
		}
		want.entries(cmp, "init "+name, got, want.init[name])
	}
	for _, port := range sortedKeys(want.inputSums) {
		want.entries(cmp, "input "+port, p.inputSum(port, ours), want.inputSums[port])
	}
	for i, l := range p.links {
		p.compareLink(i, l, want, ours, cmp)
	}
	return nil
}

// factorGradient is the gradient of a parameter that multiplies others, or what enters ports: inputs and couplings.
func (p *problem) factorGradient(name string, ours map[string][]float64) []float64 {
	got := repeat(0, p.n)
	for _, q := range p.class.params {
		if q.by == name {
			got = add(got, scaled(times(p.params[q.theirs].data, ours[cortex+"."+q.ours]), q.scale))
		}
	}
	for i, in := range p.inputs {
		for k, q := range paired(p.class.ports, in.port) {
			if q.by != name {
				continue
			}
			for m, row := range rows(ours["input:"+inputName(i, k)], p.n) {
				got = add(got, scaled(times(in.rows[min(m, len(in.rows)-1)], row), q.scale))
			}
		}
	}
	for i, l := range p.links {
		for k, q := range p.class.linked(l) {
			if source, err := p.class.state(l.from); err == nil && q.by == name {
				got = add(got, scaled(times(l.gain, ours[linkName(i, k)+"/gain"]), q.scale/source.scale))
			}
		}
	}
	return got
}

// inputSum adds up the gradient of a port's first input over the steps.
func (p *problem) inputSum(port string, ours map[string][]float64) []float64 {
	sum := repeat(0, p.n)
	for i, in := range p.inputs {
		if in.port != port {
			continue
		}
		for _, row := range p.inputGradient(i, ours) {
			sum = add(sum, row)
		}
		break // further inputs into the port have the same gradient
	}
	return sum
}

// inputGradient returns the gradient of an input, [step][node].
func (p *problem) inputGradient(i int, ours map[string][]float64) [][]float64 {
	out := make([][]float64, p.steps)
	for k, q := range paired(p.class.ports, p.inputs[i].port) {
		for m, row := range rows(ours["input:"+inputName(i, k)], p.n) {
			out[m] = add(out[m], times(q.factor(p.params), row))
		}
	}
	return out
}

// compareLink compares gradients of weights and gain.
func (p *problem) compareLink(i int, l link, want *gradient, ours map[string][]float64, cmp *comparison) {
	var weights, gain []float64
	for k, q := range p.class.linked(l) {
		if d := ours[linkName(i, k)+"/weights"]; d != nil {
			if q.squared {
				d = scaled(times(d, rowMajor(dense(l.weights))), 2)
			}
			weights = add(weights, d)
		}
		if d := ours[linkName(i, k)+"/gain"]; d != nil {
			source, err := p.class.state(l.from)
			if err != nil {
				cmp.fail("%v", err)
				return
			}
			gain = add(gain, times(scaled(q.factor(p.params), 1/source.scale), d))
		}
	}
	if m := l.misread; m != nil && want.weights != nil {
		w, g := m.gradient(l, p.inputGradient(m.input, ours), p.steps)
		weights, gain = add(weights, w), add(gain, g)
	}
	if want.weights != nil {
		want.entries(cmp, "weights", times(weights, want.weights.factor), want.weights.want)
	}
	if want.gain != nil {
		want.entries(cmp, "gain", gain, want.gain)
	}
}

// gradientFloor keeps rounding errors from counting: a gradient that many times smaller than the
// case's largest is compared on the scale of the latter times this. Derivatives by a parameter that
// does not matter at a fixed point are nothing but rounding errors, 1e-15 of the others.
const gradientFloor = 1e-6

// entries compares one array; a single expected value is the sum over nodes.
func (w *gradient) entries(cmp *comparison, name string, got, want []float64) {
	if len(want) == 1 && len(got) > 1 {
		sum := 0.0
		for _, v := range got {
			sum += v
		}
		got = []float64{sum}
	}
	scale := max(largest(want), gradientFloor*w.top)
	if len(want) == 1 && w.acrossKinks(name, got[0], want[0], scale) {
		cmp.note("the peer's difference quotient for %s stretches over kinks of a table, as ours of the same steps does: %.9g, the derivative is %.9g", name, want[0], got[0])
		return
	}
	cmp.each(name, got, want, scale, func(i int, v float64) float64 {
		return w.tol(fmt.Sprintf("%s[%d]", name, i), v, scale)
	})
}

// kinkSize is the largest relative error of a difference quotient across kinks of a table that counts as one.
const kinkSize = 1e-4

// acrossKinks reports whether the peer's difference quotient is farther from our derivative than its tolerance, and
// not from a quotient of ours.
func (w *gradient) acrossKinks(name string, got, want, scale float64) bool {
	tol, off := w.tol(name+"[0]", want, scale), math.Abs(got-want)
	if w.quotient == nil || !(off > tol && off <= kinkSize*math.Abs(want)) {
		return false
	}
	q, ok := w.quotient(name)
	return ok && math.Abs(q-want) <= tol
}

// gradient is what a peer found for the derivatives of a loss, all in the peer's units.
type gradient struct {
	// The loss is either (1/S) Σ_s w_s mean_i x_s,i² of the last of S states' values, with the weights
	// in last, or the mean over nodes and steps of the square of the state every.
	last  map[string]float64
	every string
	loss  float64
	// through makes of a state what is squared; nil leaves it as it is.
	through func(*G.Node) (*G.Node, error)

	params    map[string][]float64 // a scalar stands for all nodes at once
	init      map[string][]float64
	inputSums map[string][]float64 // of a port, summed over steps
	weights   *weightGradient
	gain      []float64
	// constantHistory says that init moves the whole history with it, frozenStart that the coupling
	// reads a copy of init that does not move with it.
	constantHistory, frozenStart bool

	// quotient takes differences of the loss by a parameter as the peer does, for models with kinks; nil for others.
	quotient func(name string) (q float64, ok bool)

	top float64 // the largest entry of all

	// tol is the largest difference allowed for entry "name[i]", given its expected value and the
	// largest one of its array.
	tol func(entry string, want, scale float64) float64
}

// weightGradient holds the expected gradient of a link's weights, row-major, and the derivative of our
// weights with respect to the peer's. NaN entries are not compared.
type weightGradient struct{ want, factor []float64 }

// arrays lists all expected gradients.
func (w *gradient) arrays() [][]float64 {
	var all [][]float64
	for _, group := range []map[string][]float64{w.params, w.init, w.inputSums} {
		for _, name := range sortedKeys(group) {
			all = append(all, group[name])
		}
	}
	if w.weights != nil {
		all = append(all, w.weights.want)
	}
	return append(all, w.gain)
}

// relative makes a tolerance relative to the largest value of an array.
func relative(tol float64) func(string, float64, float64) float64 {
	return func(_ string, _, scale float64) float64 { return tol * scale }
}
