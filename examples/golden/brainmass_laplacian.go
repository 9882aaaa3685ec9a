package main

import (
	"math"

	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/euryale-ml/euryale/forward"
)

// brainmassLaplacian is the block laplacian of coupling.json, with the gradients of Σ L³.
type brainmassLaplacian struct {
	W      array
	Values map[string]array
	Grads  map[string]array `json:"grad_of_sum_cubed"`
}

var laplacians = map[string]forward.Laplacian{
	"None": forward.PlainLaplacian, "rw": forward.LaplacianByDegree, "sym": forward.SymmetricLaplacian,
}

// run compares values and gradients. Of regions that receive nothing brainmass takes 1e-12 as the degree,
// which makes entries of 10⁶ and gradients of 10¹⁷ of them; those that they enter are not compared.
func (l *brainmassLaplacian) run() outcome {
	if err := l.W.needs("weights", -1, l.W.dim(0)); err != nil {
		return failed("%v", err)
	}
	var cmp comparison
	for _, name := range sortedKeys(l.Values) {
		kind, ok := laplacians[name]
		if !ok {
			return skipped("needs Laplacian %s", name)
		}
		alone, any := l.alone()
		cmp.near(name, rowMajor(kind.Of(dense(l.W.rows()))), without(l.Values[name], name, alone), brainmassTrajectory, 0)
		if any && name == "sym" {
			cmp.note("gradient of %s: a region that receives nothing has a degree of 1e-12 in brainmass", name)
			continue
		}
		gradient, err := l.gradient(kind)
		if err != nil {
			return failed("%s: %v", name, err)
		}
		cmp.near(name+" gradient", gradient, without(l.Grads[name], name, alone), brainmassGradient, 0)
	}
	return cmp.outcome()
}

// alone says which regions receive nothing.
func (l *brainmassLaplacian) alone() (alone []bool, any bool) {
	for _, row := range l.W.rows() {
		none := mat.Sum(mat.NewVecDense(len(row), row)) <= 0
		alone, any = append(alone, none), any || none
	}
	return alone, any
}

// without makes unknown what the regions that receive nothing enter.
func without(a array, kind string, alone []bool) []float64 {
	out := append([]float64{}, a.data...)
	for k := range out {
		i, j := k/len(alone), k%len(alone)
		if kind == "rw" && alone[i] || kind == "sym" && (alone[i] || alone[j]) {
			out[k] = math.NaN()
		}
	}
	return out
}

// gradient is that of Σ L³ by the weights.
func (l *brainmassLaplacian) gradient(kind forward.Laplacian) ([]float64, error) {
	g, n := G.NewGraph(), l.W.dim(0)
	w := G.NewTensor(g, tensor.Float64, 3, G.WithShape(1, n, n), G.WithName("w"),
		G.WithValue(tensor.New(tensor.WithShape(1, n, n), tensor.WithBacking(append([]float64{}, l.W.data...)))))
	node, err := kind.Node(w)
	if err != nil {
		return nil, err
	}
	cube, err := G.Cube(node)
	if err != nil {
		return nil, err
	}
	loss, err := G.Sum(cube)
	if err != nil {
		return nil, err
	}
	grads, err := G.Grad(loss, w)
	if err != nil {
		return nil, err
	}
	vm := G.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		return nil, err
	}
	return floats(grads[0].Value())
}

// brainmassDelays is the block delay_steps_table of coupling.json: rows of delay, step, bits and steps.
type brainmassDelays struct{ Rows [][]float64 }

// run checks the reason for which the table is not compared: it rounds up, whole multiples too where the
// quotient is a little more, while ours are the nearest steps, which is never worse.
func (d *brainmassDelays) run() outcome {
	differ := 0
	for _, row := range d.Rows {
		if len(row) != 4 {
			return failed("expected rows of 4 numbers, found %v", row)
		}
		quotient, steps := row[0]/row[1], row[3]
		if nearest := math.RoundToEven(quotient); math.Abs(steps-quotient) < math.Abs(nearest-quotient)-1e-9 {
			return failed("%v: %g steps are nearer than %g", row, steps, nearest)
		} else if steps != nearest {
			differ++
		}
	}
	if differ == 0 {
		return failed("every delay is the nearest number of steps: compare them")
	}
	return excepted("brainmass delays", "nearer in %d of %d rows", differ, len(d.Rows))
}
