package dynamics

import (
	"testing"

	"github.com/euryale-ml/euryale/nmm"
)

func TestSweepFindsBothStates(t *testing.T) {
	s := system(t, nmm.MontbrioPazoRoxin())
	h, err := s.Sweep(t.Context(), Sweep{Parameter: "eta", From: -7, To: -2, Values: 51, Settle: 200, Measure: 20})
	if err != nil {
		t.Fatal(err)
	}
	for k, e := range h.Up {
		// On a fold the flow is slow, which lets the sweep go past it by a step.
		if inside := e.Value > -5.74+0.15 && e.Value < -3.14-0.15; inside != h.Two(k) && (inside || e.Value < -5.74-0.15 || e.Value > -3.14+0.15) {
			t.Errorf("η = %v: two states %v, expected %v", e.Value, h.Two(k), inside)
		}
	}
}
