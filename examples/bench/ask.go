package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// reply answers a line of standard input.
type reply struct {
	PerStep float64 `json:"us_per_step"`
}

// serve measures when asked: it writes {} when ready, then answers each line "forward", "gradient" or
// "update" with the CPU time per step of one more measurement. Another program can so take turns with
// this one.
func (j *job) serve(in io.Reader, out io.Writer) error {
	all, err := newSamples(j)
	defer all.close()
	if err != nil {
		return err
	}
	answers := json.NewEncoder(out)
	if err := answers.Encode(struct{}{}); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		s := all.named(strings.TrimSpace(lines.Text()))
		if s == nil {
			return fmt.Errorf("-ask: expected one of %v, found %q", all, lines.Text())
		}
		took, err := s.take()
		if err != nil {
			return err
		}
		if err := answers.Encode(reply{s.microseconds(took.cpu)}); err != nil {
			return err
		}
	}
	return all[len(all)-1].check()
}

func (all samples) named(name string) *sample {
	for _, s := range all {
		if s.kind.String() == name {
			return s
		}
	}
	return nil
}

func (s *sample) String() string { return s.kind.String() }
