package datasets

import (
	"embed"
	"fmt"
)

// The licence asks to travel with every copy, so it is embedded too.
//
//go:embed nitime_fmri/fmri_timeseries.csv nitime_fmri/LICENSE
var nitime embed.FS

// RestingState is a real resting-state fMRI recording of one person: 250 volumes at
// TR 1.89 s of 28 regions (14 per hemisphere, left first), BOLD signal in arbitrary
// units. The data look nuisance-regressed: the regions' means are 0 and 47 % of the
// pairs correlate negatively in the first half.
//
// It is the file fmri_timeseries.csv of nitime (NIPY developers, BSD 3-clause; the
// licence is embedded beside it) without its first three columns, which are the
// regressors: white matter, ventricles and whole brain. Labels are those of the
// file, where the left anterior parahippocampal gyrus is "APHG", its right
// counterpart "RAntPHG".
//
// It panics if the embedded file cannot be read, which would be a build error.
func RestingState() *TimeSeries {
	const file = "nitime_fmri/fmri_timeseries.csv"
	f, err := nitime.Open(file)
	if err != nil {
		panic(fmt.Sprintf("datasets: %v", err))
	}
	defer f.Close()
	bold, err := ReadTimeSeries(f, file, SeriesOptions{TR: 1.89, Columns: "LCau:RPrec"})
	if err != nil {
		panic(err.Error())
	}
	return bold
}
