package main

import "fmt"

// result is one line of output.
type result struct {
	Case          string   `json:"case"`
	N             int      `json:"n"`
	Lanes         int      `json:"lanes"`
	Dtype         string   `json:"dtype"`
	Delay         string   `json:"delay"`
	Integrator    string   `json:"integrator"`
	Learned       string   `json:"learned"`
	Budget        int64    `json:"budget"`
	Steps         int      `json:"steps"`
	Forward       float64  `json:"forward_us_per_step"`
	Gradient      *float64 `json:"gradient_us_per_step"` // null if nothing is learned
	Compile       *float64 `json:"compile_ms"`
	FirstGradient *float64 `json:"first_gradient_ms"`
	Peak          *int64   `json:"peak_bytes"`
	Allocs        float64  `json:"allocs_per_step"`
	Tape          int64    `json:"tape_bytes"`
	Recomputation float64  `json:"recomputation"`
	Ratio         *float64 `json:"ratio"`
	AllocsRun     uint64   `json:"allocs_per_run"`

	Noise        float64            `json:"noise,omitempty"`
	Normal       *float64           `json:"ns_per_normal,omitempty"`
	Edges        int                `json:"edges,omitempty"`
	ForwardEdge  *float64           `json:"forward_ns_per_edge,omitempty"`
	GradientEdge *float64           `json:"gradient_ns_per_edge,omitempty"`
	Update       *float64           `json:"update_us,omitempty"`
	Processors   *processors        `json:"processors,omitempty"`
	Loss         *float64           `json:"loss,omitempty"`
	Final        []float64          `json:"final,omitempty"`
	GradientSums map[string]float64 `json:"gradient_sums,omitempty"`
}

// String is the line for people.
func (r *result) String() string {
	s := fmt.Sprintf("%-9s n %d  lanes %d  %s  delay %-4s  steps %d: forward %.2f µs/step", r.Case, r.N, r.Lanes, r.Dtype, r.Delay, r.Steps, r.Forward)
	if r.Gradient != nil {
		s += fmt.Sprintf(", gradient %.2f µs/step (%.2f ×, recomputation %.2f, tape %.1f MB)", *r.Gradient, *r.Ratio, r.Recomputation, float64(r.Tape)/(1<<20))
	}
	if r.Compile != nil {
		s += fmt.Sprintf(", compile %.1f ms, first gradient %.0f ms, peak %.0f MB", *r.Compile, *r.FirstGradient, float64(*r.Peak)/(1<<20))
	}
	return s + fmt.Sprintf(", %.3g allocs/step and %d a run", r.Allocs, r.AllocsRun) + r.more()
}

// more is what only some cases measure.
func (r *result) more() (s string) {
	if r.Normal != nil {
		s += fmt.Sprintf(", %.2f ns a normal", *r.Normal)
	}
	if r.ForwardEdge != nil {
		s += fmt.Sprintf(", %d edges, forward %.3f ns an edge", r.Edges, *r.ForwardEdge)
	}
	if r.GradientEdge != nil {
		s += fmt.Sprintf(", gradient %.3f", *r.GradientEdge)
	}
	if r.Update != nil {
		s += fmt.Sprintf(", update %.0f µs", *r.Update)
	}
	if p := r.Processors; p != nil {
		s += fmt.Sprintf(", %d processors: wall %.2f instead of %.2f µs/step (%.2f ×), CPU %.2f instead of %.2f, identical bits: %v",
			p.Procs, p.Wall, p.Wall1, p.SpeedUp, p.CPU, p.CPU1, p.Identical)
	}
	return s
}

// addValues computes once more and keeps what came out: the last sample of the first lane, the loss, the
// sum of each gradient.
func (r *result) addValues(j *job) error {
	k := forward
	if j.Learned != "none" {
		k = gradient
	}
	p, err := j.problem(j.Steps, k)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.compute(); err != nil {
		return err
	}
	x, samples := p.x.Value().Data().([]float64), p.x.Shape()[1]
	r.Final = x[(samples-1)*j.Regions : samples*j.Regions]
	if p.loss != nil {
		loss := p.loss.Data().(float64)
		r.Loss = &loss
	}
	r.GradientSums = map[string]float64{}
	for i, g := range p.grads {
		for _, v := range g.Data().([]float64) {
			r.GradientSums[p.names[i]] += v
		}
	}
	return nil
}
