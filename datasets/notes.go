package datasets

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// takeNote keeps a comment "# key: value" of those that Save writes.
func (g *grid) takeNote(line string) {
	key, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), ":")
	if !ok || !slices.Contains([]string{layoutNote, unitNote, trNote, startNote}, key) {
		return
	}
	if g.notes == nil {
		g.notes = map[string]string{}
	}
	if _, twice := g.notes[key]; !twice {
		g.notes[key] = strings.TrimSpace(value)
	}
}

// laidOut tells whether the file says how it is laid out, and whether it has a part.
func (g *grid) laidOut(part string) (has, known bool) {
	layout, known := g.notes[layoutNote]
	return strings.Contains(layout, part), known
}

// noted is a number that a note tells, 0 without the note.
func (g *grid) noted(key string) (float64, error) {
	text, ok := g.notes[key]
	if !ok {
		return 0, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || notFinite(x) {
		return 0, fmt.Errorf("datasets: %s: comment %q is %q, expected a number", g.name, key, text)
	}
	return x, nil
}

// takeTimes removes a first column of times, which the header calls time_s or time_ms,
// and adds to the series what it and the notes tell: repetition time, start and unit.
func (g *grid) takeTimes(out *TimeSeries) error {
	out.Unit = g.notes[unitNote]
	tr, err := g.noted(trNote)
	if err != nil {
		return err
	}
	if out.Start, err = g.noted(startNote); err != nil {
		return err
	}
	if g.header != nil && g.columns() > 1 && (g.header[0] == timeColumn || g.header[0] == "time_ms") {
		times, err := g.finite([]int{0})
		if err != nil {
			return err
		}
		scale := 1.0
		if g.header[0] == "time_ms" {
			scale = 1000
		}
		step, err := g.step(times.RawMatrix().Data)
		if err != nil {
			return err
		}
		if _, told := g.notes[startNote]; !told {
			out.Start = times.At(0, 0) / scale
		}
		if tr == 0 {
			tr = step / scale
		}
		g.dropFirst()
	}
	if err := checkTR(tr, g.name); err != nil {
		return err
	}
	return out.takeTR(tr, g.name)
}

// step is the distance of times, which must be equal but for rounding; 0 of one time.
func (g *grid) step(times []float64) (float64, error) {
	n := len(times)
	if n < 2 {
		return 0, nil
	}
	step := (times[n-1] - times[0]) / float64(n-1)
	largest := math.Max(math.Abs(times[0]), math.Abs(times[n-1]))
	for k := range times {
		if math.Abs(times[k]-times[0]-float64(k)*step) > 1e-3*step+1e-9*largest || !(step > 0) {
			return 0, fmt.Errorf("datasets: %s: time %v, expected times in equal steps", g.at(k, 0), times[k])
		}
	}
	return step, nil
}

// takeTR sets the repetition time that a file tells, 0 if it does not; the options must
// agree.
func (s *TimeSeries) takeTR(tr float64, where string) error {
	switch {
	case s.TR != 0 && tr != 0 && math.Abs(s.TR-tr) > 1e-6*tr:
		return fmt.Errorf("datasets: %s is %g s, but the options say TR %g s", where, tr, s.TR)
	case s.TR == 0:
		s.TR = tr
	}
	return nil
}
