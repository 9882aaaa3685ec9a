// Command dynamics says what a neural mass model does: fixed points, their bifurcations, cycles.
//
//	go run ./examples/dynamics -model MontbrioPazoRoxin                               # fixed points, and a phase plane
//	go run ./examples/dynamics -parameter eta -from -10 -to 0 -out mpr                # branches, with pictures
//	go run ./examples/dynamics -model JansenRit -parameter mu -from 0 -to 0.4 -sweep 4000 -state y1 -out alpha
//	go run ./examples/dynamics -model mine.json -set "tau=20 ms" -parameter v_in -from 0 -to 2 -json
//
// Any model of the catalogue will do, or one of a file. The parameter may be a port, which then takes a constant input. With
// -json the output is one object per fixed point, per point of a branch, per special point and per value of a sweep.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/euryale-ml/euryale/nmm"
	"github.com/euryale-ml/euryale/nmm/dynamics"
)

// config holds the flags.
type config struct {
	model, preset        string
	set                  []string
	parameter, state     string
	from, to, sweep      float64
	values, points       int
	json                 bool
	out                  string
	ranged, rangeMissing bool // -from or -to are given; one of them is not
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "dynamics:", strings.TrimPrefix(err.Error(), "dynamics: "))
		os.Exit(1)
	}
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	f := flag.NewFlagSet("dynamics", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.model, "model", "MontbrioPazoRoxin", "`name` of a model of the catalogue, or a .json file: see examples/models")
	f.StringVar(&c.preset, "preset", "", "set the parameters of the preset of this `name`")
	f.Func("set", "set a parameter or a port, `name=value` with a unit or without, as in \"tau=0.01 s\"; can be repeated", func(text string) error {
		c.set = append(c.set, text)
		return nil
	})
	f.StringVar(&c.parameter, "parameter", "", "`name` of the parameter or port that changes")
	f.Float64Var(&c.from, "from", 0, "one end of its range, in its unit")
	f.Float64Var(&c.to, "to", 0, "the other end")
	f.Float64Var(&c.sweep, "sweep", 0, "run the model at values from one end to the other and back too, at each as many `ms`, of which the second half counts")
	f.IntVar(&c.values, "values", 51, "values of such a sweep")
	f.StringVar(&c.state, "state", "", "state that the picture shows; default the first")
	f.IntVar(&c.points, "points", 101, "points along a side of the phase plane of a model of two states")
	f.BoolVar(&c.json, "json", false, "print one JSON object per result")
	f.StringVar(&c.out, "out", "", "write branches.png and plane.png into this `directory`")
	f.Usage = func() {
		fmt.Fprint(stderr, "dynamics says what a neural mass model does: fixed points, their bifurcations, cycles.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	c.ranged, c.rangeMissing = given["from"] || given["to"], !given["from"] || !given["to"]
	if f.NArg() > 0 {
		return nil, fmt.Errorf("expected flags only, found %q", f.Arg(0))
	}
	return c, c.check()
}

func (c *config) check() error {
	switch {
	case c.parameter != "" && c.rangeMissing:
		return fmt.Errorf("-parameter %s needs its range, -from and -to", c.parameter)
	case c.parameter == "" && (c.ranged || c.sweep != 0):
		return errors.New("-from, -to and -sweep need the -parameter that changes")
	case c.sweep < 0 || c.values < 2 || c.points < 2:
		return fmt.Errorf("expected a -sweep that is not negative and at least 2 -values and -points, found %v, %d, %d", c.sweep, c.values, c.points)
	}
	return nil
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	s, err := c.system()
	if err != nil {
		return err
	}
	r := &report{config: c, system: s}
	if err := r.analyse(ctx, stderr); err != nil {
		return err
	}
	return errors.Join(r.print(stdout), r.draw())
}

// system builds the model with its settings.
func (c *config) system() (*dynamics.System, error) {
	find := nmm.Lookup
	if strings.HasSuffix(c.model, ".json") {
		find = nmm.Load
	}
	m, err := find(c.model)
	if err != nil {
		return nil, err
	}
	if c.preset != "" {
		m.Preset(c.preset)
	}
	s, err := dynamics.New(m)
	if err != nil {
		return nil, err
	}
	for _, text := range c.set {
		if err := set(s, text); err != nil {
			return nil, fmt.Errorf("-set %q: %w", text, err)
		}
	}
	return s, nil
}

// set takes a value without unit as one in the parameter's own.
func set(s *dynamics.System, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return errors.New("expected name=value")
	}
	q, err := nmm.ParseQuantity(value)
	if err != nil {
		return err
	}
	if name = strings.TrimSpace(name); q.Unit == "1" {
		return s.Set(name, q.Value)
	}
	return s.Set(name, q)
}
