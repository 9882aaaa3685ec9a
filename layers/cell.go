package layers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// Cell says how a model becomes the unit of a recurrent network: where the input enters, what the units
// send to each other, what the readout sees, from which parameters training starts. HORNCell and its
// like are ready; any field can be changed.
type Cell struct {
	Model      *nmm.Model
	Integrator graph.Integrator
	MaxStep    float64 // longest integration step, ms; 0: the step of the task

	Encoder Link   // From is not used: the encoder's source is the input
	Gates   []Link // more encoders, to other ports
	Links   []Link // between the units
	Reads   []Read

	// Values gives parameters and initial states ("init:x") values to start from, one each or one per
	// unit; dt is the task step in ms.
	Values func(rng *rand.Rand, units int, dt float64) map[string][]float64
	// Learn lists the parameters that learn, one value per unit, with their transforms.
	Learn map[string]nmm.Transform
	// Rate is the rate of Adam that suits the cell.
	Rate float64
	// Noise is the amplitude of white noise on states, unit of the state per √ms.
	Noise map[string]float64
}

// check says what the cell lacks.
func (c *Cell) check() error {
	if c == nil || c.Model == nil {
		return fmt.Errorf("it needs a cell with a model")
	}
	name := c.Model.Name()
	if len(c.Reads) == 0 {
		return fmt.Errorf("the cell of %s has nothing to read", name)
	}
	if c.Encoder.Initial == nil {
		return fmt.Errorf("the cell of %s has an encoder without Initial weights", name)
	}
	for _, l := range slices.Concat(c.Gates, c.Links) {
		if l.Initial == nil {
			return fmt.Errorf("the cell of %s has a link %q without Initial weights", name, l.Name)
		}
	}
	return nil
}

// encoders are all of them, with names.
func (c *Cell) encoders() []Link {
	first := c.Encoder
	first.Name = "encoder"
	return append([]Link{first}, c.Gates...)
}

// Link is a coupling between the units: from a state to a port.
type Link struct {
	Name     string
	From, To string
	Pre      string // what is sent of the source, as in Coupling.Pre; "": the state itself
	Initial  Initial
	Gain     func(units int) float64 // nil: 1
	Learn    nmm.Transform           // of the weights: Positive keeps to Dale's law, with the sign in the gain
}

// Read is a state that the readout sees, as Scale (x - Offset): a resting rate subtracted, and
// brought to size 1.
type Read struct {
	State         string
	Offset, Scale float64 // a Scale of 0 is 1

	// From and Pre say how a coupling sends it to a layer above, as in Coupling.Pre, where the state is
	// an observable, which couplings do not send; "": the state less the offset.
	From, Pre string
}

// Factor is Scale, or 1 if that is 0.
func (r Read) Factor() float64 {
	if r.Scale == 0 {
		return 1
	}
	return r.Scale
}

// sent is the state that a coupling to a layer above starts from, and what it sends of it.
func (c *Cell) sent(read Read) (from, pre string) {
	switch {
	case read.Pre != "":
		return read.From, read.Pre
	case read.Offset == 0:
		return read.State, ""
	}
	for _, s := range c.Model.States() {
		if s.Name == read.State && s.Unit != "1" {
			return read.State, fmt.Sprintf("x - %v[%s]", read.Offset, s.Unit)
		}
	}
	return read.State, fmt.Sprintf("x - %v", read.Offset)
}

// cells are the cells by name.
var cells = []struct {
	name string
	make func() *Cell
}{
	{"horn", HORNCell},
	{"rnn", RateCell},
	{"gru", GRUCell},
	{"wilsoncowan", WilsonCowanCell},
	{"hopf", HopfCell},
	{"jansenrit", JansenRitCell},
	{"montbriopazoroxin", MontbrioPazoRoxinCell},
	{"reducedwongwang", ReducedWongWangCell},
}

// CellNames lists what CellByName knows.
func CellNames() []string {
	var names []string
	for _, c := range cells {
		names = append(names, c.name)
	}
	return names
}

// CellByName finds a cell by name.
func CellByName(name string) (*Cell, error) {
	for _, c := range cells {
		if c.name == name {
			return c.make(), nil
		}
	}
	return nil, fmt.Errorf("layers: no cell %q; there are %s", name, strings.Join(CellNames(), ", "))
}
