package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// verdict is what became of one case.
type verdict int

const (
	skip   verdict = iota // a part that the case needs is missing
	except                // the peer is known to be wrong here
	pass
	fail
)

// String names the verdict as the report does.
func (v verdict) String() string { return [...]string{"skip", "except", "ok", "FAIL"}[v] }

// outcome is one case's verdict: the largest relative error of a case that ran, the reason of one
// that did not pass, and what was left out of a passing comparison.
type outcome struct {
	verdict verdict
	err     float64
	reason  string
}

func skipped(format string, a ...any) outcome {
	return outcome{verdict: skip, reason: fmt.Sprintf(format, a...)}
}
func failed(format string, a ...any) outcome {
	return outcome{verdict: fail, err: math.NaN(), reason: fmt.Sprintf(format, a...)}
}

// instance is one case of a file: the smallest block that runs by itself.
type instance struct {
	name string
	run  func() outcome
}

// caseResult and fileResult are what the report prints; their fields are those of -json.
type caseResult struct {
	Case    string   `json:"case"`
	Verdict string   `json:"verdict"`
	Error   *float64 `json:"max_relative_error,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

type fileResult struct {
	Verdict  string       `json:"verdict"`
	Name     string       `json:"name"`
	Schema   string       `json:"schema"`
	Cases    int          `json:"cases"`
	Error    *float64     `json:"max_relative_error,omitempty"`
	Passed   int          `json:"passed"`
	Failed   int          `json:"failed"`
	Skipped  int          `json:"skipped"`
	Excepted int          `json:"excepted"`
	Details  []caseResult `json:"details,omitempty"`
}

// totals adds up all files.
type totals struct {
	Passed   int `json:"passed"`
	Failed   int `json:"failed"`
	Skipped  int `json:"skipped"`
	Excepted int `json:"excepted"`
}

// add counts one outcome.
func (f *fileResult) add(name string, o outcome) {
	c := caseResult{Case: name, Verdict: o.verdict.String(), Reason: o.reason}
	f.Cases++
	switch o.verdict {
	case skip:
		f.Skipped++
	case except:
		f.Excepted++
	case pass:
		f.Passed++
	case fail:
		f.Failed++
	}
	if (o.verdict == pass || o.verdict == fail) && !math.IsNaN(o.err) && !math.IsInf(o.err, 0) {
		e := o.err
		c.Error = &e
		if f.Error == nil || e > *f.Error {
			f.Error = &e
		}
	}
	f.Details = append(f.Details, c)
}

// close sets the file's verdict: FAIL if a case failed, else ok if one passed, else except or skip.
func (f *fileResult) close() {
	v := skip
	switch {
	case f.Failed > 0:
		v = fail
	case f.Passed > 0:
		v = pass
	case f.Excepted > 0:
		v = except
	}
	f.Verdict = v.String()
}

// reporter prints results as they come.
type reporter struct {
	w       io.Writer
	json    bool
	verbose bool
	sum     totals
}

// file prints one file's line, and with -v one line for each case.
func (r *reporter) file(f *fileResult) error {
	r.sum.Passed += f.Passed
	r.sum.Failed += f.Failed
	r.sum.Skipped += f.Skipped
	r.sum.Excepted += f.Excepted
	if r.json {
		if !r.verbose {
			f.Details = nil
		}
		return json.NewEncoder(r.w).Encode(f)
	}
	if _, err := fmt.Fprintf(r.w, "%-6s %-60s %5d %9s\n", f.Verdict, f.Name, f.Cases, number(f.Error)); err != nil {
		return err
	}
	for _, c := range f.Details {
		if !r.verbose && c.Verdict != fail.String() {
			continue
		}
		if _, err := fmt.Fprintf(r.w, "    %-6s %-56s %9s  %s\n", c.Verdict, c.Case, number(c.Error), c.Reason); err != nil {
			return err
		}
	}
	return nil
}

// close prints the totals.
func (r *reporter) close() error {
	if r.json {
		return json.NewEncoder(r.w).Encode(r.sum)
	}
	_, err := fmt.Fprintf(r.w, "%d excepted\n%d passed, %d failed, %d skipped\n", r.sum.Excepted, r.sum.Passed, r.sum.Failed, r.sum.Skipped)
	return err
}

// number prints an error figure, or a dash where there is none.
func number(e *float64) string {
	if e == nil {
		return "-"
	}
	return fmt.Sprintf("%.1e", *e)
}
