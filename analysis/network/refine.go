package network

import "slices"

// refine splits each of the count communities into parts, starting from single nodes, and returns the
// number of parts; w.part holds the part of each node, numbered from 0 in the order of their least
// node. Only nodes and parts that are well connected to the rest of their community take part:
// w(S, C−S) ≥ penalty·mass(S)·(mass(C) − mass(S)).
func (w *search) refine(l *level, community []int32, count int) int {
	n := l.n
	whole := make([]float64, count) // mass of each community
	for v, c := range community {
		whole[c] += l.mass[v]
	}
	part := w.part[:n]
	for v := range int32(n) {
		part[v] = v
		w.pool[v].mass = l.mass[v]
		w.count[v] = 1
		w.outer[v] = outward(l, v, community)
	}
	for _, v := range w.shuffle(n) {
		rest := whole[community[v]] - l.mass[v]
		if w.count[part[v]] == 1 && w.outer[v] >= l.penalty*l.mass[v]*rest {
			w.join(l, v, community, whole[community[v]])
		}
	}
	return w.renumber(part, part)
}

// outward is the weight from v to the other nodes of its community.
func outward(l *level, v int32, community []int32) float64 {
	c := community[v]
	var sum float64
	from, to := l.start[v], l.start[v+1]
	for k, u := range l.to[from:to] {
		if community[u] == c {
			sum += l.arc(from + int32(k))
		}
	}
	return sum
}

// join merges the single node v into a well-connected part of its community, or leaves it, at random
// in proportion to exp(gain/θ) over the gains of at least 0; leaving it has gain 0.
func (w *search) join(l *level, v int32, community []int32, whole float64) {
	w.gatherWithin(l, v, community)
	mass := l.mass[v]
	own := w.part[v]
	// The best gain is needed first, so that exp cannot overflow.
	best := 0.0
	w.choice, w.chance = append(w.choice[:0], own), append(w.chance[:0], 0)
	for _, s := range w.near {
		gain := w.pool[s].weight - l.penalty*mass*w.pool[s].mass
		if gain >= 0 && w.outer[s] >= l.penalty*w.pool[s].mass*(whole-w.pool[s].mass) {
			w.choice = append(w.choice, s)
			w.chance = append(w.chance, gain)
			best = max(best, gain)
		}
	}
	chosen := own
	if len(w.choice) > 1 {
		var sum float64
		for i, gain := range w.chance {
			w.chance[i] = w.likelihood(gain, best)
			sum += w.chance[i]
		}
		chosen = w.choice[w.pick(w.chance, sum)]
	}
	if chosen != own {
		inner := w.pool[chosen].weight
		w.part[v] = chosen
		w.pool[chosen].mass += mass
		w.count[chosen]++
		w.count[own] = 0
		w.outer[chosen] += w.outer[v] - 2*inner
	}
	w.clear()
}

// gatherWithin adds up the weight from v to each part of its own community.
func (w *search) gatherWithin(l *level, v int32, community []int32) {
	near := w.near[:0]
	pool, part, c := w.pool, w.part, community[v]
	from, to := l.start[v], l.start[v+1]
	for k, u := range l.to[from:to] {
		if community[u] != c {
			continue
		}
		s := part[u]
		if pool[s].weight == 0 {
			near = append(near, s)
		}
		pool[s].weight += l.arc(from + int32(k))
	}
	w.near = near
}

// aggregate makes the network whose nodes are the parts, and the partition of them that the
// communities of l give. Depth counts the aggregations before it.
func (w *search) aggregate(l *level, community []int32, parts, depth int) (*level, []int32) {
	part := w.part[:l.n]
	members, first := group(part, parts, w.order[:l.n])
	next := &level{penalty: l.penalty, total: l.total, mass: make([]float64, parts)}
	next.sparse = sparse{n: parts, start: make([]int32, parts+1), loop: make([]float64, parts)}
	coarse := make([]int32, parts)
	if depth == len(w.arcs) {
		w.arcs = append(w.arcs, arcs{make([]int32, 0, len(l.to)), make([]float64, 0, len(l.to))})
	}
	next.to, next.weight = w.arcs[depth].to[:0], w.arcs[depth].weight[:0]
	for p := range int32(parts) {
		near := w.near[:0]
		for _, v := range members[first[p]:first[p+1]] {
			next.mass[p] += l.mass[v]
			coarse[p] = community[v]
			if l.loop != nil {
				next.loop[p] += l.loop[v]
			}
			from, to := l.start[v], l.start[v+1]
			for k, u := range l.to[from:to] {
				s := part[u]
				if w.pool[s].weight == 0 {
					near = append(near, s)
				}
				w.pool[s].weight += l.arc(from + int32(k))
			}
		}
		w.near = near
		for _, s := range near {
			if s == p {
				next.loop[p] += w.pool[s].weight / 2 // each inner tie was seen from both ends
				continue
			}
			next.to = append(next.to, s)
			next.weight = append(next.weight, w.pool[s].weight)
		}
		w.clear()
		next.start[p+1] = int32(len(next.to))
	}
	w.arcs[depth] = arcs{next.to, next.weight}
	return next, coarse
}

// group orders the nodes by their group, keeping the order within, into members; those of group p are
// members[first[p]:first[p+1]].
func group(of []int32, groups int, members []int32) ([]int32, []int32) {
	first := make([]int32, groups+1)
	for _, p := range of {
		first[p+1]++
	}
	for p := range groups {
		first[p+1] += first[p]
	}
	next := slices.Clone(first[:groups])
	for v, p := range of {
		members[next[p]] = int32(v)
		next[p]++
	}
	return members, first
}
