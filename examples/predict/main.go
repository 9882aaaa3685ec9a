// Command predict trains a network of neural masses to predict a signal, and lets it run on alone.
//
//	go run ./examples/predict                                     # 64 oscillators learn the Lorenz system
//	go run ./examples/predict -series mackeyglass17 -out mg       # with a picture of true and predicted
//	go run ./examples/predict -series recording.csv               # the next sample of a recording
//
// The network is trained by the gradient through the solve. Beside it stand persistence,
// autoregressions, a reservoir of the same size, of which only the readout is fitted, and the network
// itself before training. With -json the output is one object per evaluation and a last one with the
// summary, and everything else goes to standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
)

// config holds the flags.
type config struct {
	series, columns, model, resume, out string
	units, updates, delay               int
	seed                                uint64
	json, list                          bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "predict:", err)
		os.Exit(1)
	}
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	f := flag.NewFlagSet("predict", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.series, "series", "lorenz", "`name`: lorenz, mackeyglass17, mackeyglass30, fmri (a recording that is built in), or a CSV file with a column per channel")
	f.StringVar(&c.columns, "columns", "", "channels of a CSV file, as in `4:31`, LCau:RPrec or 1,3,5; all")
	f.StringVar(&c.model, "model", "horn", "`name` of the model, see -list")
	f.IntVar(&c.units, "units", 64, "regions of the network")
	f.IntVar(&c.updates, "updates", 100, "updates at most, counted from the beginning")
	f.IntVar(&c.delay, "delay", 0, "longest delay of the connections, `samples`")
	f.Uint64Var(&c.seed, "seed", 1, "seed of the weights before training")
	f.StringVar(&c.resume, "resume", "", "go on from this checkpoint `file`, with the flags it was made with")
	f.BoolVar(&c.json, "json", false, "one JSON object per evaluation, and a last one with the summary")
	f.BoolVar(&c.list, "list", false, "list models")
	f.StringVar(&c.out, "out", "", "write checkpoint, curve and picture into this `directory`")
	f.Usage = func() {
		fmt.Fprint(stderr, "predict trains a network of neural masses to predict a signal.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("expected flags only, found %q", f.Arg(0))
	}
	if c.units < 1 || c.updates < 1 || c.delay < 0 {
		return nil, fmt.Errorf("expected -units and -updates above 0 and no negative -delay, found %d, %d, %d", c.units, c.updates, c.delay)
	}
	return c, nil
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if c.list {
		for _, name := range layers.CellNames() {
			fmt.Fprintln(stdout, name)
		}
		return nil
	}
	series, err := c.load()
	if err != nil {
		return err
	}
	predictor, err := c.predictor(series)
	if err != nil {
		return err
	}
	settings, err := c.settings(stdout, stderr)
	if err != nil {
		return err
	}
	r := &report{config: c, series: series}
	if err := r.baselines(); err != nil {
		return err
	}
	if !r.recorded() {
		settings.Horizon = freeHorizon
	}
	settings.Callback = func(e train.PredictEvaluation) error {
		if e.Update == 0 {
			return r.judge("before training", predictor)
		}
		return nil
	}
	trained, err := train.TrainPredictor(ctx, predictor, series, settings)
	if trained == nil {
		return err
	}
	r.trained = trained
	if err := errors.Join(err, r.save()); err != nil {
		return err
	}
	if err := r.judge(fmt.Sprintf("%s, trained", c.model), predictor); err != nil {
		return err
	}
	return errors.Join(r.savePicture(predictor), r.print(stdout))
}

func (c *config) predictor(s *tasks.Series) (*layers.Predictor, error) {
	cell, err := cell(c.model)
	if err != nil {
		return nil, err
	}
	_, channels := s.Data.Dims()
	return layers.NewPredictor(layers.PredictorSettings{Cell: cell, Units: c.units, Channels: channels, MaxDelay: c.delay, Seed: c.seed})
}

func (c *config) settings(stdout, stderr io.Writer) (train.PredictSettings, error) {
	s := train.PredictSettings{Updates: c.updates, Progress: stderr}
	if c.json {
		s.Log = stdout
	}
	if c.resume != "" {
		var err error
		if s.Resume, err = os.ReadFile(c.resume); err != nil {
			return s, err
		}
	}
	return s, nil
}
