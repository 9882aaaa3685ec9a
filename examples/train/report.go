package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
)

// summary is the last line of -json.
type summary struct {
	Task         string        `json:"task"`
	Model        string        `json:"model"`
	Seed         uint64        `json:"seed"`
	To80         *int          `json:"updates_to_80"` // null if never, as the following
	To95         *int          `json:"updates_to_95"`
	To99         *int          `json:"updates_to_99"`
	Accuracy     float64       `json:"final_accuracy"`
	Ceiling      float64       `json:"ceiling"`
	Seconds      float64       `json:"seconds"`
	Parameters   int           `json:"parameters"`
	Updates      int           `json:"updates"`
	Reason       string        `json:"reason"`
	Conditions   []condition   `json:"conditions,omitempty"`
	Psychometric *psychometric `json:"psychometric,omitempty"`
}

// condition is the accuracy on the trials of one condition, at the last evaluation.
type condition struct {
	Name     string  `json:"name"`
	Value    float64 `json:"value"`
	Trials   int     `json:"trials"`
	Accuracy float64 `json:"accuracy"`
	Ceiling  float64 `json:"ceiling"`
}

// psychometric is how often an answer was given at each signed evidence for it.
type psychometric struct {
	Answer string  `json:"answer"`
	Points []point `json:"points"`
}

type point struct {
	Evidence float64 `json:"evidence"`
	Fraction float64 `json:"fraction"`
	Trials   int     `json:"trials"`
}

func (c *config) report(w io.Writer, task *tasks.Task, t *train.Trained) error {
	s := &summary{
		Task: c.task, Model: c.model, Seed: c.seed, To80: orNull(t.UpdatesTo(0.8)), To95: orNull(t.UpdatesTo(0.95)), To99: orNull(t.UpdatesTo(0.99)),
		Accuracy: t.Accuracy, Ceiling: t.Ceiling, Parameters: t.Parameters, Seconds: t.Seconds, Updates: t.Updates, Reason: t.Reason,
	}
	if t.Results != nil {
		for _, r := range t.Results.Conditions {
			s.Conditions = append(s.Conditions, condition{r.Name, r.Value, r.Trials, r.Accuracy, r.Ceiling})
		}
		s.Psychometric = curveOf(task, t.Results)
	}
	if err := c.picture(s, t); err != nil {
		return err
	}
	if c.json {
		return json.NewEncoder(w).Encode(s)
	}
	return c.print(w, s, t)
}

// curveOf is the psychometric curve of the last answer, or nil for a task without degrees of evidence.
func curveOf(task *tasks.Task, r *tasks.Results) *psychometric {
	answers := task.OutputNames()
	p := &psychometric{Answer: answers[len(answers)-1]}
	for _, at := range r.Psychometric(len(answers) - 1) {
		p.Points = append(p.Points, point(at))
	}
	if task.Loss() != tasks.CrossEntropy || len(p.Points) < 3 { // else outputs are no answers
		return nil
	}
	return p
}

// merged joins neighbours where there are more points than most.
func (p *psychometric) merged(most int) (list []point) {
	each := (len(p.Points) + most - 1) / most
	for part := range slices.Chunk(p.Points, each) {
		sum := point{}
		for _, q := range part {
			n := float64(q.Trials)
			sum = point{sum.Evidence + n*q.Evidence, sum.Fraction + n*q.Fraction, sum.Trials + q.Trials}
		}
		n := float64(sum.Trials)
		list = append(list, point{sum.Evidence / n, sum.Fraction / n, sum.Trials})
	}
	return list
}

func (c *config) print(w io.Writer, s *summary, t *train.Trained) error {
	fmt.Fprintf(w, "%s, %s of %d units, seed %d: %.1f %% after %d updates, %.1f s (%s); ceiling %.1f %%; %d parameters\n",
		c.task, c.model, c.units, c.seed, 100*s.Accuracy, s.Updates, s.Seconds, s.Reason, 100*s.Ceiling, s.Parameters)
	fmt.Fprintf(w, "updates to 80, 95, 99 %% of the ceiling: %s, %s, %s\n", shown(s.To80), shown(s.To95), shown(s.To99))
	if t.Results != nil {
		fmt.Fprint(w, t.Results)
	}
	if p := s.Psychometric; p != nil {
		fmt.Fprintf(w, "\n%10s %7s   answer %q\n", "evidence", "trials", p.Answer)
		for _, at := range p.merged(12) {
			fmt.Fprintf(w, "%+10.4g %7d %8.1f%% %s\n", at.Evidence, at.Trials, 100*at.Fraction, strings.Repeat("▪", int(math.Round(20*at.Fraction))))
		}
	}
	return nil
}

func orNull(updates int) *int {
	if updates < 0 {
		return nil
	}
	return &updates
}

func shown(updates *int) string {
	if updates == nil {
		return "never"
	}
	return fmt.Sprint(*updates)
}

// interrupted keeps what there is, and says how to go on.
func (c *config) interrupted(w io.Writer, t *train.Trained) error {
	name := filepath.Join(c.out, "checkpoint.json")
	if c.out == "" {
		f, err := os.CreateTemp("", "euryale-"+strings.ReplaceAll(c.task, ":", "-")+"-*.json")
		if err != nil {
			return err
		}
		name = f.Name()
		if _, err := f.Write(t.State); err != nil {
			return errors.Join(err, f.Close())
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "stopped after update %d; to go on:\n\t%s\n", t.Updates, c.again(name))
	return nil
}
