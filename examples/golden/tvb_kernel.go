package main

import (
	"encoding/json"
	"fmt"
)

// tvbKernel is a coupling file: one evaluation of a coupling on given present and past states.
type tvbKernel struct {
	Quirk    string `json:"tvb_quirk"`
	Coupling map[string]array
	Weights  array
	Idelays  array
	NCvar    int   `json:"n_cvar"`
	NModes   int   `json:"n_modes"`
	Past     array // [d][cvar][node][mode], d steps ago
	Output   array // [cvar_out][node][mode]
}

// readTVBCoupling makes one case of the file.
func readTVBCoupling(d *document) ([]instance, error) {
	var f tvbKernel
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	return []instance{{"coupling " + f.Coupling["class"].text, f.run}}, nil
}

// run puts the coupling between passive states, dx/dt = input, takes one Euler step and compares the
// derivative. Modes are independent of one another.
func (f *tvbKernel) run() outcome {
	if f.Coupling["class"].text == "PreSigmoidal" {
		return f.preSigmoidal()
	}
	var cmp comparison
	for mode := 0; mode < f.NModes; mode++ {
		got, o := f.evaluate(mode, coupler.terms)
		if o != nil {
			return *o
		}
		for v := range got {
			var want []float64
			for i := range f.Weights.dim(0) {
				want = append(want, f.Output.at(v, i, mode))
			}
			cmp.near(fmt.Sprintf("output %d mode %d", v, mode), got[v], want, tvbPointwise, 0)
		}
	}
	return cmp.outcome()
}

// evaluate returns the rows of a coupling of these terms for one mode.
func (f *tvbKernel) evaluate(mode int, rows func(coupler) ([]term, *outcome)) ([][]float64, *outcome) {
	states := make([]string, f.NCvar)
	for v := range states {
		states[v] = fmt.Sprintf("s%d", v)
	}
	class := passive(states)
	terms, o := rows(coupler{class, f.Coupling, states})
	if o != nil {
		return nil, o
	}
	n := f.Weights.dim(0)
	p := &problem{class: class, n: n, dt: 1, steps: 1, scheme: "Euler", record: []int{1},
		init: map[string][]float64{}, history: map[string][][]float64{}}
	for v, s := range states {
		for d := range f.Past.dim(0) {
			x := make([]float64, n)
			for i := range x {
				x[i] = f.Past.at(d, v, i, mode)
			}
			p.history[s] = append(p.history[s], x)
		}
		p.init[s] = p.history[s][0]
	}
	for v, t := range terms {
		port := fmt.Sprintf("c%d", v)
		p.links = append(p.links, link{from: t.from, port: port, pre: t.pre, post: t.post, weights: f.Weights.rows(), gain: []float64{t.gain}, delays: f.Idelays.ints()})
		if t.offset != 0 {
			p.constant(port, t.offset)
		}
	}
	x, o := p.simulate()
	if o != nil {
		return nil, o
	}
	out := make([][]float64, len(terms))
	for v := range terms {
		for i, after := range x[states[v]][0] {
			out[v] = append(out[v], after-p.init[states[v]][i])
		}
	}
	return out, nil
}
