package nmm

import (
	"maps"
	"testing"

	G "gorgonia.org/gorgonia"
)

// models lists every model of the package.
var models = List()

// rhs is a right side computed by another program: what is not named is at its
// default, and a port at 0.
type rhs struct {
	model      *Model
	parameters map[string]float64
	inputs     vars // states and ports, two regions each
	want       vars // derivatives
}

// Numbers of TVB 2.10 (its own perturbed parameters; MPR with τ = 2 and both
// couplings, WilsonCowan with plain sigmoids too) and of brainmass 0.1.1.
var rightSides = []rhs{
	{Linear(), map[string]float64{"gamma": -10.05301389477866},
		vars{"x": {-0.1769969775412532, 0.016847684389195483}, "x_in": {-0.19839357495175225, 0.04765742614852475}},
		vars{"x": {1.5809594996042926, -0.12171257911090297}}},
	{Hopf(), map[string]float64{"a": -0.49761514205827245, "omega": 1.0715881267840244},
		vars{"x": {1.7247287662471802, -0.4139059144697532}, "y": {1.8810757662165303, 0.22291157652182603},
			"x_in": {-0.09004119123999932, 0.4459278590130219}, "y_in": {-0.27576257220940525, -0.04982437327584677}},
		vars{"x": {-14.19742270379097, 0.504500695362595}, "y": {-11.615316568074412, -0.6535503823438074}}},
	{Hopf(), map[string]float64{"a": 0.4059199241736065, "omega": 0.227738472388578, "beta": 0.9968017128662048}, // brainmass
		vars{"x": {0.20619688939783432}, "y": {0.30924732419907386}, "x_in": {0.007604555413204261}, "y_in": {-0.0239005147385144}},
		vars{"x": {-0.007518744463398855}, "y": {0.106001893085787}}},
	{MontbrioPazoRoxin(), map[string]float64{"tau": 2}, // v_in = I + c0 + c1/2
		vars{"r": {0.7382194253960259, 0.9122583723721394}, "v": {1.1197905315175083, -0.34674472004386897},
			"v_in": {0.3 - 0.20578257032918568 + 0.3785696623231132/2, 0.3 + 0.4881601760723099 - 0.170670531004526/2}},
		vars{"r": {0.9062285942867131, -0.23674330238990532}, "v": {-1.415227635406737, -4.831868333122403}}},
	{JansenRit(), map[string]float64{"A": 3.354803097966379, "B": 21.472279511178847, "a": 0.09803540274917769, "b": 0.046486293946183956,
		"v0": 5.2755502331457, "nu_max": 0.00246337116632726, "r": 0.5623901516744464, "J": 124.705093865235, "a_1": 1.0672739497951451,
		"a_2": 0.838530361586903, "a_3": 0.2514501456871899, "a_4": 0.24532773399629054, "mu": 0.23855974076090244},
		vars{"y0": {-0.7773054232991357, -0.04804389070915143}, "y1": {402.51284789549754, -38.841284709487454}, "y2": {28.453497527890022, -2.1950764354720875},
			"y3": {3.0310565574197597, -0.21988219422719493}, "y4": {-19.46967710887693, 1.800036139538581}, "y5": {356.0972181744419, 39.53546637124119},
			"y4_in": {0.24516288753817173, -0.39198479377393347}},
		vars{"y0": {3.0310565574197597, -0.21988219422719493}, "y1": {-19.46967710887693, 1.800036139538581}, "y2": {356.0972181744419, 39.53546637124119},
			"y3": {-0.5852107111012977, 0.04357422589717131}, "y4": {0.10799964604579992, -0.029854318657453027}, "y5": {-33.16876721808162, -3.6677243807127784}}},
	{JansenRit(), map[string]float64{"A": 3.993407223689289, "B": 26.567047434529275, "a": 116.49918972226472, "b": 61.76917093020728, // brainmass, in seconds
		"J": 127.91327864775887, "a_1": 0.9378740373169453, "a_2": 0.6714652340829876, "a_3": 0.28773386408114937, "a_4": 0.28491933248396495,
		"nu_max": 6.050868931788961 / 2, "v0": 5.04134325559834, "r": 0.5142627505778341, "mu": 0},
		vars{"y0": {-0.1494930379018122}, "y1": {19.06121547247824}, "y2": {19.553542097656738}, "y3": {-3.4084810237037044}, "y4": {-127.34097758201744},
			"y5": {-59.316979379680134}, "y3_in": {-0.11275265012546343}, "y4_in": {208.64526789871076}, "y5_in": {-0.15286167323585986}},
		vars{"y0": {-3.4084810237037044}, "y1": {-127.34097758201744}, "y2": {-59.316979379680134},
			"y3": {2969.393232116794}, "y4": {-131960.18704598863}, "y5": {-65805.3724318971}}},
	{WilsonCowan(), map[string]float64{"c_ee": 12.593083197092458, "c_ei": 3.983293579046584, "c_ie": 12.815703782823842, "c_ii": 10.75559192767938,
		"tau_e": 9.173015256694764, "tau_i": 10.95548884279304, "a_e": 1.2916766273733058, "b_e": 2.7072738373085463, "c_e": 1.0612769335363905,
		"a_i": 0.9682280747249572, "b_i": 3.917362405551264, "c_i": 0.98836219072359, "r_e": 0.9109499189619401, "r_i": 1.0808167932426347,
		"k_e": 1.076700778234848, "k_i": 0.9074647374438651, "alpha_e": 0.9592657175052228, "alpha_i": 0.9357543582883493},
		vars{"E": {0.17355335899178315, 0.5248898435710896}, "I": {0.7369899487076129, 0.4968898019941704}, "E_in": {-0.05670822452681035, -0.03349094101019234}},
		vars{"E": {-0.02087292878055848, 0.0030809481096909165}, "I": {-0.06749048583122824, -0.04364952711038825}}},
	{WilsonCowan(), map[string]float64{"shift": 0},
		vars{"E": {0.1403411799227059, 0.46374036971719146}, "I": {0.8256543693523487, 0.4749042678289481}, "E_in": {0.2274459455583221, 0.002532196766300454}},
		vars{"E": {-0.013475262567645627, -0.006738431722645799}, "I": {-0.08256521191517652, -0.04542458785807489}}},
	{WilsonCowan(), map[string]float64{"tau_e": 0.7586171203300114, "a_e": 1.45995522713507, "b_e": 3.050265550560833, "tau_i": 0.909577939492298, // brainmass
		"a_i": 0.8360424426360307, "b_i": 4.662152926154443, "c_ee": 13.177743803861174, "c_ei": 3.8797564519948056, "c_ie": 14.711913361418468,
		"c_ii": 11.049598310308541, "r_e": 0.9463760048563061, "r_i": 0.9463760048563061},
		vars{"E": {0.8983139870711795}, "I": {0.4521397692080184}, "E_in": {-0.7834332387210341}, "I_in": {1.2942182386839693}},
		vars{"E": {-0.9889013311068852}, "I": {0.10868321934485832}}},
	{ReducedWongWang(), map[string]float64{"a": 0.25623702774799234, "b": 0.09766803575844768, "d": 160.35308502227153, "gamma": 0.5861987603775918,
		"tau_s": 91.10117733641894, "w": 0.5875627055253201, "J_N": 0.27917285240507417, "I_o": 0.3565321240576703},
		vars{"S": {0.40363455531280845, 0.4815149776138434}, "S_in": {0.1191957189684526, 0.03613077643306828}},
		vars{"S": {0.002599139671850286, 0.0001154858409113408}}},
	{ReducedWongWangExcInh(), map[string]float64{"a_e": 295.9160258400409, "b_e": 135.860441875738, "d_e": 0.16662760657503903, "gamma_e": 0.0006668392860141964, "tau_e": 94.96441778052555, "w_p": 1.4086531571058225, "W_e": 0.9644780879787006, "J_N": 0.14197550441195744, "a_i": 649.0165057642881, "b_i": 168.1408284024482, "d_i": 0.09017649117082677, "gamma_i": 0.0009482935027365762, "tau_i": 10.586539344801356, "W_i": 0.7537313302176689, "J_i": 0.9320145446891591, "I_o": 0.3477647269566552, "I_ext": 0.006262993155437538,
		"lambda": 0.6, "M_e": 0.9326099849032146, "M_i": 0.9326099849032146}, // S_e_in = G (c0 + 0.05 S_e)
		vars{"S_e": {0.5229453008878827, 0.9029821913207817}, "S_i": {0.3076843822828276, 0.7469123694662742}, "S_e_in": {0.9683386401183078, -0.07077263224407346}},
		vars{"S_e": {-0.005498519215368303, -0.009508637155102955}, "S_i": {-0.0290372452614591, -0.0705530244718778}}},
	{FitzHughNagumo(), map[string]float64{"alpha": 2.572036079264488, "beta": 4.441416594685503, "gamma": -1.8303550768668453, "delta": 0.03315048840041451, "epsilon": 0.4698695156514465, "tau": 19.49614728815694}, // brainmass
		vars{"V": {0.648030536351744}, "w": {0.3763033054346731}, "V_in": {0.3146598540810279}, "w_in": {0.00478995559789424}},
		vars{"V": {-0.08256934736391547}, "w": {0.027259348633040605}}},
	{HORN(), map[string]float64{"omega": 0.3, "gamma": 0.02, "alpha": 0.1, "b": 0.05, "v": -0.4, "tau": 2}, // Python, from the paper
		vars{"x": {0.3, -1.1}, "y": {-0.2, 0.4}, "y_in": {0.7, -0.2}},
		vars{"x": {-0.1, 0.2}, "y": {0.018402610777981214, 0.055606740633481706}}},
	{Rate(), map[string]float64{"tau": 50, "b": -0.25},
		vars{"r": {0.5, 0.125}, "r_in": {0.75, 0.125}},
		vars{"r": {0, -0.0025}}},
	{GRU(), map[string]float64{"tau": 40, "b_z": 0.3, "b_r": -0.2, "b_h": 0.1, "c_h": 0.4}, // Python, from the paper
		vars{"h": {0.5, -0.25}, "z_in": {0.7, -1.2}, "r_in": {-0.3, 0.8}, "h_in": {0.9, -0.5}, "x_in": {-0.6, 0.35}},
		vars{"h": {-0.003423603257787053, 0.01097381801421786}}},
	{ZetterbergJansen(), map[string]float64{"He": 3.1346121498897346, "Hi": 22.64549008416446, "ke": 0.1016920685756553, "ki": 0.05488522673991139, "e0": 0.0023602274447004404, "rho_2": 6.535712049064815, "rho_1": 0.564698381508345, "gamma_1": 134.0544765423705, "gamma_2": 102.63139572696902, "gamma_3": 31.54558146065583, "gamma_4": 35.03552959347158, "gamma_5": 13.727965697629466, "gamma_1T": 0.9626554909968964, "gamma_2T": 1.0800455707287244, "gamma_3T": 0.9960031702253367, "P": 0.13167492004277775, "U": 0.11919937319461367, "Q": 0.11791050725826421}, // the last but two with ki² where TVB has ke²
		vars{"v1": {-28.45520244762274, 6.969885579119827}, "y1": {302.8108461017224, 32.84310265279028}, "v2": {-31.77755018792986, -28.13927624523281}, "y2": {-55.607046772690296, -48.2572679912776}, "v3": {-96.41648654822822, -51.714516902269395}, "y3": {-23.031513002223903, -51.2404125759604}, "v4": {-13.336779057586199, -40.88804070049115}, "y4": {-61.31795359354004, -35.285257201256215}, "v5": {-72.11506741333146, -38.226707024219444}, "y5": {102.14673506888016, 35.45326433400783}, "v6": {-39.240704046226696, -35.09984722793641}, "v7": {-44.00336476640024, -40.133867536490584}, "v6_in": {0.23281610705017386, -0.16944232821772998}},
		vars{"v1": {302.8108461017224, 32.84310265279028}, "y1": {-61.054327785873575, -6.513533192998643}, "v2": {-55.607046772690296, -48.2572679912776}, "y2": {11.683589808456244, 10.237762259817357}, "v3": {-23.031513002223903, -51.2404125759604}, "y3": {3.0241792997238126, 5.781602510967347}, "v4": {-61.31795359354004, -35.285257201256215}, "y4": {12.69396258665699, 7.684228931560176}, "v5": {102.14673506888016, 35.45326433400783}, "y5": {-10.914911965283597, -3.7761225024704026}, "v6": {-32.57553377046639, 2.9831445846827975}, "v7": {-163.4646886624202, -70.73852153526404}}},
	{WongWang(), map[string]float64{"a": 265.0, "b": 111.0, "d": 0.16, "gamma": 0.00062, "tau_S": 95.0, "J_11": 0.27, "J_22": 0.255, "J_12": 0.05, "J_21": 0.047, "J_ext": 0.00054, "mu_0": 20.0, "c": 0.1, "I_0": 0.32}, // Python, from the paper
		vars{"S1": {0.1, 0.45}, "S2": {0.3, 0.2}, "stimulus": {15.0, 0.0}, "coherence": {0.156, -0.3}, "I1_in": {0.01, -0.02}, "I2_in": {-0.015, 0.004}},
		vars{"S1": {-0.00012981036588936487, -0.002547599913434479}, "S2": {-0.001744409271381155, -0.001259543729691662}}},
	{ThresholdLinear(), map[string]float64{"tau_e": 21.0, "tau_i": 9.5, "beta_e": 0.07, "beta_i": 0.34, "w_ee": 24.0, "w_ei": 20.0, "w_ie": 12.0, "w_ii": 12.6, "mu_ee": 33.0, "mu_ie": 25.0, "eta": 0.7, "h": 0.4}, // Python, from the paper
		vars{"E": {4.0, 0.5}, "I": {6.0, 8.0}, "E_in": {5.0, 0.1}, "I_e_in": {10.0, -20.0}, "I_i_in": {3.0, 40.0}},
		vars{"E": {0.5564571428571429, -0.023809523809523808}, "I": {4.695326315789474, -0.8421052631578947}}},
	{CoombesByrne(), map[string]float64{"tau": 2.5, "Delta": 0.6, "eta": 3.0, "k": 1.2, "v_syn": -5.0, "alpha": 0.8}, // Python, from the paper; TVB has no τ
		vars{"r": {0.3, 0.05}, "v": {-0.4, 0.7}, "g": {1.2, 0.4}, "q": {0.1, -0.2}, "r_in": {0.02, 0.0}, "v_in": {0.5, -0.3}},
		vars{"r": {-0.2014422509263561, 0.050557749073643896}, "v": {-2.9646609902451053, 0.30231497249319145}, "g": {0.08000000000000002, -0.16000000000000003}, "q": {1.1419467105846512, 0.3769911184307752}}},
	{BalloonWindkessel(), map[string]float64{"epsilon": 0.54, "kappa": 0.7, "gamma": 0.38, "tau": 1.1, "alpha": 0.35, "rho": 0.4}, // Python, from the paper
		vars{"s": {0.2, -0.15}, "ln_f": {0.26236426446749106, -0.2231435513142097}, "ln_v": {0.09531017980432493, -0.10536051565782628}, "ln_q": {-0.05129329438755058, 0.1823215567939546}, "z_in": {0.4, -0.1}},
		vars{"s": {-3.7999999999999975e-05, 0.00012699999999999997}, "ln_f": {0.00015384615384615385, -0.00018749999999999998}, "ln_v": {-1.074402314871141e-05, 6.054996198085544e-05}, "ln_q": {-7.456815828079505e-05, -3.248090985152238e-05}}},
}

