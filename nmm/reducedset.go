package nmm

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// ReducedSetFitzHughNagumo is an excitatory population (ξ, η) and an inhibitory one (α, β) of FitzHugh-Nagumo neurons
// whose excitabilities Z differ, normally with mean μ and standard deviation σ, reduced to three modes k,
//
//	dξ_k/dt = τ (ξ_k - e_k ξ_k³/3 - η_k) + K₁₁ (Σ_i A_ik ξ_i - ξ_k) - K₁₂ (Σ_i A_ki α_i - ξ_k) + τ (I_k + inputs)
//	dη_k/dt = (ξ_k - b η_k + a V_k)/τ
//	dα_k/dt = τ (α_k - e_k α_k³/3 - β_k) + K₂₁ (Σ_i A_ik ξ_i - α_k) + τ (I_k + inputs)
//	dβ_k/dt = (α_k - b β_k + a V_k)/τ
//
// per ms and else dimensionless. The modes are the thirds of the population with low, middle and high excitability,
// which move together. With v_k their indicators, normed to ∫v_k² dZ = 1,
//
//	V_k = ∫v_k   I_k = ∫Z v_k   e_k = ∫v_k⁴ = 1/V_k²   A_ik = ∫g v_i ∫v_k
//
// with g the normal density, over the excitabilities between the quantiles 1/1501 and 1500/1501, as in the paper.
//
// Activity of other regions enters x_in, which reaches all modes of both populations; couplings send the sum of the
// modes, Pre {"xi_1 + xi_2 + xi_3"}. xi_in_k and alpha_in_k reach one mode of one population. The mean potential of the
// excitatory population is the observable potential, Σ_k V_k ξ_k over the length of all excitabilities.
//
// Stefanescu and Jirsa, PLoS Comput. Biol. 4 (2008) e1000219, doi:10.1371/journal.pcbi.1000219.
func ReducedSetFitzHughNagumo() *Model {
	return define("ReducedSetFitzHughNagumo", reducedText()+fmt.Sprintf(`
	dxi[k]/dt = (tau*(xi[k] - xi[k]^3/(3*V[k]^2) - eta[k]) + K11*(sum(i, %[1]s[i,k]*xi[i]) - xi[k])
		- K12*(sum(i, %[1]s[k,i]*alpha[i]) - xi[k]) + tau*(I[k] + x_in + xi_in[k]))/1[ms] : 1
	deta[k]/dt = (xi[k] - b*eta[k] + a*V[k])/tau/1[ms] : 1
	dalpha[k]/dt = (tau*(alpha[k] - alpha[k]^3/(3*V[k]^2) - beta[k]) + K21*(sum(i, %[1]s[i,k]*xi[i]) - alpha[k])
		+ tau*(I[k] + x_in + alpha_in[k]))/1[ms] : 1
	dbeta[k]/dt = (alpha[k] - b*beta[k] + a*V[k])/tau/1[ms] : 1`, excitabilities().overlaps()),
		slices.Concat(reducedItems(0.35, 0, 0.15), []Item{
			Parameter("tau", 3, "1", Positive, "ratio of the rates of potential and recovery"),
			Parameter("a", 0.45, "1", Free, "constant of the recovery"),
			Parameter("b", 0.9, "1", Free, "decay of the recovery"),

			State("xi[k]", -4, 4, "potential of excitatory neurons"),
			State("eta[k]", -3, 3, "recovery of excitatory neurons"),
			State("alpha[k]", -4, 4, "potential of inhibitory neurons"),
			State("beta[k]", -3, 3, "recovery of inhibitory neurons"),
		})...)
}

