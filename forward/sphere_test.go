package forward

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// randomPoints lie between two radii, mm, about a centre.
func randomPoints(seed uint64, n int, centre [3]float64, from, to float64) *mat.Dense {
	r := rand.New(rand.NewPCG(seed, 1))
	p := mat.NewDense(n, 3, nil)
	for i := 0; i < n; i++ {
		v := vector{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		v = v.times((from + (to-from)*r.Float64()) / v.length()).plus(centre)
		p.SetRow(i, v[:])
	}
	return p
}

func sameGain(t *testing.T, what string, got, want *mat.Dense, tol float64) {
	t.Helper()
	scale := mat.Max(want) - mat.Min(want)
	rows, columns := want.Dims()
	for i := 0; i < rows; i++ {
		for j := 0; j < columns; j++ {
			if !(math.Abs(got.At(i, j)-want.At(i, j)) <= tol*scale) {
				t.Fatalf("%s: sensor %d, column %d: expected %.12g, found %.12g (range %.3g)", what, i, j, want.At(i, j), got.At(i, j), scale)
			}
		}
	}
}

var (
	offCentre = [3]float64{3, -5, 40}
	oneShell  = Sphere{offCentre, []float64{90}, []float64{0.33}}
	twoEqual  = Sphere{offCentre, []float64{80, 90}, []float64{0.33, 0.33}}
)

func mustGain(t *testing.T) func(*mat.Dense, error) *mat.Dense {
	return func(m *mat.Dense, err error) *mat.Dense {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

// Shells of one conductivity are one shell: the series against the closed form.
func TestSeriesIsTheClosedForm(t *testing.T) {
	must := mustGain(t)
	sensors := randomPoints(1, 30, offCentre, 90, 90)
	sources := randomPoints(2, 20, offCentre, 0, 79)
	sources.SetRow(0, offCentre[:])
	sources.SetRow(1, []float64{3, -5, 40 + 79.9})
	closed := must(oneShell.EEG(sensors, sources))
	sameGain(t, "series", must(twoEqual.EEG(sensors, sources)), closed, 1e-13)
	three := Sphere{offCentre, []float64{80, 85, 90}, []float64{0.33, 0.33, 0.33}}
	sameGain(t, "series of three", must(three.EEG(sensors, sources)), closed, 1e-13)
}

// A dipole at the centre of a homogeneous sphere has the potential 3 p·u/(4πσR²), its field having to
// bend along the surface.
func TestCentralDipole(t *testing.T) {
	must := mustGain(t)
	sensors := mat.NewDense(1, 3, []float64{offCentre[0], offCentre[1], offCentre[2] + 200}) // moved to the scalp
	source := mat.NewDense(1, 3, offCentre[:])
	want := 3 / (4 * math.Pi * 0.33 * 0.09 * 0.09) // 8.9e1 V per A·m
	for _, s := range []Sphere{oneShell, twoEqual} {
		gain := must(s.EEG(sensors, source))
		near(t, "z", gain.At(0, 2), want, 1e-12*want)
		near(t, "x", gain.At(0, 0), 0, 1e-12*want)
	}
}

// A thin shell is as good as none, whatever it conducts, and potentials are in proportion to resistance.
func TestShellsByLimits(t *testing.T) {
	must := mustGain(t)
	sensors := randomPoints(3, 20, offCentre, 90, 90)
	sources := randomPoints(4, 10, offCentre, 10, 60)
	open := must(oneShell.EEG(sensors, sources))
	thin := Sphere{offCentre, []float64{90 * (1 - 1e-9), 90}, []float64{0.33, 10}}
	sameGain(t, "a thin shell", must(thin.EEG(sensors, sources)), open, 1e-6)
	double := Sphere{offCentre, []float64{80, 90}, []float64{0.66, 0.66}}
	half := mat.DenseCopyOf(open)
	half.Scale(0.5, half)
	sameGain(t, "twice the conductivity", must(double.EEG(sensors, sources)), half, 1e-13)
}

// The multipoles of shells solve the conditions at their surfaces, written down all at once: with
// V = a rⁿ + b r^(−n−1) in each shell, b = 1 in the innermost, potential and current are continuous and
// none leaves.
func TestMultipolesSolveTheirConditions(t *testing.T) {
	for _, s := range []Sphere{
		HeadSphere([3]float64{}, 1),
		{Radii: []float64{0.8, 0.82, 0.9, 1}, Conductivities: []float64{0.33, 1.79, 0.01, 0.4}},
	} {
		shells := len(s.Radii)
		for k, got := range s.multipoles(12) {
			n := float64(k + 1)
			equations, right := mat.NewDense(2*shells, 2*shells, nil), mat.NewVecDense(2*shells, nil)
			equations.Set(0, 1, 1) // b of the innermost
			right.SetVec(0, 1)
			for i, r := range s.Radii {
				growing, falling := math.Pow(r, n), math.Pow(r, -n-1)
				current := []float64{s.Conductivities[i] * n * growing / r, -s.Conductivities[i] * (n + 1) * falling / r}
				equations.Set(2*i+1, 2*i, current[0])
				equations.Set(2*i+1, 2*i+1, current[1])
				if i == shells-1 {
					break
				}
				outer := s.Conductivities[i+1] / s.Conductivities[i]
				equations.Set(2*i+1, 2*i+2, -outer*current[0])
				equations.Set(2*i+1, 2*i+3, -outer*current[1])
				for d, sign := range []float64{1, -1} {
					equations.Set(2*i+2, 2*i+2*d, sign*growing)
					equations.Set(2*i+2, 2*i+2*d+1, sign*falling)
				}
			}
			var x mat.VecDense
			if err := x.SolveVec(equations, right); err != nil {
				t.Fatal(err)
			}
			want := x.AtVec(2*shells-2) + x.AtVec(2*shells-1) // at radius 1, where the sources' is 1
			near(t, "multipole", got, want, 1e-10*want)
		}
	}
}

// The gain in µV per nA·m of a cortical dipole is a fraction of 1, as recordings have it: 10 nA·m
// make some µV.
func TestUnitsOfEEGAndMEG(t *testing.T) {
	must := mustGain(t)
	head := HeadSphere([3]float64{}, 92)
	source := mat.NewDense(1, 3, []float64{0, 0, 70})
	eeg := must(head.EEG(mat.NewDense(1, 3, []float64{0, 0, 92}), source))
	if v := 10e-9 * eeg.At(0, 2) * 1e6; !(v > 0.5 && v < 20) {
		t.Errorf("10 nA·m make %g µV", v)
	}
	meg := must(head.MEG(mat.NewDense(1, 3, []float64{0, 70, 100}), mat.NewDense(1, 3, []float64{0, 70 / math.Sqrt(14900), 100 / math.Sqrt(14900)}), source))
	if v := math.Abs(10e-9*meg.At(0, 0)) * 1e15; !(v > 20 && v < 1000) {
		t.Errorf("10 nA·m make %g fT", v)
	}
}

// The field of a dipole well inside is that of its primary and of the volume currents, by Geselowitz'
// formula: B = B₀ − μ₀σ/4π ∫ V(r') n(r') × (r−r')/|r−r'|³ dS', the integral over a grid of the sphere.
// The closed form of the potential and Sarvas' formula hold together only if both are right.
func TestSarvasByGeselowitz(t *testing.T) {
	must := mustGain(t)
	ball := Sphere{[3]float64{}, []float64{90}, []float64{0.33}}
	sources := randomPoints(5, 4, [3]float64{}, 20, 50)
	sensors := randomPoints(6, 5, [3]float64{}, 110, 130)
	normals := randomPoints(7, 5, [3]float64{}, 1, 1)
	want := mat.NewDense(5, 12, nil)
	surface, areas := sphereGrid(0.09, 90, 180)
	millimetres := mat.NewDense(len(surface), 3, nil)
	for i, r := range surface {
		mm := r.times(1000)
		millimetres.SetRow(i, mm[:])
	}
	potential := must(ball.EEG(millimetres, sources))
	for k := 0; k < 5; k++ {
		r, n := row(sensors, k).times(millimetre), row(normals, k)
		for j := 0; j < 4; j++ {
			a := r.minus(row(sources, j).times(millimetre))
			primary := a.cross(n).times(1e-7 / math.Pow(a.length(), 3)) // (q×a)·n = q·(a×n)
			for c := 0; c < 3; c++ {
				b := primary[c]
				for i, s := range surface {
					d := r.minus(s)
					b -= 1e-7 * 0.33 * potential.At(i, 3*j+c) * s.times(1/0.09).cross(d).dot(n) / math.Pow(d.length(), 3) * areas[i]
				}
				want.Set(k, 3*j+c, b)
			}
		}
	}
	sameGain(t, "Sarvas", must(ball.MEG(sensors, normals, sources)), want, 1e-3) // the grid's error
}

// sphereGrid is a midpoint rule: points of a sphere and their areas.
func sphereGrid(R float64, thetas, phis int) (list []vector, areas []float64) {
	for i := 0; i < thetas; i++ {
		a, b := math.Pi*float64(i)/float64(thetas), math.Pi*float64(i+1)/float64(thetas)
		theta, area := (a+b)/2, R*R*(math.Cos(a)-math.Cos(b))*2*math.Pi/float64(phis)
		for j := 0; j < phis; j++ {
			phi := 2 * math.Pi * (float64(j) + 0.5) / float64(phis)
			list = append(list, vector{R * math.Sin(theta) * math.Cos(phi), R * math.Sin(theta) * math.Sin(phi), R * math.Cos(theta)})
			areas = append(areas, area)
		}
	}
	return list, areas
}

func row(m *mat.Dense, i int) (v vector) {
	copy(v[:], m.RawRowView(i))
	return v
}

// The mean of the potential over the scalp is 0, as said, also with shells.
func TestMeanPotentialIsZero(t *testing.T) {
	must := mustGain(t)
	surface, areas := sphereGrid(90, 120, 60)
	at := mat.NewDense(len(surface), 3, nil)
	for i, r := range surface {
		r = r.plus(offCentre)
		at.SetRow(i, r[:])
	}
	sources := randomPoints(8, 3, offCentre, 10, 50)
	for _, s := range []Sphere{oneShell, HeadSphere(offCentre, 90)} {
		gain := must(s.EEG(at, sources))
		for j := 0; j < 9; j++ {
			mean, total := 0.0, 0.0
			for i, a := range areas {
				mean += a * gain.At(i, j)
				total += a * math.Abs(gain.At(i, j))
			}
			near(t, "mean potential of its size", mean/total, 0, 1e-4)
		}
	}
}

// Reciprocity: the potential difference of two electrodes is the dipole times the electric field that a
// current of 1 A between them has at its place, E = −∇φ. φ is the sum of the two point sources' Neumann
// functions, taken from the series of multipoles and not from the code.
func TestEEGReciprocity(t *testing.T) {
	must := mustGain(t)
	R := 0.09
	sensors := mat.NewDense(2, 3, []float64{90, 0, 0, 0, 0, 90})
	source := vector{10, -30, 40}
	gain := must(Sphere{[3]float64{}, []float64{90}, []float64{0.33}}.EEG(sensors, mat.NewDense(1, 3, source[:])))
	neumann := func(u, r vector) float64 {
		b, x, sum := r.length()/R, u.dot(r)/r.length(), 0.0
		before, p, power := 1.0, x, b
		for n := 1.0; n < 200; n++ {
			sum += (2*n + 1) / n * power * p
			before, p, power = p, ((2*n+1)*x*p-n*before)/(n+1), power*b
		}
		return sum / (4 * math.Pi * 0.33 * R)
	}
	phi := func(r vector) float64 { return neumann(vector{1, 0, 0}, r) - neumann(vector{0, 0, 1}, r) }
	for c := 0; c < 3; c++ {
		const h = 1e-6
		up, down := source.times(millimetre), source.times(millimetre)
		up[c] += h
		down[c] -= h
		want := (phi(up) - phi(down)) / (2 * h)
		near(t, "lead", gain.At(0, c)-gain.At(1, c), want, 1e-6*math.Abs(want)+1e-6)
	}
}

func TestRadialDipolesAreSilentInMEG(t *testing.T) {
	must := mustGain(t)
	sources := randomPoints(9, 6, offCentre, 10, 80)
	sensors := randomPoints(10, 8, offCentre, 100, 120)
	gain := must(oneShell.MEG(sensors, randomPoints(11, 8, [3]float64{}, 1, 1), sources))
	radial := mat.NewDense(6, 3, nil)
	for j := 0; j < 6; j++ {
		v := row(sources, j).minus(offCentre)
		v = v.times(1 / v.length())
		radial.SetRow(j, v[:])
	}
	along, err := FixedOrientations(gain, radial)
	if err != nil {
		t.Fatal(err)
	}
	if r := mat.Norm(along, 2) / mat.Norm(gain, 2); r > 1e-15*100 {
		t.Errorf("radial dipoles have %g of the field", r)
	}
}

// Outside there is no current: the field is the gradient of a potential, so that its curl and its
// divergence are 0.
func TestMEGFieldHasNoCurlAndNoDivergence(t *testing.T) {
	r0, q := vector{0.01, 0.03, 0.05}, vector{1, -2, 0.5}
	field := func(r vector) (b vector) {
		for c := range b {
			var n vector
			n[c] = 1
			b[c] = sarvas(r, r0, n).dot(q)
		}
		return b
	}
	r := vector{0.05, 0.02, 0.1}
	const h = 1e-6
	var jacobian [3][3]float64 // of component i along axis j
	for j := range r {
		up, down := r, r
		up[j] += h
		down[j] -= h
		d := field(up).minus(field(down)).times(1 / (2 * h))
		for i := range d {
			jacobian[i][j] = d[i]
		}
	}
	size := math.Abs(jacobian[0][0]) + math.Abs(jacobian[1][1]) + math.Abs(jacobian[2][2])
	near(t, "divergence", (jacobian[0][0]+jacobian[1][1]+jacobian[2][2])/size, 0, 1e-7)
	for i := range r {
		j := (i + 1) % 3
		near(t, "curl", (jacobian[i][j]-jacobian[j][i])/size, 0, 1e-7)
	}
}

// Outside the field's radial part is that of the primary current alone.
func TestRadialFieldOfMEG(t *testing.T) {
	must := mustGain(t)
	source := vector{10, -30, 40}
	r := vector{30, 60, 90}
	n := r.times(1 / r.length())
	gain := must(Sphere{[3]float64{}, []float64{90}, []float64{1}}.MEG(mat.NewDense(1, 3, r[:]), mat.NewDense(1, 3, n[:]), mat.NewDense(1, 3, source[:])))
	a := r.minus(source).times(millimetre)
	want := a.cross(n).times(1e-7 / math.Pow(a.length(), 3))
	for c := range want {
		near(t, "radial field", gain.At(0, c), want[c], 1e-13*want.length())
	}
}

func TestInfiniteMedium(t *testing.T) {
	must := mustGain(t)
	contacts := mat.NewDense(3, 3, []float64{10, 0, 0, 0.5, 0, 0, 0, 0, 0})
	gain := must(InfiniteMedium(contacts, mat.NewDense(1, 3, nil), 0.3, 1))
	near(t, "10 mm", gain.At(0, 0), 1/(4*math.Pi*0.3*1e-4), 1e-9)
	near(t, "across", gain.At(0, 1), 0, 0)
	near(t, "nearer than the nearest", gain.At(1, 0), 1/(4*math.Pi*0.3*1e-6), 1e-7)
	near(t, "at the source", gain.At(2, 0), 0, 0)
	for _, bad := range [][2]float64{{0, 1}, {0.3, 0}, {math.NaN(), 1}, {0.3, math.Inf(1)}} {
		if _, err := InfiniteMedium(contacts, contacts, bad[0], bad[1]); err == nil {
			t.Errorf("no error of conductivity and distance %v", bad)
		}
	}
}

func TestSphereErrors(t *testing.T) {
	inside, outside, up := mat.NewDense(1, 3, []float64{0, 0, 10}), mat.NewDense(1, 3, []float64{0, 0, 100}), mat.NewDense(1, 3, []float64{0, 0, 1})
	ball := Sphere{Radii: []float64{90}, Conductivities: []float64{0.33}}
	for want, f := range map[string]func() (*mat.Dense, error){
		"every radius": func() (*mat.Dense, error) { return Sphere{Radii: []float64{90}}.EEG(outside, inside) },
		"rising radii": func() (*mat.Dense, error) {
			return Sphere{Radii: []float64{90, 80}, Conductivities: []float64{1, 1}}.EEG(outside, inside)
		},
		"conductivities above": func() (*mat.Dense, error) {
			return Sphere{Radii: []float64{90}, Conductivities: []float64{0}}.EEG(outside, inside)
		},
		"source 1 is 100 mm":  func() (*mat.Dense, error) { return ball.EEG(outside, outside) },
		"at the centre":       func() (*mat.Dense, error) { return ball.EEG(mat.NewDense(1, 3, nil), inside) },
		"2 columns":           func() (*mat.Dense, error) { return ball.EEG(mat.NewDense(1, 2, nil), inside) },
		"at least one source": func() (*mat.Dense, error) { return ball.EEG(outside, nil) },
		"lies at [NaN":        func() (*mat.Dense, error) { return ball.EEG(outside, mat.NewDense(1, 3, []float64{math.NaN(), 0, 0})) },
		"sensor 1 is 10 mm":   func() (*mat.Dense, error) { return ball.MEG(inside, up, inside) },
		"2 normals for 1":     func() (*mat.Dense, error) { return ball.MEG(outside, mat.NewDense(2, 3, nil), inside) },
		"length 0":            func() (*mat.Dense, error) { return ball.MEG(outside, mat.NewDense(1, 3, nil), inside) },
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, found %v", want, err)
		}
	}
}
