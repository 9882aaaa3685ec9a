package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/euryale-ml/euryale/tasks"
)

// recipe is how a task is trained where the flags do not say otherwise.
type recipe struct {
	task  string // name, without what follows a colon
	flags map[string]string
}

// Yang's rules are learned by the network of the paper. Two stimuli whose strengths differ by some per
// cent are first told apart where they differ by more: without that, they are answered by chance for
// thousands of updates; the rate falls because at a constant one all twenty do not get beyond 80 %.
var recipes = []recipe{
	{"yang", map[string]string{"model": "rnn", "units": "256", "updates": "3000", "lr": "0.003", "cosine": "true", "every": "50", "curriculum": "coherence=16,8,4,2"}},
}

// follow sets the flags of the task's recipe that were not given, and that the task can use.
func (c *config) follow(f *flag.FlagSet) error {
	task, err := tasks.New(c.task, tasks.Timing{})
	if err != nil {
		return err
	}
	given := map[string]bool{}
	f.Visit(func(set *flag.Flag) { given[set.Name] = true })
	kind, _, _ := strings.Cut(c.task, ":")
	for _, r := range recipes {
		for name, value := range r.flags {
			knob, _, _ := strings.Cut(value, "=")
			impossible := name == "curriculum" && !slices.Contains(task.Knobs(), knob)
			if r.task != kind || given[name] || impossible {
				continue
			}
			if err := f.Set(name, value); err != nil {
				return fmt.Errorf("recipe of %s: %w", r.task, err)
			}
		}
	}
	return nil
}
