package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/euryale-ml/euryale/datasets"
)

// recorder writes the files of TaskSettings.Dir. Nil writes none.
type recorder struct {
	dir           string
	started       float64 // s since 1970
	curve, events *os.File
	saved         time.Time
}

// The files of a directory. TensorBoard looks for names with "tfevents".
const (
	curveFile      = "curve.jsonl"
	eventFile      = "events.out.tfevents"
	checkpointFile = "checkpoint.json"
)

// saveEvery is how old a checkpoint may be.
const saveEvery = 10 * time.Second

// record opens the files, with the evaluations so far: what was written behind a checkpoint is made again.
func (t *trainer) record() error {
	if t.Dir == "" {
		return nil
	}
	r := &recorder{dir: t.Dir, started: t.saved.Started, saved: time.Now()}
	if err := os.MkdirAll(t.Dir, 0o777); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	var lines, events bytes.Buffer
	events.Write(firstEvent(t.saved.Started))
	for i := range t.saved.Curve {
		line, event, err := r.entry(&t.saved.Curve[i])
		if err != nil {
			return err
		}
		lines.Write(line)
		events.Write(event)
	}
	t.recorder = r
	var err error
	if r.curve, err = begun(filepath.Join(t.Dir, curveFile), lines.Bytes()); err != nil {
		return err
	}
	r.events, err = begun(filepath.Join(t.Dir, eventFile), events.Bytes())
	return err
}

// begun replaces a file by one that begins with data, open for more.
func begun(name string, data []byte) (*os.File, error) {
	if err := replaceFile(name, data); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return f, nil
}

// replaceFile writes beside the file and renames, so that it is never there by half.
func replaceFile(name string, data []byte) error {
	err := datasets.WriteFile(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// entry is an evaluation in the two files.
func (r *recorder) entry(e *Evaluation) (line, event []byte, err error) {
	if line, err = json.Marshal(e); err != nil {
		return nil, nil, fmt.Errorf("train: update %d: %w", e.Update, err)
	}
	return append(line, '\n'), scalarEvent(r.started+e.Seconds, e.Update, e.scalars()), nil
}

// scalars are what TensorBoard shows.
func (e *Evaluation) scalars() []scalar {
	list := []scalar{{"loss", e.Loss}, {"accuracy", e.Accuracy}, {"accuracy_of_ceiling", e.Accuracy / e.Ceiling}, {"rate", e.Rate}}
	if e.Penalty != 0 {
		list = append(list, scalar{"penalty", e.Penalty})
	}
	if e.StageAccuracy != 0 {
		list = append(list, scalar{"stage", float64(e.Stage)}, scalar{"stage_accuracy", e.StageAccuracy})
	}
	return list
}

// add writes an evaluation, and now and then a checkpoint.
func (r *recorder) add(e *Evaluation, state func() ([]byte, error)) error {
	if r == nil {
		return nil
	}
	line, event, err := r.entry(e)
	if err != nil {
		return err
	}
	if _, err := r.curve.Write(line); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if _, err := r.events.Write(event); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if time.Since(r.saved) < saveEvery {
		return nil
	}
	data, err := state()
	if err != nil {
		return err
	}
	return r.save(data)
}

// save writes a checkpoint.
func (r *recorder) save(state []byte) error {
	if r == nil || state == nil {
		return nil
	}
	r.saved = time.Now()
	return replaceFile(filepath.Join(r.dir, checkpointFile), state)
}

func (r *recorder) close() error {
	if r == nil {
		return nil
	}
	var errs []error
	for _, f := range []*os.File{r.curve, r.events} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
