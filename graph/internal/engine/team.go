package engine

import (
	"runtime"
	"sync"

	"github.com/euryale-ml/euryale/graph/internal/kernel"
)

// worthSplitting is the number of multiply-adds above which a loop over regions is split over
// goroutines: below it, handing out the work costs more than it saves.
const worthSplitting = 400_000

// team is a set of goroutines that share the loops of one big network.
type team[T kernel.Float] struct {
	jobs []chan part
	done sync.WaitGroup
}

type part struct {
	job      job
	from, to int
}

// spread performs a job for n regions, on several goroutines if work is large. Every region is
// computed by one of them in the usual order, so the split changes no bit.
func (l *tile[T]) spread(j job, n, work int) {
	if !l.splits(work) {
		l.perform(j, 0, n)
		return
	}
	if l.team == nil {
		l.team = newTeam(l)
	}
	members := len(l.team.jobs) + 1
	l.team.done.Add(members - 1)
	for w, jobs := range l.team.jobs {
		jobs <- part{j, (w + 1) * n / members, (w + 2) * n / members}
	}
	l.perform(j, 0, n/members)
	l.team.done.Wait()
}

// splits says whether a loop over so much work is split over goroutines.
func (l *tile[T]) splits(work int) bool {
	return l.alone && work >= worthSplitting && runtime.GOMAXPROCS(0) > 1
}

func newTeam[T kernel.Float](l *tile[T]) *team[T] {
	t := &team[T]{}
	for w := 1; w < runtime.GOMAXPROCS(0); w++ {
		jobs := make(chan part)
		t.jobs = append(t.jobs, jobs)
		go func() {
			for p := range jobs {
				l.perform(p.job, p.from, p.to)
				t.done.Done()
			}
		}()
	}
	return t
}

// disband ends the goroutines of the tile's team.
func (l *tile[T]) disband() {
	if l.team == nil {
		return
	}
	for _, jobs := range l.team.jobs {
		close(jobs)
	}
	l.team = nil
}
