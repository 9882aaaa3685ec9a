package graph

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/euryale-ml/euryale/graph/internal/engine"
	"github.com/euryale-ml/euryale/nmm"
)

// drawn is a small random network and a run, as data: so that its regions can be permuted.
type drawn struct {
	pops      []drawnPopulation
	couplings []drawnCoupling
	noises    []drawnNoise
	inputs    []drawnInput
	currents  *mat.Dense // of channels; nil: no input of channels
	leads     []drawnLead
	observers []drawnObserver
	run       Run
}

type drawnPopulation struct {
	model   string
	labels  []string
	params  map[string][]float64
	init    map[string][]float64
	history map[string]*mat.Dense // of some states
	bound   bool
}

type drawnCoupling struct {
	from, to    int
	state, port string
	kind        string
	sparse      bool
	weights     *mat.Dense
	delays      [][]int // nil without
	gain        []float64
}

type drawnNoise struct {
	pop     int
	state   string
	sigma   []float64
	samples *mat.Dense // nil: from the generator
}

type drawnInput struct {
	pop    int
	port   string
	values *mat.Dense
}

// drawnLead is a coupling from the currents.
type drawnLead struct {
	pop            int
	port           string
	sparse, square bool
	weights        *mat.Dense
	gain           []float64
}

type drawnObserver struct {
	pop          int
	state        string
	ratio, every int
	average      bool
	pre          string
	copies       bool // no model
	projection   *mat.Dense
	moments      bool
}

// propertyModels has the ranges of each model's states and parameters, in which nothing diverges. The
// model bare has no parameters, and an observable that depends on its port.
var propertyModels = map[string]struct {
	states []string
	init   map[string][2]float64
	params map[string][2]float64
}{
	"hopf": {[]string{"x", "y"}, map[string][2]float64{"x": {0, 0.6}, "y": {0, 0.6}},
		map[string][2]float64{"a": {-0.5, 0.5}, "omega": {0.2, 1}, "beta": {0.5, 1}}},
	"mpr": {[]string{"r", "v"}, map[string][2]float64{"r": {0, 0.1}, "v": {-2, -1}},
		map[string][2]float64{"tau": {8, 12}, "Delta": {0.5, 1}, "eta": {-6, -4}, "J": {10, 15}}},
	"linear": {[]string{"x"}, map[string][2]float64{"x": {0, 0.6}}, map[string][2]float64{"gamma": {-0.5, -0.1}}},
	"bare":   {[]string{"z"}, map[string][2]float64{"z": {0, 0.6}}, nil},
}

