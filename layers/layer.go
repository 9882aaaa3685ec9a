package layers

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	"gonum.org/v1/gonum/mat"
)

// layer is a population of a recurrent network with what reaches it: the input, or the layer below.
type layer struct {
	RecurrentSettings
	population string // "cortex", which the readout sees; below it "layer1", "layer2" …
	suffix     string // of the names of its couplings: "", "_1", "_2" …
	below      *layer // nil: the input

	encoders, projections []projection
}

// projection is a coupling to the layer's units: an encoder, a link, or what Dale's law makes of it.
type projection struct {
	link    Link
	name    string
	from    string // "population.state" or "input:u"
	pre     string
	gain    float64
	weights mat.Matrix
	learn   nmm.Transform
}

// draw draws the weights.
func (l *layer) draw() error {
	for _, e := range l.Cell.encoders() {
		if err := l.encode(e); err != nil {
			return err
		}
	}
	return l.project()
}

// source is something that the layer's encoders weigh.
type source struct {
	name, from, pre string
	width           int
	gain            float64
}

// sources are the input, or the states of the layer below that a readout would see.
func (l *layer) sources() []source {
	if l.below == nil {
		return []source{{name: "", from: "input:u", width: l.Inputs, gain: 1}}
	}
	var list []source
	for _, read := range l.below.Cell.Reads {
		from, pre := l.below.Cell.sent(read)
		list = append(list, source{name: "_" + read.State, from: l.below.population + "." + from, pre: pre, width: l.below.Units, gain: read.Factor()})
	}
	return list
}

// encode draws the weights of an encoder. They are positive for DaleEncoder, and from a layer by Dale's
// law, whose inhibitory units do not project here.
func (l *layer) encode(e Link) error {
	for _, from := range l.sources() {
		name := e.Name + l.suffix + from.name
		w := e.Initial(stream(l.Seed, name), l.Units, from.width)
		if w == nil {
			return fmt.Errorf("layers: %s: no weights", name)
		}
		if rows, cols := w.Dims(); rows != l.Units || cols != from.width {
			return fmt.Errorf("layers: %s: expected weights of %d × %d, found %d × %d", name, l.Units, from.width, rows, cols)
		}
		p := projection{link: e, name: name, from: from.from, pre: from.pre, gain: e.gain(l.Units) * from.gain, weights: w, learn: e.Learn}
		dale := l.below != nil && l.below.Dale != nil
		if l.DaleEncoder || dale {
			p.learn = nmm.Positive
			w.Apply(func(_, _ int, v float64) float64 { return math.Abs(v) + 1e-3 }, w)
		}
		if dale {
			p.weights, _ = divided(edgesOf(w), w, l.below.inhibitory())
		}
		l.encoders = append(l.encoders, p)
	}
	return nil
}

// project draws the weights of the links, on the mask's connections only if there is one.
func (l *layer) project() error {
	for _, link := range l.Cell.Links {
		name := link.Name + l.suffix
		w := link.Initial(stream(l.Seed, name), l.Units, l.Units)
		if w == nil {
			return fmt.Errorf("layers: link %s: no weights", name)
		}
		if rows, cols := w.Dims(); rows != l.Units || cols != l.Units {
			return fmt.Errorf("layers: link %s: expected weights of %d × %d units, found %d × %d", name, l.Units, l.Units, rows, cols)
		}
		p := projection{link: link, name: name, from: l.population + "." + link.From, pre: link.Pre, gain: link.gain(l.Units), weights: w, learn: link.Learn}
		if l.Mask != nil {
			p.weights = masked(w, l.Mask)
		}
		if l.Dale == nil {
			l.projections = append(l.projections, p)
		} else {
			l.projections = append(l.projections, daleProjections(p, l.inhibitory())...)
		}
	}
	return nil
}

// parts are the layer's parts of the network.
func (l *layer) parts() []graph.Part {
	list := []graph.Part{graph.Population(l.population, graph.Regions(l.Units), l.Cell.Model)}
	for _, p := range l.encoders {
		list = append(list, l.coupling(p))
	}
	for _, p := range l.projections {
		list = append(list, l.delayed(p))
	}
	for _, state := range slices.Sorted(maps.Keys(l.Cell.Noise)) {
		list = append(list, WhiteNoise(l.population+"."+state, l.Cell.Noise[state]))
	}
	return list
}

// delayed is a coupling between the layer's units.
func (l *layer) delayed(p projection) *Coupling {
	c := l.coupling(p)
	switch {
	case l.TractLengths != nil:
		c.Delays(l.TractLengths, l.Speed)
	case l.MaxDelay > 0:
		steps := someDelays(stream(l.Seed, "delays "+p.name), l.Units, l.MaxDelay)
		for i := range steps {
			for j := range steps[i] {
				steps[i][j] *= l.Substeps
			}
		}
		c.DelaySteps(steps)
	}
	return c
}

func (l *layer) coupling(p projection) *Coupling {
	c := Couple(p.from, l.population+"."+p.link.To).Named(p.name).Gain(p.gain).Weights(p.weights)
	if p.pre != "" {
		c.Pre(p.pre)
	}
	return c
}

// learn declares what learns.
func (l *layer) learn(net *graph.Network) error {
	var errs []error
	if !l.FixedEncoder {
		for _, p := range l.encoders {
			errs = append(errs, net.Learn(p.name+"/weights", p.learn, nmm.PerEdge))
		}
	}
	for _, p := range l.projections {
		errs = append(errs, net.Learn(p.name+"/weights", p.learn, nmm.PerEdge))
	}
	for _, name := range slices.Sorted(maps.Keys(l.Cell.Learn)) {
		errs = append(errs, net.Learn(address(l.population, name), l.Cell.Learn[name], nmm.PerRegion))
	}
	if l.LearnInitial {
		for _, state := range l.Cell.Model.States() {
			errs = append(errs, net.Learn(address(l.population, "init:"+state.Name), nmm.Free, nmm.PerRegion))
		}
	}
	return errors.Join(errs...)
}

// initialise gives parameters and initial states of a population their values before training.
func initialise(net *graph.Network, population string, cell *Cell, seed uint64, units int, dt float64) error {
	if cell.Values == nil {
		return nil
	}
	purpose := "values"
	if population != "cortex" {
		purpose += " " + population
	}
	values := cell.Values(stream(seed, purpose), units, dt)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var x any = values[name]
		if v := values[name]; len(v) == 1 {
			x = v[0]
		}
		if err := net.Set(address(population, name), x); err != nil {
			return err
		}
	}
	return nil
}

// address of a parameter, or of an initial state, of a population.
func address(population, name string) string {
	if state, initial := strings.CutPrefix(name, "init:"); initial {
		return "init:" + population + "." + state
	}
	return population + "." + name
}
