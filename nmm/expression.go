package nmm

import (
	"fmt"
	"maps"
	"slices"

	G "gorgonia.org/gorgonia"
)

// Expression turns the text of one expression, in the language of the equations,
// into a node: the pre and post of a coupling, an observable, a stimulus. symbols
// gives the nodes of the names that may occur; there must be at least one, which
// says the graph.
func Expression(text string, symbols map[string]*G.Node) (*G.Node, error) {
	e, src, err := readExpression(text)
	if err != nil {
		return nil, err
	}
	graph, err := graphOf(symbols)
	if err != nil {
		return nil, fmt.Errorf("nmm: expression %q: %w", text, err)
	}
	if e, err = bareDiffer(src, slices.Collect(maps.Keys(symbols))).expand(e); err != nil {
		return nil, err
	}
	b := &builder{src: src, graph: graph,
		lookup: func(name string) (term, bool, error) {
			n, ok := symbols[name]
			if !ok {
				return term{}, false, nil
			}
			return nodeTerm(n, varying), true, nil
		},
		names: func() []string { return slices.Collect(maps.Keys(symbols)) },
	}
	t, err := b.build(e)
	if err != nil {
		return nil, err
	}
	return b.node(t), nil
}

// readExpression parses an expression without modes.
func readExpression(text string) (*expr, *source, error) {
	e, src, err := parseExpression(text)
	if err != nil {
		return nil, nil, err
	}
	e, err = (&expander{src: src}).expr(e)
	return e, src, err
}

// bareDiffer is for expressions without algebraic lines.
func bareDiffer(src *source, symbols []string) *differ {
	return &differ{src: src, symbols: symbols,
		past: func(string) bool { return false },
		line: func(*expr, string) (*expr, bool, error) { return nil, false, nil }}
}

// graphOf returns the one graph that all symbols are in.
func graphOf(symbols map[string]*G.Node) (*G.ExprGraph, error) {
	var graph *G.ExprGraph
	for _, name := range slices.Sorted(maps.Keys(symbols)) {
		n := symbols[name]
		if n == nil {
			return nil, fmt.Errorf("the node of %q is nil", name)
		}
		if n.Graph() == nil {
			continue // a constant that belongs to no graph yet
		}
		if graph == nil {
			graph = n.Graph()
		}
		if n.Graph() != graph {
			return nil, fmt.Errorf("the node of %q is in another graph than the others", name)
		}
	}
	if graph == nil {
		return nil, fmt.Errorf("expected the node of at least one name, to know the graph")
	}
	return graph, nil
}

// ExpressionUnit returns the unit of an expression, given those of the names in
// it, or an error at the column where units do not fit.
func ExpressionUnit(text string, units map[string]string) (string, error) {
	e, src, err := readExpression(text)
	if err != nil {
		return "", err
	}
	c := &checker{src: src, units: map[string]measure{}}
	for name, u := range units {
		if c.units[name], err = parseUnit(u); err != nil {
			return "", fmt.Errorf("nmm: unit of %q: %w", name, err)
		}
	}
	m, err := c.infer(e)
	if err != nil {
		return "", err
	}
	return m.String(), nil
}
