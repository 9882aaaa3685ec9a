package train

import (
	"encoding/json"
	"fmt"
)

// checkpoint is all that a training goes on from.
type checkpoint struct {
	Task    string          `json:"task"`
	Update  int             `json:"update"`
	Seconds float64         `json:"seconds"`
	Curve   []Evaluation    `json:"curve"`
	Losses  sum             `json:"losses"`
	Adam    json.RawMessage `json:"adam"`
}

type sum struct {
	Total float64 `json:"total"`
	Count int     `json:"count"`
}

// state is what a training is resumed from.
func (t *trainer) state() ([]byte, error) {
	adam, err := json.Marshal(t.adam)
	if err != nil {
		return nil, err
	}
	s := t.saved
	s.Task, s.Seconds, s.Losses, s.Adam = t.task.Name(), t.seconds(), t.since, adam
	return json.Marshal(s)
}

func (t *trainer) resume() error {
	if err := json.Unmarshal(t.Resume, &t.saved); err != nil {
		return fmt.Errorf("train: saved training: %w", err)
	}
	if t.saved.Task != t.task.Name() {
		return fmt.Errorf("train: saved training: expected one on task %s, found %s", t.task.Name(), t.saved.Task)
	}
	adam := new(adamState)
	if err := json.Unmarshal(t.saved.Adam, adam); err != nil {
		return fmt.Errorf("train: saved training: %w", err)
	}
	if n := len(t.adam.X); len(adam.X) != n || len(adam.M) != n || len(adam.V) != n || len(adam.Direction) != n {
		return fmt.Errorf("train: saved training: expected %d numbers that learn, found %d", n, len(adam.X))
	}
	t.adam, t.since = adam, t.saved.Losses
	return nil
}
