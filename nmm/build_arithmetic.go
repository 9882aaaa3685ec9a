package nmm

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// Sums and products are flattened before they become nodes: numbers are folded
// into one, then come the factors that depend on parameters only, then the rest in
// the order of the text. A product is divided by parameters through their
// reciprocal, which is computed once and not at every step.

// factors is a flattened product
//
//	coefficient · Π numerator / Π denominator,
//
// each list with the invariant factors at index 0 and the varying ones at 1.
type factors struct {
	coefficient            float64
	numerator, denominator [2][]*G.Node
}

// gather multiplies e, or its inverse, into f.
func (b *builder) gather(f *factors, e *expr, inverse bool) error {
	switch e.kind {
	case productExpr, ratioExpr:
		if err := b.gather(f, e.args[0], inverse); err != nil {
			return err
		}
		return b.gather(f, e.args[1], inverse != (e.kind == ratioExpr))
	case negateExpr:
		f.coefficient = -f.coefficient
		return b.gather(f, e.args[0], inverse)
	}
	t, err := b.build(e)
	if err != nil {
		return err
	}
	switch {
	case t.stage == known && inverse:
		f.coefficient /= t.value
	case t.stage == known:
		f.coefficient *= t.value
	case inverse:
		f.denominator[t.stage-invariant] = append(f.denominator[t.stage-invariant], t.node)
	default:
		f.numerator[t.stage-invariant] = append(f.numerator[t.stage-invariant], t.node)
	}
	return nil
}

func (b *builder) product(e *expr) (term, error) {
	f := factors{coefficient: 1}
	if err := b.gather(&f, e, false); err != nil {
		return term{}, err
	}
	return b.multiply(e, f)
}

// multiply makes the nodes of a flattened product.
func (b *builder) multiply(e *expr, f factors) (term, error) {
	if math.IsNaN(f.coefficient) || math.IsInf(f.coefficient, 0) {
		return term{}, b.src.errorAt(e.at, fmt.Sprintf("expected a finite number, found %v", f.coefficient))
	}
	if f.coefficient == 0 {
		return numberTerm(0), nil
	}
	early, err := b.quotient(numberTerm(f.coefficient), f.numerator[0], f.denominator[0], invariant)
	if err == nil {
		early, err = b.quotient(early, f.numerator[1], f.denominator[1], varying)
	}
	if err != nil {
		return term{}, b.src.wrapAt(e.at, "", err)
	}
	return early, nil
}

// quotient returns first · Π above / Π below; s is the stage of both lists.
func (b *builder) quotient(first term, above, below []*G.Node, s stage) (term, error) {
	if len(above)+len(below) == 0 {
		return first, nil
	}
	top, err := b.chain(above)
	if err == nil {
		top, err = b.scale(first, top)
	}
	if err != nil || len(below) == 0 {
		return term{stage: s, node: top}, err
	}
	bottom, err := b.chain(below)
	if err != nil {
		return term{}, err
	}
	if top == nil {
		top, err = G.Inverse(bottom)
	} else {
		top, err = G.HadamardDiv(top, bottom)
	}
	return term{stage: s, node: top}, err
}

// scale returns first·n without needless nodes; n may be nil, for 1, and so may
// the result.
func (b *builder) scale(first term, n *G.Node) (*G.Node, error) {
	switch {
	case first.stage == known && first.value == 1:
		return n, nil
	case n == nil:
		return b.node(first), nil
	case first.stage == known && first.value == -1:
		return G.Neg(n)
	}
	return G.HadamardProd(b.node(first), n)
}

// chain multiplies nodes; one that occurs p times is raised to the power p.
func (b *builder) chain(list []*G.Node) (*G.Node, error) {
	count := map[*G.Node]int{}
	for _, n := range list {
		count[n]++
	}
	var result *G.Node
	for _, n := range list {
		p := count[n]
		if p == 0 {
			continue // taken with the first
		}
		count[n] = 0
		factor, err := wholePower(n, p)
		if err != nil {
			return nil, err
		}
		if result == nil {
			result = factor
		} else if result, err = G.HadamardProd(result, factor); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// addend is a term of a flattened sum.
type addend struct {
	negative bool
	node     *G.Node
}

// addends is a flattened sum: a number, invariant terms at index 0, varying at 1.
type addends struct {
	number float64
	terms  [2][]addend
}

// add puts ±e into s.
func (b *builder) add(s *addends, e *expr, negative bool) error {
	switch e.kind {
	case sumExpr, differenceExpr:
		if err := b.add(s, e.args[0], negative); err != nil {
			return err
		}
		return b.add(s, e.args[1], negative != (e.kind == differenceExpr))
	case negateExpr:
		return b.add(s, e.args[0], !negative)
	}
	f := factors{coefficient: 1}
	if err := b.gather(&f, e, false); err != nil {
		return err
	}
	if f.coefficient < 0 {
		f.coefficient, negative = -f.coefficient, !negative
	}
	t, err := b.multiply(e, f)
	switch {
	case err != nil:
		return err
	case t.stage != known:
		s.terms[t.stage-invariant] = append(s.terms[t.stage-invariant], addend{negative, t.node})
	case negative:
		s.number -= t.value
	default:
		s.number += t.value
	}
	return nil
}

func (b *builder) sum(e *expr) (term, error) {
	var s addends
	if err := b.add(&s, e, false); err != nil {
		return term{}, err
	}
	early, late := s.terms[0], s.terms[1]
	if len(early)+len(late) == 0 {
		return numberTerm(s.number), nil
	}
	latest := invariant
	if s.number != 0 {
		early = append(early, addend{s.number < 0, constant(b.graph, max(s.number, -s.number))})
	}
	if len(late) > 0 {
		latest = varying
		if len(early) > 0 {
			n, err := total(early)
			if err != nil {
				return term{}, b.src.wrapAt(e.at, "", err)
			}
			late = append([]addend{n}, late...)
		}
		early = late
	}
	a, err := total(early)
	if err == nil && a.negative {
		a.node, err = G.Neg(a.node)
	}
	return b.made(e, latest)(a.node, err)
}

// total adds the terms, beginning with a positive one if there is any; else it
// returns the negative of their sum, marked so.
func total(list []addend) (addend, error) {
	start, allNegative := 0, true
	for i, a := range list {
		if !a.negative {
			start, allNegative = i, false
			break
		}
	}
	result := addend{allNegative, list[start].node}
	for i, a := range list {
		if i == start {
			continue
		}
		join := G.Add
		if a.negative != allNegative {
			join = G.Sub
		}
		var err error
		if result.node, err = join(result.node, a.node); err != nil {
			return result, err
		}
	}
	return result, nil
}
