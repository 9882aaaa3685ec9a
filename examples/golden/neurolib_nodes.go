package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// MultiModel's networks of ALN and thalamus, in which a node can be the one or the other, so that each is a
// population of its own. All are excited by the others' excitatory rate.
type spikingNode struct {
	parts   []graph.Part
	states  []string // addresses, in the order of the file's variables
	rate    string   // address of the excitatory rate
	excited []string // ports that the network enters
	squares []string // those that it enters with the squares of the weights
}

// spikingVariables tells the kinds of nodes apart.
var spikingVariables = map[string]func(name string, v nodeValues) (*spikingNode, *outcome){
	"I_mu_EXC,I_A_EXC,I_syn_mu_exc_EXC,I_syn_mu_inh_EXC,I_syn_sigma_exc_EXC,I_syn_sigma_inh_EXC,r_mean_EXC," +
		"I_mu_INH,I_syn_mu_exc_INH,I_syn_mu_inh_INH,I_syn_sigma_exc_INH,I_syn_sigma_inh_INH,r_mean_INH": alnNode,
	"V_EXC,Ca_EXC,h_T_EXC,m_h1_EXC,m_h2_EXC,s_e_EXC,s_i_EXC,ds_e_EXC,ds_i_EXC,r_mean_EXC," +
		"V_INH,h_T_INH,s_e_INH,s_i_INH,ds_e_INH,ds_i_INH,r_mean_INH": thalamusNode,
}

// nodeValues are a node's numbers in the file.
type nodeValues struct {
	params map[string]float64 // "Mass.name"
	weight array              // local_connectivity, [to][from], excitatory first
	delay  array              // local_delays, ms
	inputs []float64          // means, of its two masses
}

// adaptingAtOnce is ALN whose adaptation grows with the rate of the table, not with that which follows it: MultiModel
// has it so, the native model has the other.
var adaptingAtOnce = sync.OnceValue(func() *nmm.Model {
	return altered(nmm.ALN(), "dIA/dt", "dIA/dt = (a*(V(mu_a, sigma_e) - EA) - IA)/tauA + b*Phi(mu_a, sigma_e) : pA")
})

// alnNode is ALN. Its weights within the node come multiplied by τ/J.
func alnNode(name string, v nodeValues) (*spikingNode, *outcome) {
	m := adaptingAtOnce().Clone().Set("mue_ext", v.inputs[0]+v.params["ALNMassEXC.ext_exc_current"]).Set("mui_ext", v.inputs[1]+v.params["ALNMassINH.ext_inh_current"])
	given := map[string]float64{}
	for key, x := range v.params {
		_, param, _ := strings.Cut(key, ".")
		if old, ok := given[param]; ok && old != x {
			return nil, decline(skipped("needs %s of its own for each population of ALN", param))
		}
		if given[param] = x; strings.HasPrefix(param, "ext_") {
			if strings.HasSuffix(param, "_rate") && x != 0 {
				return nil, decline(skipped("needs %s", param))
			}
			continue
		}
		m.Set(param, x)
	}
	for i, c := range []struct{ name, max, tau string }{
		{"cee", "Jee_max", "tau_se"}, {"cei", "Jei_max", "tau_si"}, {"cie", "Jie_max", "tau_se"}, {"cii", "Jii_max", "tau_si"},
	} {
		m.Set(c.name, v.weight.at(i/2, i%2)*math.Abs(given[c.max])/given[c.tau])
	}
	if v.delay.at(0, 0) != v.delay.at(1, 0) || v.delay.at(0, 1) != v.delay.at(1, 1) {
		return nil, decline(skipped("needs delays that differ between the targets of a population of ALN"))
	}
	m.Set("de", v.delay.at(0, 0)).Set("di", v.delay.at(0, 1))
	if err := m.Err(); err != nil {
		return nil, decline(failed("%v", err))
	}
	node := &spikingNode{parts: []graph.Part{graph.Population(name, graph.Regions(1), m)}, rate: name + ".r_e",
		excited: []string{name + ".r_e_in"}, squares: []string{name + ".r_e2_in"}}
	for _, s := range []string{"mufe", "IA", "seem", "seim", "seev", "seiv", "r_e", "mufi", "siem", "siim", "siev", "siiv", "r_i"} {
		node.states = append(node.states, name+"."+s)
	}
	return node, nil
}

