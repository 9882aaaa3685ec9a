package tasks

import (
	"fmt"
	"math"
	"strings"
)

// Epoch is a named stretch of a trial: steps Start to Stop-1.
type Epoch struct {
	Name        string
	Start, Stop int
}

// Steps is the length of the epoch in steps.
func (e Epoch) Steps() int { return e.Stop - e.Start }

// Epochs are the epochs of one trial, in order of time.
type Epochs []Epoch

// Find returns the epoch of that name.
func (e Epochs) Find(name string) (Epoch, bool) {
	for _, epoch := range e {
		if epoch.Name == name {
			return epoch, true
		}
	}
	return Epoch{}, false
}

// span is an epoch before its length is drawn.
type span struct {
	name   string
	length law
	delay  bool // the knob "delay" scales it
}

type lawKind int

const (
	fixedLaw lawKind = iota
	uniformLaw
	setLaw
	exponentialLaw
	multipleLaw
)

// law is the distribution of an epoch's length in ms.
type law struct {
	kind      lawKind
	low, high float64
	mean      float64   // of the exponential before it is cut; the factor of a multiple
	set       []float64 // equally likely
	of        string    // the epoch whose length is multiplied
}

func fixed(ms float64) law          { return law{kind: fixedLaw, low: ms, high: ms} }
func between(low, high float64) law { return law{kind: uniformLaw, low: low, high: high} }
func among(set ...float64) law {
	l := law{kind: setLaw, set: set, low: math.Inf(1)}
	for _, ms := range set {
		l.low, l.high = math.Min(l.low, ms), math.Max(l.high, ms)
	}
	return l
}

// exponential is an exponential of the given mean, cut to [low, high].
func exponential(mean, low, high float64) law {
	return law{kind: exponentialLaw, mean: mean, low: low, high: high}
}

// times is a multiple of an earlier epoch's length, once that is in whole steps.
func times(factor float64, epoch string) law {
	return law{kind: multipleLaw, mean: factor, of: epoch}
}

func (l law) draw(s *stream) float64 {
	switch l.kind {
	case uniformLaw:
		return s.uniform(l.low, l.high)
	case setLaw:
		return s.pick(l.set)
	case exponentialLaw:
		// The inverse of the cut distribution function: one number, no rejection.
		near, far := math.Exp(-l.low/l.mean), math.Exp(-l.high/l.mean)
		return -l.mean * math.Log(near-s.unit()*(near-far))
	}
	return l.low
}

// chances are the probabilities of each number of steps of a fixed or uniform length.
func (l law) chances(dt float64) map[int]float64 {
	first, last := wholeSteps(l.low, dt), wholeSteps(l.high, dt)
	if l.low == l.high {
		return map[int]float64{first: 1}
	}
	list := map[int]float64{}
	for n := first; n <= last; n++ {
		from, to := math.Max(l.low, float64(n)*dt), math.Min(l.high, float64(n+1)*dt)
		list[n] = math.Max(0, to-from) / (l.high - l.low)
	}
	return list
}

// values are the lengths that a fixed length or a set can take.
func (l law) values() []float64 {
	if l.kind == setLaw {
		return l.set
	}
	return []float64{l.low}
}

// shortest is the least positive length that can be drawn; 0 for a length fixed at nothing.
func (l law) shortest() float64 {
	if l.kind != setLaw {
		return l.low
	}
	least := math.Inf(1)
	for _, ms := range l.set {
		if ms > 0 {
			least = math.Min(least, ms)
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return least
}

func (l law) String() string {
	switch l.kind {
	case uniformLaw:
		return fmt.Sprintf("%g – %g", l.low, l.high)
	case setLaw:
		text := make([]string, len(l.set))
		for i, ms := range l.set {
			text[i] = fmt.Sprint(ms)
		}
		return strings.Join(text, ", ")
	case exponentialLaw:
		return fmt.Sprintf("%g – %g, exponential, mean %g before the cut", l.low, l.high, l.mean)
	case multipleLaw:
		return fmt.Sprintf("%g × %s", l.mean, l.of)
	}
	return fmt.Sprint(l.low)
}

// wholeSteps floors a length in ms to steps.
func wholeSteps(ms, dt float64) int { return floored(ms / dt) }

// floored is a number of steps, at most one more than a trial may have, so that sums of absurd lengths are
// absurd too. The tiny addition keeps 0.3/0.1 at 3.
func floored(steps float64) int { return int(math.Min(math.Floor(steps+1e-9), mostSteps+1)) }

// lengthOf draws the length of a span in steps; earlier are the epochs before it.
func (t *Task) lengthOf(p span, s *stream, earlier Epochs) int {
	if p.length.kind == multipleLaw {
		base, _ := earlier.Find(p.length.of)
		return floored(p.length.mean * float64(base.Steps()))
	}
	ms := p.length.draw(s)
	if p.delay {
		ms *= t.knobs["delay"]
	}
	return wholeSteps(ms, t.tick())
}

// layOut draws the epochs of a trial.
func (t *Task) layOut(spans []span, s *stream) Epochs {
	epochs := make(Epochs, 0, len(spans))
	at := 0
	for _, p := range spans {
		n := t.lengthOf(p, s, epochs)
		epochs = append(epochs, Epoch{p.name, at, at + n})
		at += n
	}
	return epochs
}

// longest is the greatest number of steps that the spans can take.
func (t *Task) longest(spans []span) int {
	steps := map[string]int{}
	total := 0
	for _, p := range spans {
		n := wholeSteps(p.length.high*t.scale(p), t.tick())
		if p.length.kind == multipleLaw {
			n = floored(p.length.mean * float64(steps[p.length.of]))
		}
		steps[p.name] = n
		total += n
	}
	return total
}

func (t *Task) scale(p span) float64 {
	if p.delay {
		return t.knobs["delay"]
	}
	return 1
}

// checkSpans refuses a step so long that an epoch would disappear. A delay that a curriculum has
// shortened to nothing is no mistake, so the knob is left out.
func (t *Task) checkSpans(spans []span) error {
	for _, p := range spans {
		if ms := p.length.shortest(); ms > 0 && wholeSteps(ms, t.tick()) == 0 {
			return fmt.Errorf("tasks: %s: epoch %q can be as short as %g ms and would vanish at dt = %g ms: give a dt of %g ms or less, or a longer epoch",
				t.def.name, p.name, ms, t.dt, ms)
		}
	}
	return nil
}
