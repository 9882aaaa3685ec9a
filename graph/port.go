package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/nmm"
)

// portNodes returns, for each population, what enters each port that has something attached:
// Σ gain ⊙ post(S…, x) over its couplings, plus its inputs.
func (n *Network) portNodes(g *G.ExprGraph, in *stepNodes) ([]map[string]*G.Node, error) {
	ports := make([]map[string]*G.Node, len(n.populations))
	for i := range ports {
		ports[i] = map[string]*G.Node{}
	}
	for i, c := range n.couplings {
		node, err := c.postNode(in, i)
		if err == nil {
			err = addTo(ports[c.to.index], c.port, node)
		}
		if err != nil {
			return nil, within(err, "coupling %s: post %q", c.Name, c.Post)
		}
	}
	for _, i := range n.inputs {
		if err := addTo(ports[i.pop.index], i.port, in.series[i.series.Address]); err != nil {
			return nil, within(err, "%s", i.series.Address)
		}
	}
	return ports, nil
}

// addTo adds a node to what a port already gets.
func addTo(ports map[string]*G.Node, port string, node *G.Node) (err error) {
	if sum, ok := ports[port]; ok {
		if node, err = G.Add(sum, node); err != nil {
			return err
		}
	}
	ports[port] = node
	return nil
}

// postNode is gain ⊙ post(S1 … Sm, x), where index is the coupling's own.
func (c *coupling) postNode(in *stepNodes, index int) (*G.Node, error) {
	if c.past {
		return in.sum[index][0], nil
	}
	symbols := map[string]*G.Node{}
	for _, p := range c.to.model.Parameters() {
		symbols[p.Name] = in.param[c.to.name+"."+p.Name]
	}
	for i, s := range c.to.states {
		symbols[s.Name] = in.state[c.to.first+i]
	}
	delete(symbols, "x")
	if i := c.target(); i >= 0 {
		symbols["x"] = in.state[c.to.first+i]
	}
	for k, sum := range in.sum[index] {
		symbols[fmt.Sprintf("S%d", k+1)] = sum
	}
	post, err := nmm.Expression(c.Post, symbols)
	if err != nil {
		return nil, err
	}
	return G.HadamardProd(in.param[c.gain.Address], post)
}
