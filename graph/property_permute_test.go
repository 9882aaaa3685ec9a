package graph

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

// Permuting the regions permutes records and gradients: nothing depends on a region's number but
// the generator's noise, which is given here.
func TestRandomPermutations(t *testing.T) {
	property(t, 100, func(t testing.TB, rt *rapid.T) {
		d := draw(rt, features{steps: 40, observers: true, lanes: 1, samples: true})
		d.dropSilentObservers()
		var orders [][]int
		for _, p := range d.pops {
			orders = append(orders, rapid.Permutation(inOrder(len(p.labels))).Draw(rt, "order"))
		}
		net, other := d.build(t), d.permuted(orders).build(t)
		alike(t, symmetric(t, other, d.run), d.reorder(t, net, symmetric(t, net, d.run), orders), 1e-12)
	})
}

// permuted has the regions of every population in another order.
func (d *drawn) permuted(orders [][]int) *drawn {
	q := *d
	q.pops, q.couplings, q.noises, q.inputs = slices.Clone(d.pops), slices.Clone(d.couplings), slices.Clone(d.noises), slices.Clone(d.inputs)
	for k := range q.pops {
		p := &q.pops[k]
		labels := make([]string, len(p.labels))
		for i, j := range orders[k] {
			labels[i] = p.labels[j]
		}
		p.labels, p.params, p.init, p.history = labels, pick(p.params, orders[k]), pick(p.init, orders[k]), maps.Clone(p.history)
		for s, h := range p.history {
			p.history[s] = pickColumns(h, orders[k])
		}
	}
	for k := range q.couplings {
		c := &q.couplings[k]
		to, from := orders[c.to], orders[c.from]
		w := mat.NewDense(len(to), len(from), nil)
		delays := make([][]int, len(to))
		for i := range to {
			for j := range from {
				w.Set(i, j, c.weights.At(to[i], from[j]))
				if c.delays != nil {
					delays[i] = append(delays[i], c.delays[to[i]][from[j]])
				}
			}
		}
		if c.weights, c.gain = w, pickList(c.gain, to); c.delays != nil {
			c.delays = delays
		}
	}
	q.leads = slices.Clone(d.leads)
	for k := range q.leads {
		l := &q.leads[k]
		l.weights, l.gain = pickRows(l.weights, orders[l.pop]), pickList(l.gain, orders[l.pop])
	}
	q.observers = slices.Clone(d.observers)
	for k := range q.observers {
		o := &q.observers[k]
		o.projection = pickColumns(o.projection, orders[o.pop])
	}
	for k := range q.noises {
		z := &q.noises[k]
		z.sigma, z.samples = pickList(z.sigma, orders[z.pop]), pickColumns(z.samples, orders[z.pop])
	}
	for k := range q.inputs {
		q.inputs[k].values = pickColumns(q.inputs[k].values, orders[q.inputs[k].pop])
	}
	return &q
}

// symmetric runs a rollout whose loss, Σ x² + x³, does not know which region is which.
func symmetric(t testing.TB, net *Network, run Run) *outcome {
	t.Helper()
	g := G.NewGraph()
	run.Nodes = leaves(net, g)
	roll, err := net.Rollout(g, run)
	if err != nil {
		t.Fatal(err)
	}
	out := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
	var loss *G.Node
	read := map[string][]*G.Value{}
	for _, address := range roll.Recorded() {
		x := roll.Node(address)
		read[address] = []*G.Value{new(G.Value)}
		G.Read(x, read[address][0])
		square := G.Must(G.Square(x))
		term := G.Must(G.Sum(G.Must(G.Add(square, G.Must(G.HadamardProd(square, x))))))
		if loss == nil {
			loss = term
		} else {
			loss = G.Must(G.Add(loss, term))
		}
	}
	out.run(t, g, loss, run.Nodes, read)
	return out
}

// reorder says what the outcome of a network is for permuted regions.
func (d *drawn) reorder(t testing.TB, net *Network, o *outcome, orders [][]int) *outcome {
	t.Helper()
	q := &outcome{records: map[string][]float64{}, grads: map[string][]float64{}}
	of := func(address string) []int { // observers are of the population that they see
		for k := range d.observers {
			if strings.HasPrefix(address, fmt.Sprint("slow", k)) {
				return orders[d.observers[k].pop]
			}
		}
		return orders[int(address[len("pop")]-'0')]
	}
	for address, x := range o.records {
		order := of(address)
		name, _, _ := strings.Cut(address, "/")
		if v, ok := net.values[name+"/projection"]; ok {
			order = inOrder(v.Rows)
		}
		if q.records[address] = reorderRows(x, order); strings.HasSuffix(address, "/covariance") { // rows are regions too
			q.records[address] = pickRows(mat.NewDense(len(order), len(order), q.records[address]), order).RawMatrix().Data
		}
	}
	for address, x := range o.grads {
		switch v := net.value(address); v.Kind {
		case weightsKind:
			q.grads[address] = reorderWeights(v, x, d, orders)
		case gainKind:
			q.grads[address] = pickList(x, orders[v.pop.index])
		case initKind, historyKind, inputKind, paramKind, sigmaKind:
			var order []int
			switch {
			case v.pop == nil || v.pop.n() == 1 || len(x) == 1 || v.Cols == 1:
				q.grads[address] = x
				continue
			case strings.Contains(address, "slow"):
				order = of(address[strings.Index(address, "slow"):])
			default:
				order = orders[v.pop.index]
			}
			q.grads[address] = reorderRows(x, order)
		default:
			t.Fatal(errors.New("no rule for " + address))
		}
	}
	return q
}

// reorderRows permutes the columns of a matrix with one column per region.
func reorderRows(x []float64, order []int) []float64 {
	var y []float64
	for at := 0; at < len(x); at += len(order) {
		for _, j := range order {
			y = append(y, x[at+j])
		}
	}
	return y
}

// inOrder is the order of n things as they are.
func inOrder(n int) []int {
	order := make([]int, n)
	for k := range order {
		order[k] = k
	}
	return order
}

// ends are the orders of targets and sources of weights; channels, and outputs of projections, stay where they are.
func (d *drawn) ends(v *value, orders [][]int) (to, from []int) {
	var k int
	if n, _ := fmt.Sscanf(v.Address, "slow%d/", &k); n == 1 {
		return inOrder(v.Rows), orders[d.observers[k].pop]
	}
	if n, _ := fmt.Sscanf(v.Address, "lead%d/", &k); n == 0 {
		fmt.Sscanf(v.Address, "net%d/", &k)
		return orders[d.couplings[k].to], orders[d.couplings[k].from]
	}
	return orders[d.leads[k].pop], inOrder(v.Cols)
}

// reorderWeights permutes the gradient of weights, of sparse ones edge by edge.
func reorderWeights(v *value, x []float64, d *drawn, orders [][]int) []float64 {
	to, from := d.ends(v, orders)
	full := mat.NewDense(v.Rows, v.Cols, nil)
	for e, g := range x {
		i, j := v.edge(e)
		full.Set(i, j, g)
	}
	held := map[[2]int]bool{}
	for e := range x {
		i, j := v.edge(e)
		held[[2]int{i, j}] = true
	}
	var y []float64
	for _, i := range to {
		for _, j := range from {
			if held[[2]int{i, j}] {
				y = append(y, full.At(i, j))
			}
		}
	}
	return y
}
