package graph

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/nmm"
)

// mentions reports whether an error names all of what it should, and the package at most once.
func mentions(err error, words ...string) bool {
	if err != nil && strings.Count(err.Error(), "graph: ") > 1 {
		return false
	}
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			return false
		}
	}
	return true
}

func two() *mat.Dense { return mat.NewDense(2, 2, []float64{0, 1, 2, 0}) }

// Whatever does not fit is an error that says what and where.
func TestNetworkErrors(t *testing.T) {
	cortex := func() Part { return Population("cortex", []string{"left", "right"}, nmm.MontbrioPazoRoxin()) }
	at := func(i, j int, x float64) *mat.Dense {
		m := two()
		m.Set(i, j, x)
		return m
	}
	couple := func(change func(*Coupling)) []Part {
		c := &Coupling{From: "cortex.r", To: "cortex.v", Weights: two()}
		change(c)
		return []Part{cortex(), c}
	}
	for what, c := range map[string]struct {
		parts []Part
		words []string
	}{
		"no population":       {nil, []string{"at least one population"}},
		"nil part":            {[]Part{nil}, []string{"part 1", "nil"}},
		"two of a name":       {[]Part{cortex(), cortex()}, []string{"two populations", "cortex"}},
		"dot in a name":       {[]Part{Population("a.b", Regions(2), nmm.Hopf())}, []string{"a.b"}},
		"no regions":          {[]Part{Population("a", nil, nmm.Hopf())}, []string{"a", "no regions"}},
		"equal labels":        {[]Part{Population("a", []string{"x", "y", "x"}, nmm.Hopf())}, []string{"1 and 3", `"x"`}},
		"no model":            {[]Part{Population("a", Regions(2), nil)}, []string{"a", "no model"}},
		"model error":         {[]Part{Population("a", Regions(2), nmm.Hopf().Set("omgea", 1.0))}, []string{"population a", "omgea", "omega"}},
		"parameter length":    {[]Part{Population("a", Regions(2), nmm.Hopf().Set("a", []float64{1, 2, 3}))}, []string{"a.a", "2, one per region", "3 values"}},
		"unknown source":      {couple(func(c *Coupling) { c.From = "cortex.R" }), []string{"cortex.R", "cortex.r"}},
		"unknown population":  {couple(func(c *Coupling) { c.From = "cotex.r" }), []string{"cotex", "did you mean cortex"}},
		"unknown port":        {couple(func(c *Coupling) { c.To = "cortex.w" }), []string{"cortex.w", "cortex.v_in"}},
		"not an address":      {couple(func(c *Coupling) { c.To = "cortex" }), []string{"population.variable", "cortex"}},
		"no weights":          {couple(func(c *Coupling) { c.Weights = nil }), []string{"cortex.r->cortex.v", "no weights"}},
		"nil weights":         {couple(func(c *Coupling) { c.Weights = (*mat.Dense)(nil) }), []string{"no weights"}},
		"nil sparse weights":  {couple(func(c *Coupling) { c.Weights = (*Sparse)(nil) }), []string{"no weights"}},
		"sparse of nothing":   {couple(func(c *Coupling) { c.Weights = NewSparse((*mat.Dense)(nil)) }), []string{"weights", "2 × 2", "0 × 0"}},
		"nil delays":          {couple(func(c *Coupling) { c.Delays = (*mat.Dense)(nil) }), []string{"delays", "nil *mat.Dense"}},
		"nil lengths":         {couple(func(c *Coupling) { c.Lengths, c.Speed = (*mat.Dense)(nil), nmm.Q(3, "m/s") }), []string{"lengths", "nil *mat.Dense"}},
		"nil input":           {[]Part{cortex(), &Input{Name: "u", To: "cortex.v", Values: (*mat.Dense)(nil)}}, []string{"input:u", "nil *mat.Dense"}},
		"nil channels":        {[]Part{cortex(), &Channels{Name: "u", Labels: []string{"a"}, Values: (*mat.Dense)(nil)}}, []string{"input:u", "nil *mat.Dense"}},
		"nil samples":         {[]Part{cortex(), &Noise{To: "cortex.v", Sigma: []float64{1}, Samples: (*mat.Dense)(nil)}}, []string{"noise:cortex.v/samples", "nil *mat.Dense"}},
		"nil coupling":        {[]Part{cortex(), (*Coupling)(nil)}, []string{"part 2", "nil"}},
		"observer, no model":  {[]Part{cortex(), &Observer{Name: "o", From: "cortex.r", Ratio: 1, Port: "z"}}, []string{"observer o", "no model"}},
		"too few regions":     {[]Part{Population("a", Regions(-1), nmm.Hopf())}, []string{"a", "no regions"}},
		"shape of weights":    {couple(func(c *Coupling) { c.Weights = mat.NewDense(2, 3, nil) }), []string{"weights", "2 × 2", "2 × 3"}},
		"NaN weight":          {couple(func(c *Coupling) { c.Weights = at(1, 0, math.NaN()) }), []string{"cortex.r->cortex.v/weights", "to right from left", "NaN"}},
		"sizes of lengths":    {couple(func(c *Coupling) { c.Lengths, c.Speed = mat.NewDense(3, 3, nil), nmm.Q(3, "m/s") }), []string{"lengths", "2 × 2", "3 × 3"}},
		"negative length":     {couple(func(c *Coupling) { c.Lengths, c.Speed = at(0, 1, -4), nmm.Q(3, "m/s") }), []string{"lengths", "to left from right", "-4"}},
		"negative delay":      {couple(func(c *Coupling) { c.Delays = at(0, 1, -4) }), []string{"delays", "to left from right", "-4"}},
		"NaN delay":           {couple(func(c *Coupling) { c.Delays = at(1, 1, math.NaN()) }), []string{"delays", "to right from right", "NaN"}},
		"negative steps":      {couple(func(c *Coupling) { c.DelaySteps = [][]int{{0, 1}, {-2, 0}} }), []string{"delay steps", "to right from left", "-2"}},
		"ragged steps":        {couple(func(c *Coupling) { c.DelaySteps = [][]int{{0, 1}, {0}} }), []string{"row 2", "1 entries"}},
		"lengths, no speed":   {couple(func(c *Coupling) { c.Lengths = two() }), []string{"without a speed"}},
		"speed, no lengths":   {couple(func(c *Coupling) { c.Speed = nmm.Q(3, "m/s") }), []string{"without lengths"}},
		"speed in ms":         {couple(func(c *Coupling) { c.Lengths, c.Speed = two(), nmm.Q(3, "ms") }), []string{"speed", "mm/ms", "ms"}},
		"speed 0":             {couple(func(c *Coupling) { c.Lengths, c.Speed = two(), nmm.Q(0, "m/s") }), []string{"speed", "> 0"}},
		"two forms of delays": {couple(func(c *Coupling) { c.Delays, c.DelaySteps = two(), [][]int{{0, 0}, {0, 0}} }), []string{"more than one form"}},
		"gain length":         {couple(func(c *Coupling) { c.Gain = []float64{1, 2, 3} }), []string{"/gain", "2, one per region", "3"}},
		"NaN gain":            {couple(func(c *Coupling) { c.Gain = []float64{1, math.Inf(1)} }), []string{"/gain", "right", "Inf"}},
		"gain unit":           {couple(func(c *Coupling) { c.GainUnit = "mV" }), []string{"gain", "mV", "ms"}},
		"pre with a target":   {couple(func(c *Coupling) { c.Pre = []string{"x - y"} }), []string{"pre", "x - y", "y", "source region", "Post"}},
		"pre units":           {couple(func(c *Coupling) { c.Pre = []string{"sin(x)"} }), []string{"pre", "1/ms"}},
		"post syntax":         {couple(func(c *Coupling) { c.Post = "S1 +" }), []string{"post", "S1 +"}},
		"post unknown sum":    {couple(func(c *Coupling) { c.Post = "S1 + S2" }), []string{"post", "S2"}},
		"coupling twice": {append(couple(func(*Coupling) {}), &Coupling{From: "cortex.r", To: "cortex.v", Weights: two()}),
			[]string{"cortex.r->cortex.v", "name of its own"}},
		"noise on a port": {[]Part{cortex(), &Noise{To: "cortex.v_in", Sigma: []float64{1}}}, []string{"noise", "cortex.v_in", "cortex.v"}},
		"noise twice":     {[]Part{cortex(), &Noise{To: "cortex.v", Sigma: []float64{1}}, &Noise{To: "cortex.v", Sigma: []float64{1}}}, []string{"noise:cortex.v", "twice"}},
		"noise like another": {[]Part{ // two names of one 32-bit hash
			Population("mtqf", []string{"left"}, nmm.MontbrioPazoRoxin()), &Noise{To: "mtqf.v", Sigma: []float64{1}},
			Population("nifcB", []string{"left"}, nmm.MontbrioPazoRoxin()), &Noise{To: "nifcB.v", Sigma: []float64{1}},
		}, []string{"noise:nifcB.v", "noise:mtqf.v", "rename"}},
		"negative sigma":    {[]Part{cortex(), &Noise{To: "cortex.v", Sigma: []float64{-1}}}, []string{"noise:cortex.v/sigma", "-1"}},
		"no sigma":          {[]Part{cortex(), &Noise{To: "cortex.v"}}, []string{"noise:cortex.v/sigma", "0 values"}},
		"shape of samples":  {[]Part{cortex(), &Noise{To: "cortex.v", Sigma: []float64{1}, Samples: mat.NewDense(4, 3, nil)}}, []string{"samples", "2 columns", "4 × 3"}},
		"shape of an input": {[]Part{cortex(), &Input{Name: "u", To: "cortex.v", Values: mat.NewDense(4, 3, nil)}}, []string{"input:u", "1 or 2 columns", "4 × 3"}},
		"NaN input":         {[]Part{cortex(), &Input{Name: "u", To: "cortex.v", Values: mat.NewDense(2, 2, []float64{0, 0, math.NaN(), 0})}}, []string{"input:u", "row 2", "left"}},
		"unsorted sparse":   {couple(func(c *Coupling) { c.Weights = &Sparse{2, 2, []int{1, 0}, []int{0, 1}, []float64{1, 1}} }), []string{"sparse", "(0, 1)"}},
	} {
		if _, err := NewNetwork(c.parts...); !mentions(err, c.words...) {
			t.Errorf("%s: error %v, expected one with %q", what, err, c.words)
		}
	}
}

