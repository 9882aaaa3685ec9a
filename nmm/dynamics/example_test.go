package dynamics_test

import (
	"context"
	"fmt"

	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/nmm/dynamics"
)

// A population of spiking neurons that excite each other has a quiet and a busy state; between two folds of the branch it can
// be in either.
func Example() {
	ctx := context.Background()
	s, err := dynamics.New(nmm.MontbrioPazoRoxin().Set("eta", -5.0))
	if err != nil {
		fmt.Println(err)
		return
	}
	points, err := s.FixedPoints(ctx, dynamics.Search{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(points)

	branch, err := s.Continue(ctx, dynamics.Continuation{Parameter: "eta", From: -10, To: 0, Start: points.Points[0].State})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(branch)
	// Output:
	// r (1/ms)  v        kind          eigenvalues (1/ms)
	// 0.08113   -1.962   stable node   -2.449, -5.398
	// 0.473     -0.3365  saddle        1.642, -2.988
	// 1.031     -0.1544  stable focus  -0.3089±3.319i
	//
	// eta     r (1/ms)  v              then
	// -10     0.05235   -3.04    end   stable node
	// -3.136  0.1626    -0.979   fold  saddle
	// -5.744  0.7539    -0.2111  fold  stable focus
	// 0       1.521     -0.1047  end
}

// With more input the alpha rhythm of a cortical column begins and ends at Hopf bifurcations.
func ExampleSystem_Continue() {
	ctx := context.Background()
	s, err := dynamics.New(nmm.JansenRit())
	if err != nil {
		fmt.Println(err)
		return
	}
	branch, err := s.Continue(ctx, dynamics.Continuation{Parameter: "mu", From: 0.05, To: 0.4})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range branch.Special {
		fmt.Printf("%-4s at %.4f/ms, %.1f Hz\n", p.Kind, p.Value, p.Frequency)
	}
	// Output:
	// Hopf at 0.0898/ms, 10.4 Hz
	// Hopf at 0.3157/ms, 11.2 Hz
}

// Moved slowly up and down again, the input lets the population jump at one fold, and back at the other.
func ExampleSystem_Sweep() {
	ctx := context.Background()
	s, err := dynamics.New(nmm.MontbrioPazoRoxin())
	if err != nil {
		fmt.Println(err)
		return
	}
	sweep, err := s.Sweep(ctx, dynamics.Sweep{Parameter: "eta", From: -7, To: -2, Values: 6, Settle: 200})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(sweep)
	// Output:
	// eta  r (1/ms)  v        down
	// -7   0.06459   -2.464
	// -6   0.07132   -2.232
	// -5   0.08113   -1.962   1.031, -0.1544
	// -4   0.09831   -1.619   1.177, -0.1352
	// -3   1.284     -0.1239
	// -2   1.373     -0.1159
}

// The attractor of the Lorenz system is a little more than a surface.
func ExampleSystem_Lyapunov() {
	s, err := dynamics.New(nmm.Lorenz())
	if err != nil {
		fmt.Println(err)
		return
	}
	spectrum, err := s.Lyapunov(context.Background(), dynamics.Lyapunov{Duration: 500})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("chaotic: %v, dimension %.2f\n", spectrum.Exponents[0] > 0.1, spectrum.Dimension())
	// Output:
	// chaotic: true, dimension 2.06
}
