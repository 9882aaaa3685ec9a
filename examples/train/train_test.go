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

	"github.com/euryale-ml/euryale/tasks"
)

func execute(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, progress bytes.Buffer
	err = run(context.Background(), args, &out, &progress)
	return out.String(), err
}

// -json has the fields that were promised, and a checkpoint goes on where it was left.
func TestTrainJSON(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"-task", "gonogo", "-dt", "100", "-units", "8", "-batch", "8", "-target", "0", "-json"}
	whole, err := execute(t, append(flags, "-updates", "10")...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := execute(t, append(flags, "-updates", "5", "-out", dir)...); err != nil {
		t.Fatal(err)
	}
	resumed, err := execute(t, append(flags, "-updates", "10", "-resume", filepath.Join(dir, "checkpoint.json"))...)
	if err != nil {
		t.Fatal(err)
	}
	all, rest := lines(t, whole), lines(t, resumed)
	if len(all) != 3 || len(rest) != 2 {
		t.Fatalf("expected 3 and 2 lines, found\n%s\n%s", whole, resumed)
	}
	for _, field := range []string{"update", "loss", "accuracy", "ceiling", "seconds"} {
		if _, ok := all[0][field]; !ok {
			t.Errorf("an evaluation has no %s: %v", field, all[0])
		}
	}
	for _, field := range []string{"task", "model", "seed", "updates_to_80", "updates_to_95", "updates_to_99", "final_accuracy", "ceiling", "seconds", "parameters"} {
		if _, ok := all[2][field]; !ok {
			t.Errorf("the summary has no %s: %v", field, all[2])
		}
	}
	if all[1]["loss"] != rest[0]["loss"] || all[1]["accuracy"] != rest[0]["accuracy"] {
		t.Errorf("resumed: expected %v, found %v", all[1], rest[0])
	}
}

// -out has a picture beside the training's own files; a directory is a checkpoint, too.
func TestTrainOut(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"-task", "rdm", "-dt", "100", "-units", "8", "-batch", "8", "-target", "0", "-json", "-out", dir}
	if _, err := execute(t, append(flags, "-updates", "5")...); err != nil { // a curve of one point
		t.Fatal(err)
	}
	out, err := execute(t, append(flags, "-updates", "10", "-resume", dir)...)
	if err != nil {
		t.Fatal(err)
	}
	objects := lines(t, out)
	last := objects[len(objects)-1]
	conditions, _ := last["conditions"].([]any)
	curve, _ := last["psychometric"].(map[string]any)
	points, _ := curve["points"].([]any)
	if len(conditions) != 5 || len(points) != 9 {
		t.Errorf("expected 5 coherences and 9 degrees of evidence, found %v and %v", conditions, curve)
	}
	f, err := os.Open(filepath.Join(dir, "curve.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Error(err)
	}
	saved, err := os.ReadFile(filepath.Join(dir, "curve.jsonl"))
	if err != nil || len(lines(t, string(saved))) != 2 {
		t.Errorf("expected a curve of 2 evaluations, found %s, %v", saved, err)
	}
}

// Ctrl-C leaves a checkpoint and the command that goes on from it.
func TestTrainInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := filepath.Join(t.TempDir(), "it's here")
	var progress bytes.Buffer
	err := run(ctx, []string{"-task", "gonogo", "-units", "8", "-resume=old", "-resume", "old", "-out", dir, "-resume="}, io.Discard, &progress)
	checkpoint := filepath.Join(dir, "checkpoint.json")
	here := "'" + strings.ReplaceAll(dir, "'", `'\''`)
	if want := "train -task gonogo -units 8 -out " + here + "' -resume " + here + "/checkpoint.json'"; !errors.Is(err, context.Canceled) || !strings.Contains(progress.String(), want) {
		t.Errorf("expected %q, found %q, %v", want, progress.String(), err)
	}
	if _, err := os.Stat(checkpoint); err != nil {
		t.Error(err)
	}
}

func TestTrainCurriculum(t *testing.T) {
	flags := []string{"-task", "dms", "-dt", "100", "-units", "8", "-batch", "8", "-target", "0", "-updates", "5", "-json", "-l1", "1e-5", "-l2", "1e-4", "-activity", "0.01"}
	for _, curriculum := range []string{"delay", "delay=0.1,0.3,0.6"} {
		out, err := execute(t, append(flags, "-curriculum", curriculum)...)
		if err != nil {
			t.Fatal(err)
		}
		if first := lines(t, out)[0]; first["stage_accuracy"] == nil || first["penalty"] == nil {
			t.Errorf("%s: expected a stage and a penalty, found %v", curriculum, first)
		}
	}
}

func lines(t *testing.T, text string) (list []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		object := map[string]any{}
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, object)
	}
	return list
}

func TestTrainList(t *testing.T) {
	out, err := execute(t, "-list")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(tasks.Names(), "horn", "wilsoncowan", "rnn") {
		if !strings.Contains(out, name) {
			t.Errorf("-list has no %s", name)
		}
	}
}

// Every task has a step that suits it by default.
func TestTrainTasks(t *testing.T) {
	for _, name := range tasks.Names() {
		c, err := parse([]string{"-task", name, "-units", "2", "-model", "horn"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.build(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTrainErrors(t *testing.T) {
	for _, args := range [][]string{
		{"-task", "dsm"}, {"-dale", "-inhibitory", "1"}, {"-delays", "-1"}, {"-model", "hron"}, {"-units", "0"}, {"-every", "0"}, {"-lr", "-1"}, {"-learn", "omgea"}, {"-dtype", "float16"}, {"-resume", "/no/such/file"}, {"dms"},
		{"-curriculum", "delya"}, {"-curriculum", "delay=x"}, {"-curriculum", "delay=-1"}, {"-curriculum", "coherence"}, {"-l1", "-1"}, {"-activity", "NaN"}, {"-warmup", "-1"}, {"-out", "main.go"},
	} {
		if _, err := execute(t, args...); err == nil {
			t.Errorf("%v: expected an error", args)
		}
	}
}

// A recipe fills in what was not given, and only what the task has.
func TestTrainRecipes(t *testing.T) {
	for _, c := range []struct {
		args              []string
		model, curriculum string
		units             int
	}{
		{[]string{"-task", "dms"}, "horn", "", 64},
		{[]string{"-task", "yang"}, "rnn", "coherence=16,8,4,2", 256},
		{[]string{"-task", "yang:go,dm1", "-units", "8"}, "rnn", "coherence=16,8,4,2", 8},
		{[]string{"-task", "yang:go,anti", "-model", "horn"}, "horn", "", 256},
	} {
		got, err := parse(c.args, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got.model != c.model || got.curriculum != c.curriculum || got.units != c.units {
			t.Errorf("%v: model %q, curriculum %q, units %d; expected %q, %q, %d", c.args, got.model, got.curriculum, got.units, c.model, c.curriculum, c.units)
		}
	}
}
