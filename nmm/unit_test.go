package nmm

import (
	"math"
	"testing"
)

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		v        float64
		from, to string
		want     float64
	}{
		{3, "m/s", "mm/ms", 3},
		{1, "s", "ms", 1000},
		{4, "Hz", "1/ms", 0.004},
		{2, "kHz", "1/ms", 2},
		{5, "µm", "mm", 0.005},
		{5, "μm", "um", 5},
		{7, "nA*MΩ", "mV", 7},
		{7, "nS mV", "pA", 7},
		{270, "1/nC", "1/nA/ms", 0.27},
		{2, "1/√ms", "1/sqrt(s)", 2 * math.Sqrt(1000)},
		{2, "mV/ms^(1/2)", "mV ms^(-1/2)", 2},
		{2, "mV²/ms³", "(mV/ms)^2/ms", 2},
		{180, "rad/s", "1/s", 180},
		{2, "", "1", 2},
		{1, "mM", "mol/m^3", 1},
		{1, "min", "s", 60},
		{30, "fT", "T", 30e-15},
		{1, "F", "S*s", 1},
		{1, "J", "N*m", 1},
		{1, "W", "V*A", 1},
		{1, "V·A", "W", 1},
	} {
		got, err := Convert(c.v, c.from, c.to)
		if err != nil || !closeTo(got, c.want, 1e-14, 0) {
			t.Errorf("%v %s in %s: expected %v, found %v, %v", c.v, c.from, c.to, c.want, got, err)
		}
	}
}

func TestUnitErrors(t *testing.T) {
	_, err := Convert(5, "mV", "ms")
	wantError(t, err, "nmm: 5 mV cannot be converted to ms")
	for unit, part := range map[string]string{
		"mVolt":     `unknown symbol "mVolt"`,
		"mV/":       "unknown symbol",
		"mV^":       "expected an exponent",
		"mV^x":      "expected an exponent",
		"mV^(1/0)":  "expected an exponent",
		"mV^(1/2":   "expected an exponent",
		"mV)":       `unexpected ')'`,
		"(mV":       `expected ")"`,
		"2 mV":      `unknown symbol "2 mV"`,
		"kmin":      `unknown symbol "kmin"`,
		"mV^99999":  "expected an exponent",
		"mV % ms":   `unknown symbol "% ms"`,
		"sqrt mV":   "unknown symbol",
		"√":         "unknown symbol",
		"mV**ms":    "unknown symbol",
		"mV^(1/2)2": `unknown symbol "2"`,
	} {
		wantError(t, CheckUnit(unit), "nmm: unit", part)
	}
	if err := CheckUnit("mV/ms"); err != nil {
		t.Error(err)
	}
}

var unitsOfTest = map[string]string{"v": "mV", "w": "V", "i": "nA", "tau": "ms", "r": "1/ms", "f": "Hz", "n": "1"}

func TestExpressionUnit(t *testing.T) {
	for expression, want := range map[string]string{
		"v + 5[mV]":                "mV",
		"v/tau":                    "mV/ms",
		"v*r":                      "mV/ms",
		"-v^2":                     "mV^2",
		"sqrt(v)":                  "mV^(1/2)",
		"v^(1/2)*v^0.5":            "mV",
		"v^-1*v":                   "1",
		"1/sqrt(tau)":              "1/ms^(1/2)",
		"exp(r*tau)":               "1",
		"min(v, 3[mV])":            "mV",
		"where(v < 0[mV], i, 2*i)": "nA",
		"abs(v)*clip(n, 0, 1)":     "mV",
		"erf(n)*cbrt(n)":           "1",
		"sign(v)":                  "1",
		"atan2(v, 2*v)":            "1",
		"mod(v, 360[mV])":          "mV",
		"n^n":                      "1",
		"n^1.3":                    "1",
		"v^(3-1)":                  "", // no literal
		"v/i":                      "mV/nA",
		"pi*n":                     "1",
		"v - r/(1/(v*tau))":        "mV",
	} {
		got, err := ExpressionUnit(expression, unitsOfTest)
		if want == "" {
			wantError(t, err, "expected a number like 2, -1 or (1/2) as exponent of a quantity in mV")
		} else if err != nil || got != want {
			t.Errorf("%s: expected %s, found %s, %v", expression, want, got, err)
		}
	}
}

