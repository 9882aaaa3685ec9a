package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// firstSteps is the length of the rollout whose first gradient is timed, if -steps is not less.
const firstSteps = 1000

// answer is what a fresh process tells its parent.
type answer struct {
	Compile, FirstGradient float64 // ms
	Peak                   int64   // bytes
}

// measureFresh starts processes of this program, each of which computes a gradient (a forward run, if
// nothing is learned) and ends.
func (r *result) measureFresh(j *job, count int) error {
	for k := 0; k < count; k++ {
		a, err := ask(j)
		if err != nil {
			return fmt.Errorf("a fresh process: %w", err)
		}
		if k == 0 {
			r.Compile, r.FirstGradient, r.Peak = &a.Compile, &a.FirstGradient, &a.Peak
			continue
		}
		*r.Compile = min(*r.Compile, a.Compile)
		*r.FirstGradient = min(*r.FirstGradient, a.FirstGradient)
		*r.Peak = min(*r.Peak, a.Peak)
	}
	return nil
}

// ask runs one fresh process.
func ask(j *job) (a answer, err error) {
	self, err := os.Executable()
	if err != nil {
		return a, err
	}
	args := append(j.args(), "-child", strconv.FormatInt(time.Now().UnixNano(), 10))
	cmd := exec.Command(self, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(out, &a)
}

// answer is the fresh process. Its first gradient is that of at most firstSteps steps; memory is
// looked at after a gradient of all of them.
func (j *job) answer(parent int64, stdout io.Writer) error {
	memory, wanted := residentPeak(), forward
	if j.Learned != "none" {
		wanted = gradient
	}
	var a answer
	began := cpuTime()
	p, err := j.problem(min(j.Steps, firstSteps), wanted)
	if err != nil {
		return err
	}
	a.Compile = float64(cpuTime()-began) / 1e6
	if err := p.compute(); err != nil {
		return err
	}
	a.FirstGradient = float64(time.Now().UnixNano()-parent) / 1e6
	if j.Steps > firstSteps {
		p.close()
		if p, err = j.problem(j.Steps, wanted); err != nil {
			return err
		}
		if err := p.compute(); err != nil {
			return err
		}
	}
	defer p.close()
	a.Peak = residentPeak() - memory
	return json.NewEncoder(stdout).Encode(a)
}
