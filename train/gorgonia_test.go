package train_test

import (
	"fmt"
	"testing"

	"github.com/euryale-ml/euryale/graph"
	"github.com/euryale-ml/euryale/layers"
	"github.com/euryale-ml/euryale/tasks"
	"github.com/euryale-ml/euryale/train"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A network of oscillators learns go/no-go by one of Gorgonia's own solvers: the rollout's nodes, a loss,
// a tape machine, and a loop.
func Example_gorgonia() {
	accuracy, err := byGorgonia(G.NewAdamSolver(G.WithLearnRate(0.01)), 40)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("learned: %v\n", accuracy > 0.95)
	// Output: learned: true
}

func byGorgonia(solver G.Solver, updates int) (accuracy float64, err error) {
	task := tasks.NewGoNoGo(tasks.Timing{Dt: 100})
	rnn, err := layers.NewRecurrent(layers.RecurrentSettings{
		Cell: layers.HORNCell(), Units: 16, Inputs: task.Inputs(), Outputs: task.Outputs(), Dt: task.Dt(), Seed: 1})
	if err != nil {
		return 0, err
	}
	const lanes = 32
	steps := task.MaxSteps()
	g := G.NewGraph()
	unrolled, err := rnn.Rollout(g, steps, lanes, graph.Run{})
	if err != nil {
		return 0, err
	}
	logits := G.Must(G.Reshape(unrolled.Outputs, tensor.Shape{lanes, steps, task.Outputs()}))
	classes := G.NewMatrix(g, G.Float64, G.WithShape(lanes, steps), G.WithName("classes"), G.WithInit(G.Zeroes()))
	weights := G.NewMatrix(g, G.Float64, G.WithShape(lanes, steps), G.WithName("weights"), G.WithInit(G.Zeroes()))
	losses, err := train.CrossEntropy(logits, classes, weights)
	if err != nil {
		return 0, err
	}
	if _, err := G.Grad(G.Must(G.Mean(losses)), unrolled.Learnables()...); err != nil {
		return 0, err
	}
	vm := G.NewTapeMachine(g, G.BindDualValues(unrolled.Learnables()...))
	defer vm.Close()
	for update := range updates {
		batch, err := task.Batch(tasks.Train, update*lanes, lanes)
		if err != nil {
			return 0, err
		}
		if err := batch.PadTo(steps); err != nil {
			return 0, err
		}
		if err := unrolled.SetInput(batch.Inputs, steps); err != nil {
			return 0, err
		}
		for i, class := range batch.Classes {
			classes.Value().Data().([]float64)[i] = float64(class)
		}
		copy(weights.Value().Data().([]float64), batch.Weights)
		if err := vm.RunAll(); err != nil {
			return 0, err
		}
		accuracy = batch.Accuracy(unrolled.Outputs.Value().Data().([]float64)) // of trials not seen before
		if err := solver.Step(G.NodesToValueGrads(unrolled.Learnables())); err != nil {
			return 0, err
		}
		vm.Reset()
	}
	return accuracy, unrolled.Keep()
}

// Any of Gorgonia's solvers will do, and our own.
func TestSolvers(t *testing.T) {
	for name, solver := range map[string]func() G.Solver{
		"AdamSolver":    func() G.Solver { return G.NewAdamSolver(G.WithLearnRate(0.01)) },
		"RMSPropSolver": func() G.Solver { return G.NewRMSPropSolver(G.WithLearnRate(0.01)) },
		"VanillaSolver": func() G.Solver { return G.NewVanillaSolver(G.WithLearnRate(0.1)) },
		"train.Adam":    train.Adam{ClipNorm: 1}.Solver,
	} {
		first, err := byGorgonia(solver(), 1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		last, err := byGorgonia(solver(), 60)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if first > 0.8 || last < 0.95 {
			t.Errorf("%s: accuracy %v, and %v after 60 updates", name, first, last)
		}
	}
}
