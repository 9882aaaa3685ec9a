package tasks

import (
	"sort"
	"strings"
)

// nearest lists the names most like a mistyped one, for an error message.
func nearest(name string, names []string) string {
	type near struct {
		name     string
		distance int
	}
	list := make([]near, len(names))
	for i, other := range names {
		list[i] = near{other, editDistance(strings.ToLower(name), strings.ToLower(other))}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].distance < list[j].distance })
	best := []string{}
	for _, n := range list {
		if len(best) == 3 || n.distance > list[0].distance+1 {
			break
		}
		best = append(best, n.name)
	}
	if len(best) == 0 {
		return "there are none"
	}
	return "nearest: " + strings.Join(best, ", ")
}

// editDistance is that of Levenshtein: insertions, deletions and replacements.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		corner := row[0]
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j]+1, row[j+1]+1, corner+cost)
			corner, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
