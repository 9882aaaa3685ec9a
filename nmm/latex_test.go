package nmm

import (
	"strings"
	"testing"
)

func TestLaTeXOfExpressions(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a - (b - c)", `a - \left(b - c\right)`},
		{"a + (b - c)", `a + b - c`},
		{"-a*b/c", `-\frac{a\, b}{c}`},
		{"a - -b", `a - \left(-b\right)`},
		{"a + -b*c", `a + \left(-b\, c\right)`},
		{"(a + b)*(c - 2)*2", `\left(a + b\right) \left(c - 2\right) \cdot 2`},
		{"(a/b)^2", `\left(\frac{a}{b}\right)^{2}`},
		{"(-a)^b^c", `\left(-a\right)^{b^{c}}`},
		{"tanh(x)^2", `\left(\tanh\left(x\right)\right)^{2}`},
		{"exp(-x/tau_e)", `e^{-\frac{x}{\tau_{e}}}`},
		{"2.5e-3*5[mV/ms]", `2.5 \cdot 10^{-3} \cdot 5\,\mathrm{mV/ms}`},
		{"where(x <= 0, -x, sqrt(x))", `\begin{cases} -x & \text{if } x \le 0 \\ \sqrt{x} & \text{otherwise} \end{cases}`},
		{"where(x > 0, x, 0)", `\begin{cases} x & \text{if } 0 < x \\ 0 & \text{otherwise} \end{cases}`},
		{"clip(x, 0, 1) + abs(y)", `\operatorname{clip}\left(x, 0, 1\right) + \left|y\right|`},
		{"0.3328165811190224*x - 1.25e-20", `0.332817\, x - 1.25 \cdot 10^{-20}`},
		{"Phi(x, y)*f_e(x)", `\Phi\left(x, y\right) f_{e}\left(x\right)`},
		{"cbrt(x) + log1p(x - 1)", `\sqrt[3]{x} + \ln\left(1 + x - 1\right)`},
		{"a*diff(diff(x^2 + y, x), y)", `a\, \frac{\partial \left(\frac{\partial \left(x^{2} + y\right)}{\partial x}\right)}{\partial y}`},
		{"mod(atan2(y, x), 2)", `\operatorname{mod}\left(\operatorname{atan2}\left(y, x\right), 2\right)`},
		{"2*pi*w_EE*wEE*tauE*tau*nu_max*S_e_in", `2\, \pi\, w_{EE}\, w_{EE}\, \tau_{E}\, \tau\, \nu_{\mathrm{max}}\, S_{e,\mathrm{in}}`},
		{"gNa*VCa*rNMDA*VK*K2*tt*I_ext2", `g_{\mathrm{Na}}\, V_{\mathrm{Ca}}\, r_{NMDA}\, VK\, K_{2}\, \mathrm{tt}\, I_{\mathrm{ext2}}`},
		{"y0*x_12*η*σ_v*Delta*psp*ln_f*KI", `y_{0}\, x_{12}\, \eta\, \sigma_{v}\, \Delta\, \mathrm{psp}\, \ln f\, KI`},
	} {
		e, _, err := parseExpression(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.latex(); got != c.want {
			t.Errorf("%s: expected\n%s, found\n%s", c.text, c.want, got)
		}
	}
}

// Braces, parentheses and environments of every model's formulae match, and every kind of expression is known.
func TestLaTeXOfModels(t *testing.T) {
	for _, m := range List() {
		text := string(m.LaTeX())
		for _, pair := range [][2]string{{"{", "}"}, {`\left`, `\right`}, {`\begin{`, `\end{`}} {
			if a, b := strings.Count(text, pair[0]), strings.Count(text, pair[1]); a != b {
				t.Errorf("%s: %d times %s, %d times %s:\n%s", m.Name(), a, pair[0], b, pair[1], text)
			}
		}
		if strings.Contains(text, `\text{kind`) {
			t.Errorf("%s: an expression of unknown kind:\n%s", m.Name(), text)
		}
	}
}
