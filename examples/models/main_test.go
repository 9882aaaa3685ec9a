package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/euryale-ml/euryale/nmm"
)

// output runs the program and expects it to succeed.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, messages bytes.Buffer
	if err := run(args, &out, &messages); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	if messages.Len() > 0 {
		t.Errorf("%q: unexpected messages %s", args, &messages)
	}
	return out.String()
}

func TestCatalogue(t *testing.T) {
	if got := output(t); got != nmm.List().String() {
		t.Errorf("found %s", got)
	}
	lines := strings.Split(strings.TrimSpace(output(t, "-json")), "\n")
	for i, m := range nmm.List() {
		var got struct {
			Name       string
			Parameters []any
		}
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil || got.Name != m.Name() || len(got.Parameters) != len(m.Parameters()) {
			t.Errorf("%s: %v, %+v", m.Name(), err, got)
		}
	}
}

func TestModel(t *testing.T) {
	if got := output(t, "Hopf"); got != nmm.Hopf().String() {
		t.Errorf("found %s", got)
	}
	if got := output(t, "-latex", "Hopf"); got != string(nmm.Hopf().LaTeX())+"\n" {
		t.Errorf("found %s", got)
	}
}

// A model with settings goes through a file, and is proved.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.json")
	text := output(t, "-preset", "tvb", "-set", "mu=120 1/s", "-set", "J=128", "-json", "JansenRit")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	want := nmm.JansenRit().Preset("tvb").Set("mu", nmm.Q(120, "1/s")).Set("J", 128)
	if got := output(t, path); got != want.String() {
		t.Errorf("expected %s, found %s", want, got)
	}
	if got := output(t, "-check", path); got != path+": JansenRit, 6 states, 13 parameters, names and units fit\n" {
		t.Errorf("found %s", got)
	}
	var checked struct{ OK bool }
	if err := json.Unmarshal([]byte(output(t, "-check", "-json", path)), &checked); err != nil || !checked.OK {
		t.Errorf("found %v, %v", checked, err)
	}
	wrong := strings.Replace(text, "- 2*a*y3", "- 2*y3", 1)
	if err := os.WriteFile(path, []byte(wrong), 0o644); err != nil {
		t.Fatal(err)
	}
	place := path + ": model JansenRit, line 8, column "
	wantError(t, []string{"-check", path}, place)
	var out bytes.Buffer
	var found struct {
		OK    bool
		Error string
	}
	if err := run([]string{"-check", "-json", path}, &out, new(bytes.Buffer)); err == nil {
		t.Error("expected an error beside the JSON")
	}
	if err := json.Unmarshal(out.Bytes(), &found); err != nil || found.OK || !strings.Contains(found.Error, place) {
		t.Errorf("found %+v, %v", found, err)
	}
}

func wantError(t *testing.T, args []string, part string) {
	t.Helper()
	var out, messages bytes.Buffer
	err := run(args, &out, &messages)
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("%q: expected %q in the error, found %v", args, part, err)
	}
}

func TestErrors(t *testing.T) {
	wantError(t, []string{"Hopff"}, `unknown model "Hopff"; nearest: Hopf`)
	wantError(t, []string{"-latex"}, "expected the name of a model")
	wantError(t, []string{"Hopf", "Linear"}, "expected one model")
	wantError(t, []string{"-set", "a", "Hopf"}, `-set "a": expected name=value`)
	wantError(t, []string{"-set", "a=2 mV", "Hopf"}, "2 mV cannot be converted to 1/ms")
	wantError(t, []string{"-set", "a=x", "Hopf"}, `quantity "x"`)
	wantError(t, []string{"-preset", "x", "Hopf"}, `unknown preset "x"`)
	wantError(t, []string{"nothing.json"}, "nothing.json")
	if err := run([]string{"-h"}, new(bytes.Buffer), new(bytes.Buffer)); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("found %v", err)
	}
}
