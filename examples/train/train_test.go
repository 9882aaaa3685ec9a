package main

import (
	"bytes"
	"context"
	"encoding/json"
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

func TestTrainErrors(t *testing.T) {
	for _, args := range [][]string{
		{"-task", "dsm"}, {"-model", "hron"}, {"-units", "0"}, {"-lr", "-1"}, {"-learn", "omgea"}, {"-dtype", "float16"}, {"-resume", "/no/such/file"}, {"dms"},
	} {
		if _, err := execute(t, args...); err == nil {
			t.Errorf("%v: expected an error", args)
		}
	}
}
