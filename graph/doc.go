// Package graph turns a network of neural masses into a step graph and runs it.
//
// A [Network] is made of parts: populations of regions that share a model, couplings between them,
// noise, inputs, observers.
//
//	net, err := graph.NewNetwork(
//		graph.Population("cortex", labels, nmm.MontbrioPazoRoxin()),
//		layers.Couple("cortex.r", "cortex.v").Weights(w).Gain(0.5).Delays(lengths, nmm.Q(3, "m/s")),
//		layers.WhiteNoise("cortex.v", 0.03))
//	run, err := net.Simulate(ctx, graph.Run{Dt: 0.1, Duration: 60_000, Record: []string{"cortex.r"}})
//
// # Addresses
//
// Everything that can be set, learned, recorded or differentiated has an address:
//
//	cortex.eta                        model parameter
//	cortex.r                          state or observable, for recording
//	cortex.r->cortex.v/weights        coupling weights, [to, from], or one per edge
//	input:NAME->cortex.v/weights      those of channels, [to, channel]
//	cortex.r->cortex.v/gain           coupling gain
//	noise:cortex.v/sigma              noise amplitude, unit of the state per √ms
//	noise:cortex.v/samples            standard normals in place of the generator's, [step, region]
//	init:cortex.v                     initial state
//	history:cortex.r                  states before the initial one, [step, region], oldest first
//	input:NAME                        input series, [step, region], or [step, channel] of [Channels]
//	bold.tau, init:bold.s             of the model of an observer
//	NAME, NAME/mean, NAME/covariance  what an observer records
//	NAME/projection                   its matrix, [output, region]
//	cortex.r->cortex.v/delays         ms, of each lane's edges: for [Run].Values only
//
// [Network.Set], [Network.Get] and [Network.Learn] take them. An address that does not exist is an
// error that lists the nearest ones.
//
// # One time step
//
// At the start of a step every coupling reads its sources, delayed or not, and every port gets the sum
// of its couplings and inputs, which stays the same during the step. Then an [Integrator] advances each
// population; each is a piece of graph:
//
//	Euler, Heun, Heun3, RK4           Runge-Kutta tableaus, see [Tableau]
//	ExponentialEuler                  exact for the linear part of each variable's own dynamics
//	SymplecticEuler                   velocities first, then positions
//
// An observable that depends on a port, such as a rate that long-range input raises, is recorded as the
// step has it, from the states and ports at its start: a sample of it is one step older than those of states.
//
// States with bounds are clipped after every stage. Gorgonia differentiates the step once; the compiled
// form of both is what [Network.Rollout] repeats. [Network.Unroll] writes the same run out as ordinary
// Gorgonia nodes, which is slow and is there to be compared with.
//
// Without time, [Network.Flow] is the right side alone with its Jacobian, for package nmm/dynamics.
//
// # Gradients
//
//	err = net.Learn("cortex.eta", nmm.Free, nmm.PerRegion)
//	g := G.NewGraph()
//	roll, err := net.Rollout(g, graph.Run{Dt: 0.1, Duration: 1000, Every: 10})
//	loss := …                                   // Gorgonia nodes on roll.Node("cortex.r")
//	_, err = G.Grad(loss, roll.Learnables()...)
//
// Lanes ([Run].Lanes) are copies of the network with parameters, seeds and inputs of their own, run side
// by side: where small, some at a time as one network. [Run].Values has what is theirs, delays included.
// [Run].Window cuts the run into a chain of nodes; to put a controller or a reset between two
// windows, make two rollouts: [Rollout.End] reads a state, [Rollout.CarryWith] replaces it, [Run].From
// goes on. An [Observer] runs behind the network at a slower step, or samples it, so that what it
// observes is never stored: its samples can go through a matrix, or into a running mean and covariance.
// [Run].MemoryBudget bounds tapes, checkpoints and delay histories; the gradient has the same bits at
// every budget and any GOMAXPROCS.
package graph