// at returns values for every symbol: defaults, zeros, and those given.
func at(m *Model, parameters map[string]float64, inputs vars) vars {
	values := vars{}
	for _, p := range m.Parameters() {
		values[p.Name] = []float64{p.Default}
	}
	for _, p := range m.Ports() {
		values[p.Name] = []float64{0}
	}
	for name, v := range parameters {
		values[name] = []float64{v}
	}
	maps.Copy(values, inputs)
	return values
}

func TestRightSides(t *testing.T) {
	for _, c := range rightSides {
		for i, s := range c.model.States() {
			got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(c.model, i, n) }, at(c.model, c.parameters, c.inputs))
			for k, want := range c.want[s.Name] {
				// both are float64 sums of a handful of terms, which may cancel
				if !closeTo(got[k], want, 1e-12, 1e-3) {
					t.Errorf("%s: d%s/dt of region %d: expected %v, found %v", c.model.Name(), s.Name, k, want, got[k])
				}
			}
		}
	}
}

// typical draws values for every symbol of a model, of the size of its defaults.
func typical(m *Model, n int, parametersPerRegion bool) vars {
	values := vars{}
	for i, s := range m.States() {
		values[s.Name] = random(uint64(i), n, 0.9*s.Lo+0.1*s.Hi, 0.4*s.Lo+0.6*s.Hi)
	}
	for i, p := range m.Ports() {
		values[p.Name] = random(uint64(20+i), n, 0.01, 0.2)
	}
	for i, p := range m.Parameters() {
		k := 1
		if parametersPerRegion {
			k = n
		}
		lo, hi := 0.8*p.Default, 1.2*p.Default
		if p.Default == 0 {
			lo, hi = 0.1, 0.3
		}
		values[p.Name] = random(uint64(50+i), k, lo, hi)
	}
	return values
}

