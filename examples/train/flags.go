package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
)

// config holds the flags.
type config struct {
	task, model, resume, out, dtype string
	connectome, learn, curriculum   string
	units, updates, batch           int
	every, warmup, plateau, delays  int
	rate, target, dt, speed         float64
	l1, l2, activity, inhibitory    float64
	seed                            uint64
	json, list, cosine, dale        bool

	args []string // as they were typed
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := &config{args: args}
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.task, "task", "dms", "`name` of the task, see -list")
	f.StringVar(&c.model, "model", "horn", "`name` of the model, see -list")
	f.IntVar(&c.units, "units", 64, "regions of the network")
	f.IntVar(&c.updates, "updates", 300, "updates at most, counted from the beginning")
	f.IntVar(&c.batch, "batch", 64, "trials per update")
	f.Float64Var(&c.rate, "lr", 0, "rate of Adam; 0: the model's own")
	f.IntVar(&c.every, "every", 5, "updates between evaluations")
	f.BoolVar(&c.cosine, "cosine", false, "lower the rate to 0 along half a cosine over -updates, for tasks that noise bounds")
	f.IntVar(&c.warmup, "warmup", 0, "updates over which the rate rises to its value")
	f.IntVar(&c.plateau, "plateau", 0, "evaluations in a row without a lower loss that halve the rate; 0: never")
	f.StringVar(&c.curriculum, "curriculum", "", "easier stages first, until each is learned: delay, coherence or noise, with the factors of the stages if not the usual ones, `KNOB=F,F`")
	f.Float64Var(&c.l1, "l1", 0, "penalty on the sum of the absolute values of all weights")
	f.Float64Var(&c.l2, "l2", 0, "penalty on the sum of the squares of all weights")
	f.Float64Var(&c.activity, "activity", 0, "penalty on the mean square of the states that are read")
	f.Uint64Var(&c.seed, "seed", 1, "seed of the weights, the trials and the noise")
	f.Float64Var(&c.target, "target", 0.99, "part of the ceiling at which training stops, three evaluations in a row; 0: never")
	f.Float64Var(&c.dt, "dt", 0, "task step, `ms`; 0: 40, or the task's own where that is too long; tasks that come in samples have their own")
	f.StringVar(&c.dtype, "dtype", "float32", "`type` of the solve's numbers, float32 or float64")
	f.StringVar(&c.connectome, "connectome", "", "connections and delays of this connectome of The Virtual Brain, a `folder` or zip, a unit per region")
	f.BoolVar(&c.dale, "dale", false, "Dale's law: what a unit sends has one sign")
	f.Float64Var(&c.inhibitory, "inhibitory", 0.2, "`part` of the units that -dale makes inhibitory, where the model does not have both populations in a unit")
	f.IntVar(&c.delays, "delays", 0, "connections between units have delays drawn from 0 to this many task `steps`")
	f.StringVar(&c.learn, "learn", "", "more parameters of the model that learn, one value per unit, `A,B`")
	f.Float64Var(&c.speed, "speed", 3, "conduction speed of -connectome, `m/s`")
	f.StringVar(&c.resume, "resume", "", "go on from this checkpoint `file`, or the -out directory with it, with the flags it was made with")
	f.BoolVar(&c.json, "json", false, "one JSON object per evaluation, and a last one with the summary")
	f.BoolVar(&c.list, "list", false, "list tasks and models")
	f.StringVar(&c.out, "out", "", "write checkpoint, curve, TensorBoard events and a picture into this `directory`")
	f.Usage = func() {
		fmt.Fprint(stderr, "train trains a recurrent network of neural masses on a cognitive task. Yang's tasks have other defaults.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("expected flags only, found %q", f.Arg(0))
	}
	if !c.list {
		if err := c.follow(f); err != nil {
			return nil, err
		}
	}
	return c, c.check()
}