func newPropertyModel(t testing.TB, name string) *nmm.Model {
	t.Helper()
	switch name {
	case "hopf":
		return nmm.Hopf()
	case "mpr":
		return nmm.MontbrioPazoRoxin()
	case "linear":
		return nmm.Linear()
	}
	m, err := nmm.Define("Bare", `
		flux = tanh(z_in) - z  : 1
		dz/dt = flux / 5[ms]   : 1`, nmm.State("z", -1, 1, "activity"), nmm.Port("z_in", "1"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// features bounds what is drawn.
type features struct {
	steps       int  // at most, warm-up included
	oneStage    bool // integrators of one stage, so that literal graphs stay small
	observers   bool
	lanes       int
	samples     bool // noise is given as samples
	alwaysEdges bool
}

// maker draws structure by rapid, which can shrink it, and numbers from a seed.
type maker struct {
	*drawn
	t *rapid.T
	f features
	r *rand.Rand
}

func draw(t *rapid.T, f features) *drawn {
	m := &maker{drawn: &drawn{}, t: t, f: f, r: rand.New(rand.NewPCG(rapid.Uint64Range(1, 1000).Draw(t, "numbers"), 1))}
	for k := range 1 + m.int("populations", 0, 1) {
		m.population(k)
	}
	m.settings()
	least := 0
	if f.alwaysEdges {
		least = 1
	}
	for range m.int("couplings", least, 3) {
		m.coupling()
	}
	for range m.int("inputs", 0, 2) {
		p := m.int("of", 0, len(m.pops)-1)
		cols := []int{1, len(m.pops[p].labels)}[m.int("input columns", 0, 1)]
		m.inputs = append(m.inputs, drawnInput{p, m.state(p, "port"), m.matrix(m.steps()+m.int("rows to spare", 0, 2), cols, -0.2, 0.2)})
	}
	for range m.int("observers", 0, 2) {
		m.observe()
	}
	for range m.int("leads", 0, 2) {
		m.lead()
	}
	return m.drawn
}

func (m *maker) int(what string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(m.t, what) }
func (m *maker) bool(what string) bool           { return rapid.Bool().Draw(m.t, what) }

func (m *maker) steps() int {
	warmup, recorded := m.run.steps()
	return warmup + recorded
}

func (m *maker) state(pop int, what string) string {
	return rapid.SampledFrom(propertyModels[m.pops[pop].model].states).Draw(m.t, what)
}

func (m *maker) numbers(n int, lo, hi float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*m.r.Float64()
	}
	return x
}

func (m *maker) matrix(rows, cols int, lo, hi float64) *mat.Dense {
	return mat.NewDense(rows, cols, m.numbers(rows*cols, lo, hi))
}

// deepest is the longest delay that is drawn, in steps.
const deepest = 40

func (m *maker) population(k int) {
	p := drawnPopulation{
		model:  rapid.SampledFrom([]string{"linear", "hopf", "mpr", "bare"}).Draw(m.t, "model"),
		labels: Regions(m.int("regions", 1, 4)), bound: m.bool("bounds"),
		params: map[string][]float64{}, init: map[string][]float64{}, history: map[string]*mat.Dense{},
	}
	n := len(p.labels)
	for _, name := range slices.Sorted(maps.Keys(propertyModels[p.model].params)) {
		count, span := 1, propertyModels[p.model].params[name]
		if m.bool(name + " per region") {
			count = n
		}
		p.params[name] = m.numbers(count, span[0], span[1])
	}
	for _, s := range propertyModels[p.model].states {
		span := propertyModels[p.model].init[s]
		p.init[s] = m.numbers(n, span[0], span[1])
		if m.bool("history") {
			p.history[s] = m.matrix(deepest+m.int("rows to spare", 0, 3), n, span[0], span[1])
		}
	}
	m.pops = append(m.pops, p)
	for _, s := range propertyModels[p.model].states {
		if !m.bool("noise") {
			continue
		}
		z := drawnNoise{pop: k, state: s, sigma: m.numbers([]int{1, n}[m.int("sigma per region", 0, 1)], 0.01, 0.05)}
		if m.f.samples || m.bool("samples") {
			z.samples = m.matrix(m.f.steps, n, -1.5, 1.5)
		}
		m.noises = append(m.noises, z)
	}
}

func (m *maker) coupling() {
	c := drawnCoupling{
		from: m.int("from", 0, len(m.pops)-1), to: m.int("to", 0, len(m.pops)-1), sparse: m.bool("sparse"),
		kind: rapid.SampledFrom([]string{"linear", "diffusive", "pre", "many"}).Draw(m.t, "kind"),
	}
	c.state, c.port = m.state(c.from, "source"), m.state(c.to, "port")
	rows, cols := len(m.pops[c.to].labels), len(m.pops[c.from].labels)
	c.weights = m.matrix(rows, cols, -0.5, 0.5)
	if m.bool("zeros") {
		for i := range c.weights.RawMatrix().Data {
			if m.r.IntN(3) == 0 {
				c.weights.RawMatrix().Data[i] = 0
			}
		}
	}
	c.weights.Set(0, cols-1, 0.3) // never without an edge, nor with self-couplings only
	if cols == 1 && c.kind == "diffusive" {
		c.kind = "linear" // w x − w x: gradients are 0, or roundings
	}
	c.gain = m.numbers([]int{1, rows}[m.int("gain per region", 0, 1)], 0.02, 0.1)
	longest := rapid.SampledFrom([]int{-1, 0, 3, engine.Block, deepest}).Draw(m.t, "longest delay")
	for i := 0; i < rows && longest >= 0; i++ {
		c.delays = append(c.delays, make([]int, cols))
		for j := range c.delays[i] {
			c.delays[i][j] = m.r.IntN(longest + 1)
		}
	}
	m.couplings = append(m.couplings, c)
}

func (m *maker) lead() {
	if m.currents == nil {
		m.currents = m.matrix(m.steps()+m.int("rows to spare", 0, 2), m.int("channels", 1, 4), -0.5, 0.5)
	}
	p := m.int("of", 0, len(m.pops)-1)
	n := len(m.pops[p].labels)
	_, channels := m.currents.Dims()
	w := m.matrix(n, channels, -1, 1)
	if m.bool("zeros") && channels > 1 { // every region keeps an edge
		w.Set(0, channels-1, 0)
	}
	m.leads = append(m.leads, drawnLead{p, m.state(p, "port"), m.bool("sparse"), m.bool("square"), w,
		m.numbers([]int{1, n}[m.int("gain per region", 0, 1)], 0.02, 0.1)})
}

func (m *maker) observe() {
	if !m.f.observers {
		return
	}
	o := drawnObserver{pop: m.int("of", 0, len(m.pops)-1), ratio: m.int("ratio", 1, 5), every: m.int("every", 1, 2), average: m.bool("average"), copies: m.bool("copies")}
	if o.state = m.state(o.pop, "observed"); o.state == "r" {
		o.state = "v" // the filter's input has unit 1
	}
	if m.bool("pre") {
		o.pre = "x^2 - 0.5*x"
		if m.pops[o.pop].model == "bare" {
			o.pre = "x^2 - 0.5*flux"
		}
	}
	if n := len(m.pops[o.pop].labels); m.bool("projection") {
		outputs := m.int("outputs", 1, 3)
		o.projection = mat.NewDense(outputs, n, m.numbers(outputs*n, -1, 1))
	}
	o.moments = m.bool("moments")
	m.observers = append(m.observers, o)
}

func (m *maker) settings() {
	methods := []Integrator{Euler, ExponentialEuler, SymplecticEuler}
	if !m.f.oneStage {
		methods = append(methods, Heun)
		if len(m.noises) == 0 {
			methods = append(methods, Heun3, RK4)
		}
	}
	steps := m.int("steps", 1, m.f.steps)
	warmup := 0
	if m.bool("warm-up") {
		warmup = m.int("warm-up", 0, steps-1)
	}
	m.run = Run{
		Dt: 0.125, Duration: 0.125 * float64(steps-warmup), Warmup: 0.125 * float64(warmup), Seed: uint64(m.int("seed", 0, 100)),
		Integrator: rapid.SampledFrom(methods).Draw(m.t, "integrator"), Every: m.int("every", 1, min(5, steps-warmup)),
		Lanes: m.int("lanes", 1, m.f.lanes),
	}
	if m.bool("driven") {
		m.recordDriven()
	}
}

// recordDriven records what depends on ports, beside all states.
func (m *maker) recordDriven() {
	for k, p := range m.pops {
		for _, s := range propertyModels[p.model].states {
			m.run.Record = append(m.run.Record, popName(k)+"."+s)
		}
		if p.model == "bare" {
			m.run.Record = append(m.run.Record, popName(k)+".flux")
		}
	}
}

// build makes the network.
func (d *drawn) build(t testing.TB) *Network {
	t.Helper()
	var parts []Part
	for k, p := range d.pops {
		model := newPropertyModel(t, p.model)
		if p.bound { // tight enough to be met by some
			state := propertyModels[p.model].states[0]
			span := propertyModels[p.model].init[state]
			model.Bound(state, span[0]+0.1*(span[1]-span[0]), span[1]-0.1*(span[1]-span[0]))
		}
		parts = append(parts, Population(popName(k), p.labels, model))
	}
	for k, c := range d.couplings {
		parts = append(parts, c.part(k))
	}
	for _, z := range d.noises {
		noise := &Noise{To: popName(z.pop) + "." + z.state, Sigma: z.sigma}
		if z.samples != nil {
			noise.Samples = z.samples
		}
		parts = append(parts, noise)
	}
	for k, in := range d.inputs {
		parts = append(parts, &Input{Name: fmt.Sprint("in", k), To: popName(in.pop) + "." + in.port, Values: in.values})
	}
	for k, l := range d.leads {
		parts = append(parts, l.part(k))
	}
	if d.currents != nil {
		_, channels := d.currents.Dims()
		parts = append(parts, &Channels{Name: "currents", Labels: Regions(channels), Values: d.currents})
	}
	for k, o := range d.observers {
		parts = append(parts, o.part(t, k))
	}
	net, err := NewNetwork(parts...)
	if err != nil {
		t.Fatal(err)
	}
	d.set(t, net)
	return net
}

func (o *drawnObserver) part(t testing.TB, k int) *Observer {
	p := &Observer{Name: fmt.Sprint("slow", k), From: popName(o.pop) + "." + o.state, Pre: o.pre, Ratio: o.ratio, Every: o.every, Average: o.average, Moments: o.moments}
	if o.projection != nil {
		p.Projection = o.projection
	}
	if !o.copies {
		p.Model, p.Port, p.Output, p.Integrator = lowPass(t), "z", []string{"z", "square"}[k%2], Euler
	}
	return p
}

func popName(k int) string { return fmt.Sprint("pop", k) }

func (l *drawnLead) part(k int) *Coupling {
	p := &Coupling{Name: fmt.Sprint("lead", k), From: "input:currents", To: popName(l.pop) + "." + l.port, Weights: l.weights, Gain: l.gain}
	if l.sparse {
		p.Weights = NewSparse(l.weights)
	}
	if l.square {
		p.Post = "S1^2"
	}
	return p
}

func (c *drawnCoupling) part(k int) *Coupling {
	p := &Coupling{
		Name: fmt.Sprint("net", k), From: popName(c.from) + "." + c.state, To: popName(c.to) + "." + c.port,
		Weights: c.weights, Gain: c.gain, DelaySteps: c.delays,
	}
	if c.sparse {
		p.Weights = NewSparse(c.weights)
	}
	switch {
	case c.kind == "diffusive" && c.from == c.to:
		p.Pre, p.Post = []string{"x", "1"}, "S1 - S2*x"
	case c.kind == "pre":
		p.Pre = []string{"x*x"}
	case c.kind == "many":
		p.Pre, p.Post = []string{"x", "x^2", "2"}, "S1*S3 + S2/2"
		if c.state == "r" {
			p.Post = "S1*S3"
		}
	}
	return p
}

// set gives the network its values.
func (d *drawn) set(t testing.TB, net *Network) {
	t.Helper()
	put := func(address string, x any) {
		if err := net.Set(address, x); err != nil {
			t.Fatal(err)
		}
	}
	for k, p := range d.pops {
		for name, x := range p.params {
			put(popName(k)+"."+name, x)
		}
		for name, x := range p.init {
			put("init:"+popName(k)+"."+name, x)
		}
		for name, x := range p.history {
			put("history:"+popName(k)+"."+name, x)
		}
	}
}
