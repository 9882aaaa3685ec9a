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
	within  []link    // delayed reads that the model makes itself
	ou      []ouInput // Ornstein-Uhlenbeck inputs into ports
	// kicks are added to states once in each step, [step][node], as the integrators add noise.
	kicks map[string][][]float64
	// grow makes of a state, at the start of a step, the factor of its kicks; nil for 1.
	grow func(x float64) float64

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
	squares    string  // a port that gets the sum with the squares of the weights
	delays     [][]int // to × from, in steps; nil means none

	dPre, dPost func(float64) float64 // derivatives of pre and of post by S1, nil for 1
	laplacian   bool                  // x in post is read from the peer's delay buffer
	misread     *misreading
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
