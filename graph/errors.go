package graph

import (
	"fmt"
	"strings"
)

// placed is an error with the place where it arose. The package's name stands in front of the whole, not in
// front of each part that the error has come through.
type placed struct {
	where string
	err   error
}

// within says where an error arose; of nil it makes nil.
func within(err error, where string, args ...any) error {
	if err == nil {
		return nil
	}
	return &placed{fmt.Sprintf(where, args...), err}
}

func (e *placed) Error() string {
	return prefix + e.where + ": " + strings.ReplaceAll(e.err.Error(), prefix, "")
}

func (e *placed) Unwrap() error { return e.err }

const prefix = "graph: "
