package forward

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
)

// MSE is the mean squared difference of two series, or of two matrices such as FC,
// over all their entries. It panics if their sizes differ.
func MSE(a, b mat.Matrix) float64 {
	checkSameSize("MSE", a, b)
	return meanSquare(values(a), values(b))
}

// RMSE is the root of [MSE].
func RMSE(a, b mat.Matrix) float64 { return math.Sqrt(MSE(a, b)) }

// CosineSimilarity is ⟨a, b⟩ / (|a| |b|) of two series or matrices, all entries of
// each being one vector; 0 if one of them is 0. It panics if their sizes differ.
func CosineSimilarity(a, b mat.Matrix) float64 {
	checkSameSize("cosine similarity", a, b)
	return cosine(values(a), values(b))
}

// MSENode is [MSE] of every lane of a and b, shape (lane, time, region) or (lane,
// region, region), as a node of shape (lane). A b of one lane is compared with all.
func MSENode(a, b *G.Node) (*G.Node, error) { return mseFunction.node(a, b) }

// RMSENode is [RMSE] as [MSENode] is MSE. Where a = b, its gradient is 0.
func RMSENode(a, b *G.Node) (*G.Node, error) { return rmseFunction.node(a, b) }

// CosineSimilarityNode is [CosineSimilarity] as [MSENode] is MSE. Its gradient is 0
// where a or b is 0.
func CosineSimilarityNode(a, b *G.Node) (*G.Node, error) { return cosineFunction.node(a, b) }

var mseFunction = pairFunction{
	name: "MSE", dims: 3, equal: true,
	value: meanSquare,
	gradient: func(da, db, a, b []float64, dout float64) {
		differenceGradient(da, db, a, b, 2*dout/float64(len(a)))
	},
}

var rmseFunction = pairFunction{
	name: "RMSE", dims: 3, equal: true,
	value: func(a, b []float64) float64 { return math.Sqrt(meanSquare(a, b)) },
	gradient: func(da, db, a, b []float64, dout float64) {
		if r := math.Sqrt(meanSquare(a, b)); r > 0 {
			differenceGradient(da, db, a, b, dout/(r*float64(len(a))))
		}
	},
}

var cosineFunction = pairFunction{
	name: "cosine similarity", dims: 3, equal: true,
	value: cosine,
	gradient: func(da, db, a, b []float64, dout float64) {
		cosineGradient(da, a, b, dout)
		cosineGradient(db, b, a, dout)
	},
}

func meanSquare(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return sum / float64(len(a))
}

// differenceGradient writes ±k (a − b).
func differenceGradient(da, db, a, b []float64, k float64) {
	for i := range da {
		da[i] = k * (a[i] - b[i])
	}
	for i := range db {
		db[i] = k * (b[i] - a[i])
	}
}

func cosine(a, b []float64) float64 {
	la, lb := floats.Norm(a, 2), floats.Norm(b, 2)
	if la == 0 || lb == 0 {
		return 0
	}
	return floats.Dot(a, b) / la / lb
}

// cosineGradient is ā = c̄ (b/|b| − c a/|a|) / |a|.
func cosineGradient(da, a, b []float64, dout float64) {
	la, lb := floats.Norm(a, 2), floats.Norm(b, 2)
	if la == 0 || lb == 0 {
		return
	}
	c := cosine(a, b)
	for i := range da {
		da[i] = dout * (b[i]/lb - c*a[i]/la) / la
	}
}
