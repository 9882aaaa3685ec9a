package main

import "slices"

// misread makes couplings read history[0] at time 0 where brainmass does, by an input that is the difference; what
// passes then is an exception. Only sums can be corrected so.
func (p *problem) misread() *outcome {
	for _, l := range p.reads() {
		wrong, right := p.history[l.from][0], p.init[l.from]
		if slices.Equal(wrong, right) {
			continue
		}
		if !linear(*l) {
			return decline(excepted("brainmass history", "a coupling that is no sum of what it reads"))
		}
		rows := p.zeros()
		l.misread = &misreading{input: len(p.inputs), off: add(wrong, scaled(right, -1))}
		l.atZero(p.steps, func(n, i, j int) { rows[n][i] += l.gain[i%len(l.gain)] * l.weights[i][j] * l.misread.off[j] })
		p.series(l.port, rows)
		own := *p.class
		own.wrong = "brainmass history"
		p.class = &own
	}
	return nil
}

// reads are all links, those within the model last.
func (p *problem) reads() []*link {
	var all []*link
	for _, list := range [][]link{p.links, p.within} {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	return all
}

// misreading is what a link reads at time 0 too much, by source, and the input that adds it.
type misreading struct {
	input int
	off   []float64
}

// atZero calls f with every edge to i from j that reads time 0, and with the step in which it does.
func (l link) atZero(steps int, f func(n, i, j int)) {
	for i, row := range l.weights {
		for j := range row {
			if n := l.delay(i, j); n < steps {
				f(n, i, j)
			}
		}
	}
}

// gradient returns what weights and gain get by way of the input, given ∂L/∂u.
func (m *misreading) gradient(l link, du [][]float64, steps int) (weights, gain []float64) {
	size := len(l.weights)
	weights, gain = repeat(0, size*size), repeat(0, size)
	l.atZero(steps, func(n, i, j int) {
		weights[i*size+j] += l.gain[i%len(l.gain)] * m.off[j] * du[n][i]
		gain[i] += l.weights[i][j] * m.off[j] * du[n][i]
	})
	return weights, gain
}
