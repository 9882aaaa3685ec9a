package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/layers"
)

func execute(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, progress bytes.Buffer
	err = run(context.Background(), args, &out, &progress)
	return out.String(), err
}

// lines decodes the lines of -json, the last of them a summary.
func lines(t *testing.T, text string) (evaluations []map[string]any, last summary) {
	t.Helper()
	all := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range all[:len(all)-1] {
		object := map[string]any{}
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		evaluations = append(evaluations, object)
	}
	if err := json.Unmarshal([]byte(all[len(all)-1]), &last); err != nil {
		t.Fatal(err)
	}
	return evaluations, last
}

// find gives a row of the summary.
func (s *summary) find(t *testing.T, name string) method {
	t.Helper()
	for _, m := range s.Methods {
		if strings.HasPrefix(m.Name, name) {
			return m
		}
	}
	t.Fatalf("no %q in %+v", name, s.Methods)
	return method{}
}

// A small network learns Lorenz: training makes both one step and the free run better than before and
// than the autoregression, and what is written can be read.
func TestPredictLorenz(t *testing.T) {
	dir := t.TempDir()
	out, err := execute(t, "-units", "16", "-updates", "50", "-json", "-out", dir)
	if err != nil {
		t.Fatal(err)
	}
	evaluations, s := lines(t, out)
	if len(evaluations) != 6 || evaluations[5]["update"] != 50.0 || s.Updates != 50 {
		t.Errorf("%v, %+v", evaluations, s)
	}
	trained, before, ar := s.find(t, "horn, trained"), s.find(t, "before training"), s.find(t, "AR(16)")
	t.Logf("valid times: AR %.2f, before training %.2f, trained %.2f, reservoir %.2f", ar.Valid[1], before.Valid[1], trained.Valid[1], s.find(t, "reservoir").Valid[1])
	if trained.Error > before.Error/10 || trained.Valid[1] < 2*before.Valid[1] || trained.Valid[1] < 5*ar.Valid[1] {
		t.Errorf("trained %+v, before %+v, AR %+v", trained, before, ar)
	}
	f, err := os.Open(filepath.Join(dir, "prediction.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Error(err)
	}
	again, err := execute(t, "-units", "16", "-updates", "50", "-json", "-resume", filepath.Join(dir, "checkpoint.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, resumed := lines(t, again); resumed.find(t, "horn, trained").Error != trained.Error {
		t.Errorf("resumed at its end: %+v", resumed.Methods)
	}
}

// A recording is predicted better than by persistence, and the table names what is compared.
func TestPredictRecording(t *testing.T) {
	file := filepath.Join("..", "..", "datasets", "nitime_fmri", "fmri_timeseries.csv")
	out, err := execute(t, "-series", file, "-columns", "LCau:RPrec", "-units", "8", "-updates", "3")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"persistence", "AR(1)", "reservoir of 8 units", "before training", "horn, trained", "FC", "3 updates"} {
		if !strings.Contains(out, word) {
			t.Errorf("no %q in\n%s", word, out)
		}
	}
	built, err := execute(t, "-series", "fmri", "-units", "8", "-updates", "3", "-json")
	if err != nil {
		t.Fatal(err)
	}
	if _, s := lines(t, built); s.find(t, "horn, trained").OverPersistence < 0.05 || !(s.find(t, "horn, trained").Free.FC > -1) {
		t.Errorf("%+v", s)
	}
}

// Every model predicts the recording better than persistence, on the test part.
func TestPredictModels(t *testing.T) {
	for _, model := range layers.CellNames() {
		out, err := execute(t, "-series", "fmri", "-model", model, "-units", "12", "-updates", "5", "-json")
		if err != nil {
			t.Error(model, err)
			continue
		}
		if _, s := lines(t, out); !(s.find(t, model+", trained").OverPersistence > 0) {
			t.Errorf("%s: %+v", model, s.find(t, model+", trained"))
		}
	}
}

// A training that is called off leaves the state of its last round.
func TestPredictInterrupted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	var out writer = func(line []byte) {
		if strings.Contains(string(line), `"update":60`) {
			cancel()
		}
	}
	err := run(ctx, []string{"-series", "fmri", "-units", "4", "-json", "-out", dir}, out, io.Discard)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	state, err := os.ReadFile(filepath.Join(dir, "checkpoint.json"))
	if err != nil || !strings.Contains(string(state), `"update":50,`) {
		t.Errorf("%.200s, %v", state, err)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestPredictErrors(t *testing.T) {
	for _, args := range [][]string{
		{"-series", "nowhere.csv"}, {"-model", "nothing"}, {"-units", "0"}, {"-updates", "-1"}, {"-delay", "-1"},
		{"-series", "fmri", "-resume", "nowhere.json"}, {"lorenz"},
	} {
		if _, err := execute(t, args...); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
	out, err := execute(t, "-list")
	if err != nil || !strings.Contains(out, "wilsoncowan") {
		t.Errorf("%q, %v", out, err)
	}
}
