package network

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// greatestLayout is the number of nodes beyond which a drawing shows nothing any more.
const greatestLayout = 150

// Point is a place in the unit square, x to the right, y downwards.
type Point struct{ X, Y float64 }

// LayoutSettings says how nodes are arranged.
type LayoutSettings struct {
	// Seed chooses where the nodes start.
	Seed uint64
	// MaxIterations caps the steps; 0 means 300.
	MaxIterations int
}

// Arrange gives each node a place in the unit square such that distances in the drawing follow the
// number of ties between nodes. It makes the stress
//
//	Σ_{u<v} (|x_u − x_v| − d_uv)² / d_uv²
//
// small by majorisation, where d_uv counts ties, one more than the greatest for nodes without a path;
// then turns the longest side level and scales both axes alike. At most 150 nodes, else TooLarge.
// O(n²) a step. Source: Gansner, Koren and North, doi:10.1007/978-3-540-31843-9_25.
func Arrange(ctx context.Context, g *Graph, s LayoutSettings) ([]Point, error) {
	if g.n > greatestLayout {
		return nil, &Error{Problem: TooLarge, Row: -1, Term: "Arrange", Reason: fmt.Sprintf("%d nodes; draw the surroundings of one node, at most %d", g.n, greatestLayout)}
	}
	if s.MaxIterations == 0 {
		s.MaxIterations = 300
	}
	if s.MaxIterations < 1 || s.MaxIterations > 100_000 {
		return nil, badSetting("MaxIterations", "%d is not between 1 and 100000", s.MaxIterations)
	}
	distance := distances(&g.sparse)
	random := rand.New(rand.NewPCG(s.Seed, 0x6c61796f7574))
	points := make([]Point, g.n)
	for v := range points {
		turn := 2 * math.Pi * float64(v) / float64(g.n)
		points[v] = Point{math.Cos(turn) + 0.1*random.Float64(), math.Sin(turn) + 0.1*random.Float64()}
	}
	for range s.MaxIterations {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if majorise(points, distance) < 1e-6 {
			break
		}
	}
	fit(points)
	return points, nil
}

// distances counts the ties between all pairs of nodes.
func distances(s *sparse) [][]float64 {
	longest := 0.0
	all := make([][]float64, s.n)
	for source := range all {
		row := make([]float64, s.n)
		for v := range row {
			row[v] = -1
		}
		row[source] = 0
		queue := []int32{int32(source)}
		for len(queue) > 0 {
			v := queue[0]
			queue = queue[1:]
			longest = max(longest, row[v])
			for _, u := range s.row(v) {
				if row[u] < 0 {
					row[u] = row[v] + 1
					queue = append(queue, u)
				}
			}
		}
		all[source] = row
	}
	for _, row := range all {
		for v, d := range row {
			if d < 0 {
				row[v] = longest + 1
			}
		}
	}
	return all
}

// majorise moves each node in turn to where the stress, with the others fixed, is bounded from above
// by the least, and returns the greatest move.
func majorise(points []Point, distance [][]float64) float64 {
	greatest := 0.0
	for v, p := range points {
		var x, y, weights float64
		for u, q := range points {
			if u == v {
				continue
			}
			d := distance[v][u]
			w := 1 / (d * d)
			dx, dy := p.X-q.X, p.Y-q.Y
			pull := 0.0
			if now := math.Hypot(dx, dy); now > 1e-9 {
				pull = d / now
			}
			x += w * (q.X + pull*dx)
			y += w * (q.Y + pull*dy)
			weights += w
		}
		if weights > 0 {
			points[v] = Point{x / weights, y / weights}
			greatest = max(greatest, math.Hypot(points[v].X-p.X, points[v].Y-p.Y))
		}
	}
	return greatest
}

// fit turns the direction of greatest spread level and
// scales into the unit square.
func fit(points []Point) {
	if len(points) == 0 {
		return
	}
	var mx, my, xx, xy, yy float64
	for _, p := range points {
		mx, my = mx+p.X/float64(len(points)), my+p.Y/float64(len(points))
	}
	for _, p := range points {
		dx, dy := p.X-mx, p.Y-my
		xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
	}
	sin, cos := math.Sincos(math.Atan2(2*xy, xx-yy) / 2)
	left, right, top, bottom := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for v, p := range points {
		dx, dy := p.X-mx, p.Y-my
		q := Point{cos*dx + sin*dy, cos*dy - sin*dx}
		points[v] = q
		left, right = min(left, q.X), max(right, q.X)
		top, bottom = min(top, q.Y), max(bottom, q.Y)
	}
	side := max(right-left, bottom-top)
	if side == 0 {
		side = 1
	}
	for v, p := range points {
		points[v] = Point{within(0.5 + (p.X-(left+right)/2)/side), within(0.5 + (p.Y-(top+bottom)/2)/side)}
	}
}

// within keeps rounding from leaving the unit square.
func within(x float64) float64 { return min(1, max(0, x)) }
