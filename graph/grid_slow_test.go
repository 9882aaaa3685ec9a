//go:build slow

package graph

import "testing"

// TestGrid compares Rollout with Unroll for every model, integrator and coupling, with delays and
// without: 20 steps of one-stage schemes, 4 of the others.
func TestGrid(t *testing.T) {
	for _, m := range gridModels {
		for _, coupling := range []string{"linear", "diffusive", "delayed", "diffusive delayed"} {
			for _, integ := range Integrators() {
				t.Run(m.name+"/"+coupling+"/"+integ.Name, func(t *testing.T) { gridCase(t, m.model(), coupling, integ) })
			}
		}
	}
}
