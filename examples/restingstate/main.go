// Command restingstate runs the pipeline of most whole-brain studies of resting-state fMRI, from files to pictures:
// a structural connectome, a model with balanced inhibition in every region, BOLD, a sweep of the global coupling
// against the empirical functional connectivity (FC), the fit of regional parameters by gradient, null models and
// held-out data beside it.
//
//	go run ./examples/restingstate                                   # a self-test: parameters hidden by a seed are looked for
//	go run ./examples/restingstate -sc W.csv -lengths L.csv -fc FC.csv -out DIR
//	go run ./examples/restingstate -sc sc.npz -bold a.csv,b.csv -tr 2 -low 0.01 -high 0.1 -json
//
// The model is the excitatory-inhibitory Reduced Wong-Wang model of Deco et al. 2014,
// doi:10.1523/JNEUROSCI.5068-13.2014, whose inhibition is balanced anew for every set of parameters.
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
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "restingstate:", err)
		os.Exit(1)
	}
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	began := time.Now()
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	s, err := newStudy(ctx, c, stderr)
	if err != nil {
		return err
	}
	fmt.Fprint(stdout, s.opening())
	err = s.work(ctx, stdout)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted; the values of the sweep that are done are in %s, and -resume goes on from there", c.sweepDir())
	}
	if err != nil {
		return err
	}
	s.Seconds = time.Since(began).Seconds()
	fmt.Fprint(stdout, s.closing())
	files, err := s.write()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s: %s\n", c.out, strings.Join(files, ", "))
	if c.json {
		return s.writeJSON(stdout)
	}
	return nil
}
