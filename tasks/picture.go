package tasks

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
)

// String is the trial as text: a heading, the epochs, and a line for each input and output, time to the
// right, in eight heights from the least to the greatest of the inputs, and of the targets. Long trials are thinned.
func (tr *Trial) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %v trial %d: %s, %d steps of %g ms\n",
		tr.task.def.name, tr.Split, tr.Index, tr.describe(), tr.Steps, tr.task.dt)
	every := 1 + (tr.Steps-1)/100
	fmt.Fprintf(&b, "%-16s %s\n", "", tr.ruler(every))
	writeLines(&b, tr.task.def.inputs, tr.Inputs, tr.Steps, every)
	b.WriteString("→\n")
	writeLines(&b, tr.task.def.outputs, tr.Targets, tr.Steps, every)
	return b.String()
}

func (tr *Trial) describe() string {
	text := tr.Condition.Name
	for _, a := range tr.Answers {
		if tr.Classes != nil {
			text += ", answer " + tr.task.def.outputs[a.Class]
		} else if a.Value != 0 {
			text += fmt.Sprintf(", value %.4g", a.Value)
		}
	}
	return text
}

// ruler writes as much of each epoch's name above its steps as there is room for.
func (tr *Trial) ruler(every int) string {
	line := []rune(strings.Repeat(" ", 1+(tr.Steps-1)/every))
	for _, e := range tr.Epochs {
		from, to := (e.Start+every-1)/every, min((e.Stop+every-1)/every, len(line))
		for i, r := range []rune("|" + e.Name) {
			if from+i < to {
				line[from+i] = r
			}
		}
	}
	return strings.TrimRight(string(line), " ")
}

const mostLines = 12

var heights = []rune("▁▂▃▄▅▆▇█")

func writeLines(b *strings.Builder, names []string, values []float64, steps, every int) {
	scaled := scaling(values)
	for k, name := range names {
		if k == mostLines {
			fmt.Fprintf(b, "… and %d more\n", len(names)-k)
			return
		}
		fmt.Fprintf(b, "%-16s ", name)
		for i := 0; i < steps; i += every {
			b.WriteRune(heights[int(math.Min(7, 8*scaled(values[i*len(names)+k])))])
		}
		b.WriteByte('\n')
	}
}

// mostColumns bounds the width of a picture: of more steps some are left out.
const mostColumns = 1200

// Image is the trial as a picture: a band for each input, then for each output, time to the right; dark
// is the least value of inputs or outputs, bright the greatest. Lines mark the beginnings of epochs. Long
// trials are thinned.
func (tr *Trial) Image() image.Image {
	every, across := 1+(tr.Steps-1)/mostColumns, max(1, 600/tr.Steps)
	width := across * (1 + (tr.Steps-1)/every)
	inputs, outputs := tr.task.Inputs(), tr.task.Outputs()
	tall := max(2, 400/(inputs+outputs))
	const gap = 6
	picture := image.NewRGBA(image.Rect(0, 0, width, tall*(inputs+outputs)+gap))
	tr.paint(picture, tr.Inputs, inputs, 0, tall, every, across)
	tr.paint(picture, tr.Targets, outputs, tall*inputs+gap, tall, every, across)
	for _, e := range tr.Epochs[1:] {
		for y := range picture.Bounds().Dy() {
			if y/3%2 == 0 {
				picture.Set(across*(e.Start/every), y, color.RGBA{R: 230, G: 80, B: 60, A: 255})
			}
		}
	}
	return picture
}

func (tr *Trial) paint(picture *image.RGBA, values []float64, channels, top, tall, every, across int) {
	scaled := scaling(values)
	for x := range picture.Bounds().Dx() {
		for y := range tall * channels {
			picture.Set(x, top+y, shade(scaled(values[x/across*every*channels+y/tall])))
		}
	}
}

// shade goes from dark blue over green to pale yellow.
func shade(at float64) color.RGBA {
	return color.RGBA{R: uint8(20 + 230*at*at), G: uint8(15 + 225*at), B: uint8(70 + 90*at), A: 255}
}

// scaling maps the values' range to 0 … 1.
func scaling(values []float64) func(float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	if high <= low {
		return func(float64) float64 { return 0 }
	}
	return func(v float64) float64 { return (v - low) / (high - low) }
}
