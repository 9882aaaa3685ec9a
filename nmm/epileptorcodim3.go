package nmm

import "fmt"

// EpileptorCodim3 makes bursts of all the classes that start and end at bifurcations of a plane system, those of
// seizures among them. The fast variables x, y are the unfolding of the degenerate Takens-Bogdanov singularity; the slow
// variable z moves its parameters along an arc on a sphere of radius R,
//
//	τ dx/dt = -y
//	τ dy/dt = x³ - μ₂ x - μ₁ - y (ν + b x + x²)
//	τ dz/dt = -c (√((x - x_s)² + y²) - d* + modification 0.1 (z - 0.5)⁷ + z_in)
//	(μ₂, -μ₁, ν) = R (E cos z + F sin z)
//
// where E points to (μ₂, -μ₁, ν)_start and F, orthogonal to E, towards (μ₂, -μ₁, ν)_stop. z grows while the fast
// variables are within d* of rest, (x_s, 0), and shrinks while they burst, or while z_in > 0.
//
// x_s is the root of x³ - μ₂ x - μ₁ that rests: the largest for N = 1, the smallest for 2, the middle one for 3. Where
// two of the roots are complex, it is the real root or the real part of the others, whichever continues it.
//
// All is dimensionless but τ, the unit of time in ms.
//
// Saggio, Spiegler, Bernard and Jirsa, J. Math. Neurosci. 7 (2017) 7, doi:10.1186/s13408-017-0050-8.
func EpileptorCodim3() *Model {
	return define("EpileptorCodim3",
		arcText("P", "z", [3]string{"mu2_start", "(-mu1_start)", "nu_start"}, [3]string{"mu2_stop", "(-mu1_stop)", "nu_stop"})+codim3Text,
		append(codim3Items(0.001),
			Parameter("mu1_start", -0.02285, "1", Free, "μ₁ where z is 0, up to the length of the vector"),
			Parameter("mu2_start", 0.3448, "1", Free, "μ₂ where z is 0, up to the length of the vector"),
			Parameter("nu_start", 0.2014, "1", Free, "ν where z is 0, up to the length of the vector"),
			Parameter("mu1_stop", -0.07465, "1", Free, "μ₁ towards which z moves"),
			Parameter("mu2_stop", 0.3351, "1", Free, "μ₂ towards which z moves"),
			Parameter("nu_stop", 0.2053, "1", Free, "ν towards which z moves"),
		)...)
}

// EpileptorCodim3SlowMod is an [EpileptorCodim3] whose arc moves over the sphere, more slowly than z moves along it, so
// that the class of its bursts changes: the arc starts at A and leads towards B,
//
//	A = R (G cos u_A + H sin u_A)        τ du_A/dt = c_A
//	B = R (L cos u_B + M sin u_B)        τ du_B/dt = c_B
//
// where G points to (μ₂, -μ₁, ν)_Ain and H, orthogonal to G, towards (μ₂, -μ₁, ν)_Aend, and L and M likewise for B.
//
// Saggio, Spiegler, Bernard and Jirsa, J. Math. Neurosci. 7 (2017) 7, doi:10.1186/s13408-017-0050-8.
func EpileptorCodim3SlowMod() *Model {
	text := arcText("A", "uA", [3]string{"mu2_Ain", "(-mu1_Ain)", "nu_Ain"}, [3]string{"mu2_Aend", "(-mu1_Aend)", "nu_Aend"}) +
		arcText("B", "uB", [3]string{"mu2_Bin", "(-mu1_Bin)", "nu_Bin"}, [3]string{"mu2_Bend", "(-mu1_Bend)", "nu_Bend"}) +
		arcText("P", "z", [3]string{"A_1", "A_2", "A_3"}, [3]string{"B_1", "B_2", "B_3"}) + codim3Text + `
	duA/dt = cA/tau : 1
	duB/dt = cB/tau : 1`
	return define("EpileptorCodim3SlowMod", text, append(codim3Items(0.002),
		Parameter("mu1_Ain", 0.05494, "1", Free, "μ₁ of the arc's start at first"),
		Parameter("mu2_Ain", 0.2731, "1", Free, "μ₂ of the arc's start at first"),
		Parameter("nu_Ain", 0.287, "1", Free, "ν of the arc's start at first"),
		Parameter("mu1_Bin", -0.0461, "1", Free, "μ₁ of the arc's aim at first"),
		Parameter("mu2_Bin", 0.243, "1", Free, "μ₂ of the arc's aim at first"),
		Parameter("nu_Bin", 0.3144, "1", Free, "ν of the arc's aim at first"),
		Parameter("mu1_Aend", 0.06485, "1", Free, "μ₁ towards which the arc's start moves"),
		Parameter("mu2_Aend", 0.07337, "1", Free, "μ₂ towards which the arc's start moves"),
		Parameter("nu_Aend", -0.3878, "1", Free, "ν towards which the arc's start moves"),
		Parameter("mu1_Bend", 0.03676, "1", Free, "μ₁ towards which the arc's aim moves"),
		Parameter("mu2_Bend", -0.02792, "1", Free, "μ₂ towards which the arc's aim moves"),
		Parameter("nu_Bend", -0.3973, "1", Free, "ν towards which the arc's aim moves"),
		Parameter("cA", 0.0001, "1", Free, "rate of the arc's start"),
		Parameter("cB", 0.00012, "1", Free, "rate of the arc's aim"),

		State("uA", 0, 0.1, "way of the arc's start"),
		State("uB", 0, 0.1, "way of the arc's aim"),
	)...)
}

