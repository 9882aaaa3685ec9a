package train

import (
	"encoding/json"
	"fmt"
)

// checkpoint is all that a training goes on from.
type checkpoint struct {
	Settings savedSettings   `json:"settings"`
	Update   int             `json:"update"`
	Stage    int             `json:"stage"`   // of the curriculum
	Started  float64         `json:"started"` // s since 1970
	Seconds  float64         `json:"seconds"`
	Curve    []Evaluation    `json:"curve"`
	Losses   losses          `json:"losses"`
	Adam     json.RawMessage `json:"adam"`
	Mean     []float64       `json:"mean"` // of the values; nil with TaskSettings.LastValues
}

// savedSettings have to be the same where a training goes on.
type savedSettings struct {
	Task   string  `json:"task"`
	Dt     float64 `json:"dt"`
	Trial  uint64  `json:"trial_seed"`
	Batch  int     `json:"batch"`
	Seed   uint64  `json:"seed"`
	Every  int     `json:"every"`
	Trials int     `json:"trials"`
	Stages int     `json:"stages"`
	Last   bool    `json:"last_values"`
}

func (t *trainer) savedSettings() savedSettings {
	return savedSettings{t.task.Name(), t.task.Dt(), t.task.Seed(), t.Batch, t.Seed, t.Every, t.Trials, len(t.Curriculum), t.LastValues}
}

// same says which setting was another.
func (s savedSettings) same(was savedSettings) error {
	for _, f := range []struct {
		name    string
		is, was any
	}{
		{"task", s.Task, was.Task}, {"task step in ms", s.Dt, was.Dt}, {"seed of the trials", s.Trial, was.Trial}, {"batch", s.Batch, was.Batch}, {"seed", s.Seed, was.Seed},
		{"updates between evaluations", s.Every, was.Every}, {"trials per evaluation", s.Trials, was.Trials}, {"stages of a curriculum", s.Stages, was.Stages}, {"LastValues", s.Last, was.Last},
	} {
		if f.is != f.was {
			return fmt.Errorf("%s: expected %v as in these settings, found %v", f.name, f.is, f.was)
		}
	}
	return nil
}

// losses are summed over updates.
type losses struct {
	Total   float64 `json:"total"`
	Penalty float64 `json:"penalty"`
	Count   int     `json:"count"`
}

// state is what a training is resumed from.
func (t *trainer) state() ([]byte, error) {
	adam, err := json.Marshal(t.adam)
	if err != nil {
		return nil, err
	}
	s := t.saved
	s.Settings, s.Seconds, s.Losses, s.Adam = t.savedSettings(), t.seconds(), t.since, adam
	return json.Marshal(s)
}

// resume takes over what was saved, if anything.
func (t *trainer) resume() error {
	t.saved.Started = float64(t.start.UnixMicro()) / 1e6
	if t.Resume == nil {
		return nil
	}
	if err := json.Unmarshal(t.Resume, &t.saved); err != nil {
		return fmt.Errorf("train: saved training: %w", err)
	}
	if err := t.savedSettings().same(t.saved.Settings); err != nil {
		return fmt.Errorf("train: saved training: %w", err)
	}
	adam := new(adamState)
	if err := json.Unmarshal(t.saved.Adam, adam); err != nil {
		return fmt.Errorf("train: saved training: %w", err)
	}
	n := len(t.adam.X)
	if len(adam.X) != n || len(adam.M) != n || len(adam.V) != n || len(adam.Direction) != n {
		return fmt.Errorf("train: saved training: expected %d numbers that learn, found %d", n, len(adam.X))
	}
	if mean := len(t.saved.Mean); t.saved.Update > 0 && !t.LastValues && mean != n || t.saved.Stage < 0 || t.saved.Stage > len(t.Curriculum) {
		return fmt.Errorf("train: saved training: expected the mean of %d numbers and a stage up to %d, found %d and %d", n, len(t.Curriculum), mean, t.saved.Stage)
	}
	t.adam, t.since, t.halved = adam, t.saved.Losses, plateaus(t.saved.Curve, t.Plateau)
	return nil
}
