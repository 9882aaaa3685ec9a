package graph

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// Coupling is a weighted, possibly delayed sum from one population's variable to a port of another
// (or the same) one. With W[i][j] the weight to region i from region j, d_ij the delay in steps,
//
//	S_k,i(t) = Σ_j W_ij · pre_k(x_j(t − d_ij))        k = 1 … len(Pre)
//	port_i  += gain_i · post(S_1,i … S_m,i, x_i(t))
//
// evaluated once per step, from the state the step starts with, and frozen during the step.
//
// Pre and Post are expressions in the language of package nmm. In a Pre text x is the source
// variable, or the channel of an input, which has no other Pre, and the other states of the source
// population go by their names; a number, as in the
// second term of a diffusive coupling, stands for itself. In Post, S1 … Sm are the sums, x is the
// target population's variable of the source variable's name, where it has one, and its other
// states and its parameters go by their names. Units are checked; weights are dimensionless.
//
// A diffusive coupling is Pre {"x", "1"}, Post "S1 - S2*x"; Kuramoto's is Pre {"sin(x)", "cos(x)"},
// Post "S1*cos(x) - S2*sin(x)". A pre that mixes source and target variables without such a
// factorisation cannot be had.
//
// Package layers has the shorter way to write one.
type Coupling struct {
	Name     string // default "From->To"; starts the addresses Name/weights and Name/gain
	From, To string // "population.state", or "input:name" of Channels; "population.port", or the state that the port drives

	Pre  []string // default {"x"}
	Post string   // default "S1"

	// Weights to × from. Entries that are 0 are no edges, unless the weights learn; every entry of a
	// *Sparse is one.
	Weights  mat.Matrix
	Gain     []float64 // one value, or one per target region; default 1
	GainUnit string    // converted to what port and post call for, or refused; default just that

	// At most one of the following; none means no delays. Times and lengths are divided by Run.Dt and
	// rounded half to even. A delay of 0 steps is the present state.
	DelaySteps [][]int      // to × from
	Delays     mat.Matrix   // to × from, ms
	Lengths    mat.Matrix   // to × from, mm; needs Speed
	Speed      nmm.Quantity // default unit mm/ms, which is m/s
}

// coupling is an attached Coupling.
type coupling struct {
	Coupling
	from, to *population
	source   int       // state of from
	channels *channels // that from stands for; nil if it is a population
	port     string    // of to
	weights  *value
	gain     *value
	delay    []float64 // ms per entry of the weights; nil without delays
	steps    []int     // the same in steps, if so given
	past     bool      // a model's reading of its own past, see addPast
	lag      *value    // the parameter that is its delay, if one is
}

// formula prints a coupling in one line.
func (c *coupling) formula() string {
	if c.past {
		return "what the equations read"
	}
	pre := c.Pre[0]
	if len(c.Pre) > 1 {
		pre = "(" + strings.Join(c.Pre, ", ") + ")"
	}
	return fmt.Sprintf("%s.%s += gain · (%s), S = Σ W · %s, x = %s", c.to.name, c.port, c.Post, pre, c.From)
}

var _ Part = (*Coupling)(nil)

// Attach checks the coupling against the network's populations and adds it.
func (c *Coupling) Attach(n *Network) error {
	attached := &coupling{Coupling: *c}
	if attached.Name == "" {
		attached.Name = c.From + "->" + c.To
	}
	if err := attached.attach(n); err != nil {
		return within(err, "coupling %s", attached.Name)
	}
	n.couplings = append(n.couplings, attached)
	return nil
}

func (c *coupling) attach(n *Network) error {
	for _, other := range n.couplings {
		if other.Name == c.Name {
			return fmt.Errorf("there is already one of that name: give this one a name of its own")
		}
	}
	if _, err := n.population(c.Name); err == nil {
		return fmt.Errorf("a population has that name")
	}
	port, err := c.resolve(n)
	if err != nil {
		return err
	}
	for _, check := range []func() error{c.checkChannels, c.readWeights, c.readDelays} {
		if err := check(); err != nil {
			return err
		}
	}
	unit, err := c.gainUnit(port)
	if err != nil {
		return err
	}
	if err := c.readGain(unit); err != nil {
		return err
	}
	if err := n.add(c.weights); err != nil {
		return err
	}
	return n.add(c.gain)
}

// resolve finds both ends and fills in defaults.
func (c *coupling) resolve(n *Network) (port nmm.PortInfo, err error) {
	if err := c.findSource(n); err != nil {
		return port, err
	}
	if c.to, port, err = n.findPort(c.To); err != nil {
		return port, err
	}
	c.port = port.Name
	c.Pre = append([]string(nil), c.Pre...)
	if len(c.Pre) == 0 {
		c.Pre = []string{"x"}
	}
	if c.Post == "" {
		c.Post = "S1"
	}
	if len(c.Gain) == 0 {
		c.Gain = []float64{1}
	}
	return port, nil
}

