package main

// measureNormals compares with the same network without noise, by turns.
func measureNormals(j *job, r *result, s samples) error {
	quiet := *j
	quiet.Noise = 0
	without, err := newSample(&quiet, forward)
	if err != nil {
		return err
	}
	defer without.close()
	with := s.find(forward)
	for k := 0; k < j.Repeat; k++ {
		for _, x := range []*sample{with, without} {
			if _, err := x.take(); err != nil {
				return err
			}
		}
	}
	r.Forward = with.perStep()
	drawn := float64(len(j.of.model().States()) * j.Regions * j.Lanes) // per step
	ns := (with.perStep() - without.perStep()) * 1000 / drawn
	r.Normal = &ns
	return nil
}
