package graph

import (
	"fmt"
	"strconv"
	"strings"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// couplingPlan is what the engine needs to know of a coupling.
type couplingPlan struct {
	Name           string
	FromPop, ToPop int
	FromState      int    // among all states of the network
	FromInput      string // the input that is the source, in the place of a state
	From, To       int    // numbers of regions
	Pre            []*preGraph
	Weights        string // address of the weights

	// Edges, sorted by target I and then by source J. Entry is the position of the edge's weight in
	// the value at Weights, Delay is in steps.
	I, J, Delay, Entry []int
	MaxDelay           int
	// LaneDelays are the delays of each lane in steps, if Run.Values gives them, in the place of Delay.
	LaneDelays [][]int
	// Dense says that no edge has a delay and that so many entries are edges that the product with
	// the full row-major matrix is the faster way.
	Dense bool
}

// preGraph is the differentiated graph of one Pre text. A nil *preGraph is the identity.
type preGraph struct {
	Constant bool    // a number: the sum is Value times the row sums of the weights
	Value    float64 // of a constant

	Text    string
	g       *G.ExprGraph
	Sources []preSource
	Out     *G.Node
	U       *G.Node // adjoint of Out
}

// preSource is a state of the source population that a pre expression reads.
type preSource struct {
	State    int // among all states of the network
	Address  string
	N        int
	Leaf     *G.Node
	Gradient *G.Node // of ⟨U, Out⟩; nil means zero
}

// denseShare is the share of nonzero entries from which on an undelayed matrix is multiplied as a
// whole: a gathered entry costs about four times a streamed one.
const denseShare = 0.25

// couplingPlans lists the edges of every coupling, with delays in steps of dt ms.
func (n *Network) couplingPlans(dt float64) ([]*couplingPlan, error) {
	plans := make([]*couplingPlan, len(n.couplings))
	for i, c := range n.couplings {
		p := &couplingPlan{
			Name: c.Name, FromPop: c.from.index, ToPop: c.to.index, FromState: c.from.first + c.source,
			From: c.from.n(), To: c.to.n(), Weights: c.weights.Address,
		}
		if c.channels != nil {
			p.FromInput = c.channels.series.Address
		}
		p.addEdges(c, dt)
		if err := p.checkDelay(); err != nil {
			return nil, err
		}
		for _, text := range c.Pre {
			pre, err := newPreGraph(c, text)
			if err != nil {
				return nil, within(err, "coupling %s: pre %q", c.Name, text)
			}
			p.Pre = append(p.Pre, pre)
		}
		plans[i] = p
	}
	return plans, nil
}

// addEdges lists what of the weights is an edge.
func (p *couplingPlan) addEdges(c *coupling, dt float64) {
	w := c.weights
	for e, x := range w.Data {
		if x == 0 && w.I == nil && !w.Learned {
			continue
		}
		i, j := w.edge(e)
		d := c.delaySteps(e, dt)
		p.I, p.J, p.Delay, p.Entry = append(p.I, i), append(p.J, j), append(p.Delay, d), append(p.Entry, e)
		p.MaxDelay = max(p.MaxDelay, d)
	}
	p.Dense = w.I == nil && p.MaxDelay == 0 && float64(len(p.I)) >= denseShare*float64(p.From*p.To)
}

// identity says whether a pre is the source variable itself.
func identity(text string) bool { return strings.TrimSpace(text) == "x" }

// newPreGraph builds and differentiates the graph of a pre expression.
func newPreGraph(c *coupling, text string) (*preGraph, error) {
	if identity(text) {
		return nil, nil
	}
	if v, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
		return &preGraph{Constant: true, Value: v, Text: text}, nil
	}
	p := &preGraph{g: G.NewGraph(), Text: text}
	symbols := map[string]*G.Node{}
	var sources []preSource
	for i, s := range c.from.states {
		name := c.from.name + "/" + s.Name
		leaf := vector(p.g, name, c.from.n(), c.from.name)
		symbols[s.Name] = leaf
		sources = append(sources, preSource{State: c.from.first + i, Address: c.from.name + "." + s.Name, N: c.from.n(), Leaf: leaf})
	}
	symbols["x"] = sources[c.source].Leaf
	var err error
	if p.Out, err = nmm.Expression(text, symbols); err != nil {
		return nil, err
	}
	return p, p.differentiate(sources)
}

// differentiate keeps the sources that Out depends on and adds their gradients.
func (p *preGraph) differentiate(sources []preSource) error {
	used := ancestors(p.Out)
	for _, s := range sources {
		if used[s.Leaf] {
			p.Sources = append(p.Sources, s)
		}
	}
	if len(p.Sources) == 0 {
		return fmt.Errorf("it depends on no state: write a constant as one number")
	}
	var leaves []*G.Node
	for _, s := range p.Sources {
		leaves = append(leaves, s.Leaf)
	}
	adj, err := differentiate([]*G.Node{p.Out}, []string{"pre"}, leaves)
	if err != nil {
		return err
	}
	p.U = adj.U[0]
	for i := range p.Sources {
		p.Sources[i].Gradient = adj.Gradient[p.Sources[i].Leaf]
	}
	return nil
}