// arcText makes the point p on the sphere of radius R that lies at an angle from a towards b: its components are
// p_a a + p_b b. Where a and b are parallel, or 0, there is no such direction, and the point stays on a.
func arcText(p, angle string, a, b [3]string) string {
	dot := func(a, b [3]string) string {
		return fmt.Sprintf("%s*%s + %s*%s + %s*%s", a[0], b[0], a[1], b[1], a[2], b[2])
	}
	cross := func(i, j int) string { return fmt.Sprintf("(%s*%s - %s*%s)^2", a[i], b[j], a[j], b[i]) }
	text := fmt.Sprintf(`
	length_%[1]s = sqrt(max(%[2]s, 1e-30)) : 1
	area_%[1]s = %[3]s + %[4]s + %[5]s     : 1
	across_%[1]s = where(area_%[1]s > 1e-30, sin(%[6]s)/sqrt(max(area_%[1]s, 1e-30)), 0)  : 1
	%[1]s_a = R*(cos(%[6]s) - across_%[1]s*(%[7]s))/length_%[1]s : 1
	%[1]s_b = R*across_%[1]s*length_%[1]s                        : 1`,
		p, dot(a, a), cross(0, 1), cross(1, 2), cross(2, 0), angle, dot(a, b))
	for k := range a {
		text += fmt.Sprintf("\n\t%[1]s_%[2]d = %[1]s_a*%[3]s + %[1]s_b*%[4]s : 1", p, k+1, a[k], b[k])
	}
	return text
}

// codim3Text is what follows the point P on the arc. The discriminant decides between three real roots, of which phi
// holds the angle, and one real root rho; near 0 its root is kept from having an infinite derivative, and so is the
// distance.
const codim3Text = `
	mu2  = P_1  : 1
	mu1  = -P_2 : 1
	nu   = P_3  : 1
	disc = (mu1/2)^2 - (mu2/3)^3      : 1
	root = sqrt(max(abs(disc), 1e-24)) : 1
	phi  = atan2(root, mu1/2) + where(N < 1.5, 0, where(N < 2.5, 2*pi, -2*pi)) : 1
	u    = cbrt(abs(mu1/2) + root)                                             : 1
	rho  = where(mu1 < 0, -1, 1)*(u + mu2/(3*u))                               : 1
	part = where(N < 1.5, where(mu1 < 0, -0.5, 1), where(N < 2.5, where(mu1 < 0, 1, -0.5), -0.5)) : 1
	x_s  = where(disc < 0, 2*sqrt(max(mu2/3, 1e-24))*cos(phi/3), part*rho) : 1
	distance = sqrt(max((x - x_s)^2 + y^2, 1e-30)) : 1

	dx/dt = -y/tau                                               : 1
	dy/dt = (x^3 - mu2*x - mu1 - y*(nu + b*x + x^2))/tau         : 1
	dz/dt = -c*(distance - dstar + 0.1*modification*(z - 0.5)^7 + z_in)/tau : 1`

// codim3Items are the parts of both models; c is the default rate of z.
func codim3Items(c float64) []Item {
	return []Item{
		Family("epilepsy"),
		Parameter("b", 1, "1", Free, "unfolding's parameter that does not move"),
		Parameter("R", 0.4, "1", Free, "radius of the sphere"),
		Parameter("c", c, "1", Free, "rate of z"),
		Parameter("dstar", 0.3, "1", Free, "distance from rest at which z turns"),
		Parameter("N", 1, "1", Between(1, 3), "root that rests: 1 largest, 2 smallest, 3 middle"),
		Parameter("modification", 1, "1", Between(0, 1), "1: z is held near 0.5; 0: it is free"),
		Parameter("tau", 1, "ms", Positive, "unit of time"),

		State("x", 0.4, 0.6, "fast discharge"),
		State("y", -0.1, 0.1, "recovery"),
		State("z", 0, 0.15, "way along the arc"),
		Port("z_in", "1"),

		Reference("Saggio et al. (2017) J. Math. Neurosci. 7: 7, doi:10.1186/s13408-017-0050-8"),
	}
}
