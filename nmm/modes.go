package nmm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Modes are several copies of a variable in one region. Indices are a matter of
// the text: once it is read, xi[k] has become xi_1, xi_2 and xi_3, and nothing
// else knows of modes.

// maxModes bounds an index, and maxExpanded the size of what equations expand to.
const (
	maxModes    = 100
	maxExpanded = 100_000
)

// declareModes reads "modes i, k = 3".
func (r *equationReader) declareModes() error {
	p := r.src.parserOf(r.current)
	p.next()
	var names []token
	for {
		t, ok := p.accept("a")
		if !ok {
			return p.unexpected("the name of an index")
		}
		if _, ok := r.modes[t.text]; ok || slices.ContainsFunc(names, func(n token) bool { return n.text == t.text }) {
			return r.src.errorAt(t.at, fmt.Sprintf("index %q is declared already", t.text))
		}
		names = append(names, t)
		if _, ok := p.accept(","); !ok {
			break
		}
	}
	if err := p.expect('=', `"," or "="`); err != nil {
		return err
	}
	n := p.next()
	if n.class != 'n' || n.value < 1 || n.value > maxModes || n.value != float64(int(n.value)) || n.unit != "" {
		return r.src.errorAt(n.at, fmt.Sprintf("expected the number of modes, from 1 to %d", maxModes))
	}
	if p.peek().class != 0 {
		return p.unexpected("the end of the line")
	}
	for _, t := range names {
		r.modes[t.text] = int(n.value)
	}
	return nil
}

// expander puts numbers in the place of indices.
type expander struct {
	src   *source
	modes map[string]int // how far each index runs
	bound map[string]int // indices that have a value
	made  int            // nodes of trees
}

// equations writes every equation out for each value of its indices.
func (x *expander) equations(list []equation) ([]equation, error) {
	var all []equation
	for _, e := range list {
		err := x.each(e.indices, func() (err error) {
			one := e
			if one.name, err = x.name(e.name, e.indices); err != nil {
				return err
			}
			one.indices = nil
			one.right, err = x.expr(e.right)
			all = append(all, one)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// each calls do with every combination of values of the indices that are names.
func (x *expander) each(indices []*expr, do func() error) error {
	if len(indices) == 0 {
		return do()
	}
	rest := func() error { return x.each(indices[1:], do) }
	if indices[0].kind == numberExpr {
		return rest()
	}
	return x.bind(indices[0], rest)
}

// bind calls do with every value of one index.
func (x *expander) bind(index *expr, do func() error) error {
	n, ok := x.modes[index.text]
	if !ok {
		return x.src.errorAt(index.at, fmt.Sprintf("unknown index %q, which no line like \"modes k = 3\" declares; %s", index.text, nearest(index.text, slices.Collect(maps.Keys(x.modes)))))
	}
	if _, ok := x.bound[index.text]; ok {
		return x.src.errorAt(index.at, fmt.Sprintf("index %q runs already", index.text))
	}
	defer delete(x.bound, index.text)
	for k := 1; k <= n; k++ {
		x.bound[index.text] = k
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// value is what an index has become.
func (x *expander) value(index *expr) (int, error) {
	if index.kind == numberExpr {
		if k := int(index.value); k >= 1 && float64(k) == index.value && index.unit == "" {
			return k, nil
		}
		return 0, x.src.errorAt(index.at, fmt.Sprintf("expected an index of 1, 2, …, found %s", index.text))
	}
	k, ok := x.bound[index.text]
	if !ok {
		return 0, x.src.errorAt(index.at, fmt.Sprintf("index %q does not run here: expected it on the left of = or in sum(%s, …)", index.text, index.text))
	}
	return k, nil
}

// name is "xi_2" for xi[k] with k = 2.
func (x *expander) name(base string, indices []*expr) (string, error) {
	var name strings.Builder
	name.WriteString(base)
	for _, index := range indices {
		k, err := x.value(index)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&name, "_%d", k)
	}
	return name.String(), nil
}

// expr returns e without indices.
func (x *expander) expr(e *expr) (*expr, error) {
	if x.made++; x.made > maxExpanded {
		return nil, x.src.errorAt(e.at, fmt.Sprintf("with all their modes the equations have more than %d terms", maxExpanded))
	}
	switch {
	case e.kind == listExpr:
		return x.element(e)
	case e.kind == callExpr && e.text == "sum":
		return x.sum(e)
	}
	c := *e
	var err error
	if c.text, err = x.name(e.text, e.indices); err != nil {
		return nil, err
	}
	c.indices, c.args = nil, make([]*expr, len(e.args))
	for i, a := range e.args {
		if c.args[i], err = x.expr(a); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// element is the chosen element of a list.
func (x *expander) element(list *expr) (*expr, error) {
	if len(list.indices) == 0 {
		return nil, x.src.errorAt(list.at, "expected an index behind a list, as in [1, 2, 3][k]")
	}
	e := list
	for _, index := range list.indices {
		k, err := x.value(index)
		if err != nil {
			return nil, err
		}
		if e.kind != listExpr || k > len(e.args) {
			return nil, x.src.errorAt(index.at, fmt.Sprintf("the list has no element %d", k))
		}
		e = e.args[k-1]
	}
	return x.expr(e)
}

// sum is sum(k, term): the sum of the terms of all k.
func (x *expander) sum(e *expr) (*expr, error) {
	if len(e.args) != 2 || e.args[0].kind != nameExpr || len(e.indices)+len(e.args[0].indices) > 0 {
		return nil, x.src.errorAt(e.at, "expected sum(k, term) with an index k")
	}
	var total *expr
	err := x.bind(e.args[0], func() error {
		term, err := x.expr(e.args[1])
		if total == nil {
			total = term
		} else {
			total = &expr{kind: sumExpr, at: e.at, args: []*expr{total, term}}
		}
		return err
	})
	return total, err
}

// each calls do with a name that an item declares; with all those that "a[k]"
// stands for.
func (m *Model) each(name string, do func(name string) error) error {
	if !strings.Contains(name, "[") {
		return do(name)
	}
	e, src, err := parseExpression(name)
	if err != nil || e.kind != nameExpr {
		return fmt.Errorf("%q: expected a name or a name with indices, such as a[k]", name)
	}
	src.model = m.name
	x := &expander{src: src, modes: m.modes, bound: map[string]int{}}
	return x.each(e.indices, func() error {
		one, err := x.name(e.text, e.indices)
		if err != nil {
			return err
		}
		return do(one)
	})
}
