package nmm

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
)

// observable evaluates an algebraic line.
func observable(t *testing.T, m *Model, name string, values vars) []float64 {
	t.Helper()
	return evaluate(t, func(n map[string]*G.Node) (*G.Node, error) {
		e, err := m.Nodes(n)
		if err != nil {
			return nil, err
		}
		return e.Algebraic[name], nil
	}, values)
}

// Rest is at 0, where no activity moves anything and nothing is seen.
func TestBalloonAtRest(t *testing.T) {
	rest := at(BalloonWindkessel(), nil, vars{"s": {0}, "ln_f": {0}, "ln_v": {0}, "ln_q": {0}})
	for i, s := range BalloonWindkessel().States() {
		got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(BalloonWindkessel(), i, n) }, rest)[0]
		if !(math.Abs(got) < 1e-18) {
			t.Errorf("d%s/dt = %g at rest", s.Name, got)
		}
	}
	if got := observable(t, BalloonWindkessel(), "bold", rest)[0]; got != 0 {
		t.Errorf("bold = %g at rest", got)
	}
}

// The signal sees the concentration q/v of deoxyhaemoglobin: doubled volume and content leave it as it
// was, and only k₁ and k₃ speak. Some programs have q/ρ in its place.
func TestBalloonSeesConcentration(t *testing.T) {
	m := BalloonWindkessel()
	got := observable(t, m, "bold", at(m, nil, vars{"s": {0}, "ln_f": {0}, "ln_v": {math.Ln2}, "ln_q": {math.Ln2}}))[0]
	if want := 0.02 * (2.38*(1-2) + 0.48*(1-2)); !closeTo(got, want, 1e-14, 0) {
		t.Errorf("expected %v, found %v", want, got)
	}
	got = observable(t, m, "bold", at(m, map[string]float64{"k_1": 0, "k_3": 0}, vars{"s": {0}, "ln_f": {0}, "ln_v": {-0.2}, "ln_q": {0.3}}))[0]
	if want := 0.02 * 2 * (1 - math.Exp(0.5)); !closeTo(got, want, 1e-14, 0) {
		t.Errorf("expected %v, found %v", want, got)
	}
}

// brainmass 0.1.1 has q/ρ in the place of q/v: at v = 1.1 and q = 0.9 it finds a loss of signal where the
// paper has a gain.
func TestBrainmassBalloon(t *testing.T) {
	const q, v, rho, brainmass = 0.9, 1.1, 0.34, -0.06208235
	bold := func(concentration float64) float64 {
		return 0.02 * (7*rho*(1-q) + 2*(1-concentration) + (2*rho-0.2)*(1-v))
	}
	if got := bold(q / rho); math.Abs(got-brainmass) > 1e-8 {
		t.Errorf("theirs is %v, expected %v", got, brainmass)
	}
	m := BalloonWindkessel()
	got := observable(t, m, "bold", at(m, nil, vars{"s": {0.1}, "ln_f": {math.Log(1.2)}, "ln_v": {math.Log(v)}, "ln_q": {math.Log(q)}}))[0]
	if want := bold(q / v); !closeTo(got, want, 1e-13, 0) || got < 0 {
		t.Errorf("expected %v, found %v", want, got)
	}
}

func TestBalloonPresets(t *testing.T) {
	for name, want := range map[string]map[string]float64{
		"Friston2000": {"epsilon": 0.54, "kappa": 1 / 1.54, "gamma": 1 / 2.46, "alpha": 0.33, "k_3": 0.48},
		"Friston2003": {"epsilon": 1, "kappa": 0.65, "gamma": 0.41, "tau": 0.98, "alpha": 0.32, "rho": 0.34, "V_0": 0.02, "k_1": 2.38, "k_2": 2, "k_3": 0.48},
		"Deco2013":    {"k_1": 7 * 0.34, "k_2": 2, "V_0": 0.02},
		"Stephan2007": {"k_1": 2.3568, "k_2": 0.4862, "k_3": -0.43},
	} {
		m := BalloonWindkessel().Set("kappa", 5).Set("k_1", 9).Preset(name)
		if err := m.Err(); err != nil {
			t.Fatal(err)
		}
		for _, p := range m.Parameters() {
			if v, ok := want[p.Name]; ok && math.Abs(p.Values[0]-v) > 1e-4 {
				t.Errorf("%s: %s: expected %v, found %v", name, p.Name, v, p.Values[0])
			}
		}
	}
}
