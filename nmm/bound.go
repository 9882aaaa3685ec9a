package nmm

import (
	"fmt"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
)

// Bounding is how a state is kept within its bounds [lo, hi]: what becomes of a value x outside, after every stage
// of a step, and of its gradient. The zero value is HardClip.
//
//	HardClip        the bound                          the gradient ends there
//	Reflecting      lo + (lo - x), or hi - (x - hi)    the gradient goes on, with its sign changed
//	SmoothFloor(w)  lo + w e^((x - lo)/w - 1)          the gradient fades, and is never 0
//	                for x < lo + w, and so at hi
//
// HardClip is what the field's programs do, and right for a state that rests on its bound. It hides from the
// gradient everything that happened before, which may leave an optimiser without a direction. Reflecting keeps
// noise from gathering on the bound: the density near it stays that of a wall, and the gradient alive. SmoothFloor
// bends the state within a width w of the bound, in the state's unit, so that it nears the bound and never reaches
// it; it is continuous with its first derivative, and right for states that press against the bound and must
// learn not to. Its w should be small beside what the state is like elsewhere. Initial values and histories are
// clipped in any case.
type Bounding struct {
	reflecting bool
	width      float64 // of a smooth floor; 0 for none
}

// Ways of keeping a state within its bounds, beside SmoothFloor.
var (
	HardClip   = Bounding{}
	Reflecting = Bounding{reflecting: true}
)

// SmoothFloor bends a state within the given width of its bounds, in the state's unit, see Bounding.
func SmoothFloor(width float64) Bounding {
	if !(width > 0) {
		width = math.NaN() // which check refuses, where it can say of which state
	}
	return Bounding{width: width}
}

// String names it as the package does.
func (b Bounding) String() string {
	switch {
	case b.reflecting:
		return "Reflecting"
	case b.width != 0:
		return fmt.Sprintf("SmoothFloor(%g)", b.width)
	}
	return "HardClip"
}

// check refuses widths that do not fit between the bounds.
func (b Bounding) check(lo, hi float64) error {
	if b.reflecting && b.width != 0 {
		return fmt.Errorf("a state cannot be reflected and have a smooth floor too")
	}
	if b.reflecting && lo == hi {
		return fmt.Errorf("expected bounds lo < hi to reflect a state between, found [%g, %g]", lo, hi)
	}
	if b.width != 0 && !(b.width > 0 && 2*b.width <= hi-lo && !math.IsInf(b.width, 1)) {
		return fmt.Errorf("expected a smooth floor of a width above 0 and up to half of [%g, %g], found %g", lo, hi, b.width)
	}
	return nil
}

// Bound changes the bounds of a state, in its unit, and how it is kept within them; without a choice it is clipped.
// ±Inf is no bound, so Bound(state, math.Inf(-1), math.Inf(1)) takes a model's own bounds away,
// and Bound(state, x, x) holds the state at x.
func (m *Model) Bound(state string, lo, hi float64, how ...Bounding) *Model {
	if m.err != nil {
		return m
	}
	m.states = slices.Clone(m.states) // clones share them
	if err := Bounds(state, lo, hi, how...).add(m); err != nil {
		m.err = fmt.Errorf("nmm: model %s: %w", m.name, err)
	}
	return m
}

// Hold returns the node of a value of the state, kept within its bounds.
func (s StateInfo) Hold(x *G.Node) (*G.Node, error) {
	b, clip := s.Bounding, s
	for _, end := range []struct {
		at, inward float64 // inward is the direction from the bound to the inside
	}{{s.Min, 1}, {s.Max, -1}} {
		if math.IsInf(end.at, 0) || b == HardClip {
			continue
		}
		var err error
		if x, err = b.bend(x, end.at, end.inward); err != nil {
			return nil, err
		}
	}
	if b.width != 0 {
		clip.Min, clip.Max = math.Inf(-1), math.Inf(1) // nothing is left to clip
	}
	return clip.clip(x)
}

// bend is a bound that is no clip.
func (b Bounding) bend(x *G.Node, bound, inward float64) (*G.Node, error) {
	text := fmt.Sprintf("where(%v*(x - %v) < 0, 2*%v - x, x)", inward, bound, bound)
	if b.width != 0 {
		edge := bound + inward*b.width // the exponent stays below 0 on both sides of it
		text = fmt.Sprintf("where(%v*(x - %v) < 0, %v + %v*exp(min(%v*(x - %v), 0)/%v), x)", inward, edge, bound, inward*b.width, inward, edge, b.width)
	}
	return Expression(text, map[string]*G.Node{"x": x})
}

// clip keeps x within [Min, Max], with derivative 1 inside and on the bound and 0 outside.
func (s StateInfo) clip(x *G.Node) (_ *G.Node, err error) {
	if !math.IsInf(s.Min, -1) {
		bound := constant(x.Graph(), s.Min)
		if x, err = Select("<", x, bound, bound, x); err != nil {
			return nil, err
		}
	}
	if !math.IsInf(s.Max, 1) {
		bound := constant(x.Graph(), s.Max)
		if x, err = Select("<", bound, x, bound, x); err != nil {
			return nil, err
		}
	}
	return x, nil
}
