package main

import "runtime"

// allocations counts those of a run, Gorgonia's included, and what each further step adds to them: runs
// of up to 1000 steps are compared with runs twice as long.
func (j *job) allocations(withGradient bool) (perStep float64, perRun uint64, err error) {
	steps, k := min(j.Steps, 1000), forward
	if withGradient {
		k = gradient
	}
	once, err := j.countAllocations(steps, k)
	if err != nil {
		return 0, 0, err
	}
	twice, err := j.countAllocations(2*steps, k)
	return (float64(twice) - float64(once)) / float64(steps), once, err
}

// countAllocations is the smallest number of allocations of several runs: the runtime adds some of its
// own now and then.
func (j *job) countAllocations(steps int, k kind) (least uint64, err error) {
	p, err := j.problem(steps, k)
	if err != nil {
		return 0, err
	}
	defer p.close()
	runtime.GC()
	for k := 0; k < j.countings(); k++ {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := p.compute(); err != nil {
			return 0, err
		}
		runtime.ReadMemStats(&after)
		if n := after.Mallocs - before.Mallocs; k == 0 || n < least {
			least = n
		}
	}
	return least, nil
}

// countings is the number of runs that are counted: fewer of large jobs.
func (j *job) countings() int {
	if j.Regions*j.Lanes > 1000 {
		return 3
	}
	return 20
}
