package datasets

import (
	"fmt"
	"strconv"
	"strings"
)

// selectColumns reads a column selection such as "4:31", "LCau:RPrec", "1,3,5:" or
// "": items separated by commas, each a column or a range from:to with both ends
// included and either end optional; a column is its number, from 1, or its name.
// "" selects all. The result holds 0-based indices in the order given.
func selectColumns(selection string, names []string, n int) ([]int, error) {
	if strings.TrimSpace(selection) == "" {
		selection = ":"
	}
	var columns []int
	seen := make([]bool, n)
	for _, item := range strings.Split(selection, ",") {
		from, to, err := columnRange(strings.TrimSpace(item), names, n)
		if err != nil {
			return nil, fmt.Errorf("datasets: column selection %q: %w", selection, err)
		}
		for j := from; j <= to; j++ {
			if seen[j] {
				return nil, fmt.Errorf("datasets: column selection %q: column %d occurs twice", selection, j+1)
			}
			seen[j] = true
			columns = append(columns, j)
		}
	}
	return columns, nil
}

// columnRange reads one item of a selection.
func columnRange(item string, names []string, n int) (from, to int, err error) {
	low, high, isRange := strings.Cut(item, ":")
	if !isRange {
		from, err = columnIndex(item, names, n)
		return from, from, err
	}
	from, to = 0, n-1
	if low = strings.TrimSpace(low); low != "" {
		if from, err = columnIndex(low, names, n); err != nil {
			return 0, 0, err
		}
	}
	if high = strings.TrimSpace(high); high != "" {
		if to, err = columnIndex(high, names, n); err != nil {
			return 0, 0, err
		}
	}
	if from > to {
		return 0, 0, fmt.Errorf("%q runs backwards", item)
	}
	return from, to, nil
}

// columnIndex finds one column by number or name.
func columnIndex(column string, names []string, n int) (int, error) {
	if k, err := strconv.Atoi(column); err == nil {
		if k < 1 || k > n {
			return 0, fmt.Errorf("no column %d: there are columns 1 to %d", k, n)
		}
		return k - 1, nil
	}
	found := -1
	for j, name := range names {
		if name != column {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("two columns are called %q (%d and %d): use the number", column, found+1, j+1)
		}
		found = j
	}
	switch {
	case found >= 0:
		return found, nil
	case names == nil:
		return 0, fmt.Errorf("no column %q: the columns have no names, use numbers 1 to %d", column, n)
	}
	return 0, fmt.Errorf("no column %q: there are %s", column, abbreviated(names))
}

// abbreviated lists names, at most about forty.
func abbreviated(names []string) string {
	const most = 40
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// numbered are the labels of regions without names, "region 1" onwards.
func numbered(n int) []string {
	labels := make([]string, n)
	for i := range labels {
		labels[i] = "region " + strconv.Itoa(i+1)
	}
	return labels
}