func TestUnitsThatDoNotFit(t *testing.T) {
	for expression, parts := range map[string][]string{
		"v + i":                 {"column 3", "expected one unit on both sides of +, found mV and nA"},
		"v - w":                 {"column 3", "found mV and V (one dimension, but mV is 0.001 V)"},
		"r + f":                 {"found 1/ms and Hz (one dimension, but 1/ms is 1000 Hz)"},
		"v + 5":                 {"column 3", "found mV and 1"},
		"exp(v)":                {"column 5", "expected the argument of exp in 1 (dimensionless), found mV"},
		"exp(f*tau)":            {"column 6", "found Hz*ms (one dimension, but Hz*ms is 0.001)"},
		"sigmoid(v/w)":          {"found mV/V"},
		"where(v < 0, v, v)":    {"column 9", "both sides of <, found mV and 1"},
		"where(v < v, v, i)":    {"column 17", "expected the second branch of where, as the first, in mV, found nA"},
		"clip(v, 0[mV], 1[nA])": {"column 16", "expected argument 3 of clip in mV, found nA"},
		"erf(v)":                {"column 5", "expected the argument of erf in 1 (dimensionless), found mV"},
		"acos(v/w)":             {"column 7", "found mV/V"},
		"cbrt(v)":               {"column 6", "expected the argument of cbrt"},
		"atan2(v, n)":           {"column 10", "expected argument 2 of atan2 in mV, found 1"},
		"mod(v, 1)":             {"column 8", "expected argument 2 of mod in mV, found 1"},
		"v^n":                   {"column 3", "expected a number like 2"},
		"n^v":                   {"column 3", "expected the exponent in 1 (dimensionless), found mV"},
		"5[mVolt]":              {"column 1", `unknown symbol "mVolt"`},
		"v + q":                 {"column 5", `unknown name "q"`},
		"exp(q)":                {"column 5", `unknown name "q"`},
		"(q)^2":                 {"column 2", `unknown name "q"`},
		"2^q":                   {"column 3", `unknown name "q"`},
	} {
		_, err := ExpressionUnit(expression, unitsOfTest)
		wantError(t, err, parts...)
	}
	_, err := ExpressionUnit("v", map[string]string{"v": "mVolt"})
	wantError(t, err, `nmm: unit of "v"`, "mVolt")
}

func TestParseQuantity(t *testing.T) {
	for text, want := range map[string]Quantity{
		"5 mV": Q(5, "mV"), " 10mm/ms ": Q(10, "mm/ms"), "-1e-3 1/ms": Q(-1e-3, "1/ms"), "3": Q(3, "1"), "+2.5E2 √ms": Q(250, "√ms"),
	} {
		got, err := ParseQuantity(text)
		if err != nil || got != want {
			t.Errorf("%q: expected %v, found %v, %v", text, want, got, err)
		}
		if again, err := ParseQuantity(got.String()); err != nil || again != got {
			t.Errorf("%q printed and read again: %v, %v", text, again, err)
		}
	}
	for text, part := range map[string]string{
		"": "expected a number and a unit, as in 5 mV", "mV": "expected a number", "5,3 mV": `unknown symbol ",3 mV"`, "5 msec": `unknown symbol "msec"`,
		"1e999 mV": "expected a number", "NaN mV": "expected a number", "5 mV/": "unit \"mV/\"",
	} {
		_, err := ParseQuantity(text)
		wantError(t, err, "nmm: quantity", part)
	}
}

func FuzzParseQuantity(f *testing.F) {
	for _, text := range []string{"5 mV", "10mm/ms", "-1e-3 1/ms^(1/2)", "√", "1e", "((m^99)^99)^99"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuantity(text)
		if err != nil {
			return
		}
		if again, err := ParseQuantity(q.String()); err != nil || again != q {
			t.Errorf("%q: %v, printed and read again %v, %v", text, q, again, err)
		}
	})
}
