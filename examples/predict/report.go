package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/layers"
)

// summary is the last line of -json.
type summary struct {
	Series     string   `json:"series"`
	Model      string   `json:"model"`
	Units      int      `json:"units"`
	Seed       uint64   `json:"seed"`
	Updates    int      `json:"updates"`
	BestUpdate int      `json:"best_update"`
	Parameters int      `json:"parameters"`
	Seconds    float64  `json:"seconds"`
	Methods    []method `json:"methods"`
}

func (r *report) print(w io.Writer) error {
	c, t := r.config, r.trained
	if c.json {
		return json.NewEncoder(w).Encode(summary{c.series, c.model, c.units, c.seed, t.Updates, t.Best.Update, t.Parameters, t.Seconds, r.methods})
	}
	fmt.Fprintf(w, "%s, %s of %d units, seed %d: %d updates of %d parameters in %.1f s (%s), best on the validation part after %d; test part:\n",
		c.series, c.model, c.units, c.seed, t.Updates, t.Parameters, t.Seconds, t.Reason, t.Best.Update)
	return r.table(w)
}

// table has a row per forecaster.
func (r *report) table(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(tab, "\terror in one step\tR² over persistence")
	if r.series.Lyapunov > 0 {
		fmt.Fprint(tab, "\tvalid time, Lyapunov times (quartiles)")
	}
	if r.mackey() {
		fmt.Fprint(tab, "\tNRMSE84")
	}
	fmt.Fprintln(tab, "\tfree run: spectrum, states, FC")
	for _, m := range r.methods {
		fmt.Fprintf(tab, "%s\t%.2e\t%.6f", m.Name, m.Error, m.OverPersistence)
		if m.Valid != nil {
			fmt.Fprintf(tab, "\t%.2f (%.2f-%.2f)", m.Valid[1], m.Valid[0], m.Valid[2])
		}
		if r.mackey() {
			fmt.Fprintf(tab, "\t%.2e", float64(*m.NRMSE84))
		}
		fmt.Fprintf(tab, "\t%s\n", m.Free)
	}
	return tab.Flush()
}

// String is a cell of the table: distances of 0 and a correlation of 1 are best.
func (f *free) String() string {
	if f == nil {
		return "diverges"
	}
	fc := "-"
	if !math.IsNaN(float64(f.FC)) {
		fc = fmt.Sprintf("%.2f", f.FC)
	}
	return fmt.Sprintf("%.3f, %.2f, %s", f.Spectrum, f.StateSpace, fc)
}

// save writes checkpoint and curve, also of a training that was called off.
func (r *report) save() error {
	curve, err := json.MarshalIndent(r.trained.Curve, "", "\t")
	if err != nil {
		return err
	}
	return errors.Join(r.write("curve.json", curve), r.write("checkpoint.json", r.trained.State))
}

func (r *report) savePicture(p *layers.Predictor) error {
	if r.config.out == "" {
		return nil
	}
	picture, err := r.picture(p)
	if err != nil {
		return err
	}
	return r.write("prediction.png", picture)
}

// write writes into -out, if there is one and there are data.
func (r *report) write(name string, data []byte) error {
	if r.config.out == "" || len(data) == 0 {
		return nil
	}
	if err := os.MkdirAll(r.config.out, 0o777); err != nil {
		return err
	}
	return datasets.WriteFile(filepath.Join(r.config.out, name), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
