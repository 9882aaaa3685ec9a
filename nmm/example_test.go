package nmm_test

import (
	"fmt"
	"strings"

	"github.com/euryale-ml/euryale/nmm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A model of one's own, evaluated and differentiated for three regions.
func ExampleDefine() {
	vdp, err := nmm.Define("VanDerPol", `
		dx/dt = (mu*(x - x^3/3 - y) + c) / 1[ms]   : 1
		dy/dt = x / mu / 1[ms]                     : 1`,
		nmm.Parameter("mu", 1, "1", nmm.Positive, "nonlinearity"),
		nmm.Port("c", "1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	g := G.NewGraph()
	vector := func(name string, v ...float64) *G.Node {
		return G.NewVector(g, G.Float64, G.WithName(name), G.WithShape(len(v)), G.WithValue(tensor.New(tensor.WithBacking(v))))
	}
	mu := G.NewScalar(g, G.Float64, G.WithName("mu"), G.WithValue(2.0))
	f, err := vdp.Nodes(map[string]*G.Node{
		"x": vector("x", 0, 1, 3), "y": vector("y", 1, 1, 0), "mu": mu, "c": G.NewConstant(0.0),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	gradient, err := G.Grad(G.Must(G.Sum(f.Derivatives[0])), mu)
	if err != nil {
		fmt.Println(err)
		return
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("dx/dt = %.3f, dy/dt = %.3f\n", f.Derivatives[0].Value().Data(), f.Derivatives[1].Value().Data())
	fmt.Printf("d(sum of dx/dt)/dmu = %.3f\n", gradient[0].Value())
	// Output:
	// dx/dt = [-2.000 -0.667 -12.000], dy/dt = [0.000 0.500 1.500]
	// d(sum of dx/dt)/dmu = -7.333
}

// Three modes that inhibit each other, of which each remembers what it was.
func ExampleDefine_modes() {
	m, err := nmm.Define("Choice", `
		modes i, k = 3
		dx[k]/dt = (tanh(x[k](t - d)) - w*sum(i, x[i]) + [1, 0.5, 0][k]*x_in)/tau : 1`,
		nmm.Parameter("d", 2, "ms", nmm.Positive, "delay"),
		nmm.Parameter("w", 0.5, "1", nmm.Positive, "inhibition"),
		nmm.Parameter("tau", 10, "ms", nmm.Positive, "time constant"),
		nmm.State("x[k]", -1, 1, "activity"),
		nmm.Port("x_in", "1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, s := range m.States() {
		fmt.Println(s.Name, s.Meaning, m.Delays()[i].Name)
	}
	// Output:
	// x_1 activity x_1(t - d)
	// x_2 activity x_2(t - d)
	// x_3 activity x_3(t - d)
}

// A mistake in the units, and where it is.
func ExampleDefine_units() {
	_, err := nmm.Define("Leak", `dv/dt = (E - v)/tau + i : mV`,
		nmm.Parameter("E", -65, "mV", nmm.Free, "resting potential"),
		nmm.Parameter("tau", 10, "ms", nmm.Positive, "membrane time constant"),
		nmm.Port("i", "nA"))
	fmt.Println(err)
	// Output:
	// nmm: model Leak, line 1, column 21: expected one unit on both sides of +, found mV/ms and nA
	// 	dv/dt = (E - v)/tau + i : mV
	// 	                    ^
}

// Settings are chained; quantities are converted to the parameter's unit.
func ExampleModel_Set() {
	m := nmm.ReducedWongWang().Set("tau_s", nmm.Q(0.08, "s")).Learn("w", nmm.Between(0, 1), nmm.PerRegion)
	fmt.Println(m, m.Err())
	fmt.Println(nmm.Hopf().Set("omgea", 0.3).Err())
	// Output:
	// ReducedWongWang, mean-field (spiking)
	//   x = w*J_N*S + J_N*S_in + I_o  : nA
	//   H = linoid(d*(a*x - b)) / d   : 1/ms
	//   dS/dt = -S/tau_s + (1 - S)*gamma*H : 1
	// state  unit  initial  bounds  meaning
	// S      1     [0, 1]   [0, 1]  fraction of open synapses
	// parameter  value             unit     domain    learned                    meaning
	// a          0.27              1/nA/ms  free      -                          slope of the rate
	// b          0.108             1/ms     free      -                          offset of the rate
	// d          154               ms       positive  -                          curvature of the rate at threshold
	// gamma      0.641             1        free      -                          opening of synapses per spike
	// tau_s      80 (default 100)  ms       positive  -                          time constant of NMDA synapses
	// w          0.6               1        free      between(0, 1), per region  weight of the local recurrence
	// J_N        0.2609            nA       free      -                          current of a synapse
	// I_o        0.33              nA       free      -                          background current
	// port  unit
	// S_in  1
	// observable  unit  depends on ports
	// x           nA    yes
	// H           1/ms  yes
	// Wong and Wang (2006) J. Neurosci. 26: 1314-1328, doi:10.1523/JNEUROSCI.3733-05.2006
	// Deco et al. (2013) J. Neurosci. 33: 11239-11252, doi:10.1523/JNEUROSCI.1091-13.2013
	//  <nil>
	// nmm: model Hopf: unknown parameter "omgea"; nearest: omega, a, beta
}

// The equations of a model, as LaTeX sets them; a notebook shows the formulae.
func ExampleModel_LaTeX() {
	fmt.Println(nmm.MontbrioPazoRoxin().LaTeX())
	// Output:
	// \begin{aligned}
	// \frac{dr}{dt} &= \frac{\frac{\Delta}{\pi\, \tau} + 2\, r\, v + r_{\mathrm{in}}}{\tau} \\
	// \frac{dv}{dt} &= \frac{v^{2} + \eta + J\, \tau\, r - \left(\pi\, \tau\, r\right)^{2} + v_{\mathrm{in}}}{\tau}
	// \end{aligned}
}

// A program that reads from a configuration which model it is about, and with which parameters.
func ExampleLookup() {
	configuration := struct {
		Model      string
		Parameters map[string]string
	}{"MontbrioPazoRoxin", map[string]string{"eta": "-4.6", "tau": "0.01 s"}}

	m, err := nmm.Lookup(configuration.Model)
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, text := range configuration.Parameters {
		q, err := nmm.ParseQuantity(text)
		if err != nil {
			fmt.Println(err)
			return
		}
		m.Set(name, q)
	}
	for _, p := range m.Parameters() {
		fmt.Println(p.Name, p.Values, p.Unit)
	}
	fmt.Println(m.Err())
	// Output:
	// tau [10] ms
	// Delta [1] 1
	// eta [-4.6] 1
	// J [15] 1
	// <nil>
}

// A model that is written without Go, and a mistake in it.
func ExampleRead() {
	file := `{
		"format": "euryale model 1",
		"name": "Leak",
		"equations": ["dv/dt = (E - v)/tau + v_in : mV"],
		"states": [{"name": "v", "initial": [-70, -50], "bounds": [-90, null], "meaning": "membrane potential"}],
		"parameters": [
			{"name": "E", "unit": "mV", "default": -65, "meaning": "resting potential"},
			{"name": "tau", "unit": "ms", "default": 10, "domain": "positive", "meaning": "membrane time constant"}
		],
		"ports": [{"name": "v_in", "unit": "mV/ms"}]
	}`
	m, err := nmm.Read(strings.NewReader(file), "leak.json")
	fmt.Print(m)
	fmt.Println(err)

	_, err = nmm.Read(strings.NewReader(strings.Replace(file, "mV/ms", "nA", 1)), "leak.json")
	fmt.Println(err)
	// Output:
	// Leak
	//   dv/dt = (E - v)/tau + v_in : mV
	// state  unit  initial     bounds       meaning
	// v      mV    [-70, -50]  [-90, +Inf]  membrane potential
	// parameter  value  unit  domain    learned  meaning
	// E          -65    mV    free      -        resting potential
	// tau        10     ms    positive  -        membrane time constant
	// port  unit
	// v_in  mV/ms
	// <nil>
	// nmm: leak.json: model Leak, line 1, column 21: expected one unit on both sides of +, found mV/ms and nA
	// 	dv/dt = (E - v)/tau + v_in : mV
	// 	                    ^
}
