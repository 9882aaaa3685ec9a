package nmm

// Scope says over what a learned parameter varies.
type Scope int

const (
	Shared           Scope = iota // one value for all regions and lanes
	PerRegion                     // one value per region
	PerLane                       // one value per lane (parameter set, subject)
	PerRegionAndLane              // one value per lane and region
	PerEdge                       // one value per connection; for couplings only
)

func (s Scope) String() string {
	switch s {
	case Shared:
		return "shared"
	case PerRegion:
		return "per region"
	case PerLane:
		return "per lane"
	case PerRegionAndLane:
		return "per region and lane"
	case PerEdge:
		return "per edge"
	}
	return "unknown scope"
}