// thalamusNode is the thalamus with a second population, of rates that follow Q at the rate lambda and drive its
// synapses, as MultiModel has it.
func thalamusNode(name string, v nodeValues) (*spikingNode, *outcome) {
	m := nmm.Thalamus().Set("N_rt", 0).Set("N_tr", 0).Set("N_rr", 0)
	rates, err := nmm.Define("Rates", `
		dr_t/dt = lambda_t*(q_t - r_t) : 1/ms
		dr_r/dt = lambda_r*(q_r - r_r) : 1/ms`,
		nmm.Parameter("lambda_t", 10, "1/ms", nmm.Positive, ""), nmm.Parameter("lambda_r", 10, "1/ms", nmm.Positive, ""),
		nmm.Port("q_t", "1/ms"), nmm.Port("q_r", "1/ms"))
	if err != nil {
		return nil, decline(failed("%v", err))
	}
	own := map[string]string{"TCR.g_T": "g_T_t", "TRN.g_T": "g_T_r", "TCR.ext_current": "I_t", "TRN.ext_current": "I_r"}
	for key, x := range v.params {
		mass, param, _ := strings.Cut(key, ".")
		if other, ok := v.params[map[string]string{"TCR": "TRN", "TRN": "TCR"}[mass]+"."+param]; ok && other != x && own[key] == "" && param != "lambda" {
			return nil, decline(skipped("needs %s of its own for each population of the thalamus", param))
		}
		switch {
		case key == "TCR.lambda":
			rates.Set("lambda_t", x)
		case key == "TRN.lambda":
			rates.Set("lambda_r", x)
		case own[key] != "":
			m.Set(own[key], x)
		default:
			m.Set(param, x)
		}
	}
	if m.Err() != nil || rates.Err() != nil {
		return nil, decline(failed("%v %v", m.Err(), rates.Err()))
	}
	r := name + "rates"
	node := &spikingNode{rate: r + ".r_t", excited: []string{name + ".s_et_in", name + ".s_er_in"},
		parts: []graph.Part{graph.Population(name, graph.Regions(1), m), graph.Population(r, graph.Regions(1), rates)}}
	for _, k := range []string{"t", "r"} {
		q := fmt.Sprintf("%.17g[1/ms]*sigmoid(%.17g*(x - (%.17g[mV]))/%.17g[mV])", v.params["TCR.Q_max"], v.params["TCR.C1"], v.params["TCR.theta"], v.params["TCR.sigma"])
		node.parts = append(node.parts, &graph.Coupling{From: name + ".V_" + k, To: r + ".q_" + k, Pre: []string{q}, Weights: identity(1)})
	}
	for i, link := range []struct{ from, to string }{{"r_t", "s_et_in"}, {"r_r", "s_gt_in"}, {"r_t", "s_er_in"}, {"r_r", "s_gr_in"}} {
		node.parts = append(node.parts, single(r+"."+link.from, name+"."+link.to, v.weight.at(i/2, i%2), v.delay.at(i/2, i%2)))
	}
	if v.inputs[0] != 0 || v.inputs[1] != 0 {
		return nil, decline(skipped("needs noise inputs of the thalamus"))
	}
	for _, s := range []string{"V_t", "Ca", "h_T_t", "m_h1", "m_h2", "s_et", "s_gt", "ds_et", "ds_gt", "~r_t", "V_r", "h_T_r", "s_er", "s_gr", "ds_er", "ds_gr", "~r_r"} {
		if rate, ok := strings.CutPrefix(s, "~"); ok {
			node.states = append(node.states, r+"."+rate)
		} else {
			node.states = append(node.states, name+"."+s)
		}
	}
	return node, nil
}

// single is a coupling between populations of one region; delay is in ms.
func single(from, to string, weight, delay float64) *graph.Coupling {
	return &graph.Coupling{From: from, To: to, Weights: mat.NewDense(1, 1, []float64{weight}), Delays: mat.NewDense(1, 1, []float64{delay})}
}

