package nmm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// LaTeX is a formula in the language of LaTeX's mathematics. It prints as the text; a notebook of
// gophernotes sets it.
type LaTeX string

// Latex returns the text between $$ and $$, by which gophernotes recognises what to set.
func (t LaTeX) Latex() string { return "$$" + string(t) + "$$" }

// LaTeX returns the equations as an aligned block: tau_e is τ with the subscript e, a fraction is one above the
// other, where is a choice of cases, long numbers are rounded to six digits. Definitions of sigmoid, exprel,
// linoid and softplus follow where they occur. Parameters and ports keep their names; units are those of String.
func (m *Model) LaTeX() LaTeX {
	var lines []string
	used := map[string]bool{}
	for _, e := range m.written {
		left := (&expr{kind: nameExpr, text: e.name, indices: e.indices}).latex()
		if e.derivative {
			left = `\frac{d` + left + `}{dt}`
		}
		if e.next {
			left += latexParentheses("t + dt")
		}
		lines = append(lines, left+" &= "+e.right.latex())
		e.right.walk(func(x *expr) { used[x.text] = used[x.text] || x.kind == callExpr })
	}
	for _, name := range []string{"sigmoid", "exprel", "linoid", "softplus"} {
		if used[name] {
			lines = append(lines, latexDefinitions[name])
		}
	}
	return LaTeX("\\begin{aligned}\n" + strings.Join(lines, " \\\\\n") + "\n\\end{aligned}")
}

// latexDefinitions explain functions that are not known by their names.
var latexDefinitions = map[string]string{
	"sigmoid":  `\sigma\left(x\right) &= \frac{1}{1 + e^{-x}}`,
	"exprel":   `\operatorname{exprel}\left(x\right) &= \frac{e^{x} - 1}{x}`,
	"softplus": `\operatorname{softplus}\left(x\right) &= \ln\left(1 + e^{x}\right)`,
	"linoid":   `\operatorname{linoid}\left(x\right) &= \frac{x}{1 - e^{-x}}`,
}

// Precedence of what an expression is written as, from loosest to tightest.
const (
	sumLevel = iota
	productLevel
	powerLevel
	atomLevel
)

func (e *expr) latex() string {
	text, _ := e.latexLevel()
	return text
}

// latexIn writes e as an operand, in parentheses if it binds less than that needs.
func (e *expr) latexIn(level int) string {
	text, found := e.latexLevel()
	if found < level {
		return latexParentheses(text)
	}
	return text
}

func latexParentheses(text string) string { return `\left(` + text + `\right)` }

// latexLevel writes e and says how tightly the result binds.
func (e *expr) latexLevel() (string, int) {
	if rest, ok := e.withoutMinus(); ok {
		return "-" + rest.latexTerm(productLevel), sumLevel
	}
	switch e.kind {
	case numberExpr:
		return e.numberLaTeX()
	case nameExpr:
		if len(e.indices) > 0 {
			return symbolLaTeX(e.text) + e.indicesLaTeX(), powerLevel
		}
		return symbolLaTeX(e.text), atomLevel
	case listExpr:
		return e.listLaTeX() + e.indicesLaTeX(), powerLevel
	case callExpr:
		return e.callLaTeX()
	case sumExpr:
		return e.args[0].latexIn(sumLevel) + " + " + e.args[1].latexTerm(sumLevel), sumLevel
	case differenceExpr:
		return e.args[0].latexIn(sumLevel) + " - " + e.args[1].latexTerm(productLevel), sumLevel
	case productExpr:
		return e.productLaTeX(), productLevel
	case ratioExpr:
		return `\frac{` + e.args[0].latex() + `}{` + e.args[1].latex() + `}`, atomLevel - 1
	case powerExpr:
		return e.args[0].latexIn(atomLevel) + "^{" + e.args[1].latex() + "}", powerLevel
	case compareExpr:
		return e.args[0].latex() + map[string]string{"<": " < ", "<=": ` \le `}[e.text] + e.args[1].latex(), sumLevel
	}
	return fmt.Sprintf(`\text{kind %d}`, e.kind), atomLevel // all kinds are above
}