func (c *config) check() error {
	switch {
	case c.units < 1 || c.updates < 1 || c.batch < 1 || c.every < 1:
		return fmt.Errorf("expected -units, -updates, -batch and -every above 0, found %d, %d, %d, %d", c.units, c.updates, c.batch, c.every)
	case !(c.rate >= 0) || !(c.target >= 0) || c.target > 1 || !(c.dt >= 0) || !(c.speed > 0):
		return fmt.Errorf("expected -lr ≥ 0, -target between 0 and 1, -dt ≥ 0, -speed > 0, found %g, %g, %g, %g", c.rate, c.target, c.dt, c.speed)
	case c.warmup < 0 || c.plateau < 0:
		return fmt.Errorf("expected -warmup and -plateau of 0 or more, found %d, %d", c.warmup, c.plateau)
	case !(c.l1 >= 0) || !(c.l2 >= 0) || !(c.activity >= 0):
		return fmt.Errorf("expected -l1, -l2 and -activity of 0 or more, found %g, %g, %g", c.l1, c.l2, c.activity)
	case c.dtype != "float32" && c.dtype != "float64":
		return fmt.Errorf("-dtype %q: expected float32 or float64", c.dtype)
	}
	return nil
}

// settings are those of the training.
func (c *config) settings(task *tasks.Task, stdout, stderr io.Writer) (train.TaskSettings, error) {
	s := train.TaskSettings{
		Method: train.Adam{Rate: c.rate}, Plateau: c.plateau, Penalty: train.Penalty{ActivityL2: c.activity, WeightL1: c.l1, WeightL2: c.l2},
		Updates: c.updates, Batch: c.batch, Every: c.every, Seed: c.seed, Target: c.target, Dir: c.out, Progress: stderr,
	}
	if c.dtype == "float32" {
		s.Precision = graph.Float32
	}
	if c.cosine {
		s.Schedule = train.Cosine(c.updates, 0)
	}
	if c.warmup > 0 {
		s.Schedule = train.Warmup(c.warmup, s.Schedule)
	}
	if c.json {
		s.Log = stdout
	}
	var stages, resume error
	s.Curriculum, stages = c.stages(task)
	s.Resume, resume = c.saved()
	return s, errors.Join(stages, resume)
}

// usual are the factors of a curriculum that names none.
var usual = map[string][]float64{"delay": {0.25, 0.5}, "coherence": {4, 2}, "noise": {0, 0.5}}

// stages are those of -curriculum.
func (c *config) stages(task *tasks.Task) ([]*tasks.Task, error) {
	if c.curriculum == "" {
		return nil, nil
	}
	knob, list, given := strings.Cut(c.curriculum, "=")
	factors := usual[knob]
	if given {
		factors = nil
		for _, text := range strings.Split(list, ",") {
			f, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, fmt.Errorf("-curriculum %s: expected factors after the sign =, found %q", c.curriculum, text)
			}
			factors = append(factors, f)
		}
	}
	if !slices.Contains(task.Knobs(), knob) {
		return nil, fmt.Errorf("-curriculum %s: task %s has %q to turn", c.curriculum, c.task, task.Knobs())
	}
	return train.Curriculum(task, knob, factors...)
}

// saved is the checkpoint of -resume.
func (c *config) saved() ([]byte, error) {
	if c.resume == "" {
		return nil, nil
	}
	name := c.resume
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "checkpoint.json")
	}
	return os.ReadFile(name)
}

// again is the command that goes on from a checkpoint.
func (c *config) again(checkpoint string) string {
	words := []string{"train"}
	for i := 0; i < len(c.args); i++ {
		switch name := strings.TrimLeft(c.args[i], "-"); {
		case name == "resume":
			i++
		case !strings.HasPrefix(name, "resume="):
			words = append(words, quoted(c.args[i]))
		}
	}
	return strings.Join(append(words, "-resume", quoted(checkpoint)), " ")
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`*?[]{}()<>|&;#~!") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
