package main

import (
	"fmt"
	"math"
)

// comparison gathers the differences of one case: the largest relative error, and the first
// difference beyond its tolerance.
type comparison struct {
	err      float64
	worst    string
	broken   string
	compared int
	notes    []string
}

// near compares arrays of one quantity against tol times its largest expected value plus abs, which
// is how the peers' READMEs state their tolerances for arrays.
func (c *comparison) near(what string, got, want []float64, tol, abs float64) {
	scale := largest(want)
	c.each(what, got, want, scale, func(int, float64) float64 { return tol*scale + abs })
}

// nearEach compares entry by entry against tol·|expected| + abs.
func (c *comparison) nearEach(what string, got, want []float64, tol, abs float64) {
	c.each(what, got, want, largest(want), func(_ int, w float64) float64 { return tol*math.Abs(w) + abs })
}

// nearTerms compares derivatives entry by entry against tol times the size of their terms, or times
// their largest expected value if that is more.
func (c *comparison) nearTerms(what string, got derivative, want []float64, tol float64) {
	scale := max(largest(want), largest(got.size))
	c.each(what, got.value, want, scale, func(i int, w float64) float64 {
		return tol * max(largest(want), got.size[i%len(got.size)])
	})
}

// each compares entry by entry against a bound that depends on the expected value. The error it keeps
// is relative to scale.
func (c *comparison) each(what string, got, want []float64, scale float64, bound func(i int, want float64) float64) {
	if len(got) != len(want) {
		c.fail("%s: %d values, expected %d", what, len(got), len(want))
		return
	}
	for i, w := range want {
		if math.IsNaN(w) {
			continue // the peer diverged here and wrote null
		}
		c.compared++
		d := math.Abs(got[i] - w)
		if e := d / scale; d > 0 && !(e <= c.err) {
			c.err, c.worst = e, fmt.Sprintf("%s[%d]", what, i)
		}
		if !(d <= bound(i, w)) {
			c.fail("%s[%d]: %.17g, expected %.17g, off by %.2g of %.2g", what, i, got[i], w, d, scale)
		}
	}
}

// fail keeps the first difference.
func (c *comparison) fail(format string, a ...any) {
	if c.broken == "" {
		c.broken = fmt.Sprintf(format, a...)
	}
}

// note records what a passing comparison left out, and why.
func (c *comparison) note(format string, a ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, a...))
}

// outcome turns the comparison into a verdict; comparing nothing is a failure.
func (c *comparison) outcome() outcome {
	switch {
	case c.broken != "":
		return outcome{verdict: fail, err: c.err, reason: c.broken}
	case c.compared == 0:
		return failed("nothing was compared")
	}
	o := outcome{verdict: pass, err: c.err}
	for _, n := range c.notes {
		if o.reason != "" {
			o.reason += "; "
		}
		o.reason += n
	}
	return o
}

// excepted turns a comparison that found what it expects of a known error of a peer into that verdict.
func (c *comparison) excepted(name string, detail ...any) outcome {
	if o := c.outcome(); o.verdict != pass {
		return o
	}
	return excepted(name, detail...)
}

// largest returns the largest absolute value of x, NaN left out.
func largest(x []float64) float64 {
	m := 0.0
	for _, v := range x {
		if a := math.Abs(v); a > m {
			m = a
		}
	}
	return m
}
