package graph

import (
	"fmt"
	"math"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"github.com/euryale-ml/euryale/graph/internal/engine"
)

// Precision is the floating-point type of the compiled solve. Nodes of the outer graph are float64
// in either case; the conversion happens at the border of the rollout.
type Precision int

const (
	Float64 Precision = iota
	Float32
)

// String names the precision as Go does.
func (p Precision) String() string {
	if p == Float32 {
		return "float32"
	}
	return "float64"
}

// NonFinite says what a run does when a state becomes NaN or infinite.
type NonFinite int

const (
	// StopRun ends the run with an error that names step, lane, region and variable.
	StopRun NonFinite = iota
	// MaskLane lets the other lanes go on: the lane's outputs are NaN, its loss is to be read as +Inf
	// and its gradient is zero. Rollout.Masked lists such lanes.
	MaskLane
)

// DivergedError says where and when a run became NaN or infinite; find it with errors.As.
type DivergedError = engine.DivergedError

// Run holds the settings of one simulation or rollout. Times are in ms. The zero value of every field
// but Dt and Duration is a usable default.
type Run struct {
	Dt       float64 // integration step, ms
	Duration float64 // recorded time, ms; rounded to whole steps
	Warmup   float64 // time before recording starts, ms; gradients flow through it

	Integrator Integrator // default Heun

	Record  []string // addresses of states or observables; nil is every state, if there are no Readouts; empty is none
	Every   int      // record every so many steps; default 1
	Average bool     // record the mean over each Every steps instead of the last value

	// Unobserved leaves out the network's observers, which a short run to look at states need not serve. For
	// Simulate only.
	Unobserved bool

	Lanes int // copies of the network run side by side (parameter sets, trials, seeds); default 1
	// Values gives addresses a value of their own in each lane: one row per lane, of as many numbers as
	// the address has (or one, for all regions). Under "COUPLING/delays" each lane may have delays of its
	// own, in the place of the coupling's: ms, one number for every entry of the weights, or one for all.
	Values map[string]mat.Matrix
	Seed   uint64   // noise seed; lane l uses Seed + l
	Seeds  []uint64 // noise seed of every lane, overrides Seed

	// Nodes puts nodes of the outer graph in the place of values; gradients reach them. From continues
	// the rollout whose Carry it is. Readouts are recorded too. All three are for Rollout only.
	Nodes    map[string]*G.Node
	From     *G.Node
	Readouts []Readout

	Window       int       // steps per window node of a Rollout; default the whole run
	Horizon      int       // steps after which the gradient of the state is cut; 0 means never
	MemoryBudget int64     // bytes that a Rollout has for tape, checkpoints and delay histories; 0 is 512 MiB, or more if a run needs it
	Precision    Precision // of the solve
	NonFinite    NonFinite

	// Progress, if set, is called now and then with the number of steps done, summed over lanes.
	Progress func(done, total int)

	graph    bool // the run is a rollout, whose inputs may come later
	observer bool // the run is an observer's, which stores states and inputs only
	tile     int  // lanes solved side by side, at most; 0 for as many as suit the model
}

// usualBudget is the budget of runs without one: enough for ten minutes of whole-brain activity in a process
// of less than 1 GB. Runs whose whole tape fits in it store it.
var usualBudget int64 = 512 << 20

// MemoryBudget returns bytes as a budget: graph.Run{MemoryBudget: graph.MemoryBudget(256 << 20)}.
func MemoryBudget(bytes int64) int64 { return bytes }

// steps returns the numbers of warm-up and recorded steps.
func (r *Run) steps() (warmup, recorded int) {
	return int(math.Round(r.Warmup / r.Dt)), int(math.Round(r.Duration / r.Dt))
}

// maxSteps bounds the steps of a run: a carry counts them in a float64.
const maxSteps = 1 << 50

// maxLanes and maxNumbers bound what a run holds, its results among it: more, 1 TiB, would end the program
// in the allocation, where nothing can be said about it.
const (
	maxLanes   = 1 << 24
	maxNumbers = 1 << 37
)

// check says which setting is wrong.
func (r *Run) check() error {
	finite := func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
	switch {
	case !(r.Dt > 0) || !finite(r.Dt):
		return fmt.Errorf("graph: Run.Dt must be a positive number of ms, found %v", r.Dt)
	case !(r.Duration > 0) || !finite(r.Duration):
		return fmt.Errorf("graph: Run.Duration must be a positive number of ms, found %v", r.Duration)
	case !(r.Warmup >= 0) || !finite(r.Warmup):
		return fmt.Errorf("graph: Run.Warmup must be a number of ms ≥ 0, found %v", r.Warmup)
	case r.Every < 0 || r.Lanes < 0 || r.Window < 0 || r.Horizon < 0 || r.MemoryBudget < 0:
		return fmt.Errorf("graph: Run.Every, Lanes, Window, Horizon and MemoryBudget must not be negative, found %d, %d, %d, %d, %d",
			r.Every, r.Lanes, r.Window, r.Horizon, r.MemoryBudget)
	}
	if r.Lanes > maxLanes {
		return fmt.Errorf("graph: Run.Lanes is %d, more than %d", r.Lanes, maxLanes)
	}
	if steps := (r.Warmup + r.Duration) / r.Dt; steps > maxSteps {
		return fmt.Errorf("graph: Run.Warmup and Duration of %v and %v ms at Dt %v ms are %.3g steps, more than %.3g", r.Warmup, r.Duration, r.Dt, steps, float64(maxSteps))
	}
	return nil
}

// withDefaults returns r with its zero fields filled in, or an error that names the wrong setting.
func (r Run) withDefaults() (Run, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	r.Every, r.Lanes = max(r.Every, 1), max(r.Lanes, 1)
	if r.Integrator.Name == "" {
		r.Integrator = Heun
	}
	warmup, recorded := r.steps()
	if recorded < r.Every {
		return r, fmt.Errorf("graph: Run.Duration %v ms at Dt %v ms is %d steps, fewer than one record of Every = %d steps", r.Duration, r.Dt, recorded, r.Every)
	}
	if r.Window == 0 || r.Window > warmup+recorded {
		r.Window = warmup + recorded
	}
	if r.Seeds != nil && len(r.Seeds) != r.Lanes {
		return r, fmt.Errorf("graph: Run.Seeds has %d seeds for %d lanes", len(r.Seeds), r.Lanes)
	}
	if r.Seeds == nil {
		for l := 0; l < r.Lanes; l++ {
			r.Seeds = append(r.Seeds, r.Seed+uint64(l))
		}
	}
	return r, nil
}

// progress adapts the callback to what the engine reports, steps of one lane at a time, of the window
// that begins offset steps after the start. restart counts from there again.
func (r *Run) progress(offset int) (report func(int), restart func()) {
	if r.Progress == nil {
		return nil, func() {}
	}
	warmup, recorded := r.steps()
	done := new(atomic.Int64)
	restart = func() { done.Store(int64(offset * r.Lanes)) }
	restart()
	return func(n int) { r.Progress(int(done.Add(int64(n))), (warmup+recorded)*r.Lanes) }, restart
}
