// Command models shows the catalogue of neural mass models, one model of it, or a model of a file.
//
//	go run ./examples/models                                       # the catalogue
//	go run ./examples/models JansenRit                             # equations, states, parameters, presets
//	go run ./examples/models -latex JansenRit                      # the equations for a paper
//	go run ./examples/models -preset tvb -set "mu=0.12 1/ms" -json JansenRit > mine.json
//	go run ./examples/models mine.json                             # the model of a file
//	go run ./examples/models -check mine.json                      # proves names, units and ranges
//
// A file holds what nmm.Define is given, so that models can be written and shared without Go: -json of a model
// near to yours is a file to start from. With -json the catalogue is an object per model and line.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/euryale-ml/euryale/nmm"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "models:", err)
		os.Exit(1)
	}
}

// config holds the flags.
type config struct {
	model, preset string
	set           []string
	latex, json   bool
	check         bool
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	f := flag.NewFlagSet("models", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.BoolVar(&c.latex, "latex", false, "print the equations for LaTeX")
	f.BoolVar(&c.json, "json", false, "print JSON: the model's file, or an object per model of the catalogue")
	f.BoolVar(&c.check, "check", false, "say only whether the file of a model can be read, and what is wrong with it")
	f.StringVar(&c.preset, "preset", "", "set the parameters of the preset of this `name`")
	f.Func("set", "set a parameter, `name=value` with a unit or without, as in \"tau=0.01 s\"; can be repeated", func(text string) error {
		c.set = append(c.set, text)
		return nil
	})
	f.Usage = func() {
		fmt.Fprint(stderr, "usage: models [flags] [MODEL|FILE.json]\n\nmodels shows the catalogue of neural mass models, one model of it, or a model of a file.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	c.model = f.Arg(0)
	switch {
	case f.NArg() > 1:
		return nil, fmt.Errorf("expected one model behind the flags, found %q", f.Args())
	case c.model == "" && (c.latex || c.check || c.preset != "" || c.set != nil):
		return nil, fmt.Errorf("expected the name of a model, or its file, behind the flags")
	}
	return c, nil
}

// run is the program.
func run(args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if c.model == "" {
		return c.list(stdout)
	}
	m, err := c.build()
	switch {
	case c.check:
		return c.checked(stdout, m, err)
	case err != nil:
		return err
	case c.json:
		return m.WriteJSON(stdout)
	case c.latex:
		_, err = fmt.Fprintln(stdout, m.LaTeX())
	default:
		_, err = fmt.Fprint(stdout, m)
	}
	return err
}

// list prints the catalogue.
func (c *config) list(w io.Writer) error {
	list := nmm.List()
	if !c.json {
		_, err := fmt.Fprint(w, list)
		return err
	}
	for _, m := range list {
		var text, line bytes.Buffer
		if err := m.WriteJSON(&text); err != nil {
			return err
		}
		if err := json.Compact(&line, text.Bytes()); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, line.String()); err != nil {
			return err
		}
	}
	return nil
}

// build finds the model and makes the settings.
func (c *config) build() (*nmm.Model, error) {
	find := nmm.Lookup
	if c.check || strings.HasSuffix(c.model, ".json") {
		find = nmm.Load
	}
	m, err := find(c.model)
	if err != nil {
		return nil, err
	}
	if c.preset != "" {
		m.Preset(c.preset)
	}
	for _, text := range c.set {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("-set %q: expected name=value", text)
		}
		if err := set(m, strings.TrimSpace(name), value); err != nil {
			return nil, fmt.Errorf("-set %q: %w", text, err)
		}
	}
	return m, m.Err()
}

// set takes a value without unit as one in the parameter's own.
func set(m *nmm.Model, name, value string) error {
	q, err := nmm.ParseQuantity(value)
	if err != nil {
		return err
	}
	if q.Unit == "1" {
		return m.Set(name, q.Value).Err()
	}
	return m.Set(name, q).Err()
}

// checked says what was found in the file, or passes on what is wrong with it.
func (c *config) checked(w io.Writer, m *nmm.Model, problem error) error {
	found := struct {
		File       string `json:"file"`
		OK         bool   `json:"ok"`
		Name       string `json:"name,omitempty"`
		States     int    `json:"states,omitempty"`
		Parameters int    `json:"parameters,omitempty"`
		Error      string `json:"error,omitempty"`
	}{File: c.model, OK: problem == nil}
	if problem == nil {
		found.Name, found.States, found.Parameters = m.Name(), len(m.States()), len(m.Parameters())
	} else {
		found.Error = problem.Error()
	}
	if c.json {
		return errors.Join(problem, json.NewEncoder(w).Encode(found))
	}
	if problem == nil {
		fmt.Fprintf(w, "%s: %s, %d states, %d parameters, names and units fit\n", found.File, found.Name, found.States, found.Parameters)
	}
	return problem
}
