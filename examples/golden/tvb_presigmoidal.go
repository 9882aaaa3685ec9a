package main

import (
	"fmt"
	"math"
)

// preSigmoidal is the sum of H (Q + tanh(G (P x − θ))) of the sources, θ being a parameter or, if it is
// dynamic, the second state of the source.
func (c coupler) preSigmoidal() ([]term, *outcome) {
	theta := c.l("theta")
	if c.v("dynamic") != 0 {
		if len(c.states) < 2 {
			return nil, decline(failed("a dynamic threshold is the second coupled state, found %v", c.states))
		}
		theta = c.states[1]
	}
	return []term{{from: c.states[0], gain: 1,
		pre: []string{fmt.Sprintf("%s*(%s + tanh(%s*(%s*x - %s)))", c.l("H"), c.l("Q"), c.l("G"), c.l("P"), theta)}}}, nil
}

// preSigmoidal compares our coupling with the sum that it stands for, and TVB's with what it has instead.
func (f *tvbKernel) preSigmoidal() outcome {
	if f.Coupling["globalT"].data[0] != 0 {
		return skipped("needs the mean of the sources as threshold (globalT)")
	}
	var cmp comparison
	n := f.Weights.dim(0)
	for mode := range f.NModes {
		got, o := f.evaluate(mode, coupler.preSigmoidal)
		if o != nil {
			return *o
		}
		var right, theirs, own, output, second []float64
		for i := range n {
			sum, coded := 0.0, 0.0
			for j := range n {
				in, out := f.Weights.at(i, j), f.Weights.at(j, i)
				sum += in * f.sigmoid(mode, j, f.delay(i, j), true)
				if f.dynamic() {
					coded += out * f.sigmoid(mode, i, f.delay(j, i), out != 0)
				} else {
					coded += in * f.sigmoid(mode, i, f.delay(j, i), out != 0)
				}
			}
			right, theirs, output = append(right, sum), append(theirs, coded), append(output, f.Output.at(0, i, mode))
			if f.dynamic() {
				own, second = append(own, f.sigmoid(mode, i, f.delay(i, i), f.Weights.at(i, i) != 0)), append(second, f.Output.at(1, i, mode))
			}
		}
		cmp.near("sum over sources", got[0], right, tvbPointwise, 0)
		cmp.near("TVB's sum", theirs, output, tvbPointwise, 0)
		cmp.near("TVB's own sigmoid", own, second, tvbPointwise, 0)
	}
	return cmp.excepted("TVB PreSigmoidal")
}

func (f *tvbKernel) dynamic() bool { return f.Coupling["dynamic"].data[0] != 0 }

func (f *tvbKernel) delay(i, j int) int { return int(f.Idelays.at(i, j)) }

// sigmoid is that of a node's state so many steps ago, or of 0 where TVB has no link.
func (f *tvbKernel) sigmoid(mode, node, ago int, linked bool) float64 {
	v := func(name string) float64 { return f.Coupling[name].data[0] }
	x, theta := 0.0, v("theta")
	if linked {
		x = f.Past.at(ago, 0, node, mode)
	}
	if f.dynamic() {
		theta = f.Past.at(ago, 1, node, mode)
	}
	return v("H") * (v("Q") + math.Tanh(v("G")*(v("P")*x-theta)))
}
