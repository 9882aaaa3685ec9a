package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"image/png"
	"math"
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
	if err := run(t.Context(), args, &out, &messages); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	if messages.Len() > 0 {
		t.Errorf("%q: unexpected messages %s", args, &messages)
	}
	return out.String()
}

func TestTables(t *testing.T) {
	dir := t.TempDir()
	got := output(t, "-parameter", "eta", "-from", "-10", "-to", "0", "-sweep", "60", "-values", "11", "-out", dir, "-points", "31")
	for _, want := range []string{"MontbrioPazoRoxin: 3 fixed points", "1.031", "stable focus", "branch 1 of 1", "-3.136", "fold", "sweep up"} {
		if !strings.Contains(got, want) {
			t.Errorf("expected %q in\n%s", want, got)
		}
	}
	for _, name := range []string{"branches.png", "plane.png"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
}

func TestJSON(t *testing.T) {
	text := output(t, "-model", "Hopf", "-set", "omega=50 1/s", "-parameter", "a", "-from", "-0.1", "-to", "0.1", "-sweep", "400", "-values", "3", "-json")
	counts := map[string]int{}
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		var l line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
		counts[l.Result]++
		switch l.Result {
		case "Hopf":
			if math.Abs(*l.Value) > 1e-8 || math.Abs(l.Frequency-50/(2*math.Pi)) > 1e-6 {
				t.Errorf("Hopf bifurcation: %s", s.Text())
			}
		case "up":
			if amplitude := math.Sqrt(max(*l.Value, 0)); *l.Value != 0 && math.Abs(l.Max["x"]-amplitude) > 0.01 {
				t.Errorf("a = %v: amplitude %v, expected %v", *l.Value, l.Max["x"], amplitude)
			}
		}
	}
	if counts["fixed point"] != 1 || counts["branch"] < 10 || counts["Hopf"] != 1 || counts["up"] != 3 || counts["down"] != 3 {
		t.Errorf("found %v", counts)
	}
}

// A model of a file, and a port as the parameter.
func TestFileAndPort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.json")
	if err := nmm.FitzHughNagumo().Save(path); err != nil {
		t.Fatal(err)
	}
	got := output(t, "-model", path, "-parameter", "V_in", "-from", "0", "-to", "2")
	if n := strings.Count(got, "Hopf, "); n != 2 {
		t.Errorf("expected oscillations between two Hopf bifurcations in\n%s", got)
	}
}

func TestErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"needs its range":              {"-parameter", "eta", "-from", "1"},
		"need the -parameter":          {"-from", "1", "-to", "2"},
		"-sweep that is not negative":  {"-parameter", "eta", "-from", "0", "-to", "1", "-sweep", "-1"},
		"expected flags only":          {"Hopf"},
		"Hoopf":                        {"-model", "Hoopf"},
		`unknown parameter "etaa"`:     {"-parameter", "etaa", "-from", "0", "-to", "1"},
		`-state "q"`:                   {"-state", "q"},
		`-set "tau"`:                   {"-set", "tau"},
		"ms":                           {"-set", "tau=3 mV"},
		"unknown preset":               {"-preset", "nothing"},
		"expected finite numbers From": {"-parameter", "eta", "-from", "1", "-to", "1"},
	} {
		var out, messages bytes.Buffer
		if err := run(t.Context(), args, &out, &messages); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: found error %v, expected %q", args, err, want)
		}
	}
	var out, messages bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, &out, &messages); !errors.Is(err, flag.ErrHelp) || !strings.Contains(messages.String(), "-parameter") {
		t.Errorf("-h: %v, %s", err, &messages)
	}
}
