package datasets

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// store is a file of named variables, which are read when asked for.
type store struct {
	file  string
	names []string
	load  func(name string) (*variable, error)
}

// find reads the variable called by one of the names, whatever their case; nil if
// there is none.
func (s *store) find(names ...string) (*variable, error) {
	for _, want := range names {
		for _, name := range s.names {
			if strings.EqualFold(name, want) {
				return s.load(name)
			}
		}
	}
	return nil, nil
}

// must is find for a variable that the user named.
func (s *store) must(name string) (*variable, error) {
	v, err := s.find(name)
	if v == nil && err == nil {
		return nil, fmt.Errorf("datasets: %s: no variable %q: there are %s", s.file, name, abbreviated(s.names))
	}
	return v, err
}

// series reads a time series.
func (s *store) series(options SeriesOptions) (*TimeSeries, error) {
	v, err := s.signal(options.Variable)
	if err != nil {
		return nil, err
	}
	data, err := v.matrix()
	if err != nil {
		return nil, err
	}
	if options.Transposed {
		data = mat.DenseCopyOf(data.T())
	}
	out := &TimeSeries{Data: data, TR: options.TR}
	samples, regions := data.Dims()
	if err := s.describe(out, regions); err != nil {
		return nil, err
	}
	if out, err = out.Columns(options.Columns); err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, s.file)
	}
	for t := 0; t < samples; t++ {
		for k, x := range out.Data.RawRowView(t) {
			if notFinite(x) {
				return nil, fmt.Errorf("datasets: %s: sample %d of %q is missing or not finite", v.name, t, out.Labels[k])
			}
		}
	}
	return out, nil
}

// signal finds the variable that is the time series.
func (s *store) signal(name string) (*variable, error) {
	if name != "" {
		return s.must(name)
	}
	if v, err := s.find("data"); v != nil || err != nil {
		return v, err
	}
	var found *variable
	loaded := 0 // an archive may unpack to any size
	for k, name := range s.names {
		if k == 1<<12 || int64(loaded) > maxFileBytes/2 {
			return nil, fmt.Errorf("datasets: %s: many arrays, and none called data: name one of %s", s.file, abbreviated(s.names))
		}
		v, err := s.load(name)
		if v != nil {
			loaded += len(v.numbers)
		}
		if err != nil || len(v.numbers) <= 1 && v.sparse == nil || len(v.shape) != 2 {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("datasets: %s: several matrices, and none called data: name one of %s", s.file, abbreviated(s.names))
		}
		found = v
	}
	if found == nil {
		return nil, fmt.Errorf("datasets: %s: no matrix that can be read: name one of %s to learn why", s.file, abbreviated(s.names))
	}
	return found, nil
}

// describe adds what the file tells of a series: labels, repetition time, unit.
func (s *store) describe(out *TimeSeries, regions int) error {
	out.Labels = numbered(regions)
	if v, err := s.find("labels"); err != nil {
		return err
	} else if v != nil {
		if out.Labels, err = v.names(); err != nil {
			return err
		}
		if len(out.Labels) != regions {
			return fmt.Errorf("datasets: %s has %s for %s (Transposed?)", v.name, plural(len(out.Labels), "label"), plural(regions, "region"))
		}
	}
	if v, err := s.find("unit"); err != nil {
		return err
	} else if v != nil && len(v.texts) == 1 {
		out.Unit = v.texts[0]
	}
	if v, err := s.find("start_s"); err != nil {
		return err
	} else if v != nil {
		if out.Start, err = v.scalar(); err != nil {
			return err
		}
	}
	v, err := s.find("tr_s")
	if v == nil || err != nil {
		return err
	}
	tr, err := v.scalar()
	if err == nil {
		err = checkTR(tr, v.name)
	}
	if err != nil {
		return err
	}
	return out.takeTR(tr, v.name)
}

// connectome reads a connectome, its parts by the names of tvbParts or by those given.
func (s *store) connectome(names ConnectomeOptions) (*Connectome, error) {
	given := map[string]string{"Weights": names.Weights, "TractLengths": names.TractLengths, "Labels": names.Labels}
	c, from := &Connectome{}, sources{}
	for _, field := range []string{"Weights", "TractLengths", "Labels", "Centres", "Orientations", "Areas", "Cortical", "RightHemisphere"} {
		v, err := s.part(field, given[field])
		switch {
		case err != nil:
			return nil, err
		case v == nil && field == "Weights":
			return nil, fmt.Errorf("datasets: %s: no weights: name one of %s", s.file, abbreviated(s.names))
		case v == nil:
			continue
		}
		from[field] = &grid{name: v.name}
		if err := c.takeVariable(field, v); err != nil {
			return nil, err
		}
	}
	return c.finish(from)
}

// part reads a part of a connectome, by its usual name unless the user gave one.
func (s *store) part(field, given string) (*variable, error) {
	if given != "" {
		return s.must(given)
	}
	return s.find(partNames(field)...)
}

// partNames are the names a part of a connectome may have, in alphabetical order.
func partNames(field string) []string {
	var names []string
	if field == "TractLengths" {
		names = []string{"lengths"}
	}
	for name, part := range tvbParts {
		if part == field {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (c *Connectome) takeVariable(field string, v *variable) (err error) {
	switch field {
	case "Weights":
		c.Weights, err = v.matrix()
	case "TractLengths":
		c.TractLengths, err = v.matrix()
	case "Labels":
		c.Labels, err = v.names()
	case "Centres":
		c.Centres, err = v.matrix()
	case "Orientations":
		c.Orientations, err = v.matrix()
	case "Areas":
		c.Areas, err = v.list()
	case "Cortical":
		c.Cortical, err = v.flags()
	case "RightHemisphere":
		c.RightHemisphere, err = v.flags()
	}
	return err
}
