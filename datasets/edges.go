package datasets

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Edges are the links of a connectome one by one, for networks of many regions and few
// links, whose matrices would not fit into memory: the k-th goes to region To[k] from
// region From[k], in the order of To, then From, each pair once. It is the matrix of
// its weights for gonum, and as weights and lengths of a coupling:
//
//	e, err := datasets.LoadEdges("edges.csv", datasets.EdgeOptions{})
//	w := &graph.Sparse{Rows: e.Regions, Cols: e.Regions, I: e.To, J: e.From, V: e.Weights}
//	layers.Couple("cortex.x", "cortex.x").Weights(w).Delays(e.TractLengths(), nmm.Q(10, "mm/ms"))
type Edges struct {
	Regions  int
	To, From []int
	Weights  []float64
	Lengths  []float64 // mm; nil if the connectome has none
	Labels   []string  // of the regions; nil if unknown
}

// Edges are the entries of the weights that are not 0, those of a region with itself
// included.
func (c *Connectome) Edges() *Edges {
	e := &Edges{Regions: c.Regions(), Labels: c.Labels}
	for i := 0; i < e.Regions; i++ {
		for j := 0; j < e.Regions; j++ {
			w := c.Weights.At(i, j)
			if w == 0 {
				continue
			}
			e.To, e.From, e.Weights = append(e.To, i), append(e.From, j), append(e.Weights, w)
			if c.TractLengths != nil {
				e.Lengths = append(e.Lengths, c.TractLengths.At(i, j))
			}
		}
	}
	return e
}

// Dims are the numbers of regions, twice.
func (e *Edges) Dims() (rows, columns int) { return e.Regions, e.Regions }

// At is the weight to region i from region j, 0 where there is no link. It panics
// outside the matrix, as gonum's matrices do.
func (e *Edges) At(i, j int) float64 { return e.entry(e.Weights, i, j) }

// T is the transpose.
func (e *Edges) T() mat.Matrix { return mat.Transpose{Matrix: e} }

// TractLengths is the matrix of lengths in mm, 0 where there is no link; nil if they are
// unknown.
func (e *Edges) TractLengths() mat.Matrix {
	if e.Lengths == nil {
		return nil
	}
	out := *e
	out.Weights = e.Lengths
	return &out
}

func (e *Edges) entry(values []float64, i, j int) float64 {
	if i < 0 || i >= e.Regions {
		panic(mat.ErrRowAccess)
	}
	if j < 0 || j >= e.Regions {
		panic(mat.ErrColAccess)
	}
	k := sort.Search(len(e.To), func(k int) bool { return e.To[k] > i || e.To[k] == i && e.From[k] >= j })
	if k < len(e.To) && e.To[k] == i && e.From[k] == j {
		return values[k]
	}
	return 0
}

// Check refuses links that no network can be built from: lists of different length, out
// of order or twice, regions that there are not, weights and lengths that are not finite,
// lengths below 0.
func (e *Edges) Check() error {
	n := len(e.To)
	if len(e.From) != n || len(e.Weights) != n || e.Lengths != nil && len(e.Lengths) != n {
		return fmt.Errorf("datasets: edges: To, From, Weights, Lengths have %d, %d, %d and %d entries, expected the same number",
			n, len(e.From), len(e.Weights), len(e.Lengths))
	}
	if e.Regions < 1 || e.Labels != nil && len(e.Labels) != e.Regions {
		return fmt.Errorf("datasets: edges: %s with %s", plural(e.Regions, "region"), plural(len(e.Labels), "label"))
	}
	for k := range e.To {
		i, j := e.To[k], e.From[k]
		switch {
		case i < 0 || i >= e.Regions || j < 0 || j >= e.Regions:
			return fmt.Errorf("datasets: edge %d to %d from %d, expected regions 0 to %d", k, i, j, e.Regions-1)
		case k > 0 && e.compare(k-1, k) == 0:
			return fmt.Errorf("datasets: edge %d to %s from %s is there twice", k, e.name(i), e.name(j))
		case k > 0 && e.compare(k-1, k) > 0:
			return fmt.Errorf("datasets: edge %d to %d from %d comes after one to %d from %d: sort by To, then From", k, i, j, e.To[k-1], e.From[k-1])
		case notFinite(e.Weights[k]):
			return fmt.Errorf("datasets: edge %d: weight to %s from %s is %v", k, e.name(i), e.name(j), e.Weights[k])
		case e.Lengths != nil && (notFinite(e.Lengths[k]) || e.Lengths[k] < 0):
			return fmt.Errorf("datasets: edge %d: tract length to %s from %s is %v mm, expected a number not below 0", k, e.name(i), e.name(j), e.Lengths[k])
		}
	}
	return nil
}

// name is how errors name a region.
func (e *Edges) name(i int) string {
	if e.Labels != nil {
		return fmt.Sprintf("%q", e.Labels[i])
	}
	return fmt.Sprintf("region %d", i)
}

// compare orders two edges.
func (e *Edges) compare(a, b int) int {
	return cmp.Or(cmp.Compare(e.To[a], e.To[b]), cmp.Compare(e.From[a], e.From[b]))
}

// sort brings edges into order.
func (e *Edges) sort() {
	order := make([]int, len(e.To))
	for k := range order {
		order[k] = k
	}
	if slices.IsSortedFunc(order, e.compare) {
		return
	}
	slices.SortFunc(order, e.compare)
	*e = *e.kept(order)
}

// kept are the edges with these indices, of which there is one.
func (e *Edges) kept(indices []int) *Edges {
	return &Edges{Regions: e.Regions, Labels: e.Labels, To: take(e.To, indices), From: take(e.From, indices),
		Weights: take(e.Weights, indices), Lengths: take(e.Lengths, indices)}
}

