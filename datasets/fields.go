package datasets

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// separator tells what separates the fields of a file: what does so in most of its
// first lines, the later of two in doubt, since the first line may hold names.
func separator(lines []string) byte {
	const enough = 100
	votes := map[byte]int{}
	best := byte(' ')
	for _, line := range lines[:min(len(lines), enough)] {
		sep := lineSeparator(line)
		if sep == 0 {
			continue
		}
		votes[sep]++
		if votes[sep] >= votes[best] {
			best = sep
		}
	}
	if best == ' ' && votes[' '] == 1 && len(lines) > 1 && slices.ContainsFunc(strings.Fields(lines[0]), isWord) {
		return '\n' // one column, its name of several words
	}
	return best
}

// lineSeparator is the separator one line suggests: tab, semicolon, comma, a space for
// any run of white space, or 0 if the line is one field. Tabs do not separate a line
// that has numbers apart by spaces as well: such files are laid out in columns.
func lineSeparator(line string) byte {
	if strings.Contains(line, "\t") && !mixesSpaces(line) {
		return '\t'
	}
	for _, sep := range []byte{';', ',', ' '} {
		if len(splitFields(line, sep)) > 1 {
			return sep
		}
	}
	return 0
}

// mixesSpaces tells whether cutting a line at tabs leaves fields of several numbers.
func mixesSpaces(line string) bool {
	for _, field := range splitFields(line, '\t') {
		if parts := strings.Fields(field); len(parts) > 1 && !slices.ContainsFunc(parts, isWord) {
			return true
		}
	}
	return false
}

// splitFields cuts a line at the separator. A field may stand in double quotes,
// within which separators are text and a doubled quote is one quote.
func splitFields(line string, sep byte) []string {
	if !strings.Contains(line, `"`) {
		return splitPlain(line, sep)
	}
	isSep := func(c byte) bool { return c == sep || sep == ' ' && c == '\t' }
	var fields []string
	var field strings.Builder
	quoted, wasQuoted := false, false
	end := func() {
		s := field.String()
		if !wasQuoted {
			s = strings.TrimSpace(s)
		}
		if sep != ' ' || s != "" || wasQuoted {
			fields = append(fields, s)
		}
		field.Reset()
		wasQuoted = false
	}
	for k := 0; k < len(line); k++ {
		c := line[k]
		switch {
		case quoted && c == '"' && k+1 < len(line) && line[k+1] == '"':
			field.WriteByte('"')
			k++
		case c == '"' && (quoted || strings.TrimSpace(field.String()) == ""):
			if !quoted {
				field.Reset() // spaces before the quote
			}
			quoted, wasQuoted = !quoted, true
		case !quoted && isSep(c):
			end()
		case !quoted && wasQuoted && (c == ' ' || c == '\t'):
			// spaces after the quote
		default:
			field.WriteByte(c)
		}
	}
	end()
	return fields
}

// splitPlain cuts a line without quotes; the fields are parts of it.
func splitPlain(line string, sep byte) []string {
	n := 1
	for k := 0; k < len(line); k++ {
		if line[k] == sep || sep == ' ' && line[k] == '\t' {
			n++
		}
	}
	fields := make([]string, 0, n)
	for start, k := 0, 0; k <= len(line); k++ {
		if k < len(line) && line[k] != sep && (sep != ' ' || line[k] != '\t') {
			continue
		}
		if s := strings.TrimSpace(line[start:k]); sep != ' ' || s != "" {
			fields = append(fields, s)
		}
		start = k + 1
	}
	return fields
}

// isHeader tells whether the first row names columns: more words than numbers, or
// column numbers as pandas writes them (see the package documentation).
func isHeader(rows [][]string) bool {
	words, filled := 0, 0
	for _, field := range rows[0] {
		if field != "" {
			filled++
		}
		if isWord(field) {
			words++
		}
	}
	if 2*words > filled {
		return true
	}
	if len(rows) < 2 || len(rows[1]) != len(rows[0]) {
		return false
	}
	names, next := rows[0], rows[1]
	if names[0] == "" {
		names, next = names[1:], next[1:] // row names
	}
	if len(names) < 2 || !counts(names) {
		return false
	}
	for _, field := range next {
		if isInteger(field) {
			return false
		}
	}
	return true
}

// counts tells whether fields are 0, 1, 2, … or 1, 2, 3, ….
func counts(fields []string) bool {
	if len(fields) == 0 || fields[0] != "0" && fields[0] != "1" {
		return false
	}
	start := int(fields[0][0] - '0')
	for k, field := range fields {
		if field != strconv.Itoa(start+k) {
			return false
		}
	}
	return true
}

func allWords(fields []string) bool {
	return !slices.ContainsFunc(fields, func(field string) bool { return !isWord(field) })
}

func isInteger(field string) bool {
	_, err := strconv.Atoi(field)
	return err == nil
}

// isMissing tells whether a field stands for a value that is not there.
func isMissing(field string) bool {
	switch strings.ToLower(field) {
	case "", "na", "n/a", "nan", "null", "none":
		return true
	}
	return false
}

// isWord tells whether a field is neither a number nor a missing value.
func isWord(field string) bool {
	if isMissing(field) {
		return false
	}
	_, err := strconv.ParseFloat(field, 64)
	return err != nil && !errors.Is(err, strconv.ErrRange)
}