// spiking reports whether all nodes are of kinds that runSpiking knows.
func (c *neurolibMulti) spiking() bool {
	for _, v := range c.Variables {
		if spikingVariables[strings.Join(v, ",")] == nil {
			return false
		}
	}
	return true
}

// runSpiking builds the network, simulates and compares.
func (c *neurolibMulti) runSpiking() outcome {
	nodes, o := c.spikingNodes()
	if o != nil {
		return *o
	}
	delay := func(i, j int) float64 {
		if c.DelayMs == nil {
			return 0
		}
		return c.DelayMs.at(i, j)
	}
	var parts []graph.Part
	var states []string
	for i, to := range nodes {
		parts, states = append(parts, to.parts...), append(states, to.states...)
		for j, from := range nodes {
			if c.Cmat == nil || c.Cmat.at(i, j) == 0 {
				continue
			}
			w := c.Cmat.at(i, j)
			for _, port := range to.excited {
				parts = append(parts, single(from.rate, port, w, delay(i, j)))
			}
			for _, port := range to.squares {
				parts = append(parts, single(from.rate, port, w*w, delay(i, j)))
			}
		}
	}
	net, err := graph.NewNetwork(parts...)
	if err != nil {
		return failed("%v", err)
	}
	if len(c.InitFlat) != len(states) {
		return failed("init_flat has %d values for %d states", len(c.InitFlat), len(states))
	}
	for i, state := range states {
		if err := net.Set("init:"+state, c.InitFlat[i]); err != nil {
			return failed("%v", err)
		}
	}
	result, err := net.Simulate(context.Background(), graph.Run{Dt: c.Dt, Duration: c.Duration, Integrator: graph.Euler, Record: states})
	if err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	for i, state := range states {
		var a []float64
		for _, k := range c.Steps {
			a = append(a, result.Series(state).Data[k])
		}
		cmp.nearEach(state, a, c.OutFlat.row(i).data, neurolibRelative, neurolibAbsolute)
	}
	return cmp.outcome()
}

// spikingNodes reads the nodes' numbers and makes them.
func (c *neurolibMulti) spikingNodes() ([]*spikingNode, *outcome) {
	values := make([]nodeValues, len(c.Variables))
	if len(c.InputMeans) != 2*len(values) {
		return nil, decline(failed("input_means has %d values for %d nodes", len(c.InputMeans), len(values)))
	}
	for i := range values {
		values[i] = nodeValues{params: map[string]float64{}, inputs: c.InputMeans[2*i : 2*i+2]}
	}
	node := func(key, index string) (*nodeValues, *outcome) {
		i, err := strconv.Atoi(index)
		if err != nil || i >= len(values) {
			return nil, decline(failed("%q: node %s of %d", key, index, len(values)))
		}
		return &values[i], nil
	}
	for key, x := range c.Params {
		m := massParameter.FindStringSubmatch(key)
		if m == nil {
			return nil, decline(failed("parameter %q: expected Net.Node_i.Mass_j.name", key))
		}
		v, o := node(key, m[1])
		if o != nil {
			return nil, o
		}
		v.params[m[2]+"."+m[3]] = x
	}
	for key, a := range c.Local {
		m := nodeLocal.FindStringSubmatch(key)
		if m == nil {
			continue
		}
		v, o := node(key, m[1])
		if o != nil {
			return nil, o
		}
		if m[2] == "local_delays" {
			v.delay = a
		} else {
			v.weight = a
		}
	}
	var nodes []*spikingNode
	for i, v := range values {
		if err := v.weight.needs("local_connectivity", 2, 2); err != nil {
			return nil, decline(failed("%v", err))
		}
		if err := v.delay.needs("local_delays", 2, 2); err != nil {
			return nil, decline(failed("%v", err))
		}
		n, o := spikingVariables[strings.Join(c.Variables[i], ",")](fmt.Sprintf("node%d", i), v)
		if o != nil {
			return nil, o
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}