// filtered are the edges that keep allows.
func (e *Edges) filtered(keep func(k int) bool) *Edges {
	indices := []int{}
	for k := range e.To {
		if keep(k) {
			indices = append(indices, k)
		}
	}
	return e.kept(indices)
}

// Thresholded are the edges without those whose absolute weight is below a minimum. It
// fails if they are not sound, and if the minimum is negative or not finite.
func (e *Edges) Thresholded(minimum float64) (*Edges, error) {
	if notFinite(minimum) || minimum < 0 {
		return nil, fmt.Errorf("datasets: threshold of weights is %v, expected a number not below 0", minimum)
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	return e.filtered(func(k int) bool { return math.Abs(e.Weights[k]) >= minimum }), nil
}

// WithoutSelf are the edges without those of a region with itself.
func (e *Edges) WithoutSelf() (*Edges, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	return e.filtered(func(k int) bool { return e.To[k] != e.From[k] }), nil
}

// Scaled are the edges with normalised weights, as [Connectome.Scaled] has them. It fails
// as that does; [BySpectralRadius] of weights below 0 is for matrices only.
func (e *Edges) Scaled(by Scaling) (*Edges, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	out := *e
	out.Weights = slices.Clone(e.Weights)
	switch by {
	case ByMaximum:
		if largest := floats.Norm(e.Weights, math.Inf(1)); largest > 0 {
			floats.Scale(1/largest, out.Weights)
		}
	case ByRow:
		e.rows(func(a, b int) {
			if sum := floats.Norm(e.Weights[a:b], 1); sum > 0 {
				floats.Scale(1/sum, out.Weights[a:b])
			}
		})
	case ByInput:
		largest := 0.0
		e.rows(func(a, b int) { largest = math.Max(largest, math.Abs(floats.Sum(e.Weights[a:b]))) })
		if largest > 0 {
			floats.Scale(1/largest, out.Weights)
		}
	case BySpectralRadius:
		radius, err := e.SpectralRadius()
		if err != nil {
			return nil, err
		}
		if radius == 0 {
			return nil, fmt.Errorf("datasets: %v: the spectral radius of the weights is 0: there are no loops to scale by", by)
		}
		floats.Scale(1/radius, out.Weights)
	case ByLogarithm:
		for k, w := range e.Weights {
			if w < 0 {
				return nil, fmt.Errorf("datasets: edge %d: weight to %s from %s is negative (%g): log(1 + w) expects weights from 0", k, e.name(e.To[k]), e.name(e.From[k]), w)
			}
			out.Weights[k] = math.Log1p(w)
		}
	default:
		return nil, fmt.Errorf("datasets: %v is no scaling", by)
	}
	return &out, nil
}

// rows visits the edges to each region that has some, a up to but not b.
func (e *Edges) rows(visit func(a, b int)) {
	for a, b := 0, 0; a < len(e.To); a = b {
		for b = a; b < len(e.To) && e.To[b] == e.To[a]; b++ {
		}
		visit(a, b)
	}
}

// SpectralRadius is the largest absolute eigenvalue of weights not below 0, by the power
// method on W + s1, s half the largest sum of a row: of all eigenvalues of such a matrix
// the largest is the radius itself (Perron and Frobenius), and the shift keeps those of
// its size on the circle apart. It fails if a weight is below 0, and if the method does
// not converge, as of networks without loops.
func (e *Edges) SpectralRadius() (float64, error) {
	if err := e.Check(); err != nil {
		return 0, err
	}
	shift := 0.0
	e.rows(func(a, b int) { shift = max(shift, floats.Sum(e.Weights[a:b])/2) })
	for k, w := range e.Weights {
		if w < 0 {
			return 0, fmt.Errorf("datasets: edge %d: weight to %s from %s is negative (%g): the spectral radius of edges is for weights from 0", k, e.name(e.To[k]), e.name(e.From[k]), w)
		}
	}
	if shift == 0 {
		return 0, nil
	}
	x, next := make([]float64, e.Regions), make([]float64, e.Regions)
	for i := range x {
		x[i] = 1 / math.Sqrt(float64(e.Regions))
	}
	const steps, precision = 20000, 1e-14
	previous := 0.0
	for range steps {
		floats.ScaleTo(next, shift, x)
		for k, w := range e.Weights {
			next[e.To[k]] += w * x[e.From[k]]
		}
		norm := floats.Norm(next, 2)
		floats.ScaleTo(x, 1/norm, next)
		if math.Abs(norm-previous) <= precision*norm {
			return norm - shift, nil
		}
		previous = norm
	}
	return 0, fmt.Errorf("datasets: the spectral radius of the edges did not converge in %d steps (no loops?)", steps)
}

// Connectome is the connectome of these edges, with full matrices: of no more than some
// thousand regions. It fails if they are not sound or too many.
func (e *Edges) Connectome() (*Connectome, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	if n := int64(e.Regions); n > maxFileBytes/8/n {
		return nil, fmt.Errorf("datasets: a matrix of %d regions has more than %d bytes: use the edges", e.Regions, maxFileBytes)
	}
	c := &Connectome{Weights: mat.NewDense(e.Regions, e.Regions, nil), Labels: e.Labels}
	if c.Labels == nil {
		c.Labels = numbered(e.Regions)
	}
	if e.Lengths != nil {
		c.TractLengths = mat.NewDense(e.Regions, e.Regions, nil)
	}
	for k, w := range e.Weights {
		c.Weights.Set(e.To[k], e.From[k], w)
		if e.Lengths != nil {
			c.TractLengths.Set(e.To[k], e.From[k], e.Lengths[k])
		}
	}
	return c, nil
}
