package main

// stepwise is simulate for increments in a scheme that takes none: TVB's RK4 adds dt·s once, after the
// last stage, and Euler's scheme adds increments that depend on the state. Each step is a run of its own, whose result gets its increments, is clipped and becomes
// the next initial state; the states before it become the history. TVB clips only the sum, our run has
// clipped the result before: where that moved a value, the two differ and the case is not ours to run.
func (p *problem) stepwise() (map[string][][]float64, *outcome) {
	p.defaults()
	q := *p
	q.kicks, q.grow, q.steps, q.record = nil, nil, 1, []int{1}
	q.init, q.history = map[string][]float64{}, map[string][][]float64{}
	for state, x := range p.init {
		q.init[state], q.history[state] = x, append([][]float64{x}, p.history[state][min(1, len(p.history[state])):]...)
	}
	path := map[string][][]float64{}
	for k := range p.steps {
		q.inputs = nil
		for _, in := range p.inputs {
			q.inputs = append(q.inputs, input{in.port, [][]float64{in.rows[min(k, len(in.rows)-1)]}})
		}
		after, o := q.simulate()
		if o != nil {
			return nil, o
		}
		for state, x := range after {
			next := x[0]
			if k < len(p.kicks[state]) {
				b, bounded := p.bounds[state]
				if bounded && touches(next, b) {
					return nil, decline(skipped("needs increments inside the last clipping of RK4 (%s in step %d)", state, k+1))
				}
				next = add(next, p.kicked(state, q.init[state], k))
				if bounded {
					clipTo(next, b)
				}
			}
			depth := len(q.history[state])
			q.init[state] = next
			q.history[state] = append([][]float64{next}, q.history[state][:max(depth-1, 0)]...)
			path[state] = append(path[state], next)
		}
	}
	out := map[string][][]float64{}
	for state := range path {
		for _, m := range p.record {
			out[state] = append(out[state], path[state][m-1])
		}
	}
	return out, nil
}

// kicked is what step k adds to a state that starts at x.
func (p *problem) kicked(state string, x []float64, k int) []float64 {
	kick := p.kicks[state][k]
	if p.grow == nil {
		return kick
	}
	factor := make([]float64, len(x))
	for i := range x {
		factor[i] = p.grow(x[i])
	}
	return times(factor, kick)
}

// touches reports whether a value lies on a bound.
func touches(x []float64, b [2]float64) bool {
	for _, v := range x {
		if v <= b[0] || v >= b[1] {
			return true
		}
	}
	return false
}
