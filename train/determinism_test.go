package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/tasks"
	"gonum.org/v1/gonum/mat"
)

// course is a training to be repeated: 6 updates of 20 lanes, which are 10 tiles for the goroutines.
type course struct {
	name    string
	task    *tasks.Task
	network func() (*layers.Recurrent, error)
	noisy   bool
	seed    uint64
	bits    graph.Precision
}

// courses are a few of the ways in which networks and tasks differ: noise, delays, several integration
// steps per step of the task, trials of unequal length, each loss.
func courses(t *testing.T) []course {
	t.Helper()
	draw := func(name, task string, dt float64, cell *layers.Cell, change func(*layers.RecurrentSettings)) course {
		c := course{name: name, task: mustTask(t, task, dt), noisy: len(cell.Noise) > 0, seed: 4}
		s := layers.RecurrentSettings{Cell: cell, Units: 9, Inputs: c.task.Inputs(), Outputs: c.task.Outputs(), Dt: c.task.Dt(), Seed: 2, LearnInitial: true}
		if change != nil {
			change(&s)
		}
		c.network = func() (*layers.Recurrent, error) { return layers.NewRecurrent(s) }
		return c
	}
	noise := func(cell *layers.Cell, state string, sigma float64) *layers.Cell {
		cell.Noise = map[string]float64{state: sigma}
		return cell
	}
	delayed := func(s *layers.RecurrentSettings) {
		lengths := mat.NewDense(s.Units, s.Units, nil)
		lengths.Apply(func(i, j int, _ float64) float64 { return float64(40 * ((i + 2*j) % 5)) }, lengths)
		s.TractLengths, s.Speed = lengths, nmm.Q(1, "m/s")
	}
	single := draw("oscillators in float32", "dms", 40, layers.HORNCell(), nil)
	single.bits = graph.Float32
	return []course{
		draw("oscillators", "dms", 40, layers.HORNCell(), nil),
		single,
		draw("rates with noise, lengths that differ", "interval", 80, noise(layers.RateCell(), "r", 0.01), nil),
		draw("Reduced Wong-Wang with noise", "gonogo", 40, noise(layers.ReducedWongWangCell(), "S", 0.002), nil),
		draw("Wilson-Cowan with delays", "delaycomp", 40, layers.WilsonCowanCell(), delayed),
		draw("Jansen-Rit, an interval produced", "rsg", 80, layers.JansenRitCell(), nil),
		draw("oscillators on a mixture", "yang:go,delaygo,dm1,dmsgo", 50, noise(layers.HORNCell(), "y", 0.01), nil),
	}
}

// run is the training with everything but its settings fixed.
func (c course) run(s TaskSettings) (*Trained, error) {
	network, err := c.network()
	if err != nil {
		return nil, err
	}
	s.Batch, s.Trials, s.Every, s.Seed, s.Precision = 20, 24, 2, c.seed, c.bits
	if s.Updates == 0 {
		s.Updates = 6
	}
	return Train(context.Background(), network, c.task, s)
}

func (c course) must(t *testing.T, s TaskSettings) *Trained {
	t.Helper()
	done, err := c.run(s)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

var budgetNamed = regexp.MustCompile(`below the minimum of (\d+) bytes`)

// least is the smallest memory budget of the training, as the error of a smaller one names it: that of the
// updates, then that of the evaluations if it is greater.
func (c course) least(t *testing.T) int64 {
	t.Helper()
	budget := int64(1)
	for {
		_, err := c.run(TaskSettings{MemoryBudget: budget, Callback: func(*Evaluation) error { return ErrStop }})
		if err == nil && budget > 1 {
			return budget
		}
		named := budgetNamed.FindStringSubmatch(fmt.Sprint(err))
		if named == nil {
			t.Fatalf("with a budget of %d bytes: %v", budget, err)
		}
		budget, _ = strconv.ParseInt(named[1], 10, 64)
	}
}

// stopped is the training stopped by its callback, and the state that the callback was given.
func (c course) stopped(t *testing.T) (done *Trained, saved []byte) {
	t.Helper()
	done = c.must(t, TaskSettings{Callback: func(e *Evaluation) error {
		var err error
		saved, err = e.State()
		return errors.Join(err, ErrStop)
	}})
	if done.Updates != 2 || done.Reason != ErrStop.Error() {
		t.Errorf("stopped after %d updates: %s", done.Updates, done.Reason)
	}
	return done, saved
}

// sameBits compares every evaluation, and all that the optimiser keeps: the values and both moments.
func sameBits(t *testing.T, what string, a, b *Trained) {
	t.Helper()
	same(t, what, a, b)
	var p, q checkpoint
	if err := errors.Join(json.Unmarshal(a.State, &p), json.Unmarshal(b.State, &q)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.Adam, q.Adam) {
		t.Errorf("%s: values or moments are not the same", what)
	}
}

// Same seed, same bits: at any GOMAXPROCS, with as little memory as possible, and after a break, before
// which both were others.
func TestTrainingIsTheSame(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, c := range courses(t) {
		t.Run(c.name, func(t *testing.T) {
			runtime.GOMAXPROCS(1)
			whole := c.must(t, TaskSettings{})
			if whole.Curve[0].Loss == whole.Curve[2].Loss {
				t.Fatal("nothing was learned")
			}
			for _, procs := range []int{2, 4} {
				runtime.GOMAXPROCS(procs)
				sameBits(t, fmt.Sprintf("GOMAXPROCS %d", procs), whole, c.must(t, TaskSettings{}))
			}
			budget := c.least(t)
			sameBits(t, "a small budget", whole, c.must(t, TaskSettings{MemoryBudget: budget}))
			ended := c.must(t, TaskSettings{Updates: 3, MemoryBudget: budget}) // between two evaluations
			stopped, saved := c.stopped(t)
			runtime.GOMAXPROCS(1)
			for i, state := range [][]byte{ended.State, stopped.State, saved} {
				sameBits(t, fmt.Sprintf("resumed from state %d", i), whole, c.must(t, TaskSettings{Resume: state}))
			}
			if c.noisy {
				c.seed++
				if other := c.must(t, TaskSettings{}); other.Curve[0].Loss == whole.Curve[0].Loss {
					t.Error("the noise makes no difference")
				}
			}
		})
	}
}
