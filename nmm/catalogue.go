package nmm

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
)

// catalogue has every model of this package, by family.
var catalogue = []func() *Model{
	// linear
	Linear,
	// oscillator
	Hopf,
	VanDerPol,
	Kuramoto,
	Lorenz,
	// excitable
	FitzHughNagumo,
	Generic2dOscillator,
	// population rate
	WilsonCowan,
	WilsonCowanLinear,
	WilsonCowanDivisive,
	WilsonCowanDivisiveInput,
	WilsonCowanDelayed,
	WilsonCowanAdaptive,
	WilsonCowanThreePopulation,
	ThresholdLinear,
	// synaptic potential
	JansenRit,
	JansenRitWindowed,
	ZetterbergJansen,
	// spin/associative
	Hopfield,
	// mean-field (QIF)
	MontbrioPazoRoxin,
	CoombesByrne,
	CoombesByrne2D,
	GastSchmidtKnoscheSD,
	GastSchmidtKnoscheSF,
	DumontGutkin,
	// mean-field (spiking)
	WongWang,
	ReducedWongWang,
	ReducedWongWangExcInh,
	ReducedSetFitzHughNagumo,
	ReducedSetHindmarshRose,
	Zerlaut,
	ZerlautSecondOrder,
	ALN,
	ALNFiltered,
	// conductance
	LarterBreakspear,
	KIonEx,
	Thalamus,
	// epilepsy
	Epileptor,
	EpileptorRestingState,
	Epileptor2D,
	EpileptorCodim3,
	EpileptorCodim3SlowMod,
	// haemodynamics
	BalloonWindkessel,
	// artificial
	HORN,
	Rate,
	GRU,
}

// built returns a model of each constructor, made once: List and Lookup give copies. It is no variable that is set at
// the start of a program, which would keep every model in every binary, tables included.
func built() []*Model {
	builtOnce.Do(func() {
		for _, construct := range catalogue {
			builtModels = append(builtModels, construct())
		}
	})
	return builtModels
}

var (
	builtOnce   sync.Once
	builtModels []*Model
)

// Catalogue is a list of models. It prints itself as a table with a line for each.
type Catalogue []*Model

// List returns every model of this package at its defaults, those of one family next to each other.
func List() Catalogue {
	list := slices.Clone(built())
	for i, m := range list {
		list[i] = m.Clone()
	}
	return list
}

// Lookup returns the model of a name, such as "JansenRit", at its defaults: for programs that read from a
// configuration which model they are about. An unknown name is an error that lists the nearest ones.
func Lookup(name string) (*Model, error) {
	var names []string
	for _, m := range built() {
		if m.name == name {
			return m.Clone(), nil
		}
		names = append(names, m.name)
	}
	return nil, fmt.Errorf("nmm: unknown model %q; %s", name, nearest(name, names))
}

// String is the table of the catalogue.
func (c Catalogue) String() string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "model\tfamily\tstates\tparameters\tports\tpresets")
	for _, m := range c {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%d\n", m.name, m.family, joined(m.stateNames()), len(m.parameters), joined(m.portNames()), len(m.presets))
	}
	table.Flush()
	return text.String()
}

// joined lists names: the first few of many.
func joined(names []string) string {
	switch few := 6; {
	case len(names) == 0:
		return "-"
	case len(names) > few:
		return fmt.Sprintf("%s, … (%d)", strings.Join(names[:few], ", "), len(names))
	}
	return strings.Join(names, ", ")
}
