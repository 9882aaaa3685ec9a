package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/nmm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Fit adjusts what the network learns ([graph.Network.Learn]) so that the sum over
// lanes of the objective becomes small, and gives the network the best values seen
// (those that differ between lanes are in the result only). The noise of every
// evaluation is the same: common random numbers.
//
// Points at which a lane diverges are stepped back from. When the context is
// cancelled the result so far is returned together with the context's error.
func Fit(ctx context.Context, net *graph.Network, run graph.Run, objective Objective, settings Settings) (*Result, error) {
	run.NonFinite = graph.MaskLane
	g := G.NewGraph()
	roll, err := net.Rollout(g, run)
	if err != nil {
		return nil, err
	}
	if len(roll.Learnables()) == 0 {
		return nil, errors.New("train: nothing learns: expected a call of Network.Learn before Fit")
	}
	loss, err := lossOf(roll, objective)
	if err != nil {
		return nil, err
	}
	problem, err := NewGraphProblem(loss, roll.Learnables())
	if err != nil {
		return nil, err
	}
	defer problem.Close()
	roll.SetContext(ctx)
	result := &Result{Parameters: parameters(roll)}
	minimum, err := Minimize(ctx, Problem{Initial: problem.Values(), Func: func(x, grad []float64) (float64, error) {
		f, err := problem.Func(x, grad)
		if slices.Contains(roll.Masked(), true) {
			f = math.Inf(1)
		}
		return f, err
	}}, settings)
	if minimum == nil {
		return nil, err
	}
	if errors.Is(err, ErrNotFinite) {
		err = explain(ctx, net, run, err)
	}
	result.Minimum = *minimum
	if setErr := result.apply(net, roll, problem, minimum.X); setErr != nil && err == nil {
		err = setErr
	}
	return result, err
}

// lossOf turns a panic about a variable that is not recorded into an error.
func lossOf(roll *graph.Rollout, objective Objective) (loss *G.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("train: objective: %v", r)
		}
	}()
	if loss, err = objective(roll); err != nil {
		return nil, err
	}
	if loss == nil || loss.Dims() != 1 || loss.Shape()[0] != roll.Lanes() {
		return nil, fmt.Errorf("train: objective: expected one loss per lane, shape (%d), found %v", roll.Lanes(), loss)
	}
	return loss, nil
}

// explain adds where a run diverges, which a masked lane does not tell.
func explain(ctx context.Context, net *graph.Network, run graph.Run, err error) error {
	run.NonFinite = graph.StopRun
	if _, cause := net.Simulate(ctx, run); cause != nil {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// parameters describes what learns, with the values of the moment.
func parameters(roll *graph.Rollout) []Parameter {
	var list []Parameter
	for _, l := range roll.Learned() {
		list = append(list, Parameter{
			Address: l.Address, Unit: l.Unit, Regions: l.Labels, Shape: append([]int{}, l.Raw.Shape()...), Start: valuesOf(l),
		})
	}
	return list
}

func valuesOf(l *graph.Learnable) []float64 {
	raw := l.Raw.Value().(*tensor.Dense).Data().([]float64)
	v := make([]float64, len(raw))
	for i := range raw {
		v[i] = l.Transform.Forward(raw[i])
	}
	return v
}

// apply reads the values at x into the result and gives them to the network.
func (r *Result) apply(net *graph.Network, roll *graph.Rollout, problem *GraphProblem, x []float64) error {
	if err := problem.SetValues(x); err != nil {
		return err
	}
	for i, l := range roll.Learned() {
		r.Parameters[i].Values = valuesOf(l)
		if l.Scope == nmm.PerLane || l.Scope == nmm.PerRegionAndLane {
			continue
		}
		if err := net.Set(l.Address, r.Parameters[i].Values); err != nil {
			return fmt.Errorf("train: giving the network its fitted values: %w", err)
		}
	}
	return nil
}