// findSource finds the state or the input at the coupling's source.
func (c *coupling) findSource(n *Network) (err error) {
	if !strings.HasPrefix(c.From, "input:") {
		c.from, c.source, err = n.findState(c.From)
		return err
	}
	if c.channels, err = n.findChannels(c.From); err != nil {
		return err
	}
	c.from = c.channels.sender()
	return nil
}

// shape says that a matrix must be to × from.
func (c *coupling) shape(what string, rows, cols int) error {
	if rows == c.to.n() && cols == c.from.n() {
		return nil
	}
	return fmt.Errorf("%s: expected %d × %d (to %s × from %s), found %d × %d",
		what, c.to.n(), c.from.n(), c.to.name, c.from.name, rows, cols)
}

// readWeights copies the weights and checks them.
func (c *coupling) readWeights() error {
	if absent(c.Weights) {
		return fmt.Errorf("no weights")
	}
	rows, cols := c.Weights.Dims()
	if err := c.shape("weights", rows, cols); err != nil {
		return err
	}
	v := &value{
		Address: c.Name + "/weights", Unit: "1", Kind: weightsKind, N: rows, Rows: rows, Cols: cols,
		Labels: c.to.labels, Source: c.from.labels, pop: c.to,
	}
	var data []float64
	if s, ok := c.Weights.(*Sparse); ok {
		if err := s.Check(); err != nil {
			return fmt.Errorf("weights: %w", err)
		}
		data = append(data, s.V...)
		v.I, v.J = append([]int{}, s.I...), append([]int{}, s.J...)
		if len(data) == 0 {
			return fmt.Errorf("weights: the sparse matrix has no entries")
		}
	} else {
		data, _, _ = flatten(c.Weights)
	}
	c.Weights, c.weights = nil, v
	return v.set(data, 0, 0)
}

// readGain checks the gain.
func (c *coupling) readGain(unit string) error {
	c.gain = &value{
		Address: c.Name + "/gain", Unit: unit, Kind: gainKind, N: c.to.n(), Labels: c.to.labels, pop: c.to,
	}
	return c.gain.set(append([]float64(nil), c.Gain...), 0, 0)
}

// gainUnit checks the units of pre and post and returns that of the gain.
func (c *coupling) gainUnit(port nmm.PortInfo) (string, error) {
	units := c.postUnits()
	if err := c.sumUnits(units); err != nil {
		return "", err
	}
	post, err := nmm.ExpressionUnit(c.Post, units)
	if err != nil {
		return "", fmt.Errorf("post %q: %w", c.Post, err)
	}
	return c.matchUnits(port, post)
}

// postUnits lists what Post may name beside the sums.
func (c *coupling) postUnits() map[string]string {
	units := map[string]string{}
	for _, p := range c.to.model.Parameters() {
		units[p.Name] = p.Unit
	}
	for _, s := range c.to.states {
		units[s.Name] = s.Unit
	}
	delete(units, "x")
	if i := c.target(); i >= 0 {
		units["x"] = c.to.states[i].Unit
	}
	return units
}

// sumUnits adds the sums, checking pre.
func (c *coupling) sumUnits(post map[string]string) error {
	units := map[string]string{}
	for _, s := range c.from.states {
		units[s.Name] = s.Unit
	}
	units["x"] = c.from.states[c.source].Unit
	for k, text := range c.Pre {
		unit, err := nmm.ExpressionUnit(text, units)
		if err != nil {
			return c.preError(text, err)
		}
		post[fmt.Sprintf("S%d", k+1)] = unit
	}
	return nil
}

// preError adds an explanation to the error of a pre that means to read the target.
func (c *coupling) preError(text string, err error) error {
	if strings.Contains(err.Error(), "unknown name") {
		return fmt.Errorf("pre %q: %w\nx and the states of %s are those of the source region; what depends on the target too has to be split into sums and Post, as x_j − x_i into Pre {\"x\", \"1\"} and Post \"S1 - S2*x\"",
			text, err, c.from.name)
	}
	return fmt.Errorf("pre %q: %w", text, err)
}

// matchUnits returns the gain's unit, the one that makes gain · post a port's: a gain given in another
// unit is converted to it, or refused.
func (c *coupling) matchUnits(port nmm.PortInfo, post string) (string, error) {
	unit, err := quotient(port.Unit, post)
	if err != nil || c.GainUnit == "" {
		return unit, err
	}
	gain := append([]float64(nil), c.Gain...)
	for i := range gain {
		if gain[i], err = nmm.Convert(gain[i], c.GainUnit, unit); err != nil {
			return "", fmt.Errorf("gain: port %s.%s has unit %s and post has %s: %w", c.to.name, port.Name, port.Unit, post, err)
		}
	}
	c.Gain = gain
	return unit, nil
}

// quotient returns the unit a/b.
func quotient(a, b string) (string, error) {
	return nmm.ExpressionUnit("a/b", map[string]string{"a": a, "b": b})
}

// target returns the index of the target population's state with the source variable's name, or −1.
func (c *coupling) target() int { return c.to.state(c.from.states[c.source].Name) }
