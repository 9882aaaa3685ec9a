package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/euryale-ml/euryale/datasets"
	"github.com/euryale-ml/euryale/tasks"
)

// load makes the series or reads it.
func (c *config) load() (*tasks.Series, error) {
	switch c.series {
	case "lorenz":
		return tasks.LorenzSeries(), nil
	case "mackeyglass17":
		return tasks.MackeyGlassSeries(17)
	case "mackeyglass30":
		return tasks.MackeyGlassSeries(30)
	case "fmri":
		recording := datasets.RestingState()
		return tasks.NewSeries("fmri", recording.Data, recording.TR)
	}
	recording, err := datasets.LoadTimeSeries(c.series, datasets.SeriesOptions{Columns: c.columns})
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("-series %s: expected lorenz, mackeyglass17, mackeyglass30, fmri, or a file: %w", c.series, err)
	}
	if err != nil {
		return nil, err
	}
	return tasks.NewSeries(c.series, recording.Data, 1)
}
