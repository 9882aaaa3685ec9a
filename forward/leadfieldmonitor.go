package forward

import "github.com/euryale-ml/euryale/graph"

// Monitor is an observer that records the signals, means over each period in ms, of a variable such as
// "cortex.psp" behind a running network: under the lead field's Name, shape (lane, sample, sensor), with
// the sensors as Labels. Pre makes the source an expression of the region's variables. The gain as [LeadField.Referenced]
// gives it has the address Name/projection and can be learned.
func (l *LeadField) Monitor(from string, period float64) (*graph.Observer, error) {
	gain, err := l.Referenced()
	if err != nil {
		return nil, err
	}
	name := l.Name
	if name == "" {
		name = "leadfield"
	}
	return &graph.Observer{Name: name, From: from, Period: period, Average: true, Projection: gain, Labels: l.Labels()}, nil
}
