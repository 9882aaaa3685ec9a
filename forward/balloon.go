package forward

import (
	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
)

// balloonStep is the step of a balloon, ms.
const balloonStep = 10

// Balloon is an observer named "bold" that turns activity into BOLD by
// nmm.BalloonWindkessel, with the constants of Friston et al. 2003, in every region:
//
//	net, err := graph.NewNetwork(
//		graph.Population("cortex", labels, nmm.WilsonCowan()),
//		forward.Balloon("cortex.E", 2000))
//
// records "bold" every tr ms; with an empty Run.Record and nothing else, so that long
// runs store no activity. It sees the mean of the activity over each of its steps
// of 10 ms, of which run steps and tr must be whole parts and multiples; Step, Model
// and all else of the observer may be changed. With Heun's method and that step, BOLD
// of noisy resting activity and of blocks of a task is within 5e-5 of its largest
// fluctuation of what steps of 0.1 ms give.
//
// The activity counts in its own unit and should be of order 1: Pre scales it, such as
// "x*20[ms]" for a rate in 1/ms, or bold.epsilon; above 100 or so, the step is too
// long. Its mean is part of the signal: BOLD needs some 30 s of warm-up to forget the
// start at rest, at which regions are alike.
//
// Parameters have addresses such as "bold.tau", may differ between regions, and learn.
func Balloon(from string, tr float64) *graph.Observer {
	return &graph.Observer{
		Name: "bold", From: from, Model: nmm.BalloonWindkessel(), Port: "z_in", Output: "bold",
		Step: balloonStep, Period: tr, Average: true,
	}
}