func smallNetwork(t *testing.T) *Network {
	return must(t,
		&Coupling{From: "cortex.r", To: "cortex.v", Weights: two(), Gain: []float64{0.5}},
		&Noise{To: "cortex.v", Sigma: []float64{0.03}},
		&Input{Name: "pulse", To: "cortex.v_in"},
		Population("cortex", []string{"left", "right"}, nmm.MontbrioPazoRoxin()))
}

func TestAddressErrors(t *testing.T) {
	net := smallNetwork(t)
	for _, c := range []struct {
		what  string
		err   error
		words []string
	}{
		{"unknown parameter", net.Set("cortex.etta", 1.0), []string{"cortex.etta", "cortex.eta"}},
		{"unknown coupling", net.Set("cortex.r->cortex.r/gain", 1.0), []string{"cortex.r->cortex.v/gain"}},
		{"a state", net.Set("cortex.r", 1.0), []string{"cortex.r", "init:cortex.r"}},
		{"a unit", net.Set("cortex.tau", nmm.Q(3, "mV")), []string{"tau", "ms", "mV"}},
		{"outside the domain", net.Set("cortex.tau", -1.0), []string{"tau", "-1"}},
		{"wrong length", net.Set("cortex.eta", []float64{1, 2, 3}), []string{"cortex.eta", "2, one per region", "3"}},
		{"not a number", net.Set("cortex.r->cortex.v/gain", math.NaN()), []string{"gain", "NaN"}},
		{"a string", net.Set("cortex.r->cortex.v/gain", "much"), []string{"gain", "string"}},
		{"transposed weights", net.Set("cortex.r->cortex.v/weights", mat.NewDense(1, 4, nil)), []string{"weights", "2 × 2", "1 × 4"}},
		{"nil weights", net.Set("cortex.r->cortex.v/weights", (*mat.Dense)(nil)), []string{"weights", "nil *mat.Dense"}},
		{"nil sparse weights", net.Set("cortex.r->cortex.v/weights", (*Sparse)(nil)), []string{"weights", "nil *graph.Sparse"}},
		{"nil history", net.Set("history:cortex.r", (*mat.Dense)(nil)), []string{"history:cortex.r", "nil *mat.Dense"}},
		{"nothing", net.Set("cortex.r->cortex.v/gain", nil), []string{"gain", "0 values"}},
		{"short init", net.Set("init:cortex.r", []float64{1, 2, 3}), []string{"init:cortex.r", "2 values", "3"}},
		{"history columns", net.Set("history:cortex.r", mat.NewDense(5, 3, nil)), []string{"history:cortex.r", "2 columns", "5 × 3"}},
		{"learn a state", net.Learn("cortex.r", nmm.Free, nmm.Shared), []string{"init:cortex.r"}},
		{"learn out of range", net.Learn("cortex.eta", nmm.Positive, nmm.Shared), []string{"cortex.eta", "-5"}},
		{"weights per region", net.Learn("cortex.r->cortex.v/weights", nmm.Free, nmm.PerRegion), []string{"weights", "PerEdge", "per region"}},
		{"positive zeros", net.Learn("cortex.r->cortex.v/weights", nmm.Positive, nmm.PerEdge), []string{"to left from left", "positive", "NewSparse"}},
		{"gain per edge", net.Learn("cortex.r->cortex.v/gain", nmm.Free, nmm.PerEdge), []string{"gain", "PerRegion", "per edge"}},
		{"unset input", net.Learn("input:pulse", nmm.Free, nmm.PerRegion), []string{"input:pulse", "set the input"}},
		{"samples", net.Learn("noise:cortex.v/samples", nmm.Free, nmm.PerRegion), []string{"samples", "cannot be learned"}},
	} {
		if !mentions(c.err, c.words...) {
			t.Errorf("%s: error %v, expected one with %q", c.what, c.err, c.words)
		}
	}
	if err := net.Set("cortex.eta", []float64{-5, -4}); err != nil {
		t.Fatal(err)
	}
	if err := net.Learn("cortex.eta", nmm.Free, nmm.Shared); !mentions(err, "cortex.eta", "PerRegion") {
		t.Errorf("shared learning of a per-region value: error %v", err)
	}
	if err := net.Learn("cortex.eta", nmm.Between(-6, -3), nmm.PerRegion); err != nil {
		t.Fatal(err)
	}
	if err := net.Set("cortex.eta", []float64{-5, -2}); !mentions(err, "cortex.eta", "right", "-2", "between") {
		t.Errorf("set beyond what can be learned: error %v", err)
	}
	if x, err := net.Get("cortex.eta"); err != nil || len(x) != 2 || x[1] != -4 {
		t.Errorf("Get after Set and failed calls: %v, %v", x, err)
	}
}

