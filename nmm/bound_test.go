package nmm

import (
	"math"
	"strings"
	"testing"
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
		{WilsonCowan().Bound("E", 1, 0), "expected bounds lo < hi, found [1, 0]"},
		{WilsonCowan().Bound("E", math.NaN(), 1), "expected bounds lo < hi"},
	} {
		if err := c.m.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected one with %q", err, c.want)
		}
	}
}
