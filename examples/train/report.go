package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/euryale-ml/euryale/train"
)

// summary is the last line of -json.
type summary struct {
	Task       string  `json:"task"`
	Model      string  `json:"model"`
	Seed       uint64  `json:"seed"`
	UpdatesTo  *int    `json:"updates_to_80"` // null if never, as the following
	To95       *int    `json:"updates_to_95"`
	To99       *int    `json:"updates_to_99"`
	Accuracy   float64 `json:"final_accuracy"`
	Ceiling    float64 `json:"ceiling"`
	Seconds    float64 `json:"seconds"`
	Parameters int     `json:"parameters"`
}

func (c *config) report(w io.Writer, t *train.Trained) error {
	s := summary{
		Task: c.task, Model: c.model, Seed: c.seed, UpdatesTo: orNull(t.UpdatesTo(0.8)), To95: orNull(t.UpdatesTo(0.95)), To99: orNull(t.UpdatesTo(0.99)),
		Accuracy: t.Accuracy, Ceiling: t.Ceiling, Parameters: t.Parameters, Seconds: t.Seconds,
	}
	if c.json {
		return json.NewEncoder(w).Encode(s)
	}
	fmt.Fprintf(w, "%s, %s of %d units, seed %d: %.1f %% after %d updates, %.1f s (%s); ceiling %.1f %%; %d parameters\n",
		c.task, c.model, c.units, c.seed, 100*t.Accuracy, t.Updates, t.Seconds, t.Reason, 100*t.Ceiling, t.Parameters)
	fmt.Fprintf(w, "updates to 80, 95, 99 %% of the ceiling: %s, %s, %s\n", shown(s.UpdatesTo), shown(s.To95), shown(s.To99))
	if t.Results != nil {
		fmt.Fprint(w, t.Results)
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

// save writes checkpoint and curve.
func (c *config) save(t *train.Trained) error {
	if c.out == "" {
		return nil
	}
	if err := os.MkdirAll(c.out, 0o777); err != nil {
		return err
	}
	curve, err := json.MarshalIndent(t.Curve, "", "\t")
	if err != nil {
		return err
	}
	if err := write(filepath.Join(c.out, "curve.json"), curve); err != nil {
		return err
	}
	return write(filepath.Join(c.out, "checkpoint.json"), t.State)
}

// write writes beside the file and renames, so that it is never there by half.
func write(name string, data []byte) error {
	if err := os.WriteFile(name+".part", data, 0o666); err != nil {
		return err
	}
	return os.Rename(name+".part", name)
}
