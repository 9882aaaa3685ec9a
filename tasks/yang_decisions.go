package tasks

import "math"

// mostCoherence keeps the weaker stimulus visible when the knob is turned up.
const mostCoherence = 0.64

// coherence is one of the task's, as the knob has turned it.
func (t *Task) coherence(c float64) float64 { return math.Min(mostCoherence, c*t.knobs["coherence"]) }

// strengths are two stimuli, m ± coherence with m in (0.8, 1.2), the first stronger or the second. The
// signed coherence is that of the second.
func (y *yangTrial) strengths(coherences []float64) (pair [2]float64, signed float64) {
	signed = y.task.coherence(y.choice.pick(coherences))
	if y.choice.coin() {
		signed = -signed
	}
	mean := y.choice.uniform(0.8, 1.2)
	return [2]float64{mean - signed, mean + signed}, signed
}

// showPair shows two stimuli of a modality, at once or in turn.
func (y *yangTrial) showPair(modality int, places, strengths [2]float64) {
	epochs := [2]string{"stimulus", "stimulus"}
	if _, inTurn := y.Epochs.Find("stimulus1"); inTurn {
		epochs = [2]string{"stimulus1", "stimulus2"}
	}
	for i, epoch := range epochs {
		y.show(epoch, modality, places[i], strengths[i])
	}
}

func (y *yangTrial) choose(places [2]float64, signed float64) {
	y.Evidence = signed
	y.respondTo(places[int(mark(signed > 0))])
}

// decideBetween is a decision on the sum of the modalities that are used. When both are, each stimulus is
// stronger in one of them than in the other by 0.2 to 0.8 of its strength, so that neither will do alone.
func decideBetween(used [2]float64, coherences []float64) func(*yangTrial) {
	return func(y *yangTrial) {
		places := y.twoPlaces()
		pair, signed := y.strengths(coherences)
		shown := [2][2]float64{pair, pair}
		if used[0] == used[1] {
			for i := range pair {
				half := y.choice.uniform(0.2, 0.8) / 2
				if y.choice.coin() {
					half = -half
				}
				shown[0][i], shown[1][i] = pair[i]*(1+half), pair[i]*(1-half)
			}
		}
		for modality, u := range used {
			if u != 0 {
				y.showPair(modality, places, shown[modality])
			}
		}
		y.choose(places, signed)
	}
}

// decideInContext is a decision in one modality while the other shows another at the same places.
func decideInContext(attended int, coherences []float64) func(*yangTrial) {
	return func(y *yangTrial) {
		places := y.twoPlaces()
		pair, signed := y.strengths(coherences)
		other, _ := y.strengths(coherences)
		y.showPair(attended, places, pair)
		y.showPair(1-attended, places, other)
		y.choose(places, signed)
	}
}

// matchPlaces compares the places of sample and test, each in either modality. Go means a response to the
// test if they match (or, with when false, if they do not); others are at least 20° apart.
func matchPlaces(when bool) func(*yangTrial) {
	return func(y *yangTrial) {
		sample, match := y.angle(), y.choice.coin()
		test := sample
		if !match {
			test += y.choice.uniform(math.Pi/9, 17*math.Pi/9)
		}
		y.compare(sample, test, match == when)
	}
}

// matchHalves compares the halves of the circle, [0, π) or [π, 2π), in which sample and test lie: ten
// angles, none on the boundary.
func matchHalves(when bool) func(*yangTrial) {
	return func(y *yangTrial) {
		half, match := y.choice.below(2), y.choice.coin()
		other := half
		if !match {
			other = 1 - half
		}
		y.compare(y.inHalf(half), y.inHalf(other), match == when)
	}
}

func (y *yangTrial) inHalf(half int) float64 {
	return math.Pi * (0.1 + 0.2*float64(5*half+y.choice.below(5)))
}

func (y *yangTrial) compare(sample, test float64, respond bool) {
	y.show("sample", y.choice.below(y.modalities), sample, 1)
	y.show("go", y.choice.below(y.modalities), test, 1)
	if respond {
		y.respondTo(test)
	} else {
		y.stay()
	}
}

// yangCeiling bounds the decisions with fine coherences: a strength is read from a ring by the bump's
// energy, summed over the stimulus, and the two differ by twice the coherence. The mean of two modalities
// has half the variance. Both bumps are taken as apart. All other rules are far above the noise.
func yangCeiling(t *Task, c Condition) float64 {
	for _, v := range t.def.variants {
		if v.name == c.Name {
			chosen, _ := findRules([]string{c.Name})
			return t.fineCeiling(v.epochs[1].length, yangRules[chosen[0]].averaged)
		}
	}
	return 1
}

func (t *Task) fineCeiling(stimulus law, averaged float64) float64 {
	if averaged == 0 {
		return 1
	}
	lengths, sum := stimulus.values(), 0.0
	for _, ms := range lengths {
		ms = t.dt * float64(wholeSteps(ms, t.dt))
		for _, coherence := range fineCoherences {
			sum += discriminate(2*t.coherence(coherence)*math.Sqrt(averaged*bumpEnergy()), ms, t.sigma())
		}
	}
	return sum / float64(len(lengths)*len(fineCoherences))
}

func bumpEnergy() float64 {
	sum := 0.0
	for k := range yangRing {
		sum += square(bump(k, 0))
	}
	return sum
}
