package engine

// Histories returns the number of past steps that are needed of each state variable.
func (m *Model) Histories() []int { return m.history }

// CarryWidth is the number of values per lane that pass from one run to the next: states, histories
// (per state, oldest first, [step][region]), partial means of the records, and the absolute step.
// What observers pass on comes before the step.
func (m *Model) CarryWidth() int { return m.ObserverOffset(len(m.Observers)) + 1 }

// ObserverOffset is where the carry of observer k begins: that of its model, then the running sum of
// its input, then its moments.
func (m *Model) ObserverOffset(k int) int {
	at := m.width + m.historyWidth + m.recordWidth
	for i := 0; i < k; i++ {
		at += m.Observers[i].carryWidth()
	}
	return at
}

// HistoryOffset is where the history of state k begins in a carry.
func (m *Model) HistoryOffset(k int) int {
	at := m.width
	for i := 0; i < k; i++ {
		at += m.history[i] * m.States[i].N
	}
	return at
}

// StateOffset is where state k begins in a carry.
func (m *Model) StateOffset(k int) int { return m.States[k].offset }
