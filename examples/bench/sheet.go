package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/euryale-ml/euryale/graph"
)

const (
	neighbours = 24  // local edges per region of a sheet, on average
	longRange  = 6   // random edges per region
	radius     = 50. // of the sphere, mm
	speed      = 5.  // of conduction, mm/ms
)

// sheet connects n regions spread evenly over a sphere: each with those within a radius that holds
// about 24, and with 6 random ones anywhere. Delays are great-circle distances over a speed of 5 m/s,
// so up to 31 ms; weights of a row sum to about 1.
func sheet(n int, random *rand.Rand) (weights, delays mat.Matrix) {
	points := spiral(n)
	w := &graph.Sparse{Rows: n, Cols: n}
	d := &graph.Sparse{Rows: n, Cols: n}
	for i := range points {
		for _, k := range sources(points, i, random) {
			w.I, w.J, w.V = append(w.I, i), append(w.J, k), append(w.V, 2*random.Float64()/(neighbours+longRange))
			d.V = append(d.V, radius*points[i].angle(points[k])/speed)
		}
	}
	d.I, d.J = w.I, w.J
	return w, d
}

type point struct{ x, y, z float64 }

// angle between two points on the unit sphere, rad.
func (p point) angle(q point) float64 {
	return math.Acos(min(1, max(-1, p.x*q.x+p.y*q.y+p.z*q.z)))
}

// spiral spreads points evenly over the unit sphere, from pole to pole, each a golden angle further.
// Swinbank and Purser, Q. J. R. Meteorol. Soc. 132 (2006) 1769-1793, doi:10.1256/qj.05.227.
func spiral(n int) []point {
	golden := math.Pi * (3 - math.Sqrt(5))
	points := make([]point, n)
	for i := range points {
		z := 1 - (2*float64(i)+1)/float64(n)
		r := math.Sqrt(1 - z*z)
		sin, cos := math.Sincos(golden * float64(i))
		points[i] = point{r * cos, r * sin, z}
	}
	return points
}

// sources lists, in order, the regions that region i receives from. A cap of the sphere holds
// (1 − cos reach)/2 of all points, and since heights are even in i, few need to be looked at.
func sources(points []point, i int, random *rand.Rand) []int {
	n := len(points)
	reach := math.Acos(max(-1, 1-2*(neighbours+1)/float64(n)))
	span := int(reach*float64(n)/2) + 1
	var list []int
	for k := max(0, i-span); k <= min(n-1, i+span); k++ {
		if k != i && points[i].angle(points[k]) <= reach {
			list = append(list, k)
		}
	}
	for range longRange {
		if k := random.IntN(n); k != i {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// countEdges adds the time per edge.
func countEdges(j *job, r *result, s samples) error {
	w, err := j.wiring()
	if err != nil {
		return err
	}
	r.Edges = len(w.weights.(*graph.Sparse).V)
	perEdge := func(us float64) *float64 { x := us * 1000 / float64(r.Edges*j.Lanes); return &x }
	r.ForwardEdge = perEdge(r.Forward)
	if r.Gradient != nil {
		r.GradientEdge = perEdge(*r.Gradient)
	}
	return nil
}
