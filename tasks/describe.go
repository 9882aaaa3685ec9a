package tasks

import (
	"fmt"
	"strings"
)

// String is the task as a table: epochs, channels, classes, rule and ceiling.
func (t *Task) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", t.def.name, t.def.title)
	if t.err != nil {
		fmt.Fprintf(&b, "  error      %v\n", t.err)
		return b.String()
	}
	fmt.Fprintf(&b, "  step       %g ms, at most %d steps\n", t.dt, t.MaxSteps())
	fmt.Fprintf(&b, "  inputs     %s\n", listed(t.def.inputs))
	fmt.Fprintf(&b, "  outputs    %s\n", listed(t.def.outputs))
	fmt.Fprintf(&b, "  loss       %v\n", t.def.loss)
	fmt.Fprintf(&b, "  correct    %s\n", t.Rule())
	fmt.Fprintf(&b, "  ceiling    %.1f %%\n", 100*t.Ceiling())
	if knobs := t.Knobs(); len(knobs) > 0 {
		fmt.Fprintf(&b, "  difficulty %s\n", t.turned(knobs))
	}
	t.describeEpochs(&b)
	return b.String()
}

func (t *Task) turned(knobs []string) string {
	text := make([]string, len(knobs))
	for i, name := range knobs {
		text[i] = fmt.Sprintf("%s × %g", name, t.knobs[name])
	}
	return strings.Join(text, ", ")
}

func (t *Task) describeEpochs(b *strings.Builder) {
	unit := "ms"
	if t.def.stepwise {
		unit = "steps"
	}
	for i, v := range t.def.variants {
		if i == 3 {
			fmt.Fprintf(b, "  … and %d more kinds of trial\n", len(t.def.variants)-i)
			return
		}
		heading := "epochs"
		if v.name != "" {
			heading = v.name
		}
		fmt.Fprintf(b, "  %-10s %s\n", heading, unit)
		for _, p := range v.epochs {
			fmt.Fprintf(b, "    %-12s %v\n", p.name, p.length)
		}
	}
}

// listed shortens a long list of names to its ends.
func listed(names []string) string {
	if len(names) <= 8 {
		return fmt.Sprintf("%d: %s", len(names), strings.Join(names, ", "))
	}
	return fmt.Sprintf("%d: %s, …, %s", len(names), strings.Join(names[:4], ", "), names[len(names)-1])
}
