package dynamics

import (
	"testing"
)

func TestLorenzSpectrum(t *testing.T) {
	l, err := lorenz(t, 28).Lyapunov(t.Context(), Lyapunov{Duration: 2000})
	if err != nil {
		t.Fatal(err)
	}
	// Viswanath 1998: 0.9056, 0, −14.5723. They are means over 2,000 time units, of which the largest varies as 0.5/√T.
	near(t, "largest exponent", l.Exponents[0], 0.906, 0.03)
	near(t, "exponent along the flow", l.Exponents[1], 0, 3e-3)
	near(t, "smallest exponent", l.Exponents[2], -14.572, 0.03)
	near(t, "sum, the divergence −σ−1−β", l.Exponents[0]+l.Exponents[1]+l.Exponents[2], -10-1-8.0/3, 1e-4)
	near(t, "Kaplan-Yorke dimension", l.Dimension(), 2.062, 3e-3)
}