// ReducedSetHindmarshRose is the same of bursting Hindmarsh-Rose neurons, excitatory ones (ξ, η, τ) and inhibitory
// ones (α, β, γ),
//
//	dξ_k/dt = η_k - a e_k ξ_k³ + b f_k ξ_k² - τ_k + K₁₁ (Σ_i A_ik ξ_i - ξ_k) - K₁₂ (Σ_i A_ki α_i - ξ_k) + I_k + inputs
//	dη_k/dt = c V_k - d f_k ξ_k² - η_k
//	dτ_k/dt = r (s (ξ_k - x_o V_k) - τ_k)
//
// and the same of α, β, γ with K₂₁ (Σ_i A_ik ξ_i - α_k) for the coupling. f_k = ∫v_k³ = 1/V_k; modes, ports and units
// are those of [ReducedSetFitzHughNagumo].
//
// Stefanescu and Jirsa, PLoS Comput. Biol. 4 (2008) e1000219, doi:10.1371/journal.pcbi.1000219.
func ReducedSetHindmarshRose() *Model {
	return define("ReducedSetHindmarshRose", reducedText()+fmt.Sprintf(`
	dxi[k]/dt = (eta[k] - a*xi[k]^3/V[k]^2 + b*xi[k]^2/V[k] - tau[k] + K11*(sum(i, %[1]s[i,k]*xi[i]) - xi[k])
		- K12*(sum(i, %[1]s[k,i]*alpha[i]) - xi[k]) + I[k] + x_in + xi_in[k])/1[ms] : 1
	deta[k]/dt = (c*V[k] - d*xi[k]^2/V[k] - eta[k])/1[ms]   : 1
	dtau[k]/dt = r*(s*(xi[k] - xo*V[k]) - tau[k])/1[ms]     : 1
	dalpha[k]/dt = (beta[k] - a*alpha[k]^3/V[k]^2 + b*alpha[k]^2/V[k] - gamma[k] + K21*(sum(i, %[1]s[i,k]*xi[i]) - alpha[k])
		+ I[k] + x_in + alpha_in[k])/1[ms] : 1
	dbeta[k]/dt = (c*V[k] - d*alpha[k]^2/V[k] - beta[k])/1[ms]   : 1
	dgamma[k]/dt = r*(s*(alpha[k] - xo*V[k]) - gamma[k])/1[ms]   : 1`, excitabilities().overlaps()),
		slices.Concat(reducedItems(0.3, 3.3, 0.1), []Item{
			Parameter("r", 0.006, "1", Free, "rate of the adaptation"),
			Parameter("a", 1, "1", Free, "weight of the cubic term"),
			Parameter("b", 3, "1", Free, "weight of the quadratic term"),
			Parameter("c", 1, "1", Free, "constant of the recovery"),
			Parameter("d", 5, "1", Free, "what the potential does to the recovery"),
			Parameter("s", 4, "1", Free, "what the potential does to the adaptation"),
			Parameter("xo", -1.6, "1", Free, "potential of rest"),

			State("xi[k]", -4, 4, "potential of excitatory neurons"),
			State("eta[k]", -25, 20, "recovery of excitatory neurons"),
			State("tau[k]", 2, 10, "adaptation of excitatory neurons"),
			State("alpha[k]", -4, 4, "potential of inhibitory neurons"),
			State("beta[k]", -20, 20, "recovery of inhibitory neurons"),
			State("gamma[k]", 2, 10, "adaptation of inhibitory neurons"),
		})...)
}

// reducedText declares the modes. In units of their own, z = (Z - μ)/σ, the integrals are numbers.
func reducedText() string {
	e := excitabilities()
	return fmt.Sprintf(`
	modes i, k = 3
	V[k] = sqrt(sigma*%s[k])            : 1
	I[k] = V[k]*(mu + sigma*%s[k])      : 1
	potential = sum(k, V[k]*xi[k])/(sigma*%.17g) : 1`, numberList(e.length[:]), numberList(e.centre[:]), e.length[0]+e.length[1]+e.length[2])
}

// reducedItems are what both models have, with their defaults.
func reducedItems(sigma, mu, k12 float64) []Item {
	return []Item{
		Family("mean-field (spiking)"),
		Parameter("sigma", sigma, "1", Positive, "standard deviation of the excitabilities"),
		Parameter("mu", mu, "1", Free, "mean of the excitabilities"),
		Parameter("K11", 0.5, "1", Free, "coupling to excitatory from excitatory neurons"),
		Parameter("K12", k12, "1", Free, "coupling to excitatory from inhibitory neurons"),
		Parameter("K21", 0.15, "1", Free, "coupling to inhibitory from excitatory neurons"),
		Port("x_in", "1"),
		Port("xi_in[k]", "1"),
		Port("alpha_in[k]", "1"),
		Reference("Stefanescu and Jirsa (2008) PLoS Comput. Biol. 4: e1000219, doi:10.1371/journal.pcbi.1000219"),
	}
}

// thirds describes three modes of standard normal excitabilities, each a third of the population: the length of
// its interval, the middle of that, and its share of the population.
type thirds struct{ length, centre, share [3]float64 }

// excitabilities integrates by the trapezoidal rule over the quantiles k/1501, k = 1 … 1500. A mode's indicator falls
// to 0 between two quantiles.
var excitabilities = sync.OnceValue(func() (t thirds) {
	const n = 1500
	z := make([]float64, n)
	for k := range z {
		z[k] = math.Sqrt2 * math.Erfinv(2*float64(k+1)/(n+1)-1)
	}
	for k, x := range z {
		weight, mode := (z[min(k+1, n-1)]-z[max(k-1, 0)])/2, k*3/n
		t.length[mode] += weight
		t.centre[mode] += weight * x
		t.share[mode] += weight * math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
	}
	for mode := range t.centre {
		t.centre[mode] /= t.length[mode]
	}
	return t
})

// overlaps is the matrix A_ik = ∫g v_i ∫v_k, which is free of μ and σ.
func (t thirds) overlaps() string {
	text := "["
	for i, share := range t.share {
		row := make([]float64, 3)
		for k := range row {
			row[k] = share * math.Sqrt(t.length[k]/t.length[i])
		}
		if i > 0 {
			text += ", "
		}
		text += numberList(row)
	}
	return text + "]"
}

// numberList writes numbers in the language, exactly.
func numberList(numbers []float64) string {
	text := "["
	for i, x := range numbers {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%.17g", x)
	}
	return text + "]"
}
