package hotspot

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Area is a place that stands for all within it, for example the middle or the seat of a district.
type Area struct {
	Name string
	// X and Y are its coordinates in the plane, or its longitude and latitude in degrees.
	X, Y float64
}

// Metric says what the coordinates of areas are and how far apart they are.
type Metric uint8

const (
	// Plane: straight distance, in the unit of the coordinates.
	Plane Metric = iota
	// Sphere: X is the longitude and Y the latitude in degrees; distances along great circles of a
	// sphere with a radius of 6371.0088 km, in kilometres.
	Sphere
)

// earth is the mean radius in km: Moritz 2000, doi:10.1007/s001900050278.
const earth = 6371.0088

// maxAreas keeps the table of distances orders of magnitude below memory.
const maxAreas = 1 << 16

func (m Metric) distance(a, b Area) float64 {
	if m == Plane {
		return math.Hypot(a.X-b.X, a.Y-b.Y)
	}
	const degree = math.Pi / 180
	u, v := math.Sin((a.Y-b.Y)*degree/2), math.Sin((a.X-b.X)*degree/2)
	h := u*u + math.Cos(a.Y*degree)*math.Cos(b.Y*degree)*v*v
	return 2 * earth * math.Asin(math.Sqrt(min(1, h)))
}

// checkAreas refuses areas that have no place or share a name.
func checkAreas(areas []Area, m Metric) error {
	if m > Sphere {
		return badSetting("Metric", "%d is not a metric; there are Plane and Sphere", m)
	}
	if len(areas) < 2 {
		return problem(TooFew, -1, "", "%d areas; at least 2 are needed to compare", len(areas))
	}
	if len(areas) > maxAreas {
		return problem(TooLarge, -1, "", "%d areas; at most %d are allowed", len(areas), maxAreas)
	}
	seen := make(map[string]int, len(areas))
	for i, a := range areas {
		if math.IsNaN(a.X+a.Y) || math.Abs(a.X) > 1e9 || math.Abs(a.Y) > 1e9 {
			return problem(BadArea, i, a.Name, "(%g, %g) is not a place; two numbers up to 1e9 are needed", a.X, a.Y)
		}
		if m == Sphere && (math.Abs(a.X) > 360 || math.Abs(a.Y) > 90) {
			return problem(BadArea, i, a.Name, "longitude %g and latitude %g are not on the globe", a.X, a.Y)
		}
		if k, ok := seen[a.Name]; ok && a.Name != "" {
			return problem(BadArea, i, a.Name, "row %d has the same name; merge the two, or tell them apart", k)
		}
		seen[a.Name] = i
	}
	return nil
}

// near is one area seen from another.
type near struct {
	area int32
	far  float64
}

// same tells whether two distances differ by no more than rounding.
func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(a, b) }

// around returns all areas by distance from one, itself and those at the same place first. Distances
// that differ by rounding only are made equal; among equals the coordinates decide, then the rows.
// O(n log n).
func around(areas []Area, m Metric, centre int, row []near) []near {
	row = row[:0]
	for j, a := range areas {
		row = append(row, near{int32(j), m.distance(areas[centre], a)})
	}
	nearer := func(a, b near) int {
		p, q := areas[a.area], areas[b.area]
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y), cmp.Compare(a.area, b.area))
	}
	slices.SortFunc(row, nearer)
	tied := false
	for i := 1; i < len(row); i++ {
		if row[i-1].far != row[i].far && same(row[i-1].far, row[i].far) {
			row[i].far, tied = row[i-1].far, true
		}
	}
	if tied {
		slices.SortFunc(row, nearer)
	}
	return row
}

// zones are the circles around each centre. Entry k adds one area to those before it of the same
// centre; ends[k] says that a circle ends there. When areas lie at the same distance, only the
// last of them ends a circle.
type zones struct {
	start []int // of each centre, and one more
	order []int32
	far   []float64
	ends  []bool
	count int // circles
}

// cover says how large circles may get.
type cover struct {
	size   []float64 // of each area
	most   float64   // of a circle
	radius float64   // 0: no limit
	areas  int       // 0: no limit
	split  bool      // areas at the same distance but not at the same place make circles of their own
}

// circles finds the zones, at most most entries of them. O(n² log n) time; the memory is the sum of
// the areas of the largest circle of every centre.
func circles(ctx context.Context, areas []Area, m Metric, c cover, most int) (*zones, error) {
	z := &zones{start: []int{0}}
	row := make([]near, 0, len(areas))
	for centre := range areas {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row = around(areas, m, centre, row)
		z.add(c, row, areas)
		if len(z.order) > most {
			return nil, problem(TooLarge, -1, "", "more than %d windows; lower MaxShare, MaxRadius, MaxAreas or MaxPeriods", maxWindows)
		}
	}
	if z.count == 0 {
		return nil, problem(TooFew, -1, "", "no circle is within the limits; raise MaxShare, MaxRadius or MaxAreas")
	}
	return z, nil
}

// add adds the circles of one centre. Areas at one distance are in or out together, unless they are split.
func (z *zones) add(c cover, row []near, areas []Area) {
	size, fit := 0.0, len(z.order)
	for i, r := range row {
		size += c.size[r.area]
		if size > c.most*(1+1e-12) || c.areas > 0 && i >= c.areas || c.radius > 0 && r.far > c.radius*(1+1e-12) {
			break
		}
		end := c.last(row, areas, i)
		z.order, z.far, z.ends = append(z.order, r.area), append(z.far, r.far), append(z.ends, end)
		if end {
			fit = len(z.order)
			z.count++
		}
	}
	z.order, z.far, z.ends = z.order[:fit], z.far[:fit], z.ends[:fit]
	z.start = append(z.start, fit)
}

// last tells whether a circle ends at row[i].
func (c cover) last(row []near, areas []Area, i int) bool {
	if i+1 == len(row) || row[i].far != row[i+1].far {
		return true
	}
	a, b := areas[row[i].area], areas[row[i+1].area]
	return c.split && (a.X != b.X || a.Y != b.Y)
}
