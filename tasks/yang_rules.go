package tasks

// yangRule is one of the twenty tasks of Yang et al. (2019): when things happen, and who draws it.
type yangRule struct {
	name, title string
	spans       []span
	fill        func(*yangTrial)
	coherent    bool    // has the knob "coherence"
	averaged    float64 // modalities that show the difference, where it is fine enough for the noise to matter
}

// Times shared by several rules, in ms.
var (
	whole     = among(200, 400, 600)
	holding   = among(200, 400, 800, 1600)
	answering = fixed(500)
)

var (
	showAndGo = []span{{"fixation", between(300, 700), false}, {"stimulus", between(500, 1500), false}, {"go", answering, false}}
	react     = []span{{"fixation", between(500, 2500), false}, {"go", answering, false}}
	delayed   = []span{{"fixation", among(300, 500, 700), false}, {"stimulus", whole, false}, {"delay", holding, true}, {"go", answering, false}}
	together  = []span{{"fixation", between(100, 400), false}, {"stimulus", among(400, 800, 1600), false}, {"go", answering, false}}
	inTurn    = []span{{"fixation", whole, false}, {"stimulus1", whole, false}, {"delay", holding, true}, {"stimulus2", whole, false},
		{"wait", between(100, 300), false}, {"go", answering, false}}
	matching     = []span{{"fixation", whole, false}, {"sample", whole, false}, {"delay", holding, true}, {"go", answering, false}}
	categorising = []span{{"fixation", whole, false}, {"sample", whole, false}, {"delay", holding, true}, {"go", whole, false}}
)

// Coherences of decisions with both stimuli at once, and in turn.
var (
	fineCoherences   = []float64{.01, .02, .04, .08}
	coarseCoherences = []float64{.08, .16, .32}
)

// yangRules is the table of the twenty. Their order is that of the rule inputs.
var yangRules = []yangRule{
	{"go", "respond to the place shown, when fixation ends", showAndGo, respond(0), false, 0},
	{"reactgo", "respond to the place shown, at once", react, respond(0), false, 0},
	{"delaygo", "respond to the place shown, after a delay", delayed, respond(0), false, 0},
	{"anti", "respond away from the place shown, when fixation ends", showAndGo, respond(1), false, 0},
	{"reactanti", "respond away from the place shown, at once", react, respond(1), false, 0},
	{"delayanti", "respond away from the place shown, after a delay", delayed, respond(1), false, 0},
	{"dm1", "respond to the stronger of two stimuli of modality 1", together, decideBetween([2]float64{1, 0}, fineCoherences), true, 1},
	{"dm2", "respond to the stronger of two stimuli of modality 2", together, decideBetween([2]float64{0, 1}, fineCoherences), true, 1},
	{"contextdm1", "respond to the stronger in modality 1, whatever 2 shows", together, decideInContext(0, fineCoherences), true, 1},
	{"contextdm2", "respond to the stronger in modality 2, whatever 1 shows", together, decideInContext(1, fineCoherences), true, 1},
	{"multidm", "respond to the stronger in the sum of both modalities", together, decideBetween([2]float64{1, 1}, fineCoherences), true, 2},
	{"delaydm1", "two stimuli of modality 1 in turn: respond to the stronger", inTurn, decideBetween([2]float64{1, 0}, coarseCoherences), true, 0},
	{"delaydm2", "two stimuli of modality 2 in turn: respond to the stronger", inTurn, decideBetween([2]float64{0, 1}, coarseCoherences), true, 0},
	{"contextdelaydm1", "in turn: the stronger in modality 1, whatever 2 shows", inTurn, decideInContext(0, coarseCoherences), true, 0},
	{"contextdelaydm2", "in turn: the stronger in modality 2, whatever 1 shows", inTurn, decideInContext(1, coarseCoherences), true, 0},
	{"multidelaydm", "in turn: the stronger in the sum of both modalities", inTurn, decideBetween([2]float64{1, 1}, coarseCoherences), true, 0},
	{"dmsgo", "respond to the test if it is where the sample was", matching, matchPlaces(true), false, 0},
	{"dmsnogo", "respond to the test unless it is where the sample was", matching, matchPlaces(false), false, 0},
	{"dmcgo", "respond to the test if it is in the sample's half", categorising, matchHalves(true), false, 0},
	{"dmcnogo", "respond to the test unless it is in the sample's half", categorising, matchHalves(false), false, 0},
}

// YangRules lists the names of the twenty tasks, in the order of their rule inputs.
func YangRules() []string {
	names := make([]string, len(yangRules))
	for i, r := range yangRules {
		names[i] = r.name
	}
	return names
}