// Set converts units; the model given to Population stays as it was.
func TestSetConvertsAndCopies(t *testing.T) {
	m := nmm.MontbrioPazoRoxin()
	net := must(t, Population("a", Regions(2), m))
	if err := net.Set("a.tau", nmm.Q(0.02, "s")); err != nil {
		t.Fatal(err)
	}
	if x, _ := net.Get("a.tau"); !near(x[0], 20, 1e-12) {
		t.Errorf("0.02 s became %v ms", x)
	}
	for _, p := range m.Parameters() {
		if p.Name == "tau" && p.Values[0] != 1 {
			t.Errorf("setting the network changed the model: %v", p.Values)
		}
	}
	m.Set("tau", 7.0)
	if x, _ := net.Get("a.tau"); !near(x[0], 20, 1e-12) {
		t.Errorf("setting the model changed the network: %v", x)
	}
	x, _ := net.Get("a.tau")
	x[0] = 99
	if y, _ := net.Get("a.tau"); y[0] == 99 {
		t.Error("Get gives out the network's own memory")
	}
}

func TestAddressesAreComplete(t *testing.T) {
	net := smallNetwork(t)
	all := strings.Join(net.Addresses(), " ")
	for _, want := range []string{"cortex.eta", "cortex.r", "cortex.r->cortex.v/weights", "cortex.r->cortex.v/gain",
		"noise:cortex.v/sigma", "init:cortex.v", "history:cortex.r", "input:pulse"} {
		if !strings.Contains(" "+all+" ", " "+want+" ") {
			t.Errorf("%s is missing in %s", want, all)
		}
	}
	if unit := net.value("noise:cortex.v/sigma").Unit; unit == "" || unit == "1" {
		t.Errorf("unit of sigma is %q", unit)
	}
	if _, err := nmm.Convert(1, net.value("cortex.r->cortex.v/gain").Unit, "ms"); err != nil {
		t.Errorf("gain from 1/ms to a dimensionless port: %v", err)
	}
	if got := net.value("init:cortex.r").Data; got[0] != 1 || got[1] != 1 {
		t.Errorf("initial r is %v, expected the middle of 0 … 2", got)
	}
}

// A gain in another unit is converted.
func TestGainUnit(t *testing.T) {
	net := must(t, Population("a", Regions(2), nmm.MontbrioPazoRoxin()),
		&Coupling{Name: "c", From: "a.r", To: "a.v", Weights: two(), Gain: []float64{0.25}, GainUnit: "s"})
	if got := net.value("c/gain").Data[0]; !near(got, 250, 1e-9) {
		t.Errorf("0.25 s became %v ms", got)
	}
}
