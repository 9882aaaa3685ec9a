package datasets

// LoadCSV reads a connectome from a file of weights and one of tract lengths in mm,
// both square and [to][from] (see the package documentation for the text they may
// hold). lengths may be "": then TractLengths is nil. Labels come from the header or
// the row names of either file, otherwise they are "region 1" onwards; files that
// name their regions differently are refused.
func LoadCSV(weights, lengths string) (*Connectome, error) {
	c, from := &Connectome{}, sources{}
	g, err := loadGrid(weights)
	if err != nil {
		return nil, err
	}
	if err := c.takePairs("Weights", g, from); err != nil {
		return nil, err
	}
	if lengths != "" {
		g, err := loadGrid(lengths)
		if err != nil {
			return nil, err
		}
		if err := c.takePairs("TractLengths", g, from); err != nil {
			return nil, err
		}
	}
	return c.finish(from)
}

// takePairs sets one of the n×n parts from a file. The numbers may still hold NaN:
// check reports them with the labels, which may come from another file.
func (c *Connectome) takePairs(field string, g *grid, from sources) error {
	from[field] = g
	m := &Matrix{RowLabels: g.matrixRowNames()}
	if g.header != nil {
		m.ColumnLabels = g.labels(g.allColumns())
	}
	var err error
	if m.Data, err = g.numbers(g.allColumns()); err != nil {
		return err
	}
	if field == "Weights" {
		c.Weights = m.Data
	} else {
		c.TractLengths = m.Data
	}
	if rows, columns := m.Data.Dims(); rows != columns {
		return nil // check refuses the size
	}
	names, err := m.names(g.name)
	if err != nil {
		return err
	}
	return c.takeLabels(names, g, from)
}

// takeLabels sets the labels, or compares them with those from another file. Files
// of different length are left to check, which compares sizes.
func (c *Connectome) takeLabels(labels []string, g *grid, from sources) error {
	switch {
	case labels == nil:
		return nil
	case c.Labels == nil:
		c.Labels, from["Labels"] = labels, g
		return nil
	case len(c.Labels) != len(labels):
		return nil
	}
	return sameLabels(c.Labels, labels, from.part("Labels"), g.name)
}

// finish numbers regions that no file names, and checks the whole.
func (c *Connectome) finish(from sources) (*Connectome, error) {
	if c.Labels == nil && c.Weights != nil {
		c.Labels = numbered(c.Regions())
	}
	if err := c.check(from); err != nil {
		return nil, err
	}
	return c, nil
}
