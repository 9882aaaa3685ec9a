package nmm

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
)

func TestBoundChangesOneModelOnly(t *testing.T) {
	original := MontbrioPazoRoxin()
	changed := original.Clone().Bound("r", math.Inf(-1), 3)
	if s := changed.States()[0]; s.Name != "r" || !math.IsInf(s.Min, -1) || s.Max != 3 {
		t.Errorf("changed model: %s in [%v, %v], expected r in [-Inf, 3]", s.Name, s.Min, s.Max)
	}
	if s := original.States()[0]; s.Min != 0 || !math.IsInf(s.Max, 1) {
		t.Errorf("original model: bounds became [%v, %v]", s.Min, s.Max)
	}
	if err := changed.Err(); err != nil {
		t.Error(err)
	}
}

func TestBoundErrors(t *testing.T) {
	for _, c := range []struct {
		m    *Model
		want string
	}{
		{WilsonCowan().Bound("e", 0, 1), `no state "e"`},
		{WilsonCowan().Bound("E", 1, 0), "expected bounds lo <= hi, found [1, 0]"},
		{WilsonCowan().Bound("E", math.NaN(), 1), "expected bounds lo <= hi"},
		{WilsonCowan().Bound("E", 1, 1, Reflecting), "expected bounds lo < hi to reflect a state between, found [1, 1]"},
		{WilsonCowan().Bound("E", 0, 1, SmoothFloor(0.6)), `state "E": expected a smooth floor of a width above 0 and up to half of [0, 1], found 0.6`},
		{WilsonCowan().Bound("E", 0, math.Inf(1), SmoothFloor(0)), "expected a smooth floor of a width above 0"},
		{WilsonCowan().Bound("E", 0, math.Inf(1), SmoothFloor(math.Inf(1))), "expected a smooth floor of a width"},
		{WilsonCowan().Bound("E", 0, 1, Reflecting, HardClip), "expected one way to keep it within its bounds, found [Reflecting HardClip]"},
	} {
		if err := c.m.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected one with %q", err, c.want)
		}
	}
}

// What becomes of values at, near and beyond bounds, and of their gradients.
func TestBoundings(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		how        Bounding
		lo, hi     float64
		x, y, dydx float64
	}{
		{HardClip, -1, 2, -1.5, -1, 0}, {HardClip, -1, 2, -1, -1, 1}, {HardClip, -1, 2, 0, 0, 1}, {HardClip, -1, 2, 2, 2, 1}, {HardClip, -1, 2, 2.5, 2, 0},
		{Reflecting, -1, 2, -1.5, -0.5, -1}, {Reflecting, -1, 2, -1, -1, 1}, {Reflecting, -1, 2, 0.25, 0.25, 1}, {Reflecting, -1, 2, 2, 2, 1},
		{Reflecting, -1, 2, 2.5, 1.5, -1}, {Reflecting, -1, 2, 5.5, -1, 0}, {Reflecting, -1, 2, -3.5, 1.5, -1}, {Reflecting, -1, 2, -4.5, 1.5, 1}, {Reflecting, -1, 2, -90, -1, 0},
		{Reflecting, 0, inf, -7, 7, -1}, {Reflecting, -inf, 0, 7, -7, -1},
		{SmoothFloor(0.5), -1, 2, 0, 0, 1}, {SmoothFloor(0.5), -1, 2, -0.5, -0.5, 1}, {SmoothFloor(0.5), -1, 2, 1.5, 1.5, 1},
		{SmoothFloor(0.5), -1, 2, -1, -1 + 0.5/math.E, 1 / math.E}, {SmoothFloor(0.5), -1, 2, 2, 2 - 0.5/math.E, 1 / math.E},
		{SmoothFloor(0.5), -1, 2, -2, -1 + 0.5*math.Exp(-3), math.Exp(-3)}, {SmoothFloor(0.5), -1, 2, 3, 2 - 0.5*math.Exp(-3), math.Exp(-3)},
		{SmoothFloor(0.5), 0, inf, 1e5, 1e5, 1}, {SmoothFloor(0.5), 0, inf, -1e5, 0, 0}, {SmoothFloor(1e-6), -inf, -1e-5, 7, -1e-5, 0},
	} {
		s := StateInfo{Min: c.lo, Max: c.hi, Bounding: c.how}
		hold := func(n map[string]*G.Node) (*G.Node, error) { return s.Hold(n["x"]) }
		at := vars{"x": {c.x}}
		y, slope := evaluate(t, hold, at)[0], gradient(t, hold, at)["x"][0]
		if !closeTo(y, c.y, 1e-14, 1e-2) || !closeTo(slope, c.dydx, 1e-14, 1) || y < c.lo || y > c.hi {
			t.Errorf("%v in [%v, %v] of %v: expected %v with slope %v, found %v with %v", c.how, c.lo, c.hi, c.x, c.y, c.dydx, y, slope)
		}
	}
}

// The floor has no kink where it begins.
func TestSmoothFloorIsSmooth(t *testing.T) {
	s := StateInfo{Min: 0.25, Max: 3, Bounding: SmoothFloor(0.5)}
	hold := func(n map[string]*G.Node) (*G.Node, error) { return s.Hold(n["x"]) }
	checkGradient(t, hold, vars{"x": {-1, 0.25, 0.6, 0.76, 0.9, 2.49, 2.6, 4}})
	if slope := gradient(t, hold, vars{"x": {0.75 - 1e-9}})["x"][0]; !(math.Abs(slope-1) < 1e-8) {
		t.Errorf("just below the begin of the floor the slope is %v", slope)
	}
}

func TestBoundingInFilesAndTables(t *testing.T) {
	for how, text := range map[Bounding]string{HardClip: "[0, 1]\t", Reflecting: "[0, 1] Reflecting", SmoothFloor(0.05): "[0, 1] SmoothFloor(0.05)"} {
		m := WilsonCowan().Bound("E", 0, 1, how)
		var file bytes.Buffer
		if err := m.WriteJSON(&file); err != nil {
			t.Fatal(err)
		}
		read, err := Read(&file, "model.json")
		if err != nil || read.States()[0] != m.States()[0] {
			t.Errorf("expected %+v, found %+v, %v", m.States()[0], read, err)
		}
		if got := m.States()[0].boundsText() + "\t"; !strings.HasPrefix(got, text) {
			t.Errorf("expected %s, found %s", text, got)
		}
	}
	text := fmt.Sprintf(`{"format": %q, "name": "M", "equations": ["dx/dt = -x/1[ms] : 1"], "states": [{"name": "x", "initial": [0, 1], %%s}]}`, fileFormat)
	for part, want := range map[string]string{
		`"bounds": [0, 1], "bounding": {"reflecting": true, "smooth": 0.1}`: "a state cannot be reflected and have a smooth floor too",
		`"bounds": [0, 1], "bounding": {"smooth": -0.1}`:                    "expected a smooth floor of a width above 0",
		`"bounding": {"reflecting": true}`:                                  "bounding: there are no bounds",
	} {
		_, err := Read(strings.NewReader(fmt.Sprintf(text, part)), "model.json")
		wantError(t, err, want)
	}
}
