package dynamics

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Lyapunov says how long the exponents are measured. Duration must be given.
type Lyapunov struct {
	Transient float64   // time before, in which the system comes to its attractor, ms; default a fifth of Duration
	Duration  float64   // ms
	Exponents int       // how many, from the largest on; default all
	Start     []float64 // default a state beside the system's start, which often is a fixed point
}

// LyapunovSpectrum has the rates at which small deviations from an attractor grow.
type LyapunovSpectrum struct {
	System    string
	Exponents []float64 // 1/ms, falling
	Errors    []float64 // standard errors, by the tenths of the time
}

// Lyapunov measures the Lyapunov exponents of the attractor that the system comes to: it solves the equations of small
// deviations beside its own, with the exact Jacobian, and makes the deviations orthogonal again and again.
//
// Benettin, Galgani, Giorgilli and Strelcyn, Meccanica 15 (1980) 9-20, doi:10.1007/BF02128236; by QR: Eckmann and Ruelle,
// Rev. Mod. Phys. 57 (1985) 617-656, doi:10.1103/RevModPhys.57.617.
func (s *System) Lyapunov(ctx context.Context, l Lyapunov) (*LyapunovSpectrum, error) {
	n := len(s.states)
	if !(l.Duration > 0) || math.IsInf(l.Duration, 0) || !(l.Transient >= 0) || l.Exponents < 0 || l.Exponents > n {
		return nil, s.errorf("Lyapunov exponents: expected Duration > 0, Transient ≥ 0 and at most %d Exponents, found %v, %v, %d", n, l.Duration, l.Transient, l.Exponents)
	}
	x, err := s.checkState(l.Start)
	if err != nil {
		return nil, err
	}
	if l.Start == nil {
		x = s.beside(x, 1e-2)
	}
	d, err := s.newDeviations(x, cmp.Or(l.Exponents, n))
	if err != nil {
		return nil, err
	}
	if err := d.run.run(ctx, cmp.Or(l.Transient, l.Duration/5), d.see); err != nil {
		return nil, s.errorf("Lyapunov exponents: %w", err)
	}
	const tenths = 10
	rates := make([][]float64, tenths)
	for k := range rates {
		d.reset()
		if err := d.run.run(ctx, l.Duration/tenths, d.see); err != nil {
			return nil, s.errorf("Lyapunov exponents: %w", err)
		}
		d.orthogonalise()
		rates[k] = d.rates()
	}
	return spectrum(s.name, rates), nil
}

// spectrum is the mean over parts of the time.
func spectrum(name string, rates [][]float64) *LyapunovSpectrum {
	parts := float64(len(rates))
	list := make([][2]float64, len(rates[0]))
	for i := range list {
		squares := 0.0
		for _, part := range rates {
			list[i][0] += part[i] / parts
		}
		for _, part := range rates {
			squares += (part[i] - list[i][0]) * (part[i] - list[i][0])
		}
		list[i][1] = math.Sqrt(squares / (parts - 1) / parts)
	}
	slices.SortStableFunc(list, func(a, b [2]float64) int { return -cmp.Compare(a[0], b[0]) })
	r := &LyapunovSpectrum{System: name}
	for _, v := range list {
		r.Exponents, r.Errors = append(r.Exponents, v[0]), append(r.Errors, v[1])
	}
	return r
}

// deviations are a trajectory of states and, behind them, of k deviations one after the other.
type deviations struct {
	run   *trajectory
	n, k  int
	steps int // since they were orthogonal
	from  float64
	grown []float64 // logarithms
	a     *mat.Dense
	qr    mat.QR
	q, r  mat.Dense
}

func (s *System) newDeviations(x []float64, k int) (*deviations, error) {
	flow, err := s.flow("")
	if err != nil {
		return nil, err
	}
	n := len(x)
	d := &deviations{n: n, k: k, grown: make([]float64, k), a: mat.NewDense(n, k, nil)}
	j := mat.NewDense(n, n, nil)
	field := func(dy, y []float64) {
		flow.Jacobian(dy[:n], j, y[:n])
		for c := n; c < len(y); c += n {
			for i := range n {
				dy[c+i] = floats.Dot(j.RawRowView(i), y[c:c+n])
			}
		}
	}
	floor := s.scales()
	y := append([]float64(nil), x...)
	for c := range k {
		unit := make([]float64, n)
		unit[c] = 1
		y, floor = append(y, unit...), append(floor, s.scales()...)
	}
	for i := range floor {
		if floor[i] *= 1e-2; i >= n {
			floor[i] = 1
		}
	}
	d.run = newTrajectory(field, y, floor, func(y []float64) { s.clip(y[:n]) }, func(i int) string {
		if i < n {
			return "state " + s.states[i]
		}
		return fmt.Sprintf("deviation %d of state %s", i/n, s.states[i%n])
	})
	return d, nil
}

// apart is the number of steps behind which deviations are made orthogonal.
const apart = 10

func (d *deviations) see(*trajectory) {
	if d.steps++; d.steps == apart {
		d.orthogonalise()
	}
}

// orthogonalise replaces the deviations by the columns of Q in their QR decomposition and takes note of the diagonal of R.
func (d *deviations) orthogonalise() {
	d.steps = 0
	for c := range d.k {
		d.a.SetCol(c, d.run.x[d.n*(1+c):d.n*(2+c)])
	}
	d.qr.Factorize(d.a)
	d.qr.QTo(&d.q)
	d.qr.RTo(&d.r)
	for c := range d.k {
		mat.Col(d.run.x[d.n*(1+c):d.n*(2+c)], c, &d.q)
		d.grown[c] += math.Log(math.Abs(d.r.At(c, c)))
	}
	d.run.restart()
}

// reset starts to measure.
func (d *deviations) reset() {
	d.orthogonalise()
	floats.Scale(0, d.grown)
	d.from = d.run.t
}

// rates are the logarithms by time.
func (d *deviations) rates() []float64 {
	list := make([]float64, d.k)
	floats.ScaleTo(list, 1/(d.run.t-d.from), d.grown)
	return list
}

// Dimension is that of the attractor by Kaplan and Yorke, the number of exponents, the last counted in part, whose sum is 0;
// the number of exponents if the sum of all is positive.
func (l *LyapunovSpectrum) Dimension() float64 {
	sum := 0.0
	for i, v := range l.Exponents {
		if sum+v < 0 {
			return float64(i) + sum/-v
		}
		sum += v
	}
	return float64(len(l.Exponents))
}

// String prints the exponents and their errors.
func (l *LyapunovSpectrum) String() string {
	text := fmt.Sprintf("Lyapunov exponents of %s, 1/ms:", l.System)
	for i, v := range l.Exponents {
		text += fmt.Sprintf(" %.3g±%.1g", v, l.Errors[i])
	}
	return text
}
