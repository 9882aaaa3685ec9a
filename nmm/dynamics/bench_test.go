package dynamics

import (
	"context"
	"testing"

	"github.com/euryale-ml/euryale/nmm"
)

func BenchmarkJansenRit(b *testing.B) {
	ctx := context.Background()
	s, err := New(nmm.JansenRit())
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"fixed points", func() error { _, err := s.FixedPoints(ctx, Search{}); return err }},
		{"branch", func() error {
			_, err := s.Continue(ctx, Continuation{Parameter: "mu", From: -0.05, To: 0.4, Start: []float64{0.11, 24, 17, 0, 0, 0}})
			return err
		}},
		{"sweep of 20 s", func() error {
			_, err := s.Sweep(ctx, Sweep{Parameter: "mu", From: -0.05, To: 0.4, Values: 5})
			return err
		}},
		{"1 s of exponents", func() error { _, err := s.Lyapunov(ctx, Lyapunov{Duration: 1000, Transient: 1}); return err }},
		{"new", func() error { _, err := New(nmm.JansenRit()); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
