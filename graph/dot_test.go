package graph

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/graph/formats/dot"
	"gonum.org/v1/gonum/graph/formats/dot/ast"
	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// The drawing parses, has one cluster per population, and every state's leaf and next node in the
// cluster of its own population.
func TestDOT(t *testing.T) {
	net := must(t, Population("cortex", Regions(3), nmm.JansenRit()), Population("thalamus", Regions(1), nmm.Hopf()),
		&Coupling{From: "thalamus.x", To: "cortex." + nmm.JansenRit().Ports()[0].Name, Weights: mat.NewDense(3, 1, []float64{1, 2, 3})})
	text, err := net.DOT(0.1, RK4)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := net.DOT(0.1, RK4); again != text {
		t.Error("two drawings of one network differ")
	}
	file, err := dot.ParseString(text)
	if err != nil {
		t.Fatal(err)
	}
	owner, edges := map[string]string{}, 0 // cluster of each label
	for _, statement := range file.Graphs[0].Stmts {
		switch x := statement.(type) {
		case *ast.EdgeStmt:
			edges++
		case *ast.Subgraph:
			for _, inner := range x.Stmts {
				if node, ok := inner.(*ast.NodeStmt); ok {
					owner[label(node)] = x.ID
				}
			}
		}
	}
	for _, p := range net.populations {
		for _, s := range p.states {
			name, cluster := p.name+"/"+s.Name, `"cluster_`+p.name+`"`
			if owner[name] != cluster {
				t.Errorf("%s is in %q, expected %s", name, owner[name], cluster)
			}
			found := false
			for l, parent := range owner {
				found = found || parent == cluster && strings.HasPrefix(l, name+"' = ")
			}
			if !found {
				t.Errorf("%s has no next state in %s", name, cluster)
			}
		}
	}
	if edges < len(owner) {
		t.Errorf("%d edges for %d nodes", edges, len(owner))
	}
}

// label is a node's label without its quotation marks.
func label(n *ast.NodeStmt) string {
	for _, a := range n.Attrs {
		if a.Key == "label" {
			return strings.Trim(a.Val, `"`)
		}
	}
	return ""
}