// latexTerm is latexIn for what stands behind a sign, which must not begin with another one.
func (e *expr) latexTerm(level int) string {
	if _, ok := e.withoutMinus(); ok {
		level = atomLevel
	}
	return e.latexIn(level)
}

// withoutMinus returns e without the sign that it begins with: -a*b is parsed as (-a)*b.
func (e *expr) withoutMinus() (*expr, bool) {
	switch e.kind {
	case negateExpr:
		return e.args[0], true
	case productExpr, ratioExpr:
		if left, ok := e.args[0].withoutMinus(); ok {
			return &expr{kind: e.kind, args: []*expr{left, e.args[1]}}, true
		}
	}
	return nil, false
}

// productLaTeX separates names of several letters and numbers, which would run into each other.
func (e *expr) productLaTeX() string {
	left, right := e.args[0].latexIn(productLevel), e.args[1].latexTerm(productLevel)
	switch {
	case right[0] >= '0' && right[0] <= '9':
		return left + ` \cdot ` + right
	case strings.HasPrefix(right, `\left(`) || strings.HasSuffix(left, `\right)`):
		return left + " " + right
	}
	return left + `\, ` + right
}

// numberLaTeX writes 2.5e-3 as a product with a power of ten, and six of many digits.
func (e *expr) numberLaTeX() (string, int) {
	text, level := e.text, atomLevel
	if mantissa, _, _ := strings.Cut(strings.ToLower(text), "e"); len(mantissa) > len("0.123456") {
		text = strconv.FormatFloat(e.value, 'g', 6, 64)
	}
	if mantissa, exponent, ok := strings.Cut(strings.ToLower(text), "e"); ok {
		text, level = mantissa+` \cdot 10^{`+strings.TrimPrefix(exponent, "+")+`}`, productLevel
	}
	if e.unit != "" && e.unit != "1" {
		text, level = text+`\,\mathrm{`+strings.NewReplacer("µ", `\mu `, "μ", `\mu `, "Ω", `\Omega `, "√", `\surd `, " ", `\,`, "*", `\,`).Replace(e.unit)+`}`, productLevel
	}
	return text, level
}

// latexFunctions are written as LaTeX has them.
var latexFunctions = map[string]string{
	"log": `\ln`, "sin": `\sin`, "cos": `\cos`, "sinh": `\sinh`, "cosh": `\cosh`, "tanh": `\tanh`,
	"asin": `\arcsin`, "acos": `\arccos`, "atan": `\arctan`, "min": `\min`, "max": `\max`, "sigmoid": `\sigma`,
}

func (e *expr) argsLaTeX() []string {
	list := make([]string, len(e.args))
	for i, a := range e.args {
		list[i] = a.latex()
	}
	return list
}

// listLaTeX writes a list of lists as a matrix.
func (e *expr) listLaTeX() string {
	if e.args[0].kind != listExpr {
		return latexParentheses(strings.Join(e.argsLaTeX(), ", "))
	}
	rows := make([]string, len(e.args))
	for i, row := range e.args {
		rows[i] = strings.Join(row.argsLaTeX(), " & ")
	}
	return `\begin{pmatrix} ` + strings.Join(rows, ` \\ `) + ` \end{pmatrix}`
}

// indicesLaTeX writes the indices of a mode above, since names have subscripts of their own.
func (e *expr) indicesLaTeX() string {
	if len(e.indices) == 0 {
		return ""
	}
	list := make([]string, len(e.indices))
	for i, index := range e.indices {
		list[i] = index.text
	}
	return "^{(" + strings.Join(list, ",") + ")}"
}

