package main

// problem is one run of a peer's model, in the peer's names and numbers; its class says how they are
// written in ours.
type problem struct {
	class  *class
	n      int
	params map[string]array
	bounds map[string][2]float64 // of states; no entry means none
	init   map[string][]float64  // [node]
	// history of states: [k][node] is the value k steps before time 0, k = 0 being init. A state
	// without one is constant.
	history map[string][][]float64
	inputs  []input   // into ports
	links   []link    // couplings
	ou      []ouInput // Ornstein-Uhlenbeck inputs into ports
	// kicks are added to states once in each step, [step][node], as the integrators add noise.
	kicks map[string][][]float64

	dt     float64 // ms
	steps  int     // default: the last recorded one
	scheme string
	record []int // steps: m means the state after m steps
}

// input is added to a port: one row per step, or a single row for all.
type input struct {
	port string
	rows [][]float64
}

// link is a coupling: gain_i · post(Σ_j W_ij pre(x_j(t−d_ij))) into a port.
type link struct {
	from, port string
	pre        []string
	post       string
	weights    [][]float64 // to × from
	gain       []float64
	delays     [][]int // to × from, in steps; nil means none

	dPre, dPost func(float64) float64 // derivatives of pre and of post by S1, nil for 1
	laplacian   bool                  // x in post is read from the peer's delay buffer
}

// ouInput is an Ornstein-Uhlenbeck process u ← u + (mean − u) dt/τ + σ √dt ξ, updated after each step
// and added to a port, or to the derivative of a state divided by a parameter.
type ouInput struct {
	ouState
	center, tau, sigma float64
	init               []float64   // [node]
	samples            [][]float64 // [step][node]
	path               [][]float64 // [step][node] after each step, once it has run
}

// kick adds rows, scaled, to the increments of a state.
func (p *problem) kick(state string, factor []float64, rows [][]float64) {
	if p.kicks == nil {
		p.kicks = map[string][][]float64{}
	}
	for k, row := range rows {
		v := times(factor, row)
		if k < len(p.kicks[state]) {
			p.kicks[state][k] = add(p.kicks[state][k], v)
		} else {
			p.kicks[state] = append(p.kicks[state], v)
		}
	}
}

// constant adds a value, or one per node, to a port for the whole run.
func (p *problem) constant(port string, value ...float64) {
	row := value
	if len(value) == 1 {
		row = repeat(value[0], p.n)
	}
	p.inputs = append(p.inputs, input{port, [][]float64{row}})
}

// series adds one row per step to a port; no rows add nothing. A row may hold one value for all nodes.
func (p *problem) series(port string, rows [][]float64) {
	if len(rows) == 0 {
		return
	}
	full := make([][]float64, len(rows))
	for k, row := range rows {
		full[k] = row
		if len(row) == 1 {
			full[k] = repeat(row[0], p.n)
		}
	}
	p.inputs = append(p.inputs, input{port, full})
}

// gradient is what a peer found for the derivatives of a loss, all in the peer's units.
type gradient struct {
	// The loss is either (1/S) Σ_s w_s mean_i x_s,i² of the last of S states' values, with the weights
	// in last, or the mean over nodes and steps of the square of the state every.
	last  map[string]float64
	every string
	loss  float64

	params    map[string][]float64 // a scalar stands for all nodes at once
	init      map[string][]float64
	inputSums map[string][]float64 // of a port, summed over steps
	weights   *weightGradient
	gain      []float64
	// constantHistory says that init moves the whole history with it, frozenStart that the coupling
	// reads a copy of init that does not move with it.
	constantHistory, frozenStart bool

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