// everything is a sum of all derivatives, observables and states of a model that tells them apart.
func everything(m *Model) func(map[string]*G.Node) (*G.Node, error) {
	return func(n map[string]*G.Node) (*G.Node, error) {
		e, err := m.Nodes(n)
		if err != nil {
			return nil, err
		}
		terms := e.Derivatives
		for _, o := range m.Observables() {
			terms = append(terms, e.Algebraic[o.Name])
		}
		for _, s := range m.States() { // Gorgonia refuses to differentiate by one that nothing depends on
			terms = append(terms, n[s.Name])
		}
		for _, d := range m.Delays() {
			if d.Parameter != "" {
				terms = append(terms, n[d.Parameter])
			}
		}
		total := terms[0]
		for i, d := range terms[1:] {
			weighted := G.Must(G.HadamardProd(constant(d.Graph(), float64(i+2)), d))
			total = G.Must(G.Add(total, weighted))
		}
		return total, nil
	}
}

// Every model with respect to every symbol: parameters shared and per region, several regions and
// one, the latter two of small models only, which have all kinds of terms.
func TestModelGradients(t *testing.T) {
	for _, m := range models {
		t.Run(m.Name(), func(t *testing.T) {
			kinds := []vars{typical(m, 3, false), typical(m, 3, true), typical(m, 1, false)}
			if len(m.Parameters()) > 10 {
				kinds = kinds[:1]
			}
			for _, values := range kinds {
				checkGradient(t, everything(m), values)
			}
		})
	}
}

