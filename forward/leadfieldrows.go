package forward

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// rowTreatment is what is done to the rows of a gain, sensors × regions, one after the other.
type rowTreatment struct {
	norm      int // 0: none
	reference int // a row, or one of the following
}

// Rows that are no sensors, as references.
const (
	noReference      = -1
	averageReference = -2
)

func (t rowTreatment) apply(gain []float64, sensors, regions int) {
	for i := 0; i < sensors && t.norm > 0; i++ {
		row := gain[i*regions : (i+1)*regions]
		if length := floats.Norm(row, float64(t.norm)); length > 0 {
			floats.Scale(1/length, row)
		}
	}
	t.subtract(gain, sensors, regions)
}

func (t rowTreatment) subtract(gain []float64, sensors, regions int) {
	if t.reference == noReference {
		return
	}
	for j := 0; j < regions; j++ {
		subtracted := 0.0
		if t.reference == averageReference {
			for i := 0; i < sensors; i++ {
				subtracted += gain[i*regions+j]
			}
			subtracted /= float64(sensors)
		} else {
			subtracted = gain[t.reference*regions+j]
		}
		for i := 0; i < sensors; i++ {
			gain[i*regions+j] -= subtracted
		}
	}
}

// gradient turns the gradient of the treated gain into that of the gain.
func (t rowTreatment) gradient(grad, gain []float64, sensors, regions int) {
	t.subtractGradient(grad, sensors, regions)
	for i := 0; i < sensors && t.norm > 0; i++ {
		t.normGradient(grad[i*regions:(i+1)*regions], gain[i*regions:(i+1)*regions])
	}
}

// subtractGradient is the transpose of subtract: itself for the average.
func (t rowTreatment) subtractGradient(grad []float64, sensors, regions int) {
	if t.reference < 0 {
		t.subtract(grad, sensors, regions)
		return
	}
	for j := 0; j < regions; j++ {
		sum := 0.0
		for i := 0; i < sensors; i++ {
			sum += grad[i*regions+j]
		}
		grad[t.reference*regions+j] -= sum
	}
}

// normGradient is, with ḡ the gradient of a row g/|g|, (ḡ − (ḡ·g)/|g| d|g|/dg)/|g|, and 0 for a row of zeros.
func (t rowTreatment) normGradient(grad, row []float64) {
	length := floats.Norm(row, float64(t.norm))
	if length == 0 {
		floats.Scale(0, grad)
		return
	}
	along := floats.Dot(grad, row) / length
	for j, g := range row {
		slope := g / length
		if t.norm == 1 && g != 0 {
			slope = math.Copysign(1, g)
		}
		grad[j] = (grad[j] - along*slope) / length
	}
}
