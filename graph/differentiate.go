package graph

import (
	G "gorgonia.org/gorgonia"
)

// adjoint is a graph's reverse pass: U[k] is the adjoint of output k, Gradient the sum over k of
// ⟨U[k], ∂output_k/∂leaf⟩ for each leaf. A leaf that no output depends on has no gradient node.
type adjoint struct {
	U        []*G.Node
	Gradient map[*G.Node]*G.Node
}

// differentiate adds the adjoint of outputs to their graph:
//
//	loss = Σ_k Σ_i U_k,i · output_k,i
//
// with new leaves U_k called "adj/" + names[k], differentiated once by Gorgonia with respect to the
// wanted leaves. A graph can be differentiated only once; a second time is silently wrong.
func differentiate(outputs []*G.Node, names []string, wanted []*G.Node) (*adjoint, error) {
	a := &adjoint{Gradient: map[*G.Node]*G.Node{}}
	var loss *G.Node
	for k, out := range outputs {
		u := likeLeaf(out.Graph(), "adj/"+names[k], out)
		a.U = append(a.U, u)
		term, err := product(u, out)
		if err != nil {
			return nil, within(err, "adjoint of %s", names[k])
		}
		if loss == nil {
			loss = term
		} else if loss, err = G.Add(loss, term); err != nil {
			return nil, within(err, "adjoint of %s", names[k])
		}
	}
	if loss == nil {
		return a, nil
	}
	return a, a.gradients(loss, wanted)
}

// product is Σ_i u_i x_i.
func product(u, x *G.Node) (*G.Node, error) {
	p, err := G.HadamardProd(u, x)
	if err != nil || p.IsScalar() {
		return p, err
	}
	return G.Sum(p)
}

// gradients differentiates loss with respect to those wanted leaves that it depends on.
func (a *adjoint) gradients(loss *G.Node, wanted []*G.Node) error {
	used := ancestors(loss)
	var leaves []*G.Node
	for _, leaf := range wanted {
		if used[leaf] && a.Gradient[leaf] == nil {
			leaves = append(leaves, leaf)
			a.Gradient[leaf] = leaf
		}
	}
	if len(leaves) == 0 {
		return nil
	}
	gradients, err := G.Grad(loss, leaves...)
	if err != nil {
		return within(err, "differentiating a step")
	}
	for i, leaf := range leaves {
		a.Gradient[leaf] = gradients[i]
	}
	return nil
}

// differentiate adds the adjoint of the step, see above, with U in the order of the states.
func (s *stepGraph) differentiate(wanted []*G.Node) (*adjoint, error) {
	var outputs []*G.Node
	var names []string
	for _, state := range s.states {
		outputs = append(outputs, state.Next)
		names = append(names, state.Leaf.Name())
	}
	return differentiate(outputs, names, wanted)
}