// A region does not see the others: vectors give what scalars give.
func TestRegionsAreIndependent(t *testing.T) {
	for _, m := range models {
		values := typical(m, 3, true)
		for k, got := range evaluate(t, everything(m), values) {
			one := vars{}
			for name, v := range values {
				one[name] = v[k : k+1]
			}
			if want := evaluate(t, everything(m), one)[0]; !closeTo(got, want, 1e-14, 1e-6) {
				t.Errorf("%s: region %d: alone %v, together %v", m.Name(), k, want, got)
			}
		}
	}
}

// A Hopf region above the bifurcation moves on the circle of radius √(a/β) at
// angular frequency ω.
func TestHopfLimitCycle(t *testing.T) {
	values := at(Hopf(), map[string]float64{"a": 0.08, "beta": 2, "omega": 0.3}, vars{"x": {0.2, 0, -0.12}, "y": {0, 0.2, 0.16}})
	for i, sign := range []float64{-1, 1} {
		got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(Hopf(), i, n) }, values)
		for k := range got {
			if want := sign * 0.3 * [][]float64{values["y"], values["x"]}[i][k]; !closeTo(got[k], want, 1e-14, 1) {
				t.Errorf("derivative %d of region %d: expected %v, found %v", i, k, want, got[k])
			}
		}
	}
}

// Where a x = b, TVB and brainmass divide 0 by 0; the limit of the rate is 1/d.
func TestReducedWongWangAtThreshold(t *testing.T) {
	values := at(ReducedWongWang(), map[string]float64{"a": 0.5, "b": 0.25, "I_o": 0.5, "w": 0}, vars{"S": {0.3}})
	got := evaluate(t, func(n map[string]*G.Node) (*G.Node, error) { return derivative(ReducedWongWang(), 0, n) }, values)[0]
	if want := -0.3/100 + 0.7*0.641/154; !closeTo(got, want, 1e-14, 0) {
		t.Errorf("expected %v, found %v", want, got)
	}
}
