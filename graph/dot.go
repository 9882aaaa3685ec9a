package graph

import (
	"fmt"
	"strconv"
	"strings"

	G "gorgonia.org/gorgonia"
)

// DOT writes the step graph in the language of Graphviz, each population a cluster, edges in the
// direction in which numbers flow. Boxes enter a step: states, parameters, sums, inputs, noise; double
// boxes are the next states, ellipses operations.
//
// Gorgonia's own ToDot shows the same clusters, which are its node groups, but keeps leaves apart from
// them, and names nodes by their addresses in memory.
func (n *Network) DOT(dt float64, integ Integrator) (string, error) {
	step, err := n.stepGraph(dt, integ)
	if err != nil {
		return "", err
	}
	d := &drawing{member: map[*G.Node]int{}, next: map[*G.Node]string{}}
	for i, s := range step.states {
		d.next[s.Next] = s.Leaf.Name() + "'"
		d.collect(step.states[i].Next, s.Pop)
	}
	var b strings.Builder
	b.WriteString("digraph step {\n\trankdir=LR;\n\tnode [fontname=\"sans-serif\"];\n")
	for _, p := range n.populations {
		fmt.Fprintf(&b, "\tsubgraph %s {\n", strconv.Quote("cluster_"+p.name))
		fmt.Fprintf(&b, "\t\tlabel=%s;\n", strconv.Quote(fmt.Sprintf("%s: %s, %d regions", p.name, p.model.Name(), p.n())))
		for _, node := range d.order {
			if d.member[node] == p.index {
				fmt.Fprintf(&b, "\t\tn%d [%s];\n", node.ID(), d.attributes(node))
			}
		}
		b.WriteString("\t}\n")
	}
	d.edges(&b)
	b.WriteString("}\n")
	return b.String(), nil
}

// drawing assigns nodes to populations.
type drawing struct {
	order  []*G.Node
	member map[*G.Node]int // population, −1 for constants
	next   map[*G.Node]string
}

// collect gives a node and what it is made of to a population, unless they belong to one.
func (d *drawing) collect(n *G.Node, population int) {
	if _, ok := d.member[n]; ok {
		return
	}
	operands := children(n)
	if n.Op() != nil && len(operands) == 0 {
		population = -1
	}
	d.member[n] = population
	for _, child := range operands {
		d.collect(child, population)
	}
	d.order = append(d.order, n)
}

// attributes are label and shape of a node.
func (d *drawing) attributes(n *G.Node) string {
	switch {
	case n.Op() == nil:
		return "shape=box label=" + strconv.Quote(n.Name())
	case d.next[n] != "":
		return "shape=box peripheries=2 label=" + strconv.Quote(d.next[n]+" = "+symbol(n))
	}
	return "label=" + strconv.Quote(symbol(n))
}

// symbol is an operation's name without Gorgonia's flag for the type of what it returns.
func symbol(n *G.Node) string {
	return strings.TrimSuffix(strings.TrimSuffix(n.Op().String(), " false"), " true")
}

// edges writes all edges. A constant is drawn beside each of its uses, because one node for all of
// them would tie the picture together.
func (d *drawing) edges(b *strings.Builder) {
	for _, n := range d.order {
		for k, child := range children(n) {
			if d.member[child] >= 0 {
				fmt.Fprintf(b, "\tn%d -> n%d;\n", child.ID(), n.ID())
				continue
			}
			fmt.Fprintf(b, "\tc%d_%d [shape=plaintext label=%s];\n\tc%d_%d -> n%d;\n",
				n.ID(), k, strconv.Quote(fmt.Sprint(child.Value())), n.ID(), k, n.ID())
		}
	}
}
