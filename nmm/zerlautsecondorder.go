package nmm

// ZerlautSecondOrder is Zerlaut to second order: with the covariances of the rates, which a population of
// finite size has,
//
//	T dE/dt    = F_e - E + ½ Σ_λη C_λη ∂²F_e/∂λ∂η                      T dI/dt likewise, with F_i
//	T dC_ee/dt = F_e (1/T - F_e)/(N_tot*(1 - g)) + (F_e - E)² + 2 C_ee ∂F_e/∂E + 2 C_ei ∂F_e/∂I - 2 C_ee
//	T dC_ei/dt = (F_e - E) (F_i - I) + C_ee ∂F_i/∂E + C_ei (∂F_e/∂E + ∂F_i/∂I) + C_ii ∂F_e/∂I - 2 C_ei
//	T dC_ii/dt = F_i (1/T - F_i)/(N_tot*g) + (F_i - I)² + 2 C_ii ∂F_i/∂I + 2 C_ei ∂F_i/∂E - 2 C_ii
//
// λ and η being E and I, N_e = (1 - g) N and N_i = g N. C is in 1/ms²; transfer functions F, adaptation, drift and
// units are those of Zerlaut. The derivatives are exact.
//
// x_e = max(E_in + near_E_in + w ou_drift + external input, 0), of which inhibitory neurons get the share S_i of E_in.
//
// The Virtual Brain's model is another: it divides differences of F by 1000 times the step, so that derivatives are
// 10⁻³ and second ones 10⁻⁶ of what they should be (slope), and it has swapped F_e with F_i in the derivatives of
// dC_ei/dt (swap), where populations that do not see each other become correlated. Preset "tvb" does the same.
//
// El Boustani and Destexhe, Neural Comput. 21 (2009) 46-100, doi:10.1162/neco.2009.02-08-710; di Volo et al., Neural
// Comput. 31 (2019) 653-680, doi:10.1162/neco_a_01173.
func ZerlautSecondOrder() *Model {
	return define("ZerlautSecondOrder", `
	shared = near_E_in + weight_noise*ou_drift                               : 1/ms
	x_e_e = max(E_in + shared + external_input_ex_ex, 0[1/ms])               : 1/ms
	x_e_i = max(S_i*E_in + shared + external_input_in_ex, 0[1/ms])           : 1/ms
	x_i_e = max(near_I_in + external_input_ex_in, 0[1/ms])                   : 1/ms
	x_i_i = max(near_I_in + external_input_in_in, 0[1/ms])                   : 1/ms

	dE/dt    = (F_e - E + slope^2*(0.5*C_ee*diff(e_E, E) + C_ei*diff(e_E, I) + 0.5*C_ii*diff(e_I, I))) / T : 1/ms
	dI/dt    = (F_i - I + slope^2*(0.5*C_ee*diff(i_E, E) + C_ei*diff(i_E, I) + 0.5*C_ii*diff(i_I, I))) / T : 1/ms
	dC_ee/dt = (F_e*(1/T - F_e)/(N_tot*(1 - g)) + (F_e - E)^2 + 2*slope*(C_ee*e_E + C_ei*e_I) - 2*C_ee) / T            : 1/ms^2
	dC_ei/dt = ((F_e - E)*(F_i - I) + slope*mixed - 2*C_ei) / T                                            : 1/ms^2
	dC_ii/dt = (F_i*(1/T - F_i)/(N_tot*g) + (F_i - I)^2 + 2*slope*(C_ii*i_I + C_ei*i_E) - 2*C_ii) / T            : 1/ms^2
	mixed    = (1 - swap)*(C_ee*i_E + C_ei*(e_E + i_I) + C_ii*e_I) + swap*(C_ee*e_E + C_ei*(e_I + i_E) + C_ii*i_I) : 1/ms^2
	e_E = diff(F_e, E) : 1
	e_I = diff(F_e, I) : 1
	i_E = diff(F_i, E) : 1
	i_I = diff(F_i, I) : 1`+zerlautNeurons, zerlautItems(
		Parameter("S_i", 1, "1", Free, "share of the excitation from other regions that reaches inhibitory neurons"),
		Parameter("slope", 1, "1", Free, "factor of the transfer functions' derivatives"),
		Parameter("swap", 0, "1", Free, "share of the other population's derivatives in dC_ei/dt"),
		State("C_ee", 0, 1e-6, "variance of the excitatory rate"),
		State("C_ei", 0, 1e-6, "covariance of the rates"),
		State("C_ii", 0, 1e-6, "variance of the inhibitory rate"),
		Preset("tvb", map[string]float64{"slope": 1e-3, "swap": 1}),
		Reference("El Boustani and Destexhe (2009) Neural Comput. 21: 46-100, doi:10.1162/neco.2009.02-08-710"),
	)...)
}
