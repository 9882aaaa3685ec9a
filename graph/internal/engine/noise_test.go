package engine

import "testing"

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint32]string{}
	for _, address := range []string{"noise:cortex.x", "noise:cortex.y", "noise:thalamus.x", ""} {
		s := Stream(address)
		if other, ok := seen[s]; ok || s != Stream(address) {
			t.Errorf("%q has the stream of %q", address, other)
		}
		seen[s] = address
	}
}
