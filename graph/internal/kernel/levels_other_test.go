//go:build !amd64 || purego

package kernel

import "testing"

// everyLevel runs a test on all forms of the kernels that the machine has.
func everyLevel(t *testing.T, test func(*testing.T)) { test(t) }