func (e *expr) callLaTeX() (string, int) {
	list := e.argsLaTeX()
	switch e.text {
	case "sum":
		return `\sum_{` + list[0] + `} ` + e.args[1].latexIn(productLevel), sumLevel
	case "exp":
		return "e^{" + list[0] + "}", powerLevel
	case "cbrt":
		return `\sqrt[3]{` + list[0] + "}", atomLevel
	case "log1p":
		return `\ln` + latexParentheses("1 + "+list[0]), powerLevel
	case "sqrt":
		return `\sqrt{` + list[0] + "}", atomLevel
	case "abs":
		return `\left|` + list[0] + `\right|`, atomLevel
	case "diff":
		return `\frac{\partial ` + e.args[0].latexIn(atomLevel) + `}{\partial ` + list[1] + `}`, powerLevel
	case "where":
		return fmt.Sprintf(`\begin{cases} %s & \text{if } %s \\ %s & \text{otherwise} \end{cases}`, list[1], list[0], list[2]), atomLevel
	}
	name, ok := latexFunctions[e.text]
	switch _, known := functions[e.text]; {
	case !known: // a table, a function of the model's own, or the past of a state
		name = symbolLaTeX(e.text) + e.indicesLaTeX()
	case !ok:
		name = `\operatorname{` + e.text + `}`
	}
	return name + latexParentheses(strings.Join(list, ", ")), powerLevel
}

// greek are the letters that names may spell out, and LaTeX does.
var greek = strings.Fields(`alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
	upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega`)

// symbolLaTeX writes a name: parts behind _, and capitals and digits behind a letter, are subscripts.
func symbolLaTeX(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '_' })
	switch {
	case len(parts) == 0:
		return `\_`
	case len(parts) == 2 && parts[0] == "ln": // a state that is a logarithm
		return `\ln ` + wordLaTeX(parts[1])
	}
	base, rest := splitLetter(parts[0])
	if rest != "" {
		parts = append([]string{base, rest}, parts[1:]...)
	}
	text := wordLaTeX(parts[0])
	if len(parts) == 1 {
		return text
	}
	below := make([]string, len(parts)-1)
	for i, p := range parts[1:] {
		below[i] = wordLaTeX(p)
	}
	return text + "_{" + strings.Join(below, ",") + "}"
}

// splitLetter splits tauE, wEE, gNa or y0 behind the letter that it begins with: capitals and digits go below it.
// Capitals alone stay together.
func splitLetter(word string) (letter, rest string) {
	candidates := append(slices.Clone(greek), string([]rune(word)[:1]))
	for _, c := range candidates {
		behind, ok := strings.CutPrefix(word, c)
		if !ok || behind == "" || !unicode.IsUpper([]rune(behind)[0]) && !unicode.IsDigit([]rune(behind)[0]) {
			continue
		}
		if strings.Trim(behind, "0123456789") == "" || strings.ToUpper(word) != word {
			return c, behind
		}
	}
	return word, ""
}

// wordLaTeX writes a letter, a number or a word.
func wordLaTeX(word string) string {
	if slices.Contains(greek, word) {
		return `\` + word
	}
	if symbol, ok := strings.CutPrefix(unicodeGreek.Replace(word), `\`); ok && slices.Contains(greek, symbol) {
		return `\` + symbol
	}
	if len([]rune(word)) == 1 || strings.ToUpper(word) == word {
		return word
	}
	return `\mathrm{` + word + `}`
}

// unicodeGreek turns letters into their names; the variants φ and ϵ too.
var unicodeGreek = strings.NewReplacer("α", `\alpha`, "β", `\beta`, "γ", `\gamma`, "δ", `\delta`, "ε", `\epsilon`, "ϵ", `\epsilon`,
	"ζ", `\zeta`, "η", `\eta`, "θ", `\theta`, "ι", `\iota`, "κ", `\kappa`, "λ", `\lambda`, "μ", `\mu`, "µ", `\mu`, "ν", `\nu`, "ξ", `\xi`,
	"π", `\pi`, "ρ", `\rho`, "σ", `\sigma`, "τ", `\tau`, "υ", `\upsilon`, "φ", `\phi`, "ϕ", `\phi`, "χ", `\chi`, "ψ", `\psi`, "ω", `\omega`,
	"Γ", `\Gamma`, "Δ", `\Delta`, "Θ", `\Theta`, "Λ", `\Lambda`, "Ξ", `\Xi`, "Π", `\Pi`, "Σ", `\Sigma`, "Υ", `\Upsilon`, "Φ", `\Phi`, "Ψ", `\Psi`, "Ω", `\Omega`)
