package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// document is a JSON file opened one level deep.
type document struct {
	path string
	raw  []byte
	keys map[string]json.RawMessage // of a file that is an object
	list []json.RawMessage          // of a file that is a list
}

// open reads a file and its outermost level.
func open(path string) (*document, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := &document{path: path, raw: b}
	var whole json.RawMessage
	if err := json.Unmarshal(b, &whole); err != nil {
		return nil, broken(path, b, err)
	}
	switch bytes.TrimSpace(b)[0] {
	case '[':
		err = json.Unmarshal(b, &d.list)
	case '{':
		err = json.Unmarshal(b, &d.keys)
	}
	return d, err
}

// broken says where a file stops being JSON.
func broken(path string, b []byte, err error) error {
	at := int64(len(b))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = min(syntax.Offset, at)
	}
	before := b[:at]
	line, column := 1+bytes.Count(before, []byte("\n")), len(before)-1-bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("%s:%d:%d: not JSON at offset %d: %w", path, line, max(column, 1), at, err)
}

// has reports whether the file is an object with all these keys.
func (d *document) has(keys ...string) bool { return hasKeys(d.keys, keys...) }

// hasKeys reports whether an object has all these keys.
func hasKeys(o map[string]json.RawMessage, keys ...string) bool {
	for _, k := range keys {
		if _, ok := o[k]; !ok {
			return false
		}
	}
	return len(o) > 0
}

// first returns the keys of the file's first case: of cases[0], of the first list entry, or of the
// first key's value that is an object and not meta.
func (d *document) first() map[string]json.RawMessage {
	list := d.list
	if raw, ok := d.keys["cases"]; ok {
		if json.Unmarshal(raw, &list) != nil {
			return nil
		}
	}
	var o map[string]json.RawMessage
	if len(list) > 0 {
		if json.Unmarshal(list[0], &o) != nil {
			return nil
		}
		return o
	}
	for _, k := range sortedKeys(d.keys) {
		var entry map[string]json.RawMessage
		if k != "meta" && json.Unmarshal(d.keys[k], &entry) == nil && entry != nil {
			return entry
		}
	}
	return nil
}

// from reports whether the file's meta block names the given program; a file without one may be from any.
func (d *document) from(program string) bool {
	var meta map[string]json.RawMessage
	return !d.has("meta") || json.Unmarshal(d.keys["meta"], &meta) == nil && hasKeys(meta, program)
}

// schema is one kind of golden file.
type schema struct {
	peer, name string
	pattern    string // of the generators' file names
	match      func(*document) bool
	read       func(*document) ([]instance, error)
}

// schemas lists all kinds; contents decide, in this order.
func schemas() []schema {
	var all []schema
	all = append(all, brainmassSchemas()...) // its keys are no other's
	all = append(all, tvbSchemas()...)
	return append(all, neurolibSchemas()...)
}

// recognise finds the schema of a file; if it has none, the reason says why.
func recognise(d *document) (found *schema, reason string) {
	all := schemas()
	for i := range all {
		if all[i].match(d) {
			return &all[i], ""
		}
	}
	slashed := filepath.ToSlash(d.path)
	for _, s := range all {
		if named(slashed, s.pattern) {
			return nil, fmt.Sprintf("not a golden schema known here: named like %s %s (%s), but its keys are others", s.peer, s.name, s.pattern)
		}
	}
	return nil, "not a golden schema known here"
}

// named reports whether the last elements of a path match a pattern of as many elements.
func named(path, pattern string) bool {
	p, q := strings.Split(path, "/"), strings.Split(pattern, "/")
	if len(p) < len(q) {
		return false
	}
	ok, err := filepath.Match(pattern, strings.Join(p[len(p)-len(q):], "/"))
	return ok && err == nil
}

// blockCases names the cases of one block of a file.
func blockCases(key string, raw json.RawMessage) []string {
	var list []json.RawMessage
	if key == "cases" && json.Unmarshal(raw, &list) == nil {
		return countList(nil, "case", list)
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil || key == "meta" {
		return nil
	}
	if json.Unmarshal(o["cases"], &list) == nil {
		return countList(nil, key, list)
	}
	return []string{key}
}

// countList appends a name for each entry of a list of objects.
func countList(names []string, prefix string, list []json.RawMessage) []string {
	for i, raw := range list {
		var o struct{ ID, Kind, Fn, Op, Type string }
		_ = json.Unmarshal(raw, &o) // a name is only a convenience
		name := fmt.Sprintf("%s[%d]", prefix, i)
		for _, s := range []string{o.ID, o.Fn, o.Op, o.Type, o.Kind} {
			if s != "" {
				name += " " + s
				break
			}
		}
		names = append(names, name)
	}
	return names
}
